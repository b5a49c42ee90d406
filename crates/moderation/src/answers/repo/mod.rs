//! What answers look up.

mod lists;
mod lookup;
mod sender;

pub(crate) use lists::{
    AssignmentView, HeldMail, HeldView, answer_counts, answers, answers_of, asking_mail, assignment_counts,
    assignments, attachment, attachments, noted, quarantine,
};
pub(crate) use lookup::{Lookup, Subject, Wanted, subject};
pub(crate) use sender::sender;

use db::{
    entity::{assignment, crew_member},
    people,
    prelude::*,
};
use domain::{AnswerId, AssignmentId, CrewMemberId, EmailAddress, EventId, InvitationId, Lang};

/// Whom an assignment asks: how they are greeted and where they are mailed.
#[derive(Clone, Debug)]
pub(crate) struct Addressee {
    pub(crate) name: String,
    pub(crate) line: String,
    pub(crate) email: Option<EmailAddress>,
    /// The question's language for a crew member, their own for a partner.
    pub(crate) lang: Lang,
    pub(crate) removed: bool,
}

/// `None` when the person is gone.
pub(crate) async fn addressee(
    conn: &impl ConnectionTrait,
    row: &assignment::Model,
) -> Result<Option<Addressee>, Error> {
    if let Some(id) = row.crew_member_id {
        let Some(member) = crew_member::Entity::find_by_id(id).one(conn).await? else {
            return Ok(None);
        };
        let lang = subject_lang(conn, row).await?;
        return Ok(Some(Addressee {
            name: member.nickname.clone().unwrap_or_else(|| member.name.clone()),
            line: people::crew_person(&member).line(),
            email: Some(member.email),
            lang,
            removed: member.removed_at.is_some(),
        }));
    }
    let Some(id) = row.invitation_id else {
        return Ok(None);
    };
    Ok(people::invitee(conn, id, Lang::Ko).await?.map(|invitee| Addressee {
        name: invitee.person.name(),
        line: invitee.line(),
        email: invitee.email,
        lang: invitee.lang,
        removed: false,
    }))
}

async fn subject_lang(conn: &impl ConnectionTrait, row: &assignment::Model) -> Result<Lang, Error> {
    use db::entity::question;
    let Some(id) = row.question_id else {
        return Ok(Lang::Ko);
    };
    let question = question::Entity::find_by_id(id).one(conn).await?;
    Ok(question.map_or(Lang::Ko, |q| q.lang))
}

pub(crate) async fn assignment_by_id(
    conn: &impl ConnectionTrait,
    id: AssignmentId,
) -> Result<Option<assignment::Model>, Error> {
    Ok(assignment::Entity::find_by_id(id).one(conn).await?)
}

/// An assignment of this event; another event's is not there.
pub(crate) async fn assignment_of(
    conn: &impl ConnectionTrait,
    event: EventId,
    id: AssignmentId,
) -> Result<Option<assignment::Model>, Error> {
    let found = assignment::Entity::find_by_id(id).filter(assignment::Column::EventId.eq(event));
    Ok(found.one(conn).await?)
}

/// A question asked back that this partner is asked; another partner's is not there.
pub(crate) async fn assignment_for(
    conn: &impl ConnectionTrait,
    partner: InvitationId,
    id: AssignmentId,
) -> Result<Option<assignment::Model>, Error> {
    let found = assignment::Entity::find_by_id(id)
        .filter(assignment::Column::InvitationId.eq(partner))
        .filter(assignment::Column::ReverseId.is_not_null());
    Ok(found.one(conn).await?)
}

/// An answer of this event; another event's is not there.
pub(crate) async fn answer_of(
    conn: &impl ConnectionTrait,
    event: EventId,
    id: AnswerId,
) -> Result<Option<db::entity::answer::Model>, Error> {
    use db::entity::answer;
    let found = answer::Entity::find_by_id(id).filter(answer::Column::EventId.eq(event));
    Ok(found.one(conn).await?)
}

pub(crate) async fn crew_member_by_id(
    conn: &impl ConnectionTrait,
    id: CrewMemberId,
) -> Result<Option<crew_member::Model>, Error> {
    Ok(crew_member::Entity::find_by_id(id).one(conn).await?)
}
