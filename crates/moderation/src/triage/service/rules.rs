//! Which crew answers for a service: of one event, or of all events.

use crate::{Error, Result};
use db::{
    audit::{self, Actor},
    entity::route_rule,
    prelude::*,
};
use domain::{EventId, RuleId, ServiceId, StaffId};
use serde_json::json;
use web::App;

/// One rule as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub service: ServiceId,
    pub crew: ServiceId,
    pub second: Option<ServiceId>,
}

impl Rule {
    /// A service's own crew alone: what holds without a rule.
    fn is_plain(self) -> bool {
        self.service == self.crew && self.second.is_none()
    }
}

/// The rules of the event, or those for all.
///
/// # Errors
/// When the database refuses.
pub async fn of(conn: &impl ConnectionTrait, event: Option<EventId>) -> Result<Vec<Rule>> {
    let find = match event {
        Some(event) => route_rule::Entity::find().filter(route_rule::Column::EventId.eq(event)),
        None => route_rule::Entity::find().filter(route_rule::Column::EventId.is_null()),
    };
    let rows = find.order_by_asc(route_rule::Column::Id).all(conn).await?;
    let rules = rows.into_iter().map(|r| Rule {
        service: r.service_id,
        crew: r.crew_service_id,
        second: r.second_service_id,
    });
    Ok(rules.collect())
}

/// Replaces the rules of the event, or those for all. A service that the event does not name follows the rule for all; one
/// whose rule says only its own crew is kept for an event, where it stands against the rule for all.
///
/// # Errors
/// [`Error::NotFound`] for a service that is not there.
pub async fn save(tx: &WriteTx, app: &App, staff: StaffId, event: Option<EventId>, rules: &[Rule]) -> Result<()> {
    let before = of(tx, event).await?;
    let scope = match event {
        Some(event) => route_rule::Column::EventId.eq(event),
        None => route_rule::Column::EventId.is_null(),
    };
    route_rule::Entity::delete_many().filter(scope).exec(tx).await?;
    let rules: Vec<Rule> = rules
        .iter()
        .copied()
        .filter(|r| event.is_some() || !r.is_plain())
        .collect();
    for rule in &rules {
        let row = route_rule::ActiveModel {
            id: Set(RuleId::new()),
            event_id: Set(event),
            service_id: Set(rule.service),
            crew_service_id: Set(rule.crew),
            second_service_id: Set(rule.second.filter(|s| *s != rule.crew)),
            created_at: Set(app.clock.now()),
        };
        let done = route_rule::Entity::insert(row).exec_without_returning(tx).await;
        match done {
            Ok(_) => {}
            Err(error) if db::conflict(&error) == Some(db::Conflict::ForeignKey) => return Err(Error::NotFound),
            Err(error) => return Err(error.into()),
        }
    }
    let told = |rules: &[Rule]| -> Vec<serde_json::Value> {
        let tell = |r: &Rule| json!({ "service": r.service, "crew": r.crew, "second": r.second });
        rules.iter().map(tell).collect()
    };
    let entry = audit::Entry {
        event,
        actor: Actor::Staff(staff),
        action: "routing.rules",
        subject: ("route_rule", None),
        details: json!({ "from": told(&before), "to": told(&rules) }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}
