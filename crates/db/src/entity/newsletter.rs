//! The mail about an issue, to those who agreed to get it.

use domain::{IssueId, NewsletterId, PartnerId, StaffId, state::newsletter::NewsletterState};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "newsletter")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NewsletterId,
    pub issue_id: IssueId,
    #[sea_orm(column_type = "Text")]
    pub subject: String,
    #[sea_orm(column_type = "Text")]
    pub words: String,
    #[sea_orm(column_type = "Text")]
    pub subject_en: String,
    #[sea_orm(column_type = "Text")]
    pub words_en: String,
    /// Who sends it, and how they are reached: the law asks for both.
    #[sea_orm(column_type = "Text")]
    pub sender: String,
    #[sea_orm(column_type = "Text")]
    pub contact: String,
    pub state: NewsletterState,
    pub send_at: Option<DateTimeUtc>,
    /// The last partner whose mail was put; partners are taken in the order of their ids.
    pub reached: Option<PartnerId>,
    pub mails: i32,
    pub staff_id: StaffId,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
