//! The sender: takes what is due from the outbox and brings it to the mail server, several at once.

mod claim;
mod hold;
mod reach;
mod store;
#[cfg(test)]
mod tests;
mod wire;

use crate::{Error, Signer};
use chrono::Duration;
use claim::{Claimed, Desk};
use db::{Db, Wake};
use domain::{Clock, state::mail::OutgoingState, token::Keys};
use hold::{Hold, Leave};
pub use hold::{held, resume};
use settings::Settings;
use std::{
    collections::VecDeque,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};
pub use store::HEALTH;
use tokio::{task::JoinSet, time::Instant};
use wire::{Outcome, Wire};

/// How long the loop sleeps when nothing is due and nobody wakes it.
const POLL: std::time::Duration = std::time::Duration::from_millis(500);
/// So many times the mails that may be under way are in hand after a claim. It costs a dozen statements for any number.
const AHEAD: usize = 4;
/// How often the health line is written when nothing happens.
const HEALTH_EVERY: std::time::Duration = std::time::Duration::from_secs(10);
/// And at most this often when much happens.
const HEALTH_LEAST: std::time::Duration = std::time::Duration::from_secs(1);

/// Sends what the outbox holds.
#[derive(Clone, Debug)]
pub struct Sender(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    settings: Arc<Settings>,
    clock: Clock,
    keys: Keys,
    wake: Wake,
    wire: Wire,
    hold: Hold,
    signer: Option<Signer>,
    last_error: Mutex<Option<String>>,
}

impl Sender {
    pub fn new(db: Db, settings: Arc<Settings>, clock: Clock, keys: Keys, wake: Wake) -> Self {
        let wire = Wire::new(settings.mail.out.clone());
        let hold = Hold::new(&settings.data_dir, settings.mail.out.hold_after_restore);
        // The start of the process has read the key before; nothing goes out unsigned silently.
        let signer = Signer::load(&settings).unwrap_or_else(|error| {
            tracing::error!(%error, "mail: goes out without our signature");
            None
        });
        Self(Arc::new(Inner {
            db,
            settings,
            clock,
            keys,
            wake,
            wire,
            hold,
            signer,
            last_error: Mutex::new(None),
        }))
    }

    /// Runs until `shutdown` is ready; mails that are on their way come to their end first.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        let inner = &self.0;
        let most = inner.settings.mail.out.concurrency as usize;
        let clock = jobs::clock::Watch::new(inner.db.clone(), inner.clock.clone());
        if inner.settings.mail.out.paused {
            tracing::warn!("mail: sending is paused by the settings; nothing goes out");
        }
        let mut paused = inner.is_paused().await;
        let mut under_way: JoinSet<()> = JoinSet::new();
        // Claimed, and sent as soon as a connection is free: one claim serves many mails.
        let mut ready: VecDeque<Claimed> = VecDeque::new();
        let mut told: Option<Instant> = None;
        let mut busy = true;
        tokio::pin!(shutdown);
        loop {
            let in_hand = under_way.len() + ready.len();
            if !paused && in_hand <= most {
                let trusted = clock.agrees().await;
                let claimed = inner.take(AHEAD * most - in_hand, trusted).await;
                busy |= !claimed.is_empty();
                ready.extend(claimed);
            }
            inner.start(&mut ready, &mut under_way);
            let since = told.map_or(HEALTH_EVERY, |t| t.elapsed());
            if since >= HEALTH_EVERY || (busy && since >= HEALTH_LEAST) {
                paused = inner.is_paused().await;
                inner.tell(paused).await;
                told = Some(Instant::now());
                busy = false;
            }
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                Some(_) = under_way.join_next(), if !under_way.is_empty() => busy = true,
                () = inner.wake.wait(POLL), if under_way.len() < most => {}
            }
        }
        // What is in hand comes to its end, or its lease would have to.
        loop {
            inner.start(&mut ready, &mut under_way);
            if under_way.join_next().await.is_none() {
                break;
            }
        }
        inner.wire.close().await;
        inner.tell(paused).await;
    }

    /// Sends what is due now and what becomes due meanwhile; says how many attempts were made. Tests and the demo's
    /// start call it in place of the loop.
    ///
    /// # Errors
    /// When the outbox itself cannot be read or written.
    pub async fn run_due(&self) -> Result<usize, Error> {
        let inner = &self.0;
        let mut attempts = 0;
        if !inner.settings.mail.out.paused {
            store::recover(&inner.db, inner.clock.now()).await?;
            loop {
                let most = inner.settings.mail.out.concurrency.max(1) as usize;
                let claimed = inner.claim(most, true).await?;
                if claimed.is_empty() {
                    break;
                }
                attempts += claimed.len();
                let mut under_way = JoinSet::new();
                for mail in claimed {
                    let inner = Arc::clone(inner);
                    under_way.spawn(async move { inner.send(mail).await });
                }
                while under_way.join_next().await.is_some() {}
            }
        }
        let error = inner.last_error.lock().unwrap_or_else(PoisonError::into_inner).clone();
        store::health(&inner.db, &inner.clock, inner.settings.mail.out.paused, error).await?;
        Ok(attempts)
    }
}

impl Inner {
    /// Leases outlive the longest send and those that a mail in hand waits for, so that none is taken twice meanwhile.
    fn lease(&self) -> Duration {
        let sends = i32::try_from(AHEAD + 1).unwrap_or(i32::MAX);
        let longest = i64::try_from(self.settings.mail.out.timeout)
            .unwrap_or(600)
            .clamp(1, 3_600);
        Duration::seconds(longest) * sends + Duration::seconds(15)
    }

    /// Sends of `ready` as many as may be under way.
    fn start(self: &Arc<Self>, ready: &mut VecDeque<Claimed>, under_way: &mut JoinSet<()>) {
        while under_way.len() < self.settings.mail.out.concurrency as usize
            && let Some(mail) = ready.pop_front()
        {
            let inner = Arc::clone(self);
            under_way.spawn(async move { inner.send(mail).await });
        }
    }

    /// By the settings, or since the database was put back from a backup.
    async fn is_paused(&self) -> bool {
        if self.settings.mail.out.paused {
            return true;
        }
        match self.hold.look(&self.db, &self.clock).await {
            Ok(Leave::Go) => false,
            Ok(Leave::Wait(why)) => {
                self.remember(Some(format!("held: {why}; see `mundap mail resume`")));
                true
            }
            Err(error) => {
                tracing::error!(%error, "mail: the database does not say whether mails may go");
                true
            }
        }
    }

    async fn claim(&self, most: usize, trusted: bool) -> Result<Vec<Claimed>, Error> {
        let desk = Desk {
            db: &self.db,
            settings: &self.settings,
            keys: &self.keys,
            clock: &self.clock,
            signer: self.signer.as_ref(),
            lease: self.lease(),
            trusted,
        };
        desk.claim(most).await
    }

    async fn take(&self, most: usize, trusted: bool) -> Vec<Claimed> {
        let work = async {
            let lost = store::recover(&self.db, self.clock.now()).await?;
            if lost > 0 {
                tracing::warn!(lost, "mail: leases ended without a word; repeating with the same bytes");
            }
            self.claim(most, trusted).await
        };
        match work.await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::error!(%error, "mail: the outbox does not answer");
                self.remember(Some(error.to_string()));
                Vec::new()
            }
        }
    }

    async fn send(&self, mail: Claimed) {
        let outcome = self.wire.send(&mail.composed.envelope, &mail.composed.bytes).await;
        match &outcome {
            Outcome::Accepted(_) => self.remember(None),
            Outcome::Refused(_) => {}
            Outcome::Later(words) | Outcome::Uncertain(words) => self.remember(Some(words.clone())),
        }
        match store::settle(&self.db, &self.clock, &self.settings.events.holidays, &mail, outcome).await {
            Ok(Some(state @ (OutgoingState::Failed | OutgoingState::Uncertain))) => {
                tracing::warn!(outgoing = %mail.id, attempt = mail.row.attempts, %state, "mail: attempt ended");
            }
            Ok(Some(state)) => {
                tracing::info!(outgoing = %mail.id, attempt = mail.row.attempts, %state, "mail: attempt ended");
            }
            Ok(None) => tracing::warn!(outgoing = %mail.id, "mail: its lease ended before the attempt did"),
            // The lease will end, and the mail becomes uncertain: nothing is lost.
            Err(error) => tracing::error!(outgoing = %mail.id, %error, "mail: the attempt could not be written down"),
        }
    }

    fn remember(&self, error: Option<String>) {
        *self.last_error.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }

    async fn tell(&self, paused: bool) {
        let error = self.last_error.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Err(error) = store::health(&self.db, &self.clock, paused, error).await {
            tracing::error!(%error, "mail: its health could not be written down");
        }
    }
}

/// Connects to the mail server, greets and signs in, and gives back what it calls itself.
///
/// # Errors
/// With the server's words, or why there was no connection.
pub async fn probe(settings: &Settings) -> Result<String, Error> {
    Wire::new(settings.mail.out.clone()).probe().await
}
