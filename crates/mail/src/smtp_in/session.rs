//! One connection.

use super::{
    Accept, Envelope, Protocol, ServerConfig, Verdict,
    data::{Collector, Fault},
};
use smtp_proto::{Error as ParseError, Request};
use std::{net::IpAddr, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::watch,
    time::{Instant, timeout_at},
};

/// Octets of a command line; RFC 5321 says 512, its extensions lengthen it.
const COMMAND_MAX: usize = 4_096;
/// Commands that made no sense, before we hang up.
const ERRORS_MAX: u32 = 20;
/// A session's longest life.
const SESSION_MAX: Duration = Duration::from_hours(1);

struct Session<'a, S> {
    stream: S,
    config: &'a ServerConfig,
    accept: &'a dyn Accept,
    stopping: watch::Receiver<bool>,
    /// What the client sent and was not looked at yet: commands may come in a row (PIPELINING).
    pending: Vec<u8>,
    /// Replies that go out together.
    replies: String,
    greeted: bool,
    peer: Option<IpAddr>,
    helo: String,
    from: Option<String>,
    to: Vec<String>,
    errors: u32,
    end: Instant,
}

/// Why a session ends before its QUIT.
enum Gone {
    /// The client went away, or the connection broke.
    Closed,
    Timeout,
    Stopping,
    Errors,
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
        stream,
        config,
        accept,
        stopping,
        pending: Vec::new(),
        replies: String::new(),
        greeted: false,
        peer,
        helo: String::new(),
        from: None,
        to: Vec::new(),
        errors: 0,
        end: Instant::now() + SESSION_MAX,
    };
    let last = match session.converse().await {
        Ok(()) | Err(Gone::Closed) => None,
        Err(Gone::Timeout) => Some("421 4.4.2 You took too long"),
        Err(Gone::Stopping) => Some("421 4.3.2 Going down, try again later"),
        Err(Gone::Errors) => Some("421 4.7.0 Too many errors"),
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
            Request::Mail { from } => self.mail(from.address.as_ref(), from.size)?,
            Request::Rcpt { to } => self.rcpt(to.address.as_ref()).await?,
            Request::Data => self.data().await?,
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
        name.trim().clone_into(&mut self.helo);
        self.greeted = true;
        let host = &self.config.hostname;
        let reply = if extended {
            format!(
                "250-{host}\r\n250-PIPELINING\r\n250-SIZE {}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES",
                self.config.max_size
            )
        } else {
            format!("250 {host}")
        };
        self.say(&reply);
    }

    fn mail(&mut self, from: &str, size: usize) -> Result<(), Gone> {
        if !self.greeted {
            return self.wrong("503 5.5.1 Say hello first");
        }
        if self.from.is_some() {
            return self.wrong("503 5.5.1 One sender at a time");
        }
        if size > self.config.max_size {
            self.say("552 5.3.4 Too big");
            return Ok(());
        }
        self.from = Some(from.trim().to_owned());
        self.say("250 2.1.0 Sender taken");
        Ok(())
    }

    async fn rcpt(&mut self, to: &str) -> Result<(), Gone> {
        if self.from.is_none() {
            return self.wrong("503 5.5.1 Say MAIL first");
        }
        if self.to.len() >= self.config.max_recipients {
            self.say("452 4.5.3 Too many recipients");
            return Ok(());
        }
        match self.accept.rcpt(to).await {
            Verdict::Ok => {
                self.to.push(to.to_owned());
                self.say("250 2.1.5 Recipient taken");
            }
            Verdict::Refuse(why) => {
                self.say(&format!("550 5.1.1 {}", one_line(&why)));
                // Whoever tries many recipients is guessing.
                self.count_error()?;
            }
            Verdict::Later(why) => self.say(&format!("450 4.2.0 {}", one_line(&why))),
        }
        Ok(())
    }

    async fn data(&mut self) -> Result<(), Gone> {
        let Some(from) = self.from.clone() else {
            return self.wrong("503 5.5.1 Say MAIL first");
        };
        if self.to.is_empty() {
            return self.wrong("554 5.5.1 No recipient was taken");
        }
        self.say("354 Go ahead, end with CR LF . CR LF");
        self.flush().await?;
        let mut collector = Collector::new(self.config.max_size);
        let deadline = Instant::now() + self.config.data_timeout;
        let rest = std::mem::take(&mut self.pending);
        let mut ended = collector.feed(&rest).map(|n| rest[n..].to_vec());
        let mut chunk = vec![0; 32 * 1024];
        while ended.is_none() {
            let n = match timeout_at(deadline, self.stream.read(&mut chunk)).await {
                Ok(Ok(0) | Err(_)) => return Err(Gone::Closed),
                Ok(Ok(n)) => n,
                Err(_) => return Err(Gone::Timeout),
            };
            ended = collector.feed(&chunk[..n]).map(|end| chunk[end..n].to_vec());
        }
        self.pending = ended.unwrap_or_default();
        let to = std::mem::take(&mut self.to);
        let count = to.len();
        self.reset();
        let reply = match collector.finish() {
            Ok(raw) => {
                let envelope = Envelope {
                    from,
                    to,
                    protocol: self.config.protocol,
                    client: self.peer,
                    helo: self.helo.clone(),
                };
                match self.accept.accept(envelope, raw).await {
                    Ok(()) => "250 2.0.0 Kept".to_owned(),
                    Err(error) => {
                        tracing::error!(%error, "mail listener: a mail could not be kept; its sender will try again");
                        "451 4.3.0 Could not be kept just now, try again later".to_owned()
                    }
                }
            }
            Err(Fault::BareLineEnd) => "550 5.6.0 Bare CR or LF: lines end with CR LF".to_owned(),
            Err(Fault::TooBig) => "552 5.3.4 Too big".to_owned(),
            Err(Fault::LongLine) => "550 5.6.0 A line is too long".to_owned(),
        };
        // RFC 2033 §4.2: one reply for each recipient that was taken.
        let times = if self.config.protocol == Protocol::Lmtp {
            count
        } else {
            1
        };
        for _ in 0..times {
            self.say(&reply);
        }
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

    fn say(&mut self, reply: &str) {
        self.replies.push_str(reply);
        self.replies.push_str("\r\n");
    }

    fn wrong(&mut self, reply: &str) -> Result<(), Gone> {
        self.say(reply);
        self.count_error()
    }

    const fn count_error(&mut self) -> Result<(), Gone> {
        self.errors += 1;
        if self.errors > ERRORS_MAX {
            Err(Gone::Errors)
        } else {
            Ok(())
        }
    }

    fn reset(&mut self) {
        self.from = None;
        self.to.clear();
    }

    async fn flush(&mut self) -> Result<(), Gone> {
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

fn one_line(text: &str) -> String {
    crate::letter::one_line(text)
}
