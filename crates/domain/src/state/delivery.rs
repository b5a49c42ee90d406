//! A delivery brings one approved answer to one asker, with proof.

use super::{Transitions, text_enum};

text_enum! {
    DeliveryState {
        /// Its mail waits in the outbox.
        Queued = "queued",
        /// Handed to the mail server, whose word did not come back: uncertain until it is repeated.
        Sent = "sent",
        /// The mail server said that it has it.
        Accepted = "accepted",
        Bounced = "bounced",
        /// The asker has no address: the answer stands on their page, and staff hand over the link.
        PageOnly = "page_only",
    }
}

impl Transitions for DeliveryState {
    const TABLE: &'static [(Self, Self)] = {
        use DeliveryState::{Accepted, Bounced, Queued, Sent};
        &[
            (Queued, Sent),
            (Queued, Accepted),
            (Queued, Bounced),
            (Sent, Accepted),
            (Sent, Bounced),
            (Accepted, Bounced),
            // Resent to a corrected address.
            (Bounced, Queued),
        ]
    };
}
