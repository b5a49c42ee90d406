//! Both listeners of the platform, and the mailboxes that it reads.

use crate::{
    Error, imap,
    smtp_in::{Inbox, Protocol, ServerConfig, Tls, bind, serve},
};
use db::{Db, Wake};
use domain::Clock;
use settings::Settings;
use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};
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
        let inbox = Arc::new(Inbox::new(db, clock, wake, &settings.mail));
        let inbound = &settings.mail.inbound;
        let tls = (!inbound.tls_certificate.is_empty())
            .then(|| Arc::new(Tls::new(&inbound.tls_certificate, &inbound.tls_key)));
        if let Some(Err(error)) = tls.as_ref().map(|tls| tls.check()) {
            tracing::error!(%error, "mail listener: STARTTLS will fail; set mail.in.tls_certificate and tls_key");
        }
        let config = |protocol| ServerConfig {
            max_size: inbound.max_size,
            max_connections: inbound.max_connections,
            max_per_address: inbound.max_connections_per_address,
            max_recipients: inbound.max_recipients,
            command_timeout: Duration::from_secs(inbound.command_timeout),
            data_timeout: Duration::from_secs(inbound.data_timeout),
            tls: tls.clone(),
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
            imap::run(&settings, &inbox, stopped()),
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
