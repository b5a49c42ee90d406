//! Who comes to which sitting, and what interests them.

use crate::{
    partner::{Error, Refusal, repo},
    seat_mail,
    seats::{self, Hall, Seat},
};
use chrono::NaiveDate;
use db::{
    audit,
    entity::{programme_part, rsvp, rsvp_interest, sitting},
    prelude::*,
    sql::Sql,
};
use domain::{Clock, InvitationId, PartId, RsvpId, SittingId};
use std::collections::{BTreeMap, HashSet};
use web::{App, auth::PartnerSession};

/// An answer to an invitation. A sitting that is not in it stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub sittings: Vec<(SittingId, bool)>,
    /// All parts of the programme that interest them.
    pub parts: Vec<PartId>,
}

/// What became of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Where they stand now whom this answer newly brought into a line.
    pub stands: Vec<(Hall, Seat)>,
    /// Who moved up because of it, and where.
    pub moved: Vec<(Hall, InvitationId)>,
    /// Numbers this answer among all that change a hall.
    turns: Vec<(Hall, i64)>,
}

impl Outcome {
    /// The place on a waiting list that they have to hear of.
    pub fn waits(&self) -> Option<u32> {
        self.stands.iter().find_map(|(_, seat)| match seat {
            Seat::Waits(rank) => Some(*rank),
            Seat::Taken => None,
        })
    }
}

/// Writes the answer with `tx` and tells those whom it concerns. `today` is the day at the event: a sitting that is over
/// cannot be changed.
///
/// # Errors
/// Refused when a sitting is over, or not of their event.
pub async fn answer(
    tx: &impl ConnectionTrait,
    app: &App,
    who: &PartnerSession,
    today: NaiveDate,
    answer: &Answer,
) -> Result<Outcome, Error> {
    let outcome = write(tx, &app.clock, who, today, answer).await?;
    if let Some((first, turn)) = outcome.turns.first() {
        seat_mail::standing(tx, app, who.invitation, &outcome.stands, (*first, *turn)).await?;
    }
    for (hall, moved) in &outcome.moved {
        let turn = outcome
            .turns
            .iter()
            .find(|(h, _)| h == hall)
            .map_or(0, |(_, turn)| *turn);
        seat_mail::moved_up(tx, app, *moved, *hall, turn).await?;
    }
    Ok(outcome)
}

/// The same without a mail.
///
/// # Errors
/// As [`answer`].
pub async fn write(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    who: &PartnerSession,
    today: NaiveDate,
    answer: &Answer,
) -> Result<Outcome, Error> {
    let programme = repo::programme(tx, who.event).await?;
    let parts = checked(&programme, today, answer)?;
    // Halls in one order for everybody: whoever waits for a turn holds none that is later.
    let wanted: BTreeMap<SittingId, bool> = answer.sittings.iter().copied().collect();
    let mut outcome = Outcome::default();
    for (sitting, coming) in &wanted {
        let hall = Hall::Sitting(*sitting);
        let turn = seats::turn(tx, hall).await?;
        outcome.turns.push((hall, turn));
        if say(tx, clock, who.invitation, *sitting, *coming, turn).await? {
            outcome.stands.push((hall, Seat::Taken));
        }
        moved(tx, hall, who.invitation, &mut outcome).await?;
    }
    interests(tx, who.invitation, &parts, &mut outcome).await?;
    for (hall, stands) in &mut outcome.stands {
        *stands = seats::seat(tx, *hall, who.invitation).await?.unwrap_or(Seat::Taken);
    }
    let entry = audit::Entry {
        event: Some(who.event),
        actor: who.actor(),
        action: "rsvp.answered",
        subject: ("invitation", Some(who.invitation.uuid())),
        details: serde_json::json!({
            "coming": wanted.values().filter(|yes| **yes).count(),
            "not_coming": wanted.values().filter(|yes| !**yes).count(),
            "parts": parts.len(),
        }),
    };
    audit::record(tx, clock, entry).await?;
    Ok(outcome)
}

/// The parts that interest them, less those with few places of a sitting to which they do not come.
fn checked(
    programme: &[(sitting::Model, Vec<programme_part::Model>)],
    today: NaiveDate,
    answer: &Answer,
) -> Result<HashSet<PartId>, Error> {
    let mut parts: HashSet<PartId> = answer.parts.iter().copied().collect();
    let known: HashSet<PartId> = programme
        .iter()
        .flat_map(|(_, parts)| parts.iter().map(|p| p.id))
        .collect();
    if !parts.is_subset(&known) {
        return Err(Refusal::NotFound.into());
    }
    for (id, coming) in &answer.sittings {
        let (sitting, its) = programme.iter().find(|(s, _)| s.id == *id).ok_or(Refusal::NotFound)?;
        if sitting.last_day < today {
            return Err(Refusal::Over.into());
        }
        if !coming {
            for few in its.iter().filter(|p| p.capacity.is_some()) {
                parts.remove(&few.id);
            }
        }
    }
    Ok(parts)
}

/// Notes a yes, at the end of the line, or a no; whether it is a yes that was none before.
async fn say(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    who: InvitationId,
    sitting: SittingId,
    coming: bool,
    turn: i64,
) -> Result<bool, Error> {
    let before = rsvp::Entity::find()
        .filter(rsvp::Column::InvitationId.eq(who))
        .filter(rsvp::Column::SittingId.eq(sitting))
        .one(tx)
        .await?;
    let fresh = coming && before.is_none_or(|r| r.coming != Some(true));
    let waits = fresh.then_some(turn);
    let mut sql = Sql::new("INSERT INTO rsvp (id, invitation_id, sitting_id, coming, answered_at, waits) VALUES ");
    sql.add("(")
        .bind(RsvpId::new())
        .add(", ")
        .bind(who)
        .add(", ")
        .bind(sitting)
        .add(", ")
        .bind(coming);
    sql.add(", ").bind(clock.now()).add(", ").bind(waits).add(")");
    // Who came is noted by staff and stays.
    sql.add(" ON CONFLICT (invitation_id, sitting_id) DO UPDATE SET answered_at = excluded.answered_at, waits = CASE");
    sql.add(" WHEN excluded.coming = TRUE AND rsvp.coming = TRUE THEN rsvp.waits ELSE excluded.waits END, coming = excluded.coming");
    tx.execute_raw(sql.statement(tx.get_database_backend())).await?;
    Ok(fresh)
}

async fn moved(tx: &impl ConnectionTrait, hall: Hall, who: InvitationId, outcome: &mut Outcome) -> Result<(), Error> {
    let up = seats::move_up(tx, hall).await?;
    outcome
        .moved
        .extend(up.into_iter().filter(|id| *id != who).map(|id| (hall, id)));
    Ok(())
}

/// Takes them out of the parts that interest them no more, and into the lines of the new ones.
async fn interests(
    tx: &impl ConnectionTrait,
    who: InvitationId,
    wanted: &HashSet<PartId>,
    outcome: &mut Outcome,
) -> Result<(), Error> {
    let there: Vec<PartId> = rsvp_interest::Entity::find()
        .select_only()
        .column(rsvp_interest::Column::PartId)
        .filter(rsvp_interest::Column::InvitationId.eq(who))
        .into_tuple()
        .all(tx)
        .await?;
    let there: HashSet<PartId> = there.into_iter().collect();
    let mut changed: Vec<PartId> = there.symmetric_difference(wanted).copied().collect();
    changed.sort_unstable();
    for part in changed {
        let hall = Hall::Part(part);
        let turn = seats::turn(tx, hall).await?;
        outcome.turns.push((hall, turn));
        rsvp_interest::Entity::delete_many()
            .filter(rsvp_interest::Column::InvitationId.eq(who))
            .filter(rsvp_interest::Column::PartId.eq(part))
            .exec(tx)
            .await?;
        if wanted.contains(&part) {
            let row = rsvp_interest::ActiveModel {
                invitation_id: Set(who),
                part_id: Set(part),
                waits: Set(Some(turn)),
            };
            rsvp_interest::Entity::insert(row).exec_without_returning(tx).await?;
        }
        moved(tx, hall, who, outcome).await?;
        if let Some(Seat::Waits(rank)) = seats::seat(tx, hall, who).await? {
            outcome.stands.push((hall, Seat::Waits(rank)));
        }
    }
    Ok(())
}
