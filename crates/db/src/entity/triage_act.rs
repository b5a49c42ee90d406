//! One step of triage about one question: which decision it dropped, and which it made instead.

use domain::{ActId, DecisionId, EventId, QuestionId, StaffId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "triage_act")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ActId,
    pub event_id: EventId,
    /// Its place among the acts of its event, in the order of commits.
    pub seq: i64,
    pub question_id: QuestionId,
    /// None: a reserve moved up by itself.
    pub staff_id: Option<StaffId>,
    pub at: DateTimeUtc,
    pub dropped: Option<DecisionId>,
    pub made: Option<DecisionId>,
    /// The act that this one takes back, or does again.
    pub undoes: Option<ActId>,
    /// The act that freed the place into which a reserve moved.
    pub because: Option<ActId>,
    /// Whether it takes back; an undo that is undone does again.
    pub back: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
