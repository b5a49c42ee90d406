//! Mail is a row before it is a mail, on its way out and on its way in.

use super::{Transitions, text_enum};

text_enum! {
    OutgoingState {
        /// Readable and editable by staff; is not sent before somebody queues it.
        Draft = "draft",
        Queued = "queued",
        /// A worker holds it by a lease; when the lease ends without a word, it is uncertain.
        Sending = "sending",
        /// The server's last word is missing: it is repeated with the same bytes and Message-ID.
        Uncertain = "uncertain",
        Sent = "sent",
        /// The server refused it for good; its words are kept.
        Failed = "failed",
        /// Staff decided that it shall not go.
        Dropped = "dropped",
    }
}

impl Transitions for OutgoingState {
    const TABLE: &'static [(Self, Self)] = {
        use OutgoingState::{Draft, Dropped, Failed, Queued, Sending, Sent, Uncertain};
        &[
            (Draft, Queued),
            (Queued, Draft),
            (Draft, Dropped),
            (Queued, Dropped),
            (Queued, Sending),
            (Uncertain, Sending),
            (Sending, Sent),
            (Sending, Queued),
            (Sending, Uncertain),
            (Sending, Failed),
            (Failed, Queued),
            (Failed, Dropped),
            (Dropped, Draft),
            (Dropped, Queued),
        ]
    };
}

text_enum! {
    /// What a mail is for.
    MailKind {
        Invitation = "invitation",
        /// "Send me a new link."
        NewLink = "new_link",
        /// We have your question.
        Receipt = "receipt",
        /// What became of a question: live, declined.
        Outcome = "outcome",
        /// A crew member is asked to answer.
        Assignment = "assignment",
        /// Crew are asked for questions to ask back.
        Call = "call",
        /// A partner is asked a question back.
        ReverseQuestion = "reverse_question",
        Delivery = "delivery",
        /// A crew member must know more before they can answer.
        AskBack = "ask_back",
        /// A speaker gets their questions.
        Speaker = "speaker",
        StaffNotice = "staff_notice",
        /// An answer is awaited: to a crew member, their lead, or a partner who was asked back.
        Reminder = "reminder",
        /// A quoted person is asked whether their words may stand as they are.
        Approval = "approval",
        /// An article was corrected where their words stand.
        Correction = "correction",
        /// An issue of the magazine, to who agreed to hear of it.
        Newsletter = "newsletter",
        /// Whether they have a place at a sitting: yes, on the waiting list, moved up.
        Seat = "seat",
        /// The code that they show at the door.
        Entry = "entry",
        /// Thanks after the event, with their own answers.
        Thanks = "thanks",
    }
}

text_enum! {
    IncomingState {
        /// Committed, not yet read.
        Received = "received",
        /// Became what `incoming_mail.answer_id` says, or was an automatic mail that wants nothing.
        Processed = "processed",
        /// Waits for staff with its reason.
        Quarantined = "quarantined",
        Discarded = "discarded",
    }
}

impl Transitions for IncomingState {
    const TABLE: &'static [(Self, Self)] = {
        use IncomingState::{Discarded, Processed, Quarantined, Received};
        &[
            (Received, Processed),
            (Received, Quarantined),
            (Quarantined, Processed),
            (Quarantined, Discarded),
            // `mundap mail replay`: read once more, by a reader that has learned.
            (Processed, Received),
            (Quarantined, Received),
        ]
    };
}

text_enum! {
    /// By which door a mail came in.
    Via { Smtp = "smtp", Lmtp = "lmtp", Imap = "imap", Hook = "hook" }
}

text_enum! {
    /// How somebody said that they want no more invitations and reminders.
    UnsubscribeWay {
        /// By the button on the page behind the link.
        Page = "page",
        /// Their mail program did it for them (RFC 8058).
        OneClick = "one_click",
        /// They told staff.
        Staff = "staff",
    }
}

text_enum! {
    /// Why an address is marked.
    MarkCause {
        /// A report came back that the address is wrong or refuses us.
        Bounce = "bounce",
        /// The server said so while we were sending.
        Refused = "refused",
        Complaint = "complaint",
        Unsubscribed = "unsubscribed",
        /// Somebody of ours decided.
        Staff = "staff",
    }
}
