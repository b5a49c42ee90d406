//! The nearest of one question, beside it.

use super::{likeness, repo as own};
use crate::triage::repo::{self, Line};
use db::{entity::event, prelude::*};
use domain::{EventId, Lang, QuestionId};
use likeness::{CLOSE, SAME};
use std::time::Duration;
use web::App;

/// The panel does not wait longer for an index that is being made.
const PATIENCE: Duration = Duration::from_millis(1_500);
const SHOWN: usize = 6;

pub(crate) struct Near {
    pub(crate) rows: Vec<Row>,
    /// The index is still being made.
    pub(crate) later: bool,
    /// This one waits to be joined, so it could lead instead.
    pub(crate) may_lead: bool,
}

pub(crate) struct Row {
    pub(crate) line: Line,
    /// Nearly the same, not only close.
    pub(crate) same: bool,
    pub(crate) answered: bool,
    /// This question may be joined to that one.
    pub(crate) leads: bool,
}

impl Near {
    pub(crate) async fn of(app: &App, event: &event::Model, line: &Line, lang: Lang) -> Result<Self, Error> {
        let conn = app.db.reader();
        let found = match line.question.number {
            Some(number) => likeness(app).nearest(event.id, number, SHOWN * 2, PATIENCE).await?,
            None => Some(Vec::new()),
        };
        let later = found.is_none();
        let mut found = found.unwrap_or_default();
        found.retain(|like| like.score >= CLOSE);
        found.truncate(SHOWN);
        let numbers: Vec<i32> = found.iter().map(|like| like.number).collect();
        let mut questions = own::by_numbers(conn, event.id, &numbers).await?;
        let ids: Vec<QuestionId> = questions.values().map(|question| question.id).collect();
        let answered = own::answered(conn, ids).await?;
        let ordered: Vec<_> = found.iter().filter_map(|like| questions.remove(&like.number)).collect();
        let lines = repo::lines(conn, ordered, lang).await?;
        let rows = lines.into_iter().filter_map(|other| {
            let near = found.iter().find(|like| Some(like.number) == other.question.number)?;
            let joined = other.pending.as_ref().is_some_and(|d| d.merged_into.is_some());
            Some(Row {
                same: near.score >= SAME,
                answered: answered.contains(&other.question.id),
                leads: line.waiting() && !joined && goes_its_way(&other),
                line: other,
            })
        });
        Ok(Self {
            rows: rows.collect(),
            later,
            may_lead: line
                .pending
                .as_ref()
                .is_some_and(|d| d.kind == domain::state::decision::DecisionKind::Merge),
        })
    }
}

/// What others ask that is like it, word for word, and nobody's name: for who answers it on stage.
pub(crate) async fn texts(app: &App, event: EventId, number: i32) -> Result<Vec<String>, Error> {
    let found = likeness(app).nearest(event, number, SHOWN * 2, PATIENCE).await?;
    let mut found = found.unwrap_or_default();
    found.retain(|like| like.score >= CLOSE);
    found.truncate(SHOWN);
    let numbers: Vec<i32> = found.iter().map(|like| like.number).collect();
    let mut questions = own::by_numbers(app.db.reader(), event, &numbers).await?;
    let texts = numbers.iter().filter_map(|number| questions.remove(number));
    Ok(texts.map(|question| question.body).collect())
}

fn goes_its_way(line: &Line) -> bool {
    use domain::state::{decision::DecisionKind, question::QuestionState};
    let declined = line.pending.as_ref().is_some_and(|d| d.kind == DecisionKind::Decline);
    !declined
        && matches!(
            line.question.state,
            QuestionState::Received | QuestionState::Live | QuestionState::Routed
        )
}
