//! Files in the database: asked for, found, sent, destroyed.

use super::{Edition, Of, edition};
use crate::Error;
use axum::body::{Body, Bytes};
use chrono::TimeDelta;
use db::{
    entity::{printed, printed_gone, printed_piece},
    prelude::*,
};
use domain::{
    PrintedId,
    job::Job,
    state::{
        Transitions,
        printed::{PrintedKind, PrintedState},
    },
};
use sea_orm::{Condition, sea_query::OnConflict};
use sha2::{Digest, Sha256};
use std::io;
use web::App;

/// Octets of one row: a file goes in and out in such pieces.
const PIECE: usize = 256 << 10;
/// Octets of all files; beyond that, those that were made first go.
const ROOM: i64 = 1 << 30;
/// Files that wait to be made; who comes then is told to come later.
const WAITING: u64 = 100;
/// What failed is tried again when somebody asks for it after this: till then nothing it is made of has changed.
const AGAIN: TimeDelta = TimeDelta::minutes(10);

/// What pages listen to while a file of theirs is being made.
pub(crate) const TOPIC: &str = "printed";

fn is_of(of: Of) -> Condition {
    Condition::all().add(match of {
        Of::Article(id) => printed::Column::ArticleId.eq(id),
        Of::Issue(id) => printed::Column::IssueId.eq(id),
    })
}

/// The files of this state of it, and those that are being made.
pub(crate) async fn present(conn: &impl ConnectionTrait, e: &Edition) -> Result<Vec<printed::Model>, Error> {
    let rows = printed::Entity::find()
        .filter(is_of(e.of))
        .filter(printed::Column::Stamp.eq(&e.stamp))
        .all(conn)
        .await?;
    Ok(rows)
}

async fn one(conn: &impl ConnectionTrait, of: Of, kind: PrintedKind) -> Result<Option<printed::Model>, Error> {
    Ok(printed::Entity::find()
        .filter(is_of(of))
        .filter(printed::Column::Kind.eq(kind))
        .one(conn)
        .await?)
}

/// How many are asked for and not ready.
async fn waiting(conn: &impl ConnectionTrait) -> Result<u64, Error> {
    Ok(printed::Entity::find()
        .filter(Expr::cust("state IN ('waiting', 'reading', 'setting')"))
        .count(conn)
        .await?)
}

/// Whether so many wait that nobody should ask for more.
pub(crate) async fn is_busy(conn: &impl ConnectionTrait) -> Result<bool, Error> {
    Ok(waiting(conn).await? >= WAITING)
}

/// Has it made, unless it lies there or somebody asked before.
///
/// # Errors
/// [`Error::NotFound`] when readers may not see it.
pub(crate) async fn ask(app: &App, of: Of, kind: PrintedKind) -> Result<(), Error> {
    let now = app.clock.now();
    let tx = app.db.begin_write().await?;
    let e = edition(&tx, app, of, true).await?.ok_or(Error::NotFound)?;
    let there = one(&tx, of, kind).await?;
    let id = match there {
        Some(row) if row.stamp != e.stamp => {
            destroy(&tx, row.id).await?;
            insert(&tx, app, &e, kind).await?
        }
        Some(row) if row.state == PrintedState::Failed && row.made_at.is_some_and(|at| at + AGAIN <= now) => {
            let again = step(row.id, PrintedState::Waiting)
                .col_expr(
                    printed::Column::MadeAt,
                    Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None),
                )
                .col_expr(printed::Column::AskedAt, Expr::value(now))
                .exec(&tx)
                .await?;
            (again.rows_affected == 1).then_some(row.id)
        }
        Some(_) => None,
        None => insert(&tx, app, &e, kind).await?,
    };
    let Some(id) = id else { return Ok(()) };
    jobs::enqueue(&tx, &app.clock, &Job::MakeFile { printed: id }, now).await?;
    app.live.commit(tx, TOPIC).await?;
    app.wake.notify();
    Ok(())
}

/// The unique index decides between two who ask at the same moment; nothing for the second one.
async fn insert(tx: &WriteTx, app: &App, e: &Edition, kind: PrintedKind) -> Result<Option<PrintedId>, Error> {
    let row = row(app, e, kind, PrintedState::Waiting);
    let id = row.id.clone().unwrap();
    let put = printed::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok((put == 1).then_some(id))
}

fn row(app: &App, e: &Edition, kind: PrintedKind, state: PrintedState) -> printed::ActiveModel {
    let (article, issue) = match e.of {
        Of::Article(id) => (Some(id), None),
        Of::Issue(id) => (None, Some(id)),
    };
    printed::ActiveModel {
        id: Set(PrintedId::new()),
        article_id: Set(article),
        issue_id: Set(issue),
        kind: Set(kind),
        stamp: Set(e.stamp.clone()),
        state: Set(state),
        reason: Set(String::new()),
        sha256: Set(None),
        octets: Set(0),
        pages: Set(0),
        asked_at: Set(app.clock.now()),
        made_at: Set(None),
    }
}

/// The step to this state, for a row that may make it.
pub(super) fn step(id: PrintedId, to: PrintedState) -> sea_orm::UpdateMany<printed::Entity> {
    printed::Entity::update_many()
        .col_expr(printed::Column::State, Expr::value(to))
        .filter(printed::Column::Id.eq(id))
        .filter(printed::Column::State.is_in(PrintedState::sources(to)))
}

/// A finished one leaves its name behind; a trigger sees to that.
pub(super) async fn destroy(tx: &impl ConnectionTrait, id: PrintedId) -> Result<(), Error> {
    printed::Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// What was made.
pub(super) struct Made {
    pub(super) bytes: Vec<u8>,
    /// Of a PDF.
    pub(super) pages: usize,
}

/// Puts what was made of this state of it into the row that waits for it. False when that is gone, or something else
/// stands there meanwhile: then the bytes are nobody's.
pub(super) async fn keep(app: &App, of: Of, row: &printed::Model, made: &Made) -> Result<bool, Error> {
    let tx = app.db.begin_write().await?;
    let now_there = edition(&tx, app, of, true).await?;
    if now_there.is_none_or(|e| e.stamp != row.stamp) {
        destroy(&tx, row.id).await?;
        app.live.commit(tx, TOPIC).await?;
        return Ok(false);
    }
    let ready = step(row.id, PrintedState::Ready)
        .col_expr(printed::Column::Sha256, Expr::value(name_of(&made.bytes)))
        .col_expr(printed::Column::Octets, Expr::value(size(&made.bytes)))
        .col_expr(printed::Column::Pages, Expr::value(pages(made)))
        .col_expr(printed::Column::MadeAt, Expr::value(app.clock.now()))
        .exec(&tx)
        .await?;
    if ready.rows_affected != 1 {
        return Ok(false);
    }
    put_pieces(&tx, row.id, &made.bytes).await?;
    app.live.commit(tx, TOPIC).await?;
    make_room(app).await?;
    Ok(true)
}

/// Keeps what was made within a request; nothing when something else stands there meanwhile.
pub(super) async fn keep_now(
    app: &App,
    e: &Edition,
    kind: PrintedKind,
    made: &Made,
) -> Result<Option<printed::Model>, Error> {
    let tx = app.db.begin_write().await?;
    let now_there = edition(&tx, app, e.of, true).await?;
    if now_there.is_none_or(|now| now.stamp != e.stamp) {
        return Ok(None);
    }
    if let Some(there) = one(&tx, e.of, kind).await? {
        if there.stamp == e.stamp {
            return Ok(Some(there));
        }
        destroy(&tx, there.id).await?;
    }
    let row = printed::ActiveModel {
        sha256: Set(Some(name_of(&made.bytes))),
        octets: Set(size(&made.bytes)),
        made_at: Set(Some(app.clock.now())),
        ..row(app, e, kind, PrintedState::Ready)
    };
    let id = row.id.clone().unwrap();
    let put = printed::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&tx)
        .await?;
    if put == 1 {
        put_pieces(&tx, id, &made.bytes).await?;
    }
    tx.commit().await?;
    make_room(app).await?;
    one(app.db.reader(), e.of, kind).await
}

fn name_of(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

fn size(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

fn pages(made: &Made) -> i32 {
    i32::try_from(made.pages).unwrap_or(i32::MAX)
}

async fn put_pieces(tx: &WriteTx, id: PrintedId, bytes: &[u8]) -> Result<(), Error> {
    for (n, piece) in (0..).zip(bytes.chunks(PIECE)) {
        let row = printed_piece::ActiveModel {
            printed_id: Set(id),
            n: Set(n),
            bytes: Set(piece.to_vec()),
        };
        printed_piece::Entity::insert(row).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Destroys what was made first until the rest has room. One a transaction: nobody holds two of them while others wait.
async fn make_room(app: &App) -> Result<(), Error> {
    loop {
        let all: Option<Option<i64>> = printed::Entity::find()
            .select_only()
            .column_as(Expr::cust("CAST(sum(octets) AS bigint)"), "n")
            .filter(Expr::cust("state = 'ready'"))
            .into_tuple()
            .one(app.db.reader())
            .await?;
        if all.flatten().unwrap_or_default() <= ROOM {
            return Ok(());
        }
        let first = printed::Entity::find()
            .filter(Expr::cust("state = 'ready'"))
            .order_by_asc(printed::Column::MadeAt)
            .order_by_asc(printed::Column::Id)
            .one(app.db.reader())
            .await?;
        let Some(first) = first else { return Ok(()) };
        let tx = app.db.begin_write().await?;
        destroy(&tx, first.id).await?;
        tx.commit().await?;
    }
}

/// What stands at the address of a file.
#[derive(Debug)]
pub(crate) enum Found {
    Here(Box<printed::Model>),
    /// It was there, and is destroyed.
    Gone,
    Never,
}

/// The file by this name. `e`: what readers may have of it now; a file of anything else is destroyed here, should it
/// still be there.
pub(crate) async fn found(
    app: &App,
    of: Of,
    e: Option<&Edition>,
    kind: PrintedKind,
    sha256: &str,
) -> Result<Found, Error> {
    let conn = app.db.reader();
    if let Some(row) = one(conn, of, kind).await?
        && row.sha256.as_deref() == Some(sha256)
    {
        if e.is_some_and(|e| e.stamp == row.stamp) {
            return Ok(Found::Here(Box::new(row)));
        }
        let tx = app.db.begin_write().await?;
        destroy(&tx, row.id).await?;
        tx.commit().await?;
        return Ok(Found::Gone);
    }
    let gone = printed_gone::Entity::find_by_id((of.uuid(), kind.as_str().to_owned(), sha256.to_owned()))
        .one(conn)
        .await?;
    Ok(if gone.is_some() { Found::Gone } else { Found::Never })
}

/// The bytes, a piece at a time. Who takes the file back meanwhile breaks it off.
///
/// # Errors
/// [`Error::Gone`] when it is destroyed before it begins.
pub(crate) async fn body(app: &App, row: &printed::Model) -> Result<Body, Error> {
    let (db, id) = (app.db.clone(), row.id);
    let first = piece(&db, id, 0).await?.ok_or(Error::Gone)?;
    let many = usize::try_from(row.octets).unwrap_or_default().div_ceil(PIECE).max(1);
    let rest = futures_util::stream::try_unfold(1, move |n| {
        let db = db.clone();
        async move {
            if n >= many {
                return Ok(None);
            }
            let at = i32::try_from(n).map_err(io::Error::other)?;
            match piece(&db, id, at).await {
                Ok(Some(bytes)) => Ok(Some((bytes, n + 1))),
                Ok(None) => Err(io::Error::other("it was taken back")),
                Err(error) => Err(io::Error::other(error.to_string())),
            }
        }
    });
    let first = futures_util::stream::once(async { Ok::<_, io::Error>(first) });
    Ok(Body::from_stream(futures_util::StreamExt::chain(first, rest)))
}

async fn piece(db: &Db, id: PrintedId, n: i32) -> Result<Option<Bytes>, Error> {
    let row = printed_piece::Entity::find_by_id((id, n)).one(db.reader()).await?;
    Ok(row.map(|row| row.bytes.into()))
}
