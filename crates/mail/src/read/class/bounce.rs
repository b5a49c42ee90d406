//! Mails that came back: reports by RFC 3464, and the many notices that are words alone. Of those, one sign is not
//! enough: a person may forward one.

use super::{Detail, Judged, Severity, has_type, reports};
use crate::read::{Bounce, Class, evidence, mime::Mail, rules::patterns};

/// Characters of a notice that are read.
const HEAD: usize = 6_000;

patterns! {
    DAEMON = r"(?i)^(?:mailer-?daemon|postmaster|mail-?daemon|mdaemon|mailadmin|microsoftexchange[0-9a-f]{32})@|^(?:mailer-daemon|postmaster)$";
    DAEMON_NAME = r"(?i)mail delivery (?:sub)?system|mailer[- ]daemon|postmaster|mail delivery|microsoft outlook$|메일\s?시스템|메일\s?배달|우편\s?관리자";
    SUBJECT = r"(?i)^\s*(?:\[[^\]]{1,30}\]\s*)?(?:undeliver(?:ed|able)|un?zustellbar|non remis|no se puede entregar|(?:permanent )?delivery (?:status notification|has failed|failure|delayed|incomplete)|mail delivery (?:failed|failure|error|delayed)|mail system error|returned mail|return(?:ed)? to sender|failure notice|failed to deliver|message (?:delivery )?delayed|warning: (?:message|could not send)|delayed mail|rejected:|메일\s?(?:전송|발송|전달|배달)\s?(?:을\s?)?(?:실패|오류|불가|지연)|\[?(?:발송|전송|전달|배달)\s?(?:실패|불가|지연)|반송|배달되지\s?않음|배달할\s?수\s?없음|전달되지\s?않음|전송되지\s?않음)";
    WORDS = r"(?i)could not be delivered|couldn't be delivered|wasn't delivered|was not delivered|not been delivered|unable to deliver|wasn't able to deliver|did not reach|failed to deliver|delivery (?:to the following|has failed|failed)|undeliverable|permanent(?:ly)? (?:fatal )?(?:delivery )?(?:error|failure|failed)|undelivered|(?:배달|전송|발송|전달)(?:하지|되지)\s?(?:못|않)|(?:배달|전송|발송|전달)(?:에|이|할\s?수)?\s?(?:실패|없)|반송되었|주소를\s?찾을\s?수\s?없";
    DELAYED = r"(?i)\bdelayed\b|will (?:retry|be retried|keep trying|continue)|not been delivered yet|still trying|no action is required|지연되|다시\s?시도|재시도";
    PERMANENT = r"(?i)permanent|does not exist|doesn't exist|no such (?:user|mailbox|address|recipient)|user unknown|unknown user|(?:address|user|recipient|mailbox) not found|couldn't be found|wasn't found|mailbox unavailable|존재하지\s?않|찾을\s?수\s?없|없는\s?(?:사용자|계정|주소|메일)|휴면\s?계정|탈퇴|수신\s?거부";
    FULL = r"(?i)mailbox (?:is )?full|over quota|quota exceeded|insufficient storage|용량\s?(?:이\s?)?(?:초과|부족)|(?:메일함|편지함)[^\n]{0,10}(?:가득|초과)";
    STATUS = r"\b(?P<s>[245]\.\d{1,3}\.\d{1,3})\b";
    CODE = r"(?m)(?:^|[\s:#(<])(?P<c>[45]\d{2})[ \-](?:[45]\.\d{1,3}\.\d{1,3}\b|[A-Za-z<#'])";
    MESSAGE_ID = r"(?im)^[\s>]{0,4}message-id:\s{0,4}<(?P<id>[^<>\s]{1,250})>";
    /// Where a notice ends and the returned mail begins.
    COPY = r"(?i)(?:below this line is a copy|this is a copy of (?:the|your) message|original message (?:headers|follows|header)|원본\s?(?:메일|메시지)|returned message|included below)";
    RECIPIENT = r"(?i)(?:recipient|address(?:es)?|delivered to|deliver(?:y)? to|failed|받는\s?사람|수신자|수신인|주소|받는이|to:)";
}

/// A bounce, a report of a delivery that worked, a complaint; or nothing of the kind.
pub(super) fn judge(mail: &Mail, null: bool) -> Option<Judged> {
    if reports(mail, "feedback-report") || has_type(mail, "message/feedback-report") {
        return Some(Judged::new(
            Class::AutoReply,
            Detail::Complaint,
            "a complaint by a mailbox provider (RFC 5965)",
        ));
    }
    if has_type(mail, "message/delivery-status") {
        return Some(report(mail));
    }
    let daemon = mail.from.as_ref().is_some_and(|from| {
        DAEMON.is_match(&from.address) || from.name.as_deref().is_some_and(|n| DAEMON_NAME.is_match(n))
    });
    let plain = notice(mail);
    let subject = SUBJECT.is_match(&mail.subject);
    let words = WORDS.is_match(&plain);
    let failed = mail.header("x-failed-recipients").is_some();
    let reported = mail.types.iter().any(|(t, d)| {
        t == "multipart/report" && !matches!(d.as_deref(), Some("disposition-notification" | "feedback-report"))
    });
    let automatic = mail
        .header("auto-submitted")
        .is_some_and(|v| v.trim().to_ascii_lowercase().starts_with("auto"));
    let reason = if failed {
        "X-Failed-Recipients is set"
    } else if reported && (null || daemon) {
        "a report without a return path"
    } else if subject && (daemon || null || words) {
        "a mail server's notice of failure"
    } else if words && ((daemon && (null || automatic)) || (null && CODE.is_match(&plain))) {
        "a mail server's notice in words"
    } else {
        return None;
    };
    let mut judged = Judged::new(Class::Bounce, Detail::BounceNotice, reason);
    judged.bounce = Some(from_words(mail, &plain));
    Some(judged)
}

/// What stands above the returned mail.
fn notice(mail: &Mail) -> String {
    mail.plain().chars().take(HEAD).collect()
}

fn report(mail: &Mail) -> Judged {
    let status = mail.status.clone().unwrap_or_default();
    let mut bounce = status.bounce;
    let action = status.action.as_deref().unwrap_or_default();
    if matches!(action, "delivered" | "relayed" | "expanded") {
        return Judged::new(
            Class::AutoReply,
            Detail::DeliveryReceipt,
            "a report of a delivery that worked",
        );
    }
    let words = notice(mail);
    bounce.severity = if action == "delayed" {
        Severity::Delayed
    } else {
        severity(
            bounce.status.as_deref(),
            bounce.diagnostic.as_deref().unwrap_or_default(),
            false,
        )
    };
    if bounce.recipient.is_none() {
        bounce.recipient = recipient(mail, &words);
    }
    if bounce.message_id.is_none() {
        bounce.message_id = message_id(mail);
    }
    let mut judged = Judged::new(Class::Bounce, Detail::DeliveryReport, "a delivery report (RFC 3464)");
    judged.bounce = Some(bounce);
    judged
}

fn from_words(mail: &Mail, words: &str) -> Bounce {
    let above = COPY.find(words).map_or(words, |copy| &words[..copy.start()]);
    let status = STATUS.captures(above).map(|c| c["s"].to_owned());
    let code = CODE.captures(above);
    let diagnostic = code.as_ref().and_then(|c| c.name("c")).map(|c| {
        let line = above[c.start()..].lines().next().unwrap_or_default();
        domain::text::excerpt(line, 300)
    });
    let delayed = DELAYED.is_match(&mail.subject) || DELAYED.is_match(above);
    let by_code = code.and_then(|c| c.name("c").map(|c| c.as_str().to_owned()));
    let severity = if delayed && !by_code.as_deref().is_some_and(|c| c.starts_with('5')) {
        Severity::Delayed
    } else {
        let known = status.clone().or_else(|| by_code.map(|c| format!("{}.0.0", &c[..1])));
        severity(known.as_deref(), above, true)
    };
    Bounce {
        recipient: recipient(mail, above),
        status,
        diagnostic,
        message_id: message_id(mail),
        severity,
    }
}

/// By the status first, then by the words. A full mailbox is permanent to many servers and to nobody else.
fn severity(status: Option<&str>, words: &str, only_words: bool) -> Severity {
    if status.is_some_and(|s| s.ends_with(".2.2")) || FULL.is_match(words) {
        return Severity::Temporary;
    }
    match status.and_then(|s| s.chars().next()) {
        Some('5') => Severity::Permanent,
        Some('4') => Severity::Temporary,
        _ if only_words && PERMANENT.is_match(words) => Severity::Permanent,
        _ => Severity::Unknown,
    }
}

/// The address that failed: what the header says, else the first in the notice that is neither end of the notice itself.
fn recipient(mail: &Mail, words: &str) -> Option<String> {
    if let Some(failed) = mail.header("x-failed-recipients").and_then(evidence::first_address) {
        return Some(failed.to_lowercase());
    }
    let own: Vec<&str> = mail.from.iter().chain(&mail.to).map(|m| m.address.as_str()).collect();
    let fits = |address: &&str| {
        let lower = address.to_lowercase();
        !own.contains(&lower.as_str()) && !DAEMON.is_match(&lower) && !mail.recipients.contains(&lower)
    };
    let lines: Vec<&str> = words.lines().take(200).collect();
    let likely = lines.iter().enumerate().filter(|(at, line)| {
        RECIPIENT.is_match(line) || line.starts_with([' ', '<', '\t']) || *at > 0 && RECIPIENT.is_match(lines[at - 1])
    });
    let found = likely
        .flat_map(|(_, line)| evidence::addresses(line))
        .find(fits)
        .or_else(|| lines.iter().flat_map(|line| evidence::addresses(line)).find(fits))?;
    Some(found.trim_start_matches("mailto:").to_lowercase())
}

/// Of the mail that came back: its header stands in the notice, as a file, or is answered.
fn message_id(mail: &Mail) -> Option<String> {
    let text = mail.plain();
    let written = MESSAGE_ID.captures(text).map(|c| c["id"].to_owned());
    let attached = || {
        let files = mail
            .attachments
            .iter()
            .filter(|a| a.media_type == "message/rfc822" || a.media_type.contains("rfc822-headers"));
        files.take(3).find_map(|file| {
            let head = &file.bytes[..file.bytes.len().min(32 * 1024)];
            MESSAGE_ID
                .captures(&String::from_utf8_lossy(head))
                .map(|c| c["id"].to_owned())
        })
    };
    written
        .or_else(attached)
        .or_else(|| mail.in_reply_to.first().cloned())
        .or_else(|| mail.references.last().cloned())
}
