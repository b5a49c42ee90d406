//! Where all questions of an event are.

use crate::{
    TEXTS,
    ledger::{self, Leaf, Ledger, Listed, ReverseLedger, Show, Strip},
    repo,
};
use axum::{
    extract::{Path, Query, State},
    routing::get,
};
use db::{entity::event, page};
use domain::role::Role;
use serde::Deserialize;
use web::{App, Chrome, Error, Result, auth::Staff, render};

pub(crate) fn routes() -> web::Router {
    web::Router::new().route("/desk/events/{slug}/ledger", get(show))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    show: String,
    #[serde(default)]
    after: String,
}

/// A line of the table: a sum and what it is the sum of.
struct Line {
    of: Show,
    parts: Vec<Show>,
}

#[derive(askama::Template)]
#[template(path = "ledger.html")]
struct Page {
    c: Chrome,
    event: event::Model,
    ledger: Ledger,
    reverse: ReverseLedger,
    lines: Vec<Line>,
    strip: Strip,
    shown: Option<Show>,
    list: Option<page::Page<Listed>>,
    panel: bool,
}

impl Page {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template passes fields by reference")]
    fn n(&self, show: &Show) -> u64 {
        self.ledger.count(*show)
    }
}

async fn show(
    State(app): State<App>,
    c: Chrome,
    _staff: Staff,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result {
    let (conn, now) = (app.db.reader(), app.clock.now());
    let event = repo::event_by_slug(conn, &slug).await?;
    let ledger = ledger::read(conn, event.id, now).await?;
    if !ledger.adds_up() {
        return Err(Error::internal("the ledger does not add up"));
    }
    let shown = Show::parse(&asked.show);
    let list = match shown {
        Some(show) => {
            let after = asked.after.parse().ok();
            Some(ledger::list(conn, event.id, now, (&ledger, show), after, c.lang()).await?)
        }
        None => None,
    };
    let reverse = ledger::reverse(conn, event.id, now).await?;
    let panel = c.may(Role::Moderator);
    let title = c.either(&event.title, &event.title_en).to_owned();
    let c = c.with(&TEXTS).for_event(&event.slug, title);
    let strip = Strip::of(&ledger);
    render(&Page {
        c,
        event,
        ledger,
        reverse,
        lines: lines(),
        strip,
        shown,
        list,
        panel,
    })
}

/// `50 in = 10 live + 40 routed + …`, down to where each answer is.
fn lines() -> Vec<Line> {
    let leaf = Show::Leaf;
    vec![
        Line {
            of: Show::All,
            parts: vec![Show::In, leaf(Leaf::Draft), leaf(Leaf::Withdrawn)],
        },
        Line {
            of: Show::In,
            parts: vec![
                Show::Live,
                Show::Routed,
                Show::Merged,
                leaf(Leaf::Received),
                leaf(Leaf::Declined),
            ],
        },
        Line {
            of: Show::Owed,
            parts: vec![
                Show::Approved,
                leaf(Leaf::InReview),
                leaf(Leaf::Waiting),
                leaf(Leaf::Late),
                leaf(Leaf::Unreached),
            ],
        },
        Line {
            of: Show::Approved,
            parts: vec![
                leaf(Leaf::Accepted),
                leaf(Leaf::PageOnly),
                leaf(Leaf::Queued),
                leaf(Leaf::Preparing),
                leaf(Leaf::Bounced),
            ],
        },
    ]
}
