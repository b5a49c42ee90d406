//! Notes beside the one that stands: kept until somebody adds them to it or puts them away.

use super::note::Noted;
use crate::{
    Error, Result,
    stage::rehearsal::{self, Rehearsal},
};
use db::{
    entity::{answer, stage_aside},
    prelude::*,
};
use domain::{
    AnswerId, EventId, StaffId,
    state::answer::{AnswerSource, AnswerState},
    text::AnswerText,
};
use sea_orm::sea_query::OnConflict;
use web::App;

/// One for each who writes; what they typed last.
pub(super) async fn keep(tx: &WriteTx, app: &App, answer: AnswerId, staff: StaffId, body: String) -> Result<()> {
    let row = stage_aside::ActiveModel {
        answer_id: Set(answer),
        staff_id: Set(staff),
        body: Set(body),
        at: Set(app.clock.now()),
    };
    let over = OnConflict::columns([stage_aside::Column::AnswerId, stage_aside::Column::StaffId])
        .update_columns([stage_aside::Column::Body, stage_aside::Column::At])
        .to_owned();
    stage_aside::Entity::insert(row)
        .on_conflict(over)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Puts what stands beside the note at its end.
///
/// # Errors
/// [`Error::NotFound`] when it is gone; [`Error::Refused`] when the answer was approved; what both make together may be
/// too long.
pub async fn add_aside(tx: &WriteTx, app: &App, event: EventId, answer: AnswerId, by: StaffId) -> Result<Noted> {
    if let Some(mut rehearsal) = rehearsing(tx, app, event).await? {
        let (body, aside) = rehearsal.book.take_aside(answer, by).ok_or(Error::NotFound)?;
        let noted = rehearsal.book.replace(answer, together(&body, &aside)?);
        rehearsal.save(tx).await?;
        return noted.ok_or(Error::NotFound);
    }
    let aside = take(tx, event, answer, by).await?;
    let row = answer::Entity::find_by_id(answer)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    let text = together(&row.body, &aside)?;
    let result = answer::Entity::update_many()
        .col_expr(answer::Column::Original, Expr::value(text.clone()))
        .col_expr(answer::Column::Body, Expr::value(text))
        .col_expr(answer::Column::State, Expr::value(AnswerState::InReview))
        .col_expr(answer::Column::Version, Expr::value(row.version + 1))
        .col_expr(answer::Column::ReceivedAt, Expr::value(app.clock.now()))
        .filter(answer::Column::Id.eq(answer))
        .filter(answer::Column::Version.eq(row.version))
        .filter(answer::Column::State.is_in([AnswerState::InReview, AnswerState::Returned]))
        .exec(tx)
        .await?;
    if result.rows_affected != 1 {
        return Err(Error::Refused("refused-note-approved"));
    }
    Ok(Noted::Stands {
        answer,
        version: row.version + 1,
    })
}

fn together(body: &str, aside: &str) -> Result<String> {
    Ok(AnswerText::parse(&format!("{body}\n\n{aside}"))?.into_string())
}

/// The rehearsal that is on, held. Ids of notes are of one stage only, so a page of another finds nothing.
async fn rehearsing(tx: &WriteTx, app: &App, event: EventId) -> Result<Option<Rehearsal>> {
    let on = rehearsal::of(tx, event).await?.map(|rehearsal| rehearsal.id);
    rehearsal::held(tx, app, event, on).await
}

/// Puts it away for good.
///
/// # Errors
/// [`Error::NotFound`] when it is gone.
pub async fn drop_aside(tx: &WriteTx, app: &App, event: EventId, answer: AnswerId, by: StaffId) -> Result<()> {
    if let Some(mut rehearsal) = rehearsing(tx, app, event).await? {
        rehearsal.book.take_aside(answer, by).ok_or(Error::NotFound)?;
        return rehearsal.save(tx).await;
    }
    take(tx, event, answer, by).await.map(drop)
}

async fn take(tx: &WriteTx, event: EventId, answer: AnswerId, by: StaffId) -> Result<String> {
    let mine = answer::Entity::find_by_id(answer)
        .filter(answer::Column::EventId.eq(event))
        .filter(answer::Column::Source.eq(AnswerSource::Stage));
    mine.one(tx).await?.ok_or(Error::NotFound)?;
    let found = stage_aside::Entity::find_by_id((answer, by)).one(tx).await?;
    let body = found.ok_or(Error::NotFound)?.body;
    let gone = stage_aside::Entity::delete_by_id((answer, by)).exec(tx).await?;
    if gone.rows_affected == 1 {
        Ok(body)
    } else {
        Err(Error::NotFound)
    }
}
