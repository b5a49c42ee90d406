//! How each crew stands: what waits, what is late, how long answers took, when somebody was reminded last.

use crate::Result;
use chrono::{DateTime, Utc};
use db::{
    Engine,
    entity::{assignment, crew_member, reminder},
    prelude::*,
};
use domain::{AssignmentId, CrewMemberId, EventId, ServiceId, state::assignment::ReminderStep};
use sea_orm::{FromQueryResult, Statement};
use std::collections::{BTreeSet, HashMap};
use web::App;

/// Most notes on the board; who has more has another trouble.
const NOTES: u64 = 100;

/// One member of one crew.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) member: crew_member::Model,
    pub(super) waiting: i64,
    pub(super) late: i64,
    pub(super) answered: i64,
    /// Seconds from the assignment to the first answer, the middle one of all.
    pub(super) median: Option<i64>,
    pub(super) reminded: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct Count {
    service_id: ServiceId,
    crew_member_id: CrewMemberId,
    n: i64,
    late: i64,
}

#[derive(FromQueryResult)]
struct Took {
    crew_member_id: CrewMemberId,
    n: i64,
    seconds: f64,
}

/// The lines of an event, by crew, the lead first.
pub(super) async fn lines(app: &App, event: EventId) -> Result<Vec<(ServiceId, Vec<Line>)>> {
    let conn = app.db.reader();
    let counts = counts(app, event).await?;
    let took = took(app, event).await?;
    let reminded: Vec<(CrewMemberId, DateTime<Utc>)> = reminded(app, event).await?;
    let reminded: HashMap<_, _> = reminded.into_iter().collect();
    let members: HashMap<CrewMemberId, crew_member::Model> = crew_member::Entity::find()
        .all(conn)
        .await?
        .into_iter()
        .map(|m| (m.id, m))
        .collect();
    let crews: BTreeSet<ServiceId> = counts.iter().map(|c| c.service_id).collect();
    let crews = crews.into_iter().map(|crew| {
        let mut lines: Vec<Line> = counts
            .iter()
            .filter(|count| count.service_id == crew)
            .filter_map(|count| {
                let took = took.get(&count.crew_member_id);
                Some(Line {
                    member: members.get(&count.crew_member_id)?.clone(),
                    waiting: count.n,
                    late: count.late,
                    answered: took.map_or(0, |t| t.n),
                    median: took.map(|t| whole(t.seconds)),
                    reminded: reminded.get(&count.crew_member_id).copied(),
                })
            })
            .collect();
        lines.sort_by(|a, b| (!a.member.is_lead, &a.member.name).cmp(&(!b.member.is_lead, &b.member.name)));
        (crew, lines)
    });
    Ok(crews.collect())
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a span of time in seconds is far from the ends of i64"
)]
fn whole(seconds: f64) -> i64 {
    seconds as i64
}

/// Everybody who was given something; `n` are those that wait.
async fn counts(app: &App, event: EventId) -> Result<Vec<Count>> {
    let backend = app.db.reader().get_database_backend();
    let statement = Statement::from_sql_and_values(
        backend,
        "SELECT service_id, crew_member_id, \
         count(CASE WHEN state IN ('sent', 'reminded', 'asked_back') THEN 1 END) AS n, \
         count(CASE WHEN state IN ('sent', 'reminded', 'asked_back') AND due_at < $2 THEN 1 END) AS late \
         FROM assignment WHERE event_id = $1 AND crew_member_id IS NOT NULL AND service_id IS NOT NULL \
         GROUP BY service_id, crew_member_id",
        [event.into(), app.clock.now().into()],
    );
    Ok(Count::find_by_statement(statement).all(app.db.reader()).await?)
}

/// The median is the engine's own on PostgreSQL, and the middle of a window on SQLite.
async fn took(app: &App, event: EventId) -> Result<HashMap<CrewMemberId, Took>> {
    let text = match app.db.engine() {
        Engine::Postgres => {
            "SELECT crew_member_id, count(*) AS n, (percentile_cont(0.5) WITHIN GROUP \
             (ORDER BY extract(epoch FROM answered_at - created_at)::float8))::float8 AS seconds \
             FROM assignment WHERE event_id = $1 AND crew_member_id IS NOT NULL AND answered_at IS NOT NULL \
             GROUP BY crew_member_id"
        }
        Engine::Sqlite => {
            "WITH took AS (SELECT crew_member_id, (julianday(answered_at) - julianday(created_at)) * 86400.0 AS s, \
             row_number() OVER (PARTITION BY crew_member_id ORDER BY julianday(answered_at) - julianday(created_at)) AS at, \
             count(*) OVER (PARTITION BY crew_member_id) AS n FROM assignment \
             WHERE event_id = $1 AND crew_member_id IS NOT NULL AND answered_at IS NOT NULL) \
             SELECT crew_member_id, max(n) AS n, avg(s) AS seconds FROM took \
             WHERE at IN ((n + 1) / 2, (n + 2) / 2) GROUP BY crew_member_id"
        }
    };
    let backend = app.db.reader().get_database_backend();
    let statement = Statement::from_sql_and_values(backend, text, [event.into()]);
    let rows = Took::find_by_statement(statement).all(app.db.reader()).await?;
    Ok(rows.into_iter().map(|row| (row.crew_member_id, row)).collect())
}

async fn reminded(app: &App, event: EventId) -> Result<Vec<(CrewMemberId, DateTime<Utc>)>> {
    #[derive(FromQueryResult)]
    struct Last {
        crew_member_id: CrewMemberId,
        at: DateTime<Utc>,
    }
    let backend = app.db.reader().get_database_backend();
    let statement = Statement::from_sql_and_values(
        backend,
        "SELECT a.crew_member_id AS crew_member_id, max(r.at) AS at FROM reminder r JOIN assignment a ON a.id = r.assignment_id \
         WHERE a.event_id = $1 AND a.crew_member_id IS NOT NULL AND r.outgoing_id IS NOT NULL GROUP BY a.crew_member_id",
        [event.into()],
    );
    let rows = Last::find_by_statement(statement).all(app.db.reader()).await?;
    Ok(rows.into_iter().map(|row| (row.crew_member_id, row.at)).collect())
}

/// What was left to moderators and still waits, the oldest first.
pub(super) async fn notes(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<assignment::Model>> {
    let told: Vec<AssignmentId> = reminder::Entity::find()
        .select_only()
        .column(reminder::Column::AssignmentId)
        .filter(reminder::Column::Step.eq(ReminderStep::Moderator))
        .filter(
            reminder::Column::AssignmentId.in_subquery(
                QuerySelect::query(
                    &mut assignment::Entity::find()
                        .select_only()
                        .column(assignment::Column::Id)
                        .filter(assignment::Column::EventId.eq(event))
                        .filter(Expr::cust("state = 'reminded'")),
                )
                .clone(),
            ),
        )
        .order_by_asc(reminder::Column::At)
        .limit(NOTES)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(assignment::Entity::find()
        .filter(assignment::Column::Id.is_in(told))
        .order_by_asc(assignment::Column::DueAt)
        .all(conn)
        .await?)
}
