//! Mailboxes that are read by IMAP (RFC 3501), each folder over a connection of its own.
//!
//! A mail is fetched without a mark, kept in one transaction with how far the folder was read, and only then marked or
//! moved, as far as that is asked for; nothing is ever deleted. One process at a time reads a mailbox (`mail_lease`),
//! and who has lost the lease commits nothing more.

mod folder;
mod http;
mod oauth;
mod store;
mod wire;

use crate::{Error, smtp_in::Inbox};
use chrono::Duration as Span;
use oauth::Tokens;
use settings::{Imap, Settings};
use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::task::JoinSet;
use uuid::Uuid;

/// So long a mailbox stays with a process that gives no sign of life.
const LEASE: Span = Span::seconds(15);
const RENEW: Duration = Duration::from_secs(4);

/// What the folders of one mailbox share.
struct Mailbox {
    settings: Imap,
    max_size: usize,
    inbox: Arc<Inbox>,
    tokens: Tokens,
    /// This process, as the lease knows it.
    owner: String,
    /// How often a mail could not be fetched.
    failures: Mutex<HashMap<(String, u32, u32), u32>>,
}

/// Reads all mailboxes of the settings until `shutdown` is ready. A mail that is being kept at that moment is kept whole
/// or fetched again.
pub(crate) async fn run(settings: &Settings, inbox: &Arc<Inbox>, shutdown: impl Future<Output = ()> + Send) {
    let mut mailboxes = JoinSet::new();
    let owner = Uuid::new_v4().simple().to_string();
    for imap in &settings.mail.imap {
        let mailbox = Mailbox {
            settings: imap.clone(),
            max_size: settings.mail.inbound.max_size,
            inbox: Arc::clone(inbox),
            tokens: Tokens::default(),
            owner: owner.clone(),
            failures: Mutex::default(),
        };
        mailboxes.spawn(read(Arc::new(mailbox)));
    }
    shutdown.await;
    mailboxes.shutdown().await;
    for imap in &settings.mail.imap {
        if let Err(error) = store::leave(inbox.db(), &imap.name, &owner).await {
            tracing::warn!(mailbox = %imap.name, %error, "imap: the lease was not given back; it ends by itself");
        }
    }
}

/// Takes the lease, reads while it holds, and begins anew when it is lost.
async fn read(mailbox: Arc<Mailbox>) {
    let name = &mailbox.settings.name;
    let (db, clock) = (mailbox.inbox.db(), mailbox.inbox.clock());
    loop {
        match store::take(db, clock, name, &mailbox.owner, LEASE).await {
            Ok(true) => {}
            Ok(false) => {
                tokio::time::sleep(RENEW).await;
                continue;
            }
            Err(error) => {
                tracing::error!(mailbox = %name, %error, "imap: the lease cannot be asked for");
                tokio::time::sleep(RENEW).await;
                continue;
            }
        }
        tracing::info!(mailbox = %name, "imap: this process reads the mailbox");
        let mut folders = JoinSet::new();
        for folder in &mailbox.settings.folders {
            folders.spawn(follow(Arc::clone(&mailbox), folder.clone()));
        }
        loop {
            tokio::time::sleep(RENEW).await;
            match store::take(db, clock, name, &mailbox.owner, LEASE).await {
                Ok(true) => {}
                Ok(false) => break,
                // Until it ends it is ours; every commit asks for it again.
                Err(error) => tracing::warn!(mailbox = %name, %error, "imap: the lease was not renewed"),
            }
        }
        tracing::warn!(mailbox = %name, "imap: another process reads the mailbox now");
        folders.shutdown().await;
    }
}

/// One folder for ever: connection after connection, with growing pauses while it fails.
async fn follow(mailbox: Arc<Mailbox>, folder: String) {
    let mut pause = Duration::from_secs(1);
    loop {
        let mut rounds = 0;
        let Err(error) = folder::follow(&mailbox, &folder, &mut rounds).await;
        if rounds > 0 {
            pause = Duration::from_secs(1);
        }
        tracing::warn!(mailbox = %mailbox.settings.name, folder, %error, seconds = pause.as_secs(), "imap: the connection ended; a new one follows");
        // A jitter of the ids' randomness: folders do not come back all at once.
        let jitter = u64::from(Uuid::new_v4().as_bytes()[0]) * 2;
        tokio::time::sleep(pause + Duration::from_millis(jitter)).await;
        pause = (pause * 2).min(Duration::from_mins(5));
    }
}

/// Signs in and looks at each folder; gives back how many mails lie in them.
///
/// # Errors
/// With the server's words, or why there was no connection.
pub async fn probe(settings: &Imap) -> Result<String, Error> {
    let mut session = wire::sign_in(settings, &Tokens::default()).await?;
    let mut said = Vec::new();
    for folder in &settings.folders {
        let found = wire::within(session.examine(folder)).await?;
        said.push(format!("{folder} holds {}", found.exists));
    }
    let idle = wire::within(session.capabilities()).await?.has_str("IDLE");
    if settings.idle && !idle {
        said.push(format!(
            "the server does not tell of new mail: asked every {} s",
            settings.poll
        ));
    }
    let _ = wire::within(session.logout()).await;
    Ok(said.join(", "))
}
