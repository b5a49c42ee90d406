//! The reply of an asker to an answer: judged like any other, and brought to the crew.

use super::read_mail::{About, Outcome, seen, sender, settle};
use crate::{
    Error,
    answers::service::judge::{Binding, Facts, Reason, Sender, Verdict, judge},
    talk::service as talk,
};
use db::{
    entity::{incoming_mail, question},
    people,
    prelude::*,
};
use domain::{
    IncomingId, QuestionId,
    state::{assignment::AssignmentState, question::QuestionState},
    text::tidy,
};
use mail::{
    identity::{Authentication, Proof},
    read::Reading,
};
use web::App;

/// Reads it to the end of its transaction.
pub(super) async fn read(
    tx: WriteTx,
    app: &App,
    row: &incoming_mail::Model,
    reading: &Reading,
    found: &Authentication,
    binding: Binding,
    id: QuestionId,
) -> Result<Outcome, Error> {
    let question = question::Entity::find_by_id(id).one(&tx).await?;
    let asker = match &question {
        Some(question) => people::invitee(&tx, question.invitation_id, question.lang).await?,
        None => None,
    };
    let from = sender(reading);
    let is_asker = from.is_some() && asker.as_ref().is_some_and(|asker| asker.email == from);
    let facts = Facts {
        class: reading.class,
        binding,
        state: asker.map(|_| AssignmentState::Sent),
        sender: if is_asker { Sender::Asked } else { Sender::Other },
        proof: from.map_or(Proof::Unchecked, |from| found.proof(&from)),
        seen: seen(&tx, row, reading).await?,
    };
    let mut verdict = judge(&facts);
    if matches!(verdict, Verdict::Answer(_)) && question.as_ref().is_none_or(|q| !is_placed(q.state)) {
        verdict = Verdict::Quarantine(Reason::ClosedAssignment);
    }
    let about = About {
        assignment: None,
        ours: None,
        sender: Sender::Other,
    };
    if !settle(&tx, app, row, reading, found, about, verdict).await? {
        tx.rollback().await?;
        return Ok(Outcome::Already);
    }
    let outcome = match (verdict, question) {
        (Verdict::Answer(_), Some(question)) => {
            remark(&tx, row.id, "message").await?;
            let text = tidy(&reading.text);
            Outcome::Message(talk::tell(&tx, app, &question, &text, talk::Way::mail(row.id)).await?)
        }
        (Verdict::Answer(_), None) => return Err(Error::NotFound),
        (Verdict::Noted, _) => Outcome::Noted,
        (Verdict::Duplicate, _) => Outcome::Duplicate,
        (Verdict::Quarantine(reason), _) => Outcome::Quarantined(reason),
    };
    tx.commit().await?;
    app.wake.notify();
    tracing::info!(incoming = %row.id, ?outcome, "mail of an asker was read");
    Ok(outcome)
}

/// Whether somebody has it to answer, or answered it.
const fn is_placed(state: QuestionState) -> bool {
    !matches!(
        state,
        QuestionState::Draft | QuestionState::Received | QuestionState::Declined | QuestionState::Withdrawn
    )
}

/// What became of a mail, said at the mail.
pub(crate) async fn remark(tx: &WriteTx, id: IncomingId, word: &str) -> Result<(), Error> {
    incoming_mail::Entity::update_many()
        .col_expr(incoming_mail::Column::Reason, Expr::value(Some(word)))
        .filter(incoming_mail::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}
