//! One line of the board: a question with what its moderators say about it.

use super::{presence, sql::Sql};
use crate::triage::{
    reading::repo as reading,
    repo::{self, Line},
};
use chrono::{DateTime, Utc};
use db::prelude::*;
use domain::{EventId, Lang, QuestionId, StaffId};
use std::collections::{HashMap, HashSet};

#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) line: Line,
    pub(crate) readers: i32,
    /// Thousandths, as the spread.
    pub(crate) mean: Option<i32>,
    pub(crate) spread: Option<i32>,
    pub(crate) tags: Vec<String>,
    /// Names of others who have it open now.
    pub(crate) here: Vec<String>,
    pub(crate) unread: bool,
    pub(crate) late: bool,
}

impl Row {
    /// `4.2`; empty when nobody scored it.
    pub(crate) fn score(&self) -> String {
        self.mean.map(tenths).unwrap_or_default()
    }
    pub(crate) fn distance(&self) -> String {
        self.spread.map(tenths).unwrap_or_default()
    }
}

fn tenths(milli: i32) -> String {
    format!("{:.1}", f64::from(milli) / 1000.0)
}

/// These questions as rows, in the given order, as `staff` sees them: others' scores show after one's own, where the event
/// reads so, on the board and in a file alike.
pub(crate) async fn rows(
    conn: &impl ConnectionTrait,
    event: EventId,
    ids: &[QuestionId],
    staff: StaffId,
    now: DateTime<Utc>,
    lang: Lang,
) -> Result<Vec<Row>, Error> {
    let lines = repo::lines_of(conn, ids, lang).await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let scores = scores(conn, ids).await?;
    let mut tags = super::tags::of(conn, ids).await?;
    let mut here = presence::others(conn, event, staff, now).await?;
    let read = among(
        conn,
        "SELECT r.question_id FROM review r WHERE r.staff_id = ",
        staff,
        ids,
    )
    .await?;
    let told = reading::told(conn, event, staff, ids).await?;
    let late = among(
        conn,
        "SELECT a.question_id FROM assignment a WHERE a.question_id IS NOT NULL AND a.state IN ('sent', 'reminded') AND a.due_at < ",
        now,
        ids,
    )
    .await?;
    let row = |line: Line| {
        let id = line.question.id;
        let (readers, mean, spread) = scores.get(&id).copied().unwrap_or_default();
        let shown = told.contains(&id);
        Row {
            readers,
            mean: mean.filter(|_| shown),
            spread: spread.filter(|_| shown),
            tags: tags.remove(&id).unwrap_or_default(),
            here: here.remove(&id).unwrap_or_default(),
            unread: !read.contains(&id),
            late: late.contains(&id),
            line,
        }
    };
    Ok(lines.into_iter().map(row).collect())
}

type Score = (i32, Option<i32>, Option<i32>);

async fn scores(conn: &impl ConnectionTrait, ids: &[QuestionId]) -> Result<HashMap<QuestionId, Score>, Error> {
    let mut find =
        Sql::new("SELECT question_id, readers, mean_milli, spread_milli FROM question_score WHERE question_id IN ");
    find.list(ids.iter().copied());
    let rows = conn.query_all_raw(find.statement(conn.get_database_backend())).await?;
    let mut out = HashMap::new();
    for row in rows {
        let score = (
            row.try_get_by_index(1)?,
            row.try_get_by_index(2)?,
            row.try_get_by_index(3)?,
        );
        out.insert(row.try_get_by_index(0)?, score);
    }
    Ok(out)
}

/// Those of `ids` that `find`, whose last word wants `value`, finds.
async fn among(
    conn: &impl ConnectionTrait,
    find: &str,
    value: impl Into<sea_orm::Value>,
    ids: &[QuestionId],
) -> Result<HashSet<QuestionId>, Error> {
    let mut find = Sql::new(find);
    find.bind(value).add(" AND question_id IN ").list(ids.iter().copied());
    let rows = conn.query_all_raw(find.statement(conn.get_database_backend())).await?;
    Ok(rows
        .iter()
        .map(|row| row.try_get_by_index(0))
        .collect::<Result<_, _>>()?)
}
