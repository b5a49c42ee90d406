//! The proposal for the free places: looked at first, and a person decides.

use super::{commit, enter, pair};
use crate::{
    repo as common,
    triage::{
        reading::repo as reading,
        repo::{self, Line},
        service::{
            decide,
            propose::{Proposed, Why, propose},
        },
    },
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use db::{entity::event, prelude::*};
use domain::QuestionId;
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, auth::Moderator, redirect, render_form};

struct Row {
    line: Line,
    why: String,
}

#[derive(Template)]
#[template(path = "triage/propose.html")]
struct ProposePage {
    c: Chrome,
    event: event::Model,
    rows: Vec<Row>,
    free: i32,
    company: i32,
    service: i32,
    errors: Errors,
}

impl ProposePage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    act: String,
    pick: Vec<String>,
    all: Vec<String>,
}

pub(super) async fn show(State(app): State<App>, _: Moderator, c: Chrome, Path(slug): Path<String>) -> web::Result {
    page(&app, c, &slug, Errors::new()).await
}

/// The proposal counts everybody's scores; a mean is told of what one has scored oneself, where the event reads so.
async fn page(app: &App, c: Chrome, slug: &str, errors: Errors) -> web::Result {
    let (event, c) = enter(app, c, slug).await?;
    let me = c.staff.as_ref().map(|s| s.id).ok_or(web::Error::NotFound)?;
    let conn = app.db.reader();
    let proposed = propose(conn, &event, c.lang()).await?;
    let ids: Vec<QuestionId> = proposed.iter().map(|p| p.question).collect();
    let lines = repo::lines_of(conn, &ids, c.lang()).await?;
    let told = reading::told(conn, event.id, me, &ids).await?;
    let fields = repo::field_names(conn, c.lang()).await?;
    let rows = proposed.iter().filter_map(|proposed| {
        let line = lines.iter().find(|l| l.question.id == proposed.question)?.clone();
        let field = line.asker.as_ref().and_then(|a| a.field);
        let field = fields
            .iter()
            .find(|(id, _)| Some(*id) == field)
            .map(|(_, name)| name.as_str());
        Some(Row {
            why: in_words(&c, proposed, &line, field, told.contains(&line.question.id)),
            line,
        })
    });
    let setting = repo::setting(conn, event.id).await?;
    let used = repo::taken_places(conn, event.id).await?.len();
    let page = ProposePage {
        rows: rows.collect(),
        free: event.live_places - i32::try_from(used).unwrap_or_default(),
        company: setting.as_ref().map_or(1, |s| s.max_per_company),
        service: setting.as_ref().map_or(3, |s| s.max_per_service),
        c,
        event,
        errors,
    };
    render_form(&page.errors, &page)
}

/// `field` is unknown while nobody may see who asks; `told`: the mean may be named.
fn in_words(c: &Chrome, proposed: &Proposed, line: &Line, field: Option<&str>, told: bool) -> String {
    let words = proposed.why.iter().filter_map(|why| {
        Some(match why {
            Why::Score(_) if !told => c.t("why-score-untold"),
            Why::Score(mean) => c.t1("why-score", "score", format!("{}.{}", mean / 1000, mean % 1000 / 100)),
            Why::NotScored => c.t("why-not-scored"),
            Why::OnlyOfService => c.t1("why-only-service", "what", &line.service),
            Why::OnlyOfField => c.t1("why-only-field", "what", field?),
            Why::OnlyInLanguage => c.t1(
                "why-only-language",
                "what",
                c.t(format!("written-{}", line.question.lang)),
            ),
            Why::Unlike => c.t("why-unlike"),
            Why::WouldLikeStage => c.t("why-stage"),
        })
    });
    words.collect::<Vec<_>>().join(" · ")
}

pub(super) async fn take(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(input): Form<Input>,
) -> web::Result<Response> {
    let (event, bound) = enter(&app, c.clone(), &slug).await?;
    let picked = if input.act == "all" { &input.all } else { &input.pick };
    let ids: Vec<QuestionId> = picked.iter().filter_map(|text| Some(pair(text)?.0)).collect();
    if ids.is_empty() {
        return page(&app, c, &slug, Errors::form("propose-pick-some")).await;
    }
    let tx = app.db.begin_write().await?;
    let done = apply(&tx, &app, &staff, &event, &ids).await;
    match commit(&app, &event, tx, done).await {
        Ok(()) => Ok(redirect(format!("/desk/events/{slug}/shortlist"))
            .flash_n("propose-taken", ids.len())
            .into_response()),
        Err(error) if error.is_refusal() => {
            let why = web::Message::new("refused").arg("why", error.sentence(&bound.words));
            page(&app, c, &slug, Errors::form(why)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// All of them or none: whoever looked at a proposal decides about what they saw.
async fn apply(
    tx: &WriteTx,
    app: &App,
    staff: &Moderator,
    event: &event::Model,
    ids: &[QuestionId],
) -> crate::Result<()> {
    for id in ids {
        common::question_of(tx, event.id, *id)
            .await?
            .ok_or(crate::Error::NotFound)?;
        decide::live(tx, app, staff.id, *id, None).await?;
    }
    Ok(())
}
