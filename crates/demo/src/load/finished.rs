//! Last year's: everything answered, delivered, published.

use super::{
    Cast, Scene, asked, at,
    event::{Times, moment},
    quiet, slug,
    talk::{assignment_of, proposal, released},
};
use crate::{
    Error,
    content::{Article, Event, Kind, People, Question, Report},
};
use chrono::{DateTime, Days, Utc};
use db::{
    audit::Actor,
    entity::{answer, approval as approval_row, approver, assignment},
    prelude::*,
};
use domain::{
    ApprovalId, ApproverId, ArticleId, InvitationId, QuestionId,
    state::{
        answer::AnswerState,
        article::{ApprovalState, Unapproved},
    },
    text::AnswerText,
};
use intake::staff::service::rsvp;
use moderation::{
    answers::service::{approve, receive_link},
    reverse::service::{pick, propose, send},
    stage::service::note_answer,
    triage::service::{decide, release, route_rest},
};
use publishing::{
    approval::{self, Decision},
    article::{self, Asked, BlockBody, BlockDraft, Piece, QuoteBy, Shape},
};
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
    if let Some(text) = &content.report {
        draft_report(&day(app, &scene, 14)?, cast, &scene, text).await?;
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
        rsvp::note_came(&tx, app, Actor::Staff(cast.moderator), scene.event, *id, &noted).await?;
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
    draft.keywords = text.keywords.join(", ");
    let last = draft.blocks.len().saturating_sub(1);
    for (at, words) in [(0, &text.intro), (last, &text.closing)] {
        if let Some(block) = draft.blocks.get_mut(at) {
            block.body = BlockBody::prose(words);
        }
    }
    // Words that stand out.
    for question in &content.question {
        let Some(pull) = &question.pull else { continue };
        if let Some(x) = draft.exchange(Asked::Question(asked(ids, question.n)?)) {
            x.pull.clone_from(pull);
        }
    }
    article::update(app, cast.editor, id, version, draft).await?;
    approval::ask(app, cast.editor, id, None).await?;
    for (approver, row) in waiting(app, id).await? {
        approval::decide(app, approver, row, Decision::Approve).await?;
    }
    article::publish(app, cast.editor, id).await?;
    Ok(())
}

/// What its people were asked and have not answered, in the order of asking.
async fn waiting(app: &App, id: ArticleId) -> Result<Vec<(ApproverId, ApprovalId)>, Error> {
    let conn = app.db.reader();
    let approvers = approver::Entity::find()
        .filter(approver::Column::ArticleId.eq(id))
        .order_by_asc(approver::Column::Id)
        .all(conn)
        .await?;
    let rows = approval_row::Entity::find()
        .filter(approval_row::Column::ApproverId.is_in(approvers.iter().map(|a| a.id)))
        .filter(approval_row::Column::State.eq(ApprovalState::Asked))
        .order_by_asc(approval_row::Column::Id)
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.approver_id, row.id)).collect())
}

/// A second article, which is still on its way: prose, the event in figures, and quotes of which one is approved, one
/// shall be changed, and the others wait.
async fn draft_report(app: &App, cast: &Cast, scene: &Scene, text: &Report) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    let id = article::create(&tx, app, cast.editor, scene.event, Shape::Report).await?;
    tx.commit().await?;
    let (version, mut draft) = article::current(app.db.reader(), id).await?;
    draft.title.clone_from(&text.title);
    draft.standfirst.clone_from(&text.standfirst);
    draft.keywords = text.keywords.join(", ");
    let figures = draft
        .blocks
        .pop()
        .filter(|b| matches!(b.body, BlockBody::Figures { .. }));
    let mut blocks = vec![BlockDraft::new(BlockBody::prose(&text.intro))];
    blocks.extend(figures);
    for quote in &text.quote {
        let by = match (&quote.speaker, &quote.partner) {
            (Some(key), _) => QuoteBy::Speaker(scene.speaker(key)?),
            (None, Some(key)) => QuoteBy::Partner(scene.guest(key)?.who.invitation),
            (None, None) => return Err(Error::content("a quote is nobody's")),
        };
        blocks.push(BlockDraft::new(BlockBody::Quote {
            by,
            text: quote.text.clone(),
            unapproved: Unapproved::LeaveOut,
        }));
        blocks.push(BlockDraft::new(BlockBody::prose(&quote.after)));
    }
    draft.blocks = blocks;
    article::update(app, cast.editor, id, version, draft).await?;
    approval::ask(app, cast.editor, id, None).await?;
    let waiting = waiting(app, id).await?;
    if let [first, second, ..] = waiting[..] {
        approval::decide(app, first.0, first.1, Decision::Approve).await?;
        let wish = text.quote.iter().find_map(|q| q.wish.clone()).unwrap_or_default();
        let change = Decision::Change {
            suggestion: vec![Piece {
                part: article::QUOTE.to_owned(),
                text: wish,
            }],
            remark: text.remark.clone(),
        };
        approval::decide(app, second.0, second.1, change).await?;
    }
    Ok(())
}
