//! Ticks at the door. A mark is made on a phone and taken here once, whenever it comes and how often it is sent; what the
//! latest one by time says is whether somebody came.

use crate::{Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use db::{
    audit::{self, Actor},
    entity::{door_mark, entry_code, invitation, rsvp, sitting, walk_in},
    prelude::*,
    sql::Sql,
};
use domain::{Clock, EventId, InvitationId, MarkId, RsvpId, SittingId, StaffId, WalkInId};
use sea_orm::sea_query::OnConflict;
use std::collections::{BTreeSet, HashSet};
use web::App;

/// Marks that one request may bring.
pub const MOST: usize = 500;
/// Characters of a phone's name for itself.
const DEVICE: usize = 40;

/// Somebody came, or did not after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub id: MarkId,
    pub who: InvitationId,
    pub came: bool,
    pub at: DateTime<Utc>,
}

/// Somebody who is on no list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkIn {
    pub id: WalkInId,
    pub name: String,
    pub company: String,
    pub at: DateTime<Utc>,
}

/// Who marks, and with what.
#[derive(Clone, Debug)]
pub struct By {
    pub actor: Actor,
    pub staff: Option<StaffId>,
    /// A phone's name for itself; empty for a page without script.
    pub device: String,
}

impl By {
    pub fn staff(id: StaffId, device: &str) -> Self {
        Self {
            actor: Actor::Staff(id),
            staff: Some(id),
            device: device.chars().filter(|c| !c.is_control()).take(DEVICE).collect(),
        }
    }
}

/// What was new of what was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    pub marks: usize,
    pub walk_ins: usize,
}

/// The sitting, when it is this event's.
///
/// # Errors
/// When it is not.
pub async fn sitting(conn: &impl ConnectionTrait, event: EventId, id: SittingId) -> Result<sitting::Model> {
    let found = sitting::Entity::find_by_id(id).filter(sitting::Column::EventId.eq(event));
    found.one(conn).await?.ok_or(Error::NotFound)
}

/// Takes marks; those that are here already, or about nobody of this event, fall away. A time that is still to come is
/// now: a phone's clock that is ahead must not win for hours.
///
/// # Errors
/// When the event has no such sitting.
pub async fn take(
    tx: &impl ConnectionTrait,
    app: &App,
    by: &By,
    (event, at): (EventId, SittingId),
    marks: &[Mark],
    walk_ins: &[WalkIn],
) -> Result<Taken> {
    let sitting = sitting(tx, event, at).await?.id;
    let now = app.clock.now();
    let known: HashSet<InvitationId> = invitation::Entity::find()
        .select_only()
        .column(invitation::Column::Id)
        .filter(invitation::Column::EventId.eq(event))
        .filter(invitation::Column::Id.is_in(marks.iter().map(|m| m.who)))
        .into_tuple()
        .all(tx)
        .await?
        .into_iter()
        .collect();
    let marks: Vec<&Mark> = marks.iter().filter(|m| known.contains(&m.who)).collect();
    let people: BTreeSet<InvitationId> = marks.iter().map(|m| m.who).collect();
    // Their rows first, in one order: two phones that mark the same people come one after the other.
    for who in &people {
        lock(tx, *who, sitting).await?;
    }
    let mut taken = Taken::default();
    for mark in &marks {
        let row = door_mark::ActiveModel {
            id: Set(mark.id),
            sitting_id: Set(sitting),
            invitation_id: Set(mark.who),
            came: Set(mark.came),
            at: Set(Ord::min(mark.at, now)),
            received_at: Set(now),
            staff_id: Set(by.staff),
            device: Set(by.device.clone()),
        };
        let once = OnConflict::column(door_mark::Column::Id).do_nothing().to_owned();
        let new = door_mark::Entity::insert(row)
            .on_conflict(once)
            .exec_without_returning(tx)
            .await?;
        taken.marks += usize::from(new == 1);
    }
    for who in &people {
        derive(tx, *who, sitting).await?;
    }
    if let Some(staff) = by.staff {
        for guest in walk_ins {
            taken.walk_ins += usize::from(note(tx, guest, sitting, staff, &by.device, now).await?);
        }
    }
    if taken != Taken::default() {
        let entry = audit::Entry {
            event: Some(event),
            actor: by.actor,
            action: "door.marked",
            subject: ("sitting", Some(sitting.uuid())),
            details: serde_json::json!({ "marks": taken.marks, "walk_ins": taken.walk_ins }),
        };
        audit::record(tx, &app.clock, entry).await?;
    }
    Ok(taken)
}

/// The row of who came: made when there is none, and locked.
async fn lock(tx: &impl ConnectionTrait, who: InvitationId, sitting: SittingId) -> Result<()> {
    let mut sql = Sql::new("INSERT INTO rsvp (id, invitation_id, sitting_id) VALUES (");
    sql.bind(RsvpId::new()).add(", ").bind(who).add(", ").bind(sitting);
    sql.add(") ON CONFLICT (invitation_id, sitting_id) DO UPDATE SET came = rsvp.came");
    tx.execute_raw(sql.statement(tx.get_database_backend())).await?;
    Ok(())
}

async fn derive(tx: &impl ConnectionTrait, who: InvitationId, sitting: SittingId) -> Result<()> {
    let last = door_mark::Entity::find()
        .filter(door_mark::Column::SittingId.eq(sitting))
        .filter(door_mark::Column::InvitationId.eq(who))
        .order_by_desc(door_mark::Column::At)
        .order_by_desc(door_mark::Column::Id)
        .one(tx)
        .await?;
    let Some(last) = last else { return Ok(()) };
    rsvp::Entity::update_many()
        .col_expr(rsvp::Column::Came, Expr::value(last.came))
        .filter(rsvp::Column::InvitationId.eq(who))
        .filter(rsvp::Column::SittingId.eq(sitting))
        .exec(tx)
        .await?;
    Ok(())
}

async fn note(
    tx: &impl ConnectionTrait,
    guest: &WalkIn,
    sitting: SittingId,
    staff: StaffId,
    device: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let row = walk_in::ActiveModel {
        id: Set(guest.id),
        sitting_id: Set(sitting),
        name: Set(guest.name.clone()),
        company: Set(guest.company.clone()),
        at: Set(Ord::min(guest.at, now)),
        received_at: Set(now),
        staff_id: Set(staff),
        device: Set(device.to_owned()),
        invitation_id: Set(None),
    };
    let once = OnConflict::column(walk_in::Column::Id).do_nothing().to_owned();
    let new = walk_in::Entity::insert(row)
        .on_conflict(once)
        .exec_without_returning(tx)
        .await?;
    Ok(new == 1)
}

/// Says who a walk-in was: they came, at the time at which they stood at the door.
///
/// # Errors
/// When there is no such note or person; refused when it was said before.
pub async fn matched(
    tx: &impl ConnectionTrait,
    app: &App,
    by: &By,
    at: (EventId, SittingId),
    guest: WalkInId,
    who: InvitationId,
) -> Result<()> {
    let row = walk_in::Entity::find_by_id(guest).filter(walk_in::Column::SittingId.eq(at.1));
    let row = row.one(tx).await?.ok_or(Error::NotFound)?;
    let invited = invitation::Entity::find_by_id(who).filter(invitation::Column::EventId.eq(at.0));
    invited.one(tx).await?.ok_or(Error::NotFound)?;
    let done = walk_in::Entity::update_many()
        .col_expr(walk_in::Column::InvitationId, Expr::value(who))
        .filter(walk_in::Column::Id.eq(guest))
        .filter(walk_in::Column::InvitationId.is_null())
        .exec(tx)
        .await?;
    if done.rows_affected != 1 {
        return Err(Error::refused("door-matched-before"));
    }
    let mark = Mark {
        id: MarkId::from_uuid(guest.uuid()),
        who,
        came: true,
        at: row.at,
    };
    take(tx, app, by, at, &[mark], &[]).await?;
    Ok(())
}

/// Who came without being on a list, in the order of time.
///
/// # Errors
/// When the database refuses.
pub async fn walk_ins(conn: &impl ConnectionTrait, sitting: SittingId) -> Result<Vec<walk_in::Model>> {
    Ok(walk_in::Entity::find()
        .filter(walk_in::Column::SittingId.eq(sitting))
        .order_by_asc(walk_in::Column::At)
        .order_by_asc(walk_in::Column::Id)
        .all(conn)
        .await?)
}

/// Days after a sitting for which it stays known when, and on which phone, somebody was ticked off.
const KEPT: TimeDelta = TimeDelta::days(90);

/// Lets go of codes, marks and notes of sittings that are long over. Whether somebody came stays with their reply.
///
/// # Errors
/// When the database refuses.
pub async fn forget(tx: &impl ConnectionTrait, clock: &Clock) -> std::result::Result<(), db::Error> {
    let over: Vec<SittingId> = sitting::Entity::find()
        .select_only()
        .column(sitting::Column::Id)
        .filter(sitting::Column::LastDay.lt((clock.now() - KEPT).date_naive()))
        .into_tuple()
        .all(tx)
        .await?;
    entry_code::Entity::delete_many()
        .filter(entry_code::Column::SittingId.is_in(over.clone()))
        .exec(tx)
        .await?;
    door_mark::Entity::delete_many()
        .filter(door_mark::Column::SittingId.is_in(over.clone()))
        .exec(tx)
        .await?;
    walk_in::Entity::delete_many()
        .filter(walk_in::Column::SittingId.is_in(over))
        .exec(tx)
        .await?;
    Ok(())
}
