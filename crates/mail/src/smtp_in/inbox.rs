//! The platform's own inbox: raw mail and the job that reads it commit together, before anybody is told 250.

use super::{Accept, Envelope, Protocol, TempFail, Verdict};
use async_trait::async_trait;
use data_encoding::HEXLOWER;
use db::{Wake, entity::incoming_mail, prelude::*};
use domain::{
    Clock, IncomingId,
    job::Job,
    state::mail::{IncomingState, Via},
    text::excerpt,
};
use sea_orm::sea_query::OnConflict;
use settings::Mail;
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// The local part of reply addresses before their token, and names that a mail system has by custom (RFC 2142).
const NAMES: [&str; 6] = ["q", "b", "bounce", "bounces", "postmaster", "abuse"];

/// Keeps what is sent to the reply domain.
#[derive(Clone, Debug)]
pub struct Inbox {
    db: Db,
    clock: Clock,
    wake: Wake,
    reply_domain: String,
    /// Local parts that are ours, in lower case; `None`: all.
    names: Option<Vec<String>>,
}

/// By which way a mail came, and its envelope.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    pub via: Via,
    /// Empty for the null return path.
    pub from: &'a str,
    pub to: &'a [String],
    /// Who brought it by SMTP.
    pub client: Option<IpAddr>,
    /// What they called themselves.
    pub helo: &'a str,
}

impl<'a> Arrival<'a> {
    /// A mail that came without a session of SMTP.
    pub const fn by(via: Via, from: &'a str, to: &'a [String]) -> Self {
        Self {
            via,
            from,
            to,
            client: None,
            helo: "",
        }
    }
}

/// A mail that is in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    New(IncomingId),
    /// It came before, by this way or another.
    Known(IncomingId),
}

impl Kept {
    pub const fn id(self) -> IncomingId {
        match self {
            Self::New(id) | Self::Known(id) => id,
        }
    }
}

impl Inbox {
    pub fn new(db: Db, clock: Clock, wake: Wake, settings: &Mail) -> Self {
        let mut names: Vec<String> = NAMES.iter().map(|n| (*n).to_owned()).collect();
        names.extend(settings.inbound.addresses.iter().map(|n| n.to_lowercase()));
        // Bounces go to our sender address: it may stand at the reply domain.
        if let Some((local, domain)) = settings.from_address.rsplit_once('@')
            && domain.eq_ignore_ascii_case(&settings.reply_domain)
        {
            names.push(local.to_lowercase());
        }
        let all = names.iter().any(|n| n == "*");
        Self {
            db,
            clock,
            wake,
            reply_domain: settings.reply_domain.to_ascii_lowercase(),
            names: (!all).then_some(names),
        }
    }

    pub fn reply_domain(&self) -> &str {
        &self.reply_domain
    }

    pub const fn db(&self) -> &Db {
        &self.db
    }

    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Keeps a mail; the same octets to the same recipients again are kept once.
    ///
    /// # Errors
    /// When they could not be committed.
    pub async fn keep(&self, arrival: &Arrival<'_>, raw: Vec<u8>) -> Result<Kept, db::Error> {
        let tx = self.db.begin_write().await?;
        let kept = self.keep_in(&tx, arrival, raw).await?;
        tx.commit().await?;
        self.tell(kept);
        Ok(kept)
    }

    /// The same in a transaction of the caller's, who says [`Inbox::tell`] after its commit.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep_in(&self, tx: &WriteTx, arrival: &Arrival<'_>, raw: Vec<u8>) -> Result<Kept, db::Error> {
        let id = IncomingId::new();
        let mut recipients: Vec<String> = arrival.to.iter().map(|a| a.to_ascii_lowercase()).collect();
        recipients.sort_unstable();
        recipients.dedup();
        let hash = content_hash(&recipients, &raw);
        // Behind LMTP stands our own server, so its address says nothing of the sender's.
        let session = arrival.client.filter(|_| arrival.via == Via::Smtp);
        let row = incoming_mail::ActiveModel {
            id: Set(id),
            via: Set(arrival.via),
            state: Set(IncomingState::Received),
            envelope_from: Set(clean(arrival.from)),
            envelope_to: Set(clean(&recipients.join(" "))),
            content_hash: Set(hash.clone()),
            raw: Set(raw),
            message_id: Set(None),
            from_email: Set(None),
            subject: Set(None),
            class: Set(None),
            reason: Set(None),
            assignment_id: Set(None),
            event_id: Set(None),
            received_at: Set(self.clock.now()),
            read_at: Set(None),
            client_ip: Set(session.map(|client| client.to_canonical().to_string())),
            helo: Set(session.map(|_| clean(&excerpt(arrival.helo, 255)))),
            ..Default::default()
        };
        let inserted = incoming_mail::Entity::insert(row)
            .on_conflict(
                OnConflict::column(incoming_mail::Column::ContentHash)
                    .do_nothing()
                    .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
        if inserted == 0 {
            let known: Option<IncomingId> = incoming_mail::Entity::find()
                .select_only()
                .column(incoming_mail::Column::Id)
                .filter(incoming_mail::Column::ContentHash.eq(hash))
                .into_tuple()
                .one(tx)
                .await?;
            // Only when its row went between the two statements: the sender tries again.
            return known
                .map(Kept::Known)
                .ok_or_else(|| sea_orm::DbErr::RecordNotFound("a mail that was there".into()).into());
        }
        jobs::enqueue(tx, &self.clock, &Job::ReadMail { incoming: id }, self.clock.now()).await?;
        Ok(Kept::New(id))
    }

    /// Wakes who reads it.
    pub fn tell(&self, kept: Kept) {
        match kept {
            Kept::New(id) => {
                self.wake.notify();
                tracing::info!(incoming = %id, "mail came in");
            }
            Kept::Known(id) => tracing::info!(incoming = %id, "mail came in again and was kept once"),
        }
    }

    fn is_ours(&self, local: &str) -> bool {
        let Some(names) = &self.names else { return true };
        let local = local.trim_matches('"').to_lowercase();
        // What stands behind a separator is a token, or a note of the sender's.
        let base = local.split(['+', '-', '=']).next().unwrap_or_default();
        names.iter().any(|n| *n == local || n == base)
    }
}

#[async_trait]
impl Accept for Inbox {
    async fn rcpt(&self, address: &str) -> Verdict {
        match address.rsplit_once('@') {
            Some((local, domain)) if domain.eq_ignore_ascii_case(&self.reply_domain) && !local.is_empty() => {
                if self.is_ours(local) {
                    Verdict::Ok
                } else {
                    Verdict::Refuse("There is no such address here".into())
                }
            }
            _ => Verdict::Refuse("Not one of our addresses".into()),
        }
    }

    async fn accept(&self, envelope: Envelope, raw: Vec<u8>) -> Result<(), TempFail> {
        let via = match envelope.protocol {
            Protocol::Smtp => Via::Smtp,
            Protocol::Lmtp => Via::Lmtp,
        };
        let arrival = Arrival {
            via,
            from: &envelope.from,
            to: &envelope.to,
            client: envelope.client,
            helo: &envelope.helo,
        };
        self.keep(&arrival, raw)
            .await
            .map(drop)
            .map_err(|e| TempFail(e.to_string()))
    }
}

/// What makes two arrivals the same one: the recipients and every octet but the trace lines on top, which each relay
/// adds anew (RFC 5321 §4.4), and the line ends behind the last word, which some ways add.
fn content_hash(recipients: &[String], raw: &[u8]) -> String {
    let mut hash = Sha256::new();
    for recipient in recipients {
        hash.update(recipient.as_bytes());
        hash.update([0]);
    }
    hash.update(without_trace(raw).trim_ascii_end());
    HEXLOWER.encode(&hash.finalize())
}

const TRACE: [&str; 7] = [
    "received:",
    "return-path:",
    "delivered-to:",
    "x-original-to:",
    "envelope-to:",
    "x-envelope-to:",
    "authentication-results:",
];

fn without_trace(raw: &[u8]) -> &[u8] {
    let mut rest = raw;
    loop {
        let is_trace = TRACE.iter().any(|name| {
            rest.get(..name.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes()))
        });
        if !is_trace {
            return rest;
        }
        // To the end of the field: the first line end that no white space follows.
        let mut at = 0;
        loop {
            match rest[at..].iter().position(|b| *b == b'\n') {
                None => return rest,
                Some(n) => at += n + 1,
            }
            if !rest.get(at).is_some_and(|b| matches!(b, b' ' | b'\t')) {
                break;
            }
        }
        rest = &rest[at..];
    }
}

/// PostgreSQL's text holds no NUL, and nobody wants other control characters in a list.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_mail_by_another_way_has_the_same_hash_and_another_recipient_does_not() {
        let mail = b"From: a@b.example\r\nSubject: x\r\n\r\nhello";
        let traced = [
            b"Received: from x\r\n\tby y; z\r\nReturn-Path: <a@b.example>\r\n".as_slice(),
            mail,
        ]
        .concat();
        let to = vec!["q+x@r.example".to_owned()];
        assert_eq!(content_hash(&to, mail), content_hash(&to, &traced));
        assert_ne!(
            content_hash(&to, mail),
            content_hash(&["q+y@r.example".to_owned()], mail)
        );
    }
}
