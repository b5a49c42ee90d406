//! A question to ask back is proposed.

use super::note;
use crate::Error;
use db::{audit::Actor, entity::reverse_question, prelude::*};
use domain::{
    CrewMemberId, EventId, Lang, ReverseId, ServiceId, SpeakerId, StaffId, state::question::ReverseState,
    text::QuestionText,
};
use serde_json::json;
use web::App;

/// Under whose name the question will stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    Crew(CrewMemberId),
    Speaker(SpeakerId),
    Staff,
}

/// A question to ask back.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub event: EventId,
    /// The service it is about.
    pub service: Option<ServiceId>,
    pub body: QuestionText,
    pub lang: Lang,
    pub asker: Asker,
    /// Staff who entered it; `None` when the crew member did by their link.
    pub entered_by: Option<StaffId>,
}

/// Stores the proposal. The same text from the same asker again (a double click) gives the one that is there.
///
/// # Errors
/// When the database refuses.
pub async fn propose(tx: &WriteTx, app: &App, proposal: Proposal) -> Result<ReverseId, Error> {
    use reverse_question::Column;
    let (crew, speaker) = match proposal.asker {
        Asker::Crew(id) => (Some(id), None),
        Asker::Speaker(id) => (None, Some(id)),
        Asker::Staff => (None, None),
    };
    let same = reverse_question::Entity::find()
        .filter(Column::EventId.eq(proposal.event))
        .filter(Column::Body.eq(proposal.body.as_str()))
        .filter(crew.map_or_else(|| Column::CrewMemberId.is_null(), |id| Column::CrewMemberId.eq(id)))
        .filter(speaker.map_or_else(|| Column::SpeakerId.is_null(), |id| Column::SpeakerId.eq(id)))
        .filter(Column::State.ne(ReverseState::Dropped))
        .one(tx)
        .await?;
    if let Some(same) = same {
        return Ok(same.id);
    }
    let row = reverse_question::Model {
        id: ReverseId::new(),
        event_id: proposal.event,
        service_id: proposal.service,
        body: proposal.body.into_string(),
        lang: proposal.lang,
        state: ReverseState::Proposed,
        place: None,
        crew_member_id: crew,
        speaker_id: speaker,
        staff_id: proposal.entered_by,
        version: 1,
        created_at: app.clock.now(),
    };
    let new: reverse_question::ActiveModel = row.clone().into();
    reverse_question::Entity::insert(new.reset_all())
        .exec_without_returning(tx)
        .await?;
    let actor = match (proposal.entered_by, crew) {
        (Some(staff), _) => Actor::Staff(staff),
        (None, Some(crew)) => Actor::Crew(crew),
        (None, None) => Actor::System,
    };
    note(tx, app, actor, &row, "reverse.proposed", json!({})).await?;
    Ok(row.id)
}
