//! The feeds: what was published last, with its corrections.

use super::{
    document::{Facts, document, lang},
    edition::Printable,
};
use crate::{Error, article, repo};
use chrono::{DateTime, Utc};
use domain::Lang;
use print::feeds::{Entry, Feed, atom, json_feed};
use web::{App, Words};

/// Articles in a feed.
const MANY: u64 = 50;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Atom,
    Json,
}

/// The feed in this format, its own few words in this language; articles stand in theirs.
pub(crate) async fn feed(app: &App, format: Format, words: Lang, path: &str) -> Result<String, Error> {
    let now = app.clock.now();
    let public_url = &app.settings.web.public_url;
    let mut all = Vec::new();
    for (row, _) in repo::published(app.db.reader(), None, MANY).await? {
        let Some(one) = Printable::of(row, now)? else {
            continue;
        };
        let row = &one.row;
        let facts = Facts {
            id: row.id,
            slug: &row.slug,
            at: row.published_at.unwrap_or(now),
            public_url,
        };
        let (document, _) = document(&one.snapshot, &facts);
        let pictures = one.snapshot.blocks.iter().filter_map(|block| match block {
            article::Block::Picture(p) => Some(format!("{public_url}/articles/{}/pictures/{}", row.slug, p.file())),
            _ => None,
        });
        all.push((document, facts.at, row.corrected_at, pictures.collect::<Vec<_>>()));
    }
    let entries: Vec<Entry<'_>> = all
        .iter()
        .map(|(document, published, corrected, pictures)| Entry {
            document,
            published: *published,
            updated: corrected.unwrap_or(*published),
            pictures: pictures.clone(),
        })
        .collect();
    let w = Words::new(words, &crate::TEXTS);
    let feed = Feed {
        lang: lang(words),
        title: w.t("outputs-feed-title"),
        publisher: all
            .first()
            .map_or_else(|| w.t("app-name"), |(d, ..)| d.publisher.clone()),
        home: app.public_url("/"),
        address: app.public_url(path),
        updated: entries
            .iter()
            .map(|e| e.updated)
            .max()
            .unwrap_or(DateTime::<Utc>::UNIX_EPOCH),
        entries,
    };
    Ok(match format {
        Format::Atom => atom(&feed),
        Format::Json => json_feed(&feed),
    })
}
