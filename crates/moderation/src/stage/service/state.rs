//! The row of what the hall sees: held, changed with what stood before, told to everybody.

use super::Shown;
use crate::{Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use db::{
    audit::{self, Actor},
    entity::{stage_act, stage_cue, stage_run, stage_seen},
    prelude::*,
};
use domain::{AssignmentId, DecisionId, EventId, LineId, QuestionId, ReverseId, SheetId, StaffId, StageActId};
use sea_orm::sea_query::OnConflict;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;
use web::App;

/// What an act replaced, as its row keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stood {
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cue {
    pub(super) subject: Uuid,
    pub(super) used_ms: i64,
    pub(super) answered_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Left {
    pub(super) question: QuestionId,
    pub(super) decision: DecisionId,
    pub(super) assignment: AssignmentId,
}

impl Stood {
    fn of(run: &stage_run::Model) -> Self {
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
        }
    }

    pub(super) fn shown(&self) -> Shown {
        if self.held {
            return Shown::Nothing;
        }
        let question = self.question.map(Shown::Question);
        let reverse = self.reverse.map(Shown::Reverse);
        let pause = self.pause.map(Shown::Pause);
        question.or(reverse).or(pause).unwrap_or(Shown::Nothing)
    }

    pub(super) fn put_back(self, run: &mut stage_run::Model) {
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

/// The row, which this transaction has alone until it ends.
pub(super) async fn take(tx: &WriteTx, app: &App, event: EventId) -> Result<stage_run::Model> {
    let blank = stage_run::ActiveModel {
        event_id: Set(event),
        question_id: Set(None),
        reverse_id: Set(None),
        version: Set(0),
        updated_at: Set(app.clock.now()),
        pause_id: Set(None),
        sheet_id: Set(None),
        held: Set(false),
        started_at: Set(None),
        used_ms: Set(0),
        operator_id: Set(None),
        message: Set(String::new()),
    };
    stage_run::Entity::insert(blank)
        .on_conflict(OnConflict::column(stage_run::Column::EventId).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    stage_run::Entity::update_many()
        .col_expr(stage_run::Column::Version, Expr::col(stage_run::Column::Version))
        .filter(stage_run::Column::EventId.eq(event))
        .exec(tx)
        .await?;
    stage_run::Entity::find_by_id(event)
        .one(tx)
        .await?
        .ok_or(Error::NotFound)
}

/// One act: what it is called, who did it, and what it adds to what it replaced.
pub(super) struct Done {
    pub(super) kind: &'static str,
    pub(super) staff: StaffId,
    pub(super) cues: Vec<Cue>,
    pub(super) left: Option<Left>,
    pub(super) undoes: Option<StageActId>,
}

impl Done {
    pub(super) const fn new(kind: &'static str, staff: StaffId) -> Self {
        Self {
            kind,
            staff,
            cues: Vec::new(),
            left: None,
            undoes: None,
        }
    }
}

/// Shows something else: what was used is kept with what leaves, and what comes goes on where it was.
pub(super) async fn turn_to(
    tx: &WriteTx,
    app: &App,
    run: &mut stage_run::Model,
    to: Shown,
    done: &mut Done,
) -> Result<()> {
    let now = app.clock.now();
    let from = Shown::of(Some(run));
    if from == to && !run.held {
        return Ok(());
    }
    if let Some(subject) = from.subject() {
        let stood = cue(tx, subject).await?;
        done.cues.push(stood);
        let used_ms = elapsed(run, now).num_milliseconds();
        keep(tx, run.event_id, Cue { used_ms, ..stood }).await?;
    }
    let used = match to.subject() {
        Some(subject) => cue(tx, subject).await?.used_ms,
        None => 0,
    };
    to.put(run);
    run.held = false;
    run.used_ms = used;
    run.started_at = (to != Shown::Nothing).then_some(now);
    Ok(())
}

/// What is noted about a line.
pub(super) async fn cue(conn: &impl ConnectionTrait, subject: Uuid) -> Result<Cue> {
    let found = stage_cue::Entity::find_by_id(subject).one(conn).await?;
    Ok(Cue {
        subject,
        used_ms: found.as_ref().map_or(0, |c| c.used_ms),
        answered_at: found.and_then(|c| c.answered_at),
    })
}

pub(super) async fn keep(tx: &WriteTx, event: EventId, cue: Cue) -> Result<()> {
    let row = stage_cue::ActiveModel {
        subject_id: Set(cue.subject),
        event_id: Set(event),
        used_ms: Set(cue.used_ms),
        answered_at: Set(cue.answered_at),
    };
    let over = OnConflict::column(stage_cue::Column::SubjectId)
        .update_columns([stage_cue::Column::UsedMs, stage_cue::Column::AnsweredAt])
        .to_owned();
    stage_cue::Entity::insert(row)
        .on_conflict(over)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Writes the row over the version that was taken, and the act that made it.
pub(super) async fn store(
    tx: &WriteTx,
    app: &App,
    was: &stage_run::Model,
    run: stage_run::Model,
    done: Done,
) -> Result<()> {
    let now = app.clock.now();
    let version = was.version + 1;
    let result = stage_run::Entity::update_many()
        .col_expr(stage_run::Column::QuestionId, Expr::value(run.question_id))
        .col_expr(stage_run::Column::ReverseId, Expr::value(run.reverse_id))
        .col_expr(stage_run::Column::PauseId, Expr::value(run.pause_id))
        .col_expr(stage_run::Column::SheetId, Expr::value(run.sheet_id))
        .col_expr(stage_run::Column::Held, Expr::value(run.held))
        .col_expr(stage_run::Column::StartedAt, Expr::value(run.started_at))
        .col_expr(stage_run::Column::UsedMs, Expr::value(run.used_ms))
        .col_expr(stage_run::Column::OperatorId, Expr::value(run.operator_id))
        .col_expr(stage_run::Column::Message, Expr::value(run.message.clone()))
        .col_expr(stage_run::Column::Version, Expr::value(version))
        .col_expr(stage_run::Column::UpdatedAt, Expr::value(now))
        .filter(stage_run::Column::EventId.eq(was.event_id))
        .filter(stage_run::Column::Version.eq(was.version))
        .exec(tx)
        .await?;
    one_row(&result, "stage")?;
    if let Some(question) = run.question_id.filter(|_| !run.held) {
        seen(tx, was.event_id, question, now).await?;
    }
    let mut stood = Stood::of(was);
    stood.cues = done.cues;
    stood.left = done.left;
    let act = stage_act::ActiveModel {
        id: Set(StageActId::new()),
        event_id: Set(was.event_id),
        version: Set(version),
        kind: Set(done.kind.to_owned()),
        staff_id: Set(done.staff),
        at: Set(now),
        stood: Set(
            serde_json::to_value(&stood).map_err(|error| db::Error::from(sea_orm::DbErr::Json(error.to_string())))?
        ),
        undoes: Set(done.undoes),
    };
    stage_act::Entity::insert(act).exec_without_returning(tx).await?;
    let entry = audit::Entry {
        event: Some(was.event_id),
        actor: Actor::Staff(done.staff),
        action: "stage.shown",
        subject: ("event", Some(was.event_id.uuid())),
        details: json!({ "act": done.kind, "question": run.question_id, "reverse": run.reverse_id }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}

/// The hall saw it: from now on a correction of the decision is no longer quiet.
async fn seen(tx: &WriteTx, event: EventId, question: QuestionId, at: DateTime<Utc>) -> Result<()> {
    let row = stage_seen::ActiveModel {
        question_id: Set(question),
        event_id: Set(event),
        at: Set(at),
    };
    let once = OnConflict::column(stage_seen::Column::QuestionId)
        .do_nothing()
        .to_owned();
    stage_seen::Entity::insert(row)
        .on_conflict(once)
        .exec_without_returning(tx)
        .await?;
    Ok(())
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
