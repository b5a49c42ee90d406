//! Opening and closing the telephones' page, and what people do there.

use crate::{Error, Result};
use db::{
    audit::{self, Actor},
    entity::{event, hall_applause, hall_clap, hall_question, hall_vote, question},
    prelude::*,
};
use domain::{EventId, QuestionId, StaffId, state::question::QuestionState};
use sea_orm::sea_query::{OnConflict, Query, SimpleExpr};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;
use web::App;

/// So long are questions from the hall taken, unless it is closed before: a long evening.
const ASKS: chrono::TimeDelta = chrono::TimeDelta::hours(12);
/// So long does the page stay open: a day, and its preparation.
const OPEN: chrono::TimeDelta = chrono::TimeDelta::hours(36);
/// Octets of chance in the address.
const CODE: usize = 5;

/// A new address: the hall has it on its screen, the street does not guess it.
pub(crate) fn code() -> String {
    data_encoding::BASE32_NOPAD
        .encode(&rand::random::<[u8; CODE]>())
        .to_lowercase()
}

/// Opens the page, or changes whether the hall may ask. The address stays the same for an event.
///
/// # Errors
/// When the database refuses, or there is no such event.
pub async fn open(app: &App, staff: StaffId, event: EventId, asks: bool) -> Result<()> {
    let now = app.clock.now();
    let tx = app.db.begin_write().await?;
    let here = event::Entity::update_many().filter(event::Column::Id.eq(event));
    let first = |column: event::Column, value: SimpleExpr| Expr::col(column).if_null(value);
    let opened = here
        .col_expr(
            event::Column::HallCode,
            first(event::Column::HallCode, Expr::value(code())),
        )
        .col_expr(
            event::Column::HallFrom,
            first(event::Column::HallFrom, Expr::value(now)),
        )
        .col_expr(event::Column::HallAsksUntil, Expr::value(asks.then_some(now + ASKS)))
        .exec(&tx)
        .await?;
    one_row(&opened, "event")?;
    record(
        &tx,
        app,
        Actor::Staff(staff),
        event,
        "telephones.opened",
        json!({ "asks": asks }),
    )
    .await?;
    crate::stage::service::commit(app, tx, event).await
}

/// Closes it. Votes and applause become numbers, and who gave them is forgotten.
///
/// # Errors
/// When the database refuses, or there is no such event.
pub async fn close(app: &App, actor: Actor, event: EventId) -> Result<()> {
    let tx = app.db.begin_write().await?;
    let nothing = || Expr::value(None::<chrono::DateTime<chrono::Utc>>);
    let closed = event::Entity::update_many()
        .col_expr(event::Column::HallFrom, nothing())
        .col_expr(event::Column::HallAsksUntil, nothing())
        .filter(event::Column::Id.eq(event))
        .exec(&tx)
        .await?;
    one_row(&closed, "event")?;
    let votes = {
        use hall_question::Column::{EventId, QuestionId, Votes};
        (QuestionId, Votes, EventId)
    };
    forget_who::<hall_question::Entity, hall_vote::Entity>(&tx, event, votes, hall_vote::Column::QuestionId).await?;
    let applause = {
        use hall_applause::Column::{EventId, People, SubjectId};
        (SubjectId, People, EventId)
    };
    forget_who::<hall_applause::Entity, hall_clap::Entity>(&tx, event, applause, hall_clap::Column::SubjectId).await?;
    record(&tx, app, actor, event, "telephones.closed", json!({})).await?;
    crate::stage::service::commit(app, tx, event).await
}

/// Closes the pages that nobody thought of: what stood on stage last would be read for ever, and who voted kept.
///
/// # Errors
/// When the database refuses.
pub async fn close_forgotten(app: &App) -> Result<()> {
    let long_open = event::Entity::find().filter(event::Column::HallFrom.lt(app.clock.now() - OPEN));
    for event in long_open.all(app.db.reader()).await? {
        close(app, Actor::System, event.id).await?;
        tracing::info!(
            event = event.slug,
            "the telephones' page was open for long and is closed"
        );
    }
    Ok(())
}

/// Turns rows of who pressed into numbers, and forgets who did. `Sum` has what it is about, the number, and the event; `who`
/// says what each row of `Who` is about.
async fn forget_who<Sum: EntityTrait, Who: EntityTrait>(
    tx: &WriteTx,
    event: EventId,
    (about, number, of): (Sum::Column, Sum::Column, Sum::Column),
    who: Who::Column,
) -> Result<()> {
    let given = Query::select()
        .expr(Expr::col((Who::default(), who)).count())
        .from(Who::default())
        .and_where(Expr::col((Who::default(), who)).equals((Sum::default(), about)))
        .to_owned();
    Sum::update_many()
        .col_expr(number, Expr::col(number).add(Expr::from(given)))
        .filter(of.eq(event))
        .exec(tx)
        .await?;
    let of_event = Query::select()
        .column(about)
        .from(Sum::default())
        .and_where(of.eq(event))
        .to_owned();
    Who::delete_many().filter(who.in_subquery(of_event)).exec(tx).await?;
    Ok(())
}

/// Whether the page is open. It is not closed before the transaction ends: a vote that came after would keep its voter for ever.
async fn is_open(tx: &WriteTx, event: EventId) -> Result<bool> {
    let open = event::Entity::find_by_id(event)
        .filter(event::Column::HallFrom.is_not_null())
        .lock_shared();
    Ok(open.one(tx).await?.is_some())
}

async fn record(
    tx: &WriteTx,
    app: &App,
    actor: Actor,
    event: EventId,
    action: &'static str,
    details: serde_json::Value,
) -> Result<()> {
    let entry = audit::Entry {
        event: Some(event),
        actor,
        action,
        subject: ("event", Some(event.uuid())),
        details,
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}

/// The questions that came from the hall, oldest first: what was received since the page is open.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn questions(conn: &impl ConnectionTrait, event: &event::Model) -> Result<Vec<question::Model>> {
    let Some(from) = event.hall_from else {
        return Ok(Vec::new());
    };
    let found = question::Entity::find()
        .filter(question::Column::EventId.eq(event.id))
        .filter(question::Column::ReceivedAt.gte(from))
        .filter(question::Column::State.is_in([QuestionState::Received, QuestionState::Live, QuestionState::Routed]))
        .order_by_asc(question::Column::Number)
        .limit(MOST);
    Ok(found.all(conn).await?)
}

/// So many questions from the hall are listed.
const MOST: u64 = 200;

/// Lets the telephones read a question, or no more.
///
/// # Errors
/// [`Error::NotFound`] for a question that did not come from the hall.
pub async fn show(app: &App, staff: StaffId, event: &event::Model, question: QuestionId, shown: bool) -> Result<()> {
    let tx = app.db.begin_write().await?;
    if !questions(&tx, event).await?.iter().any(|q| q.id == question) {
        return Err(Error::NotFound);
    }
    let row = hall_question::ActiveModel {
        question_id: Set(question),
        event_id: Set(event.id),
        shown: Set(shown),
        votes: Set(0),
        staff_id: Set(staff),
        at: Set(app.clock.now()),
    };
    let again = OnConflict::column(hall_question::Column::QuestionId)
        .update_columns([hall_question::Column::Shown, hall_question::Column::StaffId])
        .to_owned();
    hall_question::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(&tx)
        .await?;
    record(
        &tx,
        app,
        Actor::Staff(staff),
        event.id,
        "telephones.shown",
        json!({ "question": question, "shown": shown }),
    )
    .await?;
    crate::stage::service::commit(app, tx, event.id).await
}

/// What is shown of them, and what moderators did not decide yet is not among them.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn shown(
    conn: &impl ConnectionTrait,
    event: EventId,
) -> Result<HashMap<QuestionId, hall_question::Model>> {
    let rows = hall_question::Entity::find()
        .filter(hall_question::Column::EventId.eq(event))
        .filter(hall_question::Column::Shown.eq(true));
    Ok(rows
        .all(conn)
        .await?
        .into_iter()
        .map(|row| (row.question_id, row))
        .collect())
}

/// How many want to hear each question's answer, earlier pages with this one.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn votes(conn: &impl ConnectionTrait, event: EventId) -> Result<HashMap<QuestionId, i32>> {
    let rows = hall_question::Entity::find().filter(hall_question::Column::EventId.eq(event));
    let mut votes: HashMap<QuestionId, i32> = (rows.all(conn).await?.into_iter())
        .map(|row| (row.question_id, row.votes))
        .collect();
    let counted: Vec<(QuestionId, i64)> = hall_vote::Entity::find()
        .select_only()
        .column(hall_vote::Column::QuestionId)
        .column_as(hall_vote::Column::Voter.count(), "many")
        .filter(hall_vote::Column::QuestionId.is_in(votes.keys().copied()))
        .group_by(hall_vote::Column::QuestionId)
        .into_tuple()
        .all(conn)
        .await?;
    for (question, many) in counted {
        *votes.entry(question).or_default() += i32::try_from(many).unwrap_or(i32::MAX);
    }
    Ok(votes)
}

/// How many people applauded to what is on stage.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn applause(conn: &impl ConnectionTrait, subject: Uuid) -> Result<i32> {
    let before = hall_applause::Entity::find_by_id(subject).one(conn).await?;
    let now = hall_clap::Entity::find().filter(hall_clap::Column::SubjectId.eq(subject));
    let now = i32::try_from(now.count(conn).await?).unwrap_or(i32::MAX);
    Ok(before.map_or(0, |row| row.people).saturating_add(now))
}

/// One person wants to hear the answer. Said twice, it counts once.
///
/// # Errors
/// [`Error::NotFound`] for a question that the telephones do not show.
pub async fn vote(app: &App, event: EventId, question: QuestionId, voter: &str) -> Result<()> {
    let tx = app.db.begin_write().await?;
    let shown = hall_question::Entity::find_by_id(question)
        .filter(hall_question::Column::EventId.eq(event))
        .filter(hall_question::Column::Shown.eq(true));
    if !is_open(&tx, event).await? || shown.one(&tx).await?.is_none() {
        return Err(Error::NotFound);
    }
    let vote = hall_vote::ActiveModel {
        question_id: Set(question),
        voter: Set(voter.to_owned()),
        at: Set(app.clock.now()),
    };
    hall_vote::Entity::insert(vote)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// One person applauds to what is on stage now. Done twice, it counts once.
///
/// # Errors
/// When the database refuses.
pub async fn clap(app: &App, event: EventId, subject: Uuid, voter: &str) -> Result<()> {
    let tx = app.db.begin_write().await?;
    let open = is_open(&tx, event).await?;
    let run = crate::stage::repo::run(&tx, event).await?;
    let on_stage = crate::stage::service::Shown::of(run.as_ref()).subject();
    // What has just left the stage had its applause.
    if !open || on_stage != Some(subject) {
        tx.rollback().await?;
        return Ok(());
    }
    let row = hall_applause::ActiveModel {
        subject_id: Set(subject),
        event_id: Set(event),
        people: Set(0),
    };
    hall_applause::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&tx)
        .await?;
    let clap = hall_clap::ActiveModel {
        subject_id: Set(subject),
        voter: Set(voter.to_owned()),
        at: Set(app.clock.now()),
    };
    hall_clap::Entity::insert(clap)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// What this person did already: subjects and questions.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn done(conn: &impl ConnectionTrait, voter: &str) -> Result<Vec<Uuid>> {
    let wanted: Vec<QuestionId> = hall_vote::Entity::find()
        .select_only()
        .column(hall_vote::Column::QuestionId)
        .filter(hall_vote::Column::Voter.eq(voter))
        .into_tuple()
        .all(conn)
        .await?;
    let applauded: Vec<Uuid> = hall_clap::Entity::find()
        .select_only()
        .column(hall_clap::Column::SubjectId)
        .filter(hall_clap::Column::Voter.eq(voter))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(wanted.into_iter().map(QuestionId::uuid).chain(applauded).collect())
}
