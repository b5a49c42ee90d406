//! What came along with a mail: named harmlessly, each content once, Outlook's packet unpacked.

use super::{
    Attachment, Flag, marks,
    mime::{Mail, media_type, raw_value, report},
    tnef, words,
};
use data_encoding::HEXLOWER;
use mail_parser::{HeaderName, Message, MessagePart, MimeHeaders};
use sha2::{Digest, Sha256};

/// Attachments that are kept apart; the raw mail keeps the rest.
const ATTACHMENTS_MAX: usize = 100;

pub(super) fn attachments(mail: &mut Mail, message: &Message<'_>, raw: &[u8]) {
    for part in message.attachments() {
        if mail.attachments.len() == ATTACHMENTS_MAX {
            mail.flags.push(Flag::Truncated);
            break;
        }
        let (kind, _) = media_type(part);
        if matches!(
            kind.as_str(),
            "message/delivery-status" | "text/rfc822-headers" | "application/x-mail"
        ) && report(message)
        {
            continue;
        }
        let attached = part
            .content_disposition()
            .is_some_and(mail_parser::ContentType::is_attachment);
        let named = file_name(part, raw).map(|n| base_name(&n)).filter(|n| !n.is_empty());
        mail.calendar_attached |= attached && kind == "text/calendar";
        // The other half of an alternative is no file.
        if named.is_none() && !attached && kind.starts_with("text/") && kind != "text/calendar" {
            continue;
        }
        let kind = if kind == "application/x-mail" {
            "message/rfc822".to_owned()
        } else {
            kind
        };
        let inline = !attached && part.content_id().is_some() && kind.starts_with("image/");
        keep(
            mail,
            &named.unwrap_or_default(),
            &kind,
            part.contents().to_vec(),
            inline,
        );
    }
}

/// The same content is kept once: a logo that stands in every mail of a thread, a file that is attached twice.
fn keep(mail: &mut Mail, name: &str, kind: &str, bytes: Vec<u8>, inline: bool) {
    let sha256 = HEXLOWER.encode(&Sha256::digest(&bytes));
    if let Some(same) = mail.attachments.iter_mut().find(|a| a.sha256 == sha256) {
        // Attached once is attached.
        same.inline &= inline;
        return;
    }
    let number = mail.attachments.len() + 1;
    let name = base_name(name);
    mail.attachments.push(Attachment {
        name: if name.is_empty() {
            format!("{number}{}", extension(kind))
        } else {
            name
        },
        size: bytes.len(),
        sha256,
        inline,
        media_type: kind.to_owned(),
        bytes,
    });
}

/// The name as its writer meant it; see [`words::parameter`].
fn file_name(part: &MessagePart<'_>, raw: &[u8]) -> Option<String> {
    let of = |wanted: &HeaderName<'_>, parameter: &str| {
        let header = part.headers.iter().rev().find(|h| &h.name == wanted)?;
        words::parameter(raw_value(header, raw), parameter)
    };
    of(&HeaderName::ContentDisposition, "filename")
        .or_else(|| of(&HeaderName::ContentType, "name"))
        .or_else(|| part.attachment_name().map(str::to_owned))
}

fn extension(media_type: &str) -> &'static str {
    match media_type {
        "message/rfc822" => ".eml",
        "text/calendar" => ".ics",
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "image/gif" => ".gif",
        "application/pdf" => ".pdf",
        _ => ".bin",
    }
}

/// A file name that can do no harm: no path, no control character, no mark that turns the reading direction.
fn base_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let name: String = name
        .chars()
        .filter(|c| !c.is_control() && !turns(*c))
        .take(150)
        .collect();
    name.trim().trim_start_matches('.').to_owned()
}

/// What Outlook packed: files, and the text where the mail has none.
pub(super) fn unpack(mail: &mut Mail) {
    let is_packed = |a: &Attachment| {
        matches!(a.media_type.as_str(), "application/ms-tnef" | "application/vnd.ms-tnef")
            || a.name.eq_ignore_ascii_case("winmail.dat")
    };
    let Some(at) = mail.attachments.iter().position(is_packed) else {
        return;
    };
    let Some(packed) = tnef::read(&mail.attachments[at].bytes) else {
        return;
    };
    mail.tnef_class = packed.class;
    if mail.body.trim().is_empty() && mail.html.is_none() {
        mail.body = marks::without(packed.text.unwrap_or_default());
        mail.html = packed.html;
    }
    // Without a text of its own and without files the packet itself is all there is: it stays.
    if packed.files.is_empty() && mail.body.trim().is_empty() && mail.html.is_none() {
        return;
    }
    mail.attachments.remove(at);
    for (name, bytes) in packed.files {
        keep(mail, &name, "application/octet-stream", bytes, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_keeps_its_last_part_alone() {
        assert_eq!(base_name("../../etc/passwd"), "passwd");
        assert_eq!(base_name("C:\\x\\견적서\u{202e}fdp.exe"), "견적서fdp.exe");
        assert_eq!(base_name("..."), "");
    }
}
