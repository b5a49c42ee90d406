//! The work that is done later, in words: together with the state tables, the whole route of a question.
//!
//! A payload holds ids only: what must be done is read from the rows when it is done, so a job that runs twice
//! does its work once.

use crate::{
    ids::{
        AnswerId, ApproverId, BulkId, DecisionId, EventId, ImportId, IncomingId, InvitationId, NewsletterId, PrintedId,
        ReleaseId, ServiceId, StaffId,
    },
    lang::Lang,
    state::question::Prefers,
};
use serde::{Deserialize, Serialize};

/// One piece of work. The slice that runs it is said beside it. The outbox is no job: its rows are their own queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// moderation: raw mail was committed; match it, make an answer or put it in quarantine.
    ReadMail { incoming: IncomingId },
    /// intake: write the previewed rows of a roster.
    ImportRoster { import: ImportId },
    /// publishing: an answer was approved; deliver it to its asker and to the askers who were merged into its question.
    Deliver { answer: AnswerId },
    /// publishing: a partner took back that their words may be printed; take them out of what is published.
    WithdrawPrint { invitation: InvitationId },
    /// publishing: somebody took back words that they had approved; take them out of the article.
    WithdrawWords { approver: ApproverId },
    /// publishing: put the next mails of a newsletter into the outbox, until everybody has theirs.
    FillNewsletter { newsletter: NewsletterId },
    /// moderation: questions came or changed; propose groups of similar ones anew.
    GroupSimilar { event: EventId },
    /// moderation: more decisions than a request can wait for; release a share of those that wait in it.
    Release { release: ReleaseId },
    /// moderation: more undecided questions than a request can wait for; route a share, from behind the number `after` up
    /// to `last`.
    RouteRest {
        event: EventId,
        staff: StaffId,
        service: Option<ServiceId>,
        written: Option<Lang>,
        prefers: Option<Prefers>,
        after: i32,
        last: i32,
    },
    /// moderation: one deed on all questions that a filter of the board finds; how far it is stands in its row.
    Bulk { bulk: BulkId },
    /// moderation: a withdrawal dropped this decision, which stood on the shortlist; a reserve takes the place that is free.
    MoveUp { event: EventId, decision: DecisionId },
    /// publishing: somebody asked for a PDF or an EPUB of what is published; make it.
    MakeFile { printed: PrintedId },
}

/// What takes seconds of a processor: it waits in a line of its own, so that no mail and no answer waits behind it.
pub const LONG: &[&str] = &["make_file"];

impl Job {
    /// The tag by which jobs are counted and found.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::ReadMail { .. } => "read_mail",
            Self::ImportRoster { .. } => "import_roster",
            Self::Deliver { .. } => "deliver",
            Self::WithdrawPrint { .. } => "withdraw_print",
            Self::WithdrawWords { .. } => "withdraw_words",
            Self::FillNewsletter { .. } => "fill_newsletter",
            Self::GroupSimilar { .. } => "group_similar",
            Self::Release { .. } => "release",
            Self::Bulk { .. } => "bulk",
            Self::RouteRest { .. } => "route_rest",
            Self::MoveUp { .. } => "move_up",
            Self::MakeFile { .. } => "make_file",
        }
    }
}
