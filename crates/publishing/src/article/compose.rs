//! An article is put together and saved.

use super::{
    Base, Seen,
    check::{self, Known, Wanted},
    draft::{self, BlockBody, BlockDraft, Draft},
    figures, merge, revision,
};
use crate::{
    Error,
    repo::{self, Asked},
};
use db::{
    audit,
    entity::{article, event},
    prelude::*,
};
use domain::{
    ArticleId, EventId, Lang, StaffId,
    state::article::{ArticlePart, ArticleState},
};
use sea_orm::sea_query::OnConflict;
use web::Errors;

/// What an article begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// What was answered on stage, then what was asked back.
    Conversation,
    /// Prose and the event in figures.
    Report,
}

/// A draft with the questions that were answered on stage and those that were asked back, in their places, as far as
/// their answers are approved. `tx` is the caller's; commit it.
///
/// # Errors
/// When there is no such event.
pub async fn create_from_event(
    tx: &impl ConnectionTrait,
    app: &web::App,
    staff: StaffId,
    event: EventId,
) -> Result<ArticleId, Error> {
    create(tx, app, staff, event, Shape::Conversation).await
}

/// A draft of this shape. `tx` is the caller's; commit it.
///
/// # Errors
/// When there is no such event.
pub async fn create(
    tx: &impl ConnectionTrait,
    app: &web::App,
    staff: StaffId,
    event: EventId,
    shape: Shape,
) -> Result<ArticleId, Error> {
    let event = repo::event(tx, event).await?;
    let blocks = match shape {
        Shape::Conversation => conversation(tx, &event).await?,
        Shape::Report => report(tx, &event).await?,
    };
    let id = ArticleId::new();
    insert(tx, app, id, &event).await?;
    let blocks: Vec<BlockDraft> = blocks.into_iter().map(BlockDraft::new).collect();
    draft::store_blocks(tx, id, &blocks).await?;
    let (version, draft) = draft::current(tx, id).await?;
    revision::insert(tx, staff, id, (1, version), &draft, app.clock.now()).await?;
    note(tx, app, staff, event.id, id, "article.created").await?;
    Ok(id)
}

async fn conversation(tx: &impl ConnectionTrait, event: &event::Model) -> Result<Vec<BlockBody>, Error> {
    // What the crews answered is chosen one by one.
    let (material, _) = repo::offered(tx, event.id, "", 0).await?;
    let mut blocks = vec![BlockBody::prose("")];
    let live = material.live.iter().map(|q| Asked::Question(*q));
    let back = material.reverse.iter().map(|r| Asked::Reverse(*r));
    let mut side = None;
    for asked in live.chain(back) {
        if side.replace(asked.side()) != Some(asked.side()) {
            blocks.push(part(asked.side()));
        }
        blocks.push(BlockBody::exchange(asked));
    }
    blocks.push(BlockBody::prose(""));
    Ok(blocks)
}

async fn report(tx: &impl ConnectionTrait, event: &event::Model) -> Result<Vec<BlockBody>, Error> {
    let mut blocks = vec![BlockBody::prose("")];
    if figures::of(tx, event.id, Lang::Ko).await?.people > 0 {
        blocks.push(BlockBody::Figures { caption: String::new() });
    }
    Ok(blocks)
}

pub(crate) const fn part(side: ArticlePart) -> BlockBody {
    BlockBody::Part {
        heading: String::new(),
        side: Some(side),
    }
}

/// The article's row under the first free address: the event's own, then with a number.
async fn insert(tx: &impl ConnectionTrait, app: &web::App, id: ArticleId, event: &event::Model) -> Result<(), Error> {
    let now = app.clock.now();
    for n in 1.. {
        let slug = if n == 1 {
            event.slug.clone()
        } else {
            format!("{}-{n}", event.slug)
        };
        let row = article::ActiveModel {
            id: Set(id),
            event_id: Set(event.id),
            slug: Set(slug),
            lang: Set(Lang::Ko),
            title: Set(event.title.clone()),
            standfirst: Set(String::new()),
            keywords: Set(String::new()),
            state: Set(ArticleState::Draft),
            snapshot: Set(None),
            publish_at: Set(None),
            published_at: Set(None),
            corrected_at: Set(None),
            version: Set(1),
            comments: Set(false),
            preview_version: Set(1),
            preview_until: Set(None),
            hidden: Set(false),
            created_at: Set(now),
            updated_at: Set(now),
        };
        let free = OnConflict::column(article::Column::Slug).do_nothing().to_owned();
        if article::Entity::insert(row)
            .on_conflict(free)
            .exec_without_returning(tx)
            .await?
            > 0
        {
            break;
        }
    }
    Ok(())
}

/// Saves what the editor typed over `version`, the one they read; gives the new version. What readers see stays as it
/// is until [`super::publish`].
///
/// # Errors
/// [`Error::Fields`] when something typed does not hold; [`Error::Overtaken`] when somebody else saved first.
pub async fn update(app: &web::App, staff: StaffId, id: ArticleId, version: i32, draft: Draft) -> Result<i32, Error> {
    let base = Base::Version(version);
    let saved = save(app, staff, id, &base, draft, Wanted::AsFarAsItIs, How::Pressed);
    Ok(saved.await?.version)
}

/// Who asks to save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Somebody pressed a button.
    Pressed,
    /// A script, while they type: it makes no revision of each word.
    AsOneTypes,
}

/// What was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    pub version: i32,
    /// As it stands now.
    pub draft: Draft,
    /// What the form that was sent may take as read ([`Seen::after`]).
    pub seen: Seen,
    /// Somebody else's changes came in beside.
    pub merged: bool,
}

/// Saves what was typed over `base`. What somebody else saved meanwhile is kept where this draft did not change it.
///
/// # Errors
/// [`Error::Fields`] when something typed does not hold; [`Error::Overtaken`] when both changed the same.
pub async fn save(
    app: &web::App,
    staff: StaffId,
    id: ArticleId,
    base: &Base,
    typed: Draft,
    wanted: Wanted,
    how: How,
) -> Result<Saved, Error> {
    let tx = app.db.begin_write().await?;
    let row = repo::article(&tx, id).await?;
    let stands = Draft::of(&row, repo::blocks(&tx, id).await?);
    let known = Known::of(&tx, row.event_id, &typed).await?;
    let mine = check::check(typed, &row, &known, wanted).map_err(Error::Fields)?;
    let (draft, merged) = match base {
        Base::Version(version) if row.version == *version => (mine.clone(), false),
        // Also at the version that the form names: what another's save brought in beside may not stand in the form yet.
        Base::Seen { was, .. } if row.state != ArticleState::Withdrawn => {
            let both = merge::merge(was, &stands, mine.clone());
            if !both.conflicts.is_empty() {
                return Err(Error::Overtaken {
                    row: Box::new(row),
                    theirs: Box::new(stands),
                    draft: Box::new(both.draft),
                    conflicts: both.conflicts,
                });
            }
            let merged = both.draft != mine;
            (both.draft, merged)
        }
        _ => {
            return Err(Error::Overtaken {
                row: Box::new(row),
                theirs: Box::new(stands),
                draft: Box::new(mine),
                conflicts: Vec::new(),
            });
        }
    };
    let seen = match base {
        Base::Seen { was, .. } => was.after(&mine, &draft),
        Base::Version(_) => Seen::of(&draft),
    };
    if how == How::AsOneTypes && draft == stands {
        // Nothing to save: no version, no entry.
        return Ok(Saved {
            version: row.version,
            draft,
            seen,
            merged,
        });
    }
    let version = row.version + 1;
    store(&tx, app, &row, &draft).await?;
    revision::note(&tx, app, staff, &row, (&stands, &draft), version, how).await?;
    note(&tx, app, staff, row.event_id, id, "article.saved").await?;
    tx.commit().await?;
    Ok(Saved {
        version,
        draft,
        seen,
        merged,
    })
}

/// Puts the draft in the place of what `row` says, in one step of its version.
pub(crate) async fn store(
    tx: &impl ConnectionTrait,
    app: &web::App,
    row: &article::Model,
    draft: &Draft,
) -> Result<(), Error> {
    let update = article::Entity::update_many()
        .col_expr(article::Column::Lang, Expr::value(draft.lang))
        .col_expr(article::Column::Title, Expr::value(&draft.title))
        .col_expr(article::Column::Standfirst, Expr::value(&draft.standfirst))
        .col_expr(
            article::Column::Keywords,
            Expr::value(draft.keywords.replace(", ", ",")),
        )
        .col_expr(article::Column::Slug, Expr::value(&draft.slug))
        .col_expr(article::Column::Comments, Expr::value(draft.comments))
        .col_expr(article::Column::UpdatedAt, Expr::value(app.clock.now()))
        .col_expr(article::Column::Version, Expr::value(row.version + 1))
        .filter(article::Column::Id.eq(row.id))
        .filter(article::Column::Version.eq(row.version))
        .filter(article::Column::State.ne(ArticleState::Withdrawn));
    let result = update.exec(tx).await.map_err(|error| match db::conflict(&error) {
        Some(db::Conflict::Unique) => Error::Fields(at("slug", "error-taken")),
        _ => error.into(),
    })?;
    one_row(&result, "article")?;
    draft::store_blocks(tx, row.id, &draft.blocks).await
}

fn at(field: &'static str, key: &'static str) -> Errors {
    let mut errors = Errors::new();
    errors.add(field, key);
    errors
}

pub(crate) async fn note(
    tx: &impl ConnectionTrait,
    app: &web::App,
    staff: StaffId,
    event: EventId,
    id: ArticleId,
    action: &'static str,
) -> Result<(), Error> {
    let entry = audit::Entry {
        event: Some(event),
        actor: audit::Actor::Staff(staff),
        action,
        subject: ("article", Some(id.uuid())),
        details: serde_json::json!({}),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}
