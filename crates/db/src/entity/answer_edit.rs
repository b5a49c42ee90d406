//! Who edited an answer last.

use domain::{AnswerId, StaffId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "answer_edit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub answer_id: AnswerId,
    pub staff_id: StaffId,
    pub edited_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
