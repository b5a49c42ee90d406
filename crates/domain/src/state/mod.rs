//! The life cycles: one enum and one table of transitions each, and nothing else decides what may follow what.
//!
//! The `UPDATE` that moves a row filters on [`Transitions::sources`] of the state it moves to and checks that one
//! row changed; so two writers can never both make the same step.

pub mod answer;
pub mod article;
pub mod assignment;
pub mod comment;
pub mod decision;
pub mod delivery;
pub mod issue;
pub mod job;
pub mod mail;
pub mod message;
pub mod newsletter;
pub mod people;
pub mod printed;
pub mod question;
pub mod release;

/// An enum that stands in the database, in forms and in JSON by the same short text.
macro_rules! text_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, sea_orm::DeriveValueType, serde::Serialize, serde::Deserialize)]
        #[sea_orm(value_type = "String")]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The text by which it is stored and sent.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = sea_orm::sea_query::ValueTypeErr;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                match s { $($text => Ok(Self::$variant),)+ _ => Err(sea_orm::sea_query::ValueTypeErr) }
            }
        }
    };
}
pub(crate) use text_enum;

/// A life cycle: which step may follow which.
pub trait Transitions: Copy + PartialEq + 'static {
    /// Every allowed step, `(from, to)`.
    const TABLE: &'static [(Self, Self)];

    fn may_become(self, to: Self) -> bool {
        Self::TABLE.contains(&(self, to))
    }

    /// The states that `to` may be reached from: what the conditional `UPDATE` filters on.
    fn sources(to: Self) -> Vec<Self> {
        Self::TABLE.iter().filter(|(_, t)| *t == to).map(|(f, _)| *f).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Transitions, answer::AnswerState, question::QuestionState};

    #[test]
    fn a_received_question_may_be_placed_but_a_withdrawn_one_may_not() {
        assert!(QuestionState::Received.may_become(QuestionState::Live));
        assert!(!QuestionState::Withdrawn.may_become(QuestionState::Live));
        assert_eq!(AnswerState::sources(AnswerState::Approved), [AnswerState::InReview]);
    }

    #[test]
    fn the_stored_text_reads_back() {
        for state in QuestionState::ALL {
            assert_eq!(state.as_str().parse::<QuestionState>().ok(), Some(*state));
        }
    }
}
