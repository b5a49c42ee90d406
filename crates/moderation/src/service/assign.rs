//! A question goes to the crew of a service: who of them, until when, and the mail that asks.

use crate::Error;
use chrono::{DateTime, Duration, Utc};
use db::{
    audit::{self, Actor},
    entity::{assignment, crew_member, event, question},
    people,
    prelude::*,
};
use domain::{
    AssignmentId, CrewMemberId, EventId, InvitationId, Lang, QuestionId, ReverseId, ServiceId,
    state::{Transitions, assignment::AssignmentState, mail::MailKind},
    token::day_stamp_after,
};
use mail::{Initial, Letter, Link, NewMail, Refs};
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use std::collections::HashMap;
use web::{App, Words};

/// Days for which the link to the answer's page counts.
pub(crate) const LINK_DAYS: u64 = 180;

/// Gives the question to the member of the service's crew who has the fewest open assignments, the lead on a tie,
/// and puts the mail that asks. Call `app.wake.notify()` after the commit.
///
/// # Errors
/// [`Error::NoCrew`] when the service has nobody; stale when somebody has the question already.
pub async fn to_crew(
    tx: &WriteTx,
    app: &App,
    question: &question::Model,
    service: ServiceId,
) -> Result<AssignmentId, Error> {
    let Some(member) = least_busy(tx, service, None).await? else {
        return Err(Error::NoCrew(service));
    };
    ask(tx, app, question, service, &member).await
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
    let member = match to {
        Some(id) => active(tx, service).await?.into_iter().find(|m| m.id == id),
        None => least_busy(tx, service, assignment.crew_member_id).await?,
    };
    let Some(member) = member.filter(|m| Some(m.id) != assignment.crew_member_id) else {
        return Err(Error::NoCrew(service));
    };
    let left = assignment::Entity::update_many()
        .col_expr(assignment::Column::State, Expr::value(AssignmentState::PassedOn))
        .filter(assignment::Column::Id.eq(assignment.id))
        .filter(assignment::Column::State.is_in(AssignmentState::sources(AssignmentState::PassedOn)))
        .exec(tx)
        .await?;
    one_row(&left, "assignment")?;
    audit::record(
        tx,
        &app.clock,
        audit::Entry {
            event: Some(assignment.event_id),
            actor,
            action: "assignment.passed_on",
            subject: ("assignment", Some(assignment.id.uuid())),
            details: json!({ "to": member.id }),
        },
    )
    .await?;
    ask(tx, app, &question, service, &member).await
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

async fn least_busy(
    conn: &impl ConnectionTrait,
    service: ServiceId,
    but: Option<CrewMemberId>,
) -> Result<Option<crew_member::Model>, db::Error> {
    let members = active(conn, service).await?;
    let open: HashMap<CrewMemberId, i64> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::CrewMemberId)
        .column_as(assignment::Column::Id.count(), "open")
        .filter(assignment::Column::CrewMemberId.is_in(members.iter().map(|m| m.id)))
        .filter(assignment::Column::State.is_in(AssignmentState::OPEN.iter().copied()))
        .group_by(assignment::Column::CrewMemberId)
        .into_tuple::<(CrewMemberId, i64)>()
        .all(conn)
        .await?
        .into_iter()
        .collect();
    // `min_by_key` keeps the first of equals, and the lead stands first.
    let others = members.into_iter().filter(|m| Some(m.id) != but);
    Ok(others.min_by_key(|m| open.get(&m.id).copied().unwrap_or_default()))
}

async fn ask(
    tx: &WriteTx,
    app: &App,
    question: &question::Model,
    service: ServiceId,
    member: &crew_member::Model,
) -> Result<AssignmentId, Error> {
    let event = event::Entity::find_by_id(question.event_id)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    let lang = question.lang;
    let partner = people::invitee(tx, question.invitation_id, lang)
        .await?
        .ok_or(Error::NotFound)?;
    let services = people::service_names(tx, lang).await?;
    let id = insert(tx, app, &event, For::Question(question.id, service, member.id))
        .await?
        .ok_or(
            // Somebody has it already: the unique index says so.
            Error::Db(db::Error::Stale { what: "question" }),
        )?;
    let asked = Asked {
        event: &event,
        lang,
        service: services.get(&service).map_or("", String::as_str),
        number: question.number.unwrap_or_default(),
        body: &question.body,
        asker: partner.line(),
        due: due(app, &event),
    };
    let letter = asked.letter(Link::Answer {
        assignment: id,
        until: link_until(app),
    });
    let mail = NewMail {
        kind: MailKind::Assignment,
        to_name: member.nickname.clone().unwrap_or_else(|| member.name.clone()),
        to_email: member.email.clone(),
        lang,
        letter,
        state: Initial::Queued,
        dedup: format!("assignment:{id}"),
        reply: Some(id),
        refs: Refs {
            event: Some(event.id),
            question: Some(question.id),
            assignment: Some(id),
            ..Refs::default()
        },
    };
    mail::outbox::put(tx, &app.clock, &app.settings, mail).await?;
    audit::record(
        tx,
        &app.clock,
        audit::Entry {
            event: Some(event.id),
            actor: Actor::System,
            action: "assignment.sent",
            subject: ("assignment", Some(id.uuid())),
            details: json!({ "question": question.id, "service": service, "crew_member": member.id }),
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
        due_at: Set(due(app, event)),
        created_at: Set(app.clock.now()),
        answered_at: Set(None),
    };
    let inserted = assignment::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok((inserted > 0).then_some(id))
}

/// When an answer that is asked for now is due.
pub(crate) fn due(app: &App, event: &event::Model) -> DateTime<Utc> {
    app.clock.now() + Duration::days(i64::from(Ord::max(event.answer_days, 1)))
}

pub(crate) fn link_until(app: &App) -> u16 {
    day_stamp_after(app.clock.now(), LINK_DAYS)
}

/// The title of an event as it stands in a mail of this language.
pub(crate) fn event_title(event: &event::Model, lang: Lang) -> String {
    people::in_lang(lang, &event.title, &event.title_en)
}

struct Asked<'a> {
    event: &'a event::Model,
    lang: Lang,
    service: &'a str,
    number: i32,
    body: &'a str,
    asker: String,
    due: DateTime<Utc>,
}

impl Asked<'_> {
    fn letter(&self, link: Link) -> Letter {
        let w = Words::new(self.lang, &crate::TEXTS);
        let title = event_title(self.event, self.lang);
        let subject = w.ta(
            "assignment-mail-subject",
            &[("event", &title), ("service", &self.service), ("number", &self.number)],
        );
        let due = w.datetime(self.due, &self.event.time_zone);
        Letter::new(subject)
            .text(w.t1("assignment-mail-lead", "service", self.service))
            .quote(self.body, Some(self.asker.clone()))
            .facts([
                (w.t("fact-number"), self.number.to_string()),
                (w.t("fact-service"), self.service.to_owned()),
                (w.t("fact-asker"), self.asker.clone()),
                (w.t("fact-due"), due),
            ])
            .text(w.t("assignment-mail-reply"))
            .action(w.t("assignment-mail-action"), link)
            .note(w.t("assignment-mail-note"))
    }
}

/// The event to which an assignment belongs, by its id.
pub(crate) async fn event_of(conn: &impl ConnectionTrait, id: EventId) -> Result<event::Model, Error> {
    event::Entity::find_by_id(id).one(conn).await?.ok_or(Error::NotFound)
}
