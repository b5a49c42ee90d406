//! A release: many decisions made true at once, and when their mails go.

use super::text_enum;

text_enum! {
    /// When the mails of a release go.
    ReleaseMode {
        /// As soon as they can.
        Now = "now",
        /// At a moment that was chosen.
        At = "at",
        /// They are drafts until somebody sends them.
        Hand = "hand",
    }
}

text_enum! {
    /// What became of one decision in a release.
    ItemState {
        Waiting = "waiting",
        Released = "released",
        /// It stayed pending, with a reason.
        Refused = "refused",
        /// Somebody else released or dropped it first.
        Passed = "passed",
    }
}

text_enum! {
    /// The mails that an event may word by itself, each with a template of its own.
    LetterKind {
        Live = "live",
        Routed = "routed",
        Declined = "declined",
        Merged = "merged",
        Duplicate = "duplicate",
        /// To the crew.
        Assignment = "assignment",
        /// To the asker, with the answer.
        Delivery = "delivery",
    }
}
