//! The groups of an event, worked out anew after questions came or changed: asked for by whoever sees it first, done by
//! a job. Every question is compared with every other that it shares something with, so it is no part of a request.

use super::repo;
use crate::Result;
use db::{
    entity::{question_count, similar_dismissed, similar_group, similar_survey},
    prelude::*,
};
use domain::{EventId, QuestionId, job::Job};
use sea_orm::sea_query::OnConflict;
use similar::{Index, Sketch};
use std::{
    collections::{HashMap, HashSet},
    num::NonZero,
    time::Duration,
};
use web::App;

/// How often somebody looks whether questions came: with it, a burst of them is one survey.
const LOOK: Duration = Duration::from_secs(5);
/// A survey that was asked for and never done is asked for again; a worker's database may have been restored.
const LOST: chrono::TimeDelta = chrono::TimeDelta::minutes(15);
/// More in one group are no proposal that a person could read.
const MOST: usize = 50;
const ROWS: usize = 400;

/// Asks for surveys until the process stops.
pub async fn watch(app: &App, stopped: impl Future<Output = ()>) {
    tokio::pin!(stopped);
    loop {
        tokio::select! {
            () = &mut stopped => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        if let Err(error) = ask(app).await {
            tracing::warn!(%error, "whether groups of similar questions are due could not be looked up");
        }
    }
}

/// Enqueues a survey for each event whose questions have changed since the last one; says how many. On several nodes
/// one of them asks: the row is changed by one.
///
/// # Errors
/// When the database refuses.
pub async fn ask(app: &App) -> Result<usize> {
    let counts = question_count::Entity::find().all(app.db.reader()).await?;
    let known = similar_survey::Entity::find().all(app.db.reader()).await?;
    let known: HashMap<EventId, similar_survey::Model> = known.into_iter().map(|row| (row.event_id, row)).collect();
    let now = app.clock.now();
    let mut asked = 0;
    for count in counts {
        let before = known.get(&count.event_id);
        if before.is_some_and(|row| {
            let same = (row.asked_number, row.asked_change) == (count.taken, count.changes);
            let done = (row.done_number, row.done_change) >= (row.asked_number, row.asked_change);
            same && done || !done && now - row.asked_at < LOST
        }) {
            continue;
        }
        let tx = app.db.begin_write().await?;
        if claim(&tx, app, &count, before).await? {
            let event = count.event_id;
            jobs::enqueue(&tx, &app.clock, &Job::GroupSimilar { event }, now).await?;
            tx.commit().await?;
            app.wake.notify();
            asked += 1;
        } else {
            tx.rollback().await?;
        }
    }
    Ok(asked)
}

async fn claim(
    tx: &WriteTx,
    app: &App,
    count: &question_count::Model,
    before: Option<&similar_survey::Model>,
) -> Result<bool> {
    let now = app.clock.now();
    let Some(before) = before else {
        let row = similar_survey::ActiveModel {
            event_id: Set(count.event_id),
            asked_number: Set(count.taken),
            asked_change: Set(count.changes),
            asked_at: Set(now),
            done_number: Set(0),
            done_change: Set(0),
            done_at: Set(None),
        };
        let rows = similar_survey::Entity::insert(row)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
        return Ok(rows == 1);
    };
    let done = similar_survey::Entity::update_many()
        .col_expr(similar_survey::Column::AskedNumber, Expr::value(count.taken))
        .col_expr(similar_survey::Column::AskedChange, Expr::value(count.changes))
        .col_expr(similar_survey::Column::AskedAt, Expr::value(now))
        .filter(similar_survey::Column::EventId.eq(before.event_id))
        .filter(similar_survey::Column::AskedAt.eq(before.asked_at))
        .filter(similar_survey::Column::AskedNumber.eq(before.asked_number))
        .filter(similar_survey::Column::AskedChange.eq(before.asked_change))
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// One question in a proposed group.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Member {
    question: QuestionId,
    number: i32,
    score: f32,
}

/// Works the groups of an event out and writes them. Running twice does no harm.
///
/// # Errors
/// When the database refuses.
pub async fn group(app: &App, event: EventId) -> Result<()> {
    let conn = app.db.reader();
    // First the counters, then the rows: what comes between is surveyed now and asked for again.
    let count = question_count::Entity::find_by_id(event).one(conn).await?;
    let (taken, changes) = count.map_or((0, 0), |row| (row.taken, row.changes));
    let rows = repo::bodies(conn, event).await?;
    let apart = repo::dismissed(conn, event).await?;
    let groups = tokio::task::spawn_blocking(move || groups(&rows, &apart)).await;
    let groups = groups.map_err(|error| sea_orm::DbErr::Custom(error.to_string()))?;
    let tx = app.db.begin_write().await?;
    similar_group::Entity::delete_many()
        .filter(similar_group::Column::EventId.eq(event))
        .exec(&tx)
        .await?;
    let rows: Vec<similar_group::ActiveModel> = groups.iter().flat_map(|group| of_group(event, group)).collect();
    for part in rows.chunks(ROWS) {
        similar_group::Entity::insert_many(part.to_vec())
            .exec_without_returning(&tx)
            .await?;
    }
    similar_survey::Entity::update_many()
        .col_expr(similar_survey::Column::DoneNumber, Expr::value(taken))
        .col_expr(similar_survey::Column::DoneChange, Expr::value(changes))
        .col_expr(similar_survey::Column::DoneAt, Expr::value(app.clock.now()))
        .filter(similar_survey::Column::EventId.eq(event))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

fn of_group(event: EventId, group: &[Member]) -> Vec<similar_group::ActiveModel> {
    let first = group.iter().map(|member| member.number).min().unwrap_or_default();
    let row = |member: &Member| similar_group::ActiveModel {
        question_id: Set(member.question),
        event_id: Set(event),
        group_no: Set(first),
        score_milli: Set(milli(member.score)),
    };
    group.iter().map(row).collect()
}

fn milli(score: f32) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "from 0 to 1000")]
    let milli = (score.clamp(0.0, 1.0) * 1000.0).round() as i32;
    milli
}

/// From which score on questions are proposed as a group: where groups of one to ten, as an event has them, are best on the
/// development half of the set in `similar`. Its own threshold is for files with many phrasings of each.
const PROPOSED: f32 = 0.8;

fn groups(rows: &[repo::Body], apart: &HashSet<(QuestionId, QuestionId)>) -> Vec<Vec<Member>> {
    let mut index = Index::<i32>::default();
    let by_number: HashMap<i32, &repo::Body> = rows.iter().map(|row| (row.number, row)).collect();
    for row in rows {
        index.insert_sketch(
            row.number,
            &Sketch::in_language(&row.text, likeness::language(row.lang)),
        );
    }
    let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let survey = index.survey(threads.min(NonZero::new(2).unwrap_or(NonZero::<usize>::MIN)));
    let near: HashMap<i32, Vec<(i32, f32)>> = survey.nearest(usize::MAX).collect();
    let mut found = Vec::new();
    for group in survey.groups(PROPOSED) {
        let fellows: HashSet<i32> = group.iter().copied().collect();
        // Word for word the same, and too many for one another's lists.
        let score = |number: &i32| {
            let list = near.get(number).into_iter().flatten();
            let best = list
                .filter(|(other, _)| fellows.contains(other))
                .map(|(_, score)| *score);
            best.reduce(f32::max).unwrap_or(1.0)
        };
        // What is joined already is a neighbour that helps, and no proposal.
        let members = group.iter().filter_map(|number| {
            let row = by_number.get(number).filter(|row| row.open)?;
            Some(Member {
                question: row.id,
                number: *number,
                score: score(number),
            })
        });
        for mut part in kept_apart(members.collect(), apart) {
            part.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.number.cmp(&other.number)));
            part.truncate(MOST);
            if part.len() > 1 {
                found.push(part);
            }
        }
    }
    found
}

/// Parts of a group in which no two stand of whom somebody said that they are not the same.
fn kept_apart(group: Vec<Member>, apart: &HashSet<(QuestionId, QuestionId)>) -> Vec<Vec<Member>> {
    let mut parts: Vec<Vec<Member>> = Vec::new();
    for member in group {
        let fits = |part: &&mut Vec<Member>| {
            part.iter()
                .all(|other| !apart.contains(&pair(member.question, other.question)))
        };
        match parts.iter_mut().find(fits) {
            Some(part) => part.push(member),
            None => parts.push(vec![member]),
        }
    }
    parts
}

/// In the order in which a dismissed pair is kept.
pub(super) fn pair(one: QuestionId, other: QuestionId) -> (QuestionId, QuestionId) {
    (Ord::min(one, other), Ord::max(one, other))
}

/// The dismissed pairs of a group's members, as rows.
pub(super) fn pairs(members: &[QuestionId]) -> Vec<(QuestionId, QuestionId)> {
    let mut pairs = Vec::new();
    for (at, one) in members.iter().enumerate() {
        pairs.extend(
            members[..at]
                .iter()
                .filter(|other| *other != one)
                .map(|other| pair(*one, *other)),
        );
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

pub(super) async fn dismiss(
    tx: &WriteTx,
    event: EventId,
    by: domain::StaffId,
    at: chrono::DateTime<chrono::Utc>,
    pairs: &[(QuestionId, QuestionId)],
) -> Result<()> {
    let row = |(one, other): &(QuestionId, QuestionId)| similar_dismissed::ActiveModel {
        one: Set(*one),
        other: Set(*other),
        event_id: Set(event),
        dismissed_by: Set(by),
        dismissed_at: Set(at),
    };
    for part in pairs.chunks(ROWS) {
        similar_dismissed::Entity::insert_many(part.iter().map(row))
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(number: i32) -> Member {
        Member {
            question: QuestionId::new(),
            number,
            score: 0.5,
        }
    }

    #[test]
    fn a_dismissed_pair_never_stands_in_one_part() {
        let group: Vec<Member> = (1..=4).map(member).collect();
        let apart = HashSet::from([pair(group[1].question, group[0].question)]);
        let parts = kept_apart(group, &apart);
        let numbers: Vec<Vec<i32>> = parts
            .iter()
            .map(|part| part.iter().map(|member| member.number).collect())
            .collect();
        assert_eq!(numbers, [vec![1, 3, 4], vec![2]]);
    }

    #[test]
    fn a_whole_group_dismissed_leaves_none() {
        let group: Vec<Member> = (1..=3).map(member).collect();
        let ids: Vec<QuestionId> = group.iter().map(|member| member.question).collect();
        let apart: HashSet<_> = pairs(&ids).into_iter().collect();
        assert_eq!(apart.len(), 3);
        assert!(kept_apart(group, &apart).iter().all(|part| part.len() == 1));
    }
}
