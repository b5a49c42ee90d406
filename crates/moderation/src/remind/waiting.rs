//! What waits for an answer, which step stands for it, and whom that step speaks to.

use super::Rule;
use crate::Result;
use chrono::{DateTime, Utc};
use db::{
    entity::{assignment, crew_member, event, outgoing_mail, reminder},
    people::{self, Invitee},
    prelude::*,
};
use domain::{
    AssignmentId, CrewMemberId, EmailAddress, InvitationId, Lang,
    state::{assignment::ReminderStep, mail::OutgoingState},
};
use std::collections::{HashMap, HashSet};
use web::App;

/// Rows of one question to the database.
const SHARE: usize = 400;

/// An assignment with the step that stands for it.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) row: assignment::Model,
    pub(super) step: ReminderStep,
    /// The step was taken already.
    pub(super) taken: bool,
}

/// Who gets the mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recipient {
    pub(super) name: String,
    pub(super) email: EmailAddress,
    pub(super) role: Role,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Member,
    Lead,
    Partner(InvitationId, Lang),
}

/// To whom a step speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum To {
    Person(Recipient),
    /// Nobody who could be mailed: the next step will speak to somebody else.
    Nobody,
    /// They are away, and not for good.
    Later,
    Moderators,
}

/// What waits in an event, with all that is needed to say to whom each step speaks.
pub(super) struct Scene {
    pub(super) waiting: Vec<Waiting>,
    members: HashMap<CrewMemberId, crew_member::Model>,
    invitees: HashMap<InvitationId, Invitee>,
    silent: HashSet<InvitationId>,
    now: DateTime<Utc>,
}

impl Scene {
    pub(super) async fn load(app: &App, event: &event::Model, rule: &Rule) -> Result<Self> {
        let (conn, now) = (app.db.reader(), app.clock.now());
        let holidays = &app.settings.events.holidays;
        let last = holidays.after(rule.hours.day(now), Ord::max(rule.before_days, 1));
        let horizon = rule.hours.opening(last) + chrono::Duration::days(1);
        let open = |about: Condition| {
            assignment::Entity::find()
                .filter(assignment::Column::EventId.eq(event.id))
                // In the words of the partial index `assignment_due`.
                .filter(Expr::cust("state IN ('sent', 'reminded')"))
                .filter(about)
                .filter(assignment::Column::DueAt.lt(horizon))
                .order_by_asc(assignment::Column::Id)
        };
        let mut rows = open(Condition::all().add(Expr::cust("question_id IS NOT NULL")))
            .all(conn)
            .await?;
        rows.extend(
            open(Condition::all().add(assignment::Column::ReverseId.is_not_null()))
                .all(conn)
                .await?,
        );
        let mut waiting = Vec::new();
        for share in rows.chunks(SHARE) {
            let ids = || share.iter().map(|row| row.id);
            let taken = taken(conn, ids()).await?;
            let on_its_way = on_its_way(conn, ids()).await?;
            for row in share.iter().filter(|row| !on_its_way.contains(&row.id)) {
                if let Some(step) = rule.step(row.created_at, row.due_at, now, holidays) {
                    waiting.push(Waiting {
                        taken: taken.contains(&(row.id, row.due_at, step)),
                        row: row.clone(),
                        step,
                    });
                }
            }
        }
        let invitations: Vec<InvitationId> = waiting.iter().filter_map(|w| w.row.invitation_id).collect();
        let silent = mail::unsubscribed::among(conn, invitations.iter().copied()).await?;
        let members = crew_member::Entity::find().all(conn).await?;
        Ok(Self {
            waiting,
            members: members.into_iter().map(|m| (m.id, m)).collect(),
            invitees: people::invitees(conn, invitations, Lang::Ko).await?,
            silent: silent.into_iter().collect(),
            now,
        })
    }

    /// To whom the step that stands speaks.
    pub(super) fn to(&self, waiting: &Waiting, rule: &Rule) -> To {
        let row = &waiting.row;
        if waiting.step == ReminderStep::Moderator {
            return To::Moderators;
        }
        if let Some(invitation) = row.invitation_id {
            let asked = self.invitees.get(&invitation);
            let asked = asked.filter(|_| waiting.step != ReminderStep::Lead && !self.silent.contains(&invitation));
            return asked
                .and_then(|invitee| Some((invitee, invitee.email.clone()?)))
                .map_or(To::Nobody, |(invitee, email)| {
                    To::Person(Recipient {
                        name: invitee.person.name(),
                        email,
                        role: Role::Partner(invitation, invitee.lang),
                    })
                });
        }
        let Some(member) = row.crew_member_id.and_then(|id| self.members.get(&id)) else {
            return To::Nobody;
        };
        if waiting.step == ReminderStep::Lead {
            return self.lead(row, member);
        }
        if member.removed_at.is_some() {
            return To::Nobody;
        }
        let today = rule.hours.day(self.now);
        let away = member.absent_from.is_some_and(|from| from <= today)
            && member.absent_until.is_none_or(|until| today <= until);
        match (away, member.absent_until) {
            (true, None) => To::Nobody,
            (true, Some(_)) => To::Later,
            (false, _) if row.chase_at.is_some_and(|back| self.now < back) => To::Later,
            (false, _) => To::Person(person(member, Role::Member)),
        }
    }

    /// The lead of the crew that has the question, unless it is they who were asked.
    fn lead(&self, row: &assignment::Model, asked: &crew_member::Model) -> To {
        let leads = self.members.values().filter(|m| {
            Some(m.service_id) == row.service_id && m.is_lead && m.removed_at.is_none() && m.email != asked.email
        });
        leads
            .min_by_key(|m| m.id)
            .map_or(To::Nobody, |lead| To::Person(person(lead, Role::Lead)))
    }
}

fn person(member: &crew_member::Model, role: Role) -> Recipient {
    Recipient {
        name: member.nickname.clone().unwrap_or_else(|| member.name.clone()),
        email: member.email.clone(),
        role,
    }
}

async fn taken(
    conn: &impl ConnectionTrait,
    ids: impl Iterator<Item = AssignmentId>,
) -> Result<HashSet<(AssignmentId, DateTime<Utc>, ReminderStep)>> {
    let rows = reminder::Entity::find()
        .filter(reminder::Column::AssignmentId.is_in(ids))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|r| (r.assignment_id, r.due_at, r.step)).collect())
}

/// Of which the question itself, or the last reminder, waits in the outbox: nobody is reminded of what they did not get.
async fn on_its_way(
    conn: &impl ConnectionTrait,
    ids: impl Iterator<Item = AssignmentId>,
) -> Result<HashSet<AssignmentId>> {
    let ids: Vec<AssignmentId> = ids.collect();
    let waits = [
        OutgoingState::Draft,
        OutgoingState::Queued,
        OutgoingState::Sending,
        OutgoingState::Uncertain,
    ];
    let own: Vec<Option<AssignmentId>> = outgoing_mail::Entity::find()
        .select_only()
        .column(outgoing_mail::Column::AssignmentId)
        .filter(outgoing_mail::Column::AssignmentId.is_in(ids.iter().copied()))
        .filter(outgoing_mail::Column::State.is_in(waits))
        .into_tuple()
        .all(conn)
        .await?;
    let listed: Vec<AssignmentId> = db::entity::reminder_listed::Entity::find()
        .select_only()
        .column(db::entity::reminder_listed::Column::AssignmentId)
        .filter(db::entity::reminder_listed::Column::AssignmentId.is_in(ids))
        .filter(
            db::entity::reminder_listed::Column::OutgoingId.in_subquery(
                sea_orm::QuerySelect::query(
                    &mut outgoing_mail::Entity::find()
                        .select_only()
                        .column(outgoing_mail::Column::Id)
                        .filter(outgoing_mail::Column::Kind.eq(domain::state::mail::MailKind::Reminder))
                        .filter(outgoing_mail::Column::State.is_in(waits)),
                )
                .clone(),
            ),
        )
        .into_tuple()
        .all(conn)
        .await?;
    Ok(own.into_iter().flatten().chain(listed).collect())
}
