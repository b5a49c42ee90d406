//! The placeholders.

use domain::state::release::LetterKind;
use std::fmt;

/// What may stand in braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    Name,
    Event,
    Host,
    Number,
    Question,
    Link,
    Place,
    Speaker,
    Service,
    Reason,
    Asker,
    Due,
    Facts,
    /// The beginning of the question, for a subject.
    Excerpt,
    Answer,
    /// Who answered.
    Answerer,
    /// Why somebody gets an answer to a question that others asked, too.
    Joined,
}

impl Slot {
    pub const ALL: [Self; 17] = [
        Self::Name,
        Self::Event,
        Self::Host,
        Self::Number,
        Self::Question,
        Self::Link,
        Self::Place,
        Self::Speaker,
        Self::Service,
        Self::Reason,
        Self::Asker,
        Self::Due,
        Self::Facts,
        Self::Excerpt,
        Self::Answer,
        Self::Answerer,
        Self::Joined,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Event => "event",
            Self::Host => "host",
            Self::Number => "number",
            Self::Question => "question",
            Self::Link => "link",
            Self::Place => "place",
            Self::Speaker => "speaker",
            Self::Service => "service",
            Self::Reason => "reason",
            Self::Asker => "asker",
            Self::Due => "due",
            Self::Facts => "facts",
            Self::Excerpt => "excerpt",
            Self::Answer => "answer",
            Self::Answerer => "answerer",
            Self::Joined => "joined",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == name)
    }

    /// Whether a mail of this kind knows it.
    pub fn serves(self, kind: LetterKind) -> bool {
        match self {
            Self::Name | Self::Event | Self::Host | Self::Number | Self::Question | Self::Link => true,
            Self::Place | Self::Speaker => kind == LetterKind::Live,
            Self::Service => matches!(kind, LetterKind::Routed | LetterKind::Assignment),
            Self::Reason => kind == LetterKind::Declined,
            Self::Asker | Self::Due | Self::Facts => kind == LetterKind::Assignment,
            Self::Excerpt | Self::Answer | Self::Answerer | Self::Joined => kind == LetterKind::Delivery,
        }
    }

    /// Alone on its line it is a block of its own.
    pub(super) const fn is_block(self) -> bool {
        matches!(
            self,
            Self::Question | Self::Link | Self::Reason | Self::Facts | Self::Answer | Self::Joined
        )
    }

    /// Without it the mail would not do what it is for.
    pub(super) fn is_needed(self, kind: LetterKind) -> bool {
        match self {
            Self::Link => true,
            Self::Reason => kind == LetterKind::Declined,
            Self::Question => kind == LetterKind::Assignment,
            Self::Answer => kind == LetterKind::Delivery,
            _ => false,
        }
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.as_str())
    }
}
