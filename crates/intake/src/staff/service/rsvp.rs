//! Who came: noted by staff, counted from what was noted, never from who was invited.

use crate::Result;
use db::{
    audit::{self, Actor},
    entity::{invitation, partner, rsvp, sitting},
    prelude::*,
};
use domain::{Clock, CompanyId, EventId, FieldId, InvitationId, PartnerId, RsvpId, SittingId};
use sea_orm::{JoinType, RelationTrait, sea_query::OnConflict};
use std::collections::{HashMap, HashSet};

/// Notes for people of one sitting whether they came (`None`: not known). Whoever did not answer the invitation may
/// come all the same. Ids that are not of this event fall away.
///
/// # Errors
/// When the database refuses.
pub async fn note_came(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    actor: Actor,
    event: EventId,
    sitting: SittingId,
    people: &[(InvitationId, Option<bool>)],
) -> Result<usize> {
    let found = sitting::Entity::find_by_id(sitting)
        .filter(sitting::Column::EventId.eq(event))
        .one(tx)
        .await?;
    found.ok_or(crate::Error::NotFound)?;
    let known: HashSet<InvitationId> = invitation::Entity::find()
        .select_only()
        .column(invitation::Column::Id)
        .filter(invitation::Column::EventId.eq(event))
        .filter(invitation::Column::Id.is_in(people.iter().map(|(id, _)| *id)))
        .into_tuple()
        .all(tx)
        .await?
        .into_iter()
        .collect();
    let rows: Vec<rsvp::ActiveModel> = people
        .iter()
        .filter(|(id, _)| known.contains(id))
        .map(|(id, came)| rsvp::ActiveModel {
            id: Set(RsvpId::new()),
            invitation_id: Set(*id),
            sitting_id: Set(sitting),
            coming: Set(None),
            came: Set(*came),
            answered_at: Set(None),
        })
        .collect();
    let noted = rows.len();
    if noted > 0 {
        let again = OnConflict::columns([rsvp::Column::InvitationId, rsvp::Column::SittingId])
            .update_column(rsvp::Column::Came)
            .to_owned();
        rsvp::Entity::insert_many(rows)
            .on_conflict(again)
            .exec_without_returning(tx)
            .await?;
        let entry = audit::Entry {
            event: Some(event),
            actor,
            action: "attendance.noted",
            subject: ("sitting", Some(sitting.uuid())),
            details: serde_json::json!({ "people": noted }),
        };
        audit::record(tx, clock, entry).await?;
    }
    Ok(noted)
}

/// How many came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub companies: usize,
    pub people: usize,
    pub fields: usize,
}

/// Who came, over all sittings and by sitting; somebody who came twice is one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attendance {
    pub all: Counts,
    pub by_sitting: HashMap<SittingId, Counts>,
}

#[derive(Default)]
struct Seen {
    companies: HashSet<CompanyId>,
    people: HashSet<PartnerId>,
    fields: HashSet<FieldId>,
}

impl Seen {
    fn counts(&self) -> Counts {
        Counts {
            companies: self.companies.len(),
            people: self.people.len(),
            fields: self.fields.len(),
        }
    }
}

/// Companies, people and fields, counted from who came.
///
/// # Errors
/// When the database refuses.
pub async fn attendance(conn: &impl ConnectionTrait, event: EventId) -> Result<Attendance> {
    let rows: Vec<(SittingId, PartnerId, Option<CompanyId>, Option<FieldId>)> = rsvp::Entity::find()
        .select_only()
        .column(rsvp::Column::SittingId)
        .column(invitation::Column::PartnerId)
        .column(partner::Column::CompanyId)
        .column(invitation::Column::FieldId)
        .join(JoinType::InnerJoin, rsvp::Relation::Invitation.def())
        .join(JoinType::InnerJoin, invitation::Relation::Partner.def())
        .filter(invitation::Column::EventId.eq(event))
        .filter(rsvp::Column::Came.eq(true))
        .into_tuple()
        .all(conn)
        .await?;
    let (mut all, mut by_sitting) = (Seen::default(), HashMap::<SittingId, Seen>::new());
    for (sitting, partner, company, field) in rows {
        for seen in [&mut all, by_sitting.entry(sitting).or_default()] {
            seen.people.insert(partner);
            seen.companies.extend(company);
            seen.fields.extend(field);
        }
    }
    Ok(Attendance {
        all: all.counts(),
        by_sitting: by_sitting.iter().map(|(id, seen)| (*id, seen.counts())).collect(),
    })
}
