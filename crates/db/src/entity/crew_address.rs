//! Another address from which a crew member may answer: staff confirmed that it is theirs.

use domain::{CrewAddressId, CrewMemberId, EmailAddress, IncomingId, StaffId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "crew_address")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CrewAddressId,
    pub crew_member_id: CrewMemberId,
    pub email: EmailAddress,
    /// The mail by which it became known.
    pub incoming_id: Option<IncomingId>,
    pub confirmed_by: StaffId,
    pub confirmed_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::crew_member::Entity",
        from = "Column::CrewMemberId",
        to = "super::crew_member::Column::Id"
    )]
    CrewMember,
}

impl Related<super::crew_member::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::CrewMember.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
