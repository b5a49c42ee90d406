//! Crew members: who answers for a service by mail.

use crate::{Error, Result, staff::deed};
use chrono::NaiveDate;
use db::{
    audit::{self, Actor},
    conflict,
    entity::{crew_address, crew_member},
    prelude::*,
};
use domain::{Clock, CrewAddressId, CrewMemberId, EmailAddress, ServiceId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCrewMember {
    pub nickname: Option<String>,
    pub name: String,
    pub team: Option<String>,
    pub email: EmailAddress,
    pub is_lead: bool,
}

/// Adds somebody to the crew of a service. Roll the transaction back when this fails.
///
/// # Errors
/// Refused when somebody with this address is in the crew already.
pub async fn add(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    actor: Actor,
    service: ServiceId,
    new: NewCrewMember,
) -> Result<CrewMemberId> {
    let id = CrewMemberId::new();
    if new.is_lead {
        nobody_leads(tx, service).await?;
    }
    let row = crew_member::ActiveModel {
        id: Set(id),
        service_id: Set(service),
        nickname: Set(new.nickname),
        name: Set(new.name),
        team: Set(new.team),
        email: Set(new.email),
        is_lead: Set(new.is_lead),
        absent_from: Set(None),
        absent_until: Set(None),
        deputy_id: Set(None),
        removed_at: Set(None),
        created_at: Set(clock.now()),
    };
    taken(crew_member::Entity::insert(row).exec_without_returning(tx).await)?;
    audit::record(tx, clock, deed(None, actor, "crew.added", ("crew_member", id.uuid()))).await?;
    Ok(id)
}

/// # Errors
/// When the service has no such member; refused when another one has the address: roll the transaction back then.
pub async fn change(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    actor: Actor,
    service: ServiceId,
    id: CrewMemberId,
    new: NewCrewMember,
) -> Result<()> {
    if new.is_lead {
        nobody_leads(tx, service).await?;
    }
    let update = crew_member::Entity::update_many()
        .col_expr(crew_member::Column::Nickname, Expr::value(new.nickname))
        .col_expr(crew_member::Column::Name, Expr::value(new.name))
        .col_expr(crew_member::Column::Team, Expr::value(new.team))
        .col_expr(crew_member::Column::Email, Expr::value(new.email))
        .col_expr(crew_member::Column::IsLead, Expr::value(new.is_lead))
        .filter(active(service))
        .filter(crew_member::Column::Id.eq(id));
    if taken(update.exec(tx).await)?.rows_affected != 1 {
        return Err(Error::NotFound);
    }
    audit::record(tx, clock, deed(None, actor, "crew.changed", ("crew_member", id.uuid()))).await?;
    Ok(())
}

/// When somebody is away, and who gets their questions meanwhile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Absence {
    pub from: Option<NaiveDate>,
    /// The last day; none: until further notice.
    pub until: Option<NaiveDate>,
    pub deputy: Option<CrewMemberId>,
}

/// # Errors
/// When the service has no such member; refused when the days are the wrong way round or the deputy is not there.
pub async fn absent(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    actor: Actor,
    service: ServiceId,
    id: CrewMemberId,
    absence: Absence,
) -> Result<()> {
    if absence.until.is_some() && (absence.from.is_none() || absence.until < absence.from) {
        return Err(Error::refused("st-absent-days"));
    }
    if let Some(deputy) = absence.deputy {
        let there = crew_member::Entity::find_by_id(deputy).filter(crew_member::Column::RemovedAt.is_null());
        if deputy == id || there.one(tx).await?.is_none() {
            return Err(Error::refused("st-absent-deputy"));
        }
    }
    let before = crew_member::Entity::find_by_id(id)
        .filter(active(service))
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    let was = Absence {
        from: before.absent_from,
        until: before.absent_until,
        deputy: before.deputy_id,
    };
    if was == absence {
        return Ok(());
    }
    crew_member::Entity::update_many()
        .col_expr(crew_member::Column::AbsentFrom, Expr::value(absence.from))
        .col_expr(crew_member::Column::AbsentUntil, Expr::value(absence.until))
        .col_expr(crew_member::Column::DeputyId, Expr::value(absence.deputy))
        .filter(active(service))
        .filter(crew_member::Column::Id.eq(id))
        .exec(tx)
        .await?;
    let mut entry = deed(None, actor, "crew.absence", ("crew_member", id.uuid()));
    entry.details = serde_json::json!({ "from": absence.from, "until": absence.until, "deputy": absence.deputy });
    audit::record(tx, clock, entry).await?;
    Ok(())
}

/// The other addresses from which this member may answer, the oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn addresses(conn: &impl ConnectionTrait, id: CrewMemberId) -> Result<Vec<crew_address::Model>> {
    Ok(crew_address::Entity::find()
        .filter(crew_address::Column::CrewMemberId.eq(id))
        .order_by_asc(crew_address::Column::Id)
        .all(conn)
        .await?)
}

/// The address is theirs no longer: what comes from it is held again. One that is gone already stays gone.
///
/// # Errors
/// When the service has no such member.
pub async fn drop_address(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    actor: Actor,
    service: ServiceId,
    id: CrewMemberId,
    address: CrewAddressId,
) -> Result<()> {
    let member = crew_member::Entity::find_by_id(id).filter(active(service));
    if member.one(tx).await?.is_none() {
        return Err(Error::NotFound);
    }
    let gone = crew_address::Entity::delete_many()
        .filter(crew_address::Column::Id.eq(address))
        .filter(crew_address::Column::CrewMemberId.eq(id))
        .exec(tx)
        .await?;
    if gone.rows_affected == 1 {
        let entry = deed(None, actor, "crew.address_removed", ("crew_member", id.uuid()));
        audit::record(tx, clock, entry).await?;
    }
    Ok(())
}

/// Takes somebody out of the crew; what they answered stays theirs, and their replies are refused from now on.
///
/// # Errors
/// When the service has no such member.
pub async fn remove(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    actor: Actor,
    service: ServiceId,
    id: CrewMemberId,
) -> Result<()> {
    let done = crew_member::Entity::update_many()
        .col_expr(crew_member::Column::RemovedAt, Expr::value(clock.now()))
        .col_expr(crew_member::Column::IsLead, Expr::value(false))
        .filter(active(service))
        .filter(crew_member::Column::Id.eq(id))
        .exec(tx)
        .await?;
    if done.rows_affected != 1 {
        return Err(Error::NotFound);
    }
    audit::record(tx, clock, deed(None, actor, "crew.removed", ("crew_member", id.uuid()))).await?;
    Ok(())
}

fn active(service: ServiceId) -> Condition {
    Condition::all()
        .add(crew_member::Column::ServiceId.eq(service))
        .add(crew_member::Column::RemovedAt.is_null())
}

/// A crew has one lead: the next one takes over.
async fn nobody_leads(tx: &impl ConnectionTrait, service: ServiceId) -> Result<()> {
    crew_member::Entity::update_many()
        .col_expr(crew_member::Column::IsLead, Expr::value(false))
        .filter(active(service))
        .filter(crew_member::Column::IsLead.eq(true))
        .exec(tx)
        .await?;
    Ok(())
}

fn taken<T>(result: Result<T, sea_orm::DbErr>) -> Result<T> {
    result.map_err(|error| match conflict(&error) {
        Some(db::Conflict::Unique) => Error::refused("st-crew-taken"),
        Some(db::Conflict::ForeignKey) => Error::NotFound,
        None => error.into(),
    })
}
