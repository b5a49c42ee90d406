//! Who may see who asked: the one place that decides it, for all pages.
//!
//! An event that reads blind covers the asker of a question until what was decided about it is released: on the board
//! and the question's page, in lists, files and previews, for everybody. What is released is answered under a name, so
//! from there on the name shows. Whoever turns the setting off sees all, and the audit log says that they did.

use crate::{
    Error,
    entity::{question, triage_setting},
    people::{self, Invitee},
};
use domain::{EventId, InvitationId, Lang, QuestionId, person::Person, state::question::QuestionState};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, sea_query::SelectStatement,
};
use std::collections::{HashMap, HashSet};

/// Which events read blind.
#[derive(Clone, Debug, Default)]
pub struct Sight(HashSet<EventId>);

impl Sight {
    /// For pages about these events.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn of(conn: &impl ConnectionTrait, events: impl IntoIterator<Item = EventId>) -> Result<Self, Error> {
        let mut events: Vec<EventId> = events.into_iter().collect();
        events.sort_unstable();
        events.dedup();
        if events.is_empty() {
            return Ok(Self::default());
        }
        let rows = triage_setting::Entity::find()
            .filter(triage_setting::Column::EventId.is_in(events))
            .filter(triage_setting::Column::Blind.eq(true))
            .all(conn)
            .await?;
        Ok(Self(rows.into_iter().map(|row| row.event_id).collect()))
    }

    /// Whether the event reads blind: filters and searches know no askers of what waits.
    pub fn is_blind(&self, event: EventId) -> bool {
        self.0.contains(&event)
    }

    /// Whether nobody sees who asked this question.
    pub fn covers(&self, question: &question::Model) -> bool {
        self.is_blind(question.event_id) && !is_released(question.state)
    }
}

/// Whether it has left triage, so that its asker may be named.
pub const fn is_released(state: QuestionState) -> bool {
    match state {
        QuestionState::Draft | QuestionState::Received | QuestionState::Withdrawn => false,
        QuestionState::Live | QuestionState::Routed | QuestionState::Merged | QuestionState::Declined => true,
    }
}

/// The questions of all events whose asker nobody sees: what a search by name leaves out.
pub fn covered() -> SelectStatement {
    let blind = triage_setting::Entity::find()
        .select_only()
        .column(triage_setting::Column::EventId)
        .filter(triage_setting::Column::Blind.eq(true))
        .into_query();
    let waits = QuestionState::ALL.iter().copied().filter(|state| !is_released(*state));
    question::Entity::find()
        .select_only()
        .column(question::Column::Id)
        .filter(question::Column::EventId.in_subquery(blind))
        .filter(question::Column::State.is_in(waits))
        .into_query()
}

/// What stands in a text where the asker's name or company stood.
const COVER: &str = "▨▨▨";

/// Covers the asker of one question, if it is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Veil {
    /// What stands for them in texts: name, pen name, company, group, address. Longest first.
    words: Vec<String>,
    drawn: bool,
}

impl Veil {
    /// Over this asker.
    pub fn over(asker: Option<&Invitee>) -> Self {
        let mut words = Vec::new();
        if let Some(asker) = asker {
            words.extend(asker.company.clone());
            words.extend(asker.display_line.clone());
            words.extend(asker.email.as_ref().map(ToString::to_string));
            if let Person::Partner {
                name, company, group, ..
            } = &asker.person
            {
                words.extend([name, company, group].into_iter().flatten().cloned());
            }
        }
        Self {
            words: sorted(words),
            drawn: true,
        }
    }

    pub const fn is_drawn(&self) -> bool {
        self.drawn
    }

    /// The text, with names of the asker covered: people sign their questions.
    pub fn cover(&self, text: &str) -> String {
        cover(&self.words, text)
    }
}

/// The veils of these questions, by question; whose asker shows has none.
///
/// # Errors
/// When the database refuses.
pub async fn veils(
    conn: &impl ConnectionTrait,
    questions: impl IntoIterator<Item = QuestionId>,
) -> Result<HashMap<QuestionId, Veil>, Error> {
    let questions: Vec<QuestionId> = questions.into_iter().collect();
    if questions.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = question::Entity::find()
        .filter(question::Column::Id.is_in(questions))
        .all(conn)
        .await?;
    let sight = Sight::of(conn, rows.iter().map(|q| q.event_id)).await?;
    let covered: Vec<(QuestionId, InvitationId)> = rows
        .iter()
        .filter(|q| sight.covers(q))
        .map(|q| (q.id, q.invitation_id))
        .collect();
    let askers = people::invitees(conn, covered.iter().map(|(_, i)| *i), Lang::Ko).await?;
    Ok(covered
        .into_iter()
        .map(|(id, invitation)| (id, Veil::over(askers.get(&invitation))))
        .collect())
}

/// Names in the order in which they are covered; a single letter stands in every text and is no name.
pub fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.retain(|w| w.chars().count() > 1);
    names.sort_by_key(|w| std::cmp::Reverse(w.len()));
    names
}

/// The text with these names covered.
pub fn cover(names: &[String], text: &str) -> String {
    names
        .iter()
        .fold(text.to_owned(), |text, name| text.replace(name.as_str(), COVER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_is_covered_first_and_a_letter_is_none() {
        let names = sorted(vec!["달빛".into(), "달".into(), "달빛상회".into()]);
        assert_eq!(
            cover(&names, "달빛상회의 달빛입니다. 달이 밝네요."),
            "▨▨▨의 ▨▨▨입니다. 달이 밝네요."
        );
    }
}
