//! The editor's page: one form, so that no button loses what was typed beside it.

mod form;
mod offers;
mod view;

pub(super) use view::{label, plain_of};

use crate::{
    Error,
    article::{self, Base, BlockBody, BlockDraft, Draft, How, Saved, Wanted, picture},
    repo,
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use domain::{ArticleId, StaffId, state::article::ArticleState};
use form::{Beside, Typed};
use serde::Deserialize;
use view::{Above, view};
use web::{App, Chrome, Errors, Form, MultipartForm, auth::Editor, lang::Zone};

type Fields = Vec<(String, String)>;

pub(super) async fn page(State(app): State<App>, c: Chrome, _: Editor, Path(id): Path<ArticleId>) -> web::Result {
    let row = repo::article(app.db.reader(), id).await?;
    let draft = Draft::of(&row, repo::blocks(app.db.reader(), id).await?);
    web::render(&view(&app, c, row, draft, Beside::default(), Above::default()).await?)
}

pub(super) async fn save(
    State(app): State<App>,
    c: Chrome,
    Editor(staff): Editor,
    Path(id): Path<ArticleId>,
    form: MultipartForm<Fields>,
) -> web::Result {
    let conn = app.db.reader();
    let row = repo::article(conn, id).await?;
    let stored = Draft::of(&row, repo::blocks(conn, id).await?);
    let mut errors = Errors::new();
    let mut typed = form::read(&form.fields, &stored, &mut errors);
    if typed.act == "add-picture" {
        let file = form.file("picture").map(|file| file.bytes.as_ref());
        take_picture(&app, &mut typed, file, &mut errors).await?;
    }
    if typed.act == "find" {
        let above = Above {
            kept: Some((typed.version, typed.was)),
            ..Above::default()
        };
        return web::render(&view(&app, c, row, typed.draft, typed.beside, above).await?);
    }
    let at = moment(&typed, &app, &row, &mut errors).await?;
    if !errors.is_empty() {
        return refused(&app, c, id, typed, errors).await;
    }
    match store(&app, staff.id, id, &typed, How::Pressed).await {
        Ok(saved) => {
            // What another editor changed beside it is in the form from now on.
            typed.draft = saved.draft;
            after(&app, c, staff.id, id, typed, at).await
        }
        Err(Error::Fields(errors)) => refused(&app, c, id, typed, errors).await,
        // What was typed stays in the form, beside what stands now: saving once more is a decision, not an accident.
        Err(Error::Overtaken {
            row,
            theirs,
            draft,
            conflicts,
        }) if row.state != ArticleState::Withdrawn => {
            let above = Above::overtaken(&c, &theirs, &draft, &conflicts);
            let view = view(&app, c, *row, *draft, typed.beside, above).await?;
            web::render_status(StatusCode::CONFLICT, &view)
        }
        Err(error) => Err(error.into()),
    }
}

async fn store(app: &App, staff: StaffId, id: ArticleId, typed: &Typed, how: How) -> Result<Saved, Error> {
    let base = Base::Seen {
        version: typed.version,
        was: typed.was.clone(),
    };
    // Who lets it go out must have everything that readers need.
    let wanted = match typed.act.as_str() {
        "publish" | "schedule" => Wanted::Whole,
        _ => Wanted::AsFarAsItIs,
    };
    article::save(app, staff, id, &base, typed.draft.clone(), wanted, how).await
}

async fn refused(app: &App, c: Chrome, id: ArticleId, typed: Typed, errors: Errors) -> web::Result {
    let row = repo::article(app.db.reader(), id).await?;
    let above = Above {
        errors,
        kept: Some((typed.version, typed.was)),
        ..Above::default()
    };
    let view = view(app, c, row, typed.draft, typed.beside, above).await?;
    web::render_status(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

async fn take_picture(app: &App, typed: &mut Typed, bytes: Option<&[u8]>, errors: &mut Errors) -> Result<(), Error> {
    let Some(bytes) = bytes else {
        errors.add("picture", "compose-error-file");
        return Ok(());
    };
    let picture = match picture::read(bytes) {
        Ok(picture) => picture,
        Err(message) => {
            errors.add("picture", message);
            return Ok(());
        }
    };
    let tx = app.db.begin_write().await?;
    let asset = picture::keep(&tx, app, picture).await?;
    tx.commit().await?;
    let alt = std::mem::take(&mut typed.beside.picture_alt);
    typed.insert(BlockDraft::new(BlockBody::Picture {
        asset,
        alt,
        caption: String::new(),
    }));
    Ok(())
}

/// The moment that was typed, in the event's zone, when it is wanted.
async fn moment(
    typed: &Typed,
    app: &App,
    row: &db::entity::article::Model,
    errors: &mut Errors,
) -> Result<Option<DateTime<Utc>>, Error> {
    if typed.act != "schedule" {
        return Ok(None);
    }
    let event = repo::event(app.db.reader(), row.event_id).await?;
    let at = NaiveDateTime::parse_from_str(&typed.beside.publish_at, "%Y-%m-%dT%H:%M").ok();
    let at = at.and_then(|at| event.time_zone.tz().from_local_datetime(&at).earliest());
    let at = at.map(|at| at.to_utc());
    match at {
        None => errors.add("publish_at", "schedule-error"),
        Some(at) if at <= app.clock.now() => errors.add("publish_at", "schedule-over"),
        Some(_) => {}
    }
    Ok(at)
}

/// Where the pressed button leads once everything is saved.
async fn after(
    app: &App,
    c: Chrome,
    staff: StaffId,
    id: ArticleId,
    typed: Typed,
    at: Option<DateTime<Utc>>,
) -> web::Result {
    let here = format!("/desk/articles/{id}");
    let to = match (typed.act.as_str(), at) {
        ("publish", _) => match article::publish_with(app, staff, id, &typed.beside.correction).await {
            Ok(_) => web::redirect(here).flash("article-published"),
            Err(Error::Empty) => web::redirect(here).flash("article-empty"),
            Err(Error::Fields(errors)) => {
                let (version, draft) = article::current(app.db.reader(), id).await?;
                let was = article::Seen::of(&draft);
                return refused(app, c, id, Typed { version, was, ..typed }, errors).await;
            }
            Err(error) => return Err(error.into()),
        },
        ("schedule", Some(at)) => {
            article::schedule(app, staff, id, at).await?;
            web::redirect(here).flash("article-scheduled")
        }
        ("preview", _) => web::redirect(format!("{here}/preview")),
        ("approvals", _) => web::redirect(format!("{here}/approvals")),
        _ => match typed.at {
            Some(block) => web::redirect(format!("{here}#x-{block}")),
            None => web::redirect(here).flash("saved"),
        },
    };
    Ok(to.into_response())
}

/// By script, while somebody types: what may be taken as read from now on.
pub(super) async fn autosave(
    State(app): State<App>,
    Editor(staff): Editor,
    Path(id): Path<ArticleId>,
    Form(fields): Form<Fields>,
) -> web::Result {
    let conn = app.db.reader();
    let row = repo::article(conn, id).await?;
    let stored = Draft::of(&row, repo::blocks(conn, id).await?);
    let typed = form::read(&fields, &stored, &mut Errors::new());
    let answer = match store(&app, staff.id, id, &typed, How::AsOneTypes).await {
        Ok(saved) => Json(serde_json::json!({
            "version": saved.version, "was": saved.seen.lines(), "merged": saved.merged,
        }))
        .into_response(),
        Err(Error::Fields(_)) => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
        Err(error) if error.is_stale() => StatusCode::CONFLICT.into_response(),
        Err(error) => return Err(error.into()),
    };
    Ok(answer)
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

macro_rules! press {
    ($name:ident, $deed:path, $flash:literal) => {
        pub(super) async fn $name(
            State(app): State<App>,
            Editor(staff): Editor,
            Path(id): Path<ArticleId>,
            Form(Nothing {}): Form<Nothing>,
        ) -> web::Result<web::Redirect> {
            $deed(&app, staff.id, id).await?;
            Ok(web::redirect(format!("/desk/articles/{id}")).flash($flash))
        }
    };
}

press!(withdraw, article::withdraw, "article-withdrawn");
press!(redraft, article::redraft, "article-redrafted");
press!(unschedule, article::unschedule, "article-unscheduled");
press!(share, article::share, "article-shared");
press!(unshare, article::unshare, "article-unshared");
