//! "Not ours": a crew hands a question to another one.

use super::{By, New, Way, of_crew, store};
use crate::{
    Error,
    answers::repo,
    service::assign::{self, Given, Handing},
};
use db::{
    audit::Actor,
    entity::{assignment, message},
    prelude::*,
};
use domain::{
    MessageId, ServiceId,
    state::{
        assignment::AssignmentState,
        message::{MessageKind, MessageState},
    },
};
use web::App;

/// How often crews may hand one question on among themselves; then a moderator decides.
pub const MOST_PASSES: u64 = 3;

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// Another crew has it.
    To(ServiceId),
    /// It was handed on too often: it stays where it is, and moderators are told.
    Stuck(MessageId),
}

/// Hands the question to the crew of this service, with a word to them. `assignment` is locked. Call `app.wake.notify()`
/// after the commit.
///
/// # Errors
/// A refusal when it is answered or was handed on already; [`Error::NoCrew`] when nobody else of that crew can be asked.
pub async fn pass(
    tx: &WriteTx,
    app: &App,
    assignment: &assignment::Model,
    service: ServiceId,
    note: &str,
    way: Way,
) -> Result<Passed, Error> {
    let (question, crew) = of_crew(tx, assignment).await?;
    if AssignmentState::LEFT.contains(&assignment.state) {
        return Err(Error::Refused("refused-closed"));
    }
    if !AssignmentState::OPEN.contains(&assignment.state) {
        return Err(Error::Refused("talk-refused-answered"));
    }
    let passes = assignment::Entity::find()
        .filter(assignment::Column::QuestionId.eq(question.id))
        .filter(assignment::Column::State.eq(AssignmentState::PassedOn))
        .count(tx)
        .await?;
    if passes >= MOST_PASSES {
        return stuck(tx, app, assignment, note, way).await.map(Passed::Stuck);
    }
    let by = repo::addressee(tx, assignment)
        .await?
        .map(|to| to.line)
        .unwrap_or_default();
    let handing = Handing {
        lead: "pass-mail-note",
        by: &by,
        note,
    };
    let Given { crew: to, .. } = assign::hand_over(tx, app, Actor::Crew(crew), assignment, service, handing).await?;
    Ok(Passed::To(to))
}

async fn stuck(
    tx: &WriteTx,
    app: &App,
    assignment: &assignment::Model,
    note: &str,
    way: Way,
) -> Result<MessageId, Error> {
    let (question, crew) = of_crew(tx, assignment).await?;
    let before: Option<MessageId> = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .filter(message::Column::AssignmentId.eq(assignment.id))
        .filter(message::Column::Kind.eq(MessageKind::Stuck))
        .filter(message::Column::State.eq(MessageState::Held))
        .into_tuple()
        .one(tx)
        .await?;
    if let Some(before) = before {
        return Ok(before);
    }
    let new = New {
        kind: MessageKind::Stuck,
        state: MessageState::Held,
        assignment: Some(assignment.id),
        by: By::Crew(crew),
        way,
        body: note,
    };
    store(tx, app, &question, new).await
}
