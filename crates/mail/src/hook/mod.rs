//! Mail that a webhook brings: checked for who sent it and when, then kept as any other.
//!
//! | kind | what is checked | what that covers |
//! |---|---|---|
//! | `raw` | `X-Mundap-Signature: v1=` HMAC-SHA256 of time stamp, `.` and body; `X-Mundap-Timestamp` | all of it |
//! | `mailgun` | HMAC-SHA256 of the fields `timestamp` and `token` | who and when, not the mail |
//! | `sendgrid` | ECDSA P-256 of time stamp and body, with the key that the provider shows | all of it |
//! | `postmark` | user and password of the address that is called | who |
//!
//! Notices of Amazon SNS are not taken: to check one, a certificate must be fetched from an address that stands in it.

mod form;
mod sign;

use crate::{
    header::envelope_of,
    smtp_in::{Arrival, Inbox, Kept},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use db::{entity::hook_delivery, prelude::*};
use domain::{IncomingId, state::mail::Via};
use form::Fields;
use sea_orm::sea_query::OnConflict;
use secrecy::ExposeSecret;
use settings::{Hook, HookKind};
use sha2::{Digest, Sha256};

/// What was posted.
#[derive(Clone, Copy, Debug)]
pub struct Posted<'a> {
    /// A header's value by its name in lower case.
    pub headers: &'a [(&'a str, &'a str)],
    pub body: &'a [u8],
}

impl Posted<'_> {
    fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(n, _)| *n == name)
            .map_or("", |(_, v)| v.trim())
    }
}

/// A mail whose bringer is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// The same again has the same.
    pub delivery: String,
    /// As the provider says; empty: by the header.
    pub from: String,
    pub to: Vec<String>,
    pub raw: Vec<u8>,
}

/// Why it was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the signature is not right")]
    Signature,
    #[error("the time stamp is too far from now")]
    Stale,
    #[error("there is no raw mail in it: {0}")]
    NoMail(&'static str),
    #[error("the mail is too big")]
    TooBig,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Kept(IncomingId),
    /// This delivery was taken before: nothing was done.
    Repeated,
}

/// Checks who sent it and when, and takes the mail out of it.
///
/// # Errors
/// When it is not to be taken; no part of the body was looked at before its signature was.
pub async fn open(hook: &Hook, posted: Posted<'_>, now: DateTime<Utc>, max_size: usize) -> Result<Brought, Refusal> {
    let secret = hook.secret.expose_secret();
    let fresh = |stamp: &str| {
        let stamp: i64 = stamp.parse().map_err(|_| Refusal::Stale)?;
        if now.timestamp().abs_diff(stamp) <= hook.tolerance {
            Ok(())
        } else {
            Err(Refusal::Stale)
        }
    };
    let brought = match hook.kind {
        HookKind::Raw => {
            let stamp = posted.header("x-mundap-timestamp");
            let signature = posted.header("x-mundap-signature");
            let signature = signature.strip_prefix("v1=").ok_or(Refusal::Signature)?;
            sign::hmac(secret, &[stamp.as_bytes(), b".", posted.body], signature)?;
            fresh(stamp)?;
            Brought {
                delivery: signature.to_ascii_lowercase(),
                from: String::new(),
                to: Vec::new(),
                raw: posted.body.to_vec(),
            }
        }
        HookKind::Mailgun => {
            let mut fields = Fields::read(posted).await?;
            let (stamp, token) = (fields.text("timestamp"), fields.text("token"));
            sign::hmac(secret, &[stamp.as_bytes(), token.as_bytes()], &fields.text("signature"))?;
            fresh(&stamp)?;
            Brought {
                delivery: token,
                from: fields.text("sender"),
                to: fields
                    .text("recipient")
                    .split(',')
                    .map(|a| a.trim().to_owned())
                    .collect(),
                raw: fields
                    .take("body-mime")
                    .ok_or(Refusal::NoMail("body-mime; let the route's address end in mime"))?,
            }
        }
        HookKind::Sendgrid => {
            let stamp = posted.header("x-twilio-email-event-webhook-timestamp");
            let signature = posted.header("x-twilio-email-event-webhook-signature");
            sign::ecdsa(secret, &[stamp.as_bytes(), posted.body].concat(), signature)?;
            fresh(stamp)?;
            let mut fields = Fields::read(posted).await?;
            let envelope: SendgridEnvelope = serde_json::from_str(&fields.text("envelope")).unwrap_or_default();
            Brought {
                delivery: digest(&[stamp.as_bytes(), posted.body]),
                from: envelope.from,
                to: envelope.to,
                raw: fields
                    .take("email")
                    .ok_or(Refusal::NoMail("email; turn on the raw, full MIME message"))?,
            }
        }
        HookKind::Postmark => {
            let given = posted
                .header("authorization")
                .strip_prefix("Basic ")
                .unwrap_or_default();
            let given = STANDARD.decode(given.trim()).map_err(|_| Refusal::Signature)?;
            sign::same(secret.as_bytes(), &given)?;
            let mail: PostmarkMail = serde_json::from_slice(posted.body)
                .map_err(|_| Refusal::NoMail("RawEmail; include the raw content"))?;
            Brought {
                delivery: digest(&[posted.body]),
                from: mail.from,
                to: vec![mail.original_recipient],
                raw: mail.raw_email.into_bytes(),
            }
        }
    };
    if brought.raw.len() > max_size {
        return Err(Refusal::TooBig);
    }
    if brought.raw.is_empty() {
        return Err(Refusal::NoMail("it is empty"));
    }
    Ok(brought)
}

#[derive(Default, serde::Deserialize)]
struct SendgridEnvelope {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: Vec<String>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PostmarkMail {
    raw_email: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    original_recipient: String,
}

fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    HEXLOWER.encode(&hash.finalize())
}

/// Keeps the mail, the job that reads it, and that this delivery was taken: one transaction.
///
/// # Errors
/// When it could not be committed; then the provider shall try again.
pub async fn keep(inbox: &Inbox, hook: &Hook, brought: Brought) -> Result<Taken, db::Error> {
    let (from, to) = envelope_of(&brought.raw, inbox.reply_domain());
    let suffix = format!("@{}", inbox.reply_domain());
    let told: Vec<String> = brought
        .to
        .iter()
        .map(|a| a.trim_matches(['<', '>']).to_ascii_lowercase())
        .filter(|a| a.ends_with(&suffix))
        .collect();
    let to = if told.is_empty() { to } else { told };
    let from = if brought.from.contains('@') && !brought.from.contains(char::is_whitespace) {
        brought.from
    } else {
        from
    };
    let tx = inbox.db().begin_write().await?;
    let kept = inbox
        .keep_in(&tx, &Arrival::by(Via::Hook, &from, &to), brought.raw)
        .await?;
    let row = hook_delivery::ActiveModel {
        hook: Set(hook.name.clone()),
        delivery: Set(brought.delivery),
        incoming_id: Set(kept.id()),
        received_at: Set(inbox.clock().now()),
    };
    let inserted = hook_delivery::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([hook_delivery::Column::Hook, hook_delivery::Column::Delivery])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(&tx)
        .await?;
    if inserted == 0 {
        tx.rollback().await?;
        return Ok(Taken::Repeated);
    }
    tx.commit().await?;
    inbox.tell(kept);
    Ok(match kept {
        Kept::New(id) | Kept::Known(id) => Taken::Kept(id),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;
    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn hook(kind: &str, secret: &str) -> Hook {
        serde_json::from_value(serde_json::json!({ "name": "h", "kind": kind, "secret": secret })).expect("a hook")
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(NOW, 0).expect("time")
    }

    async fn posted(hook: &Hook, headers: &[(&str, &str)], body: &[u8]) -> Result<Brought, Refusal> {
        open(hook, Posted { headers, body }, now(), 1_000).await
    }

    #[tokio::test]
    async fn a_raw_mail_counts_with_a_signature_over_all_of_it_and_a_fresh_stamp() {
        let hook = hook("raw", SECRET);
        let body = b"Subject: x\r\n\r\n\xff\0hello";
        for (stamp, right) in [
            (NOW, true),
            (NOW - 300, true),
            (NOW + 300, true),
            (NOW - 301, false),
            (NOW + 301, false),
        ] {
            let stamp = stamp.to_string();
            let signature = format!("v1={}", sign::tests::hmac_hex(SECRET, &[stamp.as_bytes(), b".", body]));
            let headers = [
                ("x-mundap-timestamp", stamp.as_str()),
                ("x-mundap-signature", signature.as_str()),
            ];
            let got = posted(&hook, &headers, body).await;
            assert_eq!(
                got.map(|b| b.raw),
                if right { Ok(body.to_vec()) } else { Err(Refusal::Stale) },
                "{stamp}"
            );
            assert_eq!(
                posted(&hook, &headers, b"Subject: y").await,
                Err(Refusal::Signature),
                "another body"
            );
            let moved = [("x-mundap-timestamp", "1800000001"), headers[1]];
            assert_eq!(
                posted(&hook, &moved, body).await,
                Err(Refusal::Signature),
                "another stamp"
            );
        }
        for headers in [&[][..], &[("x-mundap-timestamp", "x"), ("x-mundap-signature", "v1=zz")]] {
            assert_eq!(posted(&hook, headers, body).await, Err(Refusal::Signature));
        }
        let stamp = NOW.to_string();
        let big = vec![b'x'; 1_001];
        let signature = format!("v1={}", sign::tests::hmac_hex(SECRET, &[stamp.as_bytes(), b".", &big]));
        let headers = [
            ("x-mundap-timestamp", stamp.as_str()),
            ("x-mundap-signature", signature.as_str()),
        ];
        assert_eq!(posted(&hook, &headers, &big).await, Err(Refusal::TooBig));
    }

    #[tokio::test]
    async fn mailguns_fields_are_read_from_both_kinds_of_form() {
        let hook = hook("mailgun", SECRET);
        let stamp = NOW.to_string();
        let signature = sign::tests::hmac_hex(SECRET, &[stamp.as_bytes(), b"tok"]);
        let expected = Brought {
            delivery: "tok".into(),
            from: "a@b.example".into(),
            to: vec!["q+t@r.example".into()],
            raw: b"Subject: x y\r\n\r\n+\xea\xb0\x80".to_vec(),
        };
        let plain = format!(
            "timestamp={stamp}&token=tok&signature={signature}&sender=a%40b.example&recipient=q%2Bt%40r.example&body-mime=Subject%3A+x+y%0D%0A%0D%0A%2B%EA%B0%80"
        );
        let urlencoded = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
        assert_eq!(posted(&hook, &urlencoded, plain.as_bytes()).await, Ok(expected.clone()));
        let mut parts = Vec::new();
        for (name, value) in [
            ("timestamp", stamp.as_bytes()),
            ("token", b"tok"),
            ("signature", signature.as_bytes()),
            ("sender", b"a@b.example"),
            ("recipient", b"q+t@r.example"),
            ("body-mime", &expected.raw),
        ] {
            parts.extend_from_slice(
                format!("--xx\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").as_bytes(),
            );
            parts.extend_from_slice(value);
            parts.extend_from_slice(b"\r\n");
        }
        parts.extend_from_slice(b"--xx--\r\n");
        let multipart = [("content-type", "multipart/form-data; boundary=xx")];
        assert_eq!(posted(&hook, &multipart, &parts).await, Ok(expected));
        let forged = plain.replace(&signature, &"0".repeat(64));
        assert_eq!(
            posted(&hook, &urlencoded, forged.as_bytes()).await,
            Err(Refusal::Signature)
        );
        for broken in [&b"\xff%zz=&&&=%"[..], b"", b"timestamp"] {
            assert_eq!(posted(&hook, &urlencoded, broken).await, Err(Refusal::Signature));
        }
        assert!(posted(&hook, &multipart, b"--xx\r\nnonsense").await.is_err());
        assert!(
            posted(&hook, &[("content-type", "text/plain")], plain.as_bytes())
                .await
                .is_err()
        );
    }

    #[tokio::test]
    async fn sendgrids_signature_is_checked_with_the_key_that_it_shows() {
        let (key, sign) = sign::tests::ecdsa_pair();
        let hook = hook("sendgrid", &key);
        let body = b"--xx\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\nSubject: x\r\n\r\nhi\r\n--xx\r\nContent-Disposition: form-data; name=\"envelope\"\r\n\r\n{\"to\":[\"q+t@r.example\"],\"from\":\"a@b.example\"}\r\n--xx--\r\n";
        let stamp = NOW.to_string();
        let signature = sign(&[stamp.as_bytes(), body].concat());
        let headers = [
            ("content-type", "multipart/form-data; boundary=xx"),
            ("x-twilio-email-event-webhook-timestamp", stamp.as_str()),
            ("x-twilio-email-event-webhook-signature", signature.as_str()),
        ];
        let got = posted(&hook, &headers, body).await.expect("right");
        assert_eq!(
            (got.from.as_str(), got.to.as_slice()),
            ("a@b.example", &["q+t@r.example".to_owned()][..])
        );
        assert_eq!(got.raw, b"Subject: x\r\n\r\nhi");
        let changed = String::from_utf8_lossy(body).replace("hi", "ha");
        assert_eq!(
            posted(&hook, &headers, changed.as_bytes()).await,
            Err(Refusal::Signature)
        );
    }

    #[tokio::test]
    async fn postmarks_call_must_bear_the_password() {
        let hook = hook("postmark", "mundap:0123456789abcdef");
        let body = br#"{"From":"a@b.example","OriginalRecipient":"q+t@r.example","RawEmail":"Subject: x\r\n\r\nhi"}"#;
        let right = format!("Basic {}", STANDARD.encode("mundap:0123456789abcdef"));
        let got = posted(&hook, &[("authorization", right.as_str())], body)
            .await
            .expect("right");
        assert_eq!(got.raw, b"Subject: x\r\n\r\nhi");
        let wrong = format!("Basic {}", STANDARD.encode("mundap:0123456789abcdeg"));
        for given in [wrong.as_str(), "Basic !", "Bearer x", ""] {
            assert_eq!(
                posted(&hook, &[("authorization", given)], body).await,
                Err(Refusal::Signature),
                "{given}"
            );
        }
        assert!(
            posted(&hook, &[("authorization", right.as_str())], b"{}")
                .await
                .is_err()
        );
    }
}
