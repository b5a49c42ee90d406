//! An article goes out, and may be taken back.

use super::{Draft, Snapshot, Verdict, correct};
use crate::{
    Error,
    approval::{self, Status},
    cache, repo,
};
use db::{
    audit::{self, Actor},
    entity::article,
    prelude::*,
};
use domain::{
    ArticleId, StaffId,
    state::{Transitions, article::ArticleState},
};

/// What became of the words of its people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub approved: usize,
    pub anonymous: usize,
    pub left_out: usize,
}

/// Freezes what the article says now and lets readers see it. Words that their person has not approved leave it, or stand
/// without a name, as the editor chose. One that stands already is corrected: it keeps its date and bears that of the
/// correction.
///
/// # Errors
/// [`Error::Empty`] when nothing is left to read; stale when it is withdrawn or somebody was faster.
pub async fn publish(app: &web::App, staff: StaffId, id: ArticleId) -> Result<Outcome, Error> {
    publish_with(app, staff, id, "").await
}

/// The same; what was wrong in it, when it is not empty, is told its readers and those whose words it touches.
///
/// # Errors
/// See [`publish`].
pub async fn publish_with(app: &web::App, staff: StaffId, id: ArticleId, correction: &str) -> Result<Outcome, Error> {
    let tx = app.db.begin_write().await?;
    let article = repo::article(&tx, id).await?;
    let out = matches!(article.state, ArticleState::Published | ArticleState::Corrected);
    let text = correct::text(correction).map_err(Error::Fields)?;
    if let Some(text) = text.as_ref().filter(|_| out) {
        correct::insert(&tx, app, staff, id, text).await?;
    }
    let (snapshot, outcome) = go_out(&tx, app, Actor::Staff(staff), &article).await?;
    if let Some(text) = text.as_ref().filter(|_| out) {
        let before: Option<Snapshot> = article
            .snapshot
            .clone()
            .and_then(|json| serde_json::from_value(json).ok());
        correct::tell(&tx, app, &article, before.as_ref(), &snapshot, text).await?;
    }
    tx.commit().await?;
    app.wake.notify();
    cache::changed();
    Ok(outcome)
}

/// The step itself, in the caller's transaction.
pub(super) async fn go_out(
    tx: &WriteTx,
    app: &web::App,
    actor: Actor,
    article: &article::Model,
) -> Result<(Snapshot, Outcome), Error> {
    let now = app.clock.now();
    let draft = Draft::of(article, repo::blocks(tx, article.id).await?);
    let quotes = draft.quotes();
    let (source, _, sheet) = approval::sheet(tx, article, draft).await?;
    let snapshot = source.snapshot(&sheet.verdicts());
    if snapshot.blocks.is_empty() || quotes && snapshot.voices() == 0 {
        return Err(Error::Empty);
    }
    let outcome = Outcome {
        approved: sheet.count(Status::Approved),
        anonymous: sheet.count_verdict(Verdict::Anonymous),
        left_out: sheet.count_verdict(Verdict::Out),
    };
    let again = matches!(article.state, ArticleState::Published | ArticleState::Corrected);
    let (to, at, action) = if again {
        (
            ArticleState::Corrected,
            article::Column::CorrectedAt,
            "article.corrected",
        )
    } else {
        (
            ArticleState::Published,
            article::Column::PublishedAt,
            "article.published",
        )
    };
    let result = article::Entity::update_many()
        .col_expr(article::Column::State, Expr::value(to))
        .col_expr(article::Column::Snapshot, Expr::value(serde_json::to_value(&snapshot)?))
        .col_expr(at, Expr::value(now))
        .col_expr(
            article::Column::PublishAt,
            Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None),
        )
        .col_expr(article::Column::UpdatedAt, Expr::value(now))
        .col_expr(article::Column::Version, Expr::value(article.version + 1))
        .filter(article::Column::Id.eq(article.id))
        .filter(article::Column::Version.eq(article.version))
        .filter(article::Column::State.is_in(ArticleState::sources(to)))
        .exec(tx)
        .await?;
    one_row(&result, "article")?;
    let details = serde_json::json!({
        "from": article.state, "slug": article.slug,
        "approved": outcome.approved, "anonymous": outcome.anonymous, "left_out": outcome.left_out,
    });
    note(tx, app, actor, article, action, details).await?;
    Ok((snapshot, outcome))
}

/// Takes it back: its address answers 410 from now on.
///
/// # Errors
/// Stale when it does not stand.
pub async fn withdraw(app: &web::App, staff: StaffId, id: ArticleId) -> Result<(), Error> {
    step(app, staff, id, ArticleState::Withdrawn, "article.withdrawn").await
}

/// A withdrawn article becomes a draft again; it stays unseen until it is published anew.
///
/// # Errors
/// Stale when it is not withdrawn.
pub async fn redraft(app: &web::App, staff: StaffId, id: ArticleId) -> Result<(), Error> {
    step(app, staff, id, ArticleState::Draft, "article.redrafted").await
}

async fn step(
    app: &web::App,
    staff: StaffId,
    id: ArticleId,
    to: ArticleState,
    action: &'static str,
) -> Result<(), Error> {
    let from = match to {
        // What waits for its moment goes back by `unschedule`.
        ArticleState::Draft => vec![ArticleState::Withdrawn],
        _ => ArticleState::sources(to),
    };
    let tx = app.db.begin_write().await?;
    let article = repo::article(&tx, id).await?;
    let result = article::Entity::update_many()
        .col_expr(article::Column::State, Expr::value(to))
        .col_expr(article::Column::UpdatedAt, Expr::value(app.clock.now()))
        .col_expr(article::Column::Version, Expr::col(article::Column::Version).add(1))
        .filter(article::Column::Id.eq(id))
        .filter(article::Column::State.is_in(from))
        .exec(&tx)
        .await?;
    one_row(&result, "article")?;
    let details = serde_json::json!({ "from": article.state, "slug": article.slug });
    note(&tx, app, Actor::Staff(staff), &article, action, details).await?;
    tx.commit().await?;
    cache::changed();
    Ok(())
}

pub(super) async fn note(
    tx: &impl ConnectionTrait,
    app: &web::App,
    actor: Actor,
    article: &article::Model,
    action: &'static str,
    details: serde_json::Value,
) -> Result<(), Error> {
    let entry = audit::Entry {
        event: Some(article.event_id),
        actor,
        action,
        subject: ("article", Some(article.id.uuid())),
        details,
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}
