//! What follows from a mail that is no answer. Nobody is mailed because of one.

use crate::{Error, answers::repo, service::assign::event_of};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use db::{
    audit::{self, Actor},
    entity::{assignment, delivery, incoming_mail, outgoing_mail},
    prelude::*,
};
use domain::state::{
    Transitions,
    assignment::AssignmentState,
    delivery::DeliveryState,
    mail::{MailKind, MarkCause},
};
use domain::text::{excerpt, tidy};
use mail::{
    marks::{self, Mark},
    read::{Absence, Bounce, Severity},
};
use serde_json::json;
use web::{App, lang::Zone};

/// The hour, in the event's time zone, from which somebody who is back may be reminded.
const MORNING: u32 = 9;
/// Who is away for longer has no reminder to wait for: somebody else must be asked.
const LONGEST: TimeDelta = TimeDelta::days(180);

/// Who is asked is away: nobody reminds them before they are back.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn away(
    tx: &WriteTx,
    app: &App,
    assignment: &assignment::Model,
    absence: &Absence,
) -> Result<(), Error> {
    let event = event_of(tx, assignment.event_id).await?;
    let back = morning(absence.back, &event.time_zone);
    let now = app.clock.now();
    if back <= now || back - now > LONGEST {
        return Ok(());
    }
    let later = Condition::any()
        .add(assignment::Column::ChaseAt.is_null())
        .add(assignment::Column::ChaseAt.lt(back));
    let moved = assignment::Entity::update_many()
        .col_expr(assignment::Column::ChaseAt, Expr::value(Some(back)))
        .filter(assignment::Column::Id.eq(assignment.id))
        .filter(assignment::Column::State.is_in(AssignmentState::OPEN.iter().copied()))
        .filter(later)
        .exec(tx)
        .await?;
    if moved.rows_affected == 1 {
        let entry = audit::Entry {
            event: Some(assignment.event_id),
            actor: Actor::System,
            action: "assignment.away",
            subject: ("assignment", Some(assignment.id.uuid())),
            details: json!({ "back": absence.back }),
        };
        audit::record(tx, &app.clock, entry).await?;
    }
    Ok(())
}

fn morning(day: NaiveDate, zone: impl Zone) -> DateTime<Utc> {
    let zone = zone.tz();
    let local = day.and_time(NaiveTime::from_hms_opt(MORNING, 0, 0).unwrap_or_default());
    zone.from_local_datetime(&local)
        .earliest()
        .map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
}

/// A report about a mail of ours, which is found by its Message-ID: nobody can guess one, so only who got the mail can
/// say so. While a server goes on trying, nothing is done; when it gave up, the delivery or the assignment says so; when
/// the address is at fault, it is marked.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn returned(
    tx: &WriteTx,
    app: &App,
    row: &incoming_mail::Model,
    bounce: &Bounce,
    ours: &outgoing_mail::Model,
) -> Result<(), Error> {
    if bounce.severity == Severity::Delayed {
        return Ok(());
    }
    // Most servers say the status again in their words.
    let said = bounce.diagnostic.as_deref().unwrap_or_default();
    let status = bounce.status.as_deref().filter(|status| !said.contains(status));
    let words = [status, bounce.diagnostic.as_deref()];
    let words = excerpt(&tidy(&words.into_iter().flatten().collect::<Vec<_>>().join(" ")), 500);
    if bounce.severity == Severity::Permanent {
        let mark = Mark {
            email: &ours.to_email,
            cause: MarkCause::Bounce,
            status: bounce.status.as_deref(),
            words: &words,
            outgoing: Some(ours.id),
            incoming: Some(row.id),
        };
        marks::mark(tx, &app.clock, mark).await?;
        note(
            tx,
            app,
            ours,
            "address.marked",
            ("outgoing_mail", ours.id.uuid()),
            bounce,
        )
        .await?;
    }
    if let Some(id) = ours.delivery_id {
        let moved = delivery::Entity::update_many()
            .col_expr(delivery::Column::State, Expr::value(DeliveryState::Bounced))
            .col_expr(delivery::Column::Proof, Expr::value(Some(words)))
            .filter(delivery::Column::Id.eq(id))
            // A newer mail may be on its way meanwhile.
            .filter(delivery::Column::OutgoingId.eq(ours.id))
            .filter(delivery::Column::State.is_in(DeliveryState::sources(DeliveryState::Bounced)))
            .exec(tx)
            .await?;
        if moved.rows_affected == 1 {
            note(tx, app, ours, "delivery.bounced", ("delivery", id.uuid()), bounce).await?;
        }
    }
    unreached(tx, app, ours, bounce).await
}

/// The mail that asks did not arrive, unless the person has another address by now.
async fn unreached(tx: &WriteTx, app: &App, ours: &outgoing_mail::Model, bounce: &Bounce) -> Result<(), Error> {
    let (Some(id), MailKind::Assignment | MailKind::ReverseQuestion) = (ours.reply_assignment_id, ours.kind) else {
        return Ok(());
    };
    let Some(assignment) = repo::assignment_by_id(tx, id).await? else {
        return Ok(());
    };
    let asked = repo::addressee(tx, &assignment).await?.and_then(|to| to.email);
    if asked.as_ref() != Some(&ours.to_email) {
        return Ok(());
    }
    let moved = assignment::Entity::update_many()
        .col_expr(assignment::Column::ReturnedAt, Expr::value(Some(app.clock.now())))
        .filter(assignment::Column::Id.eq(id))
        .filter(assignment::Column::State.is_in(AssignmentState::OPEN.iter().copied()))
        .filter(assignment::Column::ReturnedAt.is_null())
        .exec(tx)
        .await?;
    if moved.rows_affected == 1 {
        note(tx, app, ours, "assignment.returned", ("assignment", id.uuid()), bounce).await?;
    }
    Ok(())
}

async fn note(
    tx: &WriteTx,
    app: &App,
    ours: &outgoing_mail::Model,
    action: &'static str,
    (kind, id): (&'static str, uuid::Uuid),
    bounce: &Bounce,
) -> Result<(), Error> {
    let entry = audit::Entry {
        event: ours.event_id,
        actor: Actor::System,
        action,
        subject: (kind, Some(id)),
        details: json!({ "mail": ours.id, "status": bounce.status }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_morning_is_that_of_the_event() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 28).expect("a day");
        let seoul: DateTime<Utc> = "2026-12-28T00:00:00Z".parse().expect("a moment");
        assert_eq!(morning(day, "Asia/Seoul"), seoul);
        let berlin: DateTime<Utc> = "2026-12-28T08:00:00Z".parse().expect("a moment");
        assert_eq!(morning(day, "Europe/Berlin"), berlin);
    }
}
