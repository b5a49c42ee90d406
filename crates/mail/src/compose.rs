//! A row of the outbox → the octets that go to the server. The same row and keys give the same octets, always.

use crate::{
    Error,
    letter::{Letter, Link, one_line},
    outbox::{self, ReplyTo},
    read::REPLY_PREFIX,
    render::{Links, Rendered, Sheet, render},
};
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use db::{
    entity::{invitation, outgoing_mail},
    prelude::*,
};
use domain::{
    EmailAddress, InvitationId,
    token::{Keys, Purpose},
};
use lettre::{
    Address,
    address::Envelope,
    message::{
        Mailbox, Message, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};
use settings::Settings;
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, time::SystemTime};

/// A mail as it goes over the wire.
#[derive(Clone, Debug)]
pub struct Composed {
    pub envelope: Envelope,
    pub bytes: Vec<u8>,
    /// Hexadecimal.
    pub sha256: String,
}

/// The versions of the personal links that these letters hold.
///
/// # Errors
/// When the database refuses.
pub async fn link_versions<'a>(
    conn: &impl ConnectionTrait,
    letters: impl IntoIterator<Item = &'a Letter>,
) -> Result<BTreeMap<InvitationId, u16>, Error> {
    let mut ids: Vec<InvitationId> = letters
        .into_iter()
        .flat_map(Letter::links)
        .filter_map(|link| match link {
            Link::Personal { invitation, .. } => Some(*invitation),
            _ => None,
        })
        .collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(InvitationId, i32)> = invitation::Entity::find()
        .select_only()
        .column(invitation::Column::Id)
        .column(invitation::Column::LinkVersion)
        .filter(invitation::Column::Id.is_in(ids))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, version)| (id, u16::try_from(version).unwrap_or_default()))
        .collect())
}

/// What staff see of a mail: its texts, with dots where a token would stand.
///
/// # Errors
/// When the stored letter does not read.
pub fn preview(row: &outgoing_mail::Model, settings: &Settings) -> Result<Rendered, Error> {
    render(&sheet(row, &outbox::letter(row)?, settings, Links::Hidden))
}

fn sheet<'a>(row: &outgoing_mail::Model, letter: &'a Letter, settings: &'a Settings, links: Links<'a>) -> Sheet<'a> {
    Sheet {
        letter,
        kind: row.kind,
        lang: row.lang,
        from_name: &settings.mail.from_name,
        public_url: &settings.web.public_url,
        replyable: outbox::reply_to(row).is_some(),
        links,
    }
}

/// The octets of a mail, dated `date` (stored with the row at the first attempt).
///
/// # Errors
/// When an address cannot be mailed or the letter does not read.
pub fn compose(
    row: &outgoing_mail::Model,
    date: DateTime<Utc>,
    settings: &Settings,
    keys: &Keys,
    versions: &BTreeMap<InvitationId, u16>,
) -> Result<Composed, Error> {
    let letter = outbox::letter(row)?;
    let rendered = render(&sheet(row, &letter, settings, Links::Real { keys, versions }))?;
    let from = EmailAddress::parse(&settings.mail.from_address)?;
    let mut builder = Message::builder()
        .message_id(Some(format!("<{}>", row.message_id)))
        .date(SystemTime::from(date))
        .from(mailbox(&settings.mail.from_name, &from)?)
        .to(mailbox(&row.to_name, &row.to_email)?)
        .subject(rendered.subject);
    if let Some(after) = &letter.after {
        let id = format!("<{}>", one_line(after));
        builder = builder.in_reply_to(id.clone()).references(id);
    }
    if let Some(reply) = outbox::reply_to(row) {
        let (purpose, id) = match reply {
            ReplyTo::Assignment(id) => (Purpose::Reply, id.uuid()),
            ReplyTo::Asker(id) => (Purpose::AskerReply, id.uuid()),
        };
        let until = row.reply_until.and_then(|until| u16::try_from(until).ok());
        let token = keys.sign(purpose, id, until.unwrap_or_default());
        let local = format!("{REPLY_PREFIX}{token}");
        let address = Address::new(local, &settings.mail.reply_domain).map_err(composing)?;
        builder = builder.reply_to(Mailbox::new(Some(one_line(&settings.mail.from_name)), address));
    }
    for (name, value) in [
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
    ] {
        builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned()));
    }
    // The Message-ID is random, so the boundary cannot stand in the text, and it is the same on a resend.
    let boundary = format!("=_{}", row.message_id.split('@').next().unwrap_or_default());
    let body = MultiPart::alternative()
        .boundary(boundary)
        .singlepart(SinglePart::plain(rendered.text))
        .singlepart(SinglePart::html(rendered.html));
    let message = builder.multipart(body).map_err(composing)?;
    let bytes = message.formatted();
    let sha256 = HEXLOWER.encode(&Sha256::digest(&bytes));
    Ok(Composed {
        envelope: message.envelope().clone(),
        bytes,
        sha256,
    })
}

/// No control character gets this far: lettre panics on a line feed in a display name.
fn mailbox(name: &str, email: &EmailAddress) -> Result<Mailbox, Error> {
    let name = one_line(name);
    let address: Address = email.as_str().parse().map_err(composing)?;
    Ok(Mailbox::new((!name.is_empty()).then_some(name), address))
}

fn composing(error: impl std::fmt::Display) -> Error {
    Error::Compose(error.to_string())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use domain::{
        AssignmentId, Lang, OutgoingId,
        state::mail::{MailKind, OutgoingState},
    };

    pub(crate) fn row(letter: &Letter) -> outgoing_mail::Model {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("time");
        outgoing_mail::Model {
            id: OutgoingId::new(),
            kind: MailKind::Assignment,
            state: OutgoingState::Queued,
            event_id: None,
            invitation_id: None,
            question_id: None,
            assignment_id: None,
            delivery_id: None,
            to_name: "이준호\r\nBcc: evil@x.example".into(),
            to_email: EmailAddress::parse("jay@host.example").expect("address"),
            lang: Lang::Ko,
            letter: serde_json::to_value(letter).expect("json"),
            reply_assignment_id: Some(AssignmentId::new()),
            reply_until: Some(2_600),
            message_id: "0a1b2c3d@reply.localhost.example".into(),
            dedup: "x".into(),
            mail_date: Some(now),
            bytes_sha256: None,
            attempts: 1,
            next_attempt_at: now,
            lease_until: None,
            lease_owner: None,
            server_reply: None,
            version: 1,
            created_at: now,
            sent_at: None,
        }
    }

    #[test]
    fn the_same_row_gives_the_same_octets_and_a_line_feed_in_a_name_makes_no_header() {
        let settings = Settings::embedded().expect("settings");
        let keys = Keys::new(&["0123456789abcdef0123456789abcdef"]).expect("key");
        let row = row(&Letter::new("질문이 있습니다\nX-Evil: 1").text("안녕하세요\n.\n점 하나"));
        let date = row.mail_date.expect("date");
        let first = compose(&row, date, &settings, &keys, &BTreeMap::new()).expect("composes");
        let second = compose(&row, date, &settings, &keys, &BTreeMap::new()).expect("composes");
        assert_eq!(first.bytes, second.bytes);
        let text = String::from_utf8(first.bytes).expect("ascii");
        let head = text.split("\r\n\r\n").next().expect("head");
        for wanted in [
            "Message-ID: <0a1b2c3d@",
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All",
            "Reply-To:",
        ] {
            assert!(head.contains(wanted), "{head}");
        }
        assert!(!head.contains("\r\nBcc:") && !head.contains("\r\nX-Evil:"), "{head}");
        let unfolded = head.replace("\r\n ", "");
        assert!(
            unfolded.contains("<q+") && unfolded.contains("@reply.localhost.example>"),
            "{unfolded}"
        );
    }
}
