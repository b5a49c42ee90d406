//! The shortlist is frozen at a chosen time, or by hand. What changes after it is allowed, and marked.

use crate::{Result, triage::repo};
use chrono::{DateTime, Utc};
use db::{
    audit::{self, Actor},
    entity::triage_setting,
    prelude::*,
};
use domain::{EventId, StaffId};
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use web::App;

/// Whether what is decided now comes after the freeze.
///
/// # Errors
/// When the database refuses.
pub async fn frozen(conn: &impl ConnectionTrait, app: &App, event: EventId) -> Result<bool> {
    let setting = repo::setting(conn, event).await?;
    Ok(since(setting.as_ref(), app.clock.now()).is_some())
}

/// Since when it is frozen.
pub(crate) fn since(setting: Option<&triage_setting::Model>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let setting = setting?;
    let due = setting.freeze_at.filter(|at| *at <= now);
    setting.frozen_at.into_iter().chain(due).min()
}

/// What is pressed or chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freeze {
    Now,
    /// Not frozen, and no time chosen.
    Lift,
    At(DateTime<Utc>),
}

/// Freezes, lifts it, or chooses a time.
///
/// # Errors
/// When the database refuses.
pub async fn set(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, what: Freeze) -> Result<()> {
    let now = app.clock.now();
    // The settings' row comes with its defaults.
    let blank = triage_setting::ActiveModel {
        event_id: Set(event),
        ..Default::default()
    };
    triage_setting::Entity::insert(blank)
        .on_conflict(
            OnConflict::column(triage_setting::Column::EventId)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    let (frozen, at, action) = match what {
        Freeze::Now => (Some(now), None, "shortlist.frozen"),
        Freeze::Lift => (None, None, "shortlist.unfrozen"),
        Freeze::At(at) => (None, Some(at), "shortlist.freeze_planned"),
    };
    triage_setting::Entity::update_many()
        .col_expr(triage_setting::Column::FrozenAt, Expr::value(frozen))
        .col_expr(triage_setting::Column::FreezeAt, Expr::value(at))
        .filter(triage_setting::Column::EventId.eq(event))
        .exec(tx)
        .await?;
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action,
        subject: ("event", Some(event.uuid())),
        details: json!({ "at": at.or(frozen) }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}
