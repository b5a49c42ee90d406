//! The sender's steps in the database. Each is one short transaction; the lease's holder alone may settle.

use super::{claim::Claimed, reach, wire::Outcome};
use crate::{Error, Hours};
use chrono::{DateTime, Duration, Utc};
use db::{
    audit::{self, Actor},
    entity::{delivery, outgoing_mail, worker_health},
    prelude::*,
};
use domain::{
    Clock, OutgoingId,
    state::{Transitions, delivery::DeliveryState, mail::OutgoingState},
};
use sea_orm::sea_query::OnConflict;
use settings::Holidays;

/// Temporary refusals are borne this long.
const GIVE_UP: i64 = 5 * 24 * 60 * 60;
/// The outbox's line in `worker_health`.
pub const HEALTH: &str = "mail";

/// Leases that ended without a word become uncertain: their worker died, perhaps after the server took the mail.
pub(super) async fn recover(db: &Db, now: DateTime<Utc>) -> Result<u64, Error> {
    let lost = Condition::all()
        // In the words of the partial index: few are under way, however many wait.
        .add(Expr::cust("state = 'sending'"))
        .add(outgoing_mail::Column::LeaseUntil.lt(now));
    let find = outgoing_mail::Entity::find().filter(lost.clone());
    if find.count(db.reader()).await? == 0 {
        return Ok(0);
    }
    let tx = db.begin_write().await?;
    let result = outgoing_mail::Entity::update_many()
        .col_expr(
            outgoing_mail::Column::State,
            Expr::value(OutgoingState::Uncertain.as_str()),
        )
        .col_expr(outgoing_mail::Column::NextAttemptAt, Expr::value(now))
        .col_expr(outgoing_mail::Column::LeaseOwner, Expr::value(Option::<String>::None))
        .col_expr(
            outgoing_mail::Column::LeaseUntil,
            Expr::value(Option::<DateTime<Utc>>::None),
        )
        .filter(lost)
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(result.rows_affected)
}

/// What becomes of a mail after an attempt.
#[derive(Debug)]
pub(super) struct Fate {
    pub(super) state: OutgoingState,
    pub(super) words: String,
    pub(super) next: Option<DateTime<Utc>>,
    pub(super) sent: bool,
}

fn fate(row: &outgoing_mail::Model, outcome: Outcome, now: DateTime<Utc>, holidays: &Holidays) -> Fate {
    let first = row.mail_date.unwrap_or(now);
    let too_old = (now - first).num_seconds() > GIVE_UP;
    let next = now + pause(row.id, row.attempts);
    let next = Some(hours(row).map_or(next, |hours| hours.next(next, holidays)));
    match outcome {
        Outcome::Accepted(words) => Fate {
            state: OutgoingState::Sent,
            words,
            next: None,
            sent: true,
        },
        Outcome::Refused(words) => Fate {
            state: OutgoingState::Failed,
            words,
            next: None,
            sent: false,
        },
        Outcome::Later(words) | Outcome::Uncertain(words) if too_old => Fate {
            state: OutgoingState::Failed,
            words: format!("given up after five days: {words}"),
            next: None,
            sent: false,
        },
        Outcome::Later(words) => Fate {
            state: OutgoingState::Queued,
            words,
            next,
            sent: false,
        },
        Outcome::Uncertain(words) => Fate {
            state: OutgoingState::Uncertain,
            words,
            next,
            sent: false,
        },
    }
}

/// The hours to which a mail keeps, if it keeps to any.
pub(super) fn hours(row: &outgoing_mail::Model) -> Option<Hours> {
    serde_json::from_value(row.hours.clone()?).ok()
}

/// Minutes that grow with the attempts, and up to a fifth more, so that a crowd does not come back at one moment.
pub(super) fn pause(id: OutgoingId, attempts: i32) -> Duration {
    const MINUTES: [i64; 8] = [1, 2, 5, 15, 30, 60, 120, 240];
    let step = usize::try_from(attempts - 1).unwrap_or_default().min(MINUTES.len() - 1);
    let seconds = MINUTES[step] * 60;
    // The random tail of the id decides: no dice needed, and a test can foretell it.
    let spread = i64::from(id.uuid().as_bytes()[15]);
    Duration::seconds(seconds + seconds * spread / (5 * 256))
}

/// Writes down how an attempt ended, with what follows for the delivery. `None` when the lease was lost meanwhile.
pub(super) async fn settle(
    db: &Db,
    clock: &Clock,
    holidays: &Holidays,
    claimed: &Claimed,
    outcome: Outcome,
) -> Result<Option<OutgoingState>, Error> {
    let fate = fate(&claimed.row, outcome, clock.now(), holidays);
    let tx = db.begin_write().await?;
    match settle_row(&tx, clock, &claimed.row, &claimed.owner, &fate).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(Some(fate.state))
        }
        Err(error) if error.is_stale() => {
            tx.rollback().await?;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn settle_row(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    row: &outgoing_mail::Model,
    owner: &str,
    fate: &Fate,
) -> Result<(), Error> {
    let now = clock.now();
    let mut update = outgoing_mail::Entity::update_many()
        .col_expr(outgoing_mail::Column::State, Expr::value(fate.state.as_str()))
        .col_expr(outgoing_mail::Column::ServerReply, Expr::value(fate.words.clone()))
        .col_expr(outgoing_mail::Column::LeaseOwner, Expr::value(Option::<String>::None))
        .col_expr(
            outgoing_mail::Column::LeaseUntil,
            Expr::value(Option::<DateTime<Utc>>::None),
        );
    if let Some(next) = fate.next {
        update = update.col_expr(outgoing_mail::Column::NextAttemptAt, Expr::value(next));
    }
    if fate.sent {
        update = update.col_expr(outgoing_mail::Column::SentAt, Expr::value(now));
    }
    let result = update
        .filter(outgoing_mail::Column::Id.eq(row.id))
        .filter(outgoing_mail::Column::State.eq(OutgoingState::Sending))
        .filter(outgoing_mail::Column::LeaseOwner.eq(owner))
        .exec(tx)
        .await?;
    one_row(&result, "mail")?;
    match fate.state {
        OutgoingState::Sent => {
            move_delivery(tx, row.id, DeliveryState::Accepted, &fate.words, now).await?;
            reach::sent(tx, row).await?;
        }
        OutgoingState::Uncertain => move_delivery(tx, row.id, DeliveryState::Sent, &fate.words, now).await?,
        OutgoingState::Failed => {
            move_delivery(tx, row.id, DeliveryState::Bounced, &fate.words, now).await?;
            reach::failed(tx, clock, row, &fate.words).await?;
            let entry = audit::Entry {
                event: row.event_id,
                actor: Actor::System,
                action: "mail.failed",
                subject: ("outgoing_mail", Some(row.id.uuid())),
                details: serde_json::json!({ "kind": row.kind, "attempts": row.attempts }),
            };
            audit::record(tx, clock, entry).await?;
        }
        _ => {}
    }
    Ok(())
}

/// The delivery that this mail carries, if it carries one. It stays where it is when it may not become `to`.
async fn move_delivery(
    tx: &impl ConnectionTrait,
    id: OutgoingId,
    to: DeliveryState,
    words: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let mut update = delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::value(to.as_str()))
        .col_expr(delivery::Column::Proof, Expr::value(words));
    if to == DeliveryState::Accepted {
        update = update.col_expr(delivery::Column::AcceptedAt, Expr::value(now));
    }
    update
        .filter(delivery::Column::OutgoingId.eq(id))
        .filter(delivery::Column::State.is_in(DeliveryState::sources(to)))
        .exec(tx)
        .await?;
    Ok(())
}

/// Counts the outbox and writes the line that every staff page shows.
pub(super) async fn health(db: &Db, clock: &Clock, paused: bool, last_error: Option<String>) -> Result<(), Error> {
    let counts: Vec<(OutgoingState, i64)> = outgoing_mail::Entity::find()
        .select_only()
        .column(outgoing_mail::Column::State)
        .column_as(outgoing_mail::Column::Id.count(), "n")
        // In the words of the partial index.
        .filter(Expr::cust("state NOT IN ('sent', 'dropped')"))
        .group_by(outgoing_mail::Column::State)
        .into_tuple()
        .all(db.reader())
        .await?;
    let number = |states: &[OutgoingState]| {
        let n = counts
            .iter()
            .filter(|(state, _)| states.contains(state))
            .map(|(_, n)| n)
            .sum::<i64>();
        i32::try_from(n).unwrap_or(i32::MAX)
    };
    let oldest = outgoing_mail::Entity::find()
        .select_only()
        .column(outgoing_mail::Column::CreatedAt)
        .filter(Expr::cust("state IN ('queued', 'sending', 'uncertain')"))
        .order_by_asc(outgoing_mail::Column::CreatedAt)
        .into_tuple::<DateTime<Utc>>()
        .one(db.reader())
        .await?;
    let row = worker_health::ActiveModel {
        name: Set(HEALTH.to_owned()),
        at: Set(clock.now()),
        waiting: Set(number(&[OutgoingState::Queued, OutgoingState::Sending])),
        uncertain: Set(number(&[OutgoingState::Uncertain])),
        failed: Set(number(&[OutgoingState::Failed])),
        oldest_at: Set(oldest),
        paused: Set(paused),
        last_error: Set(last_error),
    };
    let tx = db.begin_write().await?;
    worker_health::Entity::insert(row)
        .on_conflict(
            OnConflict::column(worker_health::Column::Name)
                .update_columns([
                    worker_health::Column::At,
                    worker_health::Column::Waiting,
                    worker_health::Column::Uncertain,
                    worker_health::Column::Failed,
                    worker_health::Column::OldestAt,
                    worker_health::Column::Paused,
                    worker_health::Column::LastError,
                ])
                .to_owned(),
        )
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}
