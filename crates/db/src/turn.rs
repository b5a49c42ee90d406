//! The turn in which the decisions of one event are made.

use crate::entity::{shortlist, triage_act};
use chrono::{DateTime, Utc};
use domain::{ActId, DecisionId, EventId, QuestionId, StaffId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryTrait,
    sea_query::{Expr, OnConflict},
};

/// Takes the event's turn and gives the number of the act that is made in it. The row stays locked until the transaction
/// ends: take it before the row of any question, and after the counter of [`crate::question_changed`].
///
/// # Errors
/// When the database refuses.
pub async fn turn(tx: &impl ConnectionTrait, event: EventId) -> Result<i64, DbErr> {
    let next = || {
        shortlist::Entity::update_many()
            .col_expr(shortlist::Column::Acts, Expr::col(shortlist::Column::Acts).add(1))
            .filter(shortlist::Column::EventId.eq(event))
            .into_query()
            .returning_col(shortlist::Column::Acts)
            .to_owned()
    };
    if let Some(row) = tx.query_one(&next()).await? {
        return row.try_get_by_index(0);
    }
    let first = shortlist::ActiveModel {
        event_id: Set(event),
        acts: Set(0),
    };
    shortlist::Entity::insert(first)
        .on_conflict(OnConflict::column(shortlist::Column::EventId).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    let row = tx.query_one(&next()).await?;
    row.ok_or(DbErr::RecordNotUpdated)?.try_get_by_index(0)
}

/// An act of triage about one question: which decision it dropped, and which it made instead.
#[derive(Clone, Copy, Debug)]
pub struct Act {
    pub event: EventId,
    pub question: QuestionId,
    /// None: it follows from another, by itself.
    pub staff: Option<StaffId>,
    pub at: DateTime<Utc>,
    pub dropped: Option<DecisionId>,
    pub made: Option<DecisionId>,
    /// The act that it takes back, or does again; each is undone once.
    pub undoes: Option<ActId>,
    /// The act that freed the place into which a reserve moved.
    pub because: Option<ActId>,
    pub back: bool,
}

impl Act {
    /// Notes it, in the event's turn. `None` when somebody has undone the same act.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn note(self, tx: &impl ConnectionTrait) -> Result<Option<ActId>, DbErr> {
        let id = ActId::new();
        let row = triage_act::ActiveModel {
            id: Set(id),
            event_id: Set(self.event),
            seq: Set(turn(tx, self.event).await?),
            question_id: Set(self.question),
            staff_id: Set(self.staff),
            at: Set(self.at),
            dropped: Set(self.dropped),
            made: Set(self.made),
            undoes: Set(self.undoes),
            because: Set(self.because),
            back: Set(self.back),
        };
        let inserted = triage_act::Entity::insert(row)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
        Ok((inserted == 1).then_some(id))
    }
}
