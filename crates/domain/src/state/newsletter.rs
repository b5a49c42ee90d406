//! The way of an issue's newsletter to its readers.

use super::{Transitions, text_enum};

text_enum! {
    NewsletterState {
        Draft = "draft",
        /// It begins at its moment.
        Scheduled = "scheduled",
        /// Its mails are being put into the outbox.
        Sending = "sending",
        /// All of its mails are in the outbox, or beyond.
        Sent = "sent",
        /// What had not gone goes no more.
        Stopped = "stopped",
    }
}

impl Transitions for NewsletterState {
    const TABLE: &'static [(Self, Self)] = {
        use NewsletterState::{Draft, Scheduled, Sending, Sent, Stopped};
        &[
            (Draft, Scheduled),
            (Scheduled, Draft),
            (Draft, Sending),
            (Scheduled, Sending),
            (Sending, Sent),
            (Sending, Stopped),
            (Sent, Stopped),
        ]
    };
}
