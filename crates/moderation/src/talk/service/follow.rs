//! A follow-up gets its answer.

use crate::Error;
use db::{
    entity::{answer, message},
    prelude::*,
};
use domain::{
    AnswerId, AssignmentId,
    state::{
        answer::AnswerState,
        message::{MessageKind, MessageState},
    },
};
use sea_orm::sea_query::Query;

/// The answer that came to this assignment answers the follow-ups that wait there, and those whose answer was returned.
/// It goes to their askers alone.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn answered(tx: &WriteTx, assignment: AssignmentId, id: AnswerId) -> Result<(), Error> {
    let returned = Query::select()
        .column(answer::Column::Id)
        .from(answer::Entity)
        .and_where(answer::Column::AssignmentId.eq(assignment))
        .and_where(answer::Column::State.eq(AnswerState::Returned))
        .to_owned();
    message::Entity::update_many()
        .col_expr(message::Column::State, Expr::value(MessageState::Done))
        .col_expr(message::Column::AnswerId, Expr::value(Some(id)))
        .filter(message::Column::AssignmentId.eq(assignment))
        .filter(message::Column::Kind.eq(MessageKind::FollowUp))
        .filter(
            Condition::any()
                .add(message::Column::State.eq(MessageState::Open))
                .add(message::Column::AnswerId.in_subquery(returned)),
        )
        .exec(tx)
        .await?;
    Ok(())
}
