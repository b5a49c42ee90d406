//! What was saved, step by step, and how to go back.

use super::{
    Base,
    check::Wanted,
    compose::{How, save},
    draft::Draft,
};
use crate::{Error, repo};
use chrono::TimeDelta;
use db::{
    entity::{article, article_revision},
    prelude::*,
};
use domain::{ArticleId, RevisionId, StaffId};

/// What somebody types within so long is one step.
const ONE_STEP: TimeDelta = TimeDelta::minutes(5);

/// Notes what stands now. `before` is what stood: an article that has no revision yet gets it as its first one.
pub(crate) async fn note(
    tx: &impl ConnectionTrait,
    app: &web::App,
    staff: StaffId,
    row: &article::Model,
    (before, now): (&Draft, &Draft),
    version: i32,
    how: How,
) -> Result<(), Error> {
    let mut last = repo::last_revision(tx, row.id).await?;
    if last.is_none() {
        last = Some(insert(tx, staff, row.id, (1, row.version), before, row.updated_at).await?);
    }
    let Some(last) = last else { return Ok(()) };
    if serde_json::from_value::<Draft>(last.draft.clone()).ok().as_ref() == Some(now) {
        return Ok(());
    }
    let at = app.clock.now();
    if how == How::AsOneTypes && last.n > 1 && last.staff_id == staff && at - last.at < ONE_STEP {
        article_revision::Entity::update_many()
            .col_expr(article_revision::Column::Draft, Expr::value(serde_json::to_value(now)?))
            .col_expr(article_revision::Column::Version, Expr::value(version))
            .filter(article_revision::Column::Id.eq(last.id))
            .exec(tx)
            .await?;
        return Ok(());
    }
    insert(tx, staff, row.id, (last.n + 1, version), now, at).await?;
    Ok(())
}

pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    staff: StaffId,
    article: ArticleId,
    (n, version): (i32, i32),
    draft: &Draft,
    at: chrono::DateTime<chrono::Utc>,
) -> Result<article_revision::Model, Error> {
    let row = article_revision::Model {
        id: RevisionId::new(),
        article_id: article,
        n,
        version,
        draft: serde_json::to_value(draft)?,
        staff_id: staff,
        at,
    };
    article_revision::Entity::insert(sea_orm::IntoActiveModel::into_active_model(row.clone()).reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(row)
}

/// Makes an old revision the draft again, as a new one; gives the new version.
///
/// # Errors
/// [`Error::NotFound`] when the article has no such revision; [`Error::Overtaken`] when somebody saves at the moment.
pub async fn restore(app: &web::App, staff: StaffId, id: ArticleId, n: i32) -> Result<i32, Error> {
    let conn = app.db.reader();
    let row = repo::article(conn, id).await?;
    let old = repo::revision(conn, id, n).await?.ok_or(Error::NotFound)?;
    let draft: Draft = serde_json::from_value(old.draft)?;
    let saved = save(
        app,
        staff,
        id,
        &Base::Version(row.version),
        draft,
        Wanted::AsFarAsItIs,
        How::Pressed,
    )
    .await?;
    Ok(saved.version)
}
