//! Mail that came back: the addresses, and what can be done about one mail.

use super::{ZONE, outgoing};
use crate::{Error, TEXTS, repo, service::correct::correct as send_again};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::IntoResponse,
    routing::{get, post},
};
use chrono::{DateTime, Utc};
use db::{audit, entity::marked_address, entity::outgoing_mail, page};
use domain::{EmailAddress, IncomingId, OutgoingId, state::mail::OutgoingState};
use mail::marks;
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, Result, auth::Reviewer, redirect, render};

pub(crate) fn routes() -> web::Router {
    web::Router::new()
        .route("/desk/addresses", get(list))
        .route("/desk/addresses/settle", post(settle))
        .route("/desk/addresses/lift", post(lift))
}

/// What is known of one mail that came back, and where one can do something about it.
pub(super) struct Returned {
    /// The report, where one came in; else the server refused while we were sending.
    pub(super) report: Option<(IncomingId, DateTime<Utc>)>,
    pub(super) words: String,
    /// The letter went out again.
    pub(super) again: Option<OutgoingId>,
    /// The assignment, at which somebody else can be asked.
    pub(super) assignment: Option<String>,
    /// The partner, to whom the link can be handed over otherwise.
    pub(super) partner: Option<String>,
    /// What stands in the form.
    pub(super) email: String,
}

impl Returned {
    /// `None` for a mail of which nothing came back.
    pub(super) async fn of(app: &App, row: &outgoing_mail::Model) -> Result<Option<Self>> {
        let conn = app.db.reader();
        let report = repo::returned(conn, row.id).await?;
        if report.is_none() && row.state != OutgoingState::Failed {
            return Ok(None);
        }
        let mark = marks::find(conn, &row.to_email).await.map_err(db::Error::from)?;
        let events = repo::events(conn).await?;
        let event = events.iter().find(|e| Some(e.id) == row.event_id).map(|e| &e.slug);
        let reply = row.reply_assignment_id.filter(|_| row.invitation_id.is_none());
        Ok(Some(Self {
            report,
            words: mark
                .map(|m| m.words)
                .or_else(|| row.server_reply.clone())
                .unwrap_or_default(),
            again: repo::again(conn, row.id).await?,
            assignment: event
                .zip(reply)
                .map(|(slug, id)| format!("/desk/events/{slug}/assignments/{id}")),
            partner: event
                .zip(row.invitation_id)
                .map(|(slug, id)| format!("/desk/events/{slug}/roster/{id}")),
            email: row.to_email.to_string(),
        }))
    }
}

#[derive(Deserialize)]
pub(super) struct Correction {
    #[serde(default)]
    email: String,
}

/// The letter goes again, to this address.
pub(super) async fn correct(
    State(app): State<App>,
    c: Chrome,
    staff: Reviewer,
    Path(id): Path<String>,
    Form(input): Form<Correction>,
) -> Result {
    let row = outgoing::find(&app, &id).await?;
    if Returned::of(&app, &row).await?.is_none() {
        return Err(web::Error::NotFound);
    }
    let mut errors = Errors::new();
    let Some(email) = errors.check("email", EmailAddress::parse(&input.email)) else {
        return outgoing::with_address(&app, c, row, input.email, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let tx = app.db.begin_write().await?;
    match send_again(&tx, &app, staff.id, &row, email).await {
        Ok(new) => {
            tx.commit().await?;
            app.wake.notify();
            Ok(redirect(format!("/desk/outbox/{new}"))
                .flash("returned-again")
                .into_response())
        }
        Err(Error::Taken) => {
            tx.rollback().await?;
            errors.add("email", "error-taken");
            outgoing::with_address(&app, c, row, input.email, errors, StatusCode::CONFLICT).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
struct Filter {
    #[serde(default)]
    show: String,
    #[serde(default)]
    after: String,
}

impl Filter {
    fn after(&self) -> Option<repo::MarkedAfter> {
        let (at, email) = self.after.split_once(' ')?;
        Some((DateTime::from_timestamp_micros(at.parse().ok()?)?, email.to_owned()))
    }
}

/// A choice of what the list shows.
struct Tab {
    href: String,
    label: String,
    current: bool,
}

#[derive(askama::Template)]
#[template(path = "addresses.html")]
struct List {
    c: Chrome,
    tabs: [Tab; 2],
    open: bool,
    rows: page::Page<marked_address::Model>,
    zone: &'static str,
}

impl List {
    fn more(&self, after: &str) -> String {
        let show = if self.open { "open" } else { "settled" };
        format!("?show={show}&after={}", super::encode(after))
    }
}

async fn list(State(app): State<App>, c: Chrome, _staff: Reviewer, Query(filter): Query<Filter>) -> Result {
    let c = c.with(&TEXTS);
    let open = filter.show != "settled";
    let rows = repo::marked(app.db.reader(), open, filter.after()).await?;
    let tabs = [("open", true), ("settled", false)].map(|(name, shows)| Tab {
        href: format!("?show={name}"),
        label: c.t(format!("addresses-{name}")),
        current: open == shows,
    });
    render(&List {
        c,
        tabs,
        open,
        rows,
        zone: ZONE,
    })
}

#[derive(Deserialize)]
struct Which {
    email: String,
}

async fn settle(State(app): State<App>, staff: Reviewer, Form(input): Form<Which>) -> Result {
    let email = EmailAddress::parse(&input.email).map_err(|_| web::Error::NotFound)?;
    let tx = app.db.begin_write().await?;
    let done = marks::settle(&tx, &app.clock, staff.id, &email)
        .await
        .map_err(db::Error::from)?;
    noted(&app, tx, &staff, done, "address.settled", "addresses-settled-one").await
}

async fn lift(State(app): State<App>, staff: Reviewer, Form(input): Form<Which>) -> Result {
    let email = EmailAddress::parse(&input.email).map_err(|_| web::Error::NotFound)?;
    let tx = app.db.begin_write().await?;
    let done = marks::lift(&tx, &email).await.map_err(db::Error::from)?;
    noted(&app, tx, &staff, done, "address.lifted", "addresses-lifted-one").await
}

/// A second press does nothing and says the same.
async fn noted(app: &App, tx: db::WriteTx, staff: &Reviewer, done: bool, action: &'static str, flash: &str) -> Result {
    if done {
        // The log names the deed, and no address: an address is personal.
        let entry = audit::Entry {
            event: None,
            actor: staff.actor(),
            action,
            subject: ("marked_address", None),
            details: serde_json::json!({}),
        };
        audit::record(&tx, &app.clock, entry).await?;
    }
    tx.commit().await?;
    Ok(redirect("/desk/addresses").flash(flash).into_response())
}
