//! Files are made: gathered from the database, set on a thread that may be busy, kept.

use super::{
    Edition, Facts, Of, document,
    document::{day, lang},
    edition,
    edition::{Printable, Source},
    file::{self, Made, step},
};
use crate::Error;
use db::{
    entity::{asset, issue, printed},
    prelude::*,
};
use domain::{
    PrintedId,
    state::printed::{PrintedKind, PrintedState},
};
use print::{Block, Document, Picture, limits};
use std::time::Duration;
use tokio::sync::Semaphore;
use web::App;

/// One at a time in a process: memory holds one file and what it is made of.
static PRESS: Semaphore = Semaphore::const_new(1);
/// The same for the pictures behind links, which nobody waits for long.
static EASEL: Semaphore = Semaphore::const_new(1);
/// How long a request waits for the easel.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is to be set.
enum Work {
    Article(Box<Document>),
    Issue(Box<print::Issue>),
}

/// Why it was not made.
enum Failed {
    Print(print::Error),
    /// It ended without a word.
    Broken,
}

impl Failed {
    /// The text that says it.
    const fn key(&self) -> &'static str {
        match self {
            Self::Print(print::Error::FontsMissing) => "outputs-failed-fonts",
            Self::Print(print::Error::TooLarge { .. }) => "outputs-failed-large",
            Self::Print(print::Error::Picture { .. }) => "outputs-failed-picture",
            Self::Print(_) | Self::Broken => "outputs-failed-other",
        }
    }
}

/// Makes what was asked for. Does nothing when it is made, or when nobody may have it any more.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn make(app: &App, id: PrintedId) -> Result<(), Error> {
    let row = printed::Entity::find_by_id(id).one(app.db.reader()).await?;
    let Some((row, of)) = row.and_then(|row| Of::row(&row).map(|of| (row, of))) else {
        return Ok(());
    };
    if !on(app, id, PrintedState::Reading).await? {
        return Ok(());
    }
    let e = edition(app.db.reader(), app, of, false).await?;
    let Some(e) = e.filter(|e| e.stamp == row.stamp) else {
        let tx = app.db.begin_write().await?;
        file::destroy(&tx, id).await?;
        app.live.commit(tx, file::TOPIC).await?;
        return Ok(());
    };
    let Ok(turn) = PRESS.acquire().await else {
        return Ok(());
    };
    let work = gather(app, e).await?;
    if !on(app, id, PrintedState::Setting).await? {
        return Ok(());
    }
    let made = match work {
        Err(error) => Err(Failed::Print(error)),
        Ok(work) => match tokio::task::spawn_blocking(move || set(row.kind, work)).await {
            Ok(made) => made.map_err(Failed::Print),
            Err(_) => Err(Failed::Broken),
        },
    };
    drop(turn);
    match made {
        Ok(made) => file::keep(app, of, &row, &made).await.map(drop),
        Err(why) => fail(app, &row, &why).await,
    }
}

/// The next step; false when the file is gone meanwhile, or somebody else made it.
async fn on(app: &App, id: PrintedId, to: PrintedState) -> Result<bool, Error> {
    let tx = app.db.begin_write().await?;
    if step(id, to).exec(&tx).await?.rows_affected != 1 {
        return Ok(false);
    }
    app.live.commit(tx, file::TOPIC).await?;
    Ok(true)
}

async fn fail(app: &App, row: &printed::Model, why: &Failed) -> Result<(), Error> {
    match why {
        Failed::Print(error) => tracing::error!(file = %row.id, kind = %row.kind, %error, "a file was not made"),
        Failed::Broken => tracing::error!(file = %row.id, kind = %row.kind, "a file was not made: its thread ended"),
    }
    let tx = app.db.begin_write().await?;
    step(row.id, PrintedState::Failed)
        .col_expr(printed::Column::Reason, Expr::value(why.key()))
        .col_expr(printed::Column::MadeAt, Expr::value(app.clock.now()))
        .exec(&tx)
        .await?;
    app.live.commit(tx, file::TOPIC).await?;
    Ok(())
}

fn set(kind: PrintedKind, work: Work) -> Result<Made, print::Error> {
    let pdf = |pdf: print::Pdf| Made {
        bytes: pdf.bytes,
        pages: pdf.pages,
    };
    let epub = |bytes| Made { bytes, pages: 0 };
    match (kind, carried(work)) {
        (PrintedKind::Pdf, Work::Article(d)) => print::pdf::article(&d).map(pdf),
        (PrintedKind::Pdf, Work::Issue(i)) => print::pdf::issue(&i).map(pdf),
        (_, Work::Article(d)) => print::epub::article(&d).map(epub),
        (_, Work::Issue(i)) => print::epub::issue(&i).map(epub),
    }
}

/// Its pictures as every reader knows them.
fn carried(mut work: Work) -> Work {
    match &mut work {
        Work::Article(d) => carry(d),
        Work::Issue(i) => carry_all(i),
    }
    work
}

pub(super) fn carry(d: &mut Document) {
    for block in &mut d.blocks {
        if let Block::Picture(p) = block {
            p.bytes = Picture::carried(std::mem::take(&mut p.bytes));
        }
    }
}

pub(super) fn carry_all(i: &mut print::Issue) {
    if let print::Cover::Picture(p) = &mut i.cover {
        p.bytes = Picture::carried(std::mem::take(&mut p.bytes));
    }
    i.sections.iter_mut().flat_map(|s| &mut s.articles).for_each(carry);
}

async fn gather(app: &App, e: Edition) -> Result<Result<Work, print::Error>, Error> {
    Ok(match e.source {
        Source::Article(one) => {
            let document = Pictures::default().article(app, *one).await?;
            document.map(|d| Work::Article(Box::new(d)))
        }
        Source::Issue(row, all) => issue(app, &row, all).await?.map(|i| Work::Issue(Box::new(i))),
    })
}

/// The issue with these articles, and the bytes of all pictures.
pub(super) async fn issue(
    app: &App,
    row: &issue::Model,
    all: Vec<(String, Vec<Printable>)>,
) -> Result<Result<print::Issue, print::Error>, Error> {
    let mut pictures = Pictures::default();
    let first = all.iter().flat_map(|(_, articles)| articles).next();
    let event = first.map(|one| one.snapshot.event.clone());
    let mut sections = Vec::with_capacity(all.len());
    for (title, articles) in all {
        let mut section = print::Section {
            title,
            articles: Vec::with_capacity(articles.len()),
        };
        for one in articles {
            match pictures.article(app, one).await? {
                Ok(document) => section.articles.push(document),
                Err(error) => return Ok(Err(error)),
            }
        }
        sections.push(section);
    }
    let cover = match &row.cover {
        Some(name) => match pictures.take(app, name).await? {
            Ok(bytes) => print::Cover::Picture(Picture {
                bytes,
                alternative: row.cover_alt.clone(),
                caption: String::new(),
            }),
            Err(error) => return Ok(Err(error)),
        },
        None => print::Cover::Drawn,
    };
    let zone = event.as_ref().map_or("UTC", |e| e.time_zone.as_str());
    Ok(Ok(print::Issue {
        lang: lang(row.lang),
        identifier: format!("urn:uuid:{}", row.id.uuid()),
        number: u32::try_from(row.number).unwrap_or_default(),
        title: row.title.clone(),
        date: day(row.shown_at.unwrap_or_else(|| app.clock.now()), zone),
        publisher: event.map(|e| e.host).unwrap_or_default(),
        address: Some(app.public_url(&format!("/magazine/{}", row.number))),
        cover,
        sections,
    }))
}

/// So much is in hand: more than a file may hold is not even read.
#[derive(Default)]
pub(super) struct Pictures {
    seen: usize,
    octets: usize,
}

impl Pictures {
    /// The article with the bytes of its pictures.
    pub(super) async fn article(&mut self, app: &App, one: Printable) -> Result<Result<Document, print::Error>, Error> {
        let facts = Facts {
            id: one.row.id,
            slug: &one.row.slug,
            at: one.row.published_at.unwrap_or_else(|| app.clock.now()),
            public_url: &app.settings.web.public_url,
        };
        let (mut d, names) = document(&one.snapshot, &facts);
        let places = d.blocks.iter_mut().filter_map(|block| match block {
            Block::Picture(p) => Some(p),
            _ => None,
        });
        for (place, name) in places.zip(&names) {
            match self.take(app, name).await? {
                Ok(bytes) => place.bytes = bytes,
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(d))
    }

    pub(super) async fn take(&mut self, app: &App, name: &str) -> Result<Result<Vec<u8>, print::Error>, Error> {
        self.seen += 1;
        let Some(row) = asset::Entity::find_by_id(name).one(app.db.reader()).await? else {
            let (at, why) = (self.seen, "is not there");
            return Ok(Err(print::Error::Picture { at, why }));
        };
        let bytes = row.bytes;
        self.octets += bytes.len();
        if self.octets > limits::PICTURES_BYTES {
            return Ok(Err(print::Error::TooLarge {
                what: "bytes of all pictures",
                is: self.octets,
                most: limits::PICTURES_BYTES,
            }));
        }
        Ok(Ok(bytes))
    }
}

/// The picture of an article that is shown where somebody passes on its address: drawn once for each state of it, kept like
/// a file. Nothing when there is no hand free to draw it, or no font.
pub(crate) async fn card(app: &App, e: &Edition) -> Result<Option<printed::Model>, Error> {
    let there = async || {
        let rows = file::present(app.db.reader(), e).await?;
        Ok::<_, Error>(rows.into_iter().find(|r| r.kind == PrintedKind::Card))
    };
    if let Some(row) = there().await? {
        return Ok(Some(row));
    }
    let Source::Article(one) = &e.source else {
        return Ok(None);
    };
    if !print::has_fonts() {
        return Ok(None);
    }
    let Ok(Ok(turn)) = tokio::time::timeout(PATIENCE, EASEL.acquire()).await else {
        return Ok(None);
    };
    // Whoever had the easel before may have drawn just this.
    if let Some(row) = there().await? {
        return Ok(Some(row));
    }
    let s = &one.snapshot;
    let card = print::Card {
        lang: lang(s.lang),
        title: s.title.clone(),
        event: s.event.title.clone(),
        host: s.event.host.clone(),
    };
    let drawn = tokio::task::spawn_blocking(move || print::open_graph(&card)).await;
    let kept = match drawn {
        Ok(Ok(bytes)) => file::keep_now(app, e, PrintedKind::Card, &Made { bytes, pages: 0 }).await,
        Ok(Err(error)) => {
            tracing::error!(article = %one.row.id, %error, "the picture of an article was not drawn");
            Ok(None)
        }
        Err(_) => Ok(None),
    };
    drop(turn);
    kept
}
