//! Where editors make issues and put them in order.

mod edit;
mod form;

use crate::{Error, magazine};
use axum::{
    extract::{Path, State},
    routing::{get, post},
};
use db::entity::issue::Model;
use domain::{IssueId, Lang};
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, auth::Editor};

pub(super) fn routes() -> web::Router {
    axum::Router::new()
        .route("/desk/issues", get(list).post(create))
        .route(
            "/desk/issues/{id}",
            get(edit::page).post(edit::save).layer(web::uploads()),
        )
        .route("/desk/issues/{id}/show", post(show))
        .route("/desk/issues/{id}/hide", post(hide))
        .route("/desk/issues/{id}/preview", get(super::magazine::preview))
        .route("/desk/issues/{id}/cover/{file}", get(super::magazine::drafted_cover))
}

#[derive(askama::Template)]
#[template(path = "desk/issues.html")]
struct Issues {
    c: Chrome,
    rows: Vec<(Model, i64)>,
    errors: Errors,
    title: String,
    langs: Vec<web::Choice>,
}

async fn view(app: &App, c: Chrome, errors: Errors, input: Input) -> Result<Issues, Error> {
    let lang = input.lang.unwrap_or(Lang::Ko);
    Ok(Issues {
        rows: magazine::issues(app.db.reader()).await?,
        langs: c.lang_choices(lang),
        c: c.with(&crate::TEXTS),
        errors,
        title: input.title,
    })
}

async fn list(State(app): State<App>, c: Chrome, _: Editor) -> web::Result {
    web::render(&view(&app, c, Errors::new(), Input::default()).await?)
}

#[derive(Default, Deserialize)]
struct Input {
    #[serde(default)]
    title: String,
    lang: Option<Lang>,
}

async fn create(State(app): State<App>, c: Chrome, Editor(staff): Editor, Form(input): Form<Input>) -> web::Result {
    use axum::response::IntoResponse;
    match magazine::create(&app, staff.id, &input.title, input.lang.unwrap_or(Lang::Ko)).await {
        Ok(id) => Ok(web::redirect(format!("/desk/issues/{id}"))
            .flash("issue-created")
            .into_response()),
        Err(Error::Fields(errors)) => {
            let page = view(&app, c, errors, input).await?;
            web::render_form(&page.errors, &page)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
struct Nothing {}

async fn show(
    State(app): State<App>,
    Editor(staff): Editor,
    Path(id): Path<IssueId>,
    Form(Nothing {}): Form<Nothing>,
) -> web::Result<web::Redirect> {
    let here = web::redirect(format!("/desk/issues/{id}"));
    match magazine::show(&app, staff.id, id).await {
        Ok(()) => Ok(here.flash("issue-shown")),
        Err(Error::Empty) => Ok(here.flash("issue-empty")),
        Err(error) => Err(error.into()),
    }
}

async fn hide(
    State(app): State<App>,
    Editor(staff): Editor,
    Path(id): Path<IssueId>,
    Form(Nothing {}): Form<Nothing>,
) -> web::Result<web::Redirect> {
    magazine::hide(&app, staff.id, id).await?;
    Ok(web::redirect(format!("/desk/issues/{id}")).flash("issue-hidden"))
}
