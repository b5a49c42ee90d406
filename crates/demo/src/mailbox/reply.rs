//! A reply as a mail program writes it: two parts, the mail it answers quoted beneath, sent by SMTP to the platform's
//! own listener.

use super::store::Mail;
use chrono::{DateTime, FixedOffset, Utc};
use domain::Lang;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
};
use settings::Settings;
use std::{net::IpAddr, time::Duration};
use web::Words;

/// Builds and sends it.
///
/// # Errors
/// With the words of the server, or of the address that cannot be mailed.
pub(super) async fn send(settings: &Settings, mail: &Mail, text: &str, now: DateTime<Utc>) -> Result<(), String> {
    let message = build(mail, text, now)?;
    let mut at = settings.mail.inbound.smtp_bind;
    if at.ip().is_unspecified() {
        at.set_ip(IpAddr::from([127, 0, 0, 1]));
    }
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(at.ip().to_string())
        .port(at.port())
        .timeout(Some(Duration::from_secs(20)))
        .build();
    transport
        .send(message)
        .await
        .map(drop)
        .map_err(|error| error.to_string())
}

fn build(mail: &Mail, text: &str, now: DateTime<Utc>) -> Result<Message, String> {
    let address = |text: &str| text.parse::<Address>().map_err(|error| format!("{text}: {error}"));
    let to = mail.reply_to.as_deref().ok_or("this mail has no reply address")?;
    let name = Some(mail.head.to_name.clone()).filter(|n| !n.is_empty() && !n.contains(char::is_control));
    let subject = mail.head.subject.replace(char::is_control, " ");
    let subject = if subject.starts_with("Re:") {
        subject
    } else {
        format!("Re: {subject}")
    };
    let mut builder = Message::builder()
        .from(Mailbox::new(name, address(&mail.head.to)?))
        .to(Mailbox::new(None, address(to)?))
        .subject(subject)
        .date(std::time::SystemTime::from(now));
    if let Some(id) = &mail.message_id {
        builder = builder.in_reply_to(format!("<{id}>"));
        let thread = mail
            .references
            .iter()
            .chain([id])
            .map(|id| format!("<{id}>"))
            .collect::<Vec<_>>();
        builder = builder.references(thread.join(" "));
    }
    builder = builder.message_id(None);
    let attribution = attribution(mail);
    let quoted = mail
        .text
        .lines()
        .map(|line| format!("> {line}"))
        .collect::<Vec<_>>()
        .join("\n");
    let plain = format!("{}\n\n{attribution}\n\n{quoted}\n", text.trim_end());
    let html = format!(
        "<div dir=\"auto\">{}</div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">{}<br></div>\
         <blockquote class=\"gmail_quote\" style=\"margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex\">{}</blockquote></div>",
        escape(text.trim_end()),
        escape(&attribution),
        escape(&mail.text)
    );
    builder
        .multipart(MultiPart::alternative_plain_html(plain, html))
        .map_err(|error| error.to_string())
}

/// `2026년 3월 3일 (화) 오전 8:33, 문답 <a@b>님이 작성:`, as the most common program writes it.
fn attribution(mail: &Mail) -> String {
    let seoul =
        FixedOffset::east_opt(9 * 3600).map_or(mail.head.at.fixed_offset(), |zone| mail.head.at.with_timezone(&zone));
    let when = Words::chrome(Lang::Ko).datetime(seoul.to_utc(), "Asia/Seoul");
    format!("{when}, {}님이 작성:", mail.head.from)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\n', "<br>\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox::store::Head;

    #[test]
    fn a_reply_comes_from_the_recipient_and_quotes_what_it_answers() {
        let mail = Mail {
            head: Head {
                id: uuid::Uuid::nil(),
                to: "fern@crew.example".into(),
                to_name: "Fern".into(),
                from: "문답 <m@x.example>".into(),
                subject: "질문".into(),
                at: DateTime::UNIX_EPOCH,
                replyable: true,
            },
            reply_to: Some("q+token@reply.example".into()),
            message_id: Some("1@reply.example".into()),
            references: vec![],
            text: "원래 글".into(),
            html: None,
            source: String::new(),
        };
        let message = build(&mail, "답변입니다.", DateTime::UNIX_EPOCH).expect("built");
        assert_eq!(message.envelope().to()[0].to_string(), "q+token@reply.example");
        let keys = domain::token::Keys::from_random([1; 32]);
        let reader = mail::Reader {
            keys,
            reply_domain: "reply.example".into(),
        };
        let reading = mail::read_mail(&message.formatted(), &mail::read::Envelope::default(), &reader);
        assert_eq!(reading.text, "답변입니다.");
        assert_eq!(reading.from.map(|f| f.address).as_deref(), Some("fern@crew.example"));
    }
}
