//! Joining several at once, and letting another one lead.

use super::{repo as own, survey};
use crate::{
    Error, Result, repo as common,
    triage::{
        repo,
        service::decide::{self, Choice},
    },
};
use db::{
    audit::{self, Actor},
    entity::{decision, similar_group},
    prelude::*,
};
use domain::{
    DecisionId, EventId, QuestionId, StaffId,
    state::{
        decision::{DecisionKind, DecisionState},
        question::QuestionState,
    },
};
use serde_json::json;
use web::App;

/// What joining to `lead` is: of one that has its answer, a question is a duplicate.
///
/// # Errors
/// When the database cannot be read.
pub async fn choice(conn: &impl ConnectionTrait, lead: QuestionId) -> Result<Choice> {
    Ok(if repo::is_answered(conn, lead).await? {
        Choice::Duplicate { of: lead }
    } else {
        Choice::Merge { into: lead }
    })
}

/// Joins all of these to `lead`, all or none; each with the pending decision that its page showed.
///
/// # Errors
/// See [`decide::decide`]; the number says which question was refused.
pub async fn join_all(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    event: EventId,
    lead: QuestionId,
    others: &[(QuestionId, Option<DecisionId>)],
) -> Result<usize, (i32, Error)> {
    let here = async |id: QuestionId| common::question_of(tx, event, id).await?.ok_or(Error::NotFound);
    let lead = here(lead).await.map_err(|error| (0, error))?;
    let mut joined = 0;
    for (id, seen) in others.iter().filter(|(id, _)| *id != lead.id) {
        let question = here(*id).await.map_err(|error| (0, error))?;
        let number = question.number.unwrap_or_default();
        let done = async {
            let choice = choice(tx, lead.id).await?;
            decide::decide(tx, app, staff, *id, *seen, choice).await
        };
        done.await.map_err(|error| (number, error))?;
        joined += 1;
    }
    if joined == 0 {
        return Err((0, Error::Refused("refused-nothing-ticked")));
    }
    Ok(joined)
}

/// Lets a question lead that waits to be joined: the one that led, and all that wait to be joined to it, are joined to
/// it instead, and what was decided about the one that led is decided about it.
///
/// # Errors
/// [`Error::Refused`] when it does not wait to be joined, or the one that leads has left triage already.
pub async fn lead_instead(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, question: QuestionId) -> Result<()> {
    let own = repo::pending_of(tx, question)
        .await?
        .filter(|d| d.event_id == event && d.kind == DecisionKind::Merge);
    let lead = own
        .and_then(|d| d.merged_into)
        .ok_or(Error::Refused("refused-no-swap"))?;
    let before_it = common::question_of(tx, event, lead).await?.ok_or(Error::NotFound)?;
    let released = followers_released(tx, lead).await?;
    if before_it.state != QuestionState::Received || released {
        return Err(Error::Refused("refused-no-swap"));
    }
    let joining = decision::Entity::find()
        .filter(decision::Column::MergedInto.eq(lead))
        .filter(decision::Column::State.eq(DecisionState::Pending))
        .order_by_asc(decision::Column::QuestionId)
        .all(tx)
        .await?;
    if joining.iter().any(|d| d.kind != DecisionKind::Merge) {
        return Err(Error::Refused("refused-no-swap"));
    }
    for waiting in &joining {
        decide::drop_pending(tx, app, staff, waiting.question_id, Some(waiting.id)).await?;
    }
    let before = repo::pending_of(tx, lead).await?;
    let seen = before.as_ref().map(|d| d.id);
    decide::decide(tx, app, staff, lead, seen, Choice::Merge { into: question }).await?;
    for waiting in joining.iter().filter(|d| d.question_id != question) {
        let choice = Choice::Merge { into: question };
        decide::decide(tx, app, staff, waiting.question_id, None, choice).await?;
    }
    if let Some(before) = before {
        inherit(tx, app, staff, question, &before).await?;
    }
    Ok(())
}

async fn followers_released(tx: &WriteTx, lead: QuestionId) -> Result<bool> {
    use db::entity::question;
    let merged = question::Entity::find().filter(question::Column::MergedInto.eq(lead));
    Ok(merged.one(tx).await?.is_some())
}

/// Decides about the new lead as was decided about the old one, at the same place.
async fn inherit(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    question: QuestionId,
    before: &decision::Model,
) -> Result<()> {
    let choice = match before.kind {
        DecisionKind::Live => Choice::Live {
            speaker: before.speaker_id,
        },
        DecisionKind::Route => Choice::Route {
            service: before.service_id,
        },
        DecisionKind::Reserve => Choice::Reserve,
        // A lead cannot be any of these.
        DecisionKind::Decline | DecisionKind::Merge | DecisionKind::Duplicate => return Ok(()),
    };
    decide::decide(tx, app, staff, question, None, choice).await?;
    let at = |column, value: Option<i32>| {
        decision::Entity::update_many()
            .col_expr(column, Expr::value(value))
            .filter(decision::Column::QuestionId.eq(question))
            .filter(decision::Column::State.eq(DecisionState::Pending))
    };
    // Its place is free since the old lead was joined, in this transaction.
    if before.place.is_some() {
        at(decision::Column::Place, before.place).exec(tx).await?;
    }
    if before.rank.is_some() {
        at(decision::Column::Rank, before.rank).exec(tx).await?;
    }
    Ok(())
}

/// Notes that these are not the same: no two of them are proposed together again.
///
/// # Errors
/// [`Error::NotFound`] when one is not of this event.
pub async fn dismiss(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, members: &[QuestionId]) -> Result<()> {
    let rows = similar_group::Entity::find()
        .filter(similar_group::Column::EventId.eq(event))
        .filter(similar_group::Column::QuestionId.is_in(members.iter().copied()))
        .all(tx)
        .await?;
    // Only what was proposed; a group that another survey parted meanwhile is dismissed as far as it stands.
    let members: Vec<QuestionId> = rows.iter().map(|row| row.question_id).collect();
    if members.len() < 2 {
        return Err(Error::Refused("refused-group-gone"));
    }
    let pairs = survey::pairs(&members);
    survey::dismiss(tx, event, staff, app.clock.now(), &pairs).await?;
    similar_group::Entity::delete_many()
        .filter(similar_group::Column::EventId.eq(event))
        .filter(similar_group::Column::QuestionId.is_in(members.iter().copied()))
        .exec(tx)
        .await?;
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action: "similar.dismissed",
        subject: ("event", Some(event.uuid())),
        details: json!({ "questions": members.len(), "pairs": pairs.len() }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}

/// Which of a group's questions should lead: one that goes its way already, the answered first; else the first asked.
pub(super) async fn proposed_lead(
    conn: &impl ConnectionTrait,
    group: &[(QuestionId, i32, bool)],
) -> Result<Option<QuestionId>> {
    let answered = own::answered(conn, group.iter().map(|(id, ..)| *id)).await?;
    let best = group
        .iter()
        .min_by_key(|(id, number, waiting)| (!answered.contains(id), *waiting, *number));
    Ok(best.map(|(id, ..)| *id))
}
