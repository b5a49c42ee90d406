//! The list of who is invited.

use super::open;
use crate::{
    Result,
    staff::repo::{self, Progress, Show},
};
use axum::extract::{Path, Query, State};
use axum::routing::get;
use db::{entity, people::Invitee};
use domain::{FieldId, InvitationId};
use serde::Deserialize;
use std::collections::HashMap;
use web::{App, Choice, Chrome, auth::Moderator, render};

pub(super) fn routes() -> web::Router {
    web::Router::new().route("/desk/events/{slug}/roster", get(list))
}

const PAGE: usize = 100;

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    show: String,
    #[serde(default)]
    after: String,
}

/// One person of a list.
struct Listed {
    invitation: entity::invitation::Model,
    person: Invitee,
    field: String,
    state: &'static str,
}

#[derive(askama::Template)]
#[template(path = "staff/roster.html")]
struct ListPage {
    c: Chrome,
    event: entity::event::Model,
    progress: Progress,
    q: String,
    shows: Vec<Choice>,
    show: String,
    people: Vec<Listed>,
    next: Option<String>,
}

impl ListPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
}

async fn list(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    _: Moderator,
    c: Chrome,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let page = load(&app, event, c, asked).await?;
    render(&page)
}

async fn load(app: &App, event: entity::event::Model, c: Chrome, asked: Asked) -> Result<ListPage> {
    let reader = app.db.reader();
    let after: Option<InvitationId> = asked.after.parse().ok();
    let q = asked.q.trim().to_owned();
    let found = repo::roster_page(reader, event.id, &q, Show::parse(&asked.show), after, PAGE).await?;
    let mut people = repo::invitees(reader, &found.rows, c.lang()).await?;
    let fields: HashMap<FieldId, String> = repo::fields(reader)
        .await?
        .into_iter()
        .map(|f| (f.id, c.either(&f.name, &f.name_en).to_owned()))
        .collect();
    let listed = found
        .rows
        .into_iter()
        .filter_map(|invitation| {
            let person = people.remove(&invitation.id)?;
            let field = person.field.and_then(|id| fields.get(&id).cloned()).unwrap_or_default();
            let state = if invitation.entered_at.is_some() {
                "st-state-entered"
            } else if invitation.invited_at.is_some() {
                "st-state-invited"
            } else {
                "st-state-waiting"
            };
            Some(Listed {
                invitation,
                person,
                field,
                state,
            })
        })
        .collect();
    let shows = ["", "waiting", "by-hand", "entered"].map(|s| {
        Choice::new(s, c.t(format!("st-show-{}", if s.is_empty() { "all" } else { s }))).chosen(s == asked.show)
    });
    let progress = repo::progress(reader, event.id).await?;
    Ok(ListPage {
        c,
        event,
        progress,
        q,
        shows: shows.into(),
        show: asked.show,
        people: listed,
        next: found.next,
    })
}

impl Listed {
    fn services(&self) -> String {
        match &self.person.person {
            domain::person::Person::Partner { services, .. } => services.join(", "),
            domain::person::Person::Host { .. } => String::new(),
        }
    }
}
