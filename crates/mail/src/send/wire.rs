//! The connection to the mail server: lettre's SMTP client, pooled by us, since what matters is *where* it fails.
//!
//! Before the mail's text went out, a failure is sure: nothing was taken. After it, silence means that the server may
//! have the mail, and only then is it uncertain.

use crate::Error;
use lettre::{
    address::Envelope,
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Noop, Rcpt, Rset},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
        response::Response,
    },
};
use secrecy::ExposeSecret;
use settings::{MailOut, Tls};
use std::{
    error::Error as _,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout_at},
};

/// A server hangs up on idle clients; before that we rather begin anew.
const IDLE_MAX: Duration = Duration::from_mins(1);

/// How a send ended, with the server's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Accepted(String),
    /// For good.
    Refused(String),
    /// Not now; nothing was taken.
    Later(String),
    /// The text went out, and no word came back.
    Uncertain(String),
}

/// Connections to one server.
pub(crate) struct Wire {
    settings: MailOut,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire")
            .field("host", &self.settings.host)
            .field("port", &self.settings.port)
            .finish_non_exhaustive()
    }
}

/// What went wrong before the mail's text went out.
enum Early {
    /// The connection broke or was broken already.
    Broken(String),
    /// The server or the client said no; whether for good.
    No { words: String, for_good: bool },
}

impl Wire {
    pub(crate) const fn new(settings: MailOut) -> Self {
        Self {
            settings,
            idle: Mutex::new(Vec::new()),
        }
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(self.settings.timeout.max(1))
    }

    /// Sends one mail; the whole of it takes at most the time-out of the settings.
    pub(crate) async fn send(&self, envelope: &Envelope, bytes: &[u8]) -> Outcome {
        let deadline = Instant::now() + self.patience();
        loop {
            let idle = self.take_idle();
            let reused = idle.is_some();
            let mut connection = match idle {
                Some(connection) => connection,
                None => match timeout_at(deadline, self.connect()).await {
                    Ok(Ok(connection)) => connection,
                    Ok(Err(error)) => return Outcome::Later(error.to_string()),
                    Err(_) => return Outcome::Later("no connection in time".into()),
                },
            };
            match timeout_at(deadline, introduce(&mut connection, envelope, bytes)).await {
                Ok(Ok(())) => {}
                // The server closed it while it was idle: that is no failure. A fresh one is tried at once.
                Ok(Err(Early::Broken(_))) if reused => continue,
                Ok(Err(Early::Broken(words))) => return Outcome::Later(words),
                Ok(Err(Early::No { words, for_good })) => {
                    if matches!(timeout_at(deadline, connection.command(Rset)).await, Ok(Ok(_))) {
                        self.give_back(connection);
                    }
                    return if for_good {
                        Outcome::Refused(words)
                    } else {
                        Outcome::Later(words)
                    };
                }
                Err(_) => return Outcome::Later("the server took too long before the text".into()),
            }
            return match timeout_at(deadline, connection.message(bytes)).await {
                Ok(Ok(response)) => {
                    self.give_back(connection);
                    Outcome::Accepted(said(&response))
                }
                Ok(Err(error)) if error.is_permanent() => {
                    self.give_back(connection);
                    Outcome::Refused(words(&error))
                }
                Ok(Err(error)) if error.is_transient() => {
                    self.give_back(connection);
                    Outcome::Later(words(&error))
                }
                Ok(Err(error)) => Outcome::Uncertain(words(&error)),
                Err(_) => Outcome::Uncertain("no word after the text in time".into()),
            };
        }
    }

    /// Connects, greets, and says what the server calls itself.
    pub(crate) async fn probe(&self) -> Result<String, Error> {
        let work = async {
            let mut connection = self.connect().await?;
            let answer = connection.command(Noop).await.map_err(|e| Error::Server(words(&e)))?;
            let name = connection.server_info().to_string();
            connection.abort().await;
            Ok(format!("{name}: {}", said(&answer)))
        };
        tokio::time::timeout(self.patience(), work)
            .await
            .unwrap_or_else(|_| Err(Error::Server("no answer in time".into())))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let settings = &self.settings;
        let server = |error: SmtpError| Error::Server(words(&error));
        let unreached = |error: std::io::Error| Error::Server(format!("no connection: {error}"));
        let hello = ClientId::default();
        let tls = || TlsParameters::new(settings.host.clone()).map_err(server);
        let implicit = if settings.tls == Tls::Tls { Some(tls()?) } else { None };
        let address = (settings.host.as_str(), settings.port);
        let mut connection = if implicit.is_some() {
            AsyncSmtpConnection::connect_tokio1(address, Some(self.patience()), &hello, implicit, None).await
        } else {
            // A mail goes out in two writes, its text and the dot; the kernel would hold the dot back until the server
            // has acknowledged the text, which it puts off for forty milliseconds.
            let stream = TcpStream::connect(address).await.map_err(unreached)?;
            stream.set_nodelay(true).map_err(unreached)?;
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello).await
        }
        .map_err(server)?;
        if settings.tls == Tls::Starttls {
            connection.starttls(tls()?, &hello).await.map_err(server)?;
        }
        if !settings.username.is_empty() {
            let secret = Credentials::new(settings.username.clone(), settings.password.expose_secret().to_owned());
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], &secret)
                .await
                .map_err(server)?;
        }
        Ok(connection)
    }

    fn take_idle(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(_, since)| since.elapsed() < IDLE_MAX);
        idle.pop().map(|(connection, _)| connection)
    }

    fn give_back(&self, connection: AsyncSmtpConnection) {
        if !connection.has_broken() {
            self.idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((connection, Instant::now()));
        }
    }

    /// Says goodbye on every idle connection.
    pub(crate) async fn close(&self) {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for (mut connection, _) in idle {
            let _ = tokio::time::timeout(Duration::from_secs(2), connection.abort()).await;
        }
    }
}

/// MAIL, RCPT, DATA: up to the server's 354.
async fn introduce(connection: &mut AsyncSmtpConnection, envelope: &Envelope, bytes: &[u8]) -> Result<(), Early> {
    let lacks = |what: &str| Early::No {
        words: format!("the mail server does not offer {what}"),
        for_good: true,
    };
    let mut parameters = Vec::new();
    if envelope
        .to()
        .iter()
        .chain(envelope.from())
        .any(|a| !AsRef::<str>::as_ref(a).is_ascii())
    {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(lacks("SMTPUTF8, which this address needs"));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !bytes.is_ascii() {
        if !connection.server_info().supports_feature(Extension::EightBitMime) {
            return Err(lacks("8BITMIME"));
        }
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    connection
        .command(Mail::new(envelope.from().cloned(), parameters))
        .await
        .map_err(|e| early(&e))?;
    for to in envelope.to() {
        connection
            .command(Rcpt::new(to.clone(), Vec::new()))
            .await
            .map_err(|e| early(&e))?;
    }
    connection.command(Data).await.map_err(|e| early(&e))?;
    Ok(())
}

fn early(error: &SmtpError) -> Early {
    let Some(code) = error.status() else {
        return Early::Broken(words(error));
    };
    let code: u16 = code.into();
    // 530, 534, 535, 538 speak of our sign-in, not of this mail; 421 is a goodbye.
    let ours = matches!(code, 530 | 534 | 535 | 538);
    if code == 421 {
        return Early::Broken(words(error));
    }
    Early::No {
        words: words(error),
        for_good: error.is_permanent() && !ours,
    }
}

/// The error and what caused it, on one line.
fn words(error: &SmtpError) -> String {
    let mut out = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !out.contains(&cause_text) {
            out.push_str(": ");
            out.push_str(&cause_text);
        }
        source = cause.source();
    }
    domain::text::excerpt(&crate::letter::one_line(&out), 500)
}

fn said(response: &Response) -> String {
    let text = format!(
        "{} {}",
        response.code(),
        response.message().collect::<Vec<_>>().join(" ")
    );
    domain::text::excerpt(&crate::letter::one_line(&text), 500)
}
