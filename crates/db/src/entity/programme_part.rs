//! A part of a sitting's programme.

use domain::{PartId, SittingId, state::people::PartKind};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "programme_part")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PartId,
    pub sitting_id: SittingId,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    #[sea_orm(column_type = "Text")]
    pub title_en: String,
    pub kind: PartKind,
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    #[sea_orm(column_type = "Text")]
    pub place: String,
    #[sea_orm(column_type = "Text")]
    pub place_en: String,
    /// How many can take part; none: all who want.
    pub capacity: Option<i32>,
    /// How often it was changed, for calendars.
    pub sequence: i32,
    /// How often somebody took their place in its line.
    pub turn: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::sitting::Entity",
        from = "Column::SittingId",
        to = "super::sitting::Column::Id"
    )]
    Sitting,
}

impl Related<super::sitting::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Sitting.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
