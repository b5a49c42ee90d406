//! A place where printed copies of an issue lie: a shop, a station, an office.

use domain::{IssueId, PlaceId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "place")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PlaceId,
    pub issue_id: IssueId,
    /// The last part of the address that its code leads to. It opens nothing that is not open.
    #[sea_orm(column_type = "Text")]
    pub code: String,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub address: String,
    /// Printed copies that go there.
    pub copies: i32,
    #[sea_orm(column_type = "Text")]
    pub note: String,
    pub version: i32,
    pub created_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
