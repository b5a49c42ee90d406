//! Staff accounts.

use crate::Error;
use db::{
    audit::{self, Actor},
    entity::staff,
    prelude::*,
};
use domain::{
    Clock, EmailAddress, StaffId,
    role::{self, Role},
};
use sea_orm::sea_query::OnConflict;

/// An account to be made; the password is hashed by `web::password::hash` before the transaction begins.
#[derive(Clone, Debug)]
pub struct NewStaff {
    pub email: EmailAddress,
    pub name: String,
    pub roles: Vec<Role>,
    pub password_hash: String,
}

/// Makes an account.
///
/// # Errors
/// [`Error::Taken`] when another account has the address.
pub async fn create(tx: &impl ConnectionTrait, clock: &Clock, by: Actor, new: NewStaff) -> Result<StaffId, Error> {
    let id = StaffId::new();
    let roles = role::join(&new.roles);
    let row = staff::ActiveModel {
        id: Set(id),
        email: Set(new.email),
        name: Set(new.name),
        password_hash: Set(new.password_hash),
        roles: Set(roles.clone()),
        disabled_at: Set(None),
        created_at: Set(clock.now()),
    };
    let inserted = staff::Entity::insert(row)
        .on_conflict(OnConflict::column(staff::Column::Email).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    if inserted == 0 {
        return Err(Error::Taken);
    }
    note(
        tx,
        clock,
        by,
        "staff.created",
        id,
        serde_json::json!({ "roles": roles }),
    )
    .await?;
    Ok(id)
}

/// Sets name and roles.
///
/// # Errors
/// [`Error::LastAdministrator`] when nobody would be left who can manage accounts.
pub async fn update(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    by: Actor,
    id: StaffId,
    name: String,
    roles: &[Role],
) -> Result<(), Error> {
    let roles_text = role::join(roles);
    let result = staff::Entity::update_many()
        .col_expr(staff::Column::Name, Expr::value(name))
        .col_expr(staff::Column::Roles, Expr::value(roles_text.clone()))
        .filter(staff::Column::Id.eq(id))
        .exec(tx)
        .await?;
    if result.rows_affected == 0 {
        return Err(Error::NoAccount);
    }
    someone_is_left(tx).await?;
    note(
        tx,
        clock,
        by,
        "staff.updated",
        id,
        serde_json::json!({ "roles": roles_text }),
    )
    .await
}

/// Closes an account, which ends its sessions, or opens it again.
///
/// # Errors
/// [`Error::LastAdministrator`] when nobody would be left who can manage accounts.
pub async fn set_disabled(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    by: Actor,
    id: StaffId,
    disabled: bool,
) -> Result<(), Error> {
    let at = disabled.then(|| clock.now());
    let result = staff::Entity::update_many()
        .col_expr(staff::Column::DisabledAt, Expr::value(at))
        .filter(staff::Column::Id.eq(id))
        .exec(tx)
        .await?;
    if result.rows_affected == 0 {
        return Err(Error::NoAccount);
    }
    someone_is_left(tx).await?;
    let action = if disabled { "staff.disabled" } else { "staff.enabled" };
    note(tx, clock, by, action, id, serde_json::json!({})).await
}

/// Sets a new password, which ends the sessions that began with the old one.
///
/// # Errors
/// [`Error::NoAccount`] when there is none.
pub async fn set_password(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    by: Actor,
    id: StaffId,
    password_hash: String,
) -> Result<(), Error> {
    let result = staff::Entity::update_many()
        .col_expr(staff::Column::PasswordHash, Expr::value(password_hash))
        .filter(staff::Column::Id.eq(id))
        .exec(tx)
        .await?;
    if result.rows_affected == 0 {
        return Err(Error::NoAccount);
    }
    note(tx, clock, by, "staff.password_set", id, serde_json::json!({})).await
}

/// A password that can be read out: four groups of four without look-alikes, 80 bits.
pub fn one_time_password() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789x";
    let octets: [u8; 16] = rand::random();
    let letters: Vec<char> = octets
        .iter()
        .map(|o| char::from(LETTERS[usize::from(o % 32)]))
        .collect();
    letters
        .chunks(4)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

async fn someone_is_left(tx: &impl ConnectionTrait) -> Result<(), Error> {
    let open = staff::Entity::find()
        .filter(staff::Column::DisabledAt.is_null())
        .all(tx)
        .await?;
    if open
        .iter()
        .any(|a| role::split(&a.roles).contains(&Role::Administrator))
    {
        Ok(())
    } else {
        Err(Error::LastAdministrator)
    }
}

async fn note(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    actor: Actor,
    action: &'static str,
    id: StaffId,
    details: serde_json::Value,
) -> Result<(), Error> {
    let subject = ("staff", Some(id.uuid()));
    audit::record(
        tx,
        clock,
        audit::Entry {
            event: None,
            actor,
            action,
            subject,
            details,
        },
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_one_time_password_is_long_enough_to_sign_in_with() {
        let password = super::one_time_password();
        assert_eq!(password.len(), 19);
        assert!(web::password::check(&password.into()).is_ok());
    }
}
