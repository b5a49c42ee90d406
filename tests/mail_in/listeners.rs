//! The listeners with a real client: Postfix hands over what it took.

use super::attacks::{all_read, answers, asked_with, letter};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    address::Envelope,
    transport::smtp::client::{Certificate, Tls, TlsParameters},
};
use testkit::Dovecot;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_client_that_insists_on_tls_is_served() {
    let authority = Dovecot::authority();
    let folder = authority.parent().expect("a folder").to_owned();
    let a = asked_with(|s| {
        s.mail.inbound.tls_certificate = folder.join("server.pem").display().to_string();
        s.mail.inbound.tls_key = folder.join("server.key").display().to_string();
    })
    .await;
    let root = Certificate::from_pem(&std::fs::read(&authority).expect("reads")).expect("an authority");
    let tls = TlsParameters::builder("localhost".to_owned())
        .add_root_certificate(root)
        .build()
        .expect("parameters");
    let server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
        .port(a.running.smtp.port())
        .tls(Tls::Required(tls))
        .build();
    let envelope = Envelope::new(
        Some(a.crew.email.as_str().parse().expect("an address")),
        vec![a.address.parse().expect("an address")],
    )
    .expect("an envelope");
    let mail = letter(
        a.crew.email.as_str(),
        &a.address,
        "Message-ID: <tls@crew.example>\r\n",
        "암호화된 답변입니다.",
    );
    server.send_raw(&envelope, &mail).await.expect("takes it");
    all_read(&a.world).await;
    assert_eq!(answers(&a.world).await[0].body, "암호화된 답변입니다.");
    a.running.stop().await;
}
