//! A question goes to the crew of a service: who of them, until when, and the mail that asks.

use super::asking::called;
pub(crate) use super::{
    asking::{event_title, filled, letter, link_until, values, ways},
    due::{due, due_from},
};

use crate::{
    Error,
    service::crew::{self, Crews},
};
use chrono::{DateTime, Utc};
use db::{
    audit::{self, Actor},
    entity::{assignment, crew_member, event, question, release_mail},
    prelude::*,
};
use domain::{
    AssignmentId, CrewMemberId, EventId, InvitationId, QuestionId, ReleaseId, ReverseId, ServiceId,
    state::{Transitions, assignment::AssignmentState, mail::MailKind},
};
use mail::{Block, Initial, Link, NewMail, Refs, ReplyTo};
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use web::{App, Words};

/// When the mails of one deed go, and to which release they belong.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sending {
    pub(crate) state: Initial,
    pub(crate) release: Option<ReleaseId>,
}

impl Sending {
    pub(crate) const NOW: Self = Self {
        state: Initial::Queued,
        release: None,
    };

    /// The moment from which a crew's days are counted.
    pub(crate) fn from(self, app: &App) -> DateTime<Utc> {
        match self.state {
            Initial::At(at) => Ord::max(at, app.clock.now()),
            Initial::Draft | Initial::Queued => app.clock.now(),
        }
    }

    /// Puts a mail; it belongs to the release, if there is one.
    ///
    /// # Errors
    /// When the database refuses.
    pub(crate) async fn put(self, tx: &WriteTx, app: &App, mail: NewMail) -> Result<(), Error> {
        let put = mail::outbox::put(tx, &app.clock, &app.settings, mail).await?;
        if let (Some(outgoing), Some(release)) = (put, self.release) {
            let row = release_mail::ActiveModel {
                outgoing_id: Set(outgoing),
                release_id: Set(release),
            };
            release_mail::Entity::insert(row).exec_without_returning(tx).await?;
        }
        Ok(())
    }
}

/// Who was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) assignment: AssignmentId,
    /// The crew that answers, which a rule may have chosen.
    pub(crate) crew: ServiceId,
}

/// Gives the question to the crew that answers for the service: to the one of it who has the fewest open assignments, the
/// lead on a tie, a deputy in place of who is absent. Puts the mail that asks. Call `app.wake.notify()` after the commit.
///
/// # Errors
/// [`Error::NoCrew`] when nobody can be asked; stale when somebody has the question already.
pub async fn to_crew(
    tx: &WriteTx,
    app: &App,
    question: &question::Model,
    service: ServiceId,
) -> Result<AssignmentId, Error> {
    Ok(give(tx, app, question, service, Sending::NOW).await?.assignment)
}

/// The same with a say about when the mail goes.
pub(crate) async fn give(
    tx: &WriteTx,
    app: &App,
    question: &question::Model,
    service: ServiceId,
    sending: Sending,
) -> Result<Given, Error> {
    let event = event_of(tx, question.event_id).await?;
    let crews = Crews::load(tx, &event, sending.from(app)).await?;
    let Some(way) = crews.way(service) else {
        return Err(Error::NoCrew(service));
    };
    crew::hold(tx, way.crew).await?;
    let Some(chosen) = crews.least_busy(tx, &way.candidates, None).await? else {
        return Err(Error::NoCrew(service));
    };
    let assignment = ask(tx, app, &event, question, way.crew, &chosen, None, sending).await?;
    Ok(Given {
        assignment,
        crew: way.crew,
    })
}

/// The same for a question that its asker asks on about: with what they say now.
pub(crate) async fn to_crew_with(
    tx: &WriteTx,
    app: &App,
    question: &question::Model,
    service: ServiceId,
    handing: Handing<'_>,
) -> Result<AssignmentId, Error> {
    let event = event_of(tx, question.event_id).await?;
    let crews = Crews::load(tx, &event, app.clock.now()).await?;
    let way = crews.way(service).ok_or(Error::NoCrew(service))?;
    crew::hold(tx, way.crew).await?;
    let chosen = crews.least_busy(tx, &way.candidates, None).await?;
    let chosen = chosen.ok_or(Error::NoCrew(service))?;
    ask(
        tx,
        app,
        &event,
        question,
        way.crew,
        &chosen,
        Some(handing),
        Sending::NOW,
    )
    .await
}

/// Gives an open assignment to another member of the crew: the best one, or the one who is named.
///
/// # Errors
/// [`Error::NoCrew`] when there is nobody else; stale when it is no longer open.
pub async fn pass_on(
    tx: &WriteTx,
    app: &App,
    actor: Actor,
    assignment: &assignment::Model,
    to: Option<CrewMemberId>,
) -> Result<AssignmentId, Error> {
    let (Some(question), Some(service)) = (assignment.question_id, assignment.service_id) else {
        return Err(Error::NotFound);
    };
    let question = question::Entity::find_by_id(question)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    let event = event_of(tx, assignment.event_id).await?;
    let chosen = if let Some(id) = to {
        let member = active(tx, service).await?.into_iter().find(|m| m.id == id);
        member.map(crew::Candidate::themselves)
    } else {
        let crews = Crews::load(tx, &event, app.clock.now()).await?;
        crew::hold(tx, service).await?;
        crews
            .least_busy(tx, &crews.candidates(service), assignment.crew_member_id)
            .await?
    };
    let Some(chosen) = chosen.filter(|c| Some(c.member.id) != assignment.crew_member_id) else {
        return Err(Error::NoCrew(service));
    };
    leave(tx, app, actor, assignment, &chosen).await?;
    ask(tx, app, &event, &question, service, &chosen, None, Sending::NOW).await
}

/// What a crew says to the one that it hands a question to, and who says it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handing<'a> {
    /// The text that introduces it.
    pub(crate) lead: &'static str,
    pub(crate) by: &'a str,
    pub(crate) note: &'a str,
}

/// Hands an open assignment to the crew that answers for another service, with a word to them.
///
/// # Errors
/// [`Error::NoCrew`] when nobody else can be asked; stale when it is no longer open.
pub(crate) async fn hand_over(
    tx: &WriteTx,
    app: &App,
    actor: Actor,
    assignment: &assignment::Model,
    service: ServiceId,
    handing: Handing<'_>,
) -> Result<Given, Error> {
    let question = assignment.question_id.ok_or(Error::NotFound)?;
    let question = question::Entity::find_by_id(question)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    let event = event_of(tx, assignment.event_id).await?;
    let crews = Crews::load(tx, &event, app.clock.now()).await?;
    // The crew that is named, not the one that a rule would choose for its service: a person knows whom they mean.
    crew::hold(tx, service).await?;
    let chosen = crews
        .least_busy(tx, &crews.candidates(service), assignment.crew_member_id)
        .await?
        .ok_or(Error::NoCrew(service))?;
    leave(tx, app, actor, assignment, &chosen).await?;
    let handing = Some(handing).filter(|h| !h.note.trim().is_empty());
    let id = ask(tx, app, &event, &question, service, &chosen, handing, Sending::NOW).await?;
    Ok(Given {
        assignment: id,
        crew: service,
    })
}

async fn leave(
    tx: &WriteTx,
    app: &App,
    actor: Actor,
    assignment: &assignment::Model,
    chosen: &crew::Candidate,
) -> Result<(), Error> {
    let left = assignment::Entity::update_many()
        .col_expr(assignment::Column::State, Expr::value(AssignmentState::PassedOn))
        .filter(assignment::Column::Id.eq(assignment.id))
        .filter(assignment::Column::State.is_in(AssignmentState::sources(AssignmentState::PassedOn)))
        .exec(tx)
        .await?;
    one_row(&left, "assignment")?;
    crate::remind::stop(tx, assignment.id).await?;
    let entry = audit::Entry {
        event: Some(assignment.event_id),
        actor,
        action: "assignment.passed_on",
        subject: ("assignment", Some(assignment.id.uuid())),
        details: json!({ "from": assignment.crew_member_id, "to": chosen.member.id }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}

/// The members of the service's crew who are there, the lead first.
pub(crate) async fn active(
    conn: &impl ConnectionTrait,
    service: ServiceId,
) -> Result<Vec<crew_member::Model>, db::Error> {
    Ok(crew_member::Entity::find()
        .filter(crew_member::Column::ServiceId.eq(service))
        .filter(crew_member::Column::RemovedAt.is_null())
        .order_by_desc(crew_member::Column::IsLead)
        .order_by_asc(crew_member::Column::CreatedAt)
        .order_by_asc(crew_member::Column::Id)
        .all(conn)
        .await?)
}

#[expect(clippy::too_many_arguments, reason = "who is asked what, by whom and when")]
async fn ask(
    tx: &WriteTx,
    app: &App,
    event: &event::Model,
    question: &question::Model,
    crew: ServiceId,
    chosen: &crew::Candidate,
    handing: Option<Handing<'_>>,
    sending: Sending,
) -> Result<AssignmentId, Error> {
    let member = &chosen.member;
    let due = due_from(app, event, sending.from(app));
    let what = For::Question(question.id, crew, member.id);
    let id = insert_due(tx, app, event, what, due).await?.ok_or(
        // Somebody has it already: the unique index says so.
        Error::Db(db::Error::Stale { what: "question" }),
    )?;
    let link = Link::Answer {
        assignment: id,
        until: link_until(app),
    };
    let mut letter = letter(tx, event, question, crew, member, due, link).await?;
    if let Some(Handing { lead, by, note }) = handing {
        let words = Words::new(question.lang, &crate::TEXTS);
        let blocks = [
            Block::Text(words.t(lead)),
            Block::Quote {
                text: note.to_owned(),
                by: Some(by.to_owned()),
            },
        ];
        letter = letter.behind(|block| matches!(block, Block::Quote { .. }), blocks);
    }
    let mail = NewMail {
        kind: MailKind::Assignment,
        to_name: called(member),
        to_email: member.email.clone(),
        lang: question.lang,
        letter,
        state: sending.state,
        dedup: format!("assignment:{id}"),
        reply: Some(ReplyTo::Assignment(id)),
        refs: Refs {
            event: Some(event.id),
            question: Some(question.id),
            assignment: Some(id),
            ..Refs::default()
        },
    };
    sending.put(tx, app, mail).await?;
    let mut details = json!({ "question": question.id, "service": crew, "crew_member": member.id });
    if let Some(absent) = chosen.stands_in_for {
        details["stands_in_for"] = json!(absent);
    }
    audit::record(
        tx,
        &app.clock,
        audit::Entry {
            event: Some(event.id),
            actor: Actor::System,
            action: "assignment.sent",
            subject: ("assignment", Some(id.uuid())),
            details,
        },
    )
    .await?;
    Ok(id)
}

/// What is asked of whom.
#[derive(Clone, Copy)]
pub(crate) enum For {
    Question(QuestionId, ServiceId, CrewMemberId),
    Reverse(ReverseId, Option<ServiceId>, InvitationId),
}

/// `None` when the same is asked already.
pub(crate) async fn insert(
    tx: &WriteTx,
    app: &App,
    event: &event::Model,
    what: For,
) -> Result<Option<AssignmentId>, db::Error> {
    insert_due(tx, app, event, what, due(app, event)).await
}

async fn insert_due(
    tx: &WriteTx,
    app: &App,
    event: &event::Model,
    what: For,
    due: DateTime<Utc>,
) -> Result<Option<AssignmentId>, db::Error> {
    let id = AssignmentId::new();
    let (question, reverse, service, crew, invitation) = match what {
        For::Question(question, service, crew) => (Some(question), None, Some(service), Some(crew), None),
        For::Reverse(reverse, service, invitation) => (None, Some(reverse), service, None, Some(invitation)),
    };
    let row = assignment::ActiveModel {
        id: Set(id),
        event_id: Set(event.id),
        question_id: Set(question),
        reverse_id: Set(reverse),
        service_id: Set(service),
        crew_member_id: Set(crew),
        invitation_id: Set(invitation),
        state: Set(AssignmentState::Sent),
        due_at: Set(due),
        created_at: Set(app.clock.now()),
        answered_at: Set(None),
        chase_at: Set(None),
        returned_at: Set(None),
    };
    let inserted = assignment::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok((inserted > 0).then_some(id))
}

/// The event to which an assignment belongs, by its id.
pub(crate) async fn event_of(conn: &impl ConnectionTrait, id: EventId) -> Result<event::Model, Error> {
    event::Entity::find_by_id(id).one(conn).await?.ok_or(Error::NotFound)
}
