//! Which of the proposals are asked: at most as many as the event has places.

use super::note;
use crate::{Error, service::assign::event_of};
use db::{
    audit::Actor,
    entity::{event, reverse_question},
    prelude::*,
};
use domain::{
    EventId, ReverseId, StaffId,
    state::{Transitions, question::ReverseState},
};
use sea_orm::UpdateMany;
use serde_json::json;
use std::collections::HashSet;
use web::App;

/// Picks a proposal for the first free place and says which one.
///
/// Whoever picks holds the event's row until the commit, so picks follow each other; the unique index of places
/// stands behind that.
///
/// # Errors
/// A refusal when all places are taken; stale when it is no proposal any more.
pub async fn pick(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, id: ReverseId) -> Result<i32, Error> {
    event::Entity::update_many()
        .col_expr(event::Column::ReversePlaces, Expr::col(event::Column::ReversePlaces))
        .filter(event::Column::Id.eq(event))
        .exec(tx)
        .await?;
    let places = event_of(tx, event).await?.reverse_places;
    let taken: HashSet<i32> = reverse_question::Entity::find()
        .select_only()
        .column(reverse_question::Column::Place)
        .filter(reverse_question::Column::EventId.eq(event))
        .filter(reverse_question::Column::Place.is_not_null())
        .into_tuple::<i32>()
        .all(tx)
        .await?
        .into_iter()
        .collect();
    let Some(place) = (1..=places).find(|p| !taken.contains(p)) else {
        return Err(Error::Refused("refused-no-reverse-place"));
    };
    let row = step(tx, event, id, ReverseState::Picked, |update| {
        update.col_expr(reverse_question::Column::Place, Expr::value(Some(place)))
    })
    .await?;
    note(
        tx,
        app,
        Actor::Staff(staff),
        &row,
        "reverse.picked",
        json!({ "place": place }),
    )
    .await?;
    Ok(place)
}

/// Takes back a pick that was not sent; its place is free again.
///
/// # Errors
/// Stale when it is not picked.
pub async fn unpick(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, id: ReverseId) -> Result<(), Error> {
    let from = &[ReverseState::Picked];
    let row = step_from(tx, event, id, from, ReverseState::Proposed, |update| {
        update.col_expr(reverse_question::Column::Place, Expr::value(Option::<i32>::None))
    })
    .await?;
    note(tx, app, Actor::Staff(staff), &row, "reverse.unpicked", json!({})).await
}

/// Puts a proposal aside.
///
/// # Errors
/// Stale when it is no proposal any more.
pub async fn drop(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, id: ReverseId) -> Result<(), Error> {
    let row = step(tx, event, id, ReverseState::Dropped, |update| update).await?;
    note(tx, app, Actor::Staff(staff), &row, "reverse.dropped", json!({})).await
}

/// Brings back what was put aside.
///
/// # Errors
/// Stale when it was not.
pub async fn restore(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, id: ReverseId) -> Result<(), Error> {
    let row = step_from(
        tx,
        event,
        id,
        &[ReverseState::Dropped],
        ReverseState::Proposed,
        |update| update,
    )
    .await?;
    note(tx, app, Actor::Staff(staff), &row, "reverse.restored", json!({})).await
}

type Update = UpdateMany<reverse_question::Entity>;

pub(super) async fn step(
    tx: &WriteTx,
    event: EventId,
    id: ReverseId,
    to: ReverseState,
    and: impl FnOnce(Update) -> Update + Send,
) -> Result<reverse_question::Model, Error> {
    step_from(tx, event, id, &ReverseState::sources(to), to, and).await
}

async fn step_from(
    tx: &WriteTx,
    event: EventId,
    id: ReverseId,
    from: &[ReverseState],
    to: ReverseState,
    and: impl FnOnce(Update) -> Update + Send,
) -> Result<reverse_question::Model, Error> {
    debug_assert!(from.iter().all(|f| f.may_become(to)));
    let update = reverse_question::Entity::update_many()
        .col_expr(reverse_question::Column::State, Expr::value(to))
        .col_expr(
            reverse_question::Column::Version,
            Expr::col(reverse_question::Column::Version).add(1),
        )
        .filter(reverse_question::Column::Id.eq(id))
        .filter(reverse_question::Column::EventId.eq(event))
        .filter(reverse_question::Column::State.is_in(from.iter().copied()));
    let result = and(update).exec(tx).await?;
    one_row(&result, "reverse question")?;
    reverse_question::Entity::find_by_id(id)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)
}
