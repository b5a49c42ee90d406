//! What can be on the screen.

use db::entity::{stage_line, stage_run};
use domain::{LineId, QuestionId, ReverseId};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// What is on the screen. Forms carry it as `q-ID`, `r-ID`, `p-ID`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Shown {
    Nothing,
    Question(QuestionId),
    Reverse(ReverseId),
    Pause(LineId),
}

impl Shown {
    /// Also while it is held: what comes back afterwards.
    pub(crate) fn of(run: Option<&stage_run::Model>) -> Self {
        let Some(run) = run else { return Self::Nothing };
        let question = run.question_id.map(Self::Question);
        let reverse = run.reverse_id.map(Self::Reverse);
        question
            .or(reverse)
            .or(run.pause_id.map(Self::Pause))
            .unwrap_or(Self::Nothing)
    }

    pub(crate) fn of_line(line: &stage_line::Model) -> Self {
        match (line.question_id, line.reverse_id) {
            (Some(question), _) => Self::Question(question),
            (None, Some(reverse)) => Self::Reverse(reverse),
            (None, None) => Self::Pause(line.id),
        }
    }

    pub(crate) fn subject(self) -> Option<Uuid> {
        match self {
            Self::Nothing => None,
            Self::Question(id) => Some(id.uuid()),
            Self::Reverse(id) => Some(id.uuid()),
            Self::Pause(id) => Some(id.uuid()),
        }
    }

    pub(crate) fn put(self, run: &mut stage_run::Model) {
        (run.question_id, run.reverse_id, run.pause_id) = (None, None, None);
        match self {
            Self::Nothing => {}
            Self::Question(id) => run.question_id = Some(id),
            Self::Reverse(id) => run.reverse_id = Some(id),
            Self::Pause(id) => run.pause_id = Some(id),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Question(id) => write!(f, "q-{id}"),
            Self::Reverse(id) => write!(f, "r-{id}"),
            Self::Pause(id) => write!(f, "p-{id}"),
        }
    }
}

/// It names nothing that can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotShown;

impl FromStr for Shown {
    type Err = NotShown;

    fn from_str(text: &str) -> Result<Self, NotShown> {
        let (kind, id) = text.split_once('-').ok_or(NotShown)?;
        let id = Uuid::parse_str(id).map_err(|_| NotShown)?;
        match kind {
            "q" => Ok(Self::Question(QuestionId::from_uuid(id))),
            "r" => Ok(Self::Reverse(ReverseId::from_uuid(id))),
            "p" => Ok(Self::Pause(LineId::from_uuid(id))),
            _ => Err(NotShown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_carries_it_there_and_back() {
        let all = [
            Shown::Question(QuestionId::new()),
            Shown::Reverse(ReverseId::new()),
            Shown::Pause(LineId::new()),
        ];
        for shown in all {
            assert_eq!(shown.to_string().parse(), Ok(shown));
        }
        for broken in ["", "q", "q-", "x-0190b5a07d2c7f3e8b1d5f0a6f0c3b11"] {
            assert_eq!(broken.parse::<Shown>(), Err(NotShown), "{broken}");
        }
    }
}
