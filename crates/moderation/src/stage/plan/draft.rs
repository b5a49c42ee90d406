//! A run of show as it is typed, and what of it holds.

use crate::stage::service::Shown;
use chrono::{DateTime, Utc};
use db::entity::{stage_line, stage_sheet};
use domain::{LineId, QuestionId, ReverseId, text};
use web::{Errors, Message};

/// Most lines of one run, minutes of one line, and characters of what is written to it.
const LINES: usize = 100;
const LONGEST: i32 = 600;
const TITLE: usize = 80;
const MICROPHONE: usize = 60;
const NOTE: usize = 1_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub starts_at: Option<DateTime<Utc>>,
    pub frozen_at: Option<DateTime<Utc>>,
    pub timer: bool,
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub id: LineId,
    pub what: What,
    /// As it was typed, since it may be no number.
    pub minutes: String,
    pub microphone: String,
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Question(QuestionId),
    Reverse(ReverseId),
    /// With its title.
    Pause(String),
}

impl Line {
    pub fn new(what: What, minutes: i32) -> Self {
        Self {
            id: LineId::new(),
            what,
            minutes: minutes.to_string(),
            microphone: String::new(),
            note: String::new(),
        }
    }

    pub(crate) fn of(row: stage_line::Model) -> Self {
        let what = match (row.question_id, row.reverse_id) {
            (Some(id), _) => What::Question(id),
            (None, Some(id)) => What::Reverse(id),
            (None, None) => What::Pause(row.title),
        };
        Self {
            id: row.id,
            what,
            minutes: row.minutes.to_string(),
            microphone: row.microphone,
            note: row.note,
        }
    }

    pub const fn shown(&self) -> Shown {
        match self.what {
            What::Question(id) => Shown::Question(id),
            What::Reverse(id) => Shown::Reverse(id),
            What::Pause(_) => Shown::Pause(self.id),
        }
    }

    /// Its minutes, while they are a number.
    pub fn planned(&self) -> Option<i32> {
        let minutes = self.minutes.trim().parse().ok()?;
        (0..=LONGEST).contains(&minutes).then_some(minutes)
    }
}

impl Draft {
    pub(crate) fn of(sheet: Option<&stage_sheet::Model>, lines: Vec<stage_line::Model>) -> Self {
        Self {
            starts_at: sheet.and_then(|s| s.starts_at),
            frozen_at: sheet.and_then(|s| s.frozen_at),
            timer: sheet.is_none_or(|s| s.timer),
            lines: lines.into_iter().map(Line::of).collect(),
        }
    }

    pub fn order(&self) -> Vec<Shown> {
        self.lines.iter().map(Line::shown).collect()
    }
}

/// A draft that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked(pub(super) Draft);

/// What was typed, tidied; or what is wrong with it, by its field.
///
/// # Errors
/// When something typed does not hold.
pub fn check(mut draft: Draft) -> Result<Checked, Errors> {
    let mut errors = Errors::new();
    if draft.lines.len() > LINES {
        errors.add("", Message::new("run-error-many").arg("most", LINES));
    }
    for line in &mut draft.lines {
        let id = line.id;
        if line.planned().is_none() {
            let message = Message::new("run-error-minutes").arg("most", LONGEST);
            errors.add(format!("minutes-{id}"), message);
        }
        match text::line(&line.microphone, MICROPHONE) {
            Ok(tidy) => line.microphone = tidy,
            Err(error) => errors.add(format!("microphone-{id}"), error),
        }
        line.note = text::tidy(&line.note);
        if text::char_count(&line.note) > NOTE {
            let has = text::char_count(&line.note);
            errors.add(format!("note-{id}"), text::TextError::TooLong { most: NOTE, has });
        }
        if let What::Pause(title) = &mut line.what {
            match text::line(title, TITLE) {
                Ok(tidy) if tidy.is_empty() => errors.add(format!("title-{id}"), "error-required"),
                Ok(tidy) => *title = tidy,
                Err(error) => errors.add(format!("title-{id}"), error),
            }
        }
    }
    if errors.is_empty() {
        Ok(Checked(draft))
    } else {
        Err(errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_hold_is_said_at_its_line() {
        let mut pause = Line::new(What::Pause(" ".into()), 10);
        pause.minutes = "열".into();
        let mut question = Line::new(What::Question(QuestionId::new()), 601);
        question.note = "가".repeat(1_001);
        let draft = Draft {
            starts_at: None,
            frozen_at: None,
            timer: true,
            lines: vec![pause.clone(), question.clone()],
        };
        let errors = check(draft.clone()).expect_err("does not hold");
        for field in [
            format!("minutes-{}", pause.id),
            format!("title-{}", pause.id),
            format!("minutes-{}", question.id),
            format!("note-{}", question.id),
        ] {
            assert!(errors.has(&field), "{field}");
        }
        let draft = Draft {
            lines: vec![Line::new(What::Pause("쉬는 시간 ".into()), 10)],
            ..draft
        };
        let checked = check(draft).expect("holds");
        assert_eq!(checked.0.lines[0].what, What::Pause("쉬는 시간".into()));
    }
}
