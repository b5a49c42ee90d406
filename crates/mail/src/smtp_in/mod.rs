//! SMTP (RFC 5321) and LMTP (RFC 2033) listeners: a session of our own around the `smtp-proto` parser.
//!
//! What becomes of a mail is decided by an [`Accept`]: the platform's own inbox, or the demo's sink.

mod data;
mod inbox;
mod session;
#[cfg(test)]
mod tests;

use crate::Error;
use async_trait::async_trait;
use std::{
    future::Future,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
    task::JoinSet,
};

pub use inbox::Inbox;

/// Which of the two is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Smtp,
    Lmtp,
}

/// Bounds of a listener.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    pub protocol: Protocol,
    /// By which name it greets.
    pub hostname: String,
    /// Octets of one mail.
    pub max_size: usize,
    pub max_connections: usize,
    pub max_recipients: usize,
    /// How long a client may think before its next command.
    pub command_timeout: Duration,
    /// How long the whole of one mail may take.
    pub data_timeout: Duration,
}

impl ServerConfig {
    pub fn new(protocol: Protocol, hostname: impl Into<String>) -> Self {
        Self {
            protocol,
            hostname: hostname.into(),
            max_size: 25 * 1024 * 1024,
            max_connections: 256,
            max_recipients: 50,
            command_timeout: Duration::from_mins(5),
            data_timeout: Duration::from_mins(10),
        }
    }
}

/// The envelope of a mail that is handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Empty for the null return path.
    pub from: String,
    pub to: Vec<String>,
    pub protocol: Protocol,
    /// Who is at the other end, where that is known.
    pub client: Option<IpAddr>,
    /// By which name they greeted.
    pub helo: String,
}

/// Whether a recipient is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Ok,
    /// For good (550), with a reason.
    Refuse(String),
    /// For now (450).
    Later(String),
}

/// The mail could not be kept just now: the client is told 451 and tries again.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct TempFail(pub String);

/// Who takes the mails of a listener.
#[async_trait]
pub trait Accept: Send + Sync + 'static {
    async fn rcpt(&self, address: &str) -> Verdict;
    /// Returns `Ok` only when the mail is kept for good: the client is told 250 then.
    async fn accept(&self, envelope: Envelope, raw: Vec<u8>) -> Result<(), TempFail>;
}

/// Binds a listener.
///
/// # Errors
/// When the address is taken or not ours.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address)
        .await
        .map_err(|source| Error::Listen { address, source })
}

/// Serves until `shutdown` is ready; then greets nobody new, lets mails that are on their way in come to their end,
/// and says 421 to the rest.
pub async fn serve(
    listener: TcpListener,
    config: ServerConfig,
    accept: Arc<dyn Accept>,
    shutdown: impl Future<Output = ()> + Send,
) {
    let config = Arc::new(config);
    let places = Arc::new(Semaphore::new(config.max_connections));
    let (stop, stopping) = watch::channel(false);
    let mut sessions = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(_) = sessions.join_next(), if !sessions.is_empty() => {}
            incoming = listener.accept() => {
                let (socket, peer) = match incoming {
                    Ok((socket, peer)) => (socket, peer.ip()),
                    Err(error) => {
                        tracing::warn!(%error, "mail listener: accept failed");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        continue;
                    }
                };
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                    sessions.spawn(session::turn_away(socket));
                    continue;
                };
                let (config, accept, stopping) = (Arc::clone(&config), Arc::clone(&accept), stopping.clone());
                sessions.spawn(async move {
                    session::run(socket, Some(peer), &config, accept.as_ref(), stopping).await;
                    drop(place);
                });
            }
        }
    }
    drop(listener);
    let _ = stop.send(true);
    let patience = tokio::time::sleep(Duration::from_secs(20));
    tokio::pin!(patience);
    while !sessions.is_empty() {
        tokio::select! {
            _ = sessions.join_next() => {}
            () = &mut patience => break,
        }
    }
}
