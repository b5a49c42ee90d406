//! One step of triage: the decision about one question is put in the place of another, and the act is noted so that it
//! can be undone.
//!
//! Whoever steps takes the event's turn first. Its row is locked until the commit, so the steps of an event follow each
//! other, and the order of locks is the same for all: turn, questions by their ids, decisions.

use crate::{
    Error, Result,
    triage::{repo, service::freeze},
};
use db::{
    entity::{decision, event, question},
    prelude::*,
};
use domain::{
    ActId, DecisionId, EventId, QuestionId, ServiceId, SpeakerId, StaffId,
    state::{
        Transitions,
        decision::{DecisionKind, DecisionState},
        question::QuestionState,
    },
};
use sea_orm::sea_query::OnConflict;
use web::App;

/// What stands on the shortlist: literal words, since a partial index serves nothing else (see ARCHITECTURE.md).
pub(crate) const PLACED: &str = "place IS NOT NULL AND state <> 'dropped'";
pub(crate) const RANKED: &str = "rank IS NOT NULL AND state <> 'dropped'";

/// A decision before it is written. A place or rank is a wish: the first that is free, and the last, stand in for it.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) kind: DecisionKind,
    pub(super) place: Option<i32>,
    pub(super) rank: Option<i32>,
    pub(super) speaker: Option<SpeakerId>,
    pub(super) service: Option<ServiceId>,
    pub(super) merged_into: Option<QuestionId>,
    pub(super) reason: Option<String>,
}

impl Draft {
    pub(super) const fn new(kind: DecisionKind) -> Self {
        Self {
            kind,
            place: None,
            rank: None,
            speaker: None,
            service: None,
            merged_into: None,
            reason: None,
        }
    }

    /// As a decision stood.
    pub(super) fn like(stood: &decision::Model) -> Self {
        Self {
            kind: stood.kind,
            place: stood.place,
            rank: stood.rank,
            speaker: stood.speaker_id,
            service: stood.service_id,
            merged_into: stood.merged_into,
            reason: stood.reason.clone(),
        }
    }
}

/// Who steps, and why.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cause {
    /// Whose decision it is.
    pub(super) decided_by: Option<StaffId>,
    /// Who acts; none: a reserve moves up by itself.
    pub(super) staff: Option<StaffId>,
    pub(super) undoes: Option<ActId>,
    pub(super) because: Option<ActId>,
    pub(super) back: bool,
}

impl Cause {
    pub(super) const fn staff(staff: StaffId) -> Self {
        Self {
            decided_by: Some(staff),
            staff: Some(staff),
            undoes: None,
            because: None,
            back: false,
        }
    }
}

/// What a step did.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stepped {
    pub(super) act: ActId,
    pub(super) place: Option<i32>,
    pub(super) rank: Option<i32>,
    /// A live place that nobody has any more.
    pub(super) freed: Option<i32>,
}

/// Takes the event's turn, until the transaction ends; gives the number of the act.
pub(crate) async fn turn(tx: &WriteTx, event: EventId) -> Result<i64> {
    Ok(db::turn(tx, event).await?)
}

/// Takes the turn, and keeps the question of a decision as it is: before anything else of it is locked.
pub(crate) async fn hold_decision(tx: &WriteTx, event: EventId, id: DecisionId) -> Result<()> {
    turn(tx, event).await?;
    if let Some(decision) = decision::Entity::find_by_id(id).one(tx).await? {
        keep(tx, decision.question_id, QuestionState::ALL).await?;
    }
    Ok(())
}

/// Keeps a question as it is until the transaction ends: a conditional update that changes nothing locks the row on
/// PostgreSQL and checks its state on both engines. `None` when it is in none of `states`.
pub(super) async fn keep(tx: &WriteTx, id: QuestionId, states: &[QuestionState]) -> Result<Option<question::Model>> {
    let result = question::Entity::update_many()
        .col_expr(question::Column::Version, Expr::col(question::Column::Version))
        .filter(question::Column::Id.eq(id))
        .filter(question::Column::State.is_in(states.iter().copied()))
        .exec(tx)
        .await?;
    if result.rows_affected == 1 {
        Ok(question::Entity::find_by_id(id).one(tx).await?)
    } else {
        Ok(None)
    }
}

/// Puts `after` in the place of `before`; the question is received and held, and the turn is taken.
pub(super) async fn step(
    tx: &WriteTx,
    app: &App,
    event: &event::Model,
    question: QuestionId,
    before: Option<&decision::Model>,
    after: Option<Draft>,
    cause: Cause,
) -> Result<Stepped> {
    if let Some(before) = before {
        take_down(tx, before).await?;
    }
    let kind = after.as_ref().map(|draft| draft.kind);
    let made = match after {
        Some(draft) => Some(insert(tx, app, event, question, before, draft, cause).await?),
        None => None,
    };
    mark(tx, question, kind).await?;
    let (decision, place, rank) = made.map_or((None, None, None), |(id, place, rank)| (Some(id), place, rank));
    let act = note(tx, app, event.id, question, before.map(|d| d.id), decision, cause).await?;
    let freed = before.and_then(|d| d.place).filter(|freed| Some(*freed) != place);
    Ok(Stepped {
        act,
        place,
        rank,
        freed,
    })
}

/// Drops a decision; the reserves behind it close up.
pub(super) async fn take_down(tx: &WriteTx, stood: &decision::Model) -> Result<()> {
    set_state(tx, stood.id, DecisionState::Dropped).await?;
    match stood.rank {
        Some(rank) => shift_ranks(tx, stood.event_id, rank + 1, -1).await,
        None => Ok(()),
    }
}

/// Notes an act.
pub(super) async fn note(
    tx: &WriteTx,
    app: &App,
    event: EventId,
    question: QuestionId,
    dropped: Option<DecisionId>,
    made: Option<DecisionId>,
    cause: Cause,
) -> Result<ActId> {
    let act = db::Act {
        event,
        question,
        staff: cause.staff,
        at: app.clock.now(),
        dropped,
        made,
        undoes: cause.undoes,
        because: cause.because,
        back: cause.back,
    };
    // None: somebody has undone the same act.
    let noted = act.note(tx).await?;
    noted.ok_or_else(|| db::Error::Stale { what: "act" }.into())
}

async fn insert(
    tx: &WriteTx,
    app: &App,
    event: &event::Model,
    question: QuestionId,
    before: Option<&decision::Model>,
    draft: Draft,
    cause: Cause,
) -> Result<(DecisionId, Option<i32>, Option<i32>)> {
    let place = match draft.kind {
        DecisionKind::Live => Some(free_place(tx, event, draft.place).await?),
        _ => None,
    };
    let rank = match draft.kind {
        DecisionKind::Reserve => {
            let last = repo::next_rank(tx, event.id).await?;
            let rank = draft.rank.unwrap_or(last).clamp(1, last);
            shift_ranks(tx, event.id, rank, 1).await?;
            Some(rank)
        }
        _ => None,
    };
    let id = DecisionId::new();
    let row = decision::ActiveModel {
        id: Set(id),
        event_id: Set(event.id),
        question_id: Set(question),
        kind: Set(draft.kind),
        state: Set(DecisionState::Pending),
        place: Set(place),
        rank: Set(rank),
        speaker_id: Set(draft.speaker),
        service_id: Set(draft.service),
        merged_into: Set(draft.merged_into),
        reason: Set(draft.reason),
        replaces: Set(before.map(|d| d.id)),
        after_freeze: Set(freeze::frozen(tx, app, event.id).await?),
        decided_by: Set(cause.decided_by),
        decided_at: Set(app.clock.now()),
        released_at: Set(None),
    };
    let inserted = decision::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    if inserted == 1 {
        Ok((id, place, rank))
    } else {
        Err(db::Error::Stale { what: "decision" }.into())
    }
}

/// The place that was wished when it is free, else the first one that is.
async fn free_place(tx: &WriteTx, event: &event::Model, wish: Option<i32>) -> Result<i32> {
    let taken = repo::taken_places(tx, event.id).await?;
    let mut places = wish.into_iter().chain(1..=event.live_places);
    places
        .find(|place| (1..=event.live_places).contains(place) && !taken.contains(place))
        .ok_or(Error::NoPlace {
            places: event.live_places,
        })
}

/// Moves all ranks from `from` on by one. Below zero and back, since the unique index looks at every single row.
async fn shift_ranks(tx: &WriteTx, event: EventId, from: i32, by: i32) -> Result<()> {
    let rank = || Expr::col(decision::Column::Rank);
    for (value, which) in [
        (rank().add(by).mul(-1), rank().gte(from)),
        (rank().mul(-1), rank().lt(0)),
    ] {
        decision::Entity::update_many()
            .col_expr(decision::Column::Rank, value)
            .filter(decision::Column::EventId.eq(event))
            .filter(Expr::cust(RANKED))
            .filter(which)
            .exec(tx)
            .await?;
    }
    Ok(())
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
