//! Who answers on stage, before the event: what awaits them, what they prepare, and that they are told.

mod draft;
mod tell;

pub use draft::{Kept, drafts, keep};
pub use tell::{Mails, Told, outlook, tell};

use super::{
    plan::{self, cues},
    service::Shown,
};
use crate::{Result, stage::repo, triage::repo as triage};
use db::{entity::speaker, prelude::*};
use domain::{EventId, QuestionId};
use std::collections::HashMap;

/// One question as its speaker gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub question: QuestionId,
    /// The how-manieth of its run.
    pub position: usize,
    pub minutes: i32,
    /// The moderators' word to who answers.
    pub note: String,
}

/// A speaker with what they answer, in the order of the runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    pub row: speaker::Model,
    pub asked: Vec<Asked>,
}

impl Speaker {
    /// Their questions in their order: what they were told of is compared by it.
    pub fn questions(&self) -> String {
        let ids: Vec<String> = self
            .asked
            .iter()
            .map(|a| format!("{}:{}", a.position, a.question))
            .collect();
        ids.join(" ")
    }
}

/// All speakers of an event.
///
/// # Errors
/// When the database refuses.
pub async fn speakers(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<Speaker>> {
    let mut asked: HashMap<_, Vec<Asked>> = HashMap::new();
    let of: HashMap<QuestionId, _> = repo::order(conn, event)
        .await?
        .into_iter()
        .filter_map(|(decision, question)| Some((question.id, decision.speaker_id?)))
        .collect();
    let sheets = plan::sheets(conn, event).await?;
    let runs: Vec<_> = if sheets.is_empty() {
        vec![None]
    } else {
        sheets.iter().map(|sheet| Some(sheet.id)).collect()
    };
    for run in runs {
        let mut position = 0;
        for cue in cues(conn, event, run, None).await? {
            let Shown::Question(question) = cue.shown else { continue };
            position += 1;
            let Some(speaker) = of.get(&question) else { continue };
            asked.entry(*speaker).or_default().push(Asked {
                question,
                position,
                minutes: cue.minutes,
                note: cue.note,
            });
        }
    }
    let rows = triage::speakers(conn, event).await?;
    Ok(rows
        .into_iter()
        .map(|row| Speaker {
            asked: asked.remove(&row.id).unwrap_or_default(),
            row,
        })
        .collect())
}
