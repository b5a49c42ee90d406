//! Triage decisions: pending until they are released, and unseen by partners until then.

use super::{Transitions, text_enum};

text_enum! {
    DecisionState { Pending = "pending", Released = "released", Dropped = "dropped" }
}

impl Transitions for DecisionState {
    const TABLE: &'static [(Self, Self)] = {
        use DecisionState::{Dropped, Pending, Released};
        // A released live decision is dropped when its question was not reached on stage, which frees the place.
        &[(Pending, Released), (Pending, Dropped), (Released, Dropped)]
    };
}

text_enum! {
    /// What was decided about a question.
    DecisionKind { Live = "live", Route = "route", Decline = "decline", Merge = "merge" }
}
