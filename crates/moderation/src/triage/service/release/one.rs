//! One decision comes true: the question's step, what its asker is told, and who is asked for the answer.

use crate::{
    Error, Result,
    service::{
        assign::{self, Sending},
        deed::record,
    },
    triage::{
        letter::{Outcome, Said},
        repo,
        service::decide::{hold_decision, set_state},
    },
};
use chrono::{DateTime, Utc};
use db::{
    entity::{answer, decision, event, question, release},
    people,
    prelude::*,
};
use domain::{
    DecisionId, Lang,
    job::Job,
    state::{
        Transitions,
        answer::AnswerState,
        decision::{DecisionKind, DecisionState},
        mail::MailKind,
        question::QuestionState,
        release::ReleaseMode,
    },
};
use mail::{Initial, Letter, NewMail, Refs};
use serde_json::json;
use web::App;

/// Releases one decision in the caller's transaction; false when it was released or dropped already.
pub(super) async fn release(
    tx: &WriteTx,
    app: &App,
    release: &release::Model,
    event: &event::Model,
    id: DecisionId,
) -> Result<bool> {
    hold_decision(tx, event.id, id).await?;
    match set_state(tx, id, DecisionState::Released).await {
        Ok(()) => {}
        Err(error) if error.is_refusal() => return Ok(false),
        Err(error) => return Err(error),
    }
    decision::Entity::update_many()
        .col_expr(decision::Column::ReleasedAt, Expr::value(app.clock.now()))
        .filter(decision::Column::Id.eq(id))
        .exec(tx)
        .await?;
    let decision = decision::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)?;
    let to = match decision.kind {
        DecisionKind::Live => QuestionState::Live,
        DecisionKind::Route => QuestionState::Routed,
        DecisionKind::Decline => QuestionState::Declined,
        DecisionKind::Merge | DecisionKind::Duplicate => QuestionState::Merged,
        DecisionKind::Reserve => return Err(Error::Refused("refused-reserve")),
    };
    place(tx, app, &decision, to).await?;
    // After the step, which holds the question's row: nobody can join it any more.
    if matches!(to, QuestionState::Declined | QuestionState::Merged)
        && repo::has_followers(tx, decision.question_id).await?
    {
        return Err(Error::Refused("refused-has-followers"));
    }
    let question = question::Entity::find_by_id(decision.question_id)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    let asker = people::invitee(tx, question.invitation_id, question.lang)
        .await?
        .ok_or(Error::NotFound)?;
    let sending = Sending {
        state: match (release.mode, release.send_at) {
            (ReleaseMode::Hand, _) => Initial::Draft,
            (ReleaseMode::At, Some(at)) => Initial::At(at),
            (ReleaseMode::Now | ReleaseMode::At, _) => Initial::Queued,
        },
        release: Some(release.id),
    };
    let said = said(tx, app, &decision, &question, asker.lang, sending).await?;
    let outcome = Outcome {
        words: web::Words::new(asker.lang, &crate::TEXTS),
        event,
        question: &question,
        asker: &asker,
    };
    let letter = outcome.letter(tx, &said).await?;
    put(tx, app, &outcome, &decision, letter, sending).await?;
    let details = json!({
        "kind": decision.kind, "place": decision.place, "from": QuestionState::Received, "to": to, "release": release.id,
    });
    record(tx, app, release.released_by, &question, "decision.released", details).await?;
    Ok(true)
}

/// What the asker is told; a routed question goes to its crew, and whoever joined an answered one gets the answer.
async fn said(
    tx: &WriteTx,
    app: &App,
    decision: &decision::Model,
    question: &question::Model,
    lang: Lang,
    sending: Sending,
) -> Result<Said> {
    Ok(match decision.kind {
        DecisionKind::Live => Said::Live {
            place: decision.place,
            speaker: repo::speaker_line(tx, decision.speaker_id).await?,
        },
        DecisionKind::Route => {
            let service = decision.service_id.unwrap_or(question.service_id);
            let given = assign::give(tx, app, question, service, sending).await?;
            let mut names = people::service_names(tx, lang).await?;
            Said::Routed {
                service: names.remove(&given.crew).unwrap_or_default(),
            }
        }
        DecisionKind::Decline => Said::Declined {
            reason: decision.reason.clone().unwrap_or_default(),
        },
        DecisionKind::Merge | DecisionKind::Duplicate => {
            deliver_again(tx, app, decision, sending.from(app)).await?;
            if decision.kind == DecisionKind::Merge {
                Said::Merged
            } else {
                Said::Duplicate
            }
        }
        DecisionKind::Reserve => return Err(Error::Refused("refused-reserve")),
    })
}

async fn place(tx: &WriteTx, app: &App, decision: &decision::Model, to: QuestionState) -> Result<()> {
    let now = app.clock.now();
    let mut update = question::Entity::update_many()
        .col_expr(question::Column::State, Expr::value(to))
        .col_expr(question::Column::Pending, Expr::value(None::<DecisionKind>))
        .col_expr(question::Column::UpdatedAt, Expr::value(now))
        .col_expr(question::Column::Version, Expr::col(question::Column::Version).add(1));
    match to {
        QuestionState::Declined => {
            update = update.col_expr(question::Column::DeclineReason, Expr::value(decision.reason.clone()));
        }
        QuestionState::Merged => {
            update = update.col_expr(question::Column::MergedInto, Expr::value(decision.merged_into));
        }
        _ => {}
    }
    // Only out of triage: a question that left the stage goes another way.
    debug_assert!(QuestionState::Received.may_become(to), "received → {to}");
    let result = update
        .filter(question::Column::Id.eq(decision.question_id))
        .filter(question::Column::State.eq(QuestionState::Received))
        .exec(tx)
        .await?;
    if result.rows_affected == 1 {
        Ok(())
    } else {
        Err(Error::NotWaiting)
    }
}

/// The asker of a merged question gets the answers, also those that were approved before the merge.
async fn deliver_again(tx: &WriteTx, app: &App, decision: &decision::Model, at: DateTime<Utc>) -> Result<()> {
    let into = decision.merged_into.ok_or(Error::NotFound)?;
    let target = question::Entity::find_by_id(into)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    if !matches!(
        target.state,
        QuestionState::Received | QuestionState::Live | QuestionState::Routed
    ) {
        return Err(Error::Refused("refused-merge-target"));
    }
    let approved = answer::Entity::find()
        .filter(answer::Column::QuestionId.eq(into))
        .filter(answer::Column::State.eq(AnswerState::Approved))
        .all(tx)
        .await?;
    for answer in approved {
        jobs::enqueue(tx, &app.clock, &Job::Deliver { answer: answer.id }, at).await?;
    }
    Ok(())
}

/// The mail to the asker, where they have an address; their page says it in any case.
async fn put(
    tx: &WriteTx,
    app: &App,
    outcome: &Outcome<'_>,
    decision: &decision::Model,
    letter: Letter,
    sending: Sending,
) -> Result<()> {
    let Some(email) = outcome.asker.email.clone() else {
        return Ok(());
    };
    let mail = NewMail {
        kind: MailKind::Outcome,
        to_name: outcome.asker.person.name(),
        to_email: email,
        lang: outcome.asker.lang,
        letter,
        state: sending.state,
        dedup: format!("outcome:{}", decision.id),
        reply: None,
        refs: Refs {
            event: Some(decision.event_id),
            invitation: Some(outcome.asker.invitation),
            question: Some(decision.question_id),
            ..Refs::default()
        },
    };
    sending.put(tx, app, mail).await
}
