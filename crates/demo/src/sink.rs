//! The demo's mail server: takes every mail for everybody and keeps it as a file.

use crate::{
    Error,
    mailbox::store::{self, Meta},
};
use async_trait::async_trait;
use domain::Clock;
use mail::smtp_in::{Accept, Envelope, Protocol, ServerConfig, TempFail, Verdict, serve};
use settings::Settings;
use std::{
    future::Future,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};
use tokio::net::TcpListener;

/// Bound to this machine alone, whatever the settings say.
#[derive(Debug)]
pub struct Sink {
    listener: TcpListener,
    folder: PathBuf,
    max_size: usize,
}

struct Keep {
    folder: PathBuf,
}

#[async_trait]
impl Accept for Keep {
    async fn rcpt(&self, _address: &str) -> Verdict {
        Verdict::Ok
    }

    async fn accept(&self, envelope: Envelope, raw: Vec<u8>) -> Result<(), TempFail> {
        let folder = self.folder.clone();
        let meta = Meta {
            from: envelope.from,
            to: envelope.to,
            at: Clock::system().now(),
        };
        let kept = tokio::task::spawn_blocking(move || store::keep(&folder, &meta, &raw)).await;
        match kept {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(TempFail(error.to_string())),
            Err(error) => Err(TempFail(error.to_string())),
        }
    }
}

impl Sink {
    /// Listens where outgoing mail is pointed at.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn bind(settings: &Settings) -> Result<Self, Error> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, settings.mail.out.port));
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| Error::Sink { address, source })?;
        let max_size = settings.mail.inbound.max_size;
        Ok(Self {
            listener,
            folder: store::folder(settings),
            max_size,
        })
    }

    /// Takes mail until `shutdown` is ready.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        let config = ServerConfig {
            max_size: self.max_size,
            max_connections: 32,
            ..ServerConfig::new(Protocol::Smtp, "sink.localhost.example")
        };
        serve(self.listener, config, Arc::new(Keep { folder: self.folder }), shutdown).await;
    }
}
