//! The rows: who reads a mailbox, how far a folder was read, and where each mail lies.

use crate::Error;
use chrono::{DateTime, Duration, Utc};
use db::{
    entity::{incoming_mail, mail_folder, mail_lease, mail_origin},
    prelude::*,
};
use domain::{Clock, IncomingId, state::mail::IncomingState};
use sea_orm::sea_query::OnConflict;

/// Takes the lease or renews it; false while another holds it.
pub(super) async fn take(db: &Db, clock: &Clock, mailbox: &str, owner: &str, lease: Duration) -> Result<bool, Error> {
    let now = clock.now();
    let tx = db.begin_write().await?;
    let row = mail_lease::ActiveModel {
        mailbox: Set(mailbox.to_owned()),
        owner: Set(owner.to_owned()),
        lease_until: Set(now + lease),
    };
    let inserted = mail_lease::Entity::insert(row)
        .on_conflict(OnConflict::column(mail_lease::Column::Mailbox).do_nothing().to_owned())
        .exec_without_returning(&tx)
        .await?;
    let mut ours = inserted == 1;
    if !ours {
        let taken = mail_lease::Entity::update_many()
            .col_expr(mail_lease::Column::Owner, Expr::value(owner))
            .col_expr(mail_lease::Column::LeaseUntil, Expr::value(now + lease))
            .filter(mail_lease::Column::Mailbox.eq(mailbox))
            .filter(
                mail_lease::Column::Owner
                    .eq(owner)
                    .or(mail_lease::Column::LeaseUntil.lt(now)),
            )
            .exec(&tx)
            .await?;
        ours = taken.rows_affected == 1;
    }
    tx.commit().await?;
    Ok(ours)
}

/// Gives the lease back.
pub(super) async fn leave(db: &Db, mailbox: &str, owner: &str) -> Result<(), Error> {
    let tx = db.begin_write().await?;
    mail_lease::Entity::delete_many()
        .filter(mail_lease::Column::Mailbox.eq(mailbox))
        .filter(mail_lease::Column::Owner.eq(owner))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// A place in a folder, under the validity of its numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) mailbox: &'a str,
    pub(super) folder: &'a str,
    pub(super) validity: u32,
}

/// After which UID to go on. `begin` is where to begin in a folder that was never read; a folder whose numbers are
/// counted anew is read from its first mail, and what is known is known by its content.
pub(super) async fn cursor(db: &Db, clock: &Clock, at: Place<'_>, begin: u32) -> Result<u32, Error> {
    let found = mail_folder::Entity::find_by_id((at.mailbox.to_owned(), at.folder.to_owned()))
        .one(db.reader())
        .await?;
    let last = match found {
        Some(row) if row.uid_validity == i64::from(at.validity) => {
            return Ok(u32::try_from(row.last_uid).unwrap_or(u32::MAX));
        }
        Some(_) => {
            tracing::warn!(
                mailbox = at.mailbox,
                folder = at.folder,
                "imap: the folder counts its mails anew; it is read again"
            );
            0
        }
        None => begin,
    };
    let now = clock.now();
    let row = mail_folder::ActiveModel {
        mailbox: Set(at.mailbox.to_owned()),
        folder: Set(at.folder.to_owned()),
        uid_validity: Set(i64::from(at.validity)),
        last_uid: Set(i64::from(last)),
        updated_at: Set(now),
    };
    let tx = db.begin_write().await?;
    mail_folder::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([mail_folder::Column::Mailbox, mail_folder::Column::Folder])
                .update_columns([
                    mail_folder::Column::UidValidity,
                    mail_folder::Column::LastUid,
                    mail_folder::Column::UpdatedAt,
                ])
                .to_owned(),
        )
        .exec_without_returning(&tx)
        .await?;
    // Under the old numbers nothing can be marked or moved any more.
    mail_origin::Entity::update_many()
        .col_expr(mail_origin::Column::SettledAt, Expr::value(Some(now)))
        .filter(mail_origin::Column::Mailbox.eq(at.mailbox))
        .filter(mail_origin::Column::Folder.eq(at.folder))
        .filter(mail_origin::Column::UidValidity.ne(i64::from(at.validity)))
        .filter(Expr::cust("settled_at IS NULL"))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(last)
}

/// What became of one UID.
#[derive(Clone, Copy)]
pub(super) enum Found<'a> {
    Mail(IncomingId),
    Skipped(&'a str),
    /// It was gone before it was fetched.
    Gone,
}

/// Moves the cursor to `uid` and notes what lay there, in the transaction that keeps the mail. False when another process
/// reads the mailbox by now, or the folder was read beyond: then nothing must be committed.
pub(super) async fn advance(
    tx: &WriteTx,
    now: DateTime<Utc>,
    at: Place<'_>,
    owner: &str,
    uid: u32,
    found: Found<'_>,
    settled: bool,
) -> Result<bool, Error> {
    let held = mail_lease::Entity::update_many()
        .col_expr(mail_lease::Column::Owner, Expr::value(owner))
        .filter(mail_lease::Column::Mailbox.eq(at.mailbox))
        .filter(mail_lease::Column::Owner.eq(owner))
        .exec(tx)
        .await?;
    let moved = mail_folder::Entity::update_many()
        .col_expr(mail_folder::Column::LastUid, Expr::value(i64::from(uid)))
        .col_expr(mail_folder::Column::UpdatedAt, Expr::value(now))
        .filter(mail_folder::Column::Mailbox.eq(at.mailbox))
        .filter(mail_folder::Column::Folder.eq(at.folder))
        .filter(mail_folder::Column::UidValidity.eq(i64::from(at.validity)))
        .filter(mail_folder::Column::LastUid.lt(i64::from(uid)))
        .exec(tx)
        .await?;
    if held.rows_affected != 1 || moved.rows_affected != 1 {
        return Ok(false);
    }
    let (incoming, skipped) = match found {
        Found::Mail(id) => (Some(id), None),
        Found::Skipped(why) => (None, Some(why.to_owned())),
        Found::Gone => return Ok(true),
    };
    let row = mail_origin::ActiveModel {
        mailbox: Set(at.mailbox.to_owned()),
        folder: Set(at.folder.to_owned()),
        uid_validity: Set(i64::from(at.validity)),
        uid: Set(i64::from(uid)),
        incoming_id: Set(incoming),
        settled_at: Set((settled || skipped.is_some()).then_some(now)),
        skipped: Set(skipped),
    };
    mail_origin::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(true)
}

/// So many mails are marked and moved by one command, whose line must stay short.
const AT_ONCE: u64 = 50;

/// Mails that lie in the folder and were read by now, with whether they wait for staff; and how many were not read yet.
/// The first of them only: whoever settled these asks again.
pub(super) async fn unsettled(db: &Db, at: Place<'_>) -> Result<(Vec<(u32, bool)>, usize), Error> {
    let rows: Vec<(i64, IncomingId)> = mail_origin::Entity::find()
        .select_only()
        .column(mail_origin::Column::Uid)
        .column(mail_origin::Column::IncomingId)
        .filter(mail_origin::Column::Mailbox.eq(at.mailbox))
        .filter(mail_origin::Column::Folder.eq(at.folder))
        .filter(mail_origin::Column::UidValidity.eq(i64::from(at.validity)))
        .filter(Expr::cust("settled_at IS NULL"))
        .order_by_asc(mail_origin::Column::Uid)
        .limit(AT_ONCE)
        .into_tuple()
        .all(db.reader())
        .await?;
    let states: Vec<(IncomingId, IncomingState)> = incoming_mail::Entity::find()
        .select_only()
        .column(incoming_mail::Column::Id)
        .column(incoming_mail::Column::State)
        .filter(incoming_mail::Column::Id.is_in(rows.iter().map(|(_, id)| *id)))
        .into_tuple()
        .all(db.reader())
        .await?;
    let mut read = Vec::new();
    let mut waiting = 0;
    for (uid, id) in rows {
        match states.iter().find(|(known, _)| *known == id) {
            Some((_, IncomingState::Received)) => waiting += 1,
            Some((_, state)) => read.push((
                u32::try_from(uid).unwrap_or_default(),
                *state == IncomingState::Quarantined,
            )),
            None => {}
        }
    }
    Ok((read, waiting))
}

/// What was asked for was done on the server.
pub(super) async fn settle(db: &Db, clock: &Clock, at: Place<'_>, uids: &[u32]) -> Result<(), Error> {
    let tx = db.begin_write().await?;
    mail_origin::Entity::update_many()
        .col_expr(mail_origin::Column::SettledAt, Expr::value(Some(clock.now())))
        .filter(mail_origin::Column::Mailbox.eq(at.mailbox))
        .filter(mail_origin::Column::Folder.eq(at.folder))
        .filter(mail_origin::Column::UidValidity.eq(i64::from(at.validity)))
        .filter(mail_origin::Column::Uid.is_in(uids.iter().map(|u| i64::from(*u))))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::seconds(15);

    fn at(validity: u32) -> Place<'static> {
        Place {
            mailbox: "box",
            folder: "INBOX",
            validity,
        }
    }

    async fn advanced(db: &Db, clock: &Clock, owner: &str, validity: u32, uid: u32) -> bool {
        let tx = db.begin_write().await.expect("begins");
        let found = Found::Skipped("for the test");
        let moved = advance(&tx, clock.now(), at(validity), owner, uid, found, true)
            .await
            .expect("advances");
        if moved {
            tx.commit().await.expect("commits");
        } else {
            tx.rollback().await.expect("rolls back");
        }
        moved
    }

    #[tokio::test]
    async fn one_process_reads_a_mailbox_and_who_lost_it_commits_nothing() {
        let (db, _folder) = crate::fixture::database().await;
        let clock = Clock::frozen(DateTime::from_timestamp(1_800_000_000, 0).expect("time"));
        assert!(take(&db, &clock, "box", "a", LEASE).await.expect("asks"));
        assert!(
            !take(&db, &clock, "box", "b", LEASE).await.expect("asks"),
            "it is taken"
        );
        assert!(
            take(&db, &clock, "other", "b", LEASE).await.expect("asks"),
            "another mailbox is not"
        );
        assert_eq!(cursor(&db, &clock, at(7), 0).await.expect("begins"), 0);
        clock.advance(Duration::seconds(10));
        assert!(take(&db, &clock, "box", "a", LEASE).await.expect("renews"));
        clock.advance(Duration::seconds(10));
        assert!(
            !take(&db, &clock, "box", "b", LEASE).await.expect("asks"),
            "it was renewed"
        );
        assert!(advanced(&db, &clock, "a", 7, 1).await);
        // It is silent for too long, and another one goes on.
        clock.advance(Duration::seconds(16));
        assert!(take(&db, &clock, "box", "b", LEASE).await.expect("takes over"));
        assert!(
            !advanced(&db, &clock, "a", 7, 2).await,
            "a mail that it still had in hand"
        );
        assert!(!take(&db, &clock, "box", "a", LEASE).await.expect("asks"));
        assert_eq!(cursor(&db, &clock, at(7), 0).await.expect("reads"), 1);
        assert!(advanced(&db, &clock, "b", 7, 2).await);
        leave(&db, "box", "a").await.expect("was not its own");
        assert!(!take(&db, &clock, "box", "a", LEASE).await.expect("asks"));
        leave(&db, "box", "b").await.expect("gives back");
        assert!(take(&db, &clock, "box", "a", LEASE).await.expect("takes"));
    }

    #[tokio::test]
    async fn the_cursor_goes_forward_only_and_begins_anew_with_other_numbers() {
        let (db, _folder) = crate::fixture::database().await;
        let clock = Clock::frozen(DateTime::from_timestamp(1_800_000_000, 0).expect("time"));
        assert!(take(&db, &clock, "box", "a", LEASE).await.expect("takes"));
        assert_eq!(
            cursor(&db, &clock, at(7), 40).await.expect("begins"),
            40,
            "mails from now on"
        );
        assert!(!advanced(&db, &clock, "a", 7, 40).await, "it was there already");
        assert!(advanced(&db, &clock, "a", 7, u32::MAX).await);
        assert_eq!(cursor(&db, &clock, at(7), 40).await.expect("reads"), u32::MAX);
        assert_eq!(cursor(&db, &clock, at(8), 40).await.expect("anew"), 0, "all of it");
        assert!(
            !advanced(&db, &clock, "a", 7, 50).await,
            "the numbers of before say nothing now"
        );
        assert!(advanced(&db, &clock, "a", 8, 1).await);
        assert_eq!(cursor(&db, &clock, at(8), 40).await.expect("reads"), 1);
    }
}
