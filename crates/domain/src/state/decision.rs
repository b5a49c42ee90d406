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
    DecisionKind {
        /// On stage, at a place.
        Live = "live",
        /// Ranked behind the stage's places: moves up when one frees, and is never released itself.
        Reserve = "reserve",
        /// To the crew of a service.
        Route = "route",
        Decline = "decline",
        /// Joined to a question that is still to be answered.
        Merge = "merge",
        /// The same as one that has its answer already, which its asker gets at once.
        Duplicate = "duplicate",
    }
}

impl DecisionKind {
    /// Whether its asker gets another question's answer.
    pub const fn joins(self) -> bool {
        matches!(self, Self::Merge | Self::Duplicate)
    }
}
