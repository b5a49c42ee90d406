//! The order of the ten, and who answers each.

use super::{decide::check_speaker, freeze, reserves::rerank, step::turn};
use crate::service::deed::record;
use crate::{Error, Result, triage::repo};
use db::{
    entity::{decision, event, question},
    prelude::*,
};
use domain::{DecisionId, QuestionId, SpeakerId, StaffId, state::decision::DecisionState};
use serde_json::json;
use web::App;

/// Where a question shall stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    Up,
    Down,
    To(i32),
}

/// The place that a move leads to; `None` when it leads nowhere.
fn target(from: i32, step: Move, places: i32) -> Option<i32> {
    let to = match step {
        Move::Up => from - 1,
        Move::Down => from + 1,
        Move::To(place) => place,
    };
    (to != from && (1..=places).contains(&to)).then_some(to)
}

/// Moves a question on the shortlist, or among the reserves. By one step, whatever stands at its new place takes the old
/// one; dragged ([`Move::To`]), those between close up.
///
/// # Errors
/// [`Error::NotFound`] when it is not on the list; stale when somebody else moved it meanwhile.
pub async fn reorder(tx: &WriteTx, app: &App, staff: StaffId, question: QuestionId, step: Move) -> Result<()> {
    let question = question::Entity::find_by_id(question)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    turn(tx, question.event_id).await?;
    if let Some(reserve) = repo::pending_of(tx, question.id).await?.filter(|d| d.rank.is_some()) {
        return reorder_reserve(tx, app, staff, &question, &reserve, step).await;
    }
    let moving = repo::live_of(tx, question.id).await?.ok_or(Error::NotFound)?;
    let event = event::Entity::find_by_id(moving.event_id)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    let Some(from) = moving.place else {
        return Err(Error::NotFound);
    };
    let Some(to) = target(from, step, event.live_places) else {
        return Ok(());
    };
    // The unique index looks at every single step, so the moving one stands aside first.
    set_place(tx, moving.id, from, -from).await?;
    let mut at = from;
    while at != to {
        let next = at + (to - at).signum();
        if let Some(other) = repo::at_place(tx, event.id, next).await? {
            set_place(tx, other.id, next, at).await?;
        }
        at = next;
    }
    set_place(tx, moving.id, -from, to).await?;
    freeze_mark(tx, app, &moving).await?;
    let details = json!({ "from": from, "place": to });
    record(tx, app, staff, &question, "decision.moved", details).await
}

async fn reorder_reserve(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    question: &question::Model,
    reserve: &decision::Model,
    step: Move,
) -> Result<()> {
    let order = repo::reserves(tx, reserve.event_id).await?;
    let from: i32 = (1..)
        .zip(&order)
        .find(|(_, d)| d.id == reserve.id)
        .map(|(rank, _)| rank)
        .ok_or(Error::NotFound)?;
    let Some(to) = target(from, step, i32::try_from(order.len()).unwrap_or(i32::MAX)) else {
        return Ok(());
    };
    rerank(tx, reserve, to).await?;
    freeze_mark(tx, app, reserve).await?;
    let details = json!({ "from": from, "rank": to });
    record(tx, app, staff, question, "decision.reranked", details).await
}

/// What is changed after the freeze is marked.
async fn freeze_mark(tx: &WriteTx, app: &App, decision: &decision::Model) -> Result<()> {
    if decision.after_freeze || !freeze::frozen(tx, app, decision.event_id).await? {
        return Ok(());
    }
    decision::Entity::update_many()
        .col_expr(decision::Column::AfterFreeze, Expr::value(true))
        .filter(decision::Column::Id.eq(decision.id))
        .exec(tx)
        .await?;
    Ok(())
}

async fn set_place(tx: &WriteTx, id: DecisionId, from: i32, to: i32) -> Result<()> {
    let result = decision::Entity::update_many()
        .col_expr(decision::Column::Place, Expr::value(to))
        .filter(decision::Column::Id.eq(id))
        .filter(decision::Column::Place.eq(from))
        .filter(decision::Column::State.ne(DecisionState::Dropped))
        .exec(tx)
        .await;
    match result {
        Ok(result) => Ok(one_row(&result, "place")?),
        Err(error) if db::conflict(&error).is_some() => Err(db::Error::Stale { what: "place" }.into()),
        Err(error) => Err(error.into()),
    }
}

/// Names who answers a question on stage.
///
/// # Errors
/// [`Error::NotFound`] when the question is not on the list, or the speaker not of this event.
pub async fn set_speaker(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    question: QuestionId,
    speaker: Option<SpeakerId>,
) -> Result<()> {
    let live = repo::live_of(tx, question).await?.ok_or(Error::NotFound)?;
    if live.speaker_id == speaker {
        return Ok(());
    }
    let event = event::Entity::find_by_id(live.event_id)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    check_speaker(tx, &event, speaker).await?;
    let result = decision::Entity::update_many()
        .col_expr(decision::Column::SpeakerId, Expr::value(speaker))
        .filter(decision::Column::Id.eq(live.id))
        .filter(decision::Column::State.ne(DecisionState::Dropped))
        .exec(tx)
        .await?;
    one_row(&result, "decision")?;
    freeze_mark(tx, app, &live).await?;
    let question = question::Entity::find_by_id(question)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    record(
        tx,
        app,
        staff,
        &question,
        "decision.speaker",
        json!({ "speaker": speaker }),
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::{Move, target};

    #[test]
    fn nobody_moves_beyond_the_first_or_the_last_place() {
        assert_eq!(target(1, Move::Up, 10), None);
        assert_eq!(target(10, Move::Down, 10), None);
        assert_eq!(target(4, Move::Up, 10), Some(3));
        assert_eq!(target(4, Move::To(9), 10), Some(9));
        assert_eq!(target(4, Move::To(11), 10), None);
    }
}
