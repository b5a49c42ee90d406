//! How questions are chosen, as partners read it, and what became of all of them, in numbers.

use crate::{Result, TEXTS};
use db::{
    audit::{self, Actor},
    entity::{event, selection_text},
    prelude::*,
};
use domain::{EventId, Lang, StaffId, state::question::QuestionState};
use sea_orm::{FromQueryResult, Statement, Value, sea_query::OnConflict};
use serde_json::json;
use std::collections::HashMap;
use web::{App, Words};

/// The text in both languages; version 0 is the default, of which there is no row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) ko: String,
    pub(crate) en: String,
    pub(crate) version: i32,
}

/// Most characters of the text in one language.
pub(crate) const CHARS: usize = 3_000;

pub(crate) async fn text(conn: &impl ConnectionTrait, event: &event::Model) -> Result<Text> {
    let row = selection_text::Entity::find_by_id(event.id).one(conn).await?;
    Ok(row.map_or_else(
        || Text {
            ko: default(event, Lang::Ko),
            en: default(event, Lang::En),
            version: 0,
        },
        |row| Text {
            ko: row.body,
            en: row.body_en,
            version: row.version,
        },
    ))
}

fn default(event: &event::Model, lang: Lang) -> String {
    let words = Words::new(lang, &TEXTS);
    let paragraphs = [
        words.t1("selection-default-1", "n", event.live_places),
        words.t("selection-default-2"),
        words.t("selection-default-3"),
    ];
    paragraphs.join("\n\n")
}

/// Writes the text; `new.version` is the one that the editor read.
///
/// # Errors
/// Stale when somebody else wrote first.
pub(crate) async fn save(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, new: Text) -> Result<()> {
    let now = app.clock.now();
    let written = if new.version == 0 {
        let row = selection_text::ActiveModel {
            event_id: Set(event),
            body: Set(new.ko),
            body_en: Set(new.en),
            version: Set(1),
            updated_by: Set(Some(staff)),
            updated_at: Set(now),
        };
        selection_text::Entity::insert(row)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?
    } else {
        selection_text::Entity::update_many()
            .col_expr(selection_text::Column::Body, Expr::value(new.ko))
            .col_expr(selection_text::Column::BodyEn, Expr::value(new.en))
            .col_expr(selection_text::Column::Version, Expr::value(new.version + 1))
            .col_expr(selection_text::Column::UpdatedBy, Expr::value(staff))
            .col_expr(selection_text::Column::UpdatedAt, Expr::value(now))
            .filter(selection_text::Column::EventId.eq(event))
            .filter(selection_text::Column::Version.eq(new.version))
            .exec(tx)
            .await?
            .rows_affected
    };
    if written != 1 {
        return Err(db::Error::Stale { what: "selection text" }.into());
    }
    note(tx, app, staff, event, "selection.saved").await
}

/// Back to the default text.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn restore(tx: &WriteTx, app: &App, staff: StaffId, event: EventId) -> Result<()> {
    selection_text::Entity::delete_by_id(event).exec(tx).await?;
    note(tx, app, staff, event, "selection.restored").await
}

async fn note(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, action: &'static str) -> Result<()> {
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action,
        subject: ("event", Some(event.uuid())),
        details: json!({}),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}

/// What became of the questions, as far as it is released: a decision that is pending counts as being read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    by_state: HashMap<QuestionState, i64>,
    pub(crate) answered: i64,
}

#[derive(FromQueryResult)]
struct Row {
    state: QuestionState,
    n: i64,
    answered: i64,
}

impl Counts {
    pub(crate) async fn read(conn: &impl ConnectionTrait, event: EventId) -> Result<Self> {
        let sql = "SELECT state, COUNT(*) AS n, SUM(answered) AS answered FROM (
            SELECT q.state AS state, CASE WHEN EXISTS (SELECT 1 FROM answer a
              WHERE a.question_id = COALESCE(q.merged_into, q.id) AND a.state = 'approved') THEN 1 ELSE 0 END AS answered
            FROM question q WHERE q.event_id = $1 AND q.state NOT IN ('draft', 'withdrawn')) f GROUP BY state";
        let values: Vec<Value> = vec![event.into()];
        let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
        let mut counts = Self::default();
        for row in Row::find_by_statement(statement).all(conn).await? {
            if !matches!(row.state, QuestionState::Received | QuestionState::Declined) {
                counts.answered += row.answered;
            }
            counts.by_state.insert(row.state, row.n);
        }
        Ok(counts)
    }

    pub(crate) fn of(&self, state: QuestionState) -> i64 {
        self.by_state.get(&state).copied().unwrap_or_default()
    }

    /// Everything that was sent in and not taken back: the sum of what [`Counts::of`] says.
    pub(crate) fn total(&self) -> i64 {
        self.by_state.values().sum()
    }
}
