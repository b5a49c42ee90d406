//! What partners read about how questions are chosen, for editing.

use super::{Fields, Input, Reading, Sheet, open};
use crate::{
    Error,
    selection::{self, CHARS, Text},
};
use axum::{
    extract::{Path, State},
    response::IntoResponse,
    routing::get,
};
use domain::text::TextError;
use web::{App, Chrome, Errors, Form, auth::Moderator, redirect};

pub(super) fn routes() -> web::Router {
    web::Router::new()
        .route("/desk/events/{slug}/selection", get(edit).post(save))
        .route("/desk/events/{slug}/selection/restore", axum::routing::post(restore))
}

fn sheet(c: Chrome, slug: &str, fields: &Fields, errors: Errors) -> Sheet {
    let base = format!("/desk/events/{slug}");
    Sheet {
        title: c.t("selection-title"),
        lead: c.t("selection-lead"),
        action: format!("{base}/selection"),
        back: format!("{base}/routing"),
        remove: Some((format!("{base}/selection/restore"), c.t("selection-restore"))),
        errors,
        inputs: vec![
            Input::hidden(&c, fields, "version"),
            Input::area(&c, fields, "selection_ko"),
            Input::area(&c, fields, "selection_en"),
        ],
        c,
    }
}

async fn edit(State(app): State<App>, _: Moderator, c: Chrome, Path(slug): Path<String>) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let text = selection::text(app.db.reader(), &event).await?;
    let fields = Fields::default()
        .with("version", text.version.to_string())
        .with("selection_ko", text.ko)
        .with("selection_en", text.en);
    sheet(c, &slug, &fields, Errors::new()).show()
}

async fn save(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let fields = Fields::from(fields);
    let mut r = Reading::new(&fields);
    let new = Text {
        version: r.fields.get("version").parse().unwrap_or_default(),
        ko: r.text("selection_ko", CHARS),
        en: r.text("selection_en", CHARS),
    };
    if new.ko.is_empty() {
        r.errors.add("selection_ko", TextError::Empty);
    }
    let mut errors = r.errors;
    if errors.is_empty() {
        let tx = app.db.begin_write().await?;
        match selection::save(&tx, &app, staff.id, event.id, new).await {
            Ok(()) => {
                tx.commit().await?;
                let to = format!("/desk/events/{slug}/selection");
                return Ok(redirect(to).flash("saved").into_response());
            }
            Err(Error::Db(error)) if error.is_stale() => errors = Errors::form("selection-stale"),
            Err(error) => return Err(error.into()),
        }
    }
    sheet(c, &slug, &fields, errors).show()
}

async fn restore(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(super::Nothing {}): Form<super::Nothing>,
) -> web::Result {
    let (event, _) = open(&app, c, &slug).await?;
    let tx = app.db.begin_write().await?;
    selection::restore(&tx, &app, staff.id, event.id).await?;
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/selection"))
        .flash("selection-restored")
        .into_response())
}
