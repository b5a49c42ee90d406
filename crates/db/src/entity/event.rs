//! One event: one conversation (행사).

use domain::EventId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    #[sea_orm(column_type = "Text")]
    pub slug: String,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    #[sea_orm(column_type = "Text")]
    pub title_en: String,
    #[sea_orm(column_type = "Text")]
    pub host_name: String,
    #[sea_orm(column_type = "Text")]
    pub host_name_en: String,
    #[sea_orm(column_type = "Text")]
    pub intro: String,
    #[sea_orm(column_type = "Text")]
    pub intro_en: String,
    #[sea_orm(column_type = "Text")]
    pub time_zone: String,
    pub opens_at: DateTimeUtc,
    pub closes_at: DateTimeUtc,
    pub live_places: i32,
    pub reverse_places: i32,
    pub max_questions: i32,
    pub answer_days: i32,
    pub created_at: DateTimeUtc,
    /// Of the telephones' address in the hall; stays when the page is closed.
    #[sea_orm(column_type = "Text", nullable)]
    pub hall_code: Option<String>,
    /// Since when the telephones see the stage; `None` while their page is closed.
    pub hall_from: Option<DateTimeUtc>,
    /// Until when questions from the hall are taken, whatever the event's deadline was.
    pub hall_asks_until: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
