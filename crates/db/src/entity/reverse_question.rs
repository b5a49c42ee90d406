//! A question that the host asks back (역질문).

use domain::{CrewMemberId, EventId, Lang, ReverseId, ServiceId, SpeakerId, StaffId, state::question::ReverseState};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reverse_question")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReverseId,
    pub event_id: EventId,
    pub service_id: Option<ServiceId>,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub lang: Lang,
    pub state: ReverseState,
    pub place: Option<i32>,
    pub crew_member_id: Option<CrewMemberId>,
    pub speaker_id: Option<SpeakerId>,
    pub staff_id: Option<StaffId>,
    pub version: i32,
    pub created_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::event::Entity",
        from = "Column::EventId",
        to = "super::event::Column::Id"
    )]
    Event,
    #[sea_orm(
        belongs_to = "super::service::Entity",
        from = "Column::ServiceId",
        to = "super::service::Column::Id"
    )]
    Service,
    #[sea_orm(
        belongs_to = "super::crew_member::Entity",
        from = "Column::CrewMemberId",
        to = "super::crew_member::Column::Id"
    )]
    CrewMember,
    #[sea_orm(
        belongs_to = "super::speaker::Entity",
        from = "Column::SpeakerId",
        to = "super::speaker::Column::Id"
    )]
    Speaker,
    #[sea_orm(
        belongs_to = "super::staff::Entity",
        from = "Column::StaffId",
        to = "super::staff::Column::Id"
    )]
    Staff,
}

impl Related<super::event::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Event.def()
    }
}

impl Related<super::service::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Service.def()
    }
}

impl Related<super::crew_member::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::CrewMember.def()
    }
}

impl Related<super::speaker::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Speaker.def()
    }
}

impl Related<super::staff::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Staff.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
