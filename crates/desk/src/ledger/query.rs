//! The facts, as the database tells them.

use super::{Answered, Delivered, Facts, Ledger, Show};
use chrono::{DateTime, Utc};
use db::{
    entity::{answer, assignment, question, reverse_question},
    page::Page,
    people::{self, Invitee},
    prelude::*,
    sight::{Sight, Veil},
};
use domain::{
    EventId, Lang, QuestionId,
    state::{
        answer::AnswerState,
        assignment::AssignmentState,
        question::{QuestionState, ReverseState},
    },
};
use sea_orm::{FromQueryResult, Statement, Value};
use std::collections::HashMap;

/// A merged question's answer is that of the question it was merged into; its delivery is its own.
const FACTS: &str = "
SELECT q.id AS id, q.state AS state,
  CASE WHEN EXISTS (SELECT 1 FROM answer a WHERE a.question_id = COALESCE(q.merged_into, q.id) AND a.state = 'approved') THEN 'approved'
       WHEN EXISTS (SELECT 1 FROM answer a WHERE a.question_id = COALESCE(q.merged_into, q.id) AND a.state = 'in_review') THEN 'in_review'
       ELSE 'no' END AS answered,
  CASE WHEN EXISTS (SELECT 1 FROM delivery d WHERE d.question_id = q.id AND d.state = 'bounced') THEN 'bounced'
       WHEN EXISTS (SELECT 1 FROM delivery d WHERE d.question_id = q.id AND d.state IN ('queued', 'sent')) THEN 'queued'
       WHEN EXISTS (SELECT 1 FROM delivery d WHERE d.question_id = q.id AND d.state = 'accepted') THEN 'accepted'
       WHEN EXISTS (SELECT 1 FROM delivery d WHERE d.question_id = q.id AND d.state = 'page_only') THEN 'page_only'
       ELSE 'no' END AS delivered,
  CASE WHEN EXISTS (SELECT 1 FROM assignment s WHERE s.question_id = COALESCE(q.merged_into, q.id)
                    AND s.state IN ('sent', 'reminded', 'asked_back') AND s.due_at < $2) THEN 1 ELSE 0 END AS overdue,
  CASE WHEN EXISTS (SELECT 1 FROM assignment s WHERE s.question_id = COALESCE(q.merged_into, q.id)
                    AND s.state IN ('sent', 'reminded', 'asked_back') AND s.returned_at IS NOT NULL) THEN 1 ELSE 0 END AS unreached
FROM question q WHERE q.event_id = $1";

#[derive(FromQueryResult)]
struct Row {
    state: QuestionState,
    answered: String,
    delivered: String,
    overdue: i32,
    unreached: i32,
    n: i64,
}

impl Row {
    fn cell(self) -> (Facts, u64) {
        let answered = match self.answered.as_str() {
            "approved" => Answered::Approved,
            "in_review" => Answered::InReview,
            _ => Answered::No,
        };
        let delivered = match self.delivered.as_str() {
            "bounced" => Delivered::Bounced,
            "queued" => Delivered::Queued,
            "accepted" => Delivered::Accepted,
            "page_only" => Delivered::PageOnly,
            _ => Delivered::No,
        };
        let facts = Facts {
            state: self.state,
            answered,
            delivered,
            overdue: self.overdue == 1,
            unreached: self.unreached == 1,
        };
        (facts, u64::try_from(self.n).unwrap_or_default())
    }
}

const fn answered_word(answered: Answered) -> &'static str {
    match answered {
        Answered::No => "no",
        Answered::InReview => "in_review",
        Answered::Approved => "approved",
    }
}

const fn delivered_word(delivered: Delivered) -> &'static str {
    match delivered {
        Delivered::No => "no",
        Delivered::Queued => "queued",
        Delivered::Bounced => "bounced",
        Delivered::Accepted => "accepted",
        Delivered::PageOnly => "page_only",
    }
}

/// The count of one event.
///
/// # Errors
/// When the database refuses.
pub async fn read(conn: &impl ConnectionTrait, event: EventId, now: DateTime<Utc>) -> Result<Ledger, db::Error> {
    let sql = format!(
        "SELECT state, answered, delivered, overdue, unreached, COUNT(*) AS n FROM ({FACTS}) f
         GROUP BY state, answered, delivered, overdue, unreached"
    );
    let values: Vec<Value> = vec![event.into(), now.into()];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let rows = Row::find_by_statement(statement).all(conn).await?;
    Ok(Ledger::new(rows.into_iter().map(Row::cell)))
}

/// One question in a number's list.
#[derive(Clone, Debug)]
pub struct Listed {
    pub question: question::Model,
    /// `None` while nobody may see who asks; the excerpt names nobody then.
    pub asker: Option<Invitee>,
    pub service: String,
    pub excerpt: String,
}

#[derive(FromQueryResult)]
struct Id {
    id: QuestionId,
}

const PAGE: usize = 100;

/// The questions that a number counts, oldest first, from behind `after`.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    conn: &impl ConnectionTrait,
    event: EventId,
    now: DateTime<Utc>,
    (ledger, show): (&Ledger, Show),
    after: Option<QuestionId>,
    lang: Lang,
) -> Result<Page<Listed>, db::Error> {
    // The words are ours, never a reader's, so they may stand in the statement.
    let any = ledger
        .facts(show)
        .map(|f| {
            let (overdue, unreached) = (u8::from(f.overdue), u8::from(f.unreached));
            let (answered, delivered) = (answered_word(f.answered), delivered_word(f.delivered));
            let state = f.state;
            format!(
                "(state = '{state}' AND answered = '{answered}' AND delivered = '{delivered}' AND overdue = {overdue} \
                 AND unreached = {unreached})"
            )
        })
        .collect::<Vec<_>>();
    if any.is_empty() {
        return Ok(Page {
            rows: Vec::new(),
            next: None,
        });
    }
    let mut values: Vec<Value> = vec![event.into(), now.into()];
    let from = after.map_or("", |id| {
        values.push(id.into());
        " AND id > $3"
    });
    let sql = format!(
        "SELECT id FROM ({FACTS}) f WHERE ({}){from} ORDER BY id LIMIT {}",
        any.join(" OR "),
        PAGE + 1
    );
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let ids = Id::find_by_statement(statement).all(conn).await?;
    let page = Page::from_overfull(ids, PAGE, |row| row.id.to_string());
    let rows = load(conn, page.rows.into_iter().map(|r| r.id).collect(), lang).await?;
    Ok(Page { rows, next: page.next })
}

async fn load(conn: &impl ConnectionTrait, ids: Vec<QuestionId>, lang: Lang) -> Result<Vec<Listed>, db::Error> {
    let rows = question::Entity::find()
        .filter(question::Column::Id.is_in(ids))
        .order_by_asc(question::Column::Id)
        .all(conn)
        .await?;
    let askers = people::invitees(conn, rows.iter().map(|q| q.invitation_id), lang).await?;
    let services = people::service_names(conn, lang).await?;
    let sight = Sight::of(conn, rows.iter().map(|q| q.event_id)).await?;
    let listed = rows.into_iter().map(|question| {
        let asker = askers.get(&question.invitation_id);
        let (asker, body) = if sight.covers(&question) {
            (None, Veil::over(asker).cover(&question.body))
        } else {
            (asker.cloned(), question.body.clone())
        };
        Listed {
            asker,
            service: services.get(&question.service_id).cloned().unwrap_or_default(),
            excerpt: crate::repo::excerpt(&body, 90),
            question,
        }
    });
    Ok(listed.collect())
}

/// The other direction: questions asked back and their answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReverseLedger {
    pub proposed: u64,
    pub picked: u64,
    pub sent: u64,
    /// Partners asked, over all questions.
    pub asked: u64,
    pub waiting: u64,
    pub late: u64,
    pub answered: u64,
    pub in_review: u64,
    pub approved: u64,
}

/// The count of the questions asked back.
///
/// # Errors
/// When the database refuses.
pub async fn reverse(
    conn: &impl ConnectionTrait,
    event: EventId,
    now: DateTime<Utc>,
) -> Result<ReverseLedger, db::Error> {
    let states: Vec<(ReverseState, i64)> = reverse_question::Entity::find()
        .select_only()
        .column(reverse_question::Column::State)
        .column_as(reverse_question::Column::Id.count(), "n")
        .filter(reverse_question::Column::EventId.eq(event))
        .group_by(reverse_question::Column::State)
        .into_tuple()
        .all(conn)
        .await?;
    let states: HashMap<_, _> = states
        .into_iter()
        .map(|(s, n)| (s, u64::try_from(n).unwrap_or_default()))
        .collect();
    let of = |state| states.get(&state).copied().unwrap_or_default();
    let mut out = ReverseLedger {
        proposed: of(ReverseState::Proposed),
        picked: of(ReverseState::Picked),
        sent: of(ReverseState::Sent),
        ..ReverseLedger::default()
    };
    let asked: Vec<(AssignmentState, DateTime<Utc>)> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::State)
        .column(assignment::Column::DueAt)
        .filter(assignment::Column::EventId.eq(event))
        .filter(assignment::Column::ReverseId.is_not_null())
        .into_tuple()
        .all(conn)
        .await?;
    for (state, due) in asked {
        out.asked += 1;
        match state {
            AssignmentState::Answered => out.answered += 1,
            open if AssignmentState::OPEN.contains(&open) && due < now => out.late += 1,
            open if AssignmentState::OPEN.contains(&open) => out.waiting += 1,
            _ => {}
        }
    }
    let count = |state: AnswerState| {
        answer::Entity::find()
            .filter(answer::Column::EventId.eq(event))
            .filter(answer::Column::ReverseId.is_not_null())
            .filter(answer::Column::State.eq(state))
    };
    out.in_review = count(AnswerState::InReview).count(conn).await?;
    out.approved = count(AnswerState::Approved).count(conn).await?;
    Ok(out)
}
