//! Fields of partners' business.

use super::{Fields, Input, Reading, Sheet, refused};
use crate::{
    Error, TEXTS,
    staff::{
        repo,
        service::field::{self, NewField},
    },
};
use axum::{
    extract::{Path, State},
    response::IntoResponse,
    routing::get,
};
use db::entity;
use domain::FieldId;
use web::{App, Chrome, Errors, Form, auth::Administrator, redirect, render};

pub(super) fn routes() -> web::Router {
    web::Router::new()
        .route("/desk/fields", get(list))
        .route("/desk/fields/new", get(blank).post(add))
        .route("/desk/fields/{id}", get(edit).post(change))
}

type Posted = Form<Vec<(String, String)>>;

#[derive(askama::Template)]
#[template(path = "staff/fields.html")]
struct ListPage {
    c: Chrome,
    fields: Vec<entity::field::Model>,
}

async fn list(State(app): State<App>, _: Administrator, c: Chrome) -> web::Result {
    let fields = repo::fields(app.db.reader()).await?;
    render(&ListPage {
        c: c.with(&TEXTS),
        fields,
    })
}

fn sheet(c: Chrome, fields: &Fields, errors: Errors, id: Option<FieldId>) -> Sheet {
    Sheet {
        title: c.t(if id.is_some() { "st-field-edit" } else { "st-field-new" }),
        lead: String::new(),
        action: id.map_or_else(|| "/desk/fields/new".to_owned(), |id| format!("/desk/fields/{id}")),
        back: "/desk/fields".into(),
        errors,
        inputs: vec![
            Input::line(&c, fields, "name"),
            Input::line(&c, fields, "name_en").optional(),
        ],
        remove: None,
        c,
    }
}

fn parse(fields: &Fields) -> (NewField, Errors) {
    let mut r = Reading::new(fields);
    let new = NewField {
        name: r.line("name", 60),
        name_en: r.maybe("name_en", 60).unwrap_or_default(),
    };
    (new, r.errors)
}

async fn blank(_: Administrator, c: Chrome) -> web::Result {
    sheet(c.with(&TEXTS), &Fields::default(), Errors::new(), None).show()
}

async fn add(State(app): State<App>, staff: Administrator, c: Chrome, Form(fields): Posted) -> web::Result {
    let fields = Fields::from(fields);
    let (new, mut errors) = parse(&fields);
    if errors.is_empty() {
        let tx = app.db.begin_write().await?;
        match field::add(&tx, &app.clock, staff.actor(), new).await {
            Ok(_) => {
                tx.commit().await?;
                return Ok(redirect("/desk/fields").flash("saved").into_response());
            }
            Err(error) => refused(error, &mut errors, "name")?,
        }
    }
    sheet(c.with(&TEXTS), &fields, errors, None).show()
}

async fn edit(State(app): State<App>, Path(id): Path<FieldId>, _: Administrator, c: Chrome) -> web::Result {
    let all = repo::fields(app.db.reader()).await?;
    let row = all.into_iter().find(|f| f.id == id).ok_or(Error::NotFound)?;
    let fields = Fields::default().with("name", row.name).with("name_en", row.name_en);
    sheet(c.with(&TEXTS), &fields, Errors::new(), Some(id)).show()
}

async fn change(
    State(app): State<App>,
    Path(id): Path<FieldId>,
    staff: Administrator,
    c: Chrome,
    Form(fields): Posted,
) -> web::Result {
    let fields = Fields::from(fields);
    let (new, mut errors) = parse(&fields);
    if errors.is_empty() {
        let tx = app.db.begin_write().await?;
        match field::change(&tx, &app.clock, staff.actor(), id, new).await {
            Ok(()) => {
                tx.commit().await?;
                return Ok(redirect("/desk/fields").flash("saved").into_response());
            }
            Err(error) => refused(error, &mut errors, "name")?,
        }
    }
    sheet(c.with(&TEXTS), &fields, errors, Some(id)).show()
}
