//! Closed, with its questions waiting for triage; six were routed already, and four of those crews have answered.

use super::{Cast, Scene, asked, at, event::Times, quiet, slug};
use crate::{
    Error,
    content::{Event, Kind, People, Question},
};
use chrono::Duration;
use db::{
    entity::{assignment, outgoing_mail},
    prelude::*,
};
use domain::{
    AssignmentId, Lang, OutgoingId, QuestionId,
    state::{assignment::AssignmentState, mail::MailKind},
    text::{AnswerText, QuestionText},
};
use moderation::{
    answers::service::receive_link,
    reverse::service::{Asker, Proposal, propose},
    triage::service::{decide, release},
};
use web::App;

const ROUTED: usize = 6;
const ANSWERED: usize = 4;

pub(crate) async fn load(app: &App, cast: &Cast, people: &People, content: &Event) -> Result<(), Error> {
    let times = Times::around(app.clock.now(), -30, -3, 7)?;
    let scene = Scene::set(app, cast, people, (slug::TALK, content), times).await?;
    scene.rsvp(app, people).await?;
    let ids = scene.ask(app, cast, &content.question).await?;
    let routed = route(app, cast, &scene, content, &ids).await?;
    answer(app, &scene, &routed).await?;
    for reverse in &content.reverse {
        let (app, tx) = (at(app, times.closes + Duration::hours(20)), app.db.begin_write().await?);
        propose(&tx, &app, proposal(cast, &scene, &reverse.by, &reverse.text)?).await?;
        tx.commit().await?;
    }
    quiet::hush(app, scene.event, &unanswered(app, &scene).await?).await
}

/// A question asked back, under the name of a crew member or of a speaker.
pub(crate) fn proposal(cast: &Cast, scene: &Scene, by: &str, text: &str) -> Result<Proposal, Error> {
    let (asker, service) = match cast.crew.get(by) {
        Some((id, service)) => (Asker::Crew(*id), Some(*service)),
        None => (Asker::Speaker(scene.speaker(by)?), None),
    };
    // Crew propose by their link; a speaker's question is entered by a moderator.
    let entered_by = matches!(asker, Asker::Speaker(_)).then_some(cast.moderator);
    let body = QuestionText::parse(text)?;
    Ok(Proposal {
        event: scene.event,
        service,
        body,
        lang: Lang::Ko,
        asker,
        entered_by,
    })
}

/// The first questions that stand alone: nobody asked the same.
async fn route<'a>(
    app: &App,
    cast: &Cast,
    scene: &Scene,
    content: &'a Event,
    ids: &[(u32, QuestionId)],
) -> Result<Vec<(&'a Question, QuestionId)>, Error> {
    let app = at(app, scene.times.closes + Duration::hours(16));
    let asked_twice: Vec<u32> = content.question.iter().filter_map(|q| q.duplicate_of).collect();
    let alone = content.question.iter().filter(|q| {
        q.kind == Kind::Crew && q.duplicate_of.is_none() && q.answer.is_some() && !asked_twice.contains(&q.n)
    });
    let mut routed = Vec::new();
    for question in alone.take(ROUTED) {
        let id = asked(ids, question.n)?;
        let tx = app.db.begin_write().await?;
        decide::route(&tx, &app, cast.moderator, id, None).await?;
        tx.commit().await?;
        routed.push((question, id));
    }
    released(release::all(&app, cast.moderator, scene.event).await?)?;
    Ok(routed)
}

/// The demo's own decisions must all come true.
pub(crate) fn released(done: release::Released) -> Result<(), Error> {
    match done.refused.into_iter().next() {
        Some((_, error)) => Err(error.into()),
        None => Ok(()),
    }
}

async fn answer(app: &App, scene: &Scene, routed: &[(&Question, QuestionId)]) -> Result<(), Error> {
    let mut app = at(app, scene.times.closes + Duration::hours(20));
    for (question, id) in routed.iter().take(ANSWERED) {
        app = at(&app, app.clock.now() + Duration::hours(3));
        let text = AnswerText::parse(question.answer.as_deref().unwrap_or_default())?;
        let tx = app.db.begin_write().await?;
        receive_link(&tx, &app, assignment_of(&tx, *id).await?, text).await?;
        tx.commit().await?;
    }
    Ok(())
}

pub(crate) async fn assignment_of(conn: &impl ConnectionTrait, question: QuestionId) -> Result<AssignmentId, Error> {
    let found = assignment::Entity::find()
        .filter(assignment::Column::QuestionId.eq(question))
        .one(conn)
        .await?;
    found
        .map(|row| row.id)
        .ok_or_else(|| Error::content("a question has no assignment"))
}

/// The mails to which somebody may still reply.
async fn unanswered(app: &App, scene: &Scene) -> Result<Vec<OutgoingId>, Error> {
    let open = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::Id)
        .filter(assignment::Column::EventId.eq(scene.event))
        .filter(assignment::Column::State.is_in(AssignmentState::OPEN.iter().copied()));
    let rows = outgoing_mail::Entity::find()
        .select_only()
        .column(outgoing_mail::Column::Id)
        .filter(outgoing_mail::Column::Kind.eq(MailKind::Assignment))
        .filter(outgoing_mail::Column::ReplyAssignmentId.in_subquery(sea_orm::QueryTrait::into_query(open)))
        .into_tuple()
        .all(app.db.reader())
        .await?;
    Ok(rows)
}
