//! How an event's answers are reviewed: whether who edited one may approve it alone, and whose are approved as they come.

use crate::Error;
use db::{
    audit::{self, Actor},
    entity::{answer_edit, auto_approval, review_rule},
    prelude::*,
};
use domain::{AnswerId, EventId, ServiceId, StaffId};
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use std::collections::BTreeSet;
use web::App;

/// The rules of one event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    pub four_eyes: bool,
    /// Services whose crew's answers are approved as they come.
    pub auto: BTreeSet<ServiceId>,
}

/// # Errors
/// When the database refuses.
pub async fn of(conn: &impl ConnectionTrait, event: EventId) -> Result<Rules, Error> {
    let rows = auto_approval::Entity::find()
        .filter(auto_approval::Column::EventId.eq(event))
        .all(conn)
        .await?;
    Ok(Rules {
        four_eyes: four_eyes(conn, event).await?,
        auto: rows.into_iter().map(|r| r.service_id).collect(),
    })
}

/// Whether it takes two to edit and to approve.
///
/// # Errors
/// When the database refuses.
pub async fn four_eyes(conn: &impl ConnectionTrait, event: EventId) -> Result<bool, Error> {
    let rule = review_rule::Entity::find_by_id(event).one(conn).await?;
    Ok(rule.is_some_and(|r| r.four_eyes))
}

pub(crate) async fn is_auto(conn: &impl ConnectionTrait, event: EventId, service: ServiceId) -> Result<bool, Error> {
    let found = auto_approval::Entity::find_by_id((event, service)).count(conn).await?;
    Ok(found > 0)
}

/// # Errors
/// When the database refuses.
pub async fn save(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, rules: &Rules) -> Result<(), Error> {
    let row = review_rule::ActiveModel {
        event_id: Set(event),
        four_eyes: Set(rules.four_eyes),
    };
    let again = OnConflict::column(review_rule::Column::EventId)
        .update_column(review_rule::Column::FourEyes)
        .to_owned();
    review_rule::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(tx)
        .await?;
    auto_approval::Entity::delete_many()
        .filter(auto_approval::Column::EventId.eq(event))
        .exec(tx)
        .await?;
    if !rules.auto.is_empty() {
        let rows = rules.auto.iter().map(|service| auto_approval::ActiveModel {
            event_id: Set(event),
            service_id: Set(*service),
        });
        auto_approval::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await?;
    }
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action: "review.ruled",
        subject: ("event", Some(event.uuid())),
        details: json!({ "four_eyes": rules.four_eyes, "auto": rules.auto }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}

/// Who edited this answer last.
pub(crate) async fn editor(conn: &impl ConnectionTrait, answer: AnswerId) -> Result<Option<StaffId>, Error> {
    let row = answer_edit::Entity::find_by_id(answer).one(conn).await?;
    Ok(row.map(|r| r.staff_id))
}

pub(super) async fn edited(tx: &WriteTx, app: &App, staff: StaffId, answer: AnswerId) -> Result<(), Error> {
    let row = answer_edit::ActiveModel {
        answer_id: Set(answer),
        staff_id: Set(staff),
        edited_at: Set(app.clock.now()),
    };
    let again = OnConflict::column(answer_edit::Column::AnswerId)
        .update_columns([answer_edit::Column::StaffId, answer_edit::Column::EditedAt])
        .to_owned();
    answer_edit::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
