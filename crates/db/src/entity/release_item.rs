//! One decision that a release is about, in its order.

use domain::{DecisionId, ReleaseId, state::release::ItemState};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "release_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub release_id: ReleaseId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub decision_id: DecisionId,
    pub position: i32,
    pub state: ItemState,
    #[sea_orm(column_type = "Text")]
    pub why: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
