//! This database itself; one row.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "installation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub one: i32,
    #[sea_orm(column_type = "Text")]
    pub mark: String,
    /// Goes up while mails are sent.
    pub beat: i64,
    /// Nothing is sent from here on, until somebody says so.
    pub held_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text")]
    pub held_why: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
