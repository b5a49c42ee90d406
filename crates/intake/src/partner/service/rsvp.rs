//! Who comes to which sitting, and what interests them.

use crate::partner::{Error, Refusal, repo};
use chrono::NaiveDate;
use db::{
    audit,
    entity::{rsvp, rsvp_interest},
    prelude::*,
};
use domain::{Clock, PartId, RsvpId, SittingId};
use sea_orm::sea_query::OnConflict;
use std::collections::HashSet;
use web::auth::PartnerSession;

/// An answer to an invitation. A sitting that is not in it stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub sittings: Vec<(SittingId, bool)>,
    /// All parts of the programme that interest them.
    pub parts: Vec<PartId>,
}

/// Writes the answer with `tx`. `today` is the day at the event: a sitting that is over cannot be changed.
pub async fn answer(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    who: &PartnerSession,
    today: NaiveDate,
    answer: &Answer,
) -> Result<(), Error> {
    let programme = repo::programme(tx, who.event).await?;
    for (id, _) in &answer.sittings {
        let (sitting, _) = programme.iter().find(|(s, _)| s.id == *id).ok_or(Refusal::NotFound)?;
        if sitting.last_day < today {
            return Err(Refusal::Over.into());
        }
    }
    let known: HashSet<PartId> = programme
        .iter()
        .flat_map(|(_, parts)| parts.iter().map(|p| p.id))
        .collect();
    let parts: HashSet<PartId> = answer.parts.iter().copied().collect();
    if !parts.is_subset(&known) {
        return Err(Refusal::NotFound.into());
    }
    let now = clock.now();
    for (sitting, coming) in &answer.sittings {
        let row = rsvp::ActiveModel {
            id: Set(RsvpId::new()),
            invitation_id: Set(who.invitation),
            sitting_id: Set(*sitting),
            coming: Set(Some(*coming)),
            came: Set(None),
            answered_at: Set(Some(now)),
        };
        // Who came is noted by staff and stays.
        let again = OnConflict::columns([rsvp::Column::InvitationId, rsvp::Column::SittingId])
            .update_columns([rsvp::Column::Coming, rsvp::Column::AnsweredAt])
            .to_owned();
        rsvp::Entity::insert(row)
            .on_conflict(again)
            .exec_without_returning(tx)
            .await?;
    }
    rsvp_interest::Entity::delete_many()
        .filter(rsvp_interest::Column::InvitationId.eq(who.invitation))
        .exec(tx)
        .await?;
    if !parts.is_empty() {
        let rows = parts.iter().map(|part| rsvp_interest::ActiveModel {
            invitation_id: Set(who.invitation),
            part_id: Set(*part),
        });
        rsvp_interest::Entity::insert_many(rows)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    let entry = audit::Entry {
        event: Some(who.event),
        actor: who.actor(),
        action: "rsvp.answered",
        subject: ("invitation", Some(who.invitation.uuid())),
        details: serde_json::json!({
            "coming": answer.sittings.iter().filter(|(_, yes)| *yes).count(),
            "not_coming": answer.sittings.iter().filter(|(_, yes)| !*yes).count(),
            "parts": parts.len(),
        }),
    };
    Ok(audit::record(tx, clock, entry).await?)
}
