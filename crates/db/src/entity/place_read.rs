//! How often the code at a place was opened on a day, and nothing of who did.

use domain::PlaceId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "place_read")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub place_id: PlaceId,
    /// By UTC.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    pub reads: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::place::Entity",
        from = "Column::PlaceId",
        to = "super::place::Column::Id"
    )]
    Place,
}

impl ActiveModelBehavior for ActiveModel {}
