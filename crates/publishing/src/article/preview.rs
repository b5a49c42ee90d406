//! A link to an article before it is published: for whoever has it, until a day, or until another one is made.

use super::publish::note;
use crate::{Error, repo};
use chrono::{DateTime, Days, Utc};
use db::{audit::Actor, entity::article, prelude::*};
use domain::{ArticleId, StaffId, state::article::ArticleState, token::Purpose};

/// Days for which it counts.
const DAYS: u64 = 14;

/// Makes a link; the one before opens nothing any more.
///
/// # Errors
/// When there is no such article.
pub async fn share(app: &web::App, staff: StaffId, id: ArticleId) -> Result<(), Error> {
    let until = app.clock.now().checked_add_days(Days::new(DAYS));
    set(app, staff, id, until, "article.shared").await
}

/// No link opens it any more.
///
/// # Errors
/// When there is no such article.
pub async fn unshare(app: &web::App, staff: StaffId, id: ArticleId) -> Result<(), Error> {
    set(app, staff, id, None, "article.unshared").await
}

async fn set(
    app: &web::App,
    staff: StaffId,
    id: ArticleId,
    until: Option<DateTime<Utc>>,
    action: &'static str,
) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    let article = repo::article(&tx, id).await?;
    // Not a step of the article's version: whoever is editing goes on.
    article::Entity::update_many()
        .col_expr(article::Column::PreviewUntil, Expr::value(until))
        .col_expr(
            article::Column::PreviewVersion,
            Expr::col(article::Column::PreviewVersion).add(1),
        )
        .filter(article::Column::Id.eq(id))
        .exec(&tx)
        .await?;
    note(&tx, app, Actor::Staff(staff), &article, action, serde_json::json!({})).await?;
    tx.commit().await?;
    Ok(())
}

fn stamp(article: &article::Model) -> u16 {
    // After 65,536 links the first one would count again, if it were not long over.
    u16::try_from(article.preview_version % 65_536).unwrap_or_default()
}

/// The address of its link, while one counts.
pub(crate) fn preview_url(app: &web::App, article: &article::Model) -> Option<String> {
    let counts = article.preview_until.is_some_and(|until| app.clock.now() < until);
    let token = || app.keys.sign(Purpose::Preview, article.id.uuid(), stamp(article));
    counts.then(|| app.public_url(&format!("/preview/{}", token())))
}

/// The article behind a link.
///
/// # Errors
/// [`Error::NotFound`] for what is no link of ours; [`Error::Gone`] for one that is over.
pub(crate) async fn opened(app: &web::App, token: &str) -> Result<article::Model, Error> {
    let claim = app.keys.verify(Purpose::Preview, token).ok_or(Error::NotFound)?;
    let article = repo::article(app.db.reader(), ArticleId::from_uuid(claim.id)).await?;
    let counts = article.preview_until.is_some_and(|until| app.clock.now() < until);
    // What was taken back is read nowhere, by no link.
    if counts && claim.stamp == stamp(&article) && article.state != ArticleState::Withdrawn {
        Ok(article)
    } else {
        Err(Error::Gone)
    }
}
