//! How quoted people are reached.

use crate::{Error, article::Who};
use db::{
    entity::{crew_member, speaker},
    people,
    prelude::*,
};
use domain::{CrewMemberId, EmailAddress, InvitationId, Lang, SpeakerId};
use std::collections::HashMap;

/// Where somebody is written to; the host's own people read Korean.
#[derive(Clone, Debug)]
pub(crate) struct Contact {
    pub(crate) name: String,
    pub(crate) email: Option<EmailAddress>,
    pub(crate) lang: Lang,
    pub(crate) invitation: Option<InvitationId>,
}

pub(crate) async fn contacts(
    conn: &impl ConnectionTrait,
    who: impl IntoIterator<Item = Who>,
) -> Result<HashMap<Who, Contact>, Error> {
    let (mut partners, mut speakers, mut crew) = (Vec::new(), Vec::<SpeakerId>::new(), Vec::<CrewMemberId>::new());
    for who in who {
        match who {
            Who::Partner(id) => partners.push(id),
            Who::Speaker(id) => speakers.push(id),
            Who::Crew(id) => crew.push(id),
        }
    }
    let mut found = HashMap::new();
    for (id, invitee) in people::invitees(conn, partners, Lang::Ko).await? {
        let contact = Contact {
            name: invitee.person.name(),
            email: invitee.email,
            lang: invitee.lang,
            invitation: Some(id),
        };
        found.insert(Who::Partner(id), contact);
    }
    let speakers = speaker::Entity::find()
        .filter(speaker::Column::Id.is_in(speakers))
        .all(conn)
        .await?;
    for row in speakers {
        let contact = Contact {
            name: people::speaker_person(&row).name(),
            email: row.email,
            lang: Lang::Ko,
            invitation: None,
        };
        found.insert(Who::Speaker(row.id), contact);
    }
    let crew = crew_member::Entity::find()
        .filter(crew_member::Column::Id.is_in(crew))
        .all(conn)
        .await?;
    for row in crew {
        let contact = Contact {
            name: people::crew_person(&row).name(),
            email: Some(row.email),
            lang: Lang::Ko,
            invitation: None,
        };
        found.insert(Who::Crew(row.id), contact);
    }
    Ok(found)
}
