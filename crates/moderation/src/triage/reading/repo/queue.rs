//! Which question a moderator reads next.

use db::{
    entity::{question, question_score, review},
    prelude::*,
};
use domain::{EventId, QuestionId, StaffId, state::question::Board};
use sea_orm::{JoinType, QueryTrait, Select, sea_query::Query};

/// How far a moderator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) read: u64,
    pub(crate) of: u64,
}

pub(crate) async fn progress(conn: &impl ConnectionTrait, event: EventId, staff: StaffId) -> Result<Progress, Error> {
    let all = question::Entity::find()
        .filter(question::Column::EventId.eq(event))
        .filter(question::Column::Board.is_not_null());
    let read = all
        .clone()
        .filter(question::Column::Id.in_subquery(read_by(event, staff)));
    Ok(Progress {
        read: read.count(conn).await?,
        of: all.count(conn).await?,
    })
}

fn read_by(event: EventId, staff: StaffId) -> sea_orm::sea_query::SelectStatement {
    Query::select()
        .column(review::Column::QuestionId)
        .from(review::Entity)
        .and_where(review::Column::EventId.eq(event))
        .and_where(review::Column::StaffId.eq(staff))
        .to_owned()
}

/// From so many of the least read the next one is taken.
const WINDOW: u64 = 64;

/// The least-read undecided question that they have not read; `None` when there is none. Among equals each moderator has
/// an order of their own, so that two do not read the same one at the same moment: where they begin and how it is shuffled
/// both come from who they are, and stay.
pub(crate) async fn next(
    conn: &impl ConnectionTrait,
    event: EventId,
    staff: StaffId,
) -> Result<Option<QuestionId>, Error> {
    let open = || {
        question::Entity::find()
            .select_only()
            .column(question::Column::Id)
            .column(question::Column::Number)
            .filter(question::Column::EventId.eq(event))
            .filter(question::Column::Board.eq(Board::Inbox))
            .filter(question::Column::Id.not_in_subquery(read_by(event, staff)))
    };
    let scored = question_score::Entity::find()
        .select_only()
        .column(question_score::Column::QuestionId)
        .filter(question_score::Column::EventId.eq(event))
        .filter(question_score::Column::Readers.gt(0))
        .into_query();
    let unread = open().filter(question::Column::Id.not_in_subquery(scored));
    if let Some(found) = from_window(conn, event, staff, unread).await? {
        return Ok(Some(found));
    }
    let by_readers = || open().join(JoinType::InnerJoin, to_score());
    let least: Option<i32> = by_readers()
        .select_only()
        .column(question_score::Column::Readers)
        .order_by_asc(question_score::Column::Readers)
        .limit(1)
        .into_tuple()
        .one(conn)
        .await?;
    let Some(least) = least else { return Ok(None) };
    let equals = by_readers().filter(question_score::Column::Readers.eq(least));
    from_window(conn, event, staff, equals).await
}

fn to_score() -> sea_orm::RelationDef {
    question::Entity::belongs_to(question_score::Entity)
        .from(question::Column::Id)
        .to(question_score::Column::QuestionId)
        .into()
}

async fn from_window(
    conn: &impl ConnectionTrait,
    event: EventId,
    staff: StaffId,
    candidates: Select<question::Entity>,
) -> Result<Option<QuestionId>, Error> {
    let last: Option<Option<i32>> = question::Entity::find()
        .select_only()
        .column_as(question::Column::Number.max(), "last")
        .filter(question::Column::EventId.eq(event))
        .filter(question::Column::Number.is_not_null())
        .into_tuple()
        .one(conn)
        .await?;
    let last = u64::try_from(last.flatten().unwrap_or_default()).unwrap_or_default();
    let begin = i32::try_from(mixed(staff.uuid().as_u128(), event.uuid().as_u128()) % (last + 1)).unwrap_or_default();
    let mut found: Vec<(QuestionId, Option<i32>)> = Vec::new();
    let number = question::Column::Number;
    for half in [number.gte(begin), number.lt(begin)] {
        let more = candidates.clone().filter(half).order_by_asc(number);
        let more = more.limit(WINDOW - found.len() as u64);
        found.extend(more.into_tuple::<(QuestionId, Option<i32>)>().all(conn).await?);
        if found.len() as u64 >= WINDOW {
            break;
        }
    }
    Ok(found
        .into_iter()
        .map(|(id, _)| id)
        .min_by_key(|id| mixed(staff.uuid().as_u128(), id.uuid().as_u128())))
}

/// A number that looks drawn by lot and is always the same for the same two (the finalizer of `SplitMix64`).
fn mixed(a: u128, b: u128) -> u64 {
    let fold = |x: u128| u64::try_from((x ^ (x >> 64)) & u128::from(u64::MAX)).unwrap_or_default();
    let mut z = fold(a).rotate_left(17) ^ fold(b);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
