//! Where every question is: derived from the life cycles, never kept beside them.
//!
//! The database says four facts of each question, [`Facts`]; [`Facts::leaf`] puts it into exactly one [`Leaf`]; every
//! number of the page is a sum of leaves, so the numbers add up, and each number's list is found by the same facts.

mod query;
mod strip;

pub use query::{Listed, ReverseLedger, list, read, reverse};
pub use strip::{Band, Bar, Strip};

use domain::state::question::QuestionState;
use std::collections::BTreeMap;

/// What is known of a question's answer; of the question it was merged into, where it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Answered {
    No,
    InReview,
    Approved,
}

/// How far the answer is on its way to this asker; the worst, where there are several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Delivered {
    No,
    Queued,
    Bounced,
    Accepted,
    PageOnly,
}

/// The facts by which a question is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Facts {
    pub state: QuestionState,
    pub answered: Answered,
    pub delivered: Delivered,
    /// Its crew's time is over.
    pub overdue: bool,
    /// The mail that asks its crew came back.
    pub unreached: bool,
}

/// The one place in which a question stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Leaf {
    Draft,
    Withdrawn,
    Received,
    Declined,
    Waiting,
    Late,
    Unreached,
    InReview,
    Preparing,
    Queued,
    Bounced,
    Accepted,
    PageOnly,
}

impl Leaf {
    pub const ALL: &'static [Self] = &[
        Self::Draft,
        Self::Withdrawn,
        Self::Received,
        Self::Declined,
        Self::Waiting,
        Self::Late,
        Self::Unreached,
        Self::InReview,
        Self::Preparing,
        Self::Queued,
        Self::Bounced,
        Self::Accepted,
        Self::PageOnly,
    ];

    /// Its name in addresses and texts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Withdrawn => "withdrawn",
            Self::Received => "received",
            Self::Declined => "declined",
            Self::Waiting => "waiting",
            Self::Late => "late",
            Self::Unreached => "unreached",
            Self::InReview => "in-review",
            Self::Preparing => "preparing",
            Self::Queued => "queued",
            Self::Bounced => "bounced",
            Self::Accepted => "accepted",
            Self::PageOnly => "page-only",
        }
    }
}

impl Facts {
    pub const fn leaf(self) -> Leaf {
        match (self.state, self.answered, self.delivered, self.overdue) {
            (QuestionState::Draft, ..) => Leaf::Draft,
            (QuestionState::Withdrawn, ..) => Leaf::Withdrawn,
            (QuestionState::Received, ..) => Leaf::Received,
            (QuestionState::Declined, ..) => Leaf::Declined,
            // Nobody has been asked: that it is late, too, comes from it.
            (_, Answered::No, ..) if self.unreached => Leaf::Unreached,
            (_, Answered::No, _, true) => Leaf::Late,
            (_, Answered::No, _, false) => Leaf::Waiting,
            (_, Answered::InReview, ..) => Leaf::InReview,
            (_, Answered::Approved, Delivered::No, _) => Leaf::Preparing,
            (_, Answered::Approved, Delivered::Queued, _) => Leaf::Queued,
            (_, Answered::Approved, Delivered::Bounced, _) => Leaf::Bounced,
            (_, Answered::Approved, Delivered::Accepted, _) => Leaf::Accepted,
            (_, Answered::Approved, Delivered::PageOnly, _) => Leaf::PageOnly,
        }
    }
}

/// A number of the page: which questions it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Every row, drafts included.
    All,
    /// Sent in and not taken back.
    In,
    Live,
    Routed,
    Merged,
    /// Each of these askers is owed an answer: live, routed, merged.
    Owed,
    /// An answer is approved.
    Approved,
    /// It has arrived, or stands on the page of somebody without an address.
    Delivered,
    Leaf(Leaf),
}

impl Show {
    pub const ALL: &'static [Self] = &[
        Self::All,
        Self::In,
        Self::Live,
        Self::Routed,
        Self::Merged,
        Self::Owed,
        Self::Approved,
        Self::Delivered,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::In => "in",
            Self::Live => "live",
            Self::Routed => "routed",
            Self::Merged => "merged",
            Self::Owed => "owed",
            Self::Approved => "approved",
            Self::Delivered => "delivered",
            Self::Leaf(leaf) => leaf.as_str(),
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        let sum = Self::ALL.iter().copied().find(|s| s.as_str() == text);
        sum.or_else(|| Leaf::ALL.iter().copied().find(|l| l.as_str() == text).map(Self::Leaf))
    }

    pub fn counts(self, facts: Facts) -> bool {
        let leaf = facts.leaf();
        match self {
            Self::All => true,
            Self::In => !matches!(leaf, Leaf::Draft | Leaf::Withdrawn),
            Self::Live => facts.state == QuestionState::Live,
            Self::Routed => facts.state == QuestionState::Routed,
            Self::Merged => facts.state == QuestionState::Merged,
            Self::Owed => !matches!(leaf, Leaf::Draft | Leaf::Withdrawn | Leaf::Received | Leaf::Declined),
            Self::Approved => {
                matches!(
                    leaf,
                    Leaf::Preparing | Leaf::Queued | Leaf::Bounced | Leaf::Accepted | Leaf::PageOnly
                )
            }
            Self::Delivered => matches!(leaf, Leaf::Accepted | Leaf::PageOnly),
            Self::Leaf(one) => leaf == one,
        }
    }
}

/// The whole count of one event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    cells: BTreeMap<Facts, u64>,
}

impl Ledger {
    pub fn new(cells: impl IntoIterator<Item = (Facts, u64)>) -> Self {
        let mut ledger = Self::default();
        for (facts, n) in cells {
            *ledger.cells.entry(facts).or_default() += n;
        }
        ledger
    }

    pub fn count(&self, show: Show) -> u64 {
        self.cells
            .iter()
            .filter(|(facts, _)| show.counts(**facts))
            .map(|(_, n)| n)
            .sum()
    }

    pub fn leaf(&self, leaf: Leaf) -> u64 {
        self.count(Show::Leaf(leaf))
    }

    /// How many of a state stand in a leaf: one band of the strip.
    pub fn flow(&self, state: QuestionState, leaf: Leaf) -> u64 {
        self.cells
            .iter()
            .filter(|(f, _)| f.state == state && f.leaf() == leaf)
            .map(|(_, n)| n)
            .sum()
    }

    pub(crate) fn facts(&self, show: Show) -> impl Iterator<Item = Facts> + '_ {
        self.cells.keys().copied().filter(move |facts| show.counts(*facts))
    }

    /// Whether every question that was sent in has come to its end: declined, or its answer has arrived.
    pub fn is_settled(&self) -> bool {
        self.count(Show::In) == self.leaf(Leaf::Declined) + self.count(Show::Delivered)
    }

    /// The sums that the page shows; each must hold.
    pub fn adds_up(&self) -> bool {
        let sum = |leaves: &[Leaf]| leaves.iter().map(|l| self.leaf(*l)).sum::<u64>();
        let placed = [Show::Live, Show::Routed, Show::Merged]
            .iter()
            .map(|s| self.count(*s))
            .sum::<u64>();
        self.count(Show::All) == self.count(Show::In) + sum(&[Leaf::Draft, Leaf::Withdrawn])
            && self.count(Show::In) == self.count(Show::Owed) + sum(&[Leaf::Received, Leaf::Declined])
            && self.count(Show::Owed) == placed
            && self.count(Show::Owed)
                == self.count(Show::Approved) + sum(&[Leaf::Waiting, Leaf::Late, Leaf::Unreached, Leaf::InReview])
            && self.count(Show::Approved)
                == self.count(Show::Delivered) + sum(&[Leaf::Preparing, Leaf::Queued, Leaf::Bounced])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn facts() -> impl Strategy<Value = Facts> {
        let answered = prop_oneof![Just(Answered::No), Just(Answered::InReview), Just(Answered::Approved)];
        let delivered = prop_oneof![
            Just(Delivered::No),
            Just(Delivered::Queued),
            Just(Delivered::Bounced),
            Just(Delivered::Accepted),
            Just(Delivered::PageOnly)
        ];
        (
            proptest::sample::select(QuestionState::ALL),
            answered,
            delivered,
            any::<bool>(),
            any::<bool>(),
        )
            .prop_map(|(state, answered, delivered, overdue, unreached)| Facts {
                state,
                answered,
                delivered,
                overdue,
                unreached,
            })
    }

    proptest! {
        #[test]
        fn whatever_the_rows_say_the_numbers_add_up(cells in proptest::collection::vec((facts(), 0_u64..1_000), 0..60)) {
            let ledger = Ledger::new(cells.iter().copied());
            let total: u64 = cells.iter().map(|(_, n)| n).sum();
            prop_assert_eq!(ledger.count(Show::All), total);
            prop_assert_eq!(Leaf::ALL.iter().map(|l| ledger.leaf(*l)).sum::<u64>(), total);
            prop_assert!(ledger.adds_up());
        }

        #[test]
        fn the_strip_draws_every_question_that_was_sent_in(cells in proptest::collection::vec((facts(), 1_u64..50), 1..30)) {
            let ledger = Ledger::new(cells);
            let strip = Strip::of(&ledger);
            let drawn: u64 = strip.bands.iter().filter(|b| b.column == 1).map(|b| b.n).sum();
            prop_assert_eq!(drawn, ledger.count(Show::In));
        }
    }

    #[test]
    fn every_number_has_an_address() {
        for show in Show::ALL
            .iter()
            .copied()
            .chain(Leaf::ALL.iter().copied().map(Show::Leaf))
        {
            assert_eq!(Show::parse(show.as_str()), Some(show));
        }
    }
}
