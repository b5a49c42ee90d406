//! An issue's way to its readers, and out of their sight.

use super::{Transitions, text_enum};

text_enum! {
    IssueState {
        /// In preparation: it has no page of its own, while its articles go out by their own steps.
        Draft = "draft",
        Shown = "shown",
        /// Taken out of sight, and with it every article that stands in it.
        Hidden = "hidden",
    }
}

impl Transitions for IssueState {
    const TABLE: &'static [(Self, Self)] = {
        use IssueState::{Draft, Hidden, Shown};
        &[(Draft, Shown), (Shown, Hidden), (Hidden, Shown)]
    };
}

text_enum! {
    /// The colour of a cover that is drawn from type.
    CoverTone { Ink = "ink", Clay = "clay", Pine = "pine", Plum = "plum" }
}
