//! A decision about one question. It stays pending, unseen by its asker, until it is released.

use crate::{Error, Result, triage::repo};
use db::{
    audit::{self, Actor},
    entity::{decision, event, question, speaker},
    prelude::*,
};
use domain::{
    DecisionId, QuestionId, ServiceId, SpeakerId, StaffId,
    state::{
        Transitions,
        decision::{DecisionKind, DecisionState},
        question::QuestionState,
    },
    text,
};
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use web::App;

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
/// (`seen`); gives the live place, if it is one.
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
    let question = hold(tx, question, choice.joins()).await?;
    let event = event::Entity::find_by_id(question.event_id)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    let before = repo::pending_of(tx, question.id).await?;
    let replaces = before.as_ref().map(|d| d.id);
    if let Some(before) = before {
        if before.decided_by != Some(staff) && Some(before.id) != seen {
            return Err(already(tx, &event, before).await?);
        }
        set_state(tx, before.id, DecisionState::Dropped).await?;
    }
    let mut row = decision::ActiveModel {
        id: Set(DecisionId::new()),
        event_id: Set(event.id),
        question_id: Set(question.id),
        kind: Set(DecisionKind::Live),
        state: Set(DecisionState::Pending),
        place: Set(None),
        rank: Set(None),
        speaker_id: Set(None),
        service_id: Set(None),
        merged_into: Set(None),
        reason: Set(None),
        replaces: Set(replaces),
        after_freeze: Set(false),
        decided_by: Set(Some(staff)),
        decided_at: Set(app.clock.now()),
        released_at: Set(None),
    };
    let kind = match choice {
        Choice::Live { speaker } => {
            check_speaker(tx, &event, speaker).await?;
            row.speaker_id = Set(speaker);
            DecisionKind::Live
        }
        Choice::Route { service } => {
            row.service_id = Set(Some(service.unwrap_or(question.service_id)));
            DecisionKind::Route
        }
        Choice::Decline { reason } => {
            row.reason = Set(Some(checked_reason(&reason)?));
            DecisionKind::Decline
        }
        Choice::Reserve => {
            row.rank = Set(Some(repo::next_rank(tx, event.id).await?));
            DecisionKind::Reserve
        }
        Choice::Merge { into } => {
            check_merge(tx, &question, into).await?;
            row.merged_into = Set(Some(into));
            DecisionKind::Merge
        }
        Choice::Duplicate { of } => {
            check_merge(tx, &question, of).await?;
            if !repo::is_answered(tx, of).await? {
                return Err(Error::Refused("refused-not-answered"));
            }
            row.merged_into = Set(Some(of));
            DecisionKind::Duplicate
        }
    };
    if (kind == DecisionKind::Decline || kind.joins()) && repo::has_followers(tx, question.id).await? {
        return Err(Error::Refused("refused-has-followers"));
    }
    row.kind = Set(kind);
    let place = insert(tx, &event, row, kind == DecisionKind::Live).await?;
    mark(tx, question.id, Some(kind)).await?;
    let details = json!({ "kind": kind, "place": place });
    record(tx, app, staff, &question, "decision.made", details).await?;
    Ok(place)
}

/// Takes a pending decision back: the question waits for triage again.
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
    let before = repo::pending_of(tx, question).await?.ok_or(Error::NotWaiting)?;
    let question = question::Entity::find_by_id(question)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    if before.decided_by != Some(staff) && Some(before.id) != seen {
        let event = event::Entity::find_by_id(before.event_id)
            .one(tx)
            .await?
            .ok_or(Error::NotFound)?;
        return Err(already(tx, &event, before).await?);
    }
    set_state(tx, before.id, DecisionState::Dropped).await?;
    mark(tx, question.id, None).await?;
    record(
        tx,
        app,
        staff,
        &question,
        "decision.dropped",
        json!({ "kind": before.kind }),
    )
    .await
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

/// Keeps the question, and the one it would join, as they are until the transaction ends: a conditional update that
/// changes nothing locks the row on PostgreSQL and checks its state on both engines. In order of ids, since two
/// moderators may merge crosswise.
async fn hold(tx: &WriteTx, id: QuestionId, into: Option<QuestionId>) -> Result<question::Model> {
    let mut ids = vec![id];
    ids.extend(into.filter(|into| *into != id));
    ids.sort_unstable();
    for held in ids {
        let allowed: &[QuestionState] = if held == id {
            &[QuestionState::Received]
        } else {
            &[QuestionState::Received, QuestionState::Live, QuestionState::Routed]
        };
        let result = question::Entity::update_many()
            .col_expr(question::Column::Version, Expr::col(question::Column::Version))
            .filter(question::Column::Id.eq(held))
            .filter(question::Column::State.is_in(allowed.iter().copied()))
            .exec(tx)
            .await?;
        if result.rows_affected != 1 {
            return Err(if held == id {
                Error::NotWaiting
            } else {
                Error::Refused("refused-merge-target")
            });
        }
    }
    question::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)
}

/// Writes the decision, a live one at the first place that is free. The unique indexes decide, not a read: whoever
/// loses a place tries the next one.
async fn insert(tx: &WriteTx, event: &event::Model, row: decision::ActiveModel, live: bool) -> Result<Option<i32>> {
    let places: Vec<Option<i32>> = if live {
        let taken = repo::taken_places(tx, event.id).await?;
        (1..=event.live_places)
            .filter(|p| !taken.contains(p))
            .map(Some)
            .collect()
    } else {
        vec![None]
    };
    for place in places {
        let mut row = row.clone();
        row.place = Set(place);
        let question = *row.question_id.as_ref();
        let inserted = decision::Entity::insert(row)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
        if inserted == 1 {
            return Ok(place);
        }
        if let Some(other) = repo::pending_of(tx, question).await? {
            return Err(already(tx, event, other).await?);
        }
    }
    Err(Error::NoPlace {
        places: event.live_places,
    })
}

pub(crate) async fn set_state(tx: &WriteTx, id: DecisionId, to: DecisionState) -> Result<()> {
    let result = decision::Entity::update_many()
        .col_expr(decision::Column::State, Expr::value(to))
        .filter(decision::Column::Id.eq(id))
        .filter(decision::Column::State.is_in(DecisionState::sources(to)))
        .exec(tx)
        .await?;
    Ok(one_row(&result, "decision")?)
}

/// Notes beside the question what kind of decision waits: the board's column is made of it.
async fn mark(tx: &WriteTx, id: QuestionId, kind: Option<DecisionKind>) -> Result<()> {
    let result = question::Entity::update_many()
        .col_expr(question::Column::Pending, Expr::value(kind))
        .filter(question::Column::Id.eq(id))
        .filter(question::Column::State.eq(QuestionState::Received))
        .exec(tx)
        .await?;
    Ok(one_row(&result, "question")?)
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

async fn already(tx: &WriteTx, event: &event::Model, decision: decision::Model) -> Result<Error> {
    let by = repo::staff_name(tx, decision.decided_by).await?;
    Ok(Error::AlreadyDecided {
        by,
        at: decision.decided_at,
        kind: decision.kind,
        zone: event.time_zone.clone(),
    })
}

pub(crate) async fn record(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    question: &question::Model,
    action: &'static str,
    details: serde_json::Value,
) -> Result<()> {
    let entry = audit::Entry {
        event: Some(question.event_id),
        actor: Actor::Staff(staff),
        action,
        subject: ("question", Some(question.id.uuid())),
        details,
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
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
