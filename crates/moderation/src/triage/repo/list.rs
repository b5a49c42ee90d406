//! Questions as lines: what every list of triage says about one.

use db::{
    entity::{decision, question},
    people::{self, Invitee},
    prelude::*,
    sight::{Sight, Veil},
};
use domain::{
    Lang, QuestionId, StaffId,
    state::{decision::DecisionState, question::QuestionState},
};
use std::collections::HashMap;

/// One question with what the list says about it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Its texts are covered already where the event reads blind.
    pub(crate) question: question::Model,
    /// `None` while nobody may see who asks.
    pub(crate) asker: Option<Invitee>,
    /// For whatever else is shown beside it.
    pub(crate) veil: Veil,
    pub(crate) service: String,
    pub(crate) pending: Option<decision::Model>,
    pub(crate) decided_by: String,
}

impl Line {
    pub(crate) fn number(&self) -> i32 {
        self.question.number.unwrap_or_default()
    }
    pub(crate) fn excerpt(&self) -> String {
        domain::text::excerpt(&self.question.body, 160)
    }
    pub(crate) fn who(&self) -> String {
        self.asker.as_ref().map(Invitee::line).unwrap_or_default()
    }
    pub(crate) fn waiting(&self) -> bool {
        self.question.state == QuestionState::Received
    }
    /// What its badge says: pending while a decision waits for its release.
    pub(crate) fn state(&self) -> &'static str {
        if self.decision().is_some() {
            DecisionState::Pending.as_str()
        } else {
            self.question.state.as_str()
        }
    }
    pub(crate) fn state_key(&self) -> String {
        format!("state-{}", self.state())
    }
    pub(crate) fn decision_key(&self) -> Option<String> {
        self.decision().map(|d| format!("decision-{}", d.kind))
    }
    pub(crate) fn place(&self) -> Option<i32> {
        self.decision()?.place
    }
    fn decision(&self) -> Option<&decision::Model> {
        self.pending.as_ref().filter(|_| self.waiting())
    }
    /// Draws the veil: nothing that names the asker is left in it.
    fn draw(&mut self) {
        let veil = Veil::over(self.asker.take().as_ref());
        self.question.body = veil.cover(&self.question.body);
        self.question.decline_reason = self.question.decline_reason.as_deref().map(|r| veil.cover(r));
        if let Some(pending) = &mut self.pending {
            pending.reason = pending.reason.as_deref().map(|r| veil.cover(r));
        }
        self.veil = veil;
    }
    /// What a form shows, so that another moderator's decision in between is noticed.
    pub(crate) fn seen(&self) -> String {
        self.pending.as_ref().map(|d| d.id.to_string()).unwrap_or_default()
    }
}

/// These questions as lines, in the given order.
pub(crate) async fn lines_of(conn: &impl ConnectionTrait, ids: &[QuestionId], lang: Lang) -> Result<Vec<Line>, Error> {
    let mut rows = question::Entity::find()
        .filter(question::Column::Id.is_in(ids.iter().copied()))
        .all(conn)
        .await?;
    let at: HashMap<QuestionId, usize> = ids.iter().enumerate().map(|(n, id)| (*id, n)).collect();
    rows.sort_by_key(|q| at.get(&q.id).copied());
    lines(conn, rows, lang).await
}

/// The same for questions that were read; whoever shows a line shows no more than may be seen.
pub(crate) async fn lines(
    conn: &impl ConnectionTrait,
    questions: Vec<question::Model>,
    lang: Lang,
) -> Result<Vec<Line>, Error> {
    let askers = people::invitees(conn, questions.iter().map(|q| q.invitation_id), lang).await?;
    let services = people::service_names(conn, lang).await?;
    let pending = decision::Entity::find()
        .filter(decision::Column::QuestionId.is_in(questions.iter().map(|q| q.id)))
        .filter(decision::Column::State.eq(DecisionState::Pending))
        .all(conn)
        .await?;
    let staff: Vec<StaffId> = pending.iter().filter_map(|d| d.decided_by).collect();
    let hosts = people::hosts(conn, [], [], staff).await?;
    let mut pending: HashMap<QuestionId, decision::Model> = pending.into_iter().map(|d| (d.question_id, d)).collect();
    let sight = Sight::of(conn, questions.iter().map(|q| q.event_id)).await?;
    let mut out = Vec::with_capacity(questions.len());
    for question in questions {
        let pending = pending.remove(&question.id);
        let by = pending.as_ref().and_then(|d| hosts.staff.get(&d.decided_by?));
        let mut line = Line {
            service: services.get(&question.service_id).cloned().unwrap_or_default(),
            // Somebody may have asked several of these.
            asker: askers.get(&question.invitation_id).cloned(),
            veil: Veil::default(),
            decided_by: by.map(domain::person::Person::name).unwrap_or_default(),
            pending,
            question,
        };
        if sight.covers(&line.question) {
            line.draw();
        }
        out.push(line);
    }
    Ok(out)
}
