//! A sitting of an event: days and a place (회차).

use domain::{EventId, SittingId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sitting")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SittingId,
    pub event_id: EventId,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    #[sea_orm(column_type = "Text")]
    pub title_en: String,
    #[sea_orm(column_type = "Text")]
    pub place: String,
    #[sea_orm(column_type = "Text")]
    pub place_en: String,
    pub first_day: Date,
    pub last_day: Date,
    pub position: i32,
    /// How many can come; none: all who want.
    pub capacity: Option<i32>,
    /// So many days before it those who come get their code; none: no such mail.
    pub remind_days: Option<i32>,
    /// How often it was changed, for calendars.
    pub sequence: i32,
    /// How often somebody took their place in its line.
    pub turn: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::event::Entity",
        from = "Column::EventId",
        to = "super::event::Column::Id"
    )]
    Event,
}

impl Related<super::event::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Event.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
