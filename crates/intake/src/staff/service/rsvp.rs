//! Who came: noted by staff, counted from what was noted, never from who was invited.

use crate::{
    Result,
    staff::service::door::{self, By, Mark},
};
use db::{
    audit::{self, Actor},
    entity::{invitation, partner, rsvp},
    prelude::*,
};
use domain::{CompanyId, EventId, FieldId, InvitationId, MarkId, PartnerId, SittingId};
use sea_orm::{JoinType, RelationTrait};
use std::collections::{HashMap, HashSet};
use web::App;

/// Notes for people of one sitting whether they came (`None`: not known). Whoever did not answer the invitation may
/// come all the same. Ids that are not of this event fall away.
///
/// # Errors
/// When the database refuses.
pub async fn note_came(
    tx: &impl ConnectionTrait,
    app: &App,
    actor: Actor,
    event: EventId,
    sitting: SittingId,
    people: &[(InvitationId, Option<bool>)],
) -> Result<usize> {
    door::sitting(tx, event, sitting).await?;
    let known: HashMap<InvitationId, Option<bool>> = standing(tx, event, sitting, people).await?;
    let unknown: Vec<InvitationId> = people
        .iter()
        .filter(|(id, came)| came.is_none() && known.contains_key(id))
        .map(|(id, _)| *id)
        .collect();
    if !unknown.is_empty() {
        rsvp::Entity::update_many()
            .col_expr(rsvp::Column::Came, Expr::value(Option::<bool>::None))
            .filter(rsvp::Column::SittingId.eq(sitting))
            .filter(rsvp::Column::InvitationId.is_in(unknown))
            .exec(tx)
            .await?;
    }
    let now = app.clock.now();
    // What is said again is no news: a page that shows somebody as they are marks nobody.
    let marks: Vec<Mark> = people
        .iter()
        .filter_map(|(id, came)| {
            let news = known.get(id).is_some_and(|stands| *came != *stands);
            news.then_some(Mark {
                id: MarkId::new(),
                who: *id,
                came: (*came)?,
                at: now,
            })
        })
        .collect();
    let by = By {
        actor,
        staff: match actor {
            Actor::Staff(id) => Some(id),
            _ => None,
        },
        device: String::new(),
    };
    door::take(tx, app, &by, (event, sitting), &marks, &[]).await?;
    let noted = people.iter().filter(|(id, _)| known.contains_key(id)).count();
    if noted > 0 {
        let entry = audit::Entry {
            event: Some(event),
            actor,
            action: "attendance.noted",
            subject: ("sitting", Some(sitting.uuid())),
            details: serde_json::json!({ "people": noted }),
        };
        audit::record(tx, &app.clock, entry).await?;
    }
    Ok(noted)
}

/// What is known of those of them who are of this event.
async fn standing(
    conn: &impl ConnectionTrait,
    event: EventId,
    sitting: SittingId,
    people: &[(InvitationId, Option<bool>)],
) -> Result<HashMap<InvitationId, Option<bool>>> {
    let ids = || people.iter().map(|(id, _)| *id);
    let known: Vec<InvitationId> = invitation::Entity::find()
        .select_only()
        .column(invitation::Column::Id)
        .filter(invitation::Column::EventId.eq(event))
        .filter(invitation::Column::Id.is_in(ids()))
        .into_tuple()
        .all(conn)
        .await?;
    let rows = rsvp::Entity::find()
        .filter(rsvp::Column::SittingId.eq(sitting))
        .filter(rsvp::Column::InvitationId.is_in(ids()))
        .all(conn)
        .await?;
    let came: HashMap<InvitationId, Option<bool>> = rows.into_iter().map(|r| (r.invitation_id, r.came)).collect();
    Ok(known
        .into_iter()
        .map(|id| (id, came.get(&id).copied().flatten()))
        .collect())
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
