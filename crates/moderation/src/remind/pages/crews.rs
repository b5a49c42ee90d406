//! The board of crews: per crew and member what waits, what is late, how long answers took, the last reminder.

use crate::{
    answers::{
        pages::desk,
        repo::{Lookup, Subject, Wanted},
    },
    remind::board::{self, Line},
};
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use db::people;
use domain::AssignmentId;
use web::{App, Chrome, Result, auth::Reviewer, render};

struct Crew {
    name: String,
    lines: Vec<Line>,
}

struct Note {
    id: AssignmentId,
    subject: Subject,
    who: String,
    due: DateTime<Utc>,
}

#[derive(askama::Template)]
#[template(path = "remind/crews.html")]
struct Page {
    c: Chrome,
    base: String,
    zone: String,
    crews: Vec<Crew>,
    notes: Vec<Note>,
}

impl Page {
    fn who(line: &Line) -> String {
        people::crew_person(&line.member).line()
    }

    /// Days and hours, in words.
    fn took(&self, line: &Line) -> String {
        let Some(seconds) = line.median else {
            return self.c.t("crews-never");
        };
        let hours = seconds / 3_600;
        match (hours / 24, hours % 24) {
            (0, 0) => self.c.t("crews-under-hour"),
            (0, hours) => self.c.t1("crews-hours", "hours", hours),
            (days, hours) => self.c.t2("crews-days", "days", days, "hours", hours),
        }
    }
}

pub(super) async fn page(State(app): State<App>, _: Reviewer, c: Chrome, Path(slug): Path<String>) -> Result {
    let (c, event) = desk(&app, c, &slug).await?;
    let conn = app.db.reader();
    let names = people::service_names(conn, c.lang()).await?;
    let crews = board::lines(&app, event.id).await?;
    let crews = crews.into_iter().map(|(id, lines)| Crew {
        name: names.get(&id).cloned().unwrap_or_default(),
        lines,
    });
    let rows = board::notes(conn, event.id).await?;
    let mut wanted = Wanted::default();
    for row in &rows {
        wanted.assignment(row);
    }
    let lookup = Lookup::load(conn, c.lang(), wanted).await?;
    let notes = rows.iter().map(|row| Note {
        id: row.id,
        subject: lookup.subject(row.question_id, row.reverse_id),
        who: lookup.asked(row),
        due: row.due_at,
    });
    render(&Page {
        base: format!("/desk/events/{slug}"),
        zone: event.time_zone,
        crews: crews.collect(),
        notes: notes.collect(),
        c,
    })
}
