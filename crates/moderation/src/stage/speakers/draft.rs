//! What a speaker prepares; only they and the stage see it.

use crate::{Error, Result};
use db::{entity::stage_draft, prelude::*};
use domain::{QuestionId, SpeakerId, text};
use sea_orm::sea_query::OnConflict;
use std::collections::HashMap;
use web::App;

const MOST: usize = 5_000;

/// What became of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It stands as this version.
    Stands(i32),
    /// Another one was saved after this one was begun; it stands.
    Overtaken(stage_draft::Model),
}

/// A speaker's drafts by their questions.
///
/// # Errors
/// When the database refuses.
pub async fn drafts(
    conn: &impl ConnectionTrait,
    speaker: SpeakerId,
) -> Result<HashMap<QuestionId, stage_draft::Model>> {
    let rows = stage_draft::Entity::find()
        .filter(stage_draft::Column::SpeakerId.eq(speaker))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.question_id, row)).collect())
}

/// Keeps what was typed over the version that it was made from, 0 for none.
///
/// # Errors
/// [`Error::Text`] when it is too long.
pub async fn keep(app: &App, speaker: SpeakerId, question: QuestionId, base: i32, typed: &str) -> Result<Kept> {
    let body = text::tidy(typed);
    let has = text::char_count(&body);
    if has > MOST {
        return Err(Error::Text(text::TextError::TooLong { most: MOST, has }));
    }
    let tx = app.db.begin_write().await?;
    let blank = stage_draft::ActiveModel {
        question_id: Set(question),
        speaker_id: Set(speaker),
        body: Set(String::new()),
        version: Set(0),
        at: Set(app.clock.now()),
    };
    let once = OnConflict::columns([stage_draft::Column::QuestionId, stage_draft::Column::SpeakerId])
        .do_nothing()
        .to_owned();
    stage_draft::Entity::insert(blank)
        .on_conflict(once)
        .exec_without_returning(&tx)
        .await?;
    let mine = || {
        Condition::all()
            .add(stage_draft::Column::QuestionId.eq(question))
            .add(stage_draft::Column::SpeakerId.eq(speaker))
    };
    let written = stage_draft::Entity::update_many()
        .col_expr(stage_draft::Column::Body, Expr::value(body.clone()))
        .col_expr(stage_draft::Column::Version, Expr::value(base + 1))
        .col_expr(stage_draft::Column::At, Expr::value(app.clock.now()))
        .filter(mine())
        .filter(stage_draft::Column::Version.eq(base))
        .exec(&tx)
        .await?;
    if written.rows_affected == 1 {
        tx.commit().await?;
        return Ok(Kept::Stands(base + 1));
    }
    let stands = stage_draft::Entity::find().filter(mine()).one(&tx).await?;
    tx.rollback().await?;
    let stands = stands.ok_or(Error::NotFound)?;
    if stands.body == body {
        return Ok(Kept::Stands(stands.version));
    }
    Ok(Kept::Overtaken(stands))
}
