//! Last year's: everything answered, delivered, published.

use super::{
    Cast, Scene, asked, at,
    event::{Times, moment},
    quiet, slug,
    talk::{assignment_of, proposal, released},
};
use crate::{
    Error,
    content::{Article, Event, Kind, People, Question},
};
use chrono::{DateTime, Days, Utc};
use db::{
    audit::Actor,
    entity::{answer, article_exchange, assignment},
    prelude::*,
};
use domain::{ArticleId, InvitationId, QuestionId, state::answer::AnswerState, text::AnswerText};
use intake::staff::service::rsvp;
use moderation::{
    answers::service::{approve, receive_link},
    reverse::service::{pick, propose, send},
    stage::service::note_answer,
    triage::service::{decide, release, route_rest},
};
use publishing::article;
use web::App;

pub(crate) async fn load(app: &App, cast: &Cast, people: &People, content: &Event) -> Result<(), Error> {
    let times = Times::around(app.clock.now(), -400, -375, -365)?;
    let scene = Scene::set(app, cast, people, (slug::FINISHED, content), times).await?;
    scene.rsvp(app, people).await?;
    let ids = scene.ask(app, cast, &content.question).await?;
    triage(&day(app, &scene, -7)?, cast, &scene, content, &ids).await?;
    came(&day(app, &scene, 0)?, cast, &scene, people).await?;
    stage(&day(app, &scene, 0)?, cast, content, &ids).await?;
    crews(&day(app, &scene, 2)?, content, &ids).await?;
    asked_back(&day(app, &scene, -5)?, cast, &scene, content).await?;
    review(&day(app, &scene, 4)?, cast, &scene).await?;
    deliver(&day(app, &scene, 4)?).await?;
    if let Some(text) = &content.article {
        publish(&day(app, &scene, 12)?, cast, &scene, text, content, &ids).await?;
    }
    quiet::hush(app, scene.event, &[]).await
}

/// The installation on a day told from the event's, at 15 o'clock in Seoul.
fn day(app: &App, scene: &Scene, days: i64) -> Result<App, Error> {
    let first = scene.times.first_day;
    let count = Days::new(days.unsigned_abs());
    let day = if days < 0 {
        first.checked_sub_days(count)
    } else {
        first.checked_add_days(count)
    };
    let time: DateTime<Utc> = moment(day.unwrap_or(first), "15:00")?;
    Ok(at(app, time))
}

async fn triage(
    app: &App,
    cast: &Cast,
    scene: &Scene,
    content: &Event,
    ids: &[(u32, QuestionId)],
) -> Result<(), Error> {
    for question in content.question.iter().filter(|q| q.kind == Kind::Stage) {
        let speaker = question.speaker.as_deref().map(|key| scene.speaker(key)).transpose()?;
        let tx = app.db.begin_write().await?;
        decide::live(&tx, app, cast.moderator, asked(ids, question.n)?, speaker).await?;
        tx.commit().await?;
    }
    route_rest::route_rest(app, cast.moderator, scene.event).await?;
    released(release::all(app, cast.moderator, scene.event).await?)
}

async fn came(app: &App, cast: &Cast, scene: &Scene, people: &People) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    for (id, _) in &scene.sittings {
        let mut noted = Vec::new();
        for partner in &people.partner {
            if scene.of(partner).any(|(sitting, _)| sitting == id) {
                noted.push((scene.guest(&partner.key)?.who.invitation, Some(partner.came)));
            }
        }
        rsvp::note_came(&tx, &app.clock, Actor::Staff(cast.moderator), scene.event, *id, &noted).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn said(question: &Question) -> Result<&str, Error> {
    question
        .answer
        .as_deref()
        .ok_or_else(|| Error::content(format!("question {} has no answer", question.n)))
}

async fn stage(app: &App, cast: &Cast, content: &Event, ids: &[(u32, QuestionId)]) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    for question in content.question.iter().filter(|q| q.kind == Kind::Stage) {
        note_answer(&tx, app, cast.stage, asked(ids, question.n)?, None, said(question)?).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn crews(app: &App, content: &Event, ids: &[(u32, QuestionId)]) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    for question in content.question.iter().filter(|q| q.kind == Kind::Crew) {
        let assignment = assignment_of(&tx, asked(ids, question.n)?).await?;
        receive_link(&tx, app, assignment, AnswerText::parse(said(question)?)?).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn asked_back(app: &App, cast: &Cast, scene: &Scene, content: &Event) -> Result<(), Error> {
    for reverse in &content.reverse {
        let tx = app.db.begin_write().await?;
        let id = propose(&tx, app, proposal(cast, scene, &reverse.by, &reverse.text)?).await?;
        pick(&tx, app, cast.moderator, scene.event, id).await?;
        let mut who: Vec<InvitationId> = Vec::new();
        for said in &reverse.answers {
            who.push(scene.guest(&said.partner)?.who.invitation);
        }
        send(&tx, app, cast.moderator, scene.event, id, &who).await?;
        for (said, invitation) in reverse.answers.iter().zip(who) {
            let row = assignment::Entity::find()
                .filter(assignment::Column::ReverseId.eq(id))
                .filter(assignment::Column::InvitationId.eq(invitation))
                .one(&tx)
                .await?;
            let row = row.ok_or_else(|| Error::content(format!("nobody was asked question {} back", reverse.n)))?;
            receive_link(&tx, app, row.id, AnswerText::parse(&said.text)?).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn review(app: &App, cast: &Cast, scene: &Scene) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    let waiting = answer::Entity::find()
        .filter(answer::Column::EventId.eq(scene.event))
        .filter(answer::Column::State.eq(AnswerState::InReview))
        .all(&tx)
        .await?;
    for row in waiting {
        approve(
            &tx,
            app,
            cast.editor,
            row.id,
            AnswerText::parse(&row.body)?,
            row.version,
        )
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The queue's own worker, run until nothing is due.
async fn deliver(app: &App) -> Result<(), Error> {
    let handlers = vec![publishing::jobs(app.clone())];
    let worker = jobs::Worker::new(app.db.clone(), app.clock.clone(), app.wake.clone(), handlers);
    while worker.run_due().await? > 0 {}
    Ok(())
}

async fn publish(
    app: &App,
    cast: &Cast,
    scene: &Scene,
    text: &Article,
    content: &Event,
    ids: &[(u32, QuestionId)],
) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    let id = article::create_from_event(&tx, app, cast.editor, scene.event).await?;
    tx.commit().await?;
    let (version, mut draft) = article::current(app.db.reader(), id).await?;
    draft.title.clone_from(&text.title);
    draft.standfirst.clone_from(&text.standfirst);
    draft.intro.clone_from(&text.intro);
    draft.closing.clone_from(&text.closing);
    draft.keywords = text.keywords.join(", ");
    for exchange in pulls(app, id, content, ids).await? {
        if let Some(x) = draft.exchanges.iter_mut().find(|x| x.id == exchange.0) {
            x.pull = exchange.1;
        }
    }
    article::update(app, cast.editor, id, version, draft).await?;
    article::publish(app, cast.editor, id).await?;
    Ok(())
}

/// Words that stand out, by exchange.
async fn pulls(
    app: &App,
    id: ArticleId,
    content: &Event,
    ids: &[(u32, QuestionId)],
) -> Result<Vec<(domain::ExchangeId, String)>, Error> {
    let rows = article_exchange::Entity::find()
        .filter(article_exchange::Column::ArticleId.eq(id))
        .all(app.db.reader())
        .await?;
    let mut out = Vec::new();
    for question in &content.question {
        let Some(pull) = &question.pull else { continue };
        let asked = asked(ids, question.n)?;
        out.extend(
            rows.iter()
                .find(|r| r.question_id == Some(asked))
                .map(|row| (row.id, pull.clone())),
        );
    }
    Ok(out)
}
