//! Fields of partners' business.

use crate::{Error, Result, staff::deed};
use db::{
    audit::{self, Actor},
    conflict,
    entity::field,
    prelude::*,
};
use domain::{Clock, FieldId};
use sea_orm::sea_query::OnConflict;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewField {
    pub name: String,
    pub name_en: String,
}

/// Adds a field after those that are there.
///
/// # Errors
/// Refused when another one has its name.
pub async fn add(tx: &impl ConnectionTrait, clock: &Clock, actor: Actor, new: NewField) -> Result<FieldId> {
    let id = FieldId::new();
    let before = field::Entity::find().count(tx).await?;
    let row = field::ActiveModel {
        id: Set(id),
        name: Set(new.name),
        name_en: Set(new.name_en),
        position: Set(i32::try_from(before).unwrap_or(i32::MAX).saturating_add(1)),
    };
    let inserted = field::Entity::insert(row)
        .on_conflict(OnConflict::column(field::Column::Name).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    if inserted == 0 {
        return Err(Error::refused("error-taken"));
    }
    audit::record(tx, clock, deed(None, actor, "field.added", ("field", id.uuid()))).await?;
    Ok(id)
}

/// # Errors
/// When there is no such field; refused when another one has its name: roll the transaction back then.
pub async fn change(tx: &impl ConnectionTrait, clock: &Clock, actor: Actor, id: FieldId, new: NewField) -> Result<()> {
    let update = field::Entity::update_many()
        .col_expr(field::Column::Name, Expr::value(new.name))
        .col_expr(field::Column::NameEn, Expr::value(new.name_en))
        .filter(field::Column::Id.eq(id));
    match update.exec(tx).await {
        Ok(done) if done.rows_affected == 1 => {}
        Ok(_) => return Err(Error::NotFound),
        Err(error) if conflict(&error).is_some() => return Err(Error::refused("error-taken")),
        Err(error) => return Err(error.into()),
    }
    audit::record(tx, clock, deed(None, actor, "field.changed", ("field", id.uuid()))).await?;
    Ok(())
}
