//! An assignment asks one person for one answer: a crew member, or a partner for a question asked back.

use super::{Transitions, text_enum};

text_enum! {
    AssignmentState {
        Sent = "sent",
        Reminded = "reminded",
        Answered = "answered",
        PassedOn = "passed_on",
        AskedBack = "asked_back",
        Refused = "refused",
        /// Taken back by staff, since the decision that made it was undone.
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// What is done, one after the other, while an answer is awaited.
    ReminderStep {
        /// Some days before it is due.
        Before = "before",
        /// On the day.
        Due = "due",
        /// Some days after.
        After = "after",
        /// The lead of the crew is told.
        Lead = "lead",
        /// The moderators are told, on their board.
        Moderator = "moderator",
    }
}

impl AssignmentState {
    /// The states in which an answer is still awaited.
    pub const OPEN: &'static [Self] = &[Self::Sent, Self::Reminded, Self::AskedBack];
    /// The states in which its person is no longer asked.
    pub const LEFT: &'static [Self] = &[Self::PassedOn, Self::Refused, Self::Withdrawn];
}

impl Transitions for AssignmentState {
    const TABLE: &'static [(Self, Self)] = {
        use AssignmentState::{Answered, AskedBack, PassedOn, Refused, Reminded, Sent, Withdrawn};
        &[
            (Sent, Reminded),
            (Sent, Answered),
            (Sent, PassedOn),
            (Sent, AskedBack),
            (Sent, Refused),
            (Reminded, Answered),
            (Reminded, PassedOn),
            (Reminded, AskedBack),
            (Reminded, Refused),
            (AskedBack, Answered),
            (AskedBack, Reminded),
            (AskedBack, PassedOn),
            (Sent, Withdrawn),
            (Reminded, Withdrawn),
            (AskedBack, Withdrawn),
            // The asker said more.
            (AskedBack, Sent),
            // The reviewer sent the answer back: the same person is asked again.
            (Answered, Sent),
        ]
    };
}

/// Part of a key must say how it comes from an auto-increment number; this one never does.
impl sea_orm::TryFromU64 for ReminderStep {
    fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
        Err(sea_orm::DbErr::ConvertFromU64("ReminderStep"))
    }
}
