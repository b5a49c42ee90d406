//! Every identifier is its own type, so that a partner's id cannot be passed where a question's is meant.
//!
//! All are UUID version 7 (RFC 9562 §5.7): they sort by time of creation, which keeps B-tree inserts local.

use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh id; an id decides nothing, so it is not an argument like the clock.
            #[expect(clippy::new_without_default, reason = "a default that differs each time would surprise")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.simple().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(s).map(Self)
            }
        }

        /// Primary keys must say how they come from an auto-increment number; ours never do.
        impl TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )*};
}

ids! {
    StaffId, EventId, SittingId, PartId, FieldId, ServiceId, CrewMemberId, SpeakerId,
    CompanyId, PartnerId,
    /// One partner invited to one event: what a personal link and a partner's session stand for.
    InvitationId,
    RsvpId, ConsentId, QuestionId,
    /// A question that the host asks back (역질문).
    ReverseId,
    DecisionId,
    /// One step of triage: what it put in the place of what (`triage_act`).
    ActId,
    AssignmentId, AnswerId, DeliveryId,
    OutgoingId, IncomingId, AttachmentId, JobId, AuditId, ImportId,
    ArticleId,
    /// One piece of an article, from top to bottom.
    BlockId,
    RevisionId, CorrectionId,
    /// One number of the magazine, and one line of its contents.
    IssueId, IssueItemId,
    /// One file that is made of what is published.
    PrintedId,
    /// Where printed copies of an issue lie.
    PlaceId,
    /// One person who is quoted in one article: what their link stands for.
    ApproverId,
    ApprovalId,
    /// What a reader says below an article, and why one was of no use to them.
    CommentId, RemarkId,
    /// The mail about one issue.
    NewsletterId,
    TagId, ViewId, BulkId,
    CriterionId, ReviewId, NoteId,
    RuleId, ReleaseId, TemplateId, ReasonId,
    /// What asker and crew say to each other beside question and answer.
    MessageId,
    CrewAddressId,
    /// The run of show of one sitting, one line of it, one act of who operates the stage, and one rehearsal of it.
    SheetId, LineId, StageActId, RehearsalId,
    /// One tick at the door, and somebody who came without being on the list; both are made on the phone.
    MarkId, WalkInId,
}
