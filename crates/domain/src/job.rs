//! The work that is done later, in words: together with the state tables, the whole route of a question.
//!
//! A payload holds ids only: what must be done is read from the rows when it is done, so a job that runs twice
//! does its work once.

use crate::ids::{DeliveryId, EventId, ImportId, IncomingId, OutgoingId};
use serde::{Deserialize, Serialize};

/// One piece of work. The slice that runs it is said beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// mail: a row of the outbox wants to be sent. Only wakes the sender; the outbox itself is the truth.
    SendMail { outgoing: OutgoingId },
    /// moderation: raw mail was committed; match it, make an answer or put it in quarantine.
    ReadMail { incoming: IncomingId },
    /// intake: write the previewed rows of a roster.
    ImportRoster { import: ImportId },
    /// publishing: an approved answer is to be delivered to an asker.
    Deliver { delivery: DeliveryId },
    /// moderation: remind the people who have not answered.
    Remind { event: EventId },
}

impl Job {
    /// The tag by which jobs are counted and found.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::SendMail { .. } => "send_mail",
            Self::ReadMail { .. } => "read_mail",
            Self::ImportRoster { .. } => "import_roster",
            Self::Deliver { .. } => "deliver",
            Self::Remind { .. } => "remind",
        }
    }
}
