//! An editor decides what stands below an article.

use crate::{Error, cache, repo};
use chrono::TimeDelta;
use db::{audit, entity::comment, prelude::*};
use domain::{
    CommentId, StaffId,
    state::{Transitions, comment::CommentState},
    text,
};
use web::{App, Errors};

/// Characters of a reason.
pub(crate) const REASON: usize = 200;

/// Shows it, or takes it off the page.
///
/// # Errors
/// Stale when it is not in a state from which that can be done.
pub async fn step(app: &App, staff: StaffId, id: CommentId, to: CommentState) -> Result<(), Error> {
    let (from, action) = match to {
        CommentState::Hidden => (CommentState::Shown, "comment.hidden"),
        _ => (CommentState::Held, "comment.shown"),
    };
    turn(app, staff, id, (from, to), "", action).await
}

/// Decides against it, with a reason that its writer reads when they are a partner.
///
/// # Errors
/// [`Error::Fields`] without a reason; stale when somebody decided first.
pub async fn refuse(app: &App, staff: StaffId, id: CommentId, reason: &str) -> Result<(), Error> {
    let mut errors = Errors::new();
    let reason = errors.check("reason", text::line(reason, REASON)).unwrap_or_default();
    if reason.is_empty() && errors.is_empty() {
        errors.add("reason", "error-required");
    }
    if !errors.is_empty() {
        return Err(Error::Fields(errors));
    }
    let way = (CommentState::Held, CommentState::Refused);
    turn(app, staff, id, way, &reason, "comment.refused").await
}

/// Takes back what was decided last, which the editor saw as `was`.
///
/// # Errors
/// Stale when it is something else by now, or nothing was decided.
pub async fn undo(app: &App, staff: StaffId, id: CommentId, was: CommentState) -> Result<(), Error> {
    let before = match was {
        CommentState::Hidden => CommentState::Shown,
        _ => CommentState::Held,
    };
    turn(app, staff, id, (was, before), "", "comment.undone").await
}

async fn turn(
    app: &App,
    staff: StaffId,
    id: CommentId,
    (from, to): (CommentState, CommentState),
    reason: &str,
    action: &'static str,
) -> Result<(), Error> {
    if !CommentState::sources(to).contains(&from) {
        return Err(db::Error::Stale { what: "comment" }.into());
    }
    let tx = app.db.begin_write().await?;
    let done = comment::Entity::update_many()
        .col_expr(comment::Column::State, Expr::value(to))
        .col_expr(comment::Column::Reason, Expr::value(reason))
        .col_expr(comment::Column::DecidedBy, Expr::value(staff))
        .col_expr(comment::Column::DecidedAt, Expr::value(app.clock.now()))
        .filter(comment::Column::Id.eq(id))
        .filter(comment::Column::State.eq(from))
        .exec(&tx)
        .await?;
    one_row(&done, "comment")?;
    let row = comment::Entity::find_by_id(id).one(&tx).await?.ok_or(Error::NotFound)?;
    let entry = audit::Entry {
        event: Some(repo::article(&tx, row.article_id).await?.event_id),
        actor: staff.into(),
        action,
        subject: ("comment", Some(id.uuid())),
        details: serde_json::json!({ "from": from, "to": to }),
    };
    audit::record(&tx, &app.clock, entry).await?;
    tx.commit().await?;
    cache::changed();
    Ok(())
}

/// For so long a comment that nobody sees can be shown again after all.
const KEPT: TimeDelta = TimeDelta::days(90);

/// Destroys what was refused or hidden long ago.
///
/// # Errors
/// When the database refuses.
pub async fn forget(app: &App) -> Result<(), Error> {
    let over = Condition::all()
        .add(comment::Column::State.is_in([CommentState::Refused, CommentState::Hidden]))
        .add(comment::Column::DecidedAt.lt(app.clock.now() - KEPT));
    let there = comment::Entity::find()
        .filter(over.clone())
        .one(app.db.reader())
        .await?;
    if there.is_none() {
        return Ok(());
    }
    let tx = app.db.begin_write().await?;
    comment::Entity::delete_many().filter(over).exec(&tx).await?;
    tx.commit().await?;
    Ok(())
}
