//! "Was this of use?" One word of a reader about an article counts once a day; who it was is known to nobody, also not
//! to us: a keyed digest stands for them, and only for that day.

use crate::{
    Error,
    reads::{adding, today},
};
use chrono::TimeDelta;
use db::{
    entity::{article_day, article_remark, article_vote},
    prelude::*,
};
use domain::{ArticleId, RemarkId, token::Purpose};
use sea_orm::sea_query::OnConflict;
use web::App;

/// For so long it is known that somebody said something.
const KEPT: TimeDelta = TimeDelta::days(1);
/// Characters of a remark.
pub(crate) const REMARK: usize = 300;

/// Counts what `reader` says; who says otherwise the same day has changed their mind.
///
/// # Errors
/// When the database refuses.
pub async fn say(app: &App, article: ArticleId, reader: &str, useful: bool) -> Result<(), Error> {
    let day = today(app);
    let voter = app.keys.digest(Purpose::Reader, &format!("{day}\n{article}\n{reader}"));
    let tx = app.db.begin_write().await?;
    let vote = article_vote::ActiveModel {
        voter: Set(voter.clone()),
        article_id: Set(article),
        useful: Set(useful),
        at: Set(app.clock.now()),
    };
    let first = article_vote::Entity::insert(vote)
        .on_conflict(OnConflict::column(article_vote::Column::Voter).do_nothing().to_owned())
        .exec_without_returning(&tx)
        .await?;
    let turned = if first > 0 {
        0
    } else {
        let turned = article_vote::Entity::update_many()
            .col_expr(article_vote::Column::Useful, Expr::value(useful))
            .filter(article_vote::Column::Voter.eq(voter))
            .filter(article_vote::Column::Useful.ne(useful))
            .exec(&tx)
            .await?;
        turned.rows_affected
    };
    if first == 0 && turned == 0 {
        tx.rollback().await?;
        return Ok(());
    }
    let other = if turned > 0 { -1 } else { 0 };
    let (yes, no) = if useful { (1, other) } else { (other, 1) };
    let row = article_day::ActiveModel {
        article_id: Set(article),
        day: Set(day),
        reads: Set(0),
        useful: Set(yes),
        useless: Set(no),
    };
    article_day::Entity::insert(row)
        .on_conflict(adding([article_day::Column::Useful, article_day::Column::Useless]))
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Keeps why it was of no use.
///
/// # Errors
/// When the database refuses.
pub async fn remark(app: &App, article: ArticleId, body: String) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    let row = article_remark::ActiveModel {
        id: Set(RemarkId::new()),
        article_id: Set(article),
        body: Set(body),
        at: Set(app.clock.now()),
    };
    article_remark::Entity::insert(row).exec_without_returning(&tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets who said something yesterday.
///
/// # Errors
/// When the database refuses.
pub async fn forget(app: &App) -> Result<(), Error> {
    let over = article_vote::Column::At.lt(app.clock.now() - KEPT);
    let there = article_vote::Entity::find()
        .filter(over.clone())
        .one(app.db.reader())
        .await?;
    if there.is_none() {
        return Ok(());
    }
    let tx = app.db.begin_write().await?;
    article_vote::Entity::delete_many().filter(over).exec(&tx).await?;
    tx.commit().await?;
    Ok(())
}
