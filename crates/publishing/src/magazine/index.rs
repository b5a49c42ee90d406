//! The index follows what readers may see.
//!
//! Triggers take an article out of the index in the statement that changes what its readers see, and note it
//! (`migrations`, `m0029_magazine`). This puts it in again, as it may stand now: a worker all the time, and each search and
//! list first for itself.

use super::passages::passages;
use crate::{
    Error,
    article::{self, Block, Said, Snapshot},
};
use chrono::{DateTime, Datelike, Utc};
use db::{
    entity::{article as rows, question, service},
    prelude::*,
    sql::Sql,
    words,
};
use domain::{ArticleId, QuestionId, ServiceId, state::article::ArticleState};
use sea_orm::DbBackend;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;
use web::{App, lang::Zone};

/// Articles of one transaction: others wait for the writer meanwhile.
const BATCH: u64 = 50;
/// So many transactions a page waits for; the rest is the worker's.
const PATIENCE: usize = 4;
/// Words of one piece on PostgreSQL, which knows no position beyond 16,383 and no piece of a megabyte.
const PIECE: usize = 12_000;

/// Lets the index catch up as far as a page can wait for; false when it is still behind.
pub(crate) async fn catch_up(app: &App) -> Result<bool, Error> {
    for _ in 0..PATIENCE {
        if !step(app).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Follows until there is nothing left to do.
pub(crate) async fn follow(app: &App) -> Result<(), Error> {
    while step(app).await? {}
    Ok(())
}

/// One transaction's share; whether more may wait.
async fn step(app: &App) -> Result<bool, Error> {
    if stale(app.db.reader()).await?.is_empty() {
        return Ok(false);
    }
    let tx = app.db.begin_write().await?;
    let backend = tx.get_database_backend();
    // One at a time: another one waits here, and then reads on from there.
    let turn = Sql::new("UPDATE article_follow SET turns = turns + 1");
    tx.execute_raw(turn.statement(backend)).await?;
    let waiting = stale(&tx).await?;
    let ids: BTreeSet<ArticleId> = waiting.iter().map(|(_, id)| *id).collect();
    // Whoever takes one of these back meanwhile waits for this, and then takes it out of the index, too.
    let rows = rows::Entity::find()
        .filter(rows::Column::Id.is_in(ids))
        .order_by_asc(rows::Column::Id)
        .lock_shared()
        .all(&tx)
        .await?;
    let now = app.clock.now();
    let known = Known::of(&tx).await?;
    let mut early = BTreeSet::new();
    for row in &rows {
        if article::visible(row, now) {
            put(&tx, row, &known).await?;
        } else if is_early(row, now) {
            early.insert(row.id);
        }
    }
    let done: Vec<i64> = waiting
        .iter()
        .filter(|(_, id)| !early.contains(id))
        .map(|(n, _)| *n)
        .collect();
    if !done.is_empty() {
        let mut gone = Sql::new("DELETE FROM article_stale WHERE id IN ");
        gone.list(done.iter().copied());
        tx.execute_raw(gone.statement(backend)).await?;
    }
    tx.commit().await?;
    Ok(!done.is_empty())
}

/// Published, but the clock went back behind that moment: it waits.
fn is_early(row: &rows::Model, now: DateTime<Utc>) -> bool {
    let out = matches!(row.state, ArticleState::Published | ArticleState::Corrected);
    out && !row.hidden && row.published_at.is_some_and(|at| at > now)
}

async fn stale(conn: &impl ConnectionTrait) -> Result<Vec<(i64, ArticleId)>, Error> {
    let mut find = Sql::new("SELECT id, article_id FROM article_stale ORDER BY id LIMIT ");
    find.bind(i64::try_from(BATCH).unwrap_or(i64::MAX));
    let rows = conn.query_all_raw(find.statement(conn.get_database_backend())).await?;
    let pairs = rows
        .iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)));
    Ok(pairs.collect::<Result<_, sea_orm::DbErr>>()?)
}

/// The services by each of their names.
struct Known(HashMap<String, ServiceId>);

impl Known {
    async fn of(conn: &impl ConnectionTrait) -> Result<Self, Error> {
        let all = service::Entity::find().all(conn).await?;
        let names = all.into_iter().flat_map(|s| [(s.name, s.id), (s.name_en, s.id)]);
        Ok(Self(names.filter(|(name, _)| !name.is_empty()).collect()))
    }

    fn services<'a>(&'a self, said: &'a Said) -> impl Iterator<Item = ServiceId> + 'a {
        said.by.services().iter().filter_map(|name| self.0.get(name).copied())
    }
}

async fn put(tx: &impl ConnectionTrait, row: &rows::Model, known: &Known) -> Result<(), Error> {
    let (Some(json), Some(at)) = (&row.snapshot, row.published_at) else {
        return Ok(());
    };
    let snapshot: Snapshot = serde_json::from_value(json.clone())?;
    put_words(tx, row.id, at, &snapshot).await?;
    put_facets(tx, row.id, at, &snapshot, known).await
}

async fn put_words(
    tx: &impl ConnectionTrait,
    id: ArticleId,
    at: DateTime<Utc>,
    snapshot: &Snapshot,
) -> Result<(), Error> {
    let backend = tx.get_database_backend();
    let passages = passages(snapshot);
    let each = passages.iter().map(|passage| words::of(&passage.text));
    if backend != DbBackend::Postgres {
        let mut slot = Sql::new("INSERT INTO article_slot (article_id, at) VALUES (");
        slot.bind(id).add(", ").bind(at);
        slot.add(") ON CONFLICT (article_id) DO UPDATE SET at = excluded.at");
        tx.execute_raw(slot.statement(backend)).await?;
        let mut put = Sql::new("INSERT OR REPLACE INTO article_words (rowid, words) SELECT slot, ");
        put.bind(each.flatten().collect::<Vec<_>>().join(" "));
        put.add(" FROM article_slot WHERE article_id = ").bind(id);
        tx.execute_raw(put.statement(backend)).await?;
        return Ok(());
    }
    let mut gone = Sql::new("DELETE FROM article_words WHERE article_id = ");
    gone.bind(id);
    tx.execute_raw(gone.statement(backend)).await?;
    let mut pieces: Vec<Vec<String>> = vec![Vec::new()];
    for words in each {
        match pieces.last_mut() {
            Some(last) if last.is_empty() || last.len() + words.len() <= PIECE => last.extend(words),
            _ => pieces.push(words),
        }
    }
    for (n, piece) in (1..).zip(&pieces) {
        let mut put = Sql::new("INSERT INTO article_words (article_id, piece, at, words) VALUES (");
        put.bind(id).add(", ").bind(n).add(", ").bind(at).add(", CAST(");
        put.bind(words::tsvector(0, piece)).add("::text AS tsvector))");
        tx.execute_raw(put.statement(backend)).await?;
    }
    Ok(())
}

async fn put_facets(
    tx: &impl ConnectionTrait,
    id: ArticleId,
    at: DateTime<Utc>,
    snapshot: &Snapshot,
    known: &Known,
) -> Result<(), Error> {
    let backend = tx.get_database_backend();
    let year = at.with_timezone(&snapshot.event.time_zone.tz()).year();
    let mut facets = vec![("year", year.to_string())];
    facets.extend(snapshot.keywords.iter().map(|k| ("keyword", k.clone())));
    let services = services(tx, snapshot, known).await?;
    facets.extend(services.into_iter().map(|s| ("service", s.to_string())));
    let mut put = Sql::new("INSERT INTO article_facet (article_id, kind, value, at) VALUES ");
    for (n, (kind, value)) in facets.into_iter().enumerate() {
        put.add(if n > 0 { ", (" } else { "(" });
        put.bind(id)
            .add(", ")
            .bind(kind)
            .add(", ")
            .bind(value)
            .add(", ")
            .bind(at)
            .add(")");
    }
    put.add(" ON CONFLICT DO NOTHING");
    tx.execute_raw(put.statement(backend)).await?;
    Ok(())
}

/// What the article is about: the service of each question that stands in it; where there is none, where the partners who
/// speak meet the host.
async fn services(
    conn: &impl ConnectionTrait,
    snapshot: &Snapshot,
    known: &Known,
) -> Result<BTreeSet<ServiceId>, Error> {
    let mut about: BTreeMap<Uuid, BTreeSet<ServiceId>> = BTreeMap::new();
    let mut out = BTreeSet::new();
    for block in &snapshot.blocks {
        match block {
            Block::Quote { said, .. } => out.extend(known.services(said)),
            Block::Exchange(x) => {
                let voices = std::iter::once(&x.question).chain(&x.answers);
                let theirs: BTreeSet<ServiceId> = voices.flat_map(|said| known.services(said)).collect();
                match x.about {
                    Some(id) => {
                        about.insert(id, theirs);
                    }
                    None => out.extend(theirs),
                }
            }
            _ => {}
        }
    }
    let asked: Vec<(QuestionId, ServiceId)> = question::Entity::find()
        .select_only()
        .columns([question::Column::Id, question::Column::ServiceId])
        .filter(question::Column::Id.is_in(about.keys().map(|id| QuestionId::from_uuid(*id))))
        .into_tuple()
        .all(conn)
        .await?;
    for (id, service) in asked {
        about.insert(id.uuid(), BTreeSet::from([service]));
    }
    out.extend(about.into_values().flatten());
    Ok(out)
}
