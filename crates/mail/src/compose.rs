//! A row of the outbox → the octets that go to the server. The same row and keys give the same octets, always.

use crate::{
    Error, Signer,
    letter::{Letter, Link, one_line},
    outbox::{self, ReplyTo},
    read::{reply_prefix, return_prefix},
    render::{Links, Rendered, Sheet, render, unsubscribe_url},
    unsubscribed::is_optional,
};
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use db::{
    entity::{invitation, outgoing_mail},
    prelude::*,
};
use domain::{
    EmailAddress, InvitationId,
    token::{Keys, Purpose, day_stamp_after},
};
use lettre::{
    Address,
    address::Envelope,
    message::{
        Attachment, Mailbox, Message, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use settings::{ReturnPath, Settings};
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
            Link::Personal { invitation, .. } | Link::Calendar { invitation } => Some(*invitation),
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
        unsubscribe: unsubscribable(row),
        links,
    }
}

/// The invitation of whom can say no to this kind of mail.
fn unsubscribable(row: &outgoing_mail::Model) -> Option<InvitationId> {
    row.invitation_id.filter(|_| is_optional(row.kind))
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
    let links = Links::Real { keys, versions };
    let rendered = render(&sheet(row, &letter, settings, links.clone()))?;
    let from = EmailAddress::parse(&settings.mail.from_address)?;
    let mut builder = Message::builder()
        .message_id(Some(format!("<{}>", row.message_id)))
        .date(SystemTime::from(date))
        .from(mailbox(&settings.mail.from_name, &from)?)
        .to(mailbox(&row.to_name, &row.to_email)?)
        .envelope(
            Envelope::new(
                Some(return_path(row, date, settings, keys, &from)?),
                vec![address(&row.to_email)?],
            )
            .map_err(composing)?,
        )
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
        let local = format!("{}{token}", reply_prefix(settings.mail.reply_form));
        let address = Address::new(local, &settings.mail.reply_domain).map_err(composing)?;
        builder = builder.reply_to(Mailbox::new(Some(one_line(&settings.mail.from_name)), address));
    }
    for (name, value) in [
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
    ] {
        builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned()));
    }
    if let Some(invitation) = unsubscribable(row) {
        let url = unsubscribe_url(row.kind, invitation, &settings.web.public_url, &links);
        for (name, value) in [
            ("List-Unsubscribe", format!("<{url}>")),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
        ] {
            builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
        }
    }
    // The Message-ID is random, so the boundary cannot stand in the text, and it is the same on a resend.
    let boundary = format!("=_{}", row.message_id.split('@').next().unwrap_or_default());
    let body = MultiPart::alternative()
        .boundary(boundary.clone())
        .singlepart(SinglePart::plain(rendered.text));
    let html = SinglePart::html(rendered.html);
    let body = match letter.shown_code() {
        None => body.singlepart(html),
        // The picture goes with the mail: nobody is asked for it when the mail is opened.
        Some(code) => {
            let picture = print::Code::new(code)
                .and_then(|code| code.png(DOTS))
                .map_err(composing)?;
            let kind = ContentType::parse("image/png").map_err(composing)?;
            let related = MultiPart::related().boundary(format!("{boundary}_r")).singlepart(html);
            body.multipart(related.singlepart(Attachment::new_inline(CODE.to_owned()).body(picture, kind)))
        }
    };
    let message = builder.multipart(body).map_err(composing)?;
    Ok(Composed::new(message.envelope().clone(), message.formatted()))
}

impl Composed {
    fn new(envelope: Envelope, bytes: Vec<u8>) -> Self {
        let sha256 = HEXLOWER.encode(&Sha256::digest(&bytes));
        Self {
            envelope,
            bytes,
            sha256,
        }
    }

    /// With our signature, dated as the mail is.
    ///
    /// # Errors
    /// When the key does not sign.
    pub fn signed(self, signer: &Signer, date: DateTime<Utc>) -> Result<Self, Error> {
        let bytes = signer.sign(&self.bytes, date)?;
        Ok(Self::new(self.envelope, bytes))
    }
}

/// What the picture of a code is called within its mail (RFC 2392).
const CODE: &str = "entry-code";
/// Dots of the picture for each of the code's own.
const DOTS: usize = 8;

/// Days for which a bounce still names its mail.
const RETURN_DAYS: u64 = 60;

/// Where a bounce goes: to an address that names this mail, so that nothing in the bounce need do so.
fn return_path(
    row: &outgoing_mail::Model,
    date: DateTime<Utc>,
    settings: &Settings,
    keys: &Keys,
    from: &EmailAddress,
) -> Result<Address, Error> {
    match settings.mail.out.return_path {
        ReturnPath::From => address(from),
        ReturnPath::Verp => {
            let token = keys.sign(Purpose::ReturnPath, row.id.uuid(), day_stamp_after(date, RETURN_DAYS));
            let local = format!("{}{token}", return_prefix(settings.mail.reply_form));
            Address::new(local, &settings.mail.reply_domain).map_err(composing)
        }
    }
}

fn address(email: &EmailAddress) -> Result<Address, Error> {
    email.as_str().parse().map_err(composing)
}

/// No control character gets this far: lettre panics on a line feed in a display name.
fn mailbox(name: &str, email: &EmailAddress) -> Result<Mailbox, Error> {
    let name = one_line(name);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), address(email)?))
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
            to_domain: "host.example".into(),
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
            forced: false,
            hours: None,
        }
    }

    #[test]
    fn an_invitation_can_be_unsubscribed_by_one_press_and_an_answer_cannot() {
        let settings = Settings::embedded().expect("settings");
        let keys = Keys::new(&["0123456789abcdef0123456789abcdef"]).expect("key");
        let invitation = InvitationId::new();
        let address = |path: &str, purpose| {
            let token = keys.sign(purpose, invitation.uuid(), 0);
            format!("{}/{path}/{token}", settings.web.public_url)
        };
        for kind in MailKind::ALL {
            let url = match kind {
                MailKind::Newsletter => address("n", Purpose::NoNewsletter),
                _ => address("u", Purpose::Unsubscribe),
            };
            let mut row = row(&Letter::new("초대").text("본문"));
            (row.kind, row.invitation_id, row.reply_assignment_id) = (*kind, Some(invitation), None);
            let mail = compose(&row, row.created_at, &settings, &keys, &BTreeMap::new()).expect("composes");
            let text = String::from_utf8_lossy(&mail.bytes).replace("\r\n ", "");
            let offered = text.contains(&format!("List-Unsubscribe: <{url}>\r\n"))
                && text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
            assert_eq!(offered, is_optional(*kind), "{kind}");
            assert_eq!(text.contains("List-Unsubscribe"), offered, "{kind}");
        }
    }

    #[test]
    fn a_bounce_goes_to_an_address_that_names_its_mail() {
        use crate::read::{Envelope as Arrived, Reader, returned};
        let mut settings = Settings::embedded().expect("settings");
        let keys = Keys::new(&["0123456789abcdef0123456789abcdef"]).expect("key");
        let row = row(&Letter::new("x").text("y"));
        let mail = |settings: &Settings| {
            let mail = compose(&row, row.created_at, settings, &keys, &BTreeMap::new()).expect("composes");
            mail.envelope.from().expect("a return path").to_string()
        };
        let path = mail(&settings);
        assert_eq!(
            path.split('@').next().map(str::len),
            Some(64),
            "the most that a server must take"
        );
        let reader = Reader {
            keys: keys.clone(),
            reply_domain: settings.mail.reply_domain.clone(),
        };
        let to = |address: &str| Arrived {
            from: Some(String::new()),
            to: vec![address.to_owned()],
        };
        let later = |days| row.created_at + chrono::Duration::days(days);
        assert_eq!(returned(&to(&path), &reader, later(50)), Some(row.id));
        assert_eq!(returned(&to(&path.to_uppercase()), &reader, later(1)), Some(row.id));
        assert_eq!(returned(&to(&path), &reader, later(61)), None, "its days are over");
        let other = if path.as_bytes()[30] == b'a' { "b" } else { "a" };
        let mut forged = path.clone();
        forged.replace_range(30..31, other);
        assert_eq!(returned(&to(&forged), &reader, later(1)), None);
        settings.mail.out.return_path = ReturnPath::From;
        assert_eq!(mail(&settings), settings.mail.from_address);
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
