//! An issue as it is read: its cover and its contents.

use super::repo;
use crate::{
    Error,
    article::{self, render},
};
use chrono::{DateTime, Utc};
use db::{
    entity::{article as rows, issue},
    prelude::*,
};
use domain::{
    ArticleId, Lang,
    state::{article::ArticleState, issue::CoverTone},
};
use std::collections::HashMap;

/// The front of an issue, drawn from type, with a picture where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cover {
    pub(crate) number: i32,
    pub(crate) lang: Lang,
    pub(crate) title: String,
    pub(crate) standfirst: String,
    pub(crate) tone: CoverTone,
    pub(crate) picture: Option<CoverPicture>,
    pub(crate) shown_at: Option<DateTime<Utc>>,
}

impl Cover {
    /// Its title takes smaller letters.
    pub(crate) fn is_long(&self) -> bool {
        domain::text::char_count(&self.title) > if self.lang == Lang::Ko { 22 } else { 36 }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CoverPicture {
    /// The last part of its address.
    pub(crate) file: String,
    pub(crate) width: i32,
    pub(crate) height: i32,
    pub(crate) alt: String,
}

/// The contents, by section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Contents(pub(crate) Vec<Section>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Section {
    /// Empty over articles before the first section.
    pub(crate) title: String,
    pub(crate) entries: Vec<Entry>,
}

/// An article as lists show it: as its readers saw it last, not what its editor is typing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: ArticleId,
    pub(crate) slug: String,
    pub(crate) lang: Lang,
    pub(crate) title: String,
    pub(crate) standfirst: String,
    pub(crate) keywords: Vec<String>,
    pub(crate) event: String,
    pub(crate) zone: String,
    pub(crate) at: Option<DateTime<Utc>>,
    pub(crate) minutes: usize,
    /// The issue in which it stands, where readers see that.
    pub(crate) issue: Option<i32>,
    /// Of one that readers do not see, for its editors.
    pub(crate) unseen: Option<ArticleState>,
}

impl Entry {
    /// What lists may say of it; nothing when readers may not see it.
    fn seen(row: rows::Model, now: DateTime<Utc>) -> Option<Self> {
        if !article::visible(&row, now) {
            return None;
        }
        let shown: article::Snapshot = serde_json::from_value(row.snapshot?).ok()?;
        Some(Self {
            minutes: render::minutes(&shown),
            id: row.id,
            slug: row.slug,
            lang: shown.lang,
            title: shown.title,
            standfirst: shown.standfirst,
            keywords: shown.keywords,
            event: shown.event.title,
            zone: shown.event.time_zone,
            at: row.published_at,
            issue: None,
            unseen: None,
        })
    }

    /// What its editors have of it.
    fn draft(row: rows::Model) -> Self {
        Self {
            keywords: article::keywords(&row),
            id: row.id,
            slug: row.slug,
            lang: row.lang,
            title: row.title,
            standfirst: row.standfirst,
            event: String::new(),
            zone: String::new(),
            at: None,
            minutes: 0,
            issue: None,
            unseen: Some(row.state),
        }
    }
}

impl Contents {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|s| s.entries.is_empty())
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter().flat_map(|s| &s.entries)
    }
}

/// The contents of an issue: what readers see, and with `all` also what only its editors do. A section in which nothing
/// is to be seen has no title, either.
pub(crate) async fn contents(
    conn: &impl ConnectionTrait,
    issue: &issue::Model,
    now: DateTime<Utc>,
    all: bool,
) -> Result<Contents, Error> {
    let items = repo::items(conn, issue.id).await?;
    let mut rows = repo::articles(conn, items.iter().filter_map(|i| i.article_id)).await?;
    let mut sections = vec![Section::default()];
    for item in items {
        let Some(id) = item.article_id else {
            sections.push(Section {
                title: item.title,
                entries: Vec::new(),
            });
            continue;
        };
        let entry = rows.remove(&id).and_then(|row| {
            let draft = all.then(|| Entry::draft(row.clone()));
            Entry::seen(row, now).or(draft)
        });
        if let Some(section) = sections.last_mut() {
            section.entries.extend(entry);
        }
    }
    sections.retain(|section| !section.entries.is_empty());
    Ok(Contents(sections))
}

/// The cover of an issue.
pub(crate) async fn frontispiece(conn: &impl ConnectionTrait, issue: &issue::Model) -> Result<Cover, Error> {
    let picture = repo::cover_asset(conn, issue)
        .await?
        .map(|(file, width, height)| CoverPicture {
            file,
            width,
            height,
            alt: issue.cover_alt.clone(),
        });
    Ok(Cover {
        number: issue.number,
        lang: issue.lang,
        title: issue.title.clone(),
        standfirst: issue.standfirst.clone(),
        tone: issue.tone,
        picture,
        shown_at: issue.shown_at,
    })
}

/// What lists say of these articles, in their order, without those that readers may not see.
pub(crate) async fn entries(
    conn: &impl ConnectionTrait,
    rows: Vec<rows::Model>,
    now: DateTime<Utc>,
) -> Result<Vec<Entry>, Error> {
    let places: HashMap<ArticleId, issue::Model> = repo::places(conn, rows.iter().map(|row| row.id)).await?;
    let mut entries: Vec<Entry> = rows.into_iter().filter_map(|row| Entry::seen(row, now)).collect();
    for entry in &mut entries {
        let place = places.get(&entry.id).filter(|issue| super::is_shown(issue));
        entry.issue = place.map(|issue| issue.number);
    }
    Ok(entries)
}
