//! Where a question is on its way, as its asker may know it: a decision that is not released shows nowhere.

use super::Phase;
use domain::state::question::QuestionState;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    Done,
    Current,
    Todo,
}

impl StepState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Current => "now",
            Self::Todo => "todo",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The key of its name.
    pub key: &'static str,
    pub state: StepState,
}

impl Step {
    pub fn is_current(&self) -> bool {
        self.state == StepState::Current
    }
}

/// The line of steps, and one sentence beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    pub steps: Vec<Step>,
    /// The key of the sentence.
    pub word: &'static str,
}

const WRITE: &str = "my-step-write";
const RECEIVE: &str = "my-step-receive";
const SORT: &str = "my-step-sort";
const PREPARE: &str = "my-step-prepare";
const ARRIVE: &str = "my-step-arrive";

/// The way of a question in `state`; `delivered` when an answer stands on its page.
pub fn way(state: QuestionState, phase: Phase, delivered: bool) -> Way {
    let all = [WRITE, RECEIVE, SORT, PREPARE, ARRIVE];
    let (done, word) = match state {
        QuestionState::Draft => (
            0,
            if phase.is_closed() {
                "my-way-draft-late"
            } else {
                "my-way-draft"
            },
        ),
        QuestionState::Received if phase.is_closed() => (2, "my-way-sorting"),
        QuestionState::Received => (2, "my-way-received"),
        QuestionState::Live | QuestionState::Routed | QuestionState::Merged if delivered => (5, "my-way-answered"),
        QuestionState::Live => (3, "my-way-live"),
        QuestionState::Routed => (3, "my-way-routed"),
        QuestionState::Merged => (3, "my-way-merged"),
        QuestionState::Declined => return ended(&[WRITE, RECEIVE, SORT], "my-way-declined"),
        QuestionState::Withdrawn => return ended(&[WRITE, RECEIVE], "my-way-withdrawn"),
    };
    let state_of = |at: usize| match at.cmp(&done) {
        std::cmp::Ordering::Less => StepState::Done,
        std::cmp::Ordering::Equal => StepState::Current,
        std::cmp::Ordering::Greater => StepState::Todo,
    };
    let steps = all.into_iter().enumerate();
    Way {
        steps: steps
            .map(|(at, key)| Step {
                key,
                state: state_of(at),
            })
            .collect(),
        word,
    }
}

/// It went so far and no farther.
fn ended(steps: &[&'static str], word: &'static str) -> Way {
    let state = StepState::Done;
    Way {
        steps: steps.iter().map(|key| Step { key, state }).collect(),
        word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn current(way: &Way) -> Option<&'static str> {
        way.steps.iter().find(|s| s.is_current()).map(|s| s.key)
    }

    #[test]
    fn a_question_goes_from_step_to_step() {
        use QuestionState::{Draft, Live, Received, Routed};
        assert_eq!(current(&way(Draft, Phase::Open, false)), Some(WRITE));
        assert_eq!(current(&way(Received, Phase::Closed, false)), Some(SORT));
        assert_eq!(current(&way(Live, Phase::Closed, false)), Some(PREPARE));
        assert_eq!(current(&way(Routed, Phase::Closed, false)), Some(PREPARE));
        let arrived = way(Routed, Phase::Closed, true);
        assert!(arrived.steps.iter().all(|s| s.state == StepState::Done));
    }

    #[test]
    fn the_asker_of_a_merged_question_gets_the_same_way() {
        assert_eq!(way(QuestionState::Merged, Phase::Closed, false).word, "my-way-merged");
        assert_eq!(way(QuestionState::Merged, Phase::Closed, true).word, "my-way-answered");
    }

    #[test]
    fn what_ended_has_no_steps_to_wait_for() {
        for state in [QuestionState::Declined, QuestionState::Withdrawn] {
            assert!(
                way(state, Phase::Closed, false)
                    .steps
                    .iter()
                    .all(|s| s.state == StepState::Done)
            );
        }
    }
}
