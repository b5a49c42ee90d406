//! Someone who answers for a service by mail; may serve several services, one row each.

use domain::{CrewMemberId, EmailAddress, ServiceId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "crew_member")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CrewMemberId,
    pub service_id: ServiceId,
    #[sea_orm(column_type = "Text")]
    pub nickname: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub team: Option<String>,
    pub email: EmailAddress,
    pub is_lead: bool,
    /// The first and the last day of an absence, by the calendar of the event that asks; without an end, until further
    /// notice.
    pub absent_from: Option<Date>,
    pub absent_until: Option<Date>,
    /// Gets the questions meanwhile.
    pub deputy_id: Option<CrewMemberId>,
    pub removed_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::service::Entity",
        from = "Column::ServiceId",
        to = "super::service::Column::Id"
    )]
    Service,
}

impl Related<super::service::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Service.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
