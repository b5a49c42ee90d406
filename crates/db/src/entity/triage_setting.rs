//! How an event's triage is done; the defaults hold while there is no row.

use domain::EventId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "triage_setting")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: EventId,
    /// Moderators see neither name nor company.
    pub blind: bool,
    /// Others' scores show after one's own.
    pub own_first: bool,
    pub frozen_at: Option<DateTimeUtc>,
    pub freeze_at: Option<DateTimeUtc>,
    /// Most places of one company, and of one service, that a proposal takes.
    pub max_per_company: i32,
    pub max_per_service: i32,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
