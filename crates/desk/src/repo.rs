//! What the desk asks the database.

use chrono::{DateTime, Utc};
use db::{
    entity::{
        answer, audit_entry, comment, decision, event, incoming_mail, job, marked_address, note_mention, outgoing_mail,
        staff,
    },
    page::Page,
    people,
    prelude::*,
};
use domain::{
    AuditId, EventId, IncomingId, Lang, OutgoingId, StaffId,
    state::{
        answer::AnswerState,
        comment::CommentState,
        decision::{DecisionKind, DecisionState},
        job::JobState,
        mail::{IncomingState, MailKind, OutgoingState},
        people::ActorKind,
    },
};
use sea_orm::QueryTrait as _;
use std::collections::HashMap;
use uuid::Uuid;

const PAGE: usize = 50;

/// The beginning of a text on one line.
pub(crate) fn excerpt(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    let cut: String = line.chars().take(most).collect();
    format!("{}…", cut.trim_end())
}

pub(crate) async fn event_by_slug(conn: &impl ConnectionTrait, slug: &str) -> Result<event::Model, web::Error> {
    let found = event::Entity::find()
        .filter(event::Column::Slug.eq(slug))
        .one(conn)
        .await?;
    found.ok_or(web::Error::NotFound)
}

/// Newest first.
pub(crate) async fn events(conn: &impl ConnectionTrait) -> Result<Vec<event::Model>, db::Error> {
    Ok(event::Entity::find()
        .order_by_desc(event::Column::ClosesAt)
        .all(conn)
        .await?)
}

/// What waits for somebody, over all events.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Waiting {
    pub(crate) quarantined: u64,
    pub(crate) drafts: u64,
    pub(crate) failed_mail: u64,
    pub(crate) failed_jobs: u64,
    /// Addresses that came back and that nobody has seen to.
    pub(crate) returned: u64,
    /// Readers' comments that nobody has read.
    pub(crate) comments: u64,
}

pub(crate) async fn waiting(conn: &impl ConnectionTrait) -> Result<Waiting, db::Error> {
    let outgoing = |state: OutgoingState| outgoing_mail::Entity::find().filter(outgoing_mail::Column::State.eq(state));
    Ok(Waiting {
        quarantined: incoming_mail::Entity::find()
            .filter(incoming_mail::Column::State.eq(IncomingState::Quarantined))
            .count(conn)
            .await?,
        drafts: outgoing(OutgoingState::Draft).count(conn).await?,
        returned: marked_address::Entity::find()
            .filter(marked_address::Column::SettledAt.is_null())
            .count(conn)
            .await?,
        comments: comment::Entity::find()
            .filter(comment::Column::State.eq(CommentState::Held))
            .count(conn)
            .await?,
        failed_mail: outgoing(OutgoingState::Failed).count(conn).await?,
        failed_jobs: job::Entity::find()
            .filter(job::Column::State.eq(JobState::Failed))
            .count(conn)
            .await?,
    })
}

/// Work that was given up, newest first; a few are enough to see what is wrong.
pub(crate) async fn failed_jobs(conn: &impl ConnectionTrait) -> Result<Vec<job::Model>, db::Error> {
    let failed = job::Entity::find().filter(job::Column::State.eq(JobState::Failed));
    Ok(failed.order_by_desc(job::Column::Id).limit(20).all(conn).await?)
}

/// What waits within one event besides the ledger's own numbers: decisions not released, answers in review.
pub(crate) async fn waiting_in(conn: &impl ConnectionTrait, event: EventId) -> Result<(u64, u64), db::Error> {
    // A reserve waits for a place, not for its release.
    let pending = decision::Entity::find()
        .filter(decision::Column::EventId.eq(event))
        .filter(decision::Column::State.eq(DecisionState::Pending))
        .filter(decision::Column::Kind.ne(DecisionKind::Reserve))
        .count(conn)
        .await?;
    let review = answer::Entity::find()
        .filter(answer::Column::EventId.eq(event))
        .filter(answer::Column::State.eq(AnswerState::InReview))
        .count(conn)
        .await?;
    Ok((pending, review))
}

/// What the outbox is filtered by.
#[derive(Clone, Debug, Default)]
pub(crate) struct OutboxFilter {
    pub(crate) state: Option<OutgoingState>,
    pub(crate) kind: Option<MailKind>,
    pub(crate) event: Option<EventId>,
    pub(crate) q: String,
    pub(crate) before: Option<OutgoingId>,
}

/// Newest first.
pub(crate) async fn outbox(
    conn: &impl ConnectionTrait,
    filter: &OutboxFilter,
) -> Result<Page<outgoing_mail::Model>, db::Error> {
    let mut query = outgoing_mail::Entity::find().order_by_desc(outgoing_mail::Column::Id);
    if let Some(state) = filter.state {
        query = query.filter(outgoing_mail::Column::State.eq(state));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(outgoing_mail::Column::Kind.eq(kind));
    }
    if let Some(event) = filter.event {
        query = query.filter(outgoing_mail::Column::EventId.eq(event));
    }
    if let Some(before) = filter.before {
        query = query.filter(outgoing_mail::Column::Id.lt(before));
    }
    if !filter.q.is_empty() {
        let name = outgoing_mail::Column::ToName.contains(&filter.q);
        let any = Condition::any()
            .add(name)
            .add(Expr::col(outgoing_mail::Column::ToEmail).like(pattern(&filter.q)));
        // Whom a search finds would be the asker of what waits for triage, where the event reads blind.
        let shown = Condition::any()
            .add(outgoing_mail::Column::QuestionId.is_null())
            .add(outgoing_mail::Column::QuestionId.not_in_subquery(db::sight::covered()));
        query = query.filter(any).filter(shown);
    }
    let rows = query.limit(PAGE as u64 + 1).all(conn).await?;
    Ok(Page::from_overfull(rows, PAGE, |row| row.id.to_string()))
}

fn pattern(q: &str) -> String {
    format!("%{}%", q.to_lowercase())
}

/// Where a list of marked addresses goes on: behind this moment and address.
pub(crate) type MarkedAfter = (DateTime<Utc>, String);

/// Addresses that came back, the newest first; those that wait for somebody, or those that were seen to.
pub(crate) async fn marked(
    conn: &impl ConnectionTrait,
    open: bool,
    after: Option<MarkedAfter>,
) -> Result<Page<marked_address::Model>, db::Error> {
    use marked_address::Column;
    let settled = if open {
        Column::SettledAt.is_null()
    } else {
        Column::SettledAt.is_not_null()
    };
    // Where an event reads blind, its list of addresses would name who asked.
    let hidden = outgoing_mail::Entity::find()
        .select_only()
        .column(outgoing_mail::Column::Id)
        .filter(outgoing_mail::Column::QuestionId.in_subquery(db::sight::covered()))
        .into_query();
    let shown = Condition::any()
        .add(Column::OutgoingId.is_null())
        .add(Column::OutgoingId.not_in_subquery(hidden));
    let mut query = marked_address::Entity::find()
        .filter(settled)
        .filter(shown)
        .order_by_desc(Column::MarkedAt)
        .order_by_asc(Column::Email);
    if let Some((at, email)) = after {
        let same = Condition::all()
            .add(Column::MarkedAt.eq(at))
            .add(Column::Email.gt(email));
        query = query.filter(Condition::any().add(Column::MarkedAt.lt(at)).add(same));
    }
    let rows = query.limit(PAGE as u64 + 1).all(conn).await?;
    Ok(Page::from_overfull(rows, PAGE, |row| {
        format!("{} {}", row.marked_at.timestamp_micros(), row.email)
    }))
}

/// The newest report that this mail came back.
pub(crate) async fn returned(
    conn: &impl ConnectionTrait,
    mail: OutgoingId,
) -> Result<Option<(IncomingId, DateTime<Utc>)>, db::Error> {
    Ok(incoming_mail::Entity::find()
        .select_only()
        .columns([incoming_mail::Column::Id, incoming_mail::Column::ReceivedAt])
        .filter(incoming_mail::Column::OutgoingId.eq(mail))
        .filter(incoming_mail::Column::Class.eq("bounce"))
        .order_by_desc(incoming_mail::Column::Id)
        .into_tuple()
        .one(conn)
        .await?)
}

/// Whether the letter of this mail went out again to a corrected address: the newer mail.
pub(crate) async fn again(conn: &impl ConnectionTrait, mail: OutgoingId) -> Result<Option<OutgoingId>, db::Error> {
    Ok(outgoing_mail::Entity::find()
        .select_only()
        .column(outgoing_mail::Column::Id)
        .filter(outgoing_mail::Column::Dedup.eq(mail::outbox::again_key(mail)))
        .into_tuple()
        .one(conn)
        .await?)
}

/// How many mails stand in each state.
pub(crate) async fn outbox_counts(conn: &impl ConnectionTrait) -> Result<HashMap<OutgoingState, u64>, db::Error> {
    let rows: Vec<(OutgoingState, i64)> = outgoing_mail::Entity::find()
        .select_only()
        .column(outgoing_mail::Column::State)
        .column_as(outgoing_mail::Column::Id.count(), "n")
        .group_by(outgoing_mail::Column::State)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(state, n)| (state, u64::try_from(n).unwrap_or_default()))
        .collect())
}

pub(crate) async fn outgoing(conn: &impl ConnectionTrait, id: OutgoingId) -> Result<outgoing_mail::Model, web::Error> {
    outgoing_mail::Entity::find_by_id(id)
        .one(conn)
        .await?
        .ok_or(web::Error::NotFound)
}

pub(crate) async fn accounts(conn: &impl ConnectionTrait) -> Result<Vec<staff::Model>, db::Error> {
    Ok(staff::Entity::find()
        .order_by_asc(staff::Column::Name)
        .all(conn)
        .await?)
}

/// What the audit log is filtered by.
#[derive(Clone, Debug, Default)]
pub(crate) struct AuditFilter {
    pub(crate) event: Option<EventId>,
    pub(crate) actor: Option<ActorKind>,
    pub(crate) action: String,
    pub(crate) subject: Option<Uuid>,
    pub(crate) before: Option<AuditId>,
}

/// An entry with the name of who acted.
#[derive(Clone, Debug)]
pub(crate) struct Audited {
    pub(crate) entry: audit_entry::Model,
    pub(crate) actor: String,
}

/// Newest first.
pub(crate) async fn audit(
    conn: &impl ConnectionTrait,
    filter: &AuditFilter,
    lang: Lang,
) -> Result<Page<Audited>, db::Error> {
    let mut query = audit_entry::Entity::find().order_by_desc(audit_entry::Column::Id);
    if let Some(event) = filter.event {
        query = query.filter(audit_entry::Column::EventId.eq(event));
    }
    if let Some(actor) = filter.actor {
        query = query.filter(audit_entry::Column::ActorKind.eq(actor));
    }
    if !filter.action.is_empty() {
        query = query.filter(audit_entry::Column::Action.contains(&filter.action));
    }
    if let Some(subject) = filter.subject {
        query = query.filter(audit_entry::Column::SubjectId.eq(subject));
    }
    if let Some(before) = filter.before {
        query = query.filter(audit_entry::Column::Id.lt(before));
    }
    let rows = query.limit(PAGE as u64 + 1).all(conn).await?;
    let page = Page::from_overfull(rows, PAGE, |row| row.id.to_string());
    let names = actor_names(conn, &page.rows, lang).await?;
    let rows = page.rows.into_iter().map(|entry| Audited {
        actor: entry
            .actor_id
            .and_then(|id| names.get(&id).cloned())
            .unwrap_or_default(),
        entry,
    });
    Ok(Page {
        rows: rows.collect(),
        next: page.next,
    })
}

pub(crate) async fn actor_names(
    conn: &impl ConnectionTrait,
    rows: &[audit_entry::Model],
    lang: Lang,
) -> Result<HashMap<Uuid, String>, db::Error> {
    let of = |kind: ActorKind| {
        rows.iter()
            .filter(move |r| r.actor_kind == kind)
            .filter_map(|r| r.actor_id)
    };
    let hosts = people::hosts(
        conn,
        of(ActorKind::Crew).map(domain::CrewMemberId::from_uuid),
        of(ActorKind::Speaker).map(domain::SpeakerId::from_uuid),
        of(ActorKind::Staff).map(domain::StaffId::from_uuid),
    )
    .await?;
    let invitees = people::invitees(conn, of(ActorKind::Partner).map(domain::InvitationId::from_uuid), lang).await?;
    let crew = hosts.crew.iter().map(|(id, p)| (id.uuid(), p.line()));
    let speakers = hosts.speakers.iter().map(|(id, p)| (id.uuid(), p.line()));
    let staff = hosts.staff.iter().map(|(id, p)| (id.uuid(), p.line()));
    let partners = invitees.iter().map(|(id, p)| (id.uuid(), p.line()));
    Ok(crew.chain(speakers).chain(staff).chain(partners).collect())
}

/// Small facts on one line: `place 3, service 까치지갑`.
pub(crate) fn details(json: &serde_json::Value) -> String {
    let Some(map) = json.as_object() else {
        return String::new();
    };
    let value = |v: &serde_json::Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    map.iter()
        .map(|(k, v)| format!("{k} {}", value(v)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Notes that call this moderator and that they have not seen.
pub(crate) async fn called(conn: &impl ConnectionTrait, staff: StaffId) -> Result<u64, Error> {
    let unseen = note_mention::Entity::find()
        .filter(note_mention::Column::StaffId.eq(staff))
        .filter(note_mention::Column::SeenAt.is_null());
    Ok(unseen.count(conn).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_line_and_details_are_short() {
        assert_eq!(excerpt("가나다\n라마바 사", 5), "가나다 라…");
        assert_eq!(details(&serde_json::json!({ "place": 3 })), "place 3");
    }
}
