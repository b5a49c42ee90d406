//! What the reader makes of mails as the programs of this world write them. All names and texts are invented.

mod bounces;
mod corpus;
mod hostile;
mod replies;
mod whole;

use super::*;

pub(crate) fn reader() -> Reader {
    Reader {
        keys: Keys::new(&["0123456789abcdef0123456789abcdef"]).expect("key"),
        reply_domain: "reply.host.example".into(),
    }
}

/// A mail with this head and body; line ends become CR LF.
pub(crate) fn mail(head: &str, body: &str) -> Vec<u8> {
    format!("{}\n\n{body}", head.trim()).replace('\n', "\r\n").into_bytes()
}

pub(super) const HEAD: &str = "From: =?UTF-8?B?7J207KSA7Zi4?= <Jay@Host.example>\nTo: q@reply.host.example\n\
    Subject: Re: [x] question\nMessage-ID: <abc@mail.host.example>\nDate: Tue, 3 Mar 2026 08:40:00 +0900\nMIME-Version: 1.0";

/// The reading of a plain UTF-8 text.
pub(super) fn plain(body: &str) -> Reading {
    let head = format!("{HEAD}\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit");
    read(&mail(&head, body), &Envelope::default(), &reader())
}

/// The reading of an HTML mail.
pub(super) fn html(body: &str) -> Reading {
    let head = format!("{HEAD}\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit");
    read(&mail(&head, body), &Envelope::default(), &reader())
}
