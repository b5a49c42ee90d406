//! Replies that a webhook brings.

use super::attacks::{all_read, answers, asked_with, incoming, letter};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use settings::Hook;
use sha2::Sha256;
use testkit::Running;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub(super) const SECRET: &str = "the secret of the webhook stories";

pub(super) fn hook(kind: &str, secret: &str) -> Hook {
    serde_json::from_value(serde_json::json!({ "name": "crew", "kind": kind, "secret": secret })).expect("a hook")
}

fn signed(stamp: i64, secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(format!("{stamp}.").as_bytes());
    mac.update(body);
    HEXLOWER.encode(&mac.finalize().into_bytes())
}

async fn post_to(running: &Running, path: &str, headers: &str, body: &[u8]) -> (u16, Value) {
    let mut stream = TcpStream::connect(running.web).await.expect("connects");
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
        running.web,
        body.len()
    );
    stream.write_all(head.as_bytes()).await.expect("writes");
    // A server that refuses early may hang up on the rest.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.get(9..12).and_then(|s| s.parse().ok()).unwrap_or_default();
    let json = answer.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
    let (from, to) = (json.find('{').unwrap_or(0), json.rfind('}').map_or(0, |n| n + 1));
    (status, serde_json::from_str(&json[from..to]).unwrap_or(Value::Null))
}

pub(super) async fn post(running: &Running, stamp: i64, secret: &str, body: &[u8]) -> (u16, Value) {
    let headers = format!(
        "Content-Type: message/rfc822\r\nX-Mundap-Timestamp: {stamp}\r\nX-Mundap-Signature: v1={}\r\n",
        signed(stamp, secret, body)
    );
    post_to(running, "/hooks/mail/crew", &headers, body).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signed_mail_answers_once_and_everything_else_is_refused() {
    let a = asked_with(|s| {
        s.mail.hook = vec![hook("raw", SECRET)];
        s.mail.inbound.max_size = 50_000;
    })
    .await;
    let now = a.world.app.clock.now().timestamp();
    let mail = letter(
        a.crew.email.as_str(),
        &a.address,
        "Message-ID: <hook@crew.example>\r\n",
        "웹훅으로 온 답변입니다.",
    );
    for (stamp, secret, status) in [
        (now, "another secret that is long enough", 401),
        (now - 3_600, SECRET, 401),
        (now + 3_600, SECRET, 401),
    ] {
        assert_eq!(
            post(&a.running, stamp, secret, &mail).await.0,
            status,
            "{stamp} {secret}"
        );
    }
    assert_eq!(
        post_to(&a.running, "/hooks/mail/crew", "", &mail).await.0,
        401,
        "unsigned"
    );
    assert_eq!(post_to(&a.running, "/hooks/mail/none", "", &mail).await.0, 404);
    assert_eq!(
        post(&a.running, now, SECRET, &vec![b'x'; 60_000]).await.0,
        413,
        "more than a mail may have"
    );
    // It is refused before it is read; whether the client hears so is the network's business.
    let flood = post_to(&a.running, "/hooks/mail/crew", "", &vec![b'x'; 900_000])
        .await
        .0;
    assert_ne!(flood, 200);
    assert_eq!(incoming(&a.world).await.len(), 0, "nothing of it is kept");

    let (status, said) = post(&a.running, now, SECRET, &mail).await;
    assert_eq!((status, said["status"].as_str()), (200, Some("kept")), "{said}");
    let (status, said) = post(&a.running, now, SECRET, &mail).await;
    assert_eq!((status, said["status"].as_str()), (200, Some("duplicate")), "{said}");
    // The same mail under another stamp is another delivery, but no other mail.
    assert_eq!(post(&a.running, now - 1, SECRET, &mail).await.0, 200);
    assert_eq!(all_read(&a.world).await.len(), 1);
    let answers = answers(&a.world).await;
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].body, "웹훅으로 온 답변입니다.");
    a.running.stop().await;
}
