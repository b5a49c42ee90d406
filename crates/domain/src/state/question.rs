//! A question's way, and what its asker chose for it.

use super::{Transitions, text_enum};

text_enum! {
    /// Where a question is. `Live` and `Routed` are the two placed states.
    QuestionState {
        /// Begun by the partner, not yet sent.
        Draft = "draft",
        /// Sent; waits for triage.
        Received = "received",
        /// Goes to the stage; its place is on the decision that was released.
        Live = "live",
        /// Goes to the crew of its service.
        Routed = "routed",
        /// Joined to another question, whose answer its asker gets.
        Merged = "merged",
        Declined = "declined",
        /// Taken back by its asker.
        Withdrawn = "withdrawn",
    }
}

impl Transitions for QuestionState {
    const TABLE: &'static [(Self, Self)] = {
        use QuestionState::{Declined, Draft, Live, Merged, Received, Routed, Withdrawn};
        &[
            (Draft, Received),
            (Draft, Withdrawn),
            (Received, Withdrawn),
            (Received, Live),
            (Received, Routed),
            (Received, Merged),
            (Received, Declined),
            // Not reached on stage: its service's crew answers.
            (Live, Routed),
            // Corrections after a release.
            (Declined, Received),
            (Merged, Received),
            (Live, Received),
            (Routed, Received),
        ]
    };
}

text_enum! {
    /// Where the asker would like to be answered.
    Prefers { Stage = "stage", Written = "written", Either = "either" }
}

text_enum! {
    /// How the asker may be named in print.
    Naming { Full = "full", Company = "company", Nameless = "none" }
}

text_enum! {
    /// A question asked back: proposed by a crew member or staff, picked by moderators, sent to partners.
    ReverseState { Proposed = "proposed", Picked = "picked", Sent = "sent", Dropped = "dropped" }
}

impl Transitions for ReverseState {
    const TABLE: &'static [(Self, Self)] = {
        use ReverseState::{Dropped, Picked, Proposed, Sent};
        &[
            (Proposed, Picked),
            (Proposed, Dropped),
            (Picked, Proposed),
            (Picked, Sent),
            (Dropped, Proposed),
        ]
    };
}

text_enum! {
    /// The column of the board in which a question stands: exactly one, generated from its state and the kind of its
    /// pending decision (`question.board`). Drafts and withdrawn questions stand in none.
    Board {
        /// Received, and nobody decided.
        Inbox = "inbox",
        Live = "live",
        Reserve = "reserve",
        Crew = "crew",
        Merged = "merged",
        Declined = "declined",
    }
}
