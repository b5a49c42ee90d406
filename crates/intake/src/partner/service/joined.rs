//! What was joined to a question whose asker takes it back: it waits for triage again, and nobody is left behind.

use crate::partner::Error;
use db::{
    audit,
    entity::{decision, question},
    prelude::*,
};
use domain::{
    QuestionId,
    state::{
        decision::{DecisionKind, DecisionState},
        question::QuestionState,
    },
};
use serde_json::json;
use web::{App, auth::PartnerSession};

/// Frees what is joined to `lead`, or waits to be; says how many.
pub(super) async fn free(tx: &WriteTx, app: &App, who: &PartnerSession, lead: QuestionId) -> Result<usize, Error> {
    let waiting = decision::Entity::find()
        .filter(decision::Column::MergedInto.eq(lead))
        .filter(decision::Column::State.eq(DecisionState::Pending))
        .order_by_asc(decision::Column::QuestionId)
        .all(tx)
        .await?;
    let joined = question::Entity::find()
        .filter(question::Column::MergedInto.eq(lead))
        .order_by_asc(question::Column::Id)
        .all(tx)
        .await?;
    let mut freed: Vec<QuestionId> = waiting.iter().map(|d| d.question_id).collect();
    freed.extend(joined.iter().map(|q| q.id));
    if freed.is_empty() {
        return Ok(0);
    }
    decision::Entity::update_many()
        .col_expr(decision::Column::State, Expr::value(DecisionState::Dropped.as_str()))
        .filter(decision::Column::Id.is_in(waiting.iter().map(|d| d.id)))
        .filter(decision::Column::State.eq(DecisionState::Pending))
        .exec(tx)
        .await?;
    question::Entity::update_many()
        .col_expr(question::Column::State, Expr::value(QuestionState::Received.as_str()))
        .col_expr(question::Column::Pending, Expr::value(None::<DecisionKind>))
        .col_expr(question::Column::MergedInto, Expr::value(None::<QuestionId>))
        .col_expr(question::Column::Version, Expr::col(question::Column::Version).add(1))
        .col_expr(question::Column::UpdatedAt, Expr::value(app.clock.now()))
        .filter(question::Column::Id.is_in(freed.iter().copied()))
        .filter(question::Column::State.is_in([QuestionState::Received, QuestionState::Merged]))
        .exec(tx)
        .await?;
    for id in &freed {
        let entry = audit::Entry {
            event: Some(who.event),
            actor: audit::Actor::System,
            action: "decision.dropped",
            subject: ("question", Some(id.uuid())),
            details: json!({ "kind": DecisionKind::Merge, "lead_withdrawn": lead }),
        };
        audit::record(tx, &app.clock, entry).await?;
    }
    Ok(freed.len())
}
