//! Read, scored, abstained.
//!
//! Every step takes the question's row of figures first: two moderators who score at once stand behind each other there,
//! and the second one counts what the first one said.

use super::{
    figures::{figures, weighted},
    settings,
};
use crate::service::deed::record;
use crate::{Error, Result, triage::reading::repo};
use db::{
    entity::{mark, question, question_score, review},
    prelude::*,
};
use domain::{
    CriterionId, EventId, QuestionId, ReviewId, StaffId,
    text::{self, TextError},
};
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use std::collections::BTreeMap;
use web::App;

/// Most characters of a comment to a score.
pub const COMMENT_CHARS: usize = 1_000;

/// What a moderator says of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// A value from 1 to 5 for each criterion.
    Marks(BTreeMap<CriterionId, i32>),
    /// The same value for all.
    Overall(i32),
    Abstain,
}

/// Notes that they have read it, once.
pub async fn note_read(app: &App, staff: StaffId, question: &question::Model) -> Result<()> {
    if question.board.is_none() || repo::review(app.db.reader(), question.id, staff).await?.is_some() {
        return Ok(());
    }
    let tx = app.db.begin_write().await?;
    lock(&tx, question.event_id, question.id).await?;
    read(&tx, app, staff, question).await?;
    recompute(&tx, question.event_id, question.id).await?;
    Ok(tx.commit().await?)
}

/// Scores it, or abstains. `seen` is the version that the form was made from; another form of the same moderator that
/// came first is not overwritten unseen. Without it, the last one counts. `comment` replaces the one before, if given.
pub async fn give(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    question: &question::Model,
    seen: Option<i32>,
    given: &Given,
    comment: Option<&str>,
) -> Result<()> {
    if question.board.is_none() {
        return Err(Error::NotFound);
    }
    let comment = comment.map(checked_comment).transpose()?;
    // Shared with all who score, and not with whoever changes the weights.
    let criteria = settings::criteria_for_scoring(tx, question.event_id).await?;
    let marks: BTreeMap<CriterionId, (i32, i32)> = criteria
        .iter()
        .filter_map(|c| {
            let value = match given {
                Given::Marks(values) => values.get(&c.id).copied(),
                Given::Overall(value) => Some(*value),
                Given::Abstain => None,
            };
            Some((c.id, (value?, c.weight)))
        })
        .collect();
    let whole = *given == Given::Abstain || marks.len() == criteria.len();
    if !whole || marks.values().any(|(value, _)| !(1..=5).contains(value)) {
        return Err(Error::Refused("refused-marks"));
    }
    lock(tx, question.event_id, question.id).await?;
    let before = read(tx, app, staff, question).await?;
    let score = weighted(marks.values().copied());
    let mut update = review::Entity::update_many()
        .col_expr(review::Column::Abstained, Expr::value(*given == Given::Abstain))
        .col_expr(review::Column::ScoredAt, Expr::value(score.map(|_| app.clock.now())))
        .col_expr(review::Column::ScoreMilli, Expr::value(score))
        .col_expr(review::Column::Version, Expr::col(review::Column::Version).add(1))
        .filter(review::Column::Id.eq(before.id));
    if let Some(comment) = comment {
        update = update.col_expr(review::Column::Comment, Expr::value(comment));
    }
    if let Some(seen) = seen {
        update = update.filter(review::Column::Version.eq(seen));
    }
    if update.exec(tx).await?.rows_affected != 1 {
        return Err(Error::Refused("refused-scored-meanwhile"));
    }
    mark::Entity::delete_many()
        .filter(mark::Column::ReviewId.eq(before.id))
        .exec(tx)
        .await?;
    let rows = marks.iter().map(|(criterion, (value, _))| mark::ActiveModel {
        review_id: Set(before.id),
        criterion_id: Set(*criterion),
        value: Set(*value),
    });
    if !marks.is_empty() {
        mark::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    recompute(tx, question.event_id, question.id).await?;
    let action = if score.is_some() {
        "review.scored"
    } else {
        "review.abstained"
    };
    let details = json!({ "from": before.score_milli, "to": score });
    record(tx, app, staff, question, action, details).await
}

fn checked_comment(comment: &str) -> Result<Option<String>> {
    let comment = text::tidy(comment);
    let has = text::char_count(&comment);
    if has > COMMENT_CHARS {
        return Err(TextError::TooLong {
            most: COMMENT_CHARS,
            has,
        }
        .into());
    }
    Ok(Some(comment).filter(|c| !c.is_empty()))
}

/// Their review of it, made now when there was none.
async fn read(tx: &WriteTx, app: &App, staff: StaffId, question: &question::Model) -> Result<review::Model> {
    let row = review::ActiveModel {
        id: Set(ReviewId::new()),
        event_id: Set(question.event_id),
        question_id: Set(question.id),
        staff_id: Set(staff),
        abstained: Set(false),
        comment: Set(None),
        read_at: Set(app.clock.now()),
        scored_at: Set(None),
        score_milli: Set(None),
        version: Set(1),
    };
    review::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([review::Column::QuestionId, review::Column::StaffId])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    repo::review(tx, question.id, staff).await?.ok_or(Error::NotFound)
}

/// Takes the question's row of figures until the commit.
pub(super) async fn lock(tx: &WriteTx, event: EventId, question: QuestionId) -> Result<()> {
    let row = question_score::ActiveModel {
        question_id: Set(question),
        event_id: Set(event),
        readers: Set(0),
        scored: Set(0),
        mean_milli: Set(None),
        median_milli: Set(None),
        spread_milli: Set(None),
    };
    let same = Expr::col((question_score::Entity, question_score::Column::Readers));
    question_score::Entity::insert(row)
        .on_conflict(
            OnConflict::column(question_score::Column::QuestionId)
                .value(question_score::Column::Readers, same)
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Works out the question's figures from its reviews. Its row is locked.
pub(super) async fn recompute(tx: &WriteTx, event: EventId, question: QuestionId) -> Result<()> {
    let reviews = repo::reviews(tx, question).await?;
    let scores: Vec<i32> = reviews.iter().filter_map(|r| r.score_milli).collect();
    let all = figures(&scores);
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let result = question_score::Entity::update_many()
        .col_expr(question_score::Column::Readers, Expr::value(count(reviews.len())))
        .col_expr(question_score::Column::Scored, Expr::value(count(scores.len())))
        .col_expr(question_score::Column::MeanMilli, Expr::value(all.map(|f| f.mean)))
        .col_expr(question_score::Column::MedianMilli, Expr::value(all.map(|f| f.median)))
        .col_expr(question_score::Column::SpreadMilli, Expr::value(all.map(|f| f.spread)))
        .filter(question_score::Column::QuestionId.eq(question))
        .filter(question_score::Column::EventId.eq(event))
        .exec(tx)
        .await?;
    Ok(one_row(&result, "question_score")?)
}
