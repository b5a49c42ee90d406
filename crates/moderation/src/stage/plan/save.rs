//! A run of show is saved, all of it at once.

use super::{Checked, Draft, Line, MINUTES, What, left_over, lines, of_sitting};
use crate::{
    Error, Result,
    stage::service::{Shown, commit},
};
use db::{
    audit::{self, Actor},
    entity::{stage_line, stage_sheet},
    prelude::*,
};
use domain::{EventId, LineId, SheetId, SittingId, StaffId};
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use std::collections::HashSet;
use web::App;

/// A run and its version as they stand; version 0 and no lines where none was made.
///
/// # Errors
/// When the database refuses.
pub async fn current(conn: &impl ConnectionTrait, event: EventId, sitting: Option<SittingId>) -> Result<(i32, Draft)> {
    let sheet = of_sitting(conn, event, sitting).await?;
    let mut rows = lines(conn, event).await?;
    rows.retain(|line| Some(line.sheet_id) == sheet.as_ref().map(|s| s.id));
    Ok((sheet.as_ref().map_or(0, |s| s.version), Draft::of(sheet.as_ref(), rows)))
}

/// Saves what was typed over `version`, the one that was read; gives the new one. Once it is frozen, the order stays.
///
/// # Errors
/// A refusal when the order is frozen and another one was typed; stale when somebody else saved first.
pub async fn save(
    app: &App,
    staff: StaffId,
    event: EventId,
    sitting: Option<SittingId>,
    version: i32,
    draft: Checked,
) -> Result<i32> {
    let tx = app.db.begin_write().await?;
    match over(&tx, app, staff, event, sitting, version, draft.0).await {
        Ok(()) => {
            commit(app, tx, event).await?;
            Ok(version + 1)
        }
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}

async fn over(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    event: EventId,
    sitting: Option<SittingId>,
    version: i32,
    draft: Draft,
) -> Result<()> {
    if of_sitting(tx, event, sitting).await?.is_none() {
        let blank = stage_sheet::ActiveModel {
            id: Set(SheetId::new()),
            event_id: Set(event),
            sitting_id: Set(sitting),
            starts_at: Set(None),
            frozen_at: Set(None),
            timer: Set(true),
            version: Set(0),
        };
        stage_sheet::Entity::insert(blank)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    let sheet = of_sitting(tx, event, sitting).await?.ok_or(Error::NotFound)?;
    let result = stage_sheet::Entity::update_many()
        .col_expr(stage_sheet::Column::StartsAt, Expr::value(draft.starts_at))
        .col_expr(stage_sheet::Column::FrozenAt, Expr::value(draft.frozen_at))
        .col_expr(stage_sheet::Column::Timer, Expr::value(draft.timer))
        .col_expr(stage_sheet::Column::Version, Expr::value(version + 1))
        .filter(stage_sheet::Column::Id.eq(sheet.id))
        .filter(stage_sheet::Column::Version.eq(version))
        .exec(tx)
        .await?;
    one_row(&result, "run of show")?;
    let mut stood = lines(tx, event).await?;
    stood.retain(|line| line.sheet_id == sheet.id);
    let before: Vec<Shown> = stood.iter().map(Shown::of_line).collect();
    let moved = before != draft.order();
    if moved && sheet.frozen_at.is_some_and(|at| at <= app.clock.now()) {
        return Err(Error::Refused("refused-run-frozen"));
    }
    let mut allowed: HashSet<Shown> = left_over(tx, event, None).await?.into_iter().collect();
    allowed.extend(before);
    arrange(tx, sheet.id, &stood, draft.lines, &mut allowed).await?;
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action: "stage.planned",
        subject: ("stage_sheet", Some(sheet.id.uuid())),
        details: json!({ "sitting": sitting, "moved": moved, "frozen_at": draft.frozen_at }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}

/// The lines as they were typed; those that stood keep their rows, since the hall may be at one of them. Each stands once,
/// and what may not be shown comes into no run.
async fn arrange(
    tx: &WriteTx,
    sheet: SheetId,
    stood: &[stage_line::Model],
    typed: Vec<Line>,
    allowed: &mut HashSet<Shown>,
) -> Result<()> {
    let keep: Vec<Line> = typed
        .into_iter()
        .filter(|line| matches!(line.what, What::Pause(_)) || allowed.remove(&line.shown()))
        .collect();
    let ids: Vec<LineId> = keep.iter().map(|line| line.id).collect();
    stage_line::Entity::delete_many()
        .filter(stage_line::Column::SheetId.eq(sheet))
        .filter(stage_line::Column::Id.is_not_in(ids))
        .exec(tx)
        .await?;
    for (position, line) in (1..).zip(keep) {
        put(tx, sheet, position, line, stood).await?;
    }
    Ok(())
}

async fn put(tx: &WriteTx, sheet: SheetId, position: i32, line: Line, stood: &[stage_line::Model]) -> Result<()> {
    let minutes = line.planned().unwrap_or(MINUTES);
    let (question, reverse, title) = match line.what {
        What::Question(id) => (Some(id), None, String::new()),
        What::Reverse(id) => (None, Some(id), String::new()),
        What::Pause(title) => (None, None, title),
    };
    if stood.iter().any(|row| row.id == line.id) {
        stage_line::Entity::update_many()
            .col_expr(stage_line::Column::Position, Expr::value(position))
            .col_expr(stage_line::Column::Title, Expr::value(title))
            .col_expr(stage_line::Column::Minutes, Expr::value(minutes))
            .col_expr(stage_line::Column::Microphone, Expr::value(line.microphone))
            .col_expr(stage_line::Column::Note, Expr::value(line.note))
            .filter(stage_line::Column::Id.eq(line.id))
            .filter(stage_line::Column::SheetId.eq(sheet))
            .exec(tx)
            .await?;
        return Ok(());
    }
    let row = stage_line::ActiveModel {
        id: Set(line.id),
        sheet_id: Set(sheet),
        position: Set(position),
        question_id: Set(question),
        reverse_id: Set(reverse),
        title: Set(title),
        minutes: Set(minutes),
        microphone: Set(line.microphone),
        note: Set(line.note),
    };
    let inserted = stage_line::Entity::insert(row).exec_without_returning(tx).await;
    inserted.map(drop).map_err(|error| match db::conflict(&error) {
        // Somebody put it into another run at the same moment.
        Some(db::Conflict::Unique) => db::Error::Stale { what: "run of show" }.into(),
        _ => error.into(),
    })
}
