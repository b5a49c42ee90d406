//! One folder over one connection: fetch what is new, settle what was read, wait for more.

use super::{
    Mailbox,
    store::{self, Found, Place},
    wire::{self, Session, failed, within},
};
use crate::{Error, header::envelope_of, smtp_in::Arrival};
use async_imap::{error::Error as ImapError, types::UnsolicitedResponse};
use domain::state::mail::Via;
use futures_util::TryStreamExt;
use settings::ImapStart;
use std::{convert::Infallible, sync::PoisonError, time::Duration};

/// A server may forget that it was asked to tell: it is asked anew so often, and looked at each time.
const IDLE_MAX: Duration = Duration::from_mins(5);
/// How long to wait while mails that were kept are not read yet: they shall be moved soon.
const SOON: Duration = Duration::from_millis(500);
/// The server says no to one mail so often before it is passed over.
const REFUSED_MAX: u32 = 3;
/// And the connection ends while one mail is fetched.
const BROKEN_MAX: u32 = 12;

/// What the server can do.
struct Able {
    idle: bool,
    moves: bool,
    uidplus: bool,
}

/// Reads the folder until the connection ends; counts the rounds that went well.
pub(super) async fn follow(mailbox: &Mailbox, folder: &str, rounds: &mut u32) -> Result<Infallible, Error> {
    let settings = &mailbox.settings;
    let mut session = wire::sign_in(settings, &mailbox.tokens).await?;
    let can = within(session.capabilities()).await?;
    let able = Able {
        idle: settings.idle && can.has_str("IDLE"),
        moves: can.has_str("MOVE"),
        uidplus: can.has_str("UIDPLUS"),
    };
    loop {
        // What is told from here on is newer than what is about to be fetched.
        while session.unsolicited_responses.try_recv().is_ok() {}
        let selected = within(session.select(folder)).await?;
        let at = Place {
            mailbox: &settings.name,
            folder,
            validity: selected
                .uid_validity
                .ok_or_else(|| failed("the server does not say UIDVALIDITY"))?,
        };
        let begin = match settings.start {
            ImapStart::All => 0,
            ImapStart::New => selected.uid_next.unwrap_or(1).saturating_sub(1),
        };
        let (db, clock) = (mailbox.inbox.db(), mailbox.inbox.clock());
        let mut last = store::cursor(db, clock, at, begin).await?;
        while fetch(&mut session, mailbox, at, &mut last).await? {}
        let waiting = settle(&mut session, mailbox, at, &able).await?;
        *rounds += 1;
        session = wait(session, mailbox, able.idle, waiting > 0).await?;
    }
}

/// Fetches what is behind `last`; false when there was nothing.
async fn fetch(session: &mut Session, mailbox: &Mailbox, at: Place<'_>, last: &mut u32) -> Result<bool, Error> {
    let Some(first) = last.checked_add(1) else {
        return Ok(false);
    };
    let heads = within(async {
        let heads = session.uid_fetch(format!("{first}:*"), "(UID RFC822.SIZE)").await?;
        heads
            .try_fold(Vec::new(), async |mut all, head| {
                all.extend(head.uid.map(|uid| (uid, head.size.unwrap_or_default())));
                Ok(all)
            })
            .await
    })
    .await?;
    // `n:*` names the last mail, even where that lies before n.
    let mut new: Vec<(u32, u32)> = heads.into_iter().filter(|(uid, _)| *uid > *last).collect();
    new.sort_unstable();
    new.dedup();
    for (uid, size) in &new {
        one(session, mailbox, at, *uid, *size).await?;
        *last = *uid;
    }
    Ok(!new.is_empty())
}

/// One mail, kept in one transaction with the cursor. A mail that cannot be fetched is passed over in the end, with its
/// reason: it must not stand in the way of those behind it, and it stays where it is.
async fn one(session: &mut Session, mailbox: &Mailbox, at: Place<'_>, uid: u32, size: u32) -> Result<(), Error> {
    if usize::try_from(size).unwrap_or(usize::MAX) > mailbox.max_size {
        return skip(
            mailbox,
            at,
            uid,
            &format!("{size} octets are more than mail.in.max_size"),
        )
        .await;
    }
    let key = (at.folder.to_owned(), at.validity, uid);
    let fetched = tokio::time::timeout(Duration::from_mins(5), body(session, uid)).await;
    let fetched = fetched.unwrap_or(Err(ImapError::ConnectionLost));
    let raw = match fetched {
        Ok(raw) => raw,
        Err(error) => {
            let most = if matches!(error, ImapError::No(_) | ImapError::Bad(_) | ImapError::Parse(_)) {
                REFUSED_MAX
            } else {
                BROKEN_MAX
            };
            let times = {
                let mut failures = mailbox.failures.lock().unwrap_or_else(PoisonError::into_inner);
                let times = failures.entry(key).or_default();
                *times += 1;
                *times
            };
            if times >= most {
                skip(mailbox, at, uid, &error.to_string()).await?;
            }
            return Err(failed(error));
        }
    };
    mailbox
        .failures
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(&key);
    let Some(raw) = raw else {
        return note(mailbox, at, uid, Found::Gone).await;
    };
    let settings = &mailbox.settings;
    let settled = !settings.mark_seen && settings.done.is_empty() && settings.held.is_empty();
    let inbox = &mailbox.inbox;
    let (from, to) = envelope_of(&raw, inbox.reply_domain());
    let tx = inbox.db().begin_write().await?;
    let kept = inbox.keep_in(&tx, &Arrival::by(Via::Imap, &from, &to), raw).await?;
    let now = inbox.clock().now();
    let found = Found::Mail(kept.id());
    if !store::advance(&tx, now, at, &mailbox.owner, uid, found, settled).await? {
        tx.rollback().await?;
        return Err(failed("another process reads the mailbox now"));
    }
    tx.commit().await?;
    inbox.tell(kept);
    Ok(())
}

/// The whole mail, without a mark; `None` when it is gone.
async fn body(session: &mut Session, uid: u32) -> Result<Option<Vec<u8>>, ImapError> {
    let mut answers = session.uid_fetch(uid.to_string(), "(UID BODY.PEEK[])").await?;
    let mut raw = None;
    while let Some(answer) = answers.try_next().await? {
        if answer.uid == Some(uid) {
            raw = answer.body().map(<[u8]>::to_vec).or(raw);
        }
    }
    Ok(raw)
}

async fn skip(mailbox: &Mailbox, at: Place<'_>, uid: u32, why: &str) -> Result<(), Error> {
    tracing::error!(
        mailbox = at.mailbox,
        folder = at.folder,
        uid,
        why,
        "imap: a mail was passed over; it lies where it is"
    );
    note(mailbox, at, uid, Found::Skipped(why)).await
}

async fn note(mailbox: &Mailbox, at: Place<'_>, uid: u32, found: Found<'_>) -> Result<(), Error> {
    let inbox = &mailbox.inbox;
    let tx = inbox.db().begin_write().await?;
    if !store::advance(&tx, inbox.clock().now(), at, &mailbox.owner, uid, found, true).await? {
        tx.rollback().await?;
        return Err(failed("another process reads the mailbox now"));
    }
    tx.commit().await?;
    Ok(())
}

/// Marks and moves the mails that were read by now, some hundred at a time; says how many are not read yet.
async fn settle(session: &mut Session, mailbox: &Mailbox, at: Place<'_>, able: &Able) -> Result<usize, Error> {
    let (db, clock) = (mailbox.inbox.db(), mailbox.inbox.clock());
    let settings = &mailbox.settings;
    loop {
        let (read, waiting) = store::unsettled(db, at).await?;
        if read.is_empty() {
            return Ok(waiting);
        }
        for (is_held, target) in [(false, &settings.done), (true, &settings.held)] {
            let uids: Vec<u32> = read
                .iter()
                .filter(|(_, held)| *held == is_held)
                .map(|(uid, _)| *uid)
                .collect();
            if uids.is_empty() {
                continue;
            }
            let set = uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
            if settings.mark_seen {
                store_flag(session, &set, "+FLAGS.SILENT (\\Seen)").await?;
            }
            if !target.is_empty() {
                put_into(session, &set, target, able).await?;
            }
            store::settle(db, clock, at, &uids).await?;
        }
    }
}

async fn store_flag(session: &mut Session, set: &str, change: &str) -> Result<(), Error> {
    within(async {
        session
            .uid_store(set, change)
            .await?
            .try_for_each(async |_| Ok(()))
            .await
    })
    .await
}

/// MOVE (RFC 6851), or what it stands for where the server can expunge single mails; otherwise they stay.
async fn put_into(session: &mut Session, set: &str, target: &str, able: &Able) -> Result<(), Error> {
    if !able.moves && !able.uidplus {
        tracing::warn!(
            target,
            "imap: the server can neither move nor expunge single mails; they stay where they are"
        );
        return Ok(());
    }
    for again in [false, true] {
        let done = if able.moves {
            within(session.uid_mv(set, target)).await
        } else {
            within(session.uid_copy(set, target)).await
        };
        match done {
            Ok(()) => break,
            Err(error) if again => return Err(error),
            // The folder may not be there yet.
            Err(_) => within(session.create(target)).await?,
        }
    }
    if !able.moves {
        store_flag(session, set, "+FLAGS.SILENT (\\Deleted)").await?;
        within(async {
            let gone = session.uid_expunge(set).await?;
            futures_util::pin_mut!(gone);
            while gone.try_next().await?.is_some() {}
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// Until the server tells of something, or it is time to look.
async fn wait(session: Session, mailbox: &Mailbox, idle: bool, soon: bool) -> Result<Session, Error> {
    let longest = match (soon, idle) {
        (true, _) => SOON,
        (false, true) => IDLE_MAX,
        (false, false) => Duration::from_secs(mailbox.settings.poll),
    };
    if !idle || soon {
        tokio::time::sleep(longest).await;
        return Ok(session);
    }
    let told = session.unsolicited_responses.clone();
    let mut handle = session.idle();
    within(handle.init()).await?;
    // What came while the folder was read and before the server was asked to tell.
    let mut news = false;
    while let Ok(response) = told.try_recv() {
        news |= matches!(response, UnsolicitedResponse::Exists(_));
    }
    if !news {
        let (response, _stop) = handle.wait_with_timeout(longest);
        // Its own time-out begins anew with each sign of life.
        if let Ok(response) = tokio::time::timeout(longest, response).await {
            response.map_err(failed)?;
        }
    }
    within(handle.done()).await
}
