//! Somebody says what they say to their words.

use crate::{
    Error,
    article::{Piece, Who},
    repo,
};
use db::{audit, entity::approval, prelude::*};
use domain::{
    ApprovalId, ApproverId,
    job::Job,
    state::{Transitions, article::ApprovalState},
};

/// What they decided about one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Approve,
    /// What they would rather say, piece by piece, and a word about it.
    Change {
        suggestion: Vec<Piece>,
        remark: String,
    },
    /// Nothing of it shall be printed, neither what is asked now nor what stands printed.
    Withdraw,
}

impl Decision {
    const fn state(&self) -> ApprovalState {
        match self {
            Self::Approve => ApprovalState::Approved,
            Self::Change { .. } => ApprovalState::ChangeWanted,
            Self::Withdraw => ApprovalState::Withdrawn,
        }
    }
}

/// Notes it, about exactly the words of `id`, which are this person's.
///
/// # Errors
/// [`Error::NotFound`] when the words are not theirs; stale when it was decided so that this cannot follow.
pub async fn decide(app: &web::App, by: ApproverId, id: ApprovalId, decision: Decision) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    let approver = repo::approver(&tx, by).await?.ok_or(Error::NotFound)?;
    let row = approval::Entity::find_by_id(id)
        .filter(approval::Column::ApproverId.eq(by))
        .one(&tx)
        .await?
        .ok_or(Error::NotFound)?;
    let (to, now) = (decision.state(), app.clock.now());
    let step = approval::Entity::update_many()
        .col_expr(approval::Column::State, Expr::value(to))
        .col_expr(approval::Column::DecidedAt, Expr::value(Some(now)))
        .col_expr(approval::Column::NotedBy, Expr::value(Option::<uuid::Uuid>::None))
        .filter(approval::Column::State.is_in(ApprovalState::sources(to)));
    match decision {
        Decision::Approve => {
            let step = step
                .col_expr(
                    approval::Column::Suggestion,
                    Expr::value(Option::<serde_json::Value>::None),
                )
                .col_expr(approval::Column::Remark, Expr::value(""));
            one_row(&step.filter(approval::Column::Id.eq(id)).exec(&tx).await?, "approval")?;
        }
        Decision::Change { suggestion, remark } => {
            let step = step
                .col_expr(
                    approval::Column::Suggestion,
                    Expr::value(Some(serde_json::to_value(suggestion)?)),
                )
                .col_expr(approval::Column::Remark, Expr::value(remark));
            one_row(&step.filter(approval::Column::Id.eq(id)).exec(&tx).await?, "approval")?;
        }
        Decision::Withdraw => {
            // Whatever form these words had.
            step.filter(approval::Column::ApproverId.eq(by))
                .filter(approval::Column::About.eq(row.about))
                .exec(&tx)
                .await?;
            jobs::enqueue(&tx, &app.clock, &Job::WithdrawWords { approver: by }, now).await?;
        }
    }
    let article = repo::article(&tx, approver.article_id).await?;
    let entry = audit::Entry {
        event: Some(article.event_id),
        actor: repo::who(&approver).map_or(audit::Actor::System, Who::actor),
        action: match to {
            ApprovalState::Approved => "approval.given",
            ApprovalState::ChangeWanted => "approval.change_wanted",
            _ => "approval.withdrawn",
        },
        subject: ("article", Some(article.id.uuid())),
        details: serde_json::json!({ "from": row.state, "to": to }),
    };
    audit::record(&tx, &app.clock, entry).await?;
    tx.commit().await?;
    app.wake.notify();
    Ok(())
}
