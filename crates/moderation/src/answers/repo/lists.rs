//! The lists of the desk: answers by state, assignments by what they wait for, mails in quarantine.

use chrono::{DateTime, NaiveDate, Utc};
use db::{
    entity::{answer, assignment, attachment, incoming_mail, outgoing_mail},
    page::Page,
    prelude::*,
};
use domain::{
    AnswerId, AssignmentId, AttachmentId, EventId, IncomingId, OutgoingId,
    state::{answer::AnswerState, assignment::AssignmentState, mail::IncomingState},
};
use std::collections::HashMap;

const PAGE: usize = 50;

/// How many rows stand behind each choice of a list.
pub(crate) type Counts = HashMap<String, u64>;

fn limit() -> u64 {
    PAGE as u64 + 1
}

/// The answers of an event in this state, oldest first: who waits longest comes first.
pub(crate) async fn answers(
    conn: &impl ConnectionTrait,
    event: EventId,
    state: AnswerState,
    after: Option<AnswerId>,
) -> Result<Page<answer::Model>, Error> {
    let mut query = answer::Entity::find()
        .filter(answer::Column::EventId.eq(event))
        .filter(answer::Column::State.eq(state))
        .order_by_asc(answer::Column::Id)
        .limit(limit());
    if let Some(after) = after {
        query = query.filter(answer::Column::Id.gt(after));
    }
    Ok(Page::from_overfull(query.all(conn).await?, PAGE, |row| {
        row.id.to_string()
    }))
}

pub(crate) async fn answer_counts(conn: &impl ConnectionTrait, event: EventId) -> Result<Counts, Error> {
    let rows: Vec<(AnswerState, i64)> = answer::Entity::find()
        .select_only()
        .column(answer::Column::State)
        .column_as(answer::Column::Id.count(), "rows")
        .filter(answer::Column::EventId.eq(event))
        .group_by(answer::Column::State)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(state, n)| (state.to_string(), n.unsigned_abs()))
        .collect())
}

/// The answers that came to an assignment, oldest first.
pub(crate) async fn answers_of(
    conn: &impl ConnectionTrait,
    assignment: AssignmentId,
) -> Result<Vec<answer::Model>, Error> {
    Ok(answer::Entity::find()
        .filter(answer::Column::AssignmentId.eq(assignment))
        .order_by_asc(answer::Column::Id)
        .all(conn)
        .await?)
}

/// Which assignments a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AssignmentView {
    Waiting,
    Late,
    Answered,
    Left,
}

impl AssignmentView {
    pub(crate) const ALL: [Self; 4] = [Self::Waiting, Self::Late, Self::Answered, Self::Left];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Late => "late",
            Self::Answered => "answered",
            Self::Left => "left",
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|v| v.as_str() == text)
            .unwrap_or(Self::Waiting)
    }

    fn condition(self, now: DateTime<Utc>) -> Condition {
        use assignment::Column::{DueAt, State};
        let open = || State.is_in(AssignmentState::OPEN.iter().copied());
        match self {
            Self::Waiting => Condition::all().add(open()),
            Self::Late => Condition::all().add(open()).add(DueAt.lt(now)),
            Self::Answered => Condition::all().add(State.eq(AssignmentState::Answered)),
            Self::Left => Condition::all().add(State.is_in(AssignmentState::LEFT.iter().copied())),
        }
    }
}

pub(crate) async fn assignments(
    conn: &impl ConnectionTrait,
    event: EventId,
    view: AssignmentView,
    now: DateTime<Utc>,
    after: Option<AssignmentId>,
) -> Result<Page<assignment::Model>, Error> {
    let mut query = assignment::Entity::find()
        .filter(assignment::Column::EventId.eq(event))
        .filter(view.condition(now))
        .order_by_asc(assignment::Column::Id)
        .limit(limit());
    if let Some(after) = after {
        query = query.filter(assignment::Column::Id.gt(after));
    }
    Ok(Page::from_overfull(query.all(conn).await?, PAGE, |row| {
        row.id.to_string()
    }))
}

pub(crate) async fn assignment_counts(
    conn: &impl ConnectionTrait,
    event: EventId,
    now: DateTime<Utc>,
) -> Result<Counts, Error> {
    let mut counts = Counts::new();
    for view in AssignmentView::ALL {
        let n = assignment::Entity::find()
            .filter(assignment::Column::EventId.eq(event))
            .filter(view.condition(now))
            .count(conn)
            .await?;
        counts.insert(view.as_str().to_owned(), n);
    }
    Ok(counts)
}

/// An attachment without its bytes.
#[derive(Clone, Debug, sea_orm::FromQueryResult)]
pub(crate) struct AttachmentRow {
    pub(crate) id: AttachmentId,
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) size: i64,
}

impl AttachmentRow {
    /// In whole kilobytes, at least one.
    pub(crate) const fn kilobytes(&self) -> i64 {
        (self.size + 1_023) / 1_024
    }
}

pub(crate) async fn attachments(conn: &impl ConnectionTrait, answer: AnswerId) -> Result<Vec<AttachmentRow>, Error> {
    use attachment::Column;
    Ok(attachment::Entity::find()
        .select_only()
        .columns([Column::Id, Column::Name, Column::MediaType, Column::Size])
        .filter(Column::AnswerId.eq(answer))
        .order_by_asc(Column::Id)
        .into_model()
        .all(conn)
        .await?)
}

/// One file of this answer; another answer's is not there.
pub(crate) async fn attachment(
    conn: &impl ConnectionTrait,
    answer: AnswerId,
    id: AttachmentId,
) -> Result<Option<attachment::Model>, Error> {
    let found = attachment::Entity::find_by_id(id).filter(attachment::Column::AnswerId.eq(answer));
    Ok(found.one(conn).await?)
}

/// A mail that came in, without its bytes.
#[derive(Clone, Debug, sea_orm::FromQueryResult)]
pub(crate) struct HeldMail {
    pub(crate) id: IncomingId,
    pub(crate) from_email: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) back_on: Option<NaiveDate>,
    pub(crate) assignment_id: Option<AssignmentId>,
    pub(crate) received_at: DateTime<Utc>,
}

/// Which mails that came in a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeldView {
    Quarantined,
    /// Read and known to be no answer.
    Noted,
    Discarded,
}

impl HeldView {
    pub(crate) const ALL: [Self; 3] = [Self::Quarantined, Self::Noted, Self::Discarded];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Quarantined => "quarantined",
            Self::Noted => "noted",
            Self::Discarded => "discarded",
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|v| v.as_str() == text)
            .unwrap_or(Self::Quarantined)
    }

    /// `None` for an answer, and for a mail that nobody has read yet.
    pub(crate) fn of(state: IncomingState, class: Option<&str>) -> Option<Self> {
        match state {
            IncomingState::Quarantined => Some(Self::Quarantined),
            IncomingState::Discarded => Some(Self::Discarded),
            IncomingState::Processed if class.is_some_and(|c| c != "answer") => Some(Self::Noted),
            IncomingState::Processed | IncomingState::Received => None,
        }
    }
}

/// In the words of the partial index: a bound value says nothing to the planner.
const NOTED: &str = "state = 'processed' AND class <> 'answer'";

fn held() -> sea_orm::Select<incoming_mail::Entity> {
    use incoming_mail::Column;
    incoming_mail::Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::FromEmail,
            Column::Subject,
            Column::Reason,
            Column::Detail,
            Column::BackOn,
            Column::AssignmentId,
            Column::ReceivedAt,
        ])
        .order_by_desc(Column::Id)
}

/// What came in for an assignment and is no answer, the newest first; the last twenty say enough.
pub(crate) async fn noted(conn: &impl ConnectionTrait, assignment: AssignmentId) -> Result<Vec<HeldMail>, Error> {
    let found = held()
        .filter(incoming_mail::Column::AssignmentId.eq(assignment))
        .filter(Expr::cust(NOTED))
        .limit(20);
    Ok(found.into_model().all(conn).await?)
}

/// The newest mail that asks for this assignment's answer.
pub(crate) async fn asking_mail(
    conn: &impl ConnectionTrait,
    event: EventId,
    assignment: AssignmentId,
) -> Result<Option<OutgoingId>, Error> {
    use outgoing_mail::Column;
    Ok(outgoing_mail::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::EventId.eq(event))
        .filter(Column::ReplyAssignmentId.eq(assignment))
        .order_by_desc(Column::Id)
        .into_tuple()
        .one(conn)
        .await?)
}

/// The mails of a list, newest first.
pub(crate) async fn quarantine(
    conn: &impl ConnectionTrait,
    view: HeldView,
    after: Option<IncomingId>,
) -> Result<Page<HeldMail>, Error> {
    use incoming_mail::Column;
    let mut query = match view {
        HeldView::Quarantined => held().filter(Column::State.eq(IncomingState::Quarantined)),
        HeldView::Discarded => held().filter(Column::State.eq(IncomingState::Discarded)),
        HeldView::Noted => held().filter(Expr::cust(NOTED)),
    }
    .limit(limit());
    if let Some(after) = after {
        query = query.filter(Column::Id.lt(after));
    }
    Ok(Page::from_overfull(
        query.into_model().all(conn).await?,
        PAGE,
        |row: &HeldMail| row.id.to_string(),
    ))
}
