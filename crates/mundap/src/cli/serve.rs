//! `mundap serve`.

use super::Outcome;
use domain::Clock;
use mundap::{Bound, Only};
use settings::Settings;
use std::time::Instant;
use web::App;

pub(crate) async fn run(settings: Settings, only: Only, demo: bool) -> Outcome {
    let begun = Instant::now();
    let app = mundap::open(settings, Clock::system(), demo).await?;
    let bound = Bound::bind(&app, only).await?;
    if demo {
        let loaded = demo::load(&app).await.map_err(anyhow::Error::from)?;
        println!("{loaded}");
    } else if let Some(link) = web::first_admin_link(&app).await.map_err(anyhow::Error::from)? {
        tracing::warn!("there is no staff yet; create the first administrator at {link}");
    }
    tell(&app, &bound, only, begun);
    Box::pin(bound.run(app.clone(), stop_signal())).await?;
    app.db.close().await;
    tracing::info!("stopped");
    Ok(())
}

fn tell(app: &App, bound: &Bound, only: Only, begun: Instant) {
    let ready = begun.elapsed().as_millis();
    let public = &app.settings.web.public_url;
    if let Some(address) = bound.web_address() {
        tracing::info!(%address, public, ready_ms = ready, "web: ready");
    }
    if let Some((smtp, lmtp)) = bound.mail_addresses() {
        tracing::info!(%smtp, %lmtp, "mail: listening");
    }
    if only.worker() {
        tracing::info!(ready_ms = ready, "worker: ready");
    }
    if app.settings.mail.out.paused {
        tracing::warn!("mail: sending is paused by mail.out.paused");
    }
}

/// SIGTERM from a service manager, SIGINT from a terminal. A second one ends the process at once.
async fn stop_signal() {
    first_signal().await;
    tracing::info!("stopping: what is under way is finished first");
    tokio::spawn(async {
        first_signal().await;
        std::process::exit(130);
    });
}

#[cfg(unix)]
async fn first_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = match signal(SignalKind::terminate()) {
        Ok(term) => term,
        Err(error) => {
            tracing::error!(%error, "SIGTERM cannot be waited for");
            return std::future::pending().await;
        }
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(not(unix))]
async fn first_signal() {
    let _ = tokio::signal::ctrl_c().await;
}
