//! One connection.

use super::{Accept, Protocol, ServerConfig, data::Collector, stream::Stream};
use smtp_proto::{Error as ParseError, MailFrom, Request};
use std::{net::IpAddr, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::watch,
    time::{Instant, timeout_at},
};

/// Octets of a command line; RFC 5321 says 512, its extensions lengthen it.
const COMMAND_MAX: usize = 4_096;
/// A handshake's longest time.
const HANDSHAKE_MAX: Duration = Duration::from_secs(30);
/// A session's longest life.
const SESSION_MAX: Duration = Duration::from_hours(1);

pub(super) struct Session<'a, S> {
    pub(super) stream: Stream<S>,
    pub(super) peer: Option<IpAddr>,
    pub(super) config: &'a ServerConfig,
    pub(super) accept: &'a dyn Accept,
    stopping: watch::Receiver<bool>,
    /// What the client sent and was not looked at yet: commands may come in a row (PIPELINING).
    pub(super) pending: Vec<u8>,
    /// Replies that go out together.
    replies: String,
    /// What the client called itself; nobody may send before that.
    pub(super) helo: Option<String>,
    pub(super) from: Option<String>,
    pub(super) to: Vec<String>,
    pub(super) chunks: Chunks,
    errors: u32,
    /// Commands since the last mail that was kept.
    pub(super) commands: u32,
    end: Instant,
}

/// How far a mail in counted chunks (BDAT) is.
pub(super) enum Chunks {
    None,
    Open(Collector, Instant),
    /// One of them was refused: so are the others, up to RSET.
    Spoilt,
}

/// Why a session ends before its QUIT.
pub(super) enum Gone {
    /// The client went away, or the connection broke.
    Closed,
    Timeout,
    Stopping,
    Errors,
    Commands,
}

enum Next {
    Command(Vec<u8>),
    TooLong,
}

/// No place is free.
pub(super) async fn turn_away(mut socket: tokio::net::TcpStream) {
    let say = socket.write_all(b"421 4.3.2 Too many connections, try again later\r\n");
    let _ = tokio::time::timeout(Duration::from_secs(5), say).await;
}

pub(super) async fn run<S>(
    stream: S,
    peer: Option<IpAddr>,
    config: &ServerConfig,
    accept: &dyn Accept,
    stopping: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut session = Session {
        stream: Stream::Plain(stream),
        peer,
        config,
        accept,
        stopping,
        pending: Vec::new(),
        replies: String::new(),
        helo: None,
        from: None,
        to: Vec::new(),
        chunks: Chunks::None,
        errors: 0,
        commands: 0,
        end: Instant::now() + SESSION_MAX,
    };
    let last = match session.converse().await {
        Ok(()) | Err(Gone::Closed) => None,
        Err(Gone::Timeout) => Some("421 4.4.2 You took too long"),
        Err(Gone::Stopping) => Some("421 4.3.2 Going down, try again later"),
        Err(Gone::Errors) => Some("421 4.7.0 Too many errors"),
        Err(Gone::Commands) => Some("421 4.7.0 Too many commands without a mail"),
    };
    if let Some(last) = last {
        session.say(last);
    }
    let _ = tokio::time::timeout(Duration::from_secs(5), session.flush()).await;
    let _ = tokio::time::timeout(Duration::from_secs(5), session.stream.shutdown()).await;
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Session<'_, S> {
    async fn converse(&mut self) -> Result<(), Gone> {
        let name = if self.config.protocol == Protocol::Lmtp {
            "LMTP"
        } else {
            "ESMTP"
        };
        let greeting = format!("220 {} {name} Mundap", self.config.hostname);
        self.say(&greeting);
        loop {
            let line = match self.command_line().await? {
                Next::Command(line) => line,
                Next::TooLong => {
                    self.wrong("500 5.5.2 Line too long")?;
                    continue;
                }
            };
            self.commands += 1;
            if self.commands > self.config.max_commands {
                return Err(Gone::Commands);
            }
            if !line.ends_with(b"\r\n") {
                self.wrong("500 5.5.2 Lines end with CR LF")?;
                continue;
            }
            match Request::parse(&mut line.iter()) {
                Ok(Request::Quit) => {
                    self.say("221 2.0.0 Bye");
                    return Ok(());
                }
                Ok(request) => self.obey(request).await?,
                Err(error) => self.misunderstood(&error)?,
            }
        }
    }

    async fn obey<T: AsRef<str>>(&mut self, request: Request<T>) -> Result<(), Gone> {
        let lmtp = self.config.protocol == Protocol::Lmtp;
        match request {
            Request::Ehlo { host } if !lmtp => self.hello(host.as_ref(), true),
            Request::Helo { host } if !lmtp => self.hello(host.as_ref(), false),
            Request::Lhlo { host } if lmtp => self.hello(host.as_ref(), true),
            Request::Ehlo { .. } | Request::Helo { .. } => self.wrong("500 5.5.1 This is LMTP: say LHLO")?,
            Request::Lhlo { .. } => self.wrong("500 5.5.1 This is SMTP: say EHLO")?,
            Request::Mail { from } => {
                let MailFrom {
                    address, flags, size, ..
                } = from;
                self.mail(address.as_ref(), flags, size)?;
            }
            Request::Rcpt { to } => self.rcpt(to.address.as_ref()).await?,
            Request::Data => self.data().await?,
            Request::Bdat { chunk_size, is_last } => self.bdat(chunk_size, is_last).await?,
            Request::StartTls => self.start_tls().await?,
            Request::Rset => {
                self.reset();
                self.say("250 2.0.0 Forgotten");
            }
            Request::Noop { .. } => self.say("250 2.0.0 Fine"),
            Request::Vrfy { .. } => self.say("252 2.5.0 Send it and see"),
            Request::Help { .. } => self.say("214 2.0.0 RFC 5321 says it all"),
            _ => self.wrong("502 5.5.1 Not offered")?,
        }
        Ok(())
    }

    fn hello(&mut self, name: &str, extended: bool) {
        self.reset();
        self.helo = Some(one_line(name));
        let host = &self.config.hostname;
        let reply = if extended {
            let tls = if self.config.tls.is_some() && !self.stream.is_tls() {
                "250-STARTTLS\r\n"
            } else {
                ""
            };
            format!(
                "250-{host}\r\n{tls}250-PIPELINING\r\n250-SIZE {}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250 ENHANCEDSTATUSCODES",
                self.config.max_size
            )
        } else {
            format!("250 {host}")
        };
        self.say(&reply);
    }

    /// After the handshake everything begins anew (RFC 3207 §4.2). What was sent in the clear behind the command would be
    /// taken for part of the private conversation, so there must be nothing.
    async fn start_tls(&mut self) -> Result<(), Gone> {
        let tls = match &self.config.tls {
            Some(tls) if !self.stream.is_tls() => tls.clone(),
            Some(_) => return self.wrong("503 5.5.1 It is TLS already"),
            None => return self.wrong("502 5.5.1 Not offered"),
        };
        if !self.pending.is_empty() {
            self.say("503 5.5.1 Nothing may follow STARTTLS before its answer");
            return Err(Gone::Closed);
        }
        if let Err(error) = tls.check() {
            tracing::error!(%error, "mail listener: the certificate does not read; set mail.in.tls_certificate and tls_key");
            return self.wrong("454 4.7.0 TLS is not available just now");
        }
        self.say("220 2.0.0 Go ahead");
        self.flush().await?;
        match tokio::time::timeout(self.config.command_timeout.min(HANDSHAKE_MAX), self.stream.secure(&tls)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Err(Gone::Closed),
            Err(_) => return Err(Gone::Timeout),
        }
        self.reset();
        self.helo = None;
        Ok(())
    }

    fn misunderstood(&mut self, error: &ParseError) -> Result<(), Gone> {
        match error {
            ParseError::InvalidSenderAddress => self.wrong("501 5.1.7 That is no sender address"),
            ParseError::InvalidRecipientAddress => self.wrong("501 5.1.3 That is no recipient address"),
            ParseError::InvalidParameter { .. } | ParseError::UnsupportedParameter { .. } => {
                self.wrong("555 5.5.4 That parameter is not known")
            }
            ParseError::SyntaxError { .. } => self.wrong("501 5.5.4 That is not how it is written"),
            _ => self.wrong("500 5.5.2 That is no command"),
        }
    }

    /// A whole line with its end, waiting for it as long as it may take; replies go out before the wait.
    async fn command_line(&mut self) -> Result<Next, Gone> {
        let deadline = (Instant::now() + self.config.command_timeout).min(self.end);
        let mut too_long = false;
        loop {
            if let Some(end) = self.pending.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = self.pending.drain(..=end).collect();
                let long = too_long || line.len() > COMMAND_MAX;
                return Ok(if long { Next::TooLong } else { Next::Command(line) });
            }
            if self.pending.len() > COMMAND_MAX {
                too_long = true;
                self.pending.clear();
            }
            self.flush().await?;
            if *self.stopping.borrow_and_update() {
                return Err(Gone::Stopping);
            }
            let mut chunk = [0; 4_096];
            tokio::select! {
                biased;
                read = timeout_at(deadline, self.stream.read(&mut chunk)) => match read {
                    Ok(Ok(0) | Err(_)) => return Err(Gone::Closed),
                    Ok(Ok(n)) => self.pending.extend_from_slice(&chunk[..n]),
                    Err(_) => return Err(Gone::Timeout),
                },
                changed = self.stopping.changed() => {
                    // The listener is gone: that is a stop, too.
                    if changed.is_err() {
                        return Err(Gone::Stopping);
                    }
                }
            }
        }
    }

    pub(super) fn say(&mut self, reply: &str) {
        self.replies.push_str(reply);
        self.replies.push_str("\r\n");
    }

    pub(super) fn wrong(&mut self, reply: &str) -> Result<(), Gone> {
        self.say(reply);
        self.count_error()
    }

    pub(super) const fn count_error(&mut self) -> Result<(), Gone> {
        self.errors += 1;
        if self.errors > self.config.max_errors {
            Err(Gone::Errors)
        } else {
            Ok(())
        }
    }

    pub(super) fn reset(&mut self) {
        self.from = None;
        self.to.clear();
        self.chunks = Chunks::None;
    }

    pub(super) async fn flush(&mut self) -> Result<(), Gone> {
        if self.replies.is_empty() {
            return Ok(());
        }
        let replies = std::mem::take(&mut self.replies);
        let write = async {
            self.stream.write_all(replies.as_bytes()).await?;
            self.stream.flush().await
        };
        match tokio::time::timeout(Duration::from_mins(1), write).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Gone::Closed),
            Err(_) => Err(Gone::Timeout),
        }
    }
}

pub(super) fn one_line(text: &str) -> String {
    crate::letter::one_line(text)
}
