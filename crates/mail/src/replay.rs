//! Raw mail that is kept can be read again, and is dropped in its time.

use crate::Error;
use chrono::{DateTime, Duration, Utc};
use db::{
    audit::{self, Actor, Entry},
    entity::{hook_delivery, incoming_mail},
    prelude::*,
};
use domain::{Clock, IncomingId, job::Job, state::mail::IncomingState};
use sea_orm::sea_query::Alias;
use serde_json::json;

/// Which mails.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    One(IncomingId),
    /// All that came since.
    Since(DateTime<Utc>),
}

/// What became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// They will be read by the next free worker.
    pub queued: u64,
    /// They have become answers or marked an address, were put aside by staff, or their raw text is gone: they stay as they are.
    pub left: u64,
}

/// A mail is read again while nothing came of it that a person may have touched: neither an answer nor a marked address.
const UNANSWERED: &str = "raw_kept AND NOT EXISTS (SELECT 1 FROM answer WHERE answer.incoming_id = incoming_mail.id)
    AND NOT EXISTS (SELECT 1 FROM marked_address WHERE marked_address.incoming_id = incoming_mail.id)";
/// Rows of one transaction.
const BATCH: usize = 100;
/// So long a webhook's delivery is remembered; its time stamp is refused much earlier.
const HOOK_DAYS: i64 = 30;

/// Puts mails back to where they were when they came in and asks for them to be read. Twice does no more than once: a
/// mail that has become an answer is left alone.
///
/// # Errors
/// When the database refuses; what was asked for before stays so.
pub async fn replay(db: &Db, clock: &Clock, which: Which) -> Result<Replayed, Error> {
    let query = incoming_mail::Entity::find()
        .select_only()
        .column(incoming_mail::Column::Id)
        .order_by_asc(incoming_mail::Column::ReceivedAt);
    let query = match which {
        Which::One(id) => query.filter(incoming_mail::Column::Id.eq(id)),
        Which::Since(at) => query.filter(incoming_mail::Column::ReceivedAt.gte(at)),
    };
    let ids: Vec<IncomingId> = query.into_tuple().all(db.reader()).await?;
    let mut done = Replayed::default();
    for ids in ids.chunks(BATCH) {
        let tx = db.begin_write().await?;
        for id in ids {
            if again(&tx, clock, *id).await? {
                done.queued += 1;
            } else {
                done.left += 1;
            }
        }
        tx.commit().await?;
    }
    Ok(done)
}

async fn again(tx: &WriteTx, clock: &Clock, id: IncomingId) -> Result<bool, Error> {
    use incoming_mail::Column;
    // One that was never read needs a new job only: its own may have failed.
    let states = [
        IncomingState::Received,
        IncomingState::Processed,
        IncomingState::Quarantined,
    ];
    let back = incoming_mail::Entity::update_many()
        .col_expr(Column::State, Expr::value(IncomingState::Received))
        .col_expr(Column::Reason, Expr::value(Option::<String>::None))
        .col_expr(Column::ReadAt, Expr::value(Option::<DateTime<Utc>>::None))
        .filter(Column::Id.eq(id))
        .filter(Column::State.is_in(states))
        .filter(Expr::cust(UNANSWERED))
        .exec(tx)
        .await?;
    if back.rows_affected == 0 {
        return Ok(false);
    }
    jobs::enqueue(tx, clock, &Job::ReadMail { incoming: id }, clock.now()).await?;
    let entry = Entry {
        event: None,
        actor: Actor::System,
        action: "mail.replayed",
        subject: ("incoming_mail", Some(id.uuid())),
        details: json!({}),
    };
    audit::record(tx, clock, entry).await?;
    Ok(true)
}

/// Drops the raw octets of mails that were read more than `days` days ago, and says of how many. What was made of them
/// stays; a mail that waits for staff keeps them. `days` of 0 drops nothing.
///
/// # Errors
/// When the database refuses.
pub async fn tidy(db: &Db, clock: &Clock, days: u32) -> Result<u64, Error> {
    let now = clock.now();
    let tx = db.begin_write().await?;
    hook_delivery::Entity::delete_many()
        .filter(hook_delivery::Column::ReceivedAt.lt(now - Duration::days(HOOK_DAYS)))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    let mut dropped = 0;
    if days == 0 {
        return Ok(dropped);
    }
    loop {
        let old: Vec<IncomingId> = incoming_mail::Entity::find()
            .select_only()
            .column(incoming_mail::Column::Id)
            .filter(Expr::cust("raw_kept"))
            .filter(incoming_mail::Column::ReadAt.lt(now - Duration::days(i64::from(days))))
            .filter(incoming_mail::Column::State.is_in([IncomingState::Processed, IncomingState::Discarded]))
            .order_by_asc(incoming_mail::Column::ReadAt)
            .limit(BATCH as u64)
            .into_tuple()
            .all(db.reader())
            .await?;
        if old.is_empty() {
            break;
        }
        let tx = db.begin_write().await?;
        let gone = incoming_mail::Entity::update_many()
            .col_expr(incoming_mail::Column::Raw, Expr::value(Vec::<u8>::new()))
            .col_expr(Alias::new("raw_kept"), Expr::value(false))
            .filter(incoming_mail::Column::Id.is_in(old))
            .filter(incoming_mail::Column::State.is_in([IncomingState::Processed, IncomingState::Discarded]))
            .exec(&tx)
            .await?;
        tx.commit().await?;
        // A replay may have taken the last of them meanwhile.
        if gone.rows_affected == 0 {
            break;
        }
        dropped += gone.rows_affected;
    }
    Ok(dropped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smtp_in::{Arrival, Inbox};
    use db::entity::job;
    use domain::state::mail::Via;
    use settings::Settings;

    async fn inbox() -> (Inbox, tempfile::TempDir) {
        let (db, folder) = crate::fixture::database().await;
        let clock = Clock::frozen(DateTime::from_timestamp(1_800_000_000, 0).expect("time"));
        let settings = Settings::embedded().expect("settings");
        (Inbox::new(db, clock, db::Wake::default(), &settings.mail), folder)
    }

    async fn put(inbox: &Inbox, n: u32, state: IncomingState) -> IncomingId {
        let arrival = Arrival::by(Via::Smtp, "a@b.example", &[]);
        let raw = format!("Subject: {n}\r\n\r\nx").into_bytes();
        let id = inbox.keep(&arrival, raw).await.expect("kept").id();
        let tx = inbox.db().begin_write().await.expect("begins");
        incoming_mail::Entity::update_many()
            .col_expr(incoming_mail::Column::State, Expr::value(state))
            .col_expr(incoming_mail::Column::ReadAt, Expr::value(Some(inbox.clock().now())))
            .filter(incoming_mail::Column::Id.eq(id))
            .exec(&tx)
            .await
            .expect("updates");
        tx.commit().await.expect("commits");
        id
    }

    async fn row(inbox: &Inbox, id: IncomingId) -> incoming_mail::Model {
        let found = incoming_mail::Entity::find_by_id(id).one(inbox.db().reader()).await;
        found.expect("reads").expect("is there")
    }

    #[tokio::test]
    async fn raw_text_goes_in_its_time_but_not_from_a_mail_that_waits() {
        let (inbox, _folder) = inbox().await;
        let (db, clock) = (inbox.db(), inbox.clock());
        let done = put(&inbox, 1, IncomingState::Processed).await;
        let held = put(&inbox, 2, IncomingState::Quarantined).await;
        let away = put(&inbox, 3, IncomingState::Discarded).await;
        clock.advance(Duration::days(29));
        let young = put(&inbox, 4, IncomingState::Processed).await;
        assert_eq!(tidy(db, clock, 30).await.expect("tidies"), 0);
        clock.advance(Duration::days(2));
        assert_eq!(tidy(db, clock, 0).await.expect("tidies"), 0, "never");
        assert_eq!(tidy(db, clock, 30).await.expect("tidies"), 2);
        assert_eq!(tidy(db, clock, 30).await.expect("tidies"), 0, "once");
        for (id, kept) in [(done, false), (held, true), (away, false), (young, true)] {
            assert_eq!(!row(&inbox, id).await.raw.is_empty(), kept);
        }
        let again = Arrival::by(Via::Imap, "a@b.example", &[]);
        let known = inbox.keep(&again, b"Subject: 1\r\n\r\nx".to_vec()).await.expect("kept");
        assert_eq!(known, crate::smtp_in::Kept::Known(done), "what it was is still known");
        let replayed = replay(db, clock, Which::One(done)).await.expect("replays");
        assert_eq!(replayed, Replayed { queued: 0, left: 1 }, "nothing is left to read");
    }

    #[tokio::test]
    async fn mails_are_read_again_unless_staff_has_put_them_aside() {
        let (inbox, _folder) = inbox().await;
        let (db, clock) = (inbox.db(), inbox.clock());
        let old = put(&inbox, 1, IncomingState::Quarantined).await;
        clock.advance(Duration::days(1));
        let since = clock.now();
        let held = put(&inbox, 2, IncomingState::Quarantined).await;
        put(&inbox, 3, IncomingState::Discarded).await;
        for _ in 0..2 {
            let replayed = replay(db, clock, Which::Since(since)).await.expect("replays");
            assert_eq!(replayed, Replayed { queued: 1, left: 1 });
        }
        assert_eq!(row(&inbox, held).await.state, IncomingState::Received);
        assert_eq!(row(&inbox, old).await.state, IncomingState::Quarantined);
        assert_eq!(job::Entity::find().count(db.reader()).await.expect("counts"), 3 + 2);
    }
}
