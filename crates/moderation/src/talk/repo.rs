//! What the conversation looks up.

use chrono::{DateTime, Utc};
use db::{
    entity::{assignment, message, question, talk_rule},
    people,
    prelude::*,
};
use domain::{
    EventId, InvitationId, Lang, MessageId, QuestionId,
    state::{
        assignment::AssignmentState,
        message::{MessageKind, MessageState},
    },
};

/// Rounds that an asker has by themselves, unless the event says otherwise.
pub(crate) const FOLLOW_UPS: i32 = 3;

/// Most messages that a page lists.
const MOST: u64 = 200;

/// The question that goes its way in place of this one; itself when it was joined to none.
pub(crate) async fn lead(conn: &impl ConnectionTrait, row: &question::Model) -> Result<question::Model, Error> {
    let mut lead = row.clone();
    // Triggers keep chains out; older data may hold a short one.
    for _ in 0..10 {
        let Some(next) = lead.merged_into else { break };
        let Some(found) = question::Entity::find_by_id(next).one(conn).await? else {
            break;
        };
        lead = found;
    }
    Ok(lead)
}

/// The assignment by which a crew has the question now.
pub(crate) async fn at_crew(
    conn: &impl ConnectionTrait,
    question: QuestionId,
) -> Result<Option<assignment::Model>, Error> {
    Ok(assignment::Entity::find()
        .filter(assignment::Column::QuestionId.eq(question))
        .filter(assignment::Column::State.is_not_in(AssignmentState::LEFT.iter().copied()))
        .one(conn)
        .await?)
}

/// How often the asker may ask on.
pub(crate) async fn follow_ups(conn: &impl ConnectionTrait, question: &question::Model) -> Result<u64, Error> {
    rounds(conn, question.event_id).await
}

pub(crate) async fn rounds(conn: &impl ConnectionTrait, event: EventId) -> Result<u64, Error> {
    let rule = talk_rule::Entity::find_by_id(event).one(conn).await?;
    Ok(u64::try_from(rule.map_or(FOLLOW_UPS, |r| r.follow_ups)).unwrap_or_default())
}

/// A question of this partner; another's is not there.
pub(crate) async fn own_question(
    conn: &impl ConnectionTrait,
    partner: InvitationId,
    id: QuestionId,
) -> Result<Option<question::Model>, Error> {
    let found = question::Entity::find_by_id(id).filter(question::Column::InvitationId.eq(partner));
    Ok(found.one(conn).await?)
}

/// One message as it is shown.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) id: MessageId,
    pub(crate) question: QuestionId,
    pub(crate) kind: &'static str,
    /// The key of what it is called.
    pub(crate) label: &'static str,
    pub(crate) state: &'static str,
    pub(crate) by: String,
    pub(crate) body: String,
    pub(crate) at: DateTime<Utc>,
}

/// What was said about a question and those joined to it, oldest first.
pub(crate) async fn about(conn: &impl ConnectionTrait, id: QuestionId, lang: Lang) -> Result<Vec<Said>, Error> {
    let joined = sea_orm::sea_query::Query::select()
        .column(question::Column::Id)
        .from(question::Entity)
        .and_where(question::Column::MergedInto.eq(id))
        .to_owned();
    let rows = message::Entity::find()
        .filter(
            Condition::any()
                .add(message::Column::QuestionId.eq(id))
                .add(message::Column::QuestionId.in_subquery(joined)),
        )
        .order_by_asc(message::Column::Id)
        .limit(MOST)
        .all(conn)
        .await?;
    shown(conn, rows, lang).await
}

/// What was said with the asker of this question alone, as they call it, oldest first.
pub(crate) async fn with_asker(conn: &impl ConnectionTrait, id: QuestionId, lang: Lang) -> Result<Vec<Said>, Error> {
    let rows = message::Entity::find()
        .filter(message::Column::QuestionId.eq(id))
        .filter(message::Column::Kind.ne(MessageKind::Stuck))
        .order_by_asc(message::Column::Id)
        .limit(MOST)
        .all(conn)
        .await?;
    let mut said = shown(conn, rows, lang).await?;
    for message in &mut said {
        message.label = match message.label {
            "message-told" => "message-own-told",
            "message-follow_up" => "message-own-follow_up",
            label => label,
        };
    }
    Ok(said)
}

/// The messages of an event: those that wait for a moderator, or all, newest first.
pub(crate) async fn of_event(
    conn: &impl ConnectionTrait,
    event: EventId,
    held: bool,
    lang: Lang,
) -> Result<Vec<Said>, Error> {
    let mut query = message::Entity::find()
        .filter(message::Column::EventId.eq(event))
        .order_by_desc(message::Column::Id)
        .limit(MOST);
    if held {
        query = query.filter(message::Column::State.eq(MessageState::Held));
    }
    shown(conn, query.all(conn).await?, lang).await
}

pub(crate) async fn held_count(conn: &impl ConnectionTrait, event: EventId) -> Result<u64, Error> {
    Ok(message::Entity::find()
        .filter(message::Column::EventId.eq(event))
        .filter(message::Column::State.eq(MessageState::Held))
        .count(conn)
        .await?)
}

async fn shown(conn: &impl ConnectionTrait, rows: Vec<message::Model>, lang: Lang) -> Result<Vec<Said>, Error> {
    let hosts = people::hosts(conn, rows.iter().filter_map(|m| m.crew_member_id), [], []).await?;
    let invitees = people::invitees(conn, rows.iter().filter_map(|m| m.invitation_id), lang).await?;
    let said = |m: message::Model| Said {
        by: match (m.crew_member_id, m.invitation_id) {
            (Some(crew), _) => hosts.crew.get(&crew).map(domain::person::Person::line),
            (None, Some(asker)) => invitees.get(&asker).map(people::Invitee::line),
            (None, None) => None,
        }
        .unwrap_or_default(),
        id: m.id,
        question: m.question_id,
        kind: m.kind.as_str(),
        label: match m.kind {
            MessageKind::Ask => "message-ask",
            MessageKind::Told => "message-told",
            MessageKind::FollowUp => "message-follow_up",
            MessageKind::Stuck => "message-stuck",
        },
        state: m.state.as_str(),
        body: m.body,
        at: m.created_at,
    };
    Ok(rows.into_iter().map(said).collect())
}
