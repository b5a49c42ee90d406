//! What telephones do in a rehearsal. Nothing of it is counted for the day, and its end deletes it.

use crate::{
    Error, Result,
    stage::{
        rehearsal::{self, Rehearsal},
        service::Shown,
    },
};
use db::{
    entity::{question, rehearsal_mark},
    prelude::*,
};
use domain::{EventId, QuestionId, state::question::QuestionState};
use sea_orm::sea_query::OnConflict;
use std::collections::HashMap;
use uuid::Uuid;
use web::App;

const CLAP: &str = "clap";
const VOTE: &str = "vote";
/// So many questions stand for those that the hall will ask.
const STAND_INS: u64 = 5;

/// In place of the hall's questions: the last ones that stand in no place on the stage.
pub(super) async fn questions(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<question::Model>> {
    let found = question::Entity::find()
        .filter(question::Column::EventId.eq(event))
        .filter(question::Column::State.is_in([QuestionState::Received, QuestionState::Routed]))
        .order_by_desc(question::Column::Number)
        .limit(STAND_INS);
    Ok(found.all(conn).await?)
}

pub(super) async fn votes(conn: &impl ConnectionTrait, event: EventId) -> Result<HashMap<QuestionId, i32>> {
    let counted: Vec<(Uuid, i64)> = marks(event, VOTE)
        .select_only()
        .column(rehearsal_mark::Column::SubjectId)
        .column_as(rehearsal_mark::Column::Voter.count(), "many")
        .group_by(rehearsal_mark::Column::SubjectId)
        .into_tuple()
        .all(conn)
        .await?;
    let votes = counted.into_iter().map(|(subject, many)| {
        let many = i32::try_from(many).unwrap_or(i32::MAX);
        (QuestionId::from_uuid(subject), many)
    });
    Ok(votes.collect())
}

pub(super) async fn applause(conn: &impl ConnectionTrait, event: EventId, subject: Uuid) -> Result<i32> {
    let people = marks(event, CLAP).filter(rehearsal_mark::Column::SubjectId.eq(subject));
    Ok(i32::try_from(people.count(conn).await?).unwrap_or(i32::MAX))
}

fn marks(event: EventId, kind: &str) -> sea_orm::Select<rehearsal_mark::Entity> {
    rehearsal_mark::Entity::find()
        .filter(rehearsal_mark::Column::EventId.eq(event))
        .filter(rehearsal_mark::Column::Kind.eq(kind))
}

pub(super) async fn done(conn: &impl ConnectionTrait, event: EventId, voter: &str) -> Result<Vec<Uuid>> {
    let marks = rehearsal_mark::Entity::find()
        .filter(rehearsal_mark::Column::EventId.eq(event))
        .filter(rehearsal_mark::Column::Voter.eq(voter));
    Ok(marks.all(conn).await?.into_iter().map(|mark| mark.subject_id).collect())
}

pub(super) async fn clap(app: &App, rehearsal: &Rehearsal, subject: Uuid, voter: &str) -> Result<()> {
    let tx = app.db.begin_write().await?;
    let on = held(&tx, app, rehearsal).await?;
    // What has just left the stage had its applause.
    if Shown::of(Some(&on.run())).subject() == Some(subject) {
        mark(&tx, &on, CLAP, subject, voter).await?;
    }
    Ok(tx.commit().await?)
}

pub(super) async fn vote(app: &App, rehearsal: &Rehearsal, question: QuestionId, voter: &str) -> Result<()> {
    let tx = app.db.begin_write().await?;
    let on = held(&tx, app, rehearsal).await?;
    if !on.book.shown.contains(&question) {
        return Err(Error::NotFound);
    }
    mark(&tx, &on, VOTE, question.uuid(), voter).await?;
    Ok(tx.commit().await?)
}

async fn mark(tx: &WriteTx, on: &Rehearsal, kind: &str, subject: Uuid, voter: &str) -> Result<()> {
    let row = rehearsal_mark::ActiveModel {
        event_id: Set(on.event),
        subject_id: Set(subject),
        kind: Set(kind.to_owned()),
        voter: Set(voter.to_owned()),
    };
    rehearsal_mark::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

pub(super) async fn show(app: &App, rehearsal: &Rehearsal, question: QuestionId, shown: bool) -> Result<()> {
    let tx = app.db.begin_write().await?;
    let mut on = held(&tx, app, rehearsal).await?;
    if !questions(&tx, on.event).await?.iter().any(|q| q.id == question) {
        return Err(Error::NotFound);
    }
    on.book.shown.retain(|other| *other != question);
    if shown {
        on.book.shown.push(question);
    }
    on.save(&tx).await?;
    crate::stage::service::commit(app, tx, on.event).await
}

/// The rehearsal of the page, if it is still on.
async fn held(tx: &WriteTx, app: &App, rehearsal: &Rehearsal) -> Result<Rehearsal> {
    let on = rehearsal::held(tx, app, rehearsal.event, Some(rehearsal.id)).await?;
    on.ok_or(Error::NotFound)
}
