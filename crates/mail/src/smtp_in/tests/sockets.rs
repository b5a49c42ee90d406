//! What needs a real socket: TLS, addresses, time.

use super::*;
use std::path::Path;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, BufReader},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

fn pem(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testkit/tls").join(name)
}

struct Listening {
    at: SocketAddr,
    sink: Arc<Sink>,
    /// The listener goes with it.
    _stop: tokio::sync::oneshot::Sender<()>,
}

async fn listening(config: ServerConfig) -> Listening {
    let listener = bind("127.0.0.1:0".parse().expect("address")).await.expect("bind");
    let at = listener.local_addr().expect("address");
    let sink = Arc::new(Sink::default());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    tokio::spawn(serve(listener, config, sink.clone(), async move {
        let _ = stopped.await;
    }));
    Listening { at, sink, _stop: stop }
}

fn with_tls() -> ServerConfig {
    ServerConfig {
        tls: Some(Arc::new(Tls::new(pem("server.pem"), pem("server.key")))),
        ..ServerConfig::new(Protocol::Smtp, "mx.example")
    }
}

/// One command, and its whole reply.
async fn say<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>, command: &str) -> String {
    stream.get_mut().write_all(command.as_bytes()).await.expect("writes");
    stream.get_mut().flush().await.expect("writes");
    reply(stream).await
}

async fn reply<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> String {
    let mut all = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.expect("reads") == 0 {
            return all;
        }
        all.push_str(&line);
        if line.as_bytes().get(3) != Some(&b'-') {
            return all;
        }
    }
}

async fn secured(stream: BufReader<TcpStream>) -> BufReader<tokio_rustls::client::TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(pem("ca.pem")).expect("an authority"))
        .expect("an authority");
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let tls = TlsConnector::from(Arc::new(config))
        .connect(name, stream.into_inner())
        .await
        .expect("shakes hands");
    BufReader::new(tls)
}

#[tokio::test]
async fn behind_starttls_everything_begins_anew_and_a_mail_is_kept() {
    let server = listening(with_tls()).await;
    let mut plain = BufReader::new(TcpStream::connect(server.at).await.expect("connects"));
    reply(&mut plain).await;
    let hello = say(&mut plain, "EHLO before.example\r\n").await;
    for offered in [
        "STARTTLS",
        "SIZE 26214400",
        "8BITMIME",
        "SMTPUTF8",
        "CHUNKING",
        "PIPELINING",
        "ENHANCEDSTATUSCODES",
    ] {
        assert!(hello.contains(offered), "{offered}: {hello}");
    }
    assert!(
        say(&mut plain, "MAIL FROM:<before@x.example>\r\n")
            .await
            .starts_with("250")
    );
    assert!(say(&mut plain, "STARTTLS\r\n").await.starts_with("220"));
    let mut tls = secured(plain).await;
    assert!(
        say(&mut tls, "RCPT TO:<q@reply.example>\r\n").await.starts_with("503"),
        "the sender of before is forgotten"
    );
    assert!(
        say(&mut tls, "MAIL FROM:<a@x.example>\r\n").await.starts_with("503"),
        "so is the greeting"
    );
    let hello = say(&mut tls, "EHLO after.example\r\n").await;
    assert!(!hello.contains("STARTTLS"), "{hello}");
    assert!(say(&mut tls, "STARTTLS\r\n").await.starts_with("503"));
    for command in [
        "MAIL FROM:<홍@회사.example> SMTPUTF8\r\n",
        "RCPT TO:<q+t@reply.example>\r\n",
    ] {
        assert!(say(&mut tls, command).await.starts_with("250"));
    }
    assert!(say(&mut tls, "BDAT 3 LAST\r\nx\r\n").await.starts_with("250"));
    let mails = server.sink.mails.lock().expect("lock");
    assert_eq!(
        (mails[0].0.from.as_str(), mails[0].0.helo.as_str()),
        ("홍@회사.example", "after.example")
    );
    assert_eq!(mails[0].0.client, Some("127.0.0.1".parse().expect("an address")));
}

#[tokio::test]
async fn what_was_slipped_in_behind_starttls_is_never_obeyed() {
    let server = listening(with_tls()).await;
    let mut plain = BufReader::new(TcpStream::connect(server.at).await.expect("connects"));
    reply(&mut plain).await;
    say(&mut plain, "EHLO x\r\n").await;
    let said = say(&mut plain, "STARTTLS\r\nMAIL FROM:<slipped@x.example>\r\n").await;
    assert!(said.starts_with("503"), "{said}");
    assert_eq!(reply(&mut plain).await, "", "and hung up");
}

#[tokio::test]
async fn a_client_that_speaks_no_tls_after_all_or_never_goes_on_is_let_go() {
    let mut config = with_tls();
    config.command_timeout = Duration::from_millis(300);
    let server = listening(config).await;
    for nonsense in ["QUIT\r\n", ""] {
        let mut plain = BufReader::new(TcpStream::connect(server.at).await.expect("connects"));
        reply(&mut plain).await;
        say(&mut plain, "EHLO x\r\n").await;
        assert!(say(&mut plain, "STARTTLS\r\n").await.starts_with("220"));
        plain.get_mut().write_all(nonsense.as_bytes()).await.expect("writes");
        let mut rest = Vec::new();
        // An alert or nothing, and the end; a reset is an end, too.
        let _ = plain.read_to_end(&mut rest).await;
        assert!(!rest.starts_with(b"2"), "{rest:?}");
    }
}

#[tokio::test]
async fn a_renewed_certificate_is_read_and_a_broken_one_does_not_end_the_old() {
    let dir = tempfile::tempdir().expect("a folder");
    let (certificate, key) = (dir.path().join("c.pem"), dir.path().join("k.pem"));
    let tls = Tls::new(&certificate, &key);
    assert!(tls.check().is_err(), "nothing is there");
    std::fs::copy(pem("server.pem"), &certificate).expect("copies");
    assert!(tls.check().is_err(), "half is there");
    std::fs::copy(pem("server.key"), &key).expect("copies");
    tls.check().expect("both are there");
    std::fs::write(&certificate, "half-written").expect("writes");
    let written = std::fs::metadata(&certificate)
        .and_then(|m| m.modified())
        .expect("a time");
    let later = written + Duration::from_secs(10);
    std::fs::File::options()
        .write(true)
        .open(&certificate)
        .and_then(|f| f.set_modified(later))
        .expect("a later time");
    tls.check().expect("the one before");
}

#[tokio::test]
async fn one_address_holds_no_more_than_its_share() {
    let server = listening(ServerConfig {
        max_per_address: 2,
        ..ServerConfig::new(Protocol::Smtp, "mx.example")
    })
    .await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = BufReader::new(TcpStream::connect(server.at).await.expect("connects"));
        assert!(reply(&mut stream).await.starts_with("220"));
        held.push(stream);
    }
    let mut third = BufReader::new(TcpStream::connect(server.at).await.expect("connects"));
    assert!(reply(&mut third).await.starts_with("421 4.3.2"));
    assert!(say(&mut held[0], "QUIT\r\n").await.starts_with("221"));
    assert_eq!(reply(&mut held[0]).await, "");
    // The place is free a moment after the connection's end.
    for _ in 0..200 {
        let mut next = BufReader::new(TcpStream::connect(server.at).await.expect("connects"));
        if reply(&mut next).await.starts_with("220") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the place was not given back");
}
