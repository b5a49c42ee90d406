mod audit;
mod audit_file;
mod clock;
mod export;
mod facts;
mod home;
mod hook;
mod insight;
mod ledger;
mod mailcheck;
mod outbox;
mod outgoing;
mod returned;
mod staff;

pub(crate) fn routes() -> web::Router {
    web::Router::new()
        .merge(home::routes())
        .merge(hook::routes())
        .merge(ledger::routes())
        .merge(insight::routes())
        .merge(outbox::routes())
        .merge(outgoing::routes())
        .merge(returned::routes())
        .merge(staff::routes())
        .merge(audit::routes())
        .merge(audit_file::routes())
        .merge(export::routes())
        .merge(clock::routes())
        .merge(mailcheck::routes())
}

/// For pages that belong to no event.
pub(crate) const ZONE: &str = "Asia/Seoul";

/// What a mail is for, in words.
pub(crate) fn kind_label(c: &web::Chrome, kind: domain::state::mail::MailKind) -> String {
    c.t(format!("mail-{}", kind.as_str().replace('_', "-")))
}

/// A value within a query string.
pub(crate) fn encode(value: &str) -> String {
    let octet = |b: u8| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(b).to_string(),
        b => format!("%{b:02X}"),
    };
    value.bytes().map(octet).collect()
}

/// A form that is one button.
#[derive(serde::Deserialize)]
pub(crate) struct Nothing {}
