//! Notes among staff: written at a question, gathered for whom they call.

use crate::{
    repo as common,
    triage::{
        pages::{enter, panel},
        reading::{
            repo::{self, Called},
            service::note,
        },
    },
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use db::{entity::event, prelude::*};
use domain::{EventId, QuestionId, StaffId};
use serde::Deserialize;
use std::collections::HashMap;
use web::{App, Chrome, Errors, Form, auth::Moderator, redirect, render};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    memo: String,
    call: Vec<String>,
}

pub(super) async fn add(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path((slug, id)): Path<(String, QuestionId)>,
    Form(input): Form<Input>,
) -> web::Result<Response> {
    let (event, _) = enter(&app, c.clone(), &slug).await?;
    let question = common::question_of(app.db.reader(), event.id, id)
        .await?
        .ok_or(web::Error::NotFound)?;
    let ticked: Vec<StaffId> = input.call.iter().filter_map(|id| id.parse().ok()).collect();
    let tx = app.db.begin_write().await?;
    match note::add(&tx, &app, staff.id, &question, &input.memo, &ticked).await {
        Ok(_) => tx.commit().await?,
        Err(crate::Error::Text(error)) => {
            tx.rollback().await?;
            let mut errors = Errors::new();
            errors.add("memo", error);
            let typed = panel::Typed {
                note: input.memo,
                call: ticked,
                ..panel::Typed::default()
            };
            return panel::page(&app, c, &slug, id, errors, typed).await;
        }
        Err(error) => return Err(error.into()),
    }
    let to = format!("/desk/events/{slug}/questions/{id}#notes");
    Ok(redirect(to).flash("reading-noted").into_response())
}

#[derive(Template)]
#[template(path = "triage/reading/notes.html")]
struct NotesPage {
    c: Chrome,
    rows: Vec<Called>,
    unseen: usize,
    events: HashMap<EventId, event::Model>,
}

impl NotesPage {
    fn event(&self, called: &Called) -> Option<&event::Model> {
        self.events.get(&called.note.event_id)
    }
}

pub(super) async fn list(State(app): State<App>, staff: Moderator, c: Chrome) -> web::Result {
    let conn = app.db.reader();
    let mut rows = repo::called(conn, staff.id).await?;
    // Colleagues name the asker in a note: whose question is read blind is named nowhere.
    let veils = db::sight::veils(conn, rows.iter().map(|r| r.note.question_id)).await?;
    for row in &mut rows {
        if let Some(veil) = veils.get(&row.note.question_id) {
            row.note.body = veil.cover(&row.note.body);
        }
    }
    let events = event::Entity::find()
        .filter(event::Column::Id.is_in(rows.iter().map(|r| r.note.event_id)))
        .all(conn)
        .await
        .map_err(db::Error::from)?;
    render(&NotesPage {
        c: c.with(&crate::TEXTS),
        unseen: rows.iter().filter(|r| !r.seen).count(),
        events: events.into_iter().map(|e| (e.id, e)).collect(),
        rows,
    })
}
