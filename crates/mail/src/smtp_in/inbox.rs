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
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// Keeps what is sent to the reply domain.
#[derive(Clone, Debug)]
pub struct Inbox {
    db: Db,
    clock: Clock,
    wake: Wake,
    reply_domain: String,
}

impl Inbox {
    pub fn new(db: Db, clock: Clock, wake: Wake, reply_domain: &str) -> Self {
        Self {
            db,
            clock,
            wake,
            reply_domain: reply_domain.to_ascii_lowercase(),
        }
    }

    /// [`Inbox::keep_from`] where nothing is known of a session.
    ///
    /// # Errors
    /// When they could not be committed.
    pub async fn keep(
        &self,
        via: Via,
        from: &str,
        to: &[String],
        raw: Vec<u8>,
    ) -> Result<Option<IncomingId>, db::Error> {
        self.keep_from(via, from, to, raw, None).await
    }

    /// Keeps a mail; the same octets to the same recipients again are kept once.
    ///
    /// # Errors
    /// When they could not be committed.
    pub async fn keep_from(
        &self,
        via: Via,
        from: &str,
        to: &[String],
        raw: Vec<u8>,
        session: Option<(IpAddr, &str)>,
    ) -> Result<Option<IncomingId>, db::Error> {
        let id = IncomingId::new();
        let mut recipients: Vec<String> = to.iter().map(|a| a.to_ascii_lowercase()).collect();
        recipients.sort_unstable();
        recipients.dedup();
        let row = incoming_mail::ActiveModel {
            id: Set(id),
            via: Set(via),
            state: Set(IncomingState::Received),
            envelope_from: Set(clean(from)),
            envelope_to: Set(clean(&recipients.join(" "))),
            content_hash: Set(content_hash(&recipients, &raw)),
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
            client_ip: Set(session.map(|(client, _)| client.to_string())),
            helo: Set(session.map(|(_, helo)| clean(&excerpt(helo, 255)))),
            ..Default::default()
        };
        let tx = self.db.begin_write().await?;
        let inserted = incoming_mail::Entity::insert(row)
            .on_conflict(
                OnConflict::column(incoming_mail::Column::ContentHash)
                    .do_nothing()
                    .to_owned(),
            )
            .exec_without_returning(&tx)
            .await?;
        if inserted == 0 {
            tx.rollback().await?;
            return Ok(None);
        }
        jobs::enqueue(&tx, &self.clock, &Job::ReadMail { incoming: id }, self.clock.now()).await?;
        tx.commit().await?;
        self.wake.notify();
        Ok(Some(id))
    }
}

#[async_trait]
impl Accept for Inbox {
    async fn rcpt(&self, address: &str) -> Verdict {
        match address.rsplit_once('@') {
            Some((local, domain)) if !local.is_empty() && domain.eq_ignore_ascii_case(&self.reply_domain) => {
                Verdict::Ok
            }
            _ => Verdict::Refuse("Not one of our addresses".into()),
        }
    }

    async fn accept(&self, envelope: Envelope, raw: Vec<u8>) -> Result<(), TempFail> {
        let via = match envelope.protocol {
            Protocol::Smtp => Via::Smtp,
            Protocol::Lmtp => Via::Lmtp,
        };
        // Behind LMTP stands our own server, so its address says nothing of the sender's.
        let session = envelope.client.filter(|_| via == Via::Smtp);
        let session = session.map(|client| (client.to_canonical(), envelope.helo.as_str()));
        let kept = self
            .keep_from(via, &envelope.from, &envelope.to, raw, session)
            .await
            .map_err(|e| TempFail(e.to_string()))?;
        if let Some(id) = kept {
            tracing::info!(incoming = %id, "mail came in");
        } else {
            tracing::info!("mail came in again and was kept once");
        }
        Ok(())
    }
}

/// What makes two arrivals the same one: the recipients and every octet but the trace lines on top, which each relay
/// adds anew (RFC 5321 §4.4).
fn content_hash(recipients: &[String], raw: &[u8]) -> String {
    let mut hash = Sha256::new();
    for recipient in recipients {
        hash.update(recipient.as_bytes());
        hash.update([0]);
    }
    hash.update(without_trace(raw));
    HEXLOWER.encode(&hash.finalize())
}

fn without_trace(raw: &[u8]) -> &[u8] {
    let mut rest = raw;
    loop {
        let is_trace = ["received:", "return-path:", "delivered-to:", "x-original-to:"]
            .iter()
            .any(|name| {
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
