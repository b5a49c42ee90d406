//! The record of one event as a file: who did what to what, when, from what to what.

use crate::{TEXTS, repo};
use axum::{
    extract::{Query, State},
    routing::get,
};
use chrono::{DateTime, Utc};
use db::{
    entity::{audit_entry, event, question},
    prelude::*,
};
use domain::AuditId;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;
use web::{App, Chrome, Error, Result, auth::Administrator, lang::Zone};

pub(crate) fn routes() -> web::Router {
    web::Router::new().route("/desk/audit/export", get(download))
}

#[derive(Deserialize)]
struct Asked {
    event: String,
    #[serde(default)]
    format: String,
}

/// One line of the file.
#[derive(Clone, Debug, Serialize)]
struct Line {
    /// RFC 3339, in the event's time zone.
    at: String,
    actor_kind: String,
    actor: String,
    action: String,
    deed: String,
    subject_kind: String,
    subject_id: Option<Uuid>,
    /// Of the question that it was done to.
    number: Option<i32>,
    from: Option<String>,
    to: Option<String>,
    details: serde_json::Value,
}

async fn download(State(app): State<App>, c: Chrome, staff: Administrator, Query(asked): Query<Asked>) -> Result {
    let c = c.with(&TEXTS);
    let event = repo::event_by_slug(app.db.reader(), &asked.event).await?;
    let lines = lines(&app, &c, &event).await?;
    let (bytes, kind, media) = match asked.format.as_str() {
        "json" => (serde_json::to_vec_pretty(&lines)?, "json", "application/json"),
        "xlsx" => (
            sheet(&c, &lines).map_err(Error::internal)?,
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        _ => (
            table(&c, &lines).map_err(Error::internal)?,
            "csv",
            "text/csv; charset=utf-8",
        ),
    };
    let tx = app.db.begin_write().await?;
    let entry = db::audit::Entry {
        event: Some(event.id),
        actor: staff.actor(),
        action: "audit.exported",
        subject: ("event", Some(event.id.uuid())),
        details: serde_json::json!({ "entries": lines.len(), "format": kind }),
    };
    db::audit::record(&tx, &app.clock, entry).await?;
    tx.commit().await?;
    Ok(web::attachment(&format!("{}-audit.{kind}", event.slug), media, bytes))
}

/// Entries read at a time.
const PART: u64 = 5_000;

async fn lines(app: &App, c: &Chrome, event: &event::Model) -> Result<Vec<Line>> {
    let conn = app.db.reader();
    let mut ways = Ways::default();
    let mut lines = Vec::new();
    let mut after: Option<AuditId> = None;
    loop {
        let mut find = audit_entry::Entity::find().filter(audit_entry::Column::EventId.eq(event.id));
        if let Some(after) = after {
            find = find.filter(audit_entry::Column::Id.gt(after));
        }
        let rows = find.order_by_asc(audit_entry::Column::Id).limit(PART).all(conn).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.id);
        let names = repo::actor_names(conn, &rows, c.lang()).await?;
        let numbers = numbers(conn, rows.iter()).await?;
        for row in rows {
            let (from, to) = ways.step(&row);
            let key = format!("deed-{}", row.action.replace(['.', '_'], "-"));
            lines.push(Line {
                at: moment(row.at, event),
                actor_kind: row.actor_kind.to_string(),
                actor: row.actor_id.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
                deed: c.words.get(&key).unwrap_or_default(),
                action: row.action,
                number: row.subject_id.and_then(|id| numbers.get(&id).copied()),
                subject_kind: row.subject_kind,
                subject_id: row.subject_id,
                from,
                to,
                details: row.details,
            });
        }
    }
    Ok(lines)
}

fn moment(at: DateTime<Utc>, event: &event::Model) -> String {
    at.with_timezone(&event.time_zone.tz())
        .to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
}

/// The numbers of the questions that entries are about.
pub(super) async fn numbers(
    conn: &impl ConnectionTrait,
    rows: impl Iterator<Item = &audit_entry::Model>,
) -> std::result::Result<HashMap<Uuid, i32>, db::Error> {
    let ids = rows
        .filter(|r| r.subject_kind == "question")
        .filter_map(|r| r.subject_id)
        .map(domain::QuestionId::from_uuid);
    let found: Vec<(domain::QuestionId, Option<i32>)> = question::Entity::find()
        .select_only()
        .column(question::Column::Id)
        .column(question::Column::Number)
        .filter(question::Column::Id.is_in(ids))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(found.into_iter().filter_map(|(id, n)| Some((id.uuid(), n?))).collect())
}

/// What was decided about each question so far: an entry says what became of it, the one before it from where.
#[derive(Default)]
struct Ways(HashMap<Uuid, String>);

impl Ways {
    fn step(&mut self, row: &audit_entry::Model) -> (Option<String>, Option<String>) {
        let word = |name: &str| match row.details.get(name) {
            None | Some(serde_json::Value::Null) => None,
            Some(serde_json::Value::String(text)) => Some(text.clone()),
            Some(other) => Some(other.to_string()),
        };
        let (mut from, mut to) = (word("from"), word("to"));
        if let (Some(id), "question") = (row.subject_id, row.subject_kind.as_str()) {
            let became = match row.action.as_str() {
                "decision.made" => word("kind").map(|kind| format!("{kind} (pending)")),
                "decision.dropped" => Some("received".to_owned()),
                "decision.released" => to.clone().or_else(|| word("kind")),
                _ => to.clone(),
            };
            if let Some(became) = became {
                let before = self
                    .0
                    .insert(id, became.clone())
                    .unwrap_or_else(|| "received".to_owned());
                // The release says the question's states; the decision that stood before it says more.
                if row.action.starts_with("decision.") || from.is_none() {
                    from = Some(before);
                }
                to = Some(became);
            }
        }
        (from, to)
    }
}

/// A spreadsheet takes a cell that begins so for a formula; an apostrophe makes it text.
fn inert(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn heads(c: &Chrome) -> [String; 11] {
    [
        c.t("col-when"),
        c.t("col-actor"),
        c.t("col-actor"),
        c.t("col-action"),
        c.t("audit-col-deed"),
        c.t("col-subject-of"),
        c.t("audit-col-id"),
        c.t("audit-col-number"),
        c.t("audit-col-from"),
        c.t("audit-col-to"),
        c.t("col-details"),
    ]
}

fn cells(line: &Line) -> [String; 11] {
    [
        line.at.clone(),
        line.actor_kind.clone(),
        line.actor.clone(),
        line.action.clone(),
        line.deed.clone(),
        line.subject_kind.clone(),
        line.subject_id.map(|id| id.simple().to_string()).unwrap_or_default(),
        line.number.map(|n| n.to_string()).unwrap_or_default(),
        line.from.clone().unwrap_or_default(),
        line.to.clone().unwrap_or_default(),
        repo::details(&line.details),
    ]
    .map(|cell| inert(&cell))
}

fn table(c: &Chrome, lines: &[Line]) -> std::result::Result<Vec<u8>, csv::Error> {
    // With the mark that tells a spreadsheet of UTF-8.
    let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    writer.write_record(heads(c))?;
    for line in lines {
        writer.write_record(cells(line))?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

fn sheet(c: &Chrome, lines: &[Line]) -> std::result::Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let bold = rust_xlsxwriter::Format::new().set_bold();
    for (column, head) in (0..).zip(heads(c)) {
        sheet.write_string_with_format(0, column, head, &bold)?;
    }
    for (row, line) in (1..).zip(lines) {
        for (column, cell) in (0..).zip(cells(line)) {
            sheet.write_string(row, column, cell)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::state::people::ActorKind;
    use serde_json::json;

    fn entry(id: Uuid, action: &str, details: serde_json::Value) -> audit_entry::Model {
        audit_entry::Model {
            id: AuditId::new(),
            at: DateTime::UNIX_EPOCH,
            event_id: None,
            actor_kind: ActorKind::Staff,
            actor_id: None,
            action: action.into(),
            subject_kind: "question".into(),
            subject_id: Some(id),
            details,
        }
    }

    #[test]
    fn each_decision_says_from_where_to_where() {
        let (one, other) = (Uuid::now_v7(), Uuid::now_v7());
        let mut ways = Ways::default();
        let mut step = |id, action, details| {
            let (from, to) = ways.step(&entry(id, action, details));
            (from.unwrap_or_default(), to.unwrap_or_default())
        };
        let said = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            step(one, "decision.made", json!({ "kind": "live" })),
            said("received", "live (pending)")
        );
        assert_eq!(
            step(other, "decision.made", json!({ "kind": "route" })),
            said("received", "route (pending)")
        );
        assert_eq!(
            step(one, "decision.made", json!({ "kind": "decline" })),
            said("live (pending)", "decline (pending)")
        );
        assert_eq!(
            step(
                one,
                "decision.released",
                json!({ "kind": "decline", "from": "received", "to": "declined" })
            ),
            said("decline (pending)", "declined")
        );
        assert_eq!(
            step(other, "decision.dropped", json!({ "kind": "route" })),
            said("route (pending)", "received")
        );
        assert_eq!(step(other, "question.seen", json!({})), said("", ""));
    }

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(inert("=1+1"), "'=1+1");
        assert_eq!(inert("\t=1"), "'\t=1");
        assert_eq!(inert("운영자"), "운영자");
    }
}
