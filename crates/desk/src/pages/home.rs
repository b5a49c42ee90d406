//! What is late, what waits, how far each event is.

use crate::{
    TEXTS,
    ledger::{self, Leaf, Ledger, Show},
    pages::{Nothing, ZONE},
    repo, service,
};
use axum::{
    extract::{Path, State},
    response::IntoResponse,
    routing::{get, post},
};
use db::entity::{event, job};
use domain::role::Role;
use web::{
    App, Chrome, Error, Form, Result,
    auth::{Administrator, Staff},
    redirect, render,
};

pub(crate) fn routes() -> web::Router {
    web::Router::new()
        .route("/desk", get(page))
        .route("/desk/jobs/{id}/retry", post(retry))
}

struct EventRow {
    event: event::Model,
    phase: &'static str,
    ledger: Ledger,
    pending: u64,
    review: u64,
}

impl EventRow {
    fn n(&self, show: Show) -> u64 {
        self.ledger.count(show)
    }
    fn leaf(&self, leaf: Leaf) -> u64 {
        self.ledger.leaf(leaf)
    }
}

/// One line of what waits: its key, its number, where it is worked on.
struct Todo {
    key: &'static str,
    n: u64,
    href: String,
    event: String,
    bad: bool,
}

#[derive(askama::Template)]
#[template(path = "home.html")]
struct Page {
    c: Chrome,
    events: Vec<EventRow>,
    todos: Vec<Todo>,
    jobs: Vec<job::Model>,
    zone: &'static str,
}

async fn page(State(app): State<App>, c: Chrome, staff: Staff) -> Result {
    let now = app.clock.now();
    let conn = app.db.reader();
    let mut events = Vec::new();
    for event in repo::events(conn).await? {
        let ledger = ledger::read(conn, event.id, now).await?;
        let (pending, review) = repo::waiting_in(conn, event.id).await?;
        let phase = match now {
            now if now < event.opens_at => "phase-before",
            now if now < event.closes_at => "phase-open",
            _ => "phase-closed",
        };
        events.push(EventRow {
            event,
            phase,
            ledger,
            pending,
            review,
        });
    }
    let c = c.with(&TEXTS);
    let called = repo::called(conn, staff.id).await?;
    let todos = todos(&c, &events, repo::waiting(conn).await?, called);
    let jobs = if c.may(Role::Administrator) {
        repo::failed_jobs(conn).await?
    } else {
        Vec::new()
    };
    render(&Page {
        c,
        events,
        todos,
        jobs,
        zone: ZONE,
    })
}

async fn retry(
    State(app): State<App>,
    staff: Administrator,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let tx = app.db.begin_write().await?;
    service::job::retry(&tx, &app.clock, staff.actor(), id).await?;
    tx.commit().await?;
    app.wake.notify();
    Ok(redirect("/desk").flash("job-retried").into_response())
}

/// Late first; then what stands still without us.
fn todos(c: &Chrome, events: &[EventRow], waiting: repo::Waiting, called: u64) -> Vec<Todo> {
    let (mail, moderator) = (c.may(Role::Moderator) || c.may(Role::Editor), c.may(Role::Moderator));
    let mut out = Vec::new();
    let mut add = |allowed: bool, key, n, href: String, event: &str, bad| {
        if allowed && n > 0 {
            out.push(Todo {
                key,
                n,
                href,
                event: event.to_owned(),
                bad,
            });
        }
    };
    add(
        mail,
        "todo-failed-mail",
        waiting.failed_mail,
        "/desk/outbox?state=failed".into(),
        "",
        true,
    );
    add(
        mail,
        "todo-returned",
        waiting.returned,
        "/desk/addresses".into(),
        "",
        true,
    );
    add(
        c.may(Role::Administrator),
        "todo-failed-jobs",
        waiting.failed_jobs,
        "/desk/audit".into(),
        "",
        true,
    );
    add(moderator, "todo-called", called, "/desk/notes".into(), "", false);
    for row in events {
        let base = format!("/desk/events/{}", row.event.slug);
        let title = c.either(&row.event.title, &row.event.title_en);
        for (key, leaf, show) in [
            ("todo-late", Leaf::Late, "late"),
            ("todo-unreached", Leaf::Unreached, "unreached"),
            ("todo-bounced", Leaf::Bounced, "bounced"),
        ] {
            let href = format!("{base}/ledger?show={show}");
            add(true, key, row.leaf(leaf), href, title, true);
        }
        let closed = row.phase == "phase-closed";
        let inbox = row.leaf(Leaf::Received).saturating_sub(row.pending);
        add(
            moderator && closed,
            "todo-triage",
            inbox,
            format!("{base}/triage"),
            title,
            false,
        );
        add(
            moderator,
            "todo-release",
            row.pending,
            format!("{base}/routing"),
            title,
            false,
        );
        add(mail, "todo-review", row.review, format!("{base}/answers"), title, false);
    }
    add(
        mail,
        "todo-quarantine",
        waiting.quarantined,
        "/desk/quarantine".into(),
        "",
        false,
    );
    add(
        c.may(Role::Editor),
        "todo-comments",
        waiting.comments,
        "/desk/comments".into(),
        "",
        false,
    );
    add(
        mail,
        "todo-drafts",
        waiting.drafts,
        "/desk/outbox?state=draft".into(),
        "",
        false,
    );
    out
}
