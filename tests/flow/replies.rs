//! Crew members at their mail programs: a reply as MIME, with the quote that a mail program adds.

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};
use testkit::Letterbox;

/// Replies to `letter` through the mail server at `port`, above the quote, as Gmail does in Korean.
pub async fn reply(port: u16, letter: &Letterbox, text: &str) {
    let quoted: String = letter
        .text
        .lines()
        .fold(String::new(), |all, line| all + "> " + line + "\n");
    let body =
        format!("{text}\n\n2026년 11월 22일 (일) 오후 3:33, 문답 <mundap@localhost.example>님이 작성:\n\n{quoted}");
    let from: Mailbox = letter.to[0].parse().expect("an address");
    let to: Mailbox = letter
        .reply_to
        .as_deref()
        .expect("a reply address")
        .parse()
        .expect("an address");
    let message = Message::builder()
        .from(from)
        .to(to)
        .subject(format!("Re: {}", letter.subject))
        .in_reply_to(format!("<{}>", letter.message_id))
        .header(ContentType::TEXT_PLAIN)
        .body(body)
        .expect("a mail");
    let server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
        .port(port)
        .build();
    server.send(message).await.expect("the server takes it");
}
