//! Who answers on stage.

use super::{Fields, Input, Nothing, Reading, Sheet, back_to, open};
use crate::{
    Error,
    staff::{
        repo,
        service::speaker::{self, NewSpeaker},
    },
};
use axum::{
    extract::{Path, State},
    response::IntoResponse,
    routing::{get, post},
};
use db::{entity, people::speaker_person};
use domain::SpeakerId;
use web::{App, Chrome, Errors, Form, auth::Moderator, redirect, render};

pub(super) fn routes() -> web::Router {
    web::Router::new()
        .route("/desk/events/{slug}/speakers", get(list))
        .route("/desk/events/{slug}/speakers/new", get(blank).post(add))
        .route("/desk/events/{slug}/speakers/{id}", get(edit).post(change))
        .route("/desk/events/{slug}/speakers/{id}/remove", post(remove))
}

type Posted = Form<Vec<(String, String)>>;

#[derive(askama::Template)]
#[template(path = "staff/speakers.html")]
struct ListPage {
    c: Chrome,
    event: entity::event::Model,
    speakers: Vec<(entity::speaker::Model, String)>,
}

async fn list(State(app): State<App>, Path(slug): Path<String>, _: Moderator, c: Chrome) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let speakers = repo::speakers(app.db.reader(), event.id).await?;
    let speakers = speakers
        .into_iter()
        .map(|s| (speaker_person(&s).line(), s))
        .map(|(line, s)| (s, line))
        .collect();
    render(&ListPage { c, event, speakers })
}

fn sheet(c: Chrome, fields: &Fields, errors: Errors, slug: &str, id: Option<SpeakerId>) -> Sheet {
    let base = format!("/desk/events/{slug}/speakers");
    let line = |name| Input::line(&c, fields, name);
    Sheet {
        title: c.t(if id.is_some() {
            "st-speaker-edit"
        } else {
            "st-speaker-new"
        }),
        lead: String::new(),
        action: id.map_or_else(|| format!("{base}/new"), |id| format!("{base}/{id}")),
        remove: id.map(|id| (format!("{base}/{id}/remove"), c.t("st-speaker-remove"))),
        back: base,
        errors,
        inputs: vec![
            line("nickname").optional(),
            line("name"),
            line("job_title").optional(),
            line("team").optional(),
            line("affiliate").optional(),
            Input::typed(&c, fields, "email", "email").optional(),
        ],
        c,
    }
}

fn parse(fields: &Fields) -> (NewSpeaker, Errors) {
    let mut r = Reading::new(fields);
    let new = NewSpeaker {
        nickname: r.maybe("nickname", 50),
        name: r.line("name", 100),
        title: r.maybe("job_title", 100),
        team: r.maybe("team", 100),
        affiliate: r.maybe("affiliate", 100),
        email: r.email("email"),
    };
    (new, r.errors)
}

async fn blank(State(app): State<App>, Path(slug): Path<String>, _: Moderator, c: Chrome) -> web::Result {
    let (_, c) = open(&app, c, &slug).await?;
    sheet(c, &Fields::default(), Errors::new(), &slug, None).show()
}

async fn add(
    State(app): State<App>,
    Path(slug): Path<String>,
    staff: Moderator,
    c: Chrome,
    Form(fields): Posted,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let fields = Fields::from(fields);
    let (new, errors) = parse(&fields);
    if !errors.is_empty() {
        return sheet(c, &fields, errors, &slug, None).show();
    }
    let tx = app.db.begin_write().await?;
    speaker::add(&tx, &app.clock, staff.actor(), event.id, new).await?;
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/speakers"))
        .flash("saved")
        .into_response())
}

async fn edit(
    State(app): State<App>,
    Path((slug, id)): Path<(String, SpeakerId)>,
    _: Moderator,
    c: Chrome,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let all = repo::speakers(app.db.reader(), event.id).await?;
    let row = all.into_iter().find(|s| s.id == id).ok_or(Error::NotFound)?;
    let fields = Fields::default()
        .maybe("nickname", row.nickname)
        .with("name", row.name)
        .maybe("job_title", row.title)
        .maybe("team", row.team)
        .maybe("affiliate", row.affiliate)
        .maybe("email", row.email);
    sheet(c, &fields, Errors::new(), &slug, Some(id)).show()
}

async fn change(
    State(app): State<App>,
    Path((slug, id)): Path<(String, SpeakerId)>,
    staff: Moderator,
    c: Chrome,
    Form(fields): Posted,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let fields = Fields::from(fields);
    let (new, errors) = parse(&fields);
    if !errors.is_empty() {
        return sheet(c, &fields, errors, &slug, Some(id)).show();
    }
    let tx = app.db.begin_write().await?;
    speaker::change(&tx, &app.clock, staff.actor(), event.id, id, new).await?;
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/speakers"))
        .flash("saved")
        .into_response())
}

async fn remove(
    State(app): State<App>,
    Path((slug, id)): Path<(String, SpeakerId)>,
    staff: Moderator,
    c: Chrome,
    Form(Nothing {}): Form<Nothing>,
) -> web::Result {
    let (event, _) = open(&app, c, &slug).await?;
    let tx = app.db.begin_write().await?;
    let done = speaker::remove(&tx, &app.clock, staff.actor(), event.id, id).await;
    if done.is_ok() {
        tx.commit().await?;
    }
    Ok(back_to(&format!("/desk/events/{slug}/speakers"), done, "st-removed")?.into_response())
}
