//! An article (글). `snapshot` is what readers see, frozen when it was published.

use domain::{ArticleId, EventId, Lang, state::article::ArticleState};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "article")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ArticleId,
    pub event_id: EventId,
    #[sea_orm(column_type = "Text")]
    pub slug: String,
    pub lang: Lang,
    #[sea_orm(column_type = "Text")]
    pub title: String,
    #[sea_orm(column_type = "Text")]
    pub standfirst: String,
    #[sea_orm(column_type = "Text")]
    pub keywords: String,
    pub state: ArticleState,
    #[sea_orm(column_type = "JsonBinary")]
    pub snapshot: Option<Json>,
    pub publish_at: Option<DateTimeUtc>,
    pub published_at: Option<DateTimeUtc>,
    pub corrected_at: Option<DateTimeUtc>,
    pub version: i32,
    /// Readers may comment.
    pub comments: bool,
    /// Links to a preview bear it; the next one makes them worthless.
    pub preview_version: i32,
    pub preview_until: Option<DateTimeUtc>,
    /// It stands in an issue that is hidden, and is hidden with it.
    pub hidden: bool,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::event::Entity",
        from = "Column::EventId",
        to = "super::event::Column::Id"
    )]
    Event,
}

impl Related<super::event::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Event.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
