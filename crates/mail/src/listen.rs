//! Both listeners of the platform.

use crate::{
    Error,
    smtp_in::{Inbox, Protocol, ServerConfig, bind, serve},
};
use db::{Db, Wake};
use domain::Clock;
use settings::Settings;
use std::{future::Future, net::SocketAddr, sync::Arc};
use tokio::{net::TcpListener, sync::watch};

/// Bound, but not yet serving: so a taken port is told at the start and not in a log.
#[derive(Debug)]
pub struct Listeners {
    smtp: TcpListener,
    lmtp: TcpListener,
}

impl Listeners {
    /// # Errors
    /// When one of the two addresses cannot be listened on.
    pub async fn bind(settings: &Settings) -> Result<Self, Error> {
        Ok(Self {
            smtp: bind(settings.mail.inbound.smtp_bind).await?,
            lmtp: bind(settings.mail.inbound.lmtp_bind).await?,
        })
    }

    /// Where SMTP and LMTP are listened for; tells the port where the settings say 0.
    ///
    /// # Errors
    /// When a socket does not know its address.
    pub fn addresses(&self) -> std::io::Result<(SocketAddr, SocketAddr)> {
        Ok((self.smtp.local_addr()?, self.lmtp.local_addr()?))
    }

    /// Takes mail in until `shutdown` is ready, then finishes what is on its way in.
    pub async fn run(
        self,
        db: Db,
        settings: Arc<Settings>,
        clock: Clock,
        wake: Wake,
        shutdown: impl Future<Output = ()> + Send,
    ) {
        let inbox = Arc::new(Inbox::new(db, clock, wake, &settings.mail.reply_domain));
        let config = |protocol| ServerConfig {
            max_size: settings.mail.inbound.max_size,
            max_connections: settings.mail.inbound.max_connections,
            ..ServerConfig::new(protocol, settings.mail.reply_domain.clone())
        };
        let (stop, stopping) = watch::channel(false);
        let stopped = || {
            let mut stopping = stopping.clone();
            async move {
                let _ = stopping.wait_for(|stop| *stop).await;
            }
        };
        tokio::join!(
            serve(self.smtp, config(Protocol::Smtp), inbox.clone(), stopped()),
            serve(self.lmtp, config(Protocol::Lmtp), inbox.clone(), stopped()),
            async {
                shutdown.await;
                let _ = stop.send(true);
            }
        );
    }
}

/// Binds both listeners and serves until `shutdown` is ready.
///
/// # Errors
/// When one of the two addresses cannot be listened on.
pub async fn listen(
    db: Db,
    settings: Arc<Settings>,
    clock: Clock,
    wake: Wake,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), Error> {
    Listeners::bind(&settings)
        .await?
        .run(db, settings, clock, wake, shutdown)
        .await;
    Ok(())
}
