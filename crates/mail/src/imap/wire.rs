//! The connection: TCP, TLS, sign-in.

use super::oauth::Tokens;
use crate::Error;
use async_imap::{Authenticator, Client, error::Error as ImapError};
use secrecy::ExposeSecret;
use settings::{Imap, ImapAuth, Tls};
use std::{fmt::Debug, future::Future, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        self, ClientConfig, RootCertStore,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

pub(super) trait Line: AsyncRead + AsyncWrite + Unpin + Send + Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Debug> Line for T {}

pub(super) type Session = async_imap::Session<Box<dyn Line>>;

/// The longest time of one command and its answer, and of getting a connection.
const PATIENCE: Duration = Duration::from_mins(1);

pub(super) fn failed(error: impl std::fmt::Display) -> Error {
    Error::Server(error.to_string())
}

/// A command that a silent server cannot keep for ever.
pub(super) async fn within<T>(command: impl Future<Output = Result<T, ImapError>>) -> Result<T, Error> {
    match tokio::time::timeout(PATIENCE, command).await {
        Ok(done) => done.map_err(failed),
        Err(_) => Err(failed("no answer in time")),
    }
}

/// Connects and signs in.
pub(super) async fn sign_in(settings: &Imap, tokens: &Tokens) -> Result<Session, Error> {
    match tokio::time::timeout(PATIENCE, connect(settings, tokens)).await {
        Ok(done) => done,
        Err(_) => Err(failed("no connection in time")),
    }
}

async fn connect(settings: &Imap, tokens: &Tokens) -> Result<Session, Error> {
    let plain = dial(&settings.host, settings.port).await?;
    let mut client = match settings.tls {
        Tls::Tls => Client::new(secure(plain, &settings.host, &settings.ca_file).await?),
        Tls::None | Tls::Starttls => Client::new(Box::new(plain) as Box<dyn Line>),
    };
    client
        .read_response()
        .await
        .map_err(failed)?
        .ok_or_else(|| failed("the server hung up without a greeting"))?;
    if settings.tls == Tls::Starttls {
        client
            .run_command_and_check_ok("STARTTLS", None)
            .await
            .map_err(failed)?;
        client = Client::new(secure(client.into_inner(), &settings.host, &settings.ca_file).await?);
    }
    let signed_in = match settings.auth {
        ImapAuth::Password => {
            client
                .login(&settings.username, settings.password.expose_secret())
                .await
        }
        ImapAuth::Xoauth2 => {
            let token = tokens.access(settings).await?;
            let answer = format!("user={}\x01auth=Bearer {token}\x01\x01", settings.username);
            client.authenticate("XOAUTH2", Bearer(Some(answer))).await
        }
    };
    match signed_in {
        Ok(session) => Ok(session),
        Err((error, _)) => {
            // It may have been taken back before its time.
            tokens.forget().await;
            Err(failed(format!("sign-in refused: {error}")))
        }
    }
}

/// The one answer; to the error that a server sends as a second question, an empty one (as Gmail and Microsoft ask).
struct Bearer(Option<String>);

impl Authenticator for Bearer {
    type Response = String;

    fn process(&mut self, _: &[u8]) -> String {
        self.0.take().unwrap_or_default()
    }
}

pub(super) async fn dial(host: &str, port: u16) -> Result<TcpStream, Error> {
    let host = host.trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, port)).await;
    let stream = stream.map_err(|e| failed(format!("{host}:{port}: {e}")))?;
    stream.set_nodelay(true).map_err(failed)?;
    Ok(stream)
}

pub(super) async fn secure<S: Line + 'static>(stream: S, host: &str, ca_file: &str) -> Result<Box<dyn Line>, Error> {
    let mut roots = RootCertStore::empty();
    if ca_file.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    } else {
        let pem = std::fs::read(ca_file).map_err(|e| failed(format!("{ca_file}: {e}")))?;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|e| failed(format!("{ca_file}: {e}")))?;
            roots.add(certificate).map_err(|e| failed(format!("{ca_file}: {e}")))?;
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(failed)?;
    let tls = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    let tls = tls.map_err(|e| failed(format!("TLS with {host}: {e}")))?;
    Ok(Box::new(tls))
}
