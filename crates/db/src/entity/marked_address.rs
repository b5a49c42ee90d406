//! An address that no longer takes our mail, with the reason in the server's own words.

use domain::{IncomingId, OutgoingId, StaffId, state::mail::MarkCause};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "marked_address")]
pub struct Model {
    /// Lower-case.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub email: String,
    pub cause: MarkCause,
    /// RFC 3463, such as `5.1.1`.
    #[sea_orm(column_type = "Text")]
    pub status: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub words: String,
    /// The mail of ours that showed it last, and the report that said so.
    pub outgoing_id: Option<OutgoingId>,
    pub incoming_id: Option<IncomingId>,
    pub times: i32,
    pub first_at: DateTimeUtc,
    pub marked_at: DateTimeUtc,
    /// Somebody has seen to it; the next report opens it again.
    pub settled_at: Option<DateTimeUtc>,
    pub settled_by: Option<StaffId>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
