//! Consents: what was agreed to, in the words that were seen. Rows are only added, and only on a change.

use crate::{
    TEXTS,
    partner::{Error, Refusal, WORDING_VERSION, repo, wording},
};
use chrono::{DateTime, Utc};
use db::{Batch, audit, entity::consent, people::in_lang, prelude::*};
use domain::{Clock, ConsentId, Lang, job::Job, state::people::ConsentPurpose};
use std::collections::HashMap;
use web::{App, Words, auth::PartnerSession};

/// An answer that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub given: bool,
    pub wording_version: String,
    pub at: DateTime<Utc>,
}

/// What one agrees to, as the form was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consents {
    pub required: bool,
    pub print: bool,
    pub newsletter: bool,
    /// The language in which the texts were read.
    pub read_in: Lang,
}

impl Consents {
    pub const fn given(&self, purpose: ConsentPurpose) -> bool {
        match purpose {
            ConsentPurpose::Required => self.required,
            ConsentPurpose::Print => self.print,
            ConsentPurpose::Newsletter => self.newsletter,
        }
    }
}

/// The newest answer of each purpose.
pub type Latest = HashMap<ConsentPurpose, Given>;

/// Whether the needed consent stands in the present wording.
pub fn stands(latest: &Latest, purpose: ConsentPurpose) -> bool {
    latest
        .get(&purpose)
        .is_some_and(|row| row.given && row.wording_version == WORDING_VERSION)
}

/// Whether `given` says something new: a first yes, another answer, or a yes to a newer wording.
fn is_news(latest: &Latest, purpose: ConsentPurpose, given: bool) -> bool {
    match latest.get(&purpose) {
        None => given,
        Some(row) if given => !stands(latest, purpose) || !row.given,
        Some(row) => row.given,
    }
}

/// Adds a row for every purpose whose answer changed since `latest`; gives how many.
pub async fn record(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    who: &PartnerSession,
    host: &str,
    latest: &Latest,
    consents: Consents,
) -> Result<usize, Error> {
    let mut batch = Batch::default();
    let changed = put(&mut batch, clock, who, host, latest, consents)?;
    batch.run(tx).await?;
    Ok(changed)
}

/// The same as rows of a batch.
pub fn put(
    batch: &mut Batch,
    clock: &Clock,
    who: &PartnerSession,
    host: &str,
    latest: &Latest,
    consents: Consents,
) -> Result<usize, Error> {
    let news: Vec<ConsentPurpose> = ConsentPurpose::ALL
        .iter()
        .copied()
        .filter(|purpose| is_news(latest, *purpose, consents.given(*purpose)))
        .collect();
    if news.is_empty() {
        return Ok(0);
    }
    let words = Words::new(consents.read_in, &TEXTS);
    let rows = news.iter().map(|purpose| consent::ActiveModel {
        id: Set(ConsentId::new()),
        invitation_id: Set(who.invitation),
        purpose: Set(*purpose),
        wording: Set(wording(&words, *purpose, host).text()),
        wording_version: Set(WORDING_VERSION.to_owned()),
        given: Set(consents.given(*purpose)),
        at: Set(clock.now()),
    });
    for row in rows {
        batch.insert(row);
    }
    let details: serde_json::Map<String, serde_json::Value> = news
        .iter()
        .map(|p| (p.to_string(), consents.given(*p).into()))
        .collect();
    let entry = audit::Entry {
        event: Some(who.event),
        actor: who.actor(),
        action: "consent.changed",
        subject: ("invitation", Some(who.invitation.uuid())),
        details: details.into(),
    };
    batch.insert(audit::row(clock, entry));
    if news.contains(&ConsentPurpose::Print) && !consents.print {
        // What is published already is another room's: it takes their words out.
        let invitation = who.invitation;
        batch.insert(jobs::row(clock, &Job::WithdrawPrint { invitation }, clock.now())?);
    }
    Ok(news.len())
}

/// Changes the voluntary consents on their own page; the needed one stays as it is.
pub async fn change(
    app: &App,
    who: &PartnerSession,
    print: bool,
    newsletter: bool,
    read_in: Lang,
) -> Result<usize, Error> {
    let own = repo::own(&app.db, who).await?.ok_or(Refusal::NotFound)?;
    let tx = app.db.begin_write().await?;
    // Read behind the lock, so that two tabs do not both add a row.
    let latest = repo::consents(&tx, who).await?;
    let required = latest.get(&ConsentPurpose::Required).is_some_and(|row| row.given);
    let mut latest_now = latest;
    if let Some(row) = latest_now.get_mut(&ConsentPurpose::Required) {
        // An older wording is asked for anew where a question is sent, not here.
        WORDING_VERSION.clone_into(&mut row.wording_version);
    }
    let host = in_lang(read_in, &own.event.host_name, &own.event.host_name_en);
    let consents = Consents {
        required,
        print,
        newsletter,
        read_in,
    };
    let changed = record(&tx, &app.clock, who, &host, &latest_now, consents).await?;
    tx.commit().await?;
    app.wake.notify();
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latest(given: bool, version: &str) -> Latest {
        let row = Given {
            given,
            wording_version: version.to_owned(),
            at: DateTime::UNIX_EPOCH,
        };
        HashMap::from([(ConsentPurpose::Print, row)])
    }

    #[test]
    fn only_what_changed_is_written_down() {
        let print = ConsentPurpose::Print;
        assert!(!is_news(&Latest::new(), print, false), "never asked for, never given");
        assert!(is_news(&Latest::new(), print, true));
        assert!(!is_news(&latest(true, WORDING_VERSION), print, true));
        assert!(is_news(&latest(true, "older"), print, true));
        assert!(is_news(&latest(true, WORDING_VERSION), print, false));
        assert!(!is_news(&latest(false, WORDING_VERSION), print, false));
    }
}
