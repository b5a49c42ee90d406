//! What asker and crew say to each other about one question, beside question and answer.

use super::{Transitions, text_enum};

text_enum! {
    MessageKind {
        /// The crew must know more before they can answer.
        Ask = "ask",
        /// The asker says more: what they were asked, or of their own accord while the crew is at it.
        Told = "told",
        /// The asker asks on, after an answer came.
        FollowUp = "follow_up",
        /// The crew hands the question to the moderators: it was passed on too often.
        Stuck = "stuck",
    }
}

text_enum! {
    MessageState {
        /// Waits for the other side.
        Open = "open",
        /// It has its answer, or wants none.
        Done = "done",
        /// Waits for a moderator: nobody could be asked, or the rounds are used up.
        Held = "held",
        /// A moderator decided that nothing follows.
        Closed = "closed",
    }
}

impl Transitions for MessageState {
    const TABLE: &'static [(Self, Self)] = {
        use MessageState::{Closed, Done, Held, Open};
        &[(Open, Done), (Open, Closed), (Held, Open), (Held, Done), (Held, Closed)]
    };
}

text_enum! {
    /// Which way a message came.
    MessageSource { Mail = "mail", Page = "page" }
}
