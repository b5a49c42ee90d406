//! Which crew gets the questions about a service; of one event, or of all.

use domain::{EventId, RuleId, ServiceId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "route_rule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RuleId,
    pub event_id: Option<EventId>,
    pub service_id: ServiceId,
    pub crew_service_id: ServiceId,
    pub second_service_id: Option<ServiceId>,
    pub created_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
