//! Ranked reserves: the first one moves up when a live place frees.

use super::step::{Cause, Draft, RANKED, keep, step, turn};
use crate::service::deed::record;
use crate::{
    Error, Result,
    triage::{repo, service::decide},
};
use db::{
    audit::Actor,
    entity::{decision, event},
    prelude::*,
};
use domain::{
    ActId, DecisionId, EventId, QuestionId, StaffId,
    state::{decision::DecisionKind, decision::DecisionState, question::QuestionState},
};
use serde_json::json;
use web::App;

/// The first reserve gets the free live place; gives its question. `because`: the act that freed the place. Its
/// decision is pending as every other until the next release.
pub(super) async fn move_up(
    tx: &WriteTx,
    app: &App,
    event: &event::Model,
    place: i32,
    because: Option<ActId>,
    but: Option<QuestionId>,
) -> Result<Option<QuestionId>> {
    if place > event.live_places || repo::at_place(tx, event.id, place).await?.is_some() {
        return Ok(None);
    }
    for reserve in repo::reserves(tx, event.id).await? {
        // Its asker may be taking it back at this moment: then the next one has its turn.
        let Some(question) = keep(tx, reserve.question_id, &[QuestionState::Received]).await? else {
            continue;
        };
        if Some(question.id) == but {
            continue;
        }
        let Some(reserve) = repo::pending_of(tx, question.id).await?.filter(|d| d.id == reserve.id) else {
            continue;
        };
        let mut draft = Draft::new(DecisionKind::Live);
        draft.place = Some(place);
        let cause = Cause {
            decided_by: reserve.decided_by,
            staff: None,
            undoes: None,
            because,
            back: false,
        };
        let stepped = step(tx, app, event, question.id, Some(&reserve), Some(draft), cause).await?;
        let details = json!({ "kind": DecisionKind::Live, "place": stepped.place, "rank": reserve.rank });
        record(tx, app, Actor::System, &question, "decision.moved_up", details).await?;
        return Ok(Some(question.id));
    }
    Ok(None)
}

/// What a withdrawal leaves: the first reserve gets the live place, and the others close up. Done twice, it is done once.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn after_withdrawal(app: &App, event: EventId, dropped: DecisionId) -> Result<()> {
    let tx = app.db.begin_write().await?;
    turn(&tx, event).await?;
    let (Some(event), Some(dropped)) = (
        event::Entity::find_by_id(event).one(&tx).await?,
        decision::Entity::find_by_id(dropped).one(&tx).await?,
    ) else {
        return Ok(());
    };
    close_up(&tx, event.id).await?;
    if dropped.state == DecisionState::Dropped
        && let Some(place) = dropped.place
    {
        move_up(&tx, app, &event, place, None, None).await?;
    }
    crate::stage::service::commit(app, tx, event.id).await
}

/// Ranks from 1 on without a gap. In order, so that each one finds its rank free.
async fn close_up(tx: &WriteTx, event: EventId) -> Result<()> {
    for (rank, reserve) in (1..).zip(repo::reserves(tx, event).await?) {
        if reserve.rank != Some(rank) {
            set_rank(tx, reserve.id, rank).await?;
        }
    }
    Ok(())
}

async fn set_rank(tx: &WriteTx, id: DecisionId, rank: i32) -> Result<()> {
    let result = decision::Entity::update_many()
        .col_expr(decision::Column::Rank, Expr::value(rank))
        .filter(decision::Column::Id.eq(id))
        .filter(Expr::cust(RANKED))
        .exec(tx)
        .await?;
    Ok(one_row(&result, "reserve")?)
}

/// Moves a reserve to another rank; those between close up.
pub(super) async fn rerank(tx: &WriteTx, reserve: &decision::Model, to: i32) -> Result<()> {
    let mut order = repo::reserves(tx, reserve.event_id).await?;
    let Some(from) = order.iter().position(|d| d.id == reserve.id) else {
        return Err(Error::NotFound);
    };
    let to = usize::try_from(to - 1).unwrap_or_default().min(order.len() - 1);
    let moving = order.remove(from);
    order.insert(to, moving);
    let changed: Vec<(i32, DecisionId)> = (1..)
        .zip(&order)
        .filter(|(rank, d)| d.rank != Some(*rank))
        .map(|(rank, d)| (rank, d.id))
        .collect();
    // The unique index looks at every single step, so all stand aside first.
    for (rank, id) in &changed {
        set_rank(tx, *id, -rank).await?;
    }
    for (rank, id) in &changed {
        set_rank(tx, *id, *rank).await?;
    }
    Ok(())
}

/// Gives every reserve to the crew of its service; says how many. Each is a transaction of its own; what somebody else
/// decides about meanwhile is left to them.
///
/// # Errors
/// When the database refuses.
pub async fn route_all(app: &App, staff: StaffId, event: EventId) -> Result<u64> {
    let mut routed = 0;
    for reserve in repo::reserves(app.db.reader(), event).await? {
        let tx = app.db.begin_write().await?;
        let choice = decide::Choice::Route { service: None };
        match decide::decide(&tx, app, staff, reserve.question_id, Some(reserve.id), choice).await {
            Ok(_) => {
                tx.commit().await?;
                routed += 1;
            }
            Err(error) if error.is_refusal() => tx.rollback().await?,
            Err(error) => return Err(error),
        }
    }
    Ok(routed)
}
