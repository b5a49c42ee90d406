//! A comment's way onto the page, and off it again.

use super::{Transitions, text_enum};

text_enum! {
    CommentState {
        /// Nobody but its writer and the editors sees it.
        Held = "held",
        Shown = "shown",
        /// An editor decided against it, and said why.
        Refused = "refused",
        /// It stood on the page and was taken off it.
        Hidden = "hidden",
    }
}

impl Transitions for CommentState {
    const TABLE: &'static [(Self, Self)] = {
        use CommentState::{Held, Hidden, Refused, Shown};
        &[
            (Held, Shown),
            (Held, Refused),
            (Shown, Hidden),
            // What was done is undone.
            (Shown, Held),
            (Refused, Held),
            (Hidden, Shown),
        ]
    };
}
