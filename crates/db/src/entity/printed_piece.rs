//! A piece of a file, from 0 on: all in order are its bytes.

use domain::PrintedId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "printed_piece")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub printed_id: PrintedId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub n: i32,
    #[sea_orm(column_type = "Blob")]
    pub bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
