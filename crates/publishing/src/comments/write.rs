//! Somebody says something, or takes back what they said.

use super::open;
use crate::{Error, cache, repo};
use db::{
    audit::{self, Actor},
    entity::comment,
    prelude::*,
};
use domain::{ArticleId, CommentId, InvitationId, state::comment::CommentState, text::CommentText};
use sea_orm::sea_query::OnConflict;
use web::App;

/// Held comments of one article; more than that nobody reads.
const HELD: u64 = 500;

/// Who says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// With the line by which they wish to stand.
    Partner(InvitationId, String),
    /// Whoever gave this name.
    Reader(String),
}

/// Keeps a comment until an editor has read it; false when the same form was sent before.
///
/// # Errors
/// [`Error::NotFound`] when the article takes none, [`Error::Full`] when too many wait there already.
pub async fn put(app: &App, article: ArticleId, id: CommentId, by: By, body: CommentText) -> Result<bool, Error> {
    let now = app.clock.now();
    let tx = app.db.begin_write().await?;
    let row = repo::article(&tx, article).await?;
    if !open(&row, now) {
        return Err(Error::NotFound);
    }
    let waiting = comment::Entity::find()
        .filter(comment::Column::State.eq(CommentState::Held))
        .filter(comment::Column::ArticleId.eq(article))
        .count(&tx)
        .await?;
    if waiting >= HELD {
        return Err(Error::Full);
    }
    let (invitation, name) = match by {
        By::Partner(invitation, line) => (Some(invitation), line),
        By::Reader(name) => (None, name),
    };
    let new = comment::ActiveModel {
        id: Set(id),
        article_id: Set(article),
        invitation_id: Set(invitation),
        name: Set(name),
        body: Set(body.into_string()),
        state: Set(CommentState::Held),
        reason: Set(String::new()),
        decided_by: Set(None),
        decided_at: Set(None),
        at: Set(now),
    };
    let put = comment::Entity::insert(new)
        .on_conflict(OnConflict::column(comment::Column::Id).do_nothing().to_owned())
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(put > 0)
}

/// Its writer takes it back, whatever became of it: it is gone.
///
/// # Errors
/// [`Error::NotFound`] when it is not theirs, or stands below another article.
pub async fn take_back(app: &App, article: ArticleId, id: CommentId, invitation: InvitationId) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    let gone = comment::Entity::delete_many()
        .filter(comment::Column::Id.eq(id))
        .filter(comment::Column::ArticleId.eq(article))
        .filter(comment::Column::InvitationId.eq(invitation))
        .exec(&tx)
        .await?;
    if gone.rows_affected == 0 {
        return Err(Error::NotFound);
    }
    let entry = audit::Entry {
        event: Some(repo::article(&tx, article).await?.event_id),
        actor: Actor::Partner(invitation),
        action: "comment.withdrawn",
        subject: ("comment", Some(id.uuid())),
        details: serde_json::json!({}),
    };
    audit::record(&tx, &app.clock, entry).await?;
    tx.commit().await?;
    cache::changed();
    Ok(())
}
