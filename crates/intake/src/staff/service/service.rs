//! The host's services.

use crate::{Error, Result, staff::deed};
use db::{
    audit::{self, Actor},
    conflict,
    entity::service,
    prelude::*,
};
use domain::{Clock, ServiceId};
use sea_orm::sea_query::OnConflict;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewService {
    pub name: String,
    pub name_en: String,
    pub blurb: String,
    pub blurb_en: String,
}

impl NewService {
    fn model(self) -> service::ActiveModel {
        service::ActiveModel {
            id: NotSet,
            name: Set(self.name),
            name_en: Set(self.name_en),
            blurb: Set(self.blurb),
            blurb_en: Set(self.blurb_en),
            position: NotSet,
        }
    }
}

/// Adds a service after those that are there.
///
/// # Errors
/// Refused when another one has its name.
pub async fn add(tx: &impl ConnectionTrait, clock: &Clock, actor: Actor, new: NewService) -> Result<ServiceId> {
    let id = ServiceId::new();
    let before = service::Entity::find().count(tx).await?;
    let mut row = new.model();
    row.id = Set(id);
    row.position = Set(i32::try_from(before).unwrap_or(i32::MAX).saturating_add(1));
    let inserted = service::Entity::insert(row)
        .on_conflict(OnConflict::column(service::Column::Name).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    if inserted == 0 {
        return Err(Error::refused("error-taken"));
    }
    audit::record(tx, clock, deed(None, actor, "service.added", ("service", id.uuid()))).await?;
    Ok(id)
}

/// # Errors
/// When there is no such service; refused when another one has its name: roll the transaction back then.
pub async fn change(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    actor: Actor,
    id: ServiceId,
    new: NewService,
) -> Result<()> {
    let update = service::Entity::update_many()
        .set(new.model())
        .filter(service::Column::Id.eq(id));
    match update.exec(tx).await {
        Ok(done) if done.rows_affected == 1 => {}
        Ok(_) => return Err(Error::NotFound),
        Err(error) if conflict(&error).is_some() => return Err(Error::refused("error-taken")),
        Err(error) => return Err(error.into()),
    }
    audit::record(tx, clock, deed(None, actor, "service.changed", ("service", id.uuid()))).await?;
    Ok(())
}
