//! An article or an issue as readers may have it now, and what names just this state of it.

use crate::{
    Error,
    article::{self, Snapshot},
    magazine,
};
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use db::{
    entity::{article as rows, issue, printed},
    prelude::*,
};
use domain::{ArticleId, IssueId, Lang};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use web::App;

/// Counted up when files are made in another way: all of them are then made anew.
const MANNER: u32 = 1;

/// What a file is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    Article(ArticleId),
    Issue(IssueId),
}

impl Of {
    pub(crate) const fn uuid(self) -> Uuid {
        match self {
            Self::Article(id) => id.uuid(),
            Self::Issue(id) => id.uuid(),
        }
    }

    pub(crate) fn row(row: &printed::Model) -> Option<Self> {
        let article = row.article_id.map(Self::Article);
        article.or(row.issue_id.map(Self::Issue))
    }
}

/// What readers may have.
#[derive(Debug)]
pub(crate) struct Edition {
    pub(crate) of: Of,
    pub(crate) lang: Lang,
    pub(crate) title: String,
    /// Where it is read.
    pub(crate) path: String,
    /// The same as long as every file of it is.
    pub(crate) stamp: String,
    pub(crate) source: Source,
}

#[derive(Debug)]
pub(crate) enum Source {
    Article(Box<Printable>),
    /// Sections in order, each with its title; articles before the first one stand under none.
    Issue(Box<issue::Model>, Vec<(String, Vec<Printable>)>),
}

/// An article that readers may see.
#[derive(Debug)]
pub(crate) struct Printable {
    pub(crate) row: rows::Model,
    pub(crate) snapshot: Snapshot,
}

impl Printable {
    /// Nothing when readers may not see it.
    pub(crate) fn of(mut row: rows::Model, now: DateTime<Utc>) -> Result<Option<Self>, Error> {
        if !article::visible(&row, now) {
            return Ok(None);
        }
        let snapshot = serde_json::from_value(row.snapshot.take().unwrap_or_default())?;
        Ok(Some(Self { row, snapshot }))
    }

    fn stamp(&self, into: &mut Sha256) -> Result<(), Error> {
        into.update(self.row.id.uuid().as_bytes());
        let when = (
            self.row.published_at,
            self.row.corrected_at,
            &self.row.slug,
            &self.snapshot,
        );
        into.update(serde_json::to_vec(&when)?);
        Ok(())
    }
}

/// What readers may have of it now; nothing when that is nothing. With a transaction the rows stay as they are until it
/// ends: whoever takes one of them back waits for it.
pub(crate) async fn edition(
    conn: &impl ConnectionTrait,
    app: &App,
    of: Of,
    locked: bool,
) -> Result<Option<Edition>, Error> {
    match of {
        Of::Article(id) => of_article(conn, app, id, locked).await,
        Of::Issue(id) => of_issue(conn, app, id, locked).await,
    }
}

fn begun(app: &App) -> Sha256 {
    let mut stamp = Sha256::new();
    stamp.update(format!("{MANNER} {}", app.settings.web.public_url));
    stamp
}

fn told(stamp: Sha256) -> String {
    HEXLOWER.encode(&stamp.finalize()[..16])
}

async fn of_article(
    conn: &impl ConnectionTrait,
    app: &App,
    id: ArticleId,
    locked: bool,
) -> Result<Option<Edition>, Error> {
    let mut find = rows::Entity::find_by_id(id);
    if locked {
        find = find.lock_shared();
    }
    let Some(row) = find.one(conn).await? else {
        return Ok(None);
    };
    let Some(one) = Printable::of(row, app.clock.now())? else {
        return Ok(None);
    };
    let mut stamp = begun(app);
    one.stamp(&mut stamp)?;
    Ok(Some(Edition {
        of: Of::Article(id),
        lang: one.snapshot.lang,
        title: one.snapshot.title.clone(),
        path: format!("/articles/{}", one.row.slug),
        stamp: told(stamp),
        source: Source::Article(Box::new(one)),
    }))
}

async fn of_issue(conn: &impl ConnectionTrait, app: &App, id: IssueId, locked: bool) -> Result<Option<Edition>, Error> {
    let now = app.clock.now();
    let mut find = issue::Entity::find_by_id(id);
    if locked {
        find = find.lock_shared();
    }
    let Some(row) = find.one(conn).await?.filter(magazine::is_shown) else {
        return Ok(None);
    };
    let items = magazine::items(conn, id).await?;
    let mut find = rows::Entity::find()
        .filter(rows::Column::Id.is_in(items.iter().filter_map(|i| i.article_id)))
        .order_by_asc(rows::Column::Id);
    if locked {
        find = find.lock_shared();
    }
    let mut articles: Vec<rows::Model> = find.all(conn).await?;
    let mut stamp = begun(app);
    stamp.update(serde_json::to_vec(&(
        id.uuid(),
        row.number,
        row.lang,
        &row.title,
        &row.standfirst,
        row.shown_at,
        &row.cover,
        &row.cover_alt,
    ))?);
    let mut sections = vec![(String::new(), Vec::new())];
    for item in items {
        let Some(article) = item.article_id else {
            stamp.update(item.title.as_bytes());
            sections.push((item.title, Vec::new()));
            continue;
        };
        let at = articles.iter().position(|a| a.id == article);
        let found = at.map(|at| articles.swap_remove(at));
        let one = found.map(|row| Printable::of(row, now)).transpose()?.flatten();
        if let (Some(one), Some((_, section))) = (one, sections.last_mut()) {
            one.stamp(&mut stamp)?;
            section.push(one);
        }
    }
    sections.retain(|(_, articles)| !articles.is_empty());
    if sections.is_empty() {
        return Ok(None);
    }
    Ok(Some(Edition {
        of: Of::Issue(id),
        lang: row.lang,
        title: row.title.clone(),
        path: format!("/magazine/{}", row.number),
        stamp: told(stamp),
        source: Source::Issue(Box::new(row), sections),
    }))
}
