//! Which crew answers for which service.

use crate::triage::{
    pages::enter,
    service::rules::{self, Rule},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use db::{entity::event, people};
use domain::ServiceId;
use serde::Deserialize;
use web::{App, Choice, Chrome, Errors, Form, auth::Moderator, redirect, render_form};

/// A service with what is chosen for it.
struct Row {
    service: ServiceId,
    name: String,
    crews: Vec<Choice>,
    seconds: Vec<Choice>,
    /// The id of the second choice, at which its error stands.
    field: String,
}

/// The rules of the event, or of all.
struct Scope {
    key: &'static str,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "triage/rules.html")]
struct RulesPage {
    c: Chrome,
    event: event::Model,
    errors: Errors,
    scopes: Vec<Scope>,
}

impl RulesPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
}

/// What was sent: the three lists run side by side.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    scope: String,
    service: Vec<ServiceId>,
    crew: Vec<String>,
    second: Vec<String>,
}

const SCOPES: [&str; 2] = ["event", "all"];

pub(super) async fn show(State(app): State<App>, _: Moderator, c: Chrome, Path(slug): Path<String>) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    page(&app, c, event, Errors::new(), None).await
}

async fn page(app: &App, c: Chrome, event: event::Model, errors: Errors, input: Option<Input>) -> web::Result {
    let conn = app.db.reader();
    let services = people::services(conn, c.lang()).await?;
    let mut scopes = Vec::new();
    for key in SCOPES {
        let of = (key == "event").then_some(event.id);
        let stored = rules::of(conn, of).await?;
        let typed = input.as_ref().filter(|i| i.scope == key);
        let rows = services.iter().enumerate().map(|(at, (service, name))| {
            let rule = stored.iter().find(|r| r.service == *service);
            let stored = (
                rule.map(|r| r.crew.to_string()).unwrap_or_default(),
                rule.and_then(|r| r.second).map(|s| s.to_string()).unwrap_or_default(),
            );
            let place = typed.and_then(|i| i.service.iter().position(|s| s == service));
            let typed = typed.zip(place).map(|(i, at)| {
                let get = |list: &[String]| list.get(at).cloned().unwrap_or_default();
                (get(&i.crew), get(&i.second))
            });
            let (crew, second) = typed.unwrap_or(stored);
            let choices = |chosen: &str| -> Vec<Choice> {
                let all = services.iter();
                all.map(|(id, name)| Choice::new(id, name).chosen(id.to_string() == chosen))
                    .collect()
            };
            Row {
                service: *service,
                name: name.clone(),
                crews: choices(&crew),
                seconds: choices(&second),
                field: format!("{key}-second-{at}"),
            }
        });
        scopes.push(Scope {
            key,
            rows: rows.collect(),
        });
    }
    let page = RulesPage {
        c,
        event,
        errors,
        scopes,
    };
    render_form(&page.errors, &page)
}

impl Input {
    /// The rules, each error at the id of its field.
    fn parse(&self) -> Result<Vec<Rule>, Errors> {
        let (mut rules, mut errors) = (Vec::new(), Errors::new());
        for (at, service) in self.service.iter().enumerate() {
            let get = |list: &[String]| list.get(at).and_then(|id| id.parse::<ServiceId>().ok());
            let (crew, second) = (get(&self.crew), get(&self.second));
            if crew.is_none() && second.is_none() {
                continue;
            }
            let crew = crew.unwrap_or(*service);
            if second == Some(crew) {
                errors.add(format!("{}-second-{at}", self.scope), "rules-same");
            }
            rules.push(Rule {
                service: *service,
                crew,
                second,
            });
        }
        if errors.is_empty() { Ok(rules) } else { Err(errors) }
    }
}

pub(super) async fn save(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Form(input): Form<Input>,
) -> web::Result<Response> {
    let (event, c) = enter(&app, c, &slug).await?;
    let rules = match input.parse() {
        Ok(rules) => rules,
        Err(errors) => return page(&app, c, event, errors, Some(input)).await,
    };
    let scope = (input.scope != "all").then_some(event.id);
    let tx = app.db.begin_write().await?;
    rules::save(&tx, &app, staff.id, scope, &rules).await?;
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/routing/rules"))
        .flash("saved")
        .into_response())
}
