//! Whose address a mail comes from, seen from the assignment that it is bound to.

use crate::answers::service::judge::Sender;
use db::{
    entity::{assignment, crew_address, crew_member},
    people,
    prelude::*,
};
use domain::{CrewMemberId, EmailAddress, Lang};

/// A sender who is nobody of these is [`Sender::Other`], and so is a mail without one.
pub(crate) async fn sender(
    conn: &impl ConnectionTrait,
    assignment: &assignment::Model,
    from: Option<&EmailAddress>,
) -> Result<Sender, Error> {
    let Some(from) = from else {
        return Ok(Sender::Other);
    };
    let Some(asked) = assignment.crew_member_id else {
        return partner(conn, assignment, from).await;
    };
    // Who serves several services has a row in each, and the same addresses in all.
    let known = members_at(conn, from).await?;
    let Some(asked) = crew_member::Entity::find_by_id(asked).one(conn).await? else {
        return Ok(Sender::Other);
    };
    let is_asked = |m: &&crew_member::Model| m.id == asked.id || m.email == asked.email;
    if known.iter().any(|m| is_asked(&m)) {
        return Ok(if asked.removed_at.is_none() {
            Sender::Asked
        } else {
            Sender::Removed
        });
    }
    let mut crew = known.iter().filter(|m| Some(m.service_id) == assignment.service_id);
    let active = crew.clone().find(|m| m.removed_at.is_none());
    Ok(match active {
        Some(colleague) => Sender::Colleague(colleague.id),
        None if crew.next().is_some() => Sender::Removed,
        None => Sender::Other,
    })
}

async fn partner(
    conn: &impl ConnectionTrait,
    assignment: &assignment::Model,
    from: &EmailAddress,
) -> Result<Sender, Error> {
    let Some(id) = assignment.invitation_id else {
        return Ok(Sender::Other);
    };
    let asked = people::invitee(conn, id, Lang::Ko).await?.and_then(|i| i.email);
    Ok(if asked.as_ref() == Some(from) {
        Sender::Asked
    } else {
        Sender::Other
    })
}

/// Everybody of all crews, removed ones too, who writes from this address.
async fn members_at(conn: &impl ConnectionTrait, from: &EmailAddress) -> Result<Vec<crew_member::Model>, Error> {
    let confirmed: Vec<CrewMemberId> = crew_address::Entity::find()
        .select_only()
        .column(crew_address::Column::CrewMemberId)
        .filter(crew_address::Column::Email.eq(from.as_str()))
        .into_tuple()
        .all(conn)
        .await?;
    let mut found = crew_member::Entity::find()
        .filter(crew_member::Column::Id.is_in(confirmed))
        .all(conn)
        .await?;
    // An address that was confirmed for one row of a person is theirs in every row.
    let also: Vec<String> = found.iter().map(|m| m.email.to_string()).collect();
    let more = crew_member::Entity::find()
        .filter(crew_member::Column::Email.is_in(also.iter().map(String::as_str).chain([from.as_str()])))
        .all(conn)
        .await?;
    found.extend(more);
    Ok(found)
}
