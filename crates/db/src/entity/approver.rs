//! Somebody who is quoted in an article.

use domain::{ApproverId, ArticleId, CrewMemberId, InvitationId, SpeakerId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "approver")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApproverId,
    pub article_id: ArticleId,
    /// One of the three.
    pub invitation_id: Option<InvitationId>,
    pub speaker_id: Option<SpeakerId>,
    pub crew_member_id: Option<CrewMemberId>,
    /// When they were written to last.
    pub asked_at: Option<DateTimeUtc>,
    /// Reminders since then.
    pub reminders: i32,
    pub created_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
