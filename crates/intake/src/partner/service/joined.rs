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

/// Frees what is joined to `lead`, or waits to be; says how many. Takes the event's turn, as every decision does.
pub(super) async fn free(tx: &WriteTx, app: &App, who: &PartnerSession, lead: QuestionId) -> Result<usize, Error> {
    db::turn(tx, who.event).await?;
    let stood = [DecisionState::Pending, DecisionState::Released];
    let joins = decision::Entity::find()
        .filter(decision::Column::MergedInto.eq(lead))
        .filter(decision::Column::State.is_in(stood))
        .order_by_asc(decision::Column::QuestionId)
        .all(tx)
        .await?;
    let freed: Vec<QuestionId> = joins.iter().map(|d| d.question_id).collect();
    if freed.is_empty() {
        return Ok(0);
    }
    decision::Entity::update_many()
        .col_expr(decision::Column::State, Expr::value(DecisionState::Dropped.as_str()))
        .filter(decision::Column::Id.is_in(joins.iter().map(|d| d.id)))
        .filter(decision::Column::State.is_in(stood))
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
    for join in &joins {
        let act = db::Act {
            event: who.event,
            question: join.question_id,
            staff: None,
            at: app.clock.now(),
            dropped: Some(join.id),
            made: None,
            undoes: None,
            because: None,
            back: false,
        };
        act.note(tx).await?;
        let entry = audit::Entry {
            event: Some(who.event),
            actor: audit::Actor::System,
            action: "decision.freed",
            subject: ("question", Some(join.question_id.uuid())),
            details: json!({ "kind": join.kind, "lead_withdrawn": lead }),
        };
        audit::record(tx, &app.clock, entry).await?;
    }
    Ok(freed.len())
}
