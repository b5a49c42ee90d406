//! The process: web, worker and mail listeners, together or each alone; started at once, stopped gently.

use crate::{compose::compose_over, handlers};
use anyhow::{Context, Result};
use domain::job;
use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::watch};
use web::App;

/// Which part of the process runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Only {
    #[default]
    All,
    Web,
    Worker,
    Mail,
}

impl Only {
    const fn web(self) -> bool {
        matches!(self, Self::All | Self::Web)
    }
    /// Whether jobs are run and mails are sent.
    pub const fn worker(self) -> bool {
        matches!(self, Self::All | Self::Worker)
    }
    const fn mail(self) -> bool {
        matches!(self, Self::All | Self::Mail)
    }
}

/// Sessions, counters and uploaded files that are over are forgotten so often.
const TIDY: Duration = Duration::from_hours(1);

/// Every port is bound: a taken one is told before anything runs.
#[derive(Debug)]
pub struct Bound {
    only: Only,
    web: Option<TcpListener>,
    mail: Option<mail::Listeners>,
    sink: Option<demo::Sink>,
}

impl Bound {
    /// Binds what `only` runs.
    ///
    /// # Errors
    /// When an address is taken or not ours; the message says which setting to change.
    pub async fn bind(app: &App, only: Only) -> Result<Self> {
        let settings = &app.settings;
        let web = if only.web() {
            let at = settings.web.bind;
            let listener = TcpListener::bind(at).await;
            Some(listener.with_context(|| format!("cannot listen on {at}; set web.bind to a free address"))?)
        } else {
            None
        };
        let mail = if only.mail() {
            let listeners = mail::Listeners::bind(settings).await;
            Some(listeners.context("set mail.in.smtp_bind and mail.in.lmtp_bind to free addresses")?)
        } else {
            None
        };
        // The sink stands for the mail server, which the worker sends to.
        let sink = if app.demo && only.worker() {
            Some(demo::Sink::bind(settings).await?)
        } else {
            None
        };
        Ok(Self { only, web, mail, sink })
    }

    /// Where the pages are served; tells the port where the settings say 0.
    pub fn web_address(&self) -> Option<SocketAddr> {
        self.web.as_ref()?.local_addr().ok()
    }

    /// Where SMTP and LMTP are listened for.
    pub fn mail_addresses(&self) -> Option<(SocketAddr, SocketAddr)> {
        self.mail.as_ref()?.addresses().ok()
    }

    /// Runs until `shutdown` is ready; then every part finishes what it holds.
    ///
    /// # Errors
    /// When the web server's socket fails.
    pub async fn run(self, app: App, shutdown: impl Future<Output = ()>) -> Result<()> {
        let (stop, stopping) = watch::channel(false);
        let stopped = || {
            let mut stopping = stopping.clone();
            async move {
                let _ = stopping.wait_for(|stop| *stop).await;
            }
        };
        let web = async {
            match self.web {
                Some(listener) => {
                    let cache = publishing::Cache::over(app.clone());
                    let router = compose_over(app.clone(), cache.clone());
                    let served = web::serve(&app, router, Arc::new(cache.clone()), listener, stopped()).await;
                    cache.flush(&app).await;
                    served
                }
                None => Ok(()),
            }
        };
        let mail = async {
            if let Some(listeners) = self.mail {
                let (db, settings) = (app.db.clone(), app.settings.clone());
                listeners
                    .run(db, settings, app.clock.clone(), app.wake.clone(), stopped())
                    .await;
            }
        };
        // The worker drains into the sink, so the sink stops after it.
        let worker = async {
            let (last, ended) = watch::channel(false);
            let sink = async {
                if let Some(sink) = self.sink {
                    let mut ended = ended.clone();
                    sink.run(async move {
                        let _ = ended.wait_for(|end| *end).await;
                    })
                    .await;
                }
            };
            let work = async {
                if self.only.worker() {
                    let worker =
                        || jobs::Worker::new(app.db.clone(), app.clock.clone(), app.wake.clone(), handlers(&app));
                    let (db, settings, keys) = (app.db.clone(), app.settings.clone(), app.keys.clone());
                    let sender = mail::Sender::new(db, settings, app.clock.clone(), keys, app.wake.clone());
                    let words = moderation::triage::board::follow::run(&app, stopped());
                    tokio::join!(
                        worker().but(job::LONG).run(stopped()),
                        worker().only(job::LONG).run(stopped()),
                        sender.run(stopped()),
                        tidy(&app, stopped()),
                        moderation::triage::similar::survey::watch(&app, stopped()),
                        moderation::remind::watch(&app, stopped()),
                        intake::watch(&app, stopped()),
                        publishing::watch(&app, stopped()),
                        words
                    );
                }
                let _ = last.send(true);
            };
            tokio::join!(sink, work);
        };
        let signal = async {
            shutdown.await;
            let _ = stop.send(true);
        };
        let (served, (), (), ()) = tokio::join!(web, mail, worker, signal);
        served.context("the web server stopped")
    }
}

/// Binds and runs.
///
/// # Errors
/// When a port is taken or the web server's socket fails.
pub async fn serve(app: App, only: Only, shutdown: impl Future<Output = ()>) -> Result<()> {
    Bound::bind(&app, only).await?.run(app, shutdown).await
}

async fn tidy(app: &App, stopped: impl Future<Output = ()>) {
    tokio::pin!(stopped);
    loop {
        tokio::select! {
            () = &mut stopped => return,
            () = tokio::time::sleep(TIDY) => {}
        }
        if let Err(error) = tidy_once(app).await {
            tracing::warn!(%error, "what is over could not be forgotten; next try in an hour");
        }
    }
}

async fn tidy_once(app: &App) -> Result<(), db::Error> {
    let tx = app.db.begin_write().await?;
    web::delete_expired(&tx, &app.clock).await?;
    intake::staff::roster::forget(&tx, &app.clock).await?;
    intake::staff::service::door::forget(&tx, &app.clock).await?;
    mail::caused::forget(&tx, &app.clock).await?;
    tx.commit().await?;
    if let Err(error) = moderation::telephones::service::close_forgotten(app).await {
        tracing::warn!(%error, "a telephones' page could not be closed; next try in an hour");
    }
    mail::tidy(&app.db, &app.clock, app.settings.mail.inbound.keep_raw_days).await?;
    Ok(())
}
