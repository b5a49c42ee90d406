//! "I need until …": a crew member takes longer.

use super::of_crew;
use crate::{
    Error,
    service::{assign::event_of, due},
};
use chrono::{DateTime, Days, NaiveDate, Utc};
use db::{
    audit::{self, Actor},
    entity::assignment,
    prelude::*,
};
use domain::state::assignment::AssignmentState;
use serde_json::json;
use web::{App, lang::Zone};

/// How many days from today an answer may be put off to.
pub(crate) const MOST_DAYS: u64 = 60;

/// The answer is due at the end of this day's work where the event is. `assignment` is locked.
///
/// # Errors
/// A refusal when the day is not between tomorrow and sixty days from now, or nothing is waited for any more.
pub async fn later(
    tx: &WriteTx,
    app: &App,
    assignment: &assignment::Model,
    day: NaiveDate,
) -> Result<DateTime<Utc>, Error> {
    let (_, crew) = of_crew(tx, assignment).await?;
    if !AssignmentState::OPEN.contains(&assignment.state) {
        let left = AssignmentState::LEFT.contains(&assignment.state);
        return Err(Error::Refused(if left {
            "refused-closed"
        } else {
            "talk-refused-answered"
        }));
    }
    let event = event_of(tx, assignment.event_id).await?;
    let today = app.clock.now().with_timezone(&event.time_zone.tz()).date_naive();
    if day <= today
        || today
            .checked_add_days(Days::new(MOST_DAYS))
            .is_some_and(|last| day > last)
    {
        return Err(Error::Refused("talk-refused-day"));
    }
    let until = due::end_of(day, &event);
    let result = assignment::Entity::update_many()
        .col_expr(assignment::Column::DueAt, Expr::value(until))
        .filter(assignment::Column::Id.eq(assignment.id))
        .filter(assignment::Column::State.is_in(AssignmentState::OPEN.iter().copied()))
        .exec(tx)
        .await?;
    one_row(&result, "assignment")?;
    let entry = audit::Entry {
        event: Some(assignment.event_id),
        actor: Actor::Crew(crew),
        action: "assignment.put_off",
        subject: ("assignment", Some(assignment.id.uuid())),
        details: json!({ "from": assignment.due_at, "until": until }),
    };
    audit::record(tx, &app.clock, entry).await?;
    Ok(until)
}
