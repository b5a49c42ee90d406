//! A decision about one question. It stays pending, unseen by its asker, until it is released.

use super::{
    reserves::move_up,
    step::{Cause, Draft, keep, step, turn},
};
use crate::service::deed::record;
use crate::{Error, Result, triage::repo};
use db::{
    entity::{decision, event, question, speaker},
    prelude::*,
};
use domain::{
    DecisionId, QuestionId, ServiceId, SpeakerId, StaffId,
    state::{decision::DecisionKind, question::QuestionState},
    text,
};
use serde_json::json;
use web::App;

pub(crate) use super::step::{hold_decision, set_state};

/// Most characters of a reason: it stands in a mail.
pub const REASON_CHARS: usize = 500;

/// What shall become of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// On stage, at the first free place.
    Live {
        speaker: Option<SpeakerId>,
    },
    /// To the crew of this service; none: of the question's own.
    Route {
        service: Option<ServiceId>,
    },
    Decline {
        reason: String,
    },
    /// Behind the stage's places, last of the reserves.
    Reserve,
    /// Its asker gets the other question's answer.
    Merge {
        into: QuestionId,
    },
    /// The same as one that is answered already.
    Duplicate {
        of: QuestionId,
    },
}

impl Choice {
    const fn joins(&self) -> Option<QuestionId> {
        match self {
            Self::Merge { into } => Some(*into),
            Self::Duplicate { of } => Some(*of),
            _ => None,
        }
    }
}

/// To the stage; gives the place.
///
/// # Errors
/// [`Error::NoPlace`] when all are taken; see [`decide`].
pub async fn live(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    question: QuestionId,
    speaker: Option<SpeakerId>,
) -> Result<i32> {
    let place = decide(tx, app, staff, question, None, Choice::Live { speaker }).await?;
    place.ok_or(Error::NotFound)
}

/// To the crew of `service`, or of the question's own.
///
/// # Errors
/// See [`decide`].
pub async fn route(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    question: QuestionId,
    service: Option<ServiceId>,
) -> Result<()> {
    decide(tx, app, staff, question, None, Choice::Route { service })
        .await
        .map(drop)
}

/// Not taken; its asker reads the reason.
///
/// # Errors
/// See [`decide`].
pub async fn decline(tx: &WriteTx, app: &App, staff: StaffId, question: QuestionId, reason: &str) -> Result<()> {
    let reason = reason.to_owned();
    decide(tx, app, staff, question, None, Choice::Decline { reason })
        .await
        .map(drop)
}

/// Joined to another question.
///
/// # Errors
/// See [`decide`].
pub async fn merge(tx: &WriteTx, app: &App, staff: StaffId, question: QuestionId, into: QuestionId) -> Result<()> {
    decide(tx, app, staff, question, None, Choice::Merge { into })
        .await
        .map(drop)
}

/// Decides. A pending decision is replaced when the same moderator made it or when it is the one that the form showed
/// (`seen`); gives the live place, if it is one. A live place that frees goes to the first reserve.
///
/// # Errors
/// [`Error::AlreadyDecided`] when another moderator was faster, [`Error::NotWaiting`] when the question has left
/// triage, [`Error::NoPlace`], [`Error::Text`] for a missing reason, [`Error::Refused`] for a merge that cannot be.
pub async fn decide(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    question: QuestionId,
    seen: Option<DecisionId>,
    choice: Choice,
) -> Result<Option<i32>> {
    let (event, question) = begin(tx, question, choice.joins()).await?;
    let before = repo::pending_of(tx, question.id).await?;
    if let Some(before) = &before
        && before.decided_by != Some(staff)
        && Some(before.id) != seen
    {
        return Err(already(tx, &event, before).await?);
    }
    let mut draft = draft(&question, choice)?;
    if let Some(before) = before.as_ref().filter(|before| before.kind == draft.kind) {
        // Decided again in other words: it keeps where it stands.
        (draft.place, draft.rank) = (before.place, before.rank);
    }
    check(tx, &event, &question, &draft).await?;
    let kind = draft.kind;
    let stepped = step(
        tx,
        app,
        &event,
        question.id,
        before.as_ref(),
        Some(draft),
        Cause::staff(staff),
    )
    .await?;
    let details = json!({ "kind": kind, "place": stepped.place, "rank": stepped.rank, "from": before.map(|d| d.kind) });
    record(tx, app, staff, &question, "decision.made", details).await?;
    if let Some(place) = stepped.freed.filter(|_| kind != DecisionKind::Live) {
        move_up(tx, app, &event, place, Some(stepped.act), Some(question.id)).await?;
    }
    Ok(stepped.place)
}

/// Takes a pending decision back: the question waits for triage again, and a reserve moves up to the place that frees.
///
/// # Errors
/// [`Error::NotWaiting`] when there is none (any more), [`Error::AlreadyDecided`] when it is another than the form
/// showed and another moderator's.
pub async fn drop_pending(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    question: QuestionId,
    seen: Option<DecisionId>,
) -> Result<()> {
    let (event, question) = begin(tx, question, None).await?;
    let before = repo::pending_of(tx, question.id).await?.ok_or(Error::NotWaiting)?;
    if before.decided_by != Some(staff) && Some(before.id) != seen {
        return Err(already(tx, &event, &before).await?);
    }
    let stepped = step(tx, app, &event, question.id, Some(&before), None, Cause::staff(staff)).await?;
    let details = json!({ "kind": before.kind, "place": before.place, "rank": before.rank });
    record(tx, app, staff, &question, "decision.dropped", details).await?;
    if let Some(place) = stepped.freed {
        move_up(tx, app, &event, place, Some(stepped.act), Some(question.id)).await?;
    }
    Ok(())
}

/// Takes the event's turn, then keeps the question and the one it would join as they are, in order of ids.
async fn begin(tx: &WriteTx, id: QuestionId, into: Option<QuestionId>) -> Result<(event::Model, question::Model)> {
    let of = question::Entity::find_by_id(id).find_also_related(event::Entity);
    let event = of.one(tx).await?.and_then(|(_, event)| event).ok_or(Error::NotFound)?;
    turn(tx, event.id).await?;
    let question = hold(tx, id, into).await?;
    Ok((event, question))
}

/// What a choice says, as far as it needs no look at anything else.
fn draft(question: &question::Model, choice: Choice) -> Result<Draft> {
    let new = Draft::new;
    Ok(match choice {
        Choice::Live { speaker } => Draft {
            speaker,
            ..new(DecisionKind::Live)
        },
        Choice::Route { service } => Draft {
            service: Some(service.unwrap_or(question.service_id)),
            ..new(DecisionKind::Route)
        },
        Choice::Decline { reason } => Draft {
            reason: Some(checked_reason(&reason)?),
            ..new(DecisionKind::Decline)
        },
        Choice::Reserve => new(DecisionKind::Reserve),
        Choice::Merge { into } => Draft {
            merged_into: Some(into),
            ..new(DecisionKind::Merge)
        },
        Choice::Duplicate { of } => Draft {
            merged_into: Some(of),
            ..new(DecisionKind::Duplicate)
        },
    })
}

/// Whether it may be, whoever wants it: a moderator, or an undo.
pub(super) async fn check(tx: &WriteTx, event: &event::Model, question: &question::Model, draft: &Draft) -> Result<()> {
    check_speaker(tx, event, draft.speaker).await?;
    if let Some(into) = draft.merged_into {
        check_merge(tx, question, into).await?;
        if draft.kind == DecisionKind::Duplicate && !repo::is_answered(tx, into).await? {
            return Err(Error::Refused("refused-not-answered"));
        }
    }
    if (draft.kind == DecisionKind::Decline || draft.kind.joins()) && repo::has_followers(tx, question.id).await? {
        return Err(Error::Refused("refused-has-followers"));
    }
    Ok(())
}

/// The reason as it will stand in the mail.
///
/// # Errors
/// When it is empty or too long.
pub fn checked_reason(reason: &str) -> Result<String> {
    let reason = text::tidy(reason);
    match text::char_count(&reason) {
        0 => Err(text::TextError::Empty.into()),
        has if has > REASON_CHARS => Err(text::TextError::TooLong {
            most: REASON_CHARS,
            has,
        }
        .into()),
        _ => Ok(reason),
    }
}

/// In order of ids, since two moderators may merge crosswise.
pub(super) async fn hold(tx: &WriteTx, id: QuestionId, into: Option<QuestionId>) -> Result<question::Model> {
    let mut ids = vec![id];
    ids.extend(into.filter(|into| *into != id));
    ids.sort_unstable();
    let mut own = None;
    for held in ids {
        if held == id {
            own = Some(
                keep(tx, held, &[QuestionState::Received])
                    .await?
                    .ok_or(Error::NotWaiting)?,
            );
            continue;
        }
        let leads = [QuestionState::Received, QuestionState::Live, QuestionState::Routed];
        if keep(tx, held, &leads).await?.is_none() {
            return Err(Error::Refused("refused-merge-target"));
        }
    }
    own.ok_or(Error::NotFound)
}

pub(super) async fn check_speaker(tx: &WriteTx, event: &event::Model, speaker: Option<SpeakerId>) -> Result<()> {
    let Some(id) = speaker else { return Ok(()) };
    let found = speaker::Entity::find_by_id(id).filter(speaker::Column::EventId.eq(event.id));
    found.one(tx).await?.map(drop).ok_or(Error::NotFound)
}

async fn check_merge(tx: &WriteTx, question: &question::Model, into: QuestionId) -> Result<()> {
    let other = question::Entity::find_by_id(into).filter(question::Column::EventId.eq(question.event_id));
    let other = other.one(tx).await?.filter(|other| other.id != question.id);
    let Some(other) = other else {
        return Err(Error::Refused("refused-merge-target"));
    };
    let leaves = repo::pending_of(tx, other.id).await?;
    if leaves.is_some_and(|d| d.kind == DecisionKind::Decline || d.kind.joins()) {
        return Err(Error::Refused("refused-merge-target"));
    }
    Ok(())
}

async fn already(tx: &WriteTx, event: &event::Model, decision: &decision::Model) -> Result<Error> {
    let by = repo::staff_name(tx, decision.decided_by).await?;
    Ok(Error::AlreadyDecided {
        by,
        at: decision.decided_at,
        kind: decision.kind,
        zone: event.time_zone.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decline_needs_a_reason_that_fits_a_mail() {
        assert!(matches!(
            checked_reason(" \n "),
            Err(Error::Text(text::TextError::Empty))
        ));
        assert!(matches!(
            checked_reason(&"가".repeat(501)),
            Err(Error::Text(text::TextError::TooLong { .. }))
        ));
        assert_eq!(
            checked_reason(" 행사 주제와 다른 질문입니다.\r\n").ok().as_deref(),
            Some("행사 주제와 다른 질문입니다.")
        );
    }
}
