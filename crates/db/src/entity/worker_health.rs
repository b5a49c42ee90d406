//! What the sender last knew of the outbox; one row a worker.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "worker_health")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub name: String,
    pub at: DateTimeUtc,
    pub waiting: i32,
    pub uncertain: i32,
    pub failed: i32,
    pub oldest_at: Option<DateTimeUtc>,
    pub paused: bool,
    #[sea_orm(column_type = "Text")]
    pub last_error: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
