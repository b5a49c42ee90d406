//! What was wrong in a published article is said: to its readers, and to those whose words it touches.

use super::{Snapshot, Words, words};
use crate::{
    Error,
    approval::{contacts, correction},
    repo,
};
use db::{
    entity::{article, article_correction},
    prelude::*,
};
use domain::{
    ArticleId, CorrectionId, StaffId,
    text::{self, TextError},
};
use std::collections::HashSet;
use web::Errors;

const MOST: usize = 500;

/// What was typed about it; `None` when nothing was.
pub(super) fn text(input: &str) -> Result<Option<String>, Errors> {
    let text = text::tidy(input);
    let has = text::char_count(&text);
    if has > MOST {
        let mut errors = Errors::new();
        errors.add("correction", TextError::TooLong { most: MOST, has });
        return Err(errors);
    }
    Ok(Some(text).filter(|t| !t.is_empty()))
}

pub(super) async fn insert(
    tx: &WriteTx,
    app: &web::App,
    staff: StaffId,
    article: ArticleId,
    text: &str,
) -> Result<(), Error> {
    let row = article_correction::ActiveModel {
        id: Set(CorrectionId::new()),
        article_id: Set(article),
        body: Set(text.to_owned()),
        staff_id: Set(staff),
        at: Set(app.clock.now()),
    };
    article_correction::Entity::insert(row)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// A mail for each whose words stand there otherwise than before, or no longer.
pub(super) async fn tell(
    tx: &WriteTx,
    app: &web::App,
    article: &article::Model,
    before: Option<&Snapshot>,
    after: &Snapshot,
    text: &str,
) -> Result<(), Error> {
    let before = before.map(words).unwrap_or_default();
    let after = words(after);
    let differs = |w: &&Words, others: &[Words]| {
        let same = others.iter().find(|o| o.about == w.about && o.who == w.who);
        same.is_none_or(|o| o.hash() != w.hash())
    };
    let gone = before.iter().filter(|w| differs(w, &after));
    let touched: HashSet<_> = gone
        .chain(after.iter().filter(|w| differs(w, &before)))
        .map(|w| w.who)
        .collect();
    let event = repo::event(tx, article.event_id).await?;
    let mut people: Vec<_> = contacts(tx, touched).await?.into_iter().collect();
    people.sort_by_key(|(who, _)| *who);
    for (who, contact) in people {
        let Some(email) = &contact.email else { continue };
        let dedup = format!("correction:{}:{}:{who:?}", article.id, article.version);
        let mail = correction((&event, article), &contact, email, text, dedup);
        mail::outbox::put(tx, &app.clock, &app.settings, mail).await?;
    }
    Ok(())
}
