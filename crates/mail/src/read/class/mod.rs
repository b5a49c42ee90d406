//! What kind of mail came in. An automatic mail must never become an answer: what is doubtful goes to a person.
//!
//! Pure: from what stands in the mail and its envelope alone.

mod absence;
mod bounce;

use super::{Bounce, Class, Envelope, Reader, mime::Mail, rules::patterns};
use serde::{Deserialize, Serialize};

pub use absence::Absence;

/// A mail that went through more servers than this is going round.
const HOPS: usize = 50;
/// An answering machine's text is short; what is longer was written by a person, whatever words stand in it.
const MACHINE_CHARS: usize = 800;

patterns! {
    /// A subject that an answering machine writes, at its beginning: a reply would begin with `Re:`.
    AUTO_SUBJECT = r"(?i)^\s*(?:\[[^\]]{1,40}\]\s*)?(?:automatic(?:ally generated)? reply|auto(?:matic)?[ -]?(?:reply|response|responder|answer)|autoreply|autosvar|out of (?:the )?office|ooo\b|vacation reply|자동\s?(?:응답|회신|답장|답변)|부재\s?중|부재\s?알림|휴가\s?중|휴가입니다|휴가로\s?인한|출장\s?중|외근\s?중|연차\s?중|육아휴직|퇴사|수신\s?확인|自動(?:応答|返信|回覆)|不在(?:通知|です|届)|自动(?:回复|答复)|abwesenheits|automatische antwort|réponse automatique|absence du bureau|respuesta automática|fuera de la oficina)";
    AWAY_SUBJECT = r"(?i)out of (?:the )?office|\booo\b|vacation|away|부재|휴가|출장|외근|연차|휴직|퇴사|不在|abwesen|absence|fuera de";
    /// The same words elsewhere in a subject that is no reply.
    DOUBTFUL_SUBJECT = r"(?i)(?:out of (?:the )?office|automatic reply|auto-?reply|자동\s?(?:응답|회신)|부재\s?중|휴가|연차)";
    REPLY_PREFIX = r"(?i)^\s*(?:(?:re|fw|fwd|aw|sv|회신|답장|답변|전달)\s?(?:\[\d+\])?\s?[:：]|\[?re\]?:)";
    RECEIPT_SUBJECT = r"(?i)^\s*\[수신\s?확인\]|^\s*(?:read|not read|gelesen|lu|leído|letto|읽음|읽지\s?않음|개봉\s?확인|수신\s?확인|開封済み|已读)\s?[:：]";
    /// What somebody says who is away.
    AWAY_TEXT = r"(?i)부재\s?중(?:입니다|이오니|이므로|이라)|휴가\s?중(?:입니다|이므로|이오니)|휴가로\s?인해|자리를\s?비(?:웁니다|우게)|(?:출장|외근)\s?중(?:입니다|이므로)|\bi(?:'m| am)(?: currently)? (?:out of (?:the )?office|on (?:annual |parental |sick )?leave|on vacation|away from (?:my desk|the office))";
    /// What an answering machine says of itself.
    MACHINE_TEXT = r"(?i)자동\s?(?:으로\s?)?(?:응답|회신|발송(?:되는|된)?)\s?(?:메일|메시지|되었|됩니다)|\bthis is an auto(?:mated|matic|matically generated)|\bautomatic(?:ally)? (?:generated )?repl";
    CHALLENGE_SUBJECT = r"(?i)(?:confirm|verify) (?:that )?your (?:e-?mail|message|address|identity)|challenge.{0,20}(?:e-?mail|message)|please confirm .{0,40}(?:message|mail)|발송(?:자|인)?\s?(?:인증|확인)\s?(?:요청|메일)|수신\s?(?:승인|허용)\s?(?:요청|대기)|스팸\s?(?:차단|방지)\s?.{0,10}인증";
    CHALLENGE_TEXT = r"(?i)(?:click|follow|visit|reply to)[^\n]{0,120}(?:to (?:confirm|verify|prove)|so (?:that )?(?:your|the) (?:message|mail))|(?:you are|you're) (?:a )?(?:human|not a (?:robot|spammer))|will be delivered (?:once|after|when) you|(?:아래|다음)[^\n]{0,40}(?:인증|확인)[^\n]{0,60}(?:메일|메시지)[^\n]{0,30}전달";
    NOBODY = r"(?i)^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|noreply[^@]*|auto(?:matic|responder)?[-_.]?(?:reply|mailer)?)@";
}

/// What exactly a mail is, within its class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// Written by a person.
    #[default]
    Person,
    /// An answering machine that says that somebody is away.
    OutOfOffice,
    /// Any other answering machine.
    Automatic,
    /// A read receipt (RFC 8098) or its like.
    Receipt,
    /// "Confirm that you are a person": we never do.
    Challenge,
    /// One of our own mails that came back whole, or one that goes round.
    Loop,
    /// A delivery report in the form of RFC 3464.
    DeliveryReport,
    /// A mail server's notice in words.
    BounceNotice,
    /// Of a delivery that succeeded.
    DeliveryReceipt,
    /// A complaint by a mailbox provider (RFC 5965).
    Complaint,
    /// An invitation, or an answer to one.
    Calendar,
    MailingList,
    /// A person must look.
    Doubtful,
}

impl Detail {
    /// By which it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::OutOfOffice => "out_of_office",
            Self::Automatic => "automatic",
            Self::Receipt => "receipt",
            Self::Challenge => "challenge",
            Self::Loop => "loop",
            Self::DeliveryReport => "delivery_report",
            Self::BounceNotice => "bounce_notice",
            Self::DeliveryReceipt => "delivery_receipt",
            Self::Complaint => "complaint",
            Self::Calendar => "calendar",
            Self::MailingList => "mailing_list",
            Self::Doubtful => "doubtful",
        }
    }
}

/// Whether a mail that came back is worth sending again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The address is wrong or refuses us.
    Permanent,
    /// It failed for now: a full mailbox, a busy server.
    Temporary,
    /// It has not arrived yet; the server goes on trying.
    Delayed,
    /// The notice does not say.
    #[default]
    Unknown,
}

/// The judgement.
#[derive(Debug)]
pub(super) struct Judged {
    pub class: Class,
    pub detail: Detail,
    pub reason: String,
    pub bounce: Option<Bounce>,
    pub absence: Option<Absence>,
}

impl Judged {
    fn new(class: Class, detail: Detail, reason: impl Into<String>) -> Self {
        Self {
            class,
            detail,
            reason: reason.into(),
            bounce: None,
            absence: None,
        }
    }
}

/// `text` is what was kept of the mail.
pub(super) fn classify(mail: &Mail, text: &str, envelope: &Envelope, reader: &Reader) -> Judged {
    let null = null_path(mail, envelope);
    if let Some(judged) = bounce::judge(mail, null) {
        return judged;
    }
    let mut judged = going_round(mail, reader)
        .or_else(|| challenge(mail, text))
        .or_else(|| receipt(mail))
        .or_else(|| calendar(mail, text))
        .or_else(|| automatic(mail, null))
        .or_else(|| list(mail))
        .or_else(|| doubtful(mail, text))
        .unwrap_or_else(|| Judged::new(Class::Answer, Detail::Person, "written by a person"));
    let machine = judged.class == Class::AutoReply && judged.detail == Detail::Automatic;
    if machine || judged.class == Class::Unknown {
        let head = head(text);
        let away = AWAY_SUBJECT.is_match(&mail.subject) || AWAY_TEXT.is_match(&head);
        judged.absence = absence::find(&format!("{}\n{head}", mail.subject), mail.date);
        if machine && (away || judged.absence.is_some()) {
            judged.detail = Detail::OutOfOffice;
        }
    }
    judged
}

/// As much of a text as an answering machine writes.
fn head(text: &str) -> String {
    text.chars().take(4 * MACHINE_CHARS).collect()
}

fn null_path(mail: &Mail, envelope: &Envelope) -> bool {
    envelope.from.as_deref().map_or_else(
        || mail.header("return-path").is_some_and(|v| v.trim() == "<>"),
        |from| from.trim().trim_matches(['<', '>']).is_empty(),
    )
}

fn has_type(mail: &Mail, kind: &str) -> bool {
    mail.types.iter().any(|(t, _)| t == kind)
}

fn reports(mail: &Mail, kind: &str) -> bool {
    mail.types
        .iter()
        .any(|(t, d)| t == "multipart/report" && d.as_deref() == Some(kind))
}

/// Our own Message-ID can only come from us, and so can our own header.
fn going_round(mail: &Mail, reader: &Reader) -> Option<Judged> {
    let is = |why: &str| Some(Judged::new(Class::AutoReply, Detail::Loop, why));
    let domain = reader.reply_domain.to_ascii_lowercase();
    let ours = |id: &str| id.to_ascii_lowercase().ends_with(&format!("@{domain}"));
    if mail.message_id.as_deref().is_some_and(ours) {
        return is("a mail of our own came back: its Message-ID is ours");
    }
    if mail.headers.iter().any(|(name, _)| name.starts_with("x-mundap")) {
        return is("a mail of our own came back: it has our header");
    }
    let from_us = mail
        .from
        .as_ref()
        .is_some_and(|f| super::REPLY_PREFIXES.iter().any(|p| f.address.starts_with(p)) && ours(&f.address));
    if from_us {
        return is("it comes from a reply address of ours");
    }
    let hops = mail.headers.iter().filter(|(name, _)| name == "received").count();
    (hops > HOPS).then(|| {
        Judged::new(
            Class::AutoReply,
            Detail::Loop,
            format!("it went through {hops} servers"),
        )
    })
}

fn challenge(mail: &Mail, text: &str) -> Option<Judged> {
    let is = |why: String| Some(Judged::new(Class::AutoReply, Detail::Challenge, why));
    for name in [
        "x-boxtrapper-challenge",
        "x-tmda-confirm",
        "x-spamarrest",
        "x-challenge-response",
        "x-asc-challenge",
    ] {
        if mail.header(name).is_some() {
            return is(format!("a challenge-response filter: {name} is set"));
        }
    }
    let short = text.chars().count() <= 3 * MACHINE_CHARS;
    (short && CHALLENGE_SUBJECT.is_match(&mail.subject) && CHALLENGE_TEXT.is_match(&head(text))).then(|| {
        Judged::new(
            Class::AutoReply,
            Detail::Challenge,
            "it asks us to confirm that we are a person",
        )
    })
}

fn receipt(mail: &Mail) -> Option<Judged> {
    let is = |why: &str| Some(Judged::new(Class::AutoReply, Detail::Receipt, why));
    if reports(mail, "disposition-notification") || has_type(mail, "message/disposition-notification") {
        return is("a read receipt (RFC 8098)");
    }
    if RECEIPT_SUBJECT.is_match(&mail.subject) {
        return is("its subject is a read receipt's");
    }
    None
}

/// A calendar's invitation, or the answer to one. A file that a person attached to an answer is neither.
fn calendar(mail: &Mail, text: &str) -> Option<Judged> {
    let method = mail
        .types
        .iter()
        .find(|(t, _)| t == "text/calendar")
        .map(|(_, d)| d.as_deref());
    let is = |what: String| Some(Judged::new(Class::Calendar, Detail::Calendar, what));
    match method {
        Some(Some(
            method @ ("reply" | "request" | "cancel" | "counter" | "refresh" | "declinecounter" | "publish"),
        )) => is(format!("a calendar's {method}")),
        Some(_) if text.trim().is_empty() || !mail.calendar_attached => is("a calendar's invitation or reply".into()),
        _ if mail
            .tnef_class
            .as_deref()
            .is_some_and(|c| c.starts_with("IPM.Schedule.Meeting")) =>
        {
            is("Outlook's answer to an invitation".into())
        }
        _ => None,
    }
}

fn automatic(mail: &Mail, null: bool) -> Option<Judged> {
    let is = |why: String| Some(Judged::new(Class::AutoReply, Detail::Automatic, why));
    if let Some(value) = mail.header("auto-submitted")
        && !value.trim().to_ascii_lowercase().starts_with("no")
    {
        return is(format!("Auto-Submitted: {}", short(value)));
    }
    for name in [
        "x-autoreply",
        "x-autorespond",
        "x-auto-reply",
        "x-autoresponder",
        "x-autoreply-from",
        "x-mail-autoreply",
        "x-autogenerated",
        "x-fc-machinegenerated",
        "x-ms-exchange-generated-message-source",
    ] {
        if mail.header(name).is_some_and(|v| !v.trim().eq_ignore_ascii_case("no")) {
            return is(format!("{name} is set"));
        }
    }
    if mail
        .header("x-post-messageclass")
        .is_some_and(|v| v.to_ascii_lowercase().contains("autoresponder"))
    {
        return is("X-POST-MessageClass: Autoresponder".into());
    }
    for name in ["precedence", "x-precedence"] {
        if mail
            .header(name)
            .is_some_and(|v| matches!(v.trim().to_ascii_lowercase().as_str(), "auto_reply" | "auto-reply"))
        {
            return is(format!("{name}: auto_reply"));
        }
    }
    if mail
        .header("delivered-to")
        .is_some_and(|v| v.trim().eq_ignore_ascii_case("autoresponder"))
    {
        return is("Delivered-To: Autoresponder".into());
    }
    if mail.header("x-ms-exchange-inbox-rules-loop").is_some() {
        return is("a rule of its inbox sent it".into());
    }
    if null {
        return is("the return path is empty".into());
    }
    if AUTO_SUBJECT.is_match(&mail.subject) {
        return is("its subject is an answering machine's".into());
    }
    None
}

fn list(mail: &Mail) -> Option<Judged> {
    let is = |why: String| Some(Judged::new(Class::List, Detail::MailingList, why));
    for name in ["list-id", "list-unsubscribe", "list-post", "x-mailing-list"] {
        if mail.header(name).is_some() {
            return is("it came through a mailing list".into());
        }
    }
    let bulk = mail.header("precedence").map(|v| v.trim().to_ascii_lowercase());
    let bulk = bulk.filter(|v| matches!(v.as_str(), "bulk" | "list" | "junk"))?;
    is(format!("Precedence: {bulk}"))
}

fn doubtful(mail: &Mail, text: &str) -> Option<Judged> {
    let is = |why: &str| Some(Judged::new(Class::Unknown, Detail::Doubtful, why));
    let Some(from) = &mail.from else {
        return is("it has no sender");
    };
    if mail.headers.iter().filter(|(n, _)| n == "from").count() > 1 {
        return is("it has several From headers");
    }
    if NOBODY.is_match(&from.address) {
        return is("its sender takes no mail");
    }
    if !REPLY_PREFIX.is_match(&mail.subject) && DOUBTFUL_SUBJECT.is_match(&mail.subject) {
        return is("its subject may be an answering machine's");
    }
    if text.chars().count() <= MACHINE_CHARS && (MACHINE_TEXT.is_match(text) || AWAY_TEXT.is_match(text)) {
        return is("its text may be an answering machine's");
    }
    None
}

fn short(text: &str) -> String {
    domain::text::excerpt(text, 40)
}
