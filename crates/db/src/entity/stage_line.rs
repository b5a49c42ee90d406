//! One line of a run of show: a question, a question asked back, or neither: a pause.

use domain::{LineId, QuestionId, ReverseId, SheetId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stage_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LineId,
    pub sheet_id: SheetId,
    pub position: i32,
    pub question_id: Option<QuestionId>,
    pub reverse_id: Option<ReverseId>,
    /// What a pause is called.
    #[sea_orm(column_type = "Text")]
    pub title: String,
    pub minutes: i32,
    /// Who hands the microphone.
    #[sea_orm(column_type = "Text")]
    pub microphone: String,
    /// The moderators' word to who speaks.
    #[sea_orm(column_type = "Text")]
    pub note: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
