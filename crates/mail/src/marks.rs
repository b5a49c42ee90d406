//! Addresses that no longer take our mail: marked with the server's words, open until somebody has seen to it, and kept
//! after that, so that a sender can look here before it tries again.

use crate::Error;
use db::{entity::marked_address, prelude::*};
use domain::{Clock, EmailAddress, IncomingId, OutgoingId, StaffId, state::mail::MarkCause, text::excerpt};
use sea_orm::{ExprTrait, sea_query::OnConflict};

/// What was learned of an address.
#[derive(Clone, Copy, Debug)]
pub struct Mark<'a> {
    pub email: &'a EmailAddress,
    pub cause: MarkCause,
    /// RFC 3463.
    pub status: Option<&'a str>,
    /// The server's own.
    pub words: &'a str,
    pub outgoing: Option<OutgoingId>,
    pub incoming: Option<IncomingId>,
}

/// Marks the address, or adds to its mark, which is open again.
///
/// # Errors
/// When the database refuses.
pub async fn mark(tx: &impl ConnectionTrait, clock: &Clock, mark: Mark<'_>) -> Result<(), Error> {
    use marked_address::Column;
    let now = clock.now();
    let row = marked_address::ActiveModel {
        email: Set(mark.email.as_str().to_owned()),
        cause: Set(mark.cause),
        status: Set(mark.status.map(|s| excerpt(s, 20))),
        words: Set(excerpt(mark.words, 500)),
        outgoing_id: Set(mark.outgoing),
        incoming_id: Set(mark.incoming),
        times: Set(1),
        first_at: Set(now),
        marked_at: Set(now),
        settled_at: Set(None),
        settled_by: Set(None),
    };
    let again = OnConflict::column(Column::Email)
        .update_columns([
            Column::Cause,
            Column::Status,
            Column::Words,
            Column::OutgoingId,
            Column::IncomingId,
            Column::MarkedAt,
            Column::SettledAt,
            Column::SettledBy,
        ])
        .value(Column::Times, Expr::col((marked_address::Entity, Column::Times)).add(1))
        .to_owned();
    marked_address::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// The mark of an address, whether somebody has seen to it or not: it takes no mail.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &impl ConnectionTrait, email: &EmailAddress) -> Result<Option<marked_address::Model>, Error> {
    Ok(marked_address::Entity::find_by_id(email.as_str()).one(conn).await?)
}

/// The marks of those of these addresses that have one.
///
/// # Errors
/// When the database refuses.
pub async fn among<'a>(
    conn: &impl ConnectionTrait,
    emails: impl IntoIterator<Item = &'a EmailAddress>,
) -> Result<Vec<marked_address::Model>, Error> {
    let emails: Vec<&str> = emails.into_iter().map(EmailAddress::as_str).collect();
    if emails.is_empty() {
        return Ok(Vec::new());
    }
    Ok(marked_address::Entity::find()
        .filter(marked_address::Column::Email.is_in(emails))
        .all(conn)
        .await?)
}

/// Somebody has seen to it; the address stays marked. Gives false when nothing was open.
///
/// # Errors
/// When the database refuses.
pub async fn settle(tx: &WriteTx, clock: &Clock, staff: StaffId, email: &EmailAddress) -> Result<bool, Error> {
    let done = marked_address::Entity::update_many()
        .col_expr(marked_address::Column::SettledAt, Expr::value(Some(clock.now())))
        .col_expr(marked_address::Column::SettledBy, Expr::value(Some(staff)))
        .filter(marked_address::Column::Email.eq(email.as_str()))
        .filter(marked_address::Column::SettledAt.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// The address takes mail again: somebody knows better. Gives false when it was not marked.
///
/// # Errors
/// When the database refuses.
pub async fn lift(tx: &WriteTx, email: &EmailAddress) -> Result<bool, Error> {
    let done = marked_address::Entity::delete_by_id(email.as_str()).exec(tx).await?;
    Ok(done.rows_affected == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_mark_is_open_until_it_is_seen_to_and_opens_again() {
        let (db, _folder) = crate::fixture::database().await;
        let clock = Clock::frozen("2026-11-26T00:00:00Z".parse().expect("a time"));
        let staff = StaffId::new();
        let email = EmailAddress::parse("Gone@Partner.example").expect("an address");
        let tx = db.begin_write().await.expect("begins");
        db::entity::staff::Entity::insert(db::entity::staff::ActiveModel {
            id: Set(staff),
            email: Set(EmailAddress::parse("mod@host.example").expect("an address")),
            name: Set("한별".into()),
            password_hash: Set(String::new()),
            roles: Set("moderator".into()),
            disabled_at: Set(None),
            created_at: Set(clock.now()),
        })
        .exec_without_returning(&tx)
        .await
        .expect("inserts");
        let bounce = |words| Mark {
            email: &email,
            cause: MarkCause::Bounce,
            status: Some("5.1.1"),
            words,
            outgoing: None,
            incoming: None,
        };
        mark(&tx, &clock, bounce("no such user")).await.expect("marks");
        assert!(settle(&tx, &clock, staff, &email).await.expect("settles"));
        assert!(!settle(&tx, &clock, staff, &email).await.expect("asks"), "once");
        assert!(find(&tx, &email).await.expect("asks").is_some(), "it stays marked");
        mark(&tx, &clock, bounce("still no such user")).await.expect("marks");
        let row = find(&tx, &email).await.expect("asks").expect("is there");
        assert_eq!(
            (row.times, row.settled_at, row.words.as_str()),
            (2, None, "still no such user")
        );
        assert!(lift(&tx, &email).await.expect("lifts"));
        assert_eq!(find(&tx, &email).await.expect("asks"), None);
        tx.commit().await.expect("commits");
    }
}
