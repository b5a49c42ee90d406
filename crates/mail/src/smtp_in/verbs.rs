//! The commands that bring a mail: MAIL, RCPT, DATA, BDAT.

use super::{
    Envelope, Protocol, Verdict,
    data::{Collector, Fault},
    session::{Chunks, Gone, Session, one_line},
};
use smtp_proto::{MAIL_BODY_BINARYMIME, MAIL_REQUIRETLS};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite},
    time::{Instant, timeout_at},
};

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Session<'_, S> {
    pub(super) fn mail(&mut self, from: &str, flags: u64, size: usize) -> Result<(), Gone> {
        if self.helo.is_none() {
            return self.wrong("503 5.5.1 Say hello first");
        }
        if self.from.is_some() {
            return self.wrong("503 5.5.1 One sender at a time");
        }
        if flags & (MAIL_BODY_BINARYMIME | MAIL_REQUIRETLS) != 0 {
            return self.wrong("555 5.5.4 That parameter is not offered");
        }
        if size > self.config.max_size {
            self.say("552 5.3.4 Too big");
            return Ok(());
        }
        self.from = Some(from.trim().to_owned());
        self.say("250 2.1.0 Sender taken");
        Ok(())
    }

    pub(super) async fn rcpt(&mut self, to: &str) -> Result<(), Gone> {
        if self.from.is_none() {
            return self.wrong("503 5.5.1 Say MAIL first");
        }
        if !matches!(self.chunks, Chunks::None) {
            return self.wrong("503 5.5.1 The mail has begun");
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

    pub(super) async fn data(&mut self) -> Result<(), Gone> {
        if let Some(reply) = self.not_yet() {
            return self.wrong(reply);
        }
        if !matches!(self.chunks, Chunks::None) {
            return self.wrong("503 5.5.1 This mail comes by BDAT");
        }
        self.say("354 Go ahead, end with CR LF . CR LF");
        self.flush().await?;
        let mut collector = Collector::new(self.config.max_size);
        let deadline = Instant::now() + self.config.data_timeout;
        loop {
            if let Some(end) = collector.feed(&self.pending) {
                self.pending.drain(..end);
                break;
            }
            self.pending.clear();
            self.read_more(deadline).await?;
        }
        self.hand_over(collector).await
    }

    /// One chunk (RFC 3030): its octets are read whatever is said to it, for they stand in the way of the next command.
    pub(super) async fn bdat(&mut self, size: usize, last: bool) -> Result<(), Gone> {
        let mut refusal = self.not_yet();
        let (mut collector, deadline) = match std::mem::replace(&mut self.chunks, Chunks::None) {
            Chunks::Open(collector, deadline) => (collector, deadline),
            other => {
                if matches!(other, Chunks::Spoilt) {
                    refusal = Some("503 5.5.1 An earlier chunk was refused: say RSET");
                }
                let deadline = Instant::now() + self.config.data_timeout;
                (Collector::new(self.config.max_size), deadline)
            }
        };
        let mut left = size;
        while left > 0 {
            if self.pending.is_empty() {
                // Chunks are pipelined: replies to those before go out first.
                self.flush().await?;
                self.read_more(deadline).await?;
            }
            let n = left.min(self.pending.len());
            if refusal.is_none() {
                collector.take(&self.pending[..n]);
            }
            self.pending.drain(..n);
            left -= n;
        }
        if let Some(reply) = refusal {
            // After the last one there is nothing more to refuse, and nothing is left of the mail.
            if last {
                self.reset();
            } else if self.from.is_some() {
                self.chunks = Chunks::Spoilt;
            }
            return self.wrong(reply);
        }
        if last {
            return self.hand_over(collector).await;
        }
        if let Some(fault) = collector.fault_so_far() {
            self.chunks = Chunks::Spoilt;
            self.say(refused(fault));
        } else {
            self.chunks = Chunks::Open(collector, deadline);
            self.say(&format!("250 2.0.0 {size} octets taken"));
        }
        Ok(())
    }

    fn not_yet(&self) -> Option<&'static str> {
        if self.from.is_none() {
            Some("503 5.5.1 Say MAIL first")
        } else if self.to.is_empty() {
            Some("554 5.5.1 No recipient was taken")
        } else {
            None
        }
    }

    async fn read_more(&mut self, deadline: Instant) -> Result<(), Gone> {
        self.pending.reserve(32 * 1024);
        match timeout_at(deadline, self.stream.read_buf(&mut self.pending)).await {
            Ok(Ok(0) | Err(_)) => Err(Gone::Closed),
            Ok(Ok(_)) => Ok(()),
            Err(_) => Err(Gone::Timeout),
        }
    }

    /// The mail is whole: it is kept, and only then is that said.
    async fn hand_over(&mut self, collector: Collector) -> Result<(), Gone> {
        let from = self.from.take().unwrap_or_default();
        let to = std::mem::take(&mut self.to);
        let count = to.len();
        self.reset();
        let kept = match collector.finish() {
            Ok(raw) => {
                let envelope = Envelope {
                    from,
                    to,
                    protocol: self.config.protocol,
                    client: self.peer,
                    helo: self.helo.clone().unwrap_or_default(),
                };
                self.accept.accept(envelope, raw).await.map_err(|error| {
                    tracing::error!(%error, "mail listener: a mail could not be kept; its sender will try again");
                    "451 4.3.0 Could not be kept just now, try again later"
                })
            }
            Err(fault) => Err(refused(fault)),
        };
        let reply = match kept {
            Ok(()) => {
                self.commands = 0;
                "250 2.0.0 Kept"
            }
            Err(reply) => reply,
        };
        // RFC 2033 §4.2: one reply for each recipient that was taken.
        let times = if self.config.protocol == Protocol::Lmtp {
            count
        } else {
            1
        };
        for _ in 0..times {
            self.say(reply);
        }
        Ok(())
    }
}

const fn refused(fault: Fault) -> &'static str {
    match fault {
        Fault::BareLineEnd => "550 5.6.0 Bare CR or LF: lines end with CR LF",
        Fault::TooBig => "552 5.3.4 Too big",
        Fault::LongLine => "550 5.6.0 A line is too long",
    }
}
