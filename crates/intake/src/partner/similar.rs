//! What a partner may see of similar questions while they write.
//!
//! From published articles, question and answer as they were printed: what everybody may read. Of this event's other
//! questions only that several others asked something like it, never their words, and not that one or two did: who
//! tries words could otherwise learn what a single company asks.

use db::{entity::question, prelude::*};
use domain::{InvitationId, state::question::QuestionState};
use likeness::{Likeness, Pace, Printed, WORTH};
use std::{collections::HashSet, sync::Arc, time::Duration};
use web::{App, auth::PartnerSession};

/// Looks a minute for each partner; the script asks after a pause in typing.
const A_MINUTE: u32 = 40;
const PRINTED: usize = 3;
const COUNTED: usize = 30;
/// From so many other askers on they are counted.
const FEWEST: usize = 3;
/// Shorter texts are like everything.
const CHARS: usize = 8;
/// Nobody waits for an index that is being made: the next look finds it.
const PATIENCE: Duration = Duration::from_millis(250);

struct Looks(Pace<InvitationId>);

#[derive(Debug, Default)]
pub(crate) struct Hints {
    pub(crate) printed: Vec<Arc<Printed>>,
    /// Other askers; none when they are too few to be told.
    pub(crate) others: Option<usize>,
}

impl Hints {
    pub(crate) fn is_empty(&self) -> bool {
        self.printed.is_empty() && self.others.is_none()
    }

    /// For the text of a form; nothing when it is short, or when they looked too often.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn of(app: &App, who: &PartnerSession, text: &str) -> Result<Self, Error> {
        let looks = app.parts.get(|| Looks(Pace::new(A_MINUTE)));
        let text: String = text.chars().take(super::service::question::DRAFT_CHARS).collect();
        if domain::text::char_count(text.trim()) < CHARS || !looks.0.allows(who.invitation, app.clock.now()) {
            return Ok(Self::default());
        }
        let likeness = app.parts.get(|| Likeness::new(app.db.clone()));
        let mut printed = likeness.printed(text.clone(), PRINTED).await?;
        printed.retain(|(_, score)| *score >= WORTH);
        let alike = likeness.quick(who.event, text, COUNTED, PATIENCE).await?;
        let numbers: Vec<i32> = alike
            .unwrap_or_default()
            .into_iter()
            .filter(|like| like.score >= WORTH)
            .map(|like| like.number)
            .collect();
        let others = others(app.db.reader(), who, &numbers).await?;
        Ok(Self {
            printed: printed.into_iter().map(|(printed, _)| printed).collect(),
            others: (others >= FEWEST).then_some(others),
        })
    }
}

/// How many other partners asked these.
async fn others(conn: &impl ConnectionTrait, who: &PartnerSession, numbers: &[i32]) -> Result<usize, Error> {
    if numbers.is_empty() {
        return Ok(0);
    }
    let askers: Vec<InvitationId> = question::Entity::find()
        .select_only()
        .column(question::Column::InvitationId)
        .filter(question::Column::EventId.eq(who.event))
        .filter(question::Column::Number.is_in(numbers.iter().copied()))
        .filter(question::Column::InvitationId.ne(who.invitation))
        .filter(question::Column::State.is_not_in([QuestionState::Draft, QuestionState::Withdrawn]))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(askers.into_iter().collect::<HashSet<_>>().len())
}
