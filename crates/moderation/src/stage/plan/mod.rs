//! The run of show (진행표): what is played in a sitting, in which order, for how long, and who says what to whom.

mod clock;
mod draft;
mod save;

pub use clock::{Times, times};
pub use draft::{Checked, Draft, Line, What, check};
pub use save::{current, save};

use super::{rehearsal::Book, repo, service::Shown};
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use db::{
    entity::{sitting, stage_line, stage_sheet},
    prelude::*,
};
use domain::{EventId, LineId, SheetId, SittingId};
use std::collections::HashSet;

/// What a line is planned for where nobody says otherwise.
pub const MINUTES: i32 = 5;

/// One line as it can be played now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    pub shown: Shown,
    /// What a pause is called.
    pub title: String,
    pub minutes: i32,
    pub microphone: String,
    pub note: String,
}

impl Cue {
    const fn plain(shown: Shown) -> Self {
        Self {
            shown,
            title: String::new(),
            minutes: MINUTES,
            microphone: String::new(),
            note: String::new(),
        }
    }
}

pub(crate) async fn sittings(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<sitting::Model>> {
    Ok(sitting::Entity::find()
        .filter(sitting::Column::EventId.eq(event))
        .order_by_asc(sitting::Column::Position)
        .order_by_asc(sitting::Column::Id)
        .all(conn)
        .await?)
}

/// The runs of an event, in the order of its sittings.
pub(crate) async fn sheets(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<stage_sheet::Model>> {
    let sittings = sittings(conn, event).await?;
    let mut sheets = stage_sheet::Entity::find()
        .filter(stage_sheet::Column::EventId.eq(event))
        .all(conn)
        .await?;
    sheets.sort_by_key(|sheet| sittings.iter().position(|s| Some(s.id) == sheet.sitting_id));
    Ok(sheets)
}

pub(crate) async fn of_event(
    conn: &impl ConnectionTrait,
    event: EventId,
    id: SheetId,
) -> Result<Option<stage_sheet::Model>> {
    let found = stage_sheet::Entity::find_by_id(id).filter(stage_sheet::Column::EventId.eq(event));
    Ok(found.one(conn).await?)
}

pub(crate) async fn of_sitting(
    conn: &impl ConnectionTrait,
    event: EventId,
    sitting: Option<SittingId>,
) -> Result<Option<stage_sheet::Model>> {
    let found = stage_sheet::Entity::find().filter(stage_sheet::Column::EventId.eq(event));
    let found = match sitting {
        Some(id) => found.filter(stage_sheet::Column::SittingId.eq(id)),
        None => found.filter(stage_sheet::Column::SittingId.is_null()),
    };
    Ok(found.one(conn).await?)
}

/// All lines of an event's runs, each run's in its order.
pub(crate) async fn lines(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<stage_line::Model>> {
    let sheets = sheets(conn, event).await?;
    let mut lines = stage_line::Entity::find()
        .filter(stage_line::Column::SheetId.is_in(sheets.iter().map(|s| s.id)))
        .order_by_asc(stage_line::Column::Position)
        .order_by_asc(stage_line::Column::Id)
        .all(conn)
        .await?;
    lines.sort_by_key(|line| sheets.iter().position(|s| s.id == line.sheet_id));
    Ok(lines)
}

/// The same as a rehearsal plays them.
async fn lines_with(
    conn: &impl ConnectionTrait,
    event: EventId,
    book: Option<&Book>,
) -> Result<Vec<stage_line::Model>> {
    let mut lines = lines(conn, event).await?;
    if let Some(book) = book {
        book.among(&mut lines);
    }
    Ok(lines)
}

/// When the sittings begin, as far as that is planned.
pub(crate) async fn begins(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<DateTime<Utc>>> {
    let sheets = sheets(conn, event).await?;
    let planned = |sitting| {
        sheets
            .iter()
            .find(|s| s.sitting_id == sitting)
            .and_then(|s| s.starts_at)
    };
    let mut begins = Vec::from_iter(planned(None));
    for sitting in sittings(conn, event).await? {
        let times = times(conn, Some(sitting.id), planned(Some(sitting.id)), []).await?;
        begins.extend(times.begins);
    }
    Ok(begins)
}

/// The run that is played: the one that was chosen, else the first that has lines.
pub(crate) fn played(lines: &[stage_line::Model], chosen: Option<SheetId>) -> Option<SheetId> {
    chosen.or_else(|| lines.first().map(|line| line.sheet_id))
}

/// What can be played, in its order: what has left the stage is passed over. Where no run was made, the released places
/// and then the questions asked back are the run. `book`: a rehearsal's.
pub(crate) async fn cues(
    conn: &impl ConnectionTrait,
    event: EventId,
    sheet: Option<SheetId>,
    book: Option<&Book>,
) -> Result<Vec<Cue>> {
    let lines = lines_with(conn, event, book).await?;
    let there = there(conn, event, book).await?;
    if lines.is_empty() {
        return Ok(there.into_iter().map(Cue::plain).collect());
    }
    let sheet = played(&lines, sheet);
    let there: HashSet<Shown> = there.into_iter().collect();
    let cues = lines
        .into_iter()
        .filter(|line| Some(line.sheet_id) == sheet)
        .map(|line| Cue {
            shown: Shown::of_line(&line),
            title: line.title,
            minutes: line.minutes,
            microphone: line.microphone,
            note: line.note,
        });
    Ok(cues
        .filter(|cue| matches!(cue.shown, Shown::Pause(_)) || there.contains(&cue.shown))
        .collect())
}

/// What may be shown: the released places in their order, then the questions asked back in theirs.
async fn there(conn: &impl ConnectionTrait, event: EventId, book: Option<&Book>) -> Result<Vec<Shown>> {
    let questions = repo::order(conn, event).await?;
    let reverse = repo::reverse(conn, event).await?;
    let questions = questions.iter().map(|(_, q)| Shown::Question(q.id));
    let mut there: Vec<Shown> = questions.chain(reverse.iter().map(|r| Shown::Reverse(r.id))).collect();
    there.retain(|shown| book.is_none_or(|book| !book.is_gone(*shown)));
    Ok(there)
}

/// What may be shown, but stands in no run.
pub(crate) async fn left_over(conn: &impl ConnectionTrait, event: EventId, book: Option<&Book>) -> Result<Vec<Shown>> {
    let lines = lines_with(conn, event, book).await?;
    let placed: HashSet<Shown> = lines.iter().map(Shown::of_line).collect();
    let mut there = there(conn, event, book).await?;
    there.retain(|shown| !placed.contains(shown));
    Ok(there)
}

/// Makes sure that it may be shown. What stands in no run, while there are runs, comes into the one that is played, behind
/// `now`; in a rehearsal, into its book.
///
/// # Errors
/// [`Error::NotFound`] when it may not be shown.
pub(crate) async fn take_in(
    tx: &WriteTx,
    event: EventId,
    now: Shown,
    shown: Shown,
    sheet: Option<SheetId>,
    book: Option<&mut Book>,
) -> Result<()> {
    let lines = lines_with(tx, event, book.as_deref()).await?;
    if matches!(shown, Shown::Pause(_)) {
        let known = lines.iter().any(|line| Shown::of_line(line) == shown);
        return if known { Ok(()) } else { Err(Error::NotFound) };
    }
    if !there(tx, event, book.as_deref()).await?.contains(&shown) {
        return Err(Error::NotFound);
    }
    let Some(sheet) = played(&lines, sheet) else {
        return Ok(());
    };
    if lines.iter().any(|line| Shown::of_line(line) == shown) {
        return Ok(());
    }
    if let Some(book) = book {
        book.take_in(sheet, now, shown);
        return Ok(());
    }
    let mine: Vec<&stage_line::Model> = lines.iter().filter(|line| line.sheet_id == sheet).collect();
    let after = mine.iter().find(|line| Shown::of_line(line) == now);
    let after = after.map_or(0, |line| line.position);
    stage_line::Entity::update_many()
        .col_expr(
            stage_line::Column::Position,
            Expr::col(stage_line::Column::Position).add(1),
        )
        .filter(stage_line::Column::SheetId.eq(sheet))
        .filter(stage_line::Column::Position.gt(after))
        .exec(tx)
        .await?;
    let (question, reverse) = match shown {
        Shown::Question(id) => (Some(id), None),
        Shown::Reverse(id) => (None, Some(id)),
        Shown::Nothing | Shown::Pause(_) => return Ok(()),
    };
    let row = stage_line::ActiveModel {
        id: Set(LineId::new()),
        sheet_id: Set(sheet),
        position: Set(after + 1),
        question_id: Set(question),
        reverse_id: Set(reverse),
        title: Set(String::new()),
        minutes: Set(MINUTES),
        microphone: Set(String::new()),
        note: Set(String::new()),
    };
    stage_line::Entity::insert(row).exec_without_returning(tx).await?;
    // Who has the run's page open reads it again before they save.
    stage_sheet::Entity::update_many()
        .col_expr(
            stage_sheet::Column::Version,
            Expr::col(stage_sheet::Column::Version).add(1),
        )
        .filter(stage_sheet::Column::Id.eq(sheet))
        .exec(tx)
        .await?;
    Ok(())
}
