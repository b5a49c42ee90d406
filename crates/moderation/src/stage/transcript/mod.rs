//! What a recording heard, laid beside what was on the screen when: each question gets the words that were said about it.

mod parse;

pub use parse::{Said, Transcript, parse};

use super::{
    repo,
    service::{Shown, shown_before},
};
use crate::Result;
use chrono::{DateTime, TimeDelta, Utc};
use db::{
    audit::{self, Actor},
    entity::{stage_act, stage_transcript},
    prelude::*,
};
use domain::{EventId, StaffId};
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use std::collections::HashMap;
use web::App;

/// Most octets of a transcript: some twenty hours of speech.
pub const MOST: usize = 4 * 1024 * 1024;

/// What was on the screen from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    pub from: DateTime<Utc>,
    pub shown: Shown,
}

/// The words of a transcript by what they were said about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// In the order in which they came first.
    pub parts: Vec<(Shown, String)>,
    /// What was said while nothing was shown, or without times.
    pub rest: String,
}

pub(crate) async fn of(conn: &impl ConnectionTrait, event: EventId) -> Result<Option<stage_transcript::Model>> {
    Ok(stage_transcript::Entity::find_by_id(event).one(conn).await?)
}

/// Keeps a transcript in place of the one before. `begins_at`: when the recording began.
///
/// # Errors
/// When the database refuses.
pub async fn keep(app: &App, staff: StaffId, event: EventId, begins_at: DateTime<Utc>, text: String) -> Result<()> {
    let tx = app.db.begin_write().await?;
    let details = json!({ "octets": text.len() });
    let row = stage_transcript::ActiveModel {
        event_id: Set(event),
        begins_at: Set(begins_at),
        body: Set(text),
        staff_id: Set(staff),
        at: Set(app.clock.now()),
    };
    let over = OnConflict::column(stage_transcript::Column::EventId)
        .update_columns([
            stage_transcript::Column::BeginsAt,
            stage_transcript::Column::Body,
            stage_transcript::Column::StaffId,
            stage_transcript::Column::At,
        ])
        .to_owned();
    stage_transcript::Entity::insert(row)
        .on_conflict(over)
        .exec_without_returning(&tx)
        .await?;
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action: "stage.transcribed",
        subject: ("event", Some(event.uuid())),
        details,
    };
    audit::record(&tx, &app.clock, entry).await?;
    Ok(tx.commit().await?)
}

/// What was shown when, by the log of acts; each act keeps what stood before it.
pub(crate) async fn turns(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<Turn>> {
    let acts = stage_act::Entity::find()
        .filter(stage_act::Column::EventId.eq(event))
        .order_by_asc(stage_act::Column::Version)
        .all(conn)
        .await?;
    let last = Shown::of(repo::run(conn, event).await?.as_ref());
    let after = acts.iter().skip(1).map(shown_before).chain([last]);
    Ok(acts
        .iter()
        .zip(after)
        .map(|(act, shown)| Turn { from: act.at, shown })
        .collect())
}

/// Lays the words beside the turns.
pub fn split(transcript: Transcript, begins_at: DateTime<Utc>, turns: &[Turn]) -> Split {
    let said = match transcript {
        Transcript::Plain(rest) => {
            return Split {
                parts: Vec::new(),
                rest,
            };
        }
        Transcript::Timed(said) => said,
    };
    let (mut order, mut parts) = (Vec::new(), HashMap::<Shown, String>::new());
    let mut rest = String::new();
    for Said { at, text } in said {
        let at = begins_at + TimeDelta::milliseconds(at);
        let turn = turns.iter().rev().find(|turn| turn.from <= at);
        let into = match turn.map_or(Shown::Nothing, |turn| turn.shown) {
            Shown::Nothing => &mut rest,
            shown => parts.entry(shown).or_insert_with(|| {
                order.push(shown);
                String::new()
            }),
        };
        if !into.is_empty() {
            into.push(' ');
        }
        into.push_str(&text);
    }
    let parts = order
        .into_iter()
        .filter_map(|shown| Some((shown, parts.remove(&shown)?)));
    Split {
        parts: parts.collect(),
        rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::QuestionId;

    #[test]
    fn each_question_gets_the_words_that_were_said_while_it_was_shown() {
        let begins = DateTime::from_timestamp(1_800_000_000, 0).expect("a moment");
        let after = |seconds| begins + TimeDelta::seconds(seconds);
        let (a, b) = (Shown::Question(QuestionId::new()), Shown::Question(QuestionId::new()));
        let turns =
            [(10, a), (20, b), (30, a), (40, Shown::Nothing)].map(|(at, shown)| Turn { from: after(at), shown });
        let said = |at: i64, text: &str| Said {
            at: at * 1_000,
            text: text.to_owned(),
        };
        let words = [
            said(1, "인사"),
            said(10, "하나"),
            said(25, "둘"),
            said(31, "다시"),
            said(50, "끝"),
        ];
        let split = super::split(Transcript::Timed(words.to_vec()), begins, &turns);
        assert_eq!(split.parts, [(a, "하나 다시".to_owned()), (b, "둘".to_owned())]);
        assert_eq!(split.rest, "인사 끝");
        let plain = super::split(Transcript::Plain("글".into()), begins, &turns);
        assert_eq!((plain.parts.len(), plain.rest.as_str()), (0, "글"));
    }
}
