//! What moderators, partners and crews may do, and sequences of it.

use proptest::prelude::*;
use std::fmt;

pub(super) const QUESTIONS: usize = 9;
pub(super) const PLACES: i32 = 3;
pub(super) const MODERATORS: usize = 3;
/// Two services with two crew members each.
pub(super) const CREW: usize = 4;
/// The last one is answered already: others may be its duplicates.
pub(super) const ANSWERED: usize = QUESTIONS - 1;

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Live,
    Reserve,
    /// To the crew of the question's own service, or of the other one.
    Route {
        other: bool,
    },
    Decline,
    Merge(usize),
    Duplicate(usize),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Freezing {
    Now,
    Lift,
    /// At a time that has passed, or is to come.
    Due,
    Planned,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum OnMail {
    Queue,
    Hold,
    Drop,
    /// It is sent: what a sender would write after the server took it.
    Sent,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    /// Decides; `over` another moderator's decision that the form showed.
    Decide {
        question: usize,
        kind: Kind,
        over: bool,
    },
    Drop(usize),
    Undo,
    Again,
    Release {
        drafts: bool,
    },
    Correct(usize),
    RouteRest,
    RouteReserves,
    Move(usize, i32),
    /// A proposal is taken as it is.
    Propose,
    Freeze(Freezing),
    Withdraw(usize),
    NotReached(usize),
    /// A crew member leaves for some days, or comes back.
    Away(usize, bool),
    PassOn(usize),
    /// The crew answers, and a moderator approves.
    Answer(usize),
    Mail(usize, OnMail),
    /// On everything that the board shows.
    Bulk(Bulk),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Bulk {
    Route,
    Reserve,
    Decline,
}

/// One line of a sequence.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) who: usize,
    pub(super) deed: Deed,
}

impl fmt::Debug for Step {
    /// On one line also where a sequence is printed over many.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "moderator {}: {:?}", self.who, self.deed)
    }
}

pub(super) fn sequences() -> impl Strategy<Value = Vec<Step>> {
    let q = 0..QUESTIONS;
    let kind = prop_oneof![
        4 => Just(Kind::Live),
        3 => Just(Kind::Reserve),
        2 => any::<bool>().prop_map(|other| Kind::Route { other }),
        1 => Just(Kind::Decline),
        3 => q.clone().prop_map(Kind::Merge),
        1 => prop_oneof![Just(ANSWERED), q.clone()].prop_map(Kind::Duplicate),
    ];
    let decide = (q.clone(), kind, any::<bool>());
    let freezing = prop_oneof![
        Just(Freezing::Now),
        Just(Freezing::Lift),
        Just(Freezing::Due),
        Just(Freezing::Planned)
    ];
    let on_mail = prop_oneof![
        Just(OnMail::Queue),
        Just(OnMail::Hold),
        Just(OnMail::Drop),
        Just(OnMail::Sent)
    ];
    let bulk = prop_oneof![Just(Bulk::Route), Just(Bulk::Reserve), Just(Bulk::Decline)];
    let deed = prop_oneof![
        14 => decide.prop_map(|(question, kind, over)| Deed::Decide { question, kind, over }),
        3 => q.clone().prop_map(Deed::Drop),
        4 => Just(Deed::Undo),
        2 => Just(Deed::Again),
        3 => any::<bool>().prop_map(|drafts| Deed::Release { drafts }),
        3 => q.clone().prop_map(Deed::Correct),
        1 => Just(Deed::RouteRest),
        1 => Just(Deed::RouteReserves),
        2 => (q.clone(), 1..=PLACES).prop_map(|(q, to)| Deed::Move(q, to)),
        1 => Just(Deed::Propose),
        2 => freezing.prop_map(Deed::Freeze),
        1 => q.clone().prop_map(Deed::Withdraw),
        1 => q.clone().prop_map(Deed::NotReached),
        2 => (0..CREW, any::<bool>()).prop_map(|(who, away)| Deed::Away(who, away)),
        1 => q.clone().prop_map(Deed::PassOn),
        1 => q.prop_map(Deed::Answer),
        2 => (0..12_usize, on_mail).prop_map(|(n, act)| Deed::Mail(n, act)),
        1 => bulk.prop_map(Deed::Bulk),
    ];
    let step = (0..MODERATORS, deed).prop_map(|(who, deed)| Step { who, deed });
    proptest::collection::vec(step, 1..24)
}
