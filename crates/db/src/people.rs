//! Who stands behind an id, for all three slices: the one place that turns rows into [`Person`]s.

use crate::{
    Error,
    entity::{company, crew_member, invitation, partner, partner_service, service, speaker, staff},
};
use domain::{
    CompanyId, CrewMemberId, EmailAddress, FieldId, InvitationId, Lang, PartnerId, ServiceId, SpeakerId, StaffId,
    person::Person,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::{BTreeMap, HashMap};

/// A partner as invited to an event: whom to greet, write to and print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitee {
    pub invitation: InvitationId,
    pub partner: PartnerId,
    pub person: Person,
    /// A display line that was set by hand stands instead of the computed one.
    pub display_line: Option<String>,
    pub email: Option<EmailAddress>,
    pub lang: Lang,
    pub company_id: Option<CompanyId>,
    pub company: Option<String>,
    pub field: Option<FieldId>,
    pub link_version: u16,
}

impl Invitee {
    /// How they stand on staff pages.
    pub fn line(&self) -> String {
        self.display_line.clone().unwrap_or_else(|| self.person.line())
    }
}

/// SQLite binds at most 32,766 values to a statement, PostgreSQL 65,535.
const CHUNK: usize = 10_000;

/// The invitees behind these invitations; unknown ids are absent.
///
/// # Errors
/// When the database refuses.
pub async fn invitees(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = InvitationId>,
    lang: Lang,
) -> Result<HashMap<InvitationId, Invitee>, Error> {
    let mut ids: Vec<InvitationId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found = HashMap::with_capacity(ids.len());
    let services = if ids.is_empty() {
        HashMap::new()
    } else {
        service_names(conn, lang).await?
    };
    for chunk in ids.chunks(CHUNK) {
        let rows = invitation::Entity::find()
            .filter(invitation::Column::Id.is_in(chunk.iter().copied()))
            .find_also_related(partner::Entity)
            .all(conn)
            .await?;
        let partner_ids: Vec<PartnerId> = rows.iter().map(|(i, _)| i.partner_id).collect();
        let company_ids = rows.iter().filter_map(|(_, p)| p.as_ref()?.company_id);
        let companies: HashMap<CompanyId, String> = company::Entity::find()
            .filter(company::Column::Id.is_in(company_ids))
            .all(conn)
            .await?
            .into_iter()
            .map(|c| (c.id, c.name))
            .collect();
        let mut met: HashMap<PartnerId, Vec<String>> = HashMap::new();
        let links = partner_service::Entity::find()
            .filter(partner_service::Column::PartnerId.is_in(partner_ids))
            .order_by_asc(partner_service::Column::ServiceId)
            .all(conn)
            .await?;
        for link in links {
            if let Some(name) = services.get(&link.service_id) {
                met.entry(link.partner_id).or_default().push(name.clone());
            }
        }
        for (invitation, partner) in rows {
            let Some(partner) = partner else { continue };
            let company = partner.company_id.and_then(|id| companies.get(&id).cloned());
            let person = Person::Partner {
                name: Some(partner.pen_name.clone().unwrap_or_else(|| partner.name.clone())),
                title: partner.title.clone(),
                company: company.clone(),
                group: partner.group_name.clone(),
                services: met.remove(&partner.id).unwrap_or_default(),
            };
            found.insert(
                invitation.id,
                Invitee {
                    invitation: invitation.id,
                    partner: partner.id,
                    person,
                    display_line: partner.display_line,
                    email: partner.email,
                    lang: partner.lang,
                    company_id: partner.company_id,
                    company,
                    field: invitation.field_id,
                    link_version: u16::try_from(invitation.link_version).unwrap_or_default(),
                },
            );
        }
    }
    Ok(found)
}

/// One invitee; `None` when there is no such invitation.
///
/// # Errors
/// When the database refuses.
pub async fn invitee(conn: &impl ConnectionTrait, id: InvitationId, lang: Lang) -> Result<Option<Invitee>, Error> {
    Ok(invitees(conn, [id], lang).await?.remove(&id))
}

/// The services' names in `lang`, for all of them: they are few.
///
/// # Errors
/// When the database refuses.
pub async fn service_names(conn: &impl ConnectionTrait, lang: Lang) -> Result<HashMap<ServiceId, String>, Error> {
    Ok(services(conn, lang).await?.into_iter().collect())
}

/// The names of these staff.
///
/// # Errors
/// When the database refuses.
pub async fn staff_names(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = StaffId>,
) -> Result<HashMap<StaffId, String>, Error> {
    let rows = staff::Entity::find().filter(staff::Column::Id.is_in(ids));
    Ok(rows
        .all(conn)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect())
}

/// The services in their order, with names in `lang`: what a choice offers.
///
/// # Errors
/// When the database refuses.
pub async fn services(conn: &impl ConnectionTrait, lang: Lang) -> Result<Vec<(ServiceId, String)>, Error> {
    let rows = service::Entity::find()
        .order_by_asc(service::Column::Position)
        .order_by_asc(service::Column::Id)
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|s| (s.id, in_lang(lang, &s.name, &s.name_en)))
        .collect())
}

/// The English text where English is wanted and there is one, else the Korean.
pub fn in_lang(lang: Lang, ko: &str, en: &str) -> String {
    if lang == Lang::En && !en.is_empty() { en } else { ko }.to_owned()
}

pub fn crew_person(member: &crew_member::Model) -> Person {
    Person::Host {
        nickname: member.nickname.clone(),
        name: member.name.clone(),
        title: None,
        team: member.team.clone(),
        affiliate: None,
    }
}

pub fn speaker_person(speaker: &speaker::Model) -> Person {
    Person::Host {
        nickname: speaker.nickname.clone(),
        name: speaker.name.clone(),
        title: speaker.title.clone(),
        team: speaker.team.clone(),
        affiliate: speaker.affiliate.clone(),
    }
}

pub fn staff_person(staff: &staff::Model) -> Person {
    Person::Host {
        nickname: None,
        name: staff.name.clone(),
        title: None,
        team: None,
        affiliate: None,
    }
}

/// Everyone who may stand behind answers and questions, loaded once for a page.
#[derive(Clone, Debug, Default)]
pub struct Hosts {
    pub crew: BTreeMap<CrewMemberId, Person>,
    pub speakers: BTreeMap<SpeakerId, Person>,
    pub staff: BTreeMap<StaffId, Person>,
}

/// The people of the host by id; absent ids are skipped.
///
/// # Errors
/// When the database refuses.
pub async fn hosts(
    conn: &impl ConnectionTrait,
    crew: impl IntoIterator<Item = CrewMemberId>,
    speakers: impl IntoIterator<Item = SpeakerId>,
    staff_ids: impl IntoIterator<Item = StaffId>,
) -> Result<Hosts, Error> {
    let crew = crew_member::Entity::find()
        .filter(crew_member::Column::Id.is_in(crew))
        .all(conn)
        .await?;
    let speakers = speaker::Entity::find()
        .filter(speaker::Column::Id.is_in(speakers))
        .all(conn)
        .await?;
    let accounts = staff::Entity::find()
        .filter(staff::Column::Id.is_in(staff_ids))
        .all(conn)
        .await?;
    Ok(Hosts {
        crew: crew.iter().map(|m| (m.id, crew_person(m))).collect(),
        speakers: speakers.iter().map(|s| (s.id, speaker_person(s))).collect(),
        staff: accounts.iter().map(|s| (s.id, staff_person(s))).collect(),
    })
}
