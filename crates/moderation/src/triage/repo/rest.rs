//! The questions about which nobody decided.

use crate::Error;
use db::{
    entity::{decision, job, question},
    prelude::*,
};
use domain::{
    EventId, Lang, QuestionId, ServiceId,
    job::Job,
    state::{
        decision::{DecisionKind, DecisionState},
        job::JobState,
        question::{Board, Prefers},
    },
};
use sea_orm::Select;
use std::collections::HashMap;

/// Which of them are meant; everything that is left out means all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    pub service: Option<ServiceId>,
    pub written: Option<Lang>,
    pub prefers: Option<Prefers>,
    /// Numbers from behind this one.
    pub after: i32,
    /// Up to this one.
    pub last: Option<i32>,
}

/// An undecided question by its id, service and number.
pub(crate) type Undecided = (QuestionId, ServiceId, i32);

fn find(event: EventId, rest: &Rest) -> Select<question::Entity> {
    filtered(event, rest).order_by_asc(question::Column::Number)
}

fn filtered(event: EventId, rest: &Rest) -> Select<question::Entity> {
    let mut find = question::Entity::find()
        .filter(question::Column::EventId.eq(event))
        .filter(question::Column::Board.eq(Board::Inbox))
        .filter(question::Column::Number.gt(rest.after));
    if let Some(last) = rest.last {
        find = find.filter(question::Column::Number.lte(last));
    }
    if let Some(service) = rest.service {
        find = find.filter(question::Column::ServiceId.eq(service));
    }
    if let Some(lang) = rest.written {
        find = find.filter(question::Column::Lang.eq(lang));
    }
    if let Some(prefers) = rest.prefers {
        find = find.filter(question::Column::Prefers.eq(prefers));
    }
    find
}

/// In the order of their numbers; at most `most`.
pub(crate) async fn undecided(
    conn: &impl ConnectionTrait,
    event: EventId,
    rest: &Rest,
    most: Option<u64>,
) -> Result<Vec<Undecided>, Error> {
    Ok(find(event, rest)
        .limit(most)
        .select_only()
        .column(question::Column::Id)
        .column(question::Column::ServiceId)
        .column(question::Column::Number)
        .into_tuple()
        .all(conn)
        .await?)
}

/// How many by service.
pub(crate) async fn undecided_counts(
    conn: &impl ConnectionTrait,
    event: EventId,
    rest: &Rest,
) -> Result<HashMap<ServiceId, usize>, Error> {
    Ok(super::count_by(conn, filtered(event, rest), question::Column::ServiceId).await?)
}

/// The same with their texts.
pub(crate) async fn undecided_texts(
    conn: &impl ConnectionTrait,
    event: EventId,
    rest: &Rest,
    most: u64,
) -> Result<Vec<question::Model>, Error> {
    Ok(find(event, rest).limit(most).all(conn).await?)
}

/// Where those of an event's questions go that are routed, by their numbers.
pub(crate) async fn routed_to(
    conn: &impl ConnectionTrait,
    event: EventId,
    numbers: &[i32],
) -> Result<HashMap<i32, ServiceId>, Error> {
    let questions: Vec<(QuestionId, Option<i32>)> = question::Entity::find()
        .select_only()
        .columns([question::Column::Id, question::Column::Number])
        .filter(question::Column::EventId.eq(event))
        .filter(question::Column::Number.is_in(numbers.iter().copied()))
        .into_tuple()
        .all(conn)
        .await?;
    let numbers: HashMap<QuestionId, i32> = questions.into_iter().filter_map(|(id, n)| Some((id, n?))).collect();
    let routed = decision::Entity::find()
        .filter(decision::Column::QuestionId.is_in(numbers.keys().copied()))
        .filter(decision::Column::Kind.eq(DecisionKind::Route))
        .filter(decision::Column::State.ne(DecisionState::Dropped))
        .all(conn)
        .await?;
    let routed = routed
        .into_iter()
        .filter_map(|d| Some((*numbers.get(&d.question_id)?, d.service_id?)));
    Ok(routed.collect())
}

/// How many questions the open jobs still have to route; `None` when there is no such job.
pub(crate) async fn routing(conn: &impl ConnectionTrait, event: EventId) -> Result<Option<u64>, Error> {
    let open = job::Entity::find()
        .filter(job::Column::Kind.eq("route_rest"))
        .filter(job::Column::State.is_in([JobState::Queued, JobState::Running]))
        .all(conn)
        .await?;
    let mut left = None;
    for row in open {
        if let Ok(Job::RouteRest {
            event: of,
            service,
            written,
            prefers,
            after,
            last,
            ..
        }) = serde_json::from_value(row.payload)
            && of == event
        {
            let rest = Rest {
                service,
                written,
                prefers,
                after,
                last: Some(last),
            };
            let waiting = filtered(event, &rest).count(conn).await?;
            left = Some(left.unwrap_or_default() + waiting);
        }
    }
    Ok(left)
}
