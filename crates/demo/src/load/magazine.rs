//! The first issue of the magazine, with last year's article in it, and the places where its printed copies lie.

use super::{Cast, at, slug};
use crate::{
    Error,
    content::{Magazine, Prose},
};
use chrono::{DateTime, TimeDelta, Utc};
use db::{
    entity::{article as rows, event},
    prelude::*,
};
use domain::{ArticleId, EventId, Lang, state::article::ArticleState};
use publishing::{
    article::{self, BlockBody, BlockDraft, Shape},
    magazine::{self, Item, Line},
    places,
};
use web::App;

pub(crate) async fn load(app: &App, cast: &Cast, content: &Magazine) -> Result<(), Error> {
    let Some((event, first)) = published(app).await? else {
        return Err(Error::content("no article is published"));
    };
    // The issue follows two weeks after the article.
    let then = at(app, first + TimeDelta::days(14));
    for text in &content.prose {
        prose(&then, cast, event, text).await?;
    }
    let id = magazine::create(&then, cast.editor, &content.issue.title, Lang::Ko).await?;
    let (row, mut draft) = magazine::current(then.db.reader(), id).await?;
    draft.standfirst.clone_from(&content.issue.standfirst);
    for section in &content.section {
        draft.items.push(Item::new(Line::Section(section.title.clone())));
        for slug in &section.article {
            draft.items.push(Item::new(Line::Article(by_slug(&then, slug).await?)));
        }
    }
    magazine::save(&then, cast.editor, id, row.version, draft).await?;
    magazine::show(&then, cast.editor, id).await?;
    places::add_drafts(&then, cast.editor, id, &content.place).await?;
    Ok(())
}

/// The finished event, and when its article came out.
async fn published(app: &App) -> Result<Option<(EventId, DateTime<Utc>)>, Error> {
    let found = rows::Entity::find()
        .find_also_related(event::Entity)
        .filter(event::Column::Slug.eq(slug::FINISHED))
        .filter(rows::Column::State.eq(ArticleState::Published))
        .one(app.db.reader())
        .await?;
    Ok(found.and_then(|(article, event)| Some((event?.id, article.published_at?))))
}

/// The article of this address; `talk` is the one of the finished event, whichever its address.
async fn by_slug(app: &App, name: &str) -> Result<ArticleId, Error> {
    let name = if name == "talk" { slug::FINISHED } else { name };
    let row = rows::Entity::find()
        .filter(rows::Column::Slug.eq(name))
        .one(app.db.reader())
        .await?;
    row.map(|row| row.id)
        .ok_or_else(|| Error::content(format!("there is no article {name}")))
}

async fn prose(app: &App, cast: &Cast, event: EventId, text: &Prose) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    let id = article::create(&tx, app, cast.editor, event, Shape::Report).await?;
    tx.commit().await?;
    let (version, mut draft) = article::current(app.db.reader(), id).await?;
    draft.slug.clone_from(&text.slug);
    draft.title.clone_from(&text.title);
    draft.standfirst.clone_from(&text.standfirst);
    draft.keywords = text.keywords.join(", ");
    let figures = draft
        .blocks
        .pop()
        .filter(|b| text.figures && matches!(b.body, BlockBody::Figures { .. }));
    draft.blocks = vec![BlockDraft::new(BlockBody::prose(&text.text))];
    draft.blocks.extend(figures);
    article::update(app, cast.editor, id, version, draft).await?;
    article::publish(app, cast.editor, id).await?;
    Ok(())
}
