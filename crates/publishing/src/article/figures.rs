//! An event in figures, counted from who came, never from who was invited.

use crate::{Error, repo};
use db::{
    entity::{field, invitation, partner, programme_part, rsvp, rsvp_interest, sitting},
    people,
    prelude::*,
};
use domain::{CompanyId, EventId, FieldId, InvitationId, Lang, PartId, PartnerId, SittingId};
use sea_orm::{JoinType, RelationTrait};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What an article says of its event in numbers, as they were when it was published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    pub companies: usize,
    /// Somebody who came twice is one person.
    pub people: usize,
    /// The names of the fields that were there, in their order.
    pub fields: Vec<String>,
    pub sittings: Vec<SittingFigures>,
    /// The parts of the programme with how many of those who came were interested, the most first.
    pub interest: Vec<(String, usize)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SittingFigures {
    pub title: String,
    pub companies: usize,
    pub people: usize,
}

#[derive(Default)]
struct Seen {
    companies: HashSet<CompanyId>,
    people: HashSet<PartnerId>,
}

/// Counts them.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn of(conn: &impl ConnectionTrait, event: EventId, lang: Lang) -> Result<Figures, Error> {
    type Row = (SittingId, InvitationId, PartnerId, Option<CompanyId>, Option<FieldId>);
    let rows: Vec<Row> = rsvp::Entity::find()
        .select_only()
        .column(rsvp::Column::SittingId)
        .column(rsvp::Column::InvitationId)
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
    let (mut fields, mut came) = (BTreeSet::new(), HashSet::new());
    for (sitting, invitation, partner, company, field) in rows {
        for seen in [&mut all, by_sitting.entry(sitting).or_default()] {
            seen.people.insert(partner);
            seen.companies.extend(company);
        }
        fields.extend(field);
        came.insert(invitation);
    }
    let sittings = repo::sittings(conn, event).await?;
    let fields = field::Entity::find()
        .filter(field::Column::Id.is_in(fields))
        .order_by_asc(field::Column::Position)
        .order_by_asc(field::Column::Id)
        .all(conn)
        .await?;
    let title = |ko: &str, en: &str| people::in_lang(lang, ko, en);
    Ok(Figures {
        companies: all.companies.len(),
        people: all.people.len(),
        fields: fields.iter().map(|f| title(&f.name, &f.name_en)).collect(),
        interest: interest(conn, &sittings, &came, lang).await?,
        sittings: sittings
            .iter()
            .filter_map(|s| {
                let seen = by_sitting.get(&s.id)?;
                Some(SittingFigures {
                    title: title(&s.title, &s.title_en),
                    companies: seen.companies.len(),
                    people: seen.people.len(),
                })
            })
            .collect(),
    })
}

async fn interest(
    conn: &impl ConnectionTrait,
    sittings: &[sitting::Model],
    came: &HashSet<InvitationId>,
    lang: Lang,
) -> Result<Vec<(String, usize)>, Error> {
    let parts = programme_part::Entity::find()
        .filter(programme_part::Column::SittingId.is_in(sittings.iter().map(|s| s.id)))
        .order_by_asc(programme_part::Column::StartsAt)
        .order_by_asc(programme_part::Column::Id)
        .all(conn)
        .await?;
    let wishes: Vec<(PartId, InvitationId)> = rsvp_interest::Entity::find()
        .select_only()
        .column(rsvp_interest::Column::PartId)
        .column(rsvp_interest::Column::InvitationId)
        .filter(rsvp_interest::Column::PartId.is_in(parts.iter().map(|p| p.id)))
        .into_tuple()
        .all(conn)
        .await?;
    let mut interest: Vec<(String, HashSet<InvitationId>)> = Vec::new();
    for part in &parts {
        let title = people::in_lang(lang, &part.title, &part.title_en);
        let who = wishes.iter().filter(|(id, who)| *id == part.id && came.contains(who));
        let who = who.map(|(_, who)| *who);
        // The same part in two sittings is one line.
        match interest.iter_mut().find(|(known, _)| *known == title) {
            Some((_, known)) => known.extend(who),
            None => interest.push((title, who.collect())),
        }
    }
    let mut interest: Vec<(String, usize)> = interest
        .into_iter()
        .map(|(title, who)| (title, who.len()))
        .filter(|(_, n)| *n > 0)
        .collect();
    interest.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    Ok(interest)
}
