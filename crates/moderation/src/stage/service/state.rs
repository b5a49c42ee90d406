//! What an act replaces, the timer, and the step from one line to another.

use super::Shown;
use crate::Result;
use chrono::{DateTime, TimeDelta, Utc};
use db::{entity::stage_run, prelude::*};
use domain::{
    AssignmentId, DecisionId, EventId, LineId, QuestionId, RehearsalId, ReverseId, SheetId, StaffId, StageActId,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use web::App;

/// What an act replaced, as its row keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stood {
    pub(super) question: Option<QuestionId>,
    pub(super) reverse: Option<ReverseId>,
    pub(super) pause: Option<LineId>,
    pub(super) sheet: Option<SheetId>,
    pub(super) held: bool,
    pub(super) started_at: Option<DateTime<Utc>>,
    pub(super) used_ms: i64,
    pub(super) message: String,
    /// What was noted about the lines that it touched.
    pub(super) cues: Vec<Cue>,
    /// A question that went to its crew.
    pub(super) left: Option<Left>,
    /// A question that came from the hall.
    pub(super) joined: Option<Joined>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cue {
    pub(crate) subject: Uuid,
    pub(crate) used_ms: i64,
    pub(crate) answered_at: Option<DateTime<Utc>>,
    /// A rehearsal did not reach it. On the day it leaves the stage by its state.
    #[serde(default)]
    pub(crate) gone: bool,
}

impl Cue {
    pub(crate) const fn new(subject: Uuid) -> Self {
        Self {
            subject,
            used_ms: 0,
            answered_at: None,
            gone: false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Left {
    pub(super) question: QuestionId,
    pub(super) decision: DecisionId,
    pub(super) assignment: AssignmentId,
}

/// A question from the hall that came into the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Joined {
    pub(super) question: QuestionId,
    /// That it is live was decided and released by the same act.
    pub(super) released: bool,
}

impl Stood {
    /// Nothing is shown of a sitting.
    pub(crate) fn at(sheet: Option<SheetId>) -> Self {
        Self {
            sheet,
            ..Self::default()
        }
    }

    pub(crate) fn of(run: &stage_run::Model) -> Self {
        Self {
            question: run.question_id,
            reverse: run.reverse_id,
            pause: run.pause_id,
            sheet: run.sheet_id,
            held: run.held,
            started_at: run.started_at,
            used_ms: run.used_ms,
            message: run.message.clone(),
            cues: Vec::new(),
            left: None,
            joined: None,
        }
    }

    pub(crate) fn shown(&self) -> Shown {
        if self.held {
            return Shown::Nothing;
        }
        let question = self.question.map(Shown::Question);
        let reverse = self.reverse.map(Shown::Reverse);
        let pause = self.pause.map(Shown::Pause);
        question.or(reverse).or(pause).unwrap_or(Shown::Nothing)
    }

    pub(crate) fn put_back(self, run: &mut stage_run::Model) {
        run.question_id = self.question;
        run.reverse_id = self.reverse;
        run.pause_id = self.pause;
        run.sheet_id = self.sheet;
        run.held = self.held;
        run.started_at = self.started_at;
        run.used_ms = self.used_ms;
        run.message = self.message;
    }
}

/// How long what is on the screen was spoken about, without holds.
pub fn elapsed(run: &stage_run::Model, now: DateTime<Utc>) -> TimeDelta {
    let running = run.started_at.map_or(TimeDelta::zero(), |since| now - since);
    TimeDelta::milliseconds(run.used_ms) + running.max(TimeDelta::zero())
}

/// Where `by` lines further leads. From nothing, forward is the first and back the last.
pub(super) fn step_from(order: &[Shown], now: Shown, by: isize) -> Shown {
    let at = order.iter().position(|shown| *shown == now && now != Shown::Nothing);
    let to = match at {
        Some(at) => at.checked_add_signed(by),
        None if by > 0 => Some(0),
        None => order.len().checked_sub(1),
    };
    to.and_then(|to| order.get(to)).copied().unwrap_or(Shown::Nothing)
}

/// One act: what it is called, who did it, and what it adds to what it replaced.
pub(super) struct Done {
    pub(super) kind: &'static str,
    pub(super) staff: StaffId,
    pub(super) cues: Vec<Cue>,
    pub(super) left: Option<Left>,
    pub(super) joined: Option<Joined>,
    pub(super) undoes: Option<StageActId>,
}

impl Done {
    pub(super) const fn new(kind: &'static str, staff: StaffId) -> Self {
        Self {
            kind,
            staff,
            cues: Vec::new(),
            left: None,
            joined: None,
            undoes: None,
        }
    }
}

/// What a page of the operator showed: the day's stage or a rehearsal's, and its version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub rehearsal: Option<RehearsalId>,
    pub version: i32,
}

/// Commits a change of the order or of what is shown: the hall's screens, the operators' pages and the board read at
/// once.
///
/// # Errors
/// When the database refuses.
pub async fn commit(app: &App, tx: WriteTx, event: EventId) -> Result<()> {
    let (stage, triage) = (crate::stage::topic(event), crate::triage::board::topic(event));
    Ok(app.live.commit_all(tx, &[&stage, &triage]).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_begins_at_the_first_and_ends_with_an_empty_screen() {
        let order = [
            Shown::Question(QuestionId::new()),
            Shown::Pause(LineId::new()),
            Shown::Reverse(ReverseId::new()),
        ];
        assert_eq!(step_from(&order, Shown::Nothing, 1), order[0]);
        assert_eq!(step_from(&order, order[0], 1), order[1]);
        assert_eq!(step_from(&order, order[2], 1), Shown::Nothing);
        assert_eq!(step_from(&order, order[0], -1), Shown::Nothing);
        assert_eq!(step_from(&order, Shown::Nothing, -1), order[2]);
        assert_eq!(step_from(&[], Shown::Nothing, 1), Shown::Nothing);
    }

    #[test]
    fn the_timer_is_what_was_used_before_and_what_runs() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a moment");
        let mut run = stage_run::Model {
            event_id: EventId::new(),
            question_id: None,
            reverse_id: None,
            version: 1,
            updated_at: now,
            pause_id: None,
            sheet_id: None,
            held: false,
            started_at: Some(now - TimeDelta::seconds(7)),
            used_ms: 60_000,
            operator_id: None,
            message: String::new(),
        };
        assert_eq!(elapsed(&run, now), TimeDelta::seconds(67));
        assert_eq!(
            elapsed(&run, now - TimeDelta::hours(1)),
            TimeDelta::seconds(60),
            "a clock that was put back"
        );
        run.started_at = None;
        assert_eq!(elapsed(&run, now), TimeDelta::seconds(60));
    }
}
