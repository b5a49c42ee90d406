//! The stage that is played, held: changed with what stood before, told to everybody. The day's stands in its tables, a
//! rehearsal's in its book.

use super::{
    Seen, Shown, elapsed,
    state::{Cue, Done, Stood},
};
use crate::{
    Result,
    stage::{
        plan,
        rehearsal::{self, Past, Rehearsal},
    },
};
use chrono::{DateTime, Utc};
use db::{
    audit::{self, Actor},
    entity::{stage_act, stage_cue, stage_run, stage_seen},
    prelude::*,
};
use domain::{EventId, QuestionId, SheetId, StageActId};
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use uuid::Uuid;
use web::App;

/// The day's row, which this transaction has alone until it ends. Whoever acts holds it, in a rehearsal, too.
pub(in crate::stage) async fn hold_run(tx: &WriteTx, app: &App, event: EventId) -> Result<stage_run::Model> {
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
    // None: a rehearsal that held it where nobody had acted yet ended meanwhile.
    let row = stage_run::Entity::find_by_id(event).one(tx).await?;
    row.ok_or_else(|| db::Error::Stale { what: "stage" }.into())
}

pub(super) struct Played {
    pub(super) was: stage_run::Model,
    rehearsal: Option<Rehearsal>,
}

impl Played {
    pub(super) async fn take(tx: &WriteTx, app: &App, event: EventId) -> Result<Self> {
        let day = hold_run(tx, app, event).await?;
        let rehearsal = rehearsal::of(tx, event).await?;
        let was = rehearsal.as_ref().map_or(day, Rehearsal::run);
        Ok(Self { was, rehearsal })
    }

    pub(super) fn seen(&self) -> Seen {
        Seen {
            rehearsal: self.rehearsal.as_ref().map(|rehearsal| rehearsal.id),
            version: self.was.version,
        }
    }

    pub(super) const fn rehearsal(&self) -> Option<&Rehearsal> {
        self.rehearsal.as_ref()
    }

    /// What can be played, in its order.
    pub(super) async fn order(&self, tx: &WriteTx, sheet: Option<SheetId>) -> Result<Vec<Shown>> {
        let book = self.rehearsal.as_ref().map(|rehearsal| &rehearsal.book);
        let cues = plan::cues(tx, self.was.event_id, sheet, book).await?;
        Ok(cues.iter().map(|cue| cue.shown).collect())
    }

    /// Makes sure that it may be shown; see [`plan::take_in`].
    pub(super) async fn take_in(&mut self, tx: &WriteTx, shown: Shown) -> Result<()> {
        let (event, now) = (self.was.event_id, Shown::of(Some(&self.was)));
        let book = self.rehearsal.as_mut().map(|rehearsal| &mut rehearsal.book);
        plan::take_in(tx, event, now, shown, self.was.sheet_id, book).await
    }

    /// What is noted about a line.
    pub(super) async fn cue(&self, tx: &WriteTx, subject: Uuid) -> Result<Cue> {
        if let Some(rehearsal) = &self.rehearsal {
            return Ok(rehearsal.book.cue(subject));
        }
        let found = stage_cue::Entity::find_by_id(subject).one(tx).await?;
        Ok(found.map_or_else(
            || Cue::new(subject),
            |found| Cue {
                used_ms: found.used_ms,
                answered_at: found.answered_at,
                ..Cue::new(subject)
            },
        ))
    }

    pub(super) async fn keep(&mut self, tx: &WriteTx, cue: Cue) -> Result<()> {
        if let Some(rehearsal) = &mut self.rehearsal {
            rehearsal.book.keep(cue);
            return Ok(());
        }
        let row = stage_cue::ActiveModel {
            subject_id: Set(cue.subject),
            event_id: Set(self.was.event_id),
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

    /// Shows something else: what was used is kept with what leaves, and what comes goes on where it was.
    pub(super) async fn turn_to(
        &mut self,
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
            let stood = self.cue(tx, subject).await?;
            done.cues.push(stood);
            let used_ms = elapsed(run, now).num_milliseconds();
            self.keep(tx, Cue { used_ms, ..stood }).await?;
        }
        let used = match to.subject() {
            Some(subject) => self.cue(tx, subject).await?.used_ms,
            None => 0,
        };
        to.put(run);
        run.held = false;
        run.used_ms = used;
        run.started_at = (to != Shown::Nothing).then_some(now);
        Ok(())
    }

    /// Writes what stands over the version that was taken, and the act that made it.
    pub(super) async fn store(mut self, tx: &WriteTx, app: &App, run: stage_run::Model, done: Done) -> Result<()> {
        let mut stood = Stood::of(&self.was);
        stood.cues = done.cues;
        stood.left = done.left;
        stood.joined = done.joined;
        if let Some(rehearsal) = &mut self.rehearsal {
            let act = Past {
                id: StageActId::new(),
                kind: done.kind.to_owned(),
                stood,
                undoes: done.undoes,
            };
            rehearsal.book.act(&run, act);
            return rehearsal.save(tx).await;
        }
        let (was, now) = (&self.was, app.clock.now());
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
        let stood = serde_json::to_value(&stood).map_err(|error| sea_orm::DbErr::Json(error.to_string()))?;
        let act = stage_act::ActiveModel {
            id: Set(StageActId::new()),
            event_id: Set(was.event_id),
            version: Set(version),
            kind: Set(done.kind.to_owned()),
            staff_id: Set(done.staff),
            at: Set(now),
            stood: Set(stood),
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
