//! What the hall sees: one question at a time.

use crate::{Error, Result, stage::repo};
use db::{
    audit::{self, Actor},
    entity::{stage_run, stage_seen},
    prelude::*,
};
use domain::{EventId, QuestionId, ReverseId, StaffId};
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use web::App;

/// What is on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Nothing,
    Question(QuestionId),
    Reverse(ReverseId),
}

impl Shown {
    pub(crate) fn of(run: Option<&stage_run::Model>) -> Self {
        match run.map(|run| (run.question_id, run.reverse_id)) {
            Some((Some(question), _)) => Self::Question(question),
            Some((None, Some(reverse))) => Self::Reverse(reverse),
            _ => Self::Nothing,
        }
    }
}

/// Shows a released live question.
///
/// # Errors
/// [`Error::NotFound`] when it is not in the order of this event.
pub async fn show(app: &App, staff: StaffId, event: EventId, question: QuestionId) -> Result<()> {
    let tx = app.db.begin_write().await?;
    let order = repo::order(&tx, event).await?;
    if !order.iter().any(|(_, q)| q.id == question) {
        return Err(Error::NotFound);
    }
    put(&tx, app, staff, event, Shown::Question(question), None).await?;
    commit(app, tx, event).await?;
    Ok(())
}

/// Shows a question that the host asks back.
///
/// # Errors
/// [`Error::NotFound`] when it was not picked, or is of another event.
pub async fn show_reverse(app: &App, staff: StaffId, event: EventId, reverse: ReverseId) -> Result<()> {
    let tx = app.db.begin_write().await?;
    repo::reverse_of(&tx, event, reverse).await?.ok_or(Error::NotFound)?;
    put(&tx, app, staff, event, Shown::Reverse(reverse), None).await?;
    commit(app, tx, event).await?;
    Ok(())
}

/// Shows the next question of the order, after the last one nothing. `seen` is the version that the operator's page
/// showed: a second press on an old page does nothing.
///
/// # Errors
/// When the database refuses.
pub async fn next(app: &App, staff: StaffId, event: EventId, seen: Option<i32>) -> Result<Shown> {
    turn(app, staff, event, seen, 1).await
}

/// Shows the question before, or nothing before the first one. See [`next`].
///
/// # Errors
/// When the database refuses.
pub async fn back(app: &App, staff: StaffId, event: EventId, seen: Option<i32>) -> Result<Shown> {
    turn(app, staff, event, seen, -1).await
}

async fn turn(app: &App, staff: StaffId, event: EventId, seen: Option<i32>, by: isize) -> Result<Shown> {
    let tx = app.db.begin_write().await?;
    let run = repo::run(&tx, event).await?;
    let now = Shown::of(run.as_ref());
    if seen.is_some_and(|seen| seen != run.as_ref().map_or(0, |run| run.version)) {
        return Ok(now);
    }
    let order: Vec<QuestionId> = repo::order(&tx, event).await?.into_iter().map(|(_, q)| q.id).collect();
    let to = step(&order, now, by);
    put(&tx, app, staff, event, to, seen).await?;
    commit(app, tx, event).await?;
    Ok(to)
}

/// From nothing, forward is the first and back the last.
fn step(order: &[QuestionId], now: Shown, by: isize) -> Shown {
    let at = match now {
        Shown::Question(id) => order.iter().position(|q| *q == id),
        _ => None,
    };
    let to = match at {
        Some(at) => at.checked_add_signed(by),
        None if by > 0 => Some(0),
        None => order.len().checked_sub(1),
    };
    to.and_then(|to| order.get(to))
        .map_or(Shown::Nothing, |id| Shown::Question(*id))
}

/// Writes what is shown. With `seen`, only over that version.
pub(super) async fn put(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    event: EventId,
    shown: Shown,
    seen: Option<i32>,
) -> Result<()> {
    let (question, reverse) = match shown {
        Shown::Nothing => (None, None),
        Shown::Question(id) => (Some(id), None),
        Shown::Reverse(id) => (None, Some(id)),
    };
    let now = app.clock.now();
    let blank = stage_run::ActiveModel {
        event_id: Set(event),
        question_id: Set(None),
        reverse_id: Set(None),
        version: Set(0),
        updated_at: Set(now),
    };
    stage_run::Entity::insert(blank)
        .on_conflict(OnConflict::column(stage_run::Column::EventId).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    let mut update = stage_run::Entity::update_many()
        .col_expr(stage_run::Column::QuestionId, Expr::value(question))
        .col_expr(stage_run::Column::ReverseId, Expr::value(reverse))
        .col_expr(stage_run::Column::Version, Expr::col(stage_run::Column::Version).add(1))
        .col_expr(stage_run::Column::UpdatedAt, Expr::value(now))
        .filter(stage_run::Column::EventId.eq(event));
    if let Some(seen) = seen {
        update = update.filter(stage_run::Column::Version.eq(seen));
    }
    one_row(&update.exec(tx).await?, "stage")?;
    if let Some(question) = question {
        let seen = stage_seen::ActiveModel {
            question_id: Set(question),
            event_id: Set(event),
            at: Set(now),
        };
        stage_seen::Entity::insert(seen)
            .on_conflict(
                OnConflict::column(stage_seen::Column::QuestionId)
                    .do_nothing()
                    .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
    }
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action: "stage.shown",
        subject: ("event", Some(event.uuid())),
        details: json!({ "question": question, "reverse": reverse }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}

/// Commits a change of the order or of what is shown: the hall's screens, the operators' pages and the board read at
/// once.
///
/// # Errors
/// When the database refuses.
pub async fn commit(app: &App, tx: WriteTx, event: EventId) -> Result<()> {
    let (stage, triage) = (crate::stage::topic(event), crate::triage::board::topic(event));
    Ok(app.live.commit_all(tx, &[&stage, &triage]).await?)
}

#[cfg(test)]
mod tests {
    use super::{Shown, step};
    use domain::QuestionId;

    #[test]
    fn the_order_begins_at_the_first_and_ends_with_an_empty_screen() {
        let order = [QuestionId::new(), QuestionId::new()];
        assert_eq!(step(&order, Shown::Nothing, 1), Shown::Question(order[0]));
        assert_eq!(step(&order, Shown::Question(order[0]), 1), Shown::Question(order[1]));
        assert_eq!(step(&order, Shown::Question(order[1]), 1), Shown::Nothing);
        assert_eq!(step(&order, Shown::Question(order[0]), -1), Shown::Nothing);
        assert_eq!(step(&order, Shown::Nothing, -1), Shown::Question(order[1]));
        assert_eq!(step(&[], Shown::Nothing, 1), Shown::Nothing);
    }
}
