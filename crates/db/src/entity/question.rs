//! A question of a partner (질문). `ordinal` is its place among its asker's questions: a unique index makes the limit hold.

use domain::{
    EventId, InvitationId, Lang, QuestionId, ServiceId, StaffId, state::question::Naming, state::question::Prefers,
    state::question::QuestionState,
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "question")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: QuestionId,
    pub event_id: EventId,
    pub invitation_id: InvitationId,
    pub service_id: ServiceId,
    pub number: Option<i32>,
    pub ordinal: Option<i32>,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub lang: Lang,
    pub prefers: Prefers,
    pub naming: Naming,
    pub state: QuestionState,
    pub merged_into: Option<QuestionId>,
    #[sea_orm(column_type = "Text")]
    pub decline_reason: Option<String>,
    pub entered_by: Option<StaffId>,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub received_at: Option<DateTimeUtc>,
    pub updated_at: DateTimeUtc,
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
        belongs_to = "super::invitation::Entity",
        from = "Column::InvitationId",
        to = "super::invitation::Column::Id"
    )]
    Invitation,
    #[sea_orm(
        belongs_to = "super::service::Entity",
        from = "Column::ServiceId",
        to = "super::service::Column::Id"
    )]
    Service,
    #[sea_orm(belongs_to = "Entity", from = "Column::MergedInto", to = "Column::Id")]
    MergedInto,
    #[sea_orm(
        belongs_to = "super::staff::Entity",
        from = "Column::EnteredBy",
        to = "super::staff::Column::Id"
    )]
    EnteredBy,
}

impl Related<super::event::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Event.def()
    }
}

impl Related<super::invitation::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Invitation.def()
    }
}

impl Related<super::service::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Service.def()
    }
}

impl Related<super::staff::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::EnteredBy.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
