//! Mail that a received mail causes: a confirmation, a question back. The only door for it, so that no loop can begin:
//! what a person did not write causes nothing, and nobody gets more than a few an hour.

use crate::{Error, NewMail, outbox};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use db::{
    entity::{incoming_mail, mail_cap},
    prelude::*,
};
use domain::{Clock, EmailAddress, OutgoingId};
use sea_orm::{ExprTrait, sea_query::OnConflict};
use settings::Settings;

/// Mails that one address may get in an hour because mails came in.
pub const HOURLY: i32 = 6;

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caused {
    Put(OutgoingId),
    /// It was put before.
    Already,
    /// What came in was no person's mail: it is answered by nothing.
    NoPerson,
    /// The address has had its share of this hour.
    Enough,
}

/// Puts a mail that `cause` gives rise to, in the transaction that reads it.
///
/// # Errors
/// When the database refuses.
pub async fn put(
    tx: &WriteTx,
    clock: &Clock,
    settings: &Settings,
    cause: &incoming_mail::Model,
    mail: NewMail,
) -> Result<Caused, Error> {
    // A null return path is RFC 5321's word for "do not answer this".
    if cause.class.as_deref() != Some("answer") || cause.envelope_from.trim_matches(['<', '>', ' ']).is_empty() {
        return Ok(Caused::NoPerson);
    }
    if !count(tx, clock, &mail.to_email).await? {
        tracing::warn!(incoming = %cause.id, "received mail causes no more mail to this address within this hour");
        return Ok(Caused::Enough);
    }
    Ok(outbox::put(tx, clock, settings, mail)
        .await?
        .map_or(Caused::Already, Caused::Put))
}

/// Counts one more; false when the hour's share is used up.
async fn count(tx: &WriteTx, clock: &Clock, email: &EmailAddress) -> Result<bool, Error> {
    use mail_cap::Column;
    let row = mail_cap::ActiveModel {
        email: Set(email.as_str().to_owned()),
        hour: Set(hour(clock.now())),
        n: Set(1),
    };
    let more = OnConflict::columns([Column::Email, Column::Hour])
        .value(Column::N, Expr::col((mail_cap::Entity, Column::N)).add(1))
        .action_and_where(Expr::col((mail_cap::Entity, Column::N)).lt(HOURLY))
        .to_owned();
    let counted = mail_cap::Entity::insert(row)
        .on_conflict(more)
        .exec_without_returning(tx)
        .await?;
    Ok(counted > 0)
}

fn hour(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::hours(1)).unwrap_or(at)
}

/// Forgets the counts of hours that are over.
///
/// # Errors
/// When the database refuses.
pub async fn forget(tx: &WriteTx, clock: &Clock) -> Result<(), Error> {
    mail_cap::Entity::delete_many()
        .filter(mail_cap::Column::Hour.lt(hour(clock.now())))
        .exec(tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Initial, Letter, Refs};
    use domain::{
        IncomingId, Lang,
        state::mail::{IncomingState, MailKind, Via},
    };

    fn came(class: &str, envelope_from: &str) -> incoming_mail::Model {
        incoming_mail::Model {
            id: IncomingId::new(),
            via: Via::Smtp,
            state: IncomingState::Processed,
            envelope_from: envelope_from.into(),
            envelope_to: String::new(),
            raw: Vec::new(),
            content_hash: String::new(),
            message_id: None,
            from_email: None,
            subject: None,
            class: Some(class.into()),
            reason: None,
            assignment_id: None,
            event_id: None,
            received_at: DateTime::UNIX_EPOCH,
            read_at: None,
            client_ip: None,
            helo: None,
            authentication: None,
            detail: None,
            back_on: None,
            crew_member_id: None,
            outgoing_id: None,
        }
    }

    #[tokio::test]
    async fn a_person_is_answered_a_few_times_an_hour_and_a_machine_never() {
        let (db, _folder) = crate::fixture::database().await;
        let now: DateTime<Utc> = "2026-11-26T00:10:00Z".parse().expect("a time");
        let settings = Settings::embedded().expect("settings");
        let tx = db.begin_write().await.expect("begins");
        let mail = |n: usize| NewMail {
            kind: MailKind::StaffNotice,
            to_name: "Jay".into(),
            to_email: EmailAddress::parse("jay@host.example").expect("an address"),
            lang: Lang::Ko,
            letter: Letter::new("확인").text("받았습니다."),
            state: Initial::Queued,
            dedup: format!("caused:{n}"),
            reply: None,
            refs: Refs::default(),
        };
        let clock = Clock::frozen(now);
        for (class, from) in [("auto_reply", "jay@host.example"), ("answer", ""), ("bounce", "<>")] {
            let done = put(&tx, &clock, &settings, &came(class, from), mail(100)).await;
            assert_eq!(done.expect("puts"), Caused::NoPerson, "{class} {from}");
        }
        let person = came("answer", "jay@host.example");
        let mut got = 0;
        for n in 0..20 {
            got += usize::from(matches!(
                put(&tx, &clock, &settings, &person, mail(n)).await.expect("puts"),
                Caused::Put(_)
            ));
        }
        assert_eq!(i32::try_from(got), Ok(HOURLY));
        let next = Clock::frozen(now + TimeDelta::hours(1));
        forget(&tx, &next).await.expect("forgets");
        assert!(matches!(
            put(&tx, &next, &settings, &person, mail(50)).await.expect("puts"),
            Caused::Put(_)
        ));
        assert_eq!(
            put(&tx, &next, &settings, &person, mail(50)).await.expect("puts"),
            Caused::Already
        );
        tx.commit().await.expect("commits");
    }
}
