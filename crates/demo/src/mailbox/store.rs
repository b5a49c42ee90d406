//! Mails as files: `ID.eml` as it came, `ID.json` with its envelope.

use chrono::{DateTime, Utc};
use mail_parser::{Address, Message, MessageParser};
use serde::{Deserialize, Serialize};
use settings::Settings;
use std::{
    fs,
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};
use uuid::Uuid;

/// The envelope, and when the mail came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Meta {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) at: DateTime<Utc>,
}

/// A mail as the list shows it.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) id: Uuid,
    pub(crate) to: String,
    pub(crate) to_name: String,
    pub(crate) from: String,
    pub(crate) subject: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) replyable: bool,
}

/// A mail with what its page shows.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    pub(crate) head: Head,
    pub(crate) reply_to: Option<String>,
    pub(crate) message_id: Option<String>,
    pub(crate) references: Vec<String>,
    pub(crate) text: String,
    pub(crate) html: Option<String>,
    pub(crate) source: String,
}

/// So many newest mails are listed.
const MOST: usize = 500;

pub(crate) fn folder(settings: &Settings) -> PathBuf {
    settings.data_dir.join("dev-mailbox")
}

/// Keeps a mail for good before it says so.
pub(crate) fn keep(folder: &Path, meta: &Meta, raw: &[u8]) -> io::Result<Uuid> {
    fs::create_dir_all(folder)?;
    let id = Uuid::now_v7();
    let name = id.simple().to_string();
    write(&folder.join(format!("{name}.json")), &serde_json::to_vec(meta)?)?;
    // The list goes by the .eml files, so this one comes last.
    write(&folder.join(format!("{name}.eml")), raw)?;
    Ok(id)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("part");
    let mut file = fs::File::create(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(draft, path)
}

/// Newest first; `to` keeps the mails to one address.
pub(crate) fn list(folder: &Path, to: &str) -> io::Result<Vec<Head>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut ids = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "eml")
            && let Some(id) = path
                .file_stem()
                .and_then(|s| s.to_str())
                .and_then(|s| Uuid::parse_str(s).ok())
        {
            ids.push(id);
        }
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    let mut heads = Vec::new();
    for id in ids {
        let Some((meta, raw)) = load(folder, id)? else { continue };
        if !to.is_empty() && !meta.to.iter().any(|t| t.eq_ignore_ascii_case(to)) {
            continue;
        }
        // The headers are enough for the list.
        let parsed = MessageParser::default().parse_headers(&raw);
        heads.push(head(id, &meta, parsed.as_ref()));
        if heads.len() == MOST {
            break;
        }
    }
    Ok(heads)
}

fn load(folder: &Path, id: Uuid) -> io::Result<Option<(Meta, Vec<u8>)>> {
    let name = id.simple().to_string();
    let raw = match fs::read(folder.join(format!("{name}.eml"))) {
        Ok(raw) => raw,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let meta = serde_json::from_slice(&fs::read(folder.join(format!("{name}.json")))?)?;
    Ok(Some((meta, raw)))
}

fn first(address: Option<&Address<'_>>) -> (String, String) {
    let addr = address.and_then(Address::first);
    let text = |t: Option<&str>| t.unwrap_or_default().to_owned();
    (text(addr.and_then(|a| a.name())), text(addr.and_then(|a| a.address())))
}

fn head(id: Uuid, meta: &Meta, parsed: Option<&Message<'_>>) -> Head {
    let (to_name, _) = first(parsed.and_then(Message::to));
    let (from_name, from) = first(parsed.and_then(Message::from));
    Head {
        id,
        to: meta.to.first().cloned().unwrap_or_default(),
        to_name,
        from: if from_name.is_empty() {
            from
        } else {
            format!("{from_name} <{from}>")
        },
        subject: parsed.and_then(Message::subject).unwrap_or_default().to_owned(),
        at: meta.at,
        replyable: parsed.and_then(Message::reply_to).is_some(),
    }
}

/// One mail; `None` when there is none.
pub(crate) fn read(folder: &Path, id: Uuid) -> io::Result<Option<Mail>> {
    let Some((meta, raw)) = load(folder, id)? else {
        return Ok(None);
    };
    let parsed = MessageParser::default().parse(&raw);
    let parsed = parsed.as_ref();
    let (_, reply_to) = first(parsed.and_then(Message::reply_to));
    let references = parsed.map(|m| {
        m.references()
            .as_text_list()
            .unwrap_or_default()
            .iter()
            .map(ToString::to_string)
            .collect()
    });
    let html = parsed
        .filter(|m| m.html_body_count() > 0)
        .and_then(|m| m.body_html(0))
        .map(std::borrow::Cow::into_owned);
    Ok(Some(Mail {
        head: head(id, &meta, parsed),
        reply_to: Some(reply_to).filter(|r| !r.is_empty()),
        message_id: parsed.and_then(Message::message_id).map(str::to_owned),
        references: references.unwrap_or_default(),
        text: parsed
            .and_then(|m| m.body_text(0))
            .map(std::borrow::Cow::into_owned)
            .unwrap_or_default(),
        html,
        source: String::from_utf8_lossy(&raw).into_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_kept_listed_by_recipient_and_read_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let meta = Meta {
            from: "m@x.example".into(),
            to: vec!["fern@crew.example".into()],
            at: DateTime::UNIX_EPOCH,
        };
        let raw = "From: =?utf-8?B?66y464u1?= <m@x.example>\r\nTo: Fern <fern@crew.example>\r\nReply-To: q+t@r.example\r\n\
                   Subject: Hello\r\nMessage-ID: <1@r.example>\r\n\r\nBody\r\n";
        let id = keep(folder.path(), &meta, raw.as_bytes()).expect("kept");
        assert_eq!(list(folder.path(), "nobody@x.example").expect("list").len(), 0);
        let heads = list(folder.path(), "Fern@crew.example").expect("list");
        assert_eq!(
            (heads.len(), heads[0].subject.as_str(), heads[0].replyable),
            (1, "Hello", true)
        );
        let mail = read(folder.path(), id).expect("read").expect("there");
        assert_eq!(
            (mail.head.from.as_str(), mail.text.trim()),
            ("문답 <m@x.example>", "Body")
        );
        assert_eq!(mail.reply_to.as_deref(), Some("q+t@r.example"));
    }
}
