//! Who is asked for what, and who has not answered yet.

use super::{desk, queue::Tab};
use crate::answers::repo::{self, AssignmentView, Lookup, Subject, Wanted};
use axum::extract::{Path, Query, State};
use chrono::{DateTime, Utc};
use domain::AssignmentId;
use serde::Deserialize;
use web::{App, Chrome, Result, auth::Reviewer, render};

#[derive(Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    view: String,
    #[serde(default)]
    after: String,
}

struct Row {
    id: AssignmentId,
    subject: Subject,
    who: String,
    service: String,
    state: &'static str,
    due: DateTime<Utc>,
    late: bool,
    returned: bool,
}

#[derive(askama::Template)]
#[template(path = "answers/assignments.html")]
struct Page {
    c: Chrome,
    base: String,
    zone: String,
    tabs: Vec<Tab>,
    view: &'static str,
    rows: Vec<Row>,
    next: Option<String>,
}

pub(super) async fn page(
    State(app): State<App>,
    _: Reviewer,
    c: Chrome,
    Path(slug): Path<String>,
    Query(filter): Query<Filter>,
) -> Result {
    let (c, event) = desk(&app, c, &slug).await?;
    let (conn, now) = (app.db.reader(), app.clock.now());
    let view = AssignmentView::parse(&filter.view);
    let page = repo::assignments(conn, event.id, view, now, filter.after.parse().ok()).await?;
    let counts = repo::assignment_counts(conn, event.id, now).await?;
    let mut wanted = Wanted::default();
    for row in &page.rows {
        wanted.assignment(row);
    }
    let lookup = Lookup::load(conn, c.lang(), wanted).await?;
    let rows = page.rows.iter().map(|row| Row {
        id: row.id,
        subject: lookup.subject(row.question_id, row.reverse_id),
        who: lookup.asked(row),
        service: lookup.service(row.service_id),
        state: row.state.as_str(),
        due: row.due_at,
        returned: row.returned_at.is_some() && domain::state::assignment::AssignmentState::OPEN.contains(&row.state),
        late: row.due_at < now && domain::state::assignment::AssignmentState::OPEN.contains(&row.state),
    });
    let tabs = AssignmentView::ALL.map(|choice| Tab {
        value: choice.as_str(),
        label: c.t(format!("assignments-{}", choice.as_str())),
        count: counts.get(choice.as_str()).copied().unwrap_or_default(),
        current: choice == view,
    });
    render(&Page {
        base: format!("/desk/events/{slug}"),
        zone: event.time_zone,
        tabs: tabs.into(),
        view: view.as_str(),
        rows: rows.collect(),
        next: page.next,
        c,
    })
}
