//! What a job of the release still has to do, and what it could not.

use crate::Error;
use db::{
    entity::{audit_entry, decision, job},
    prelude::*,
};
use domain::{DecisionId, EventId, QuestionId, job::Job, state::job::JobState};
use sea_orm::QueryOrder;
use std::collections::{HashMap, HashSet};

/// How many of `pending` the open jobs of this event will release; `None` when there is no such job.
pub(crate) async fn releasing(
    conn: &impl ConnectionTrait,
    event: EventId,
    pending: &[decision::Model],
) -> Result<Option<usize>, Error> {
    let open = job::Entity::find()
        .filter(job::Column::Kind.eq("release"))
        .filter(job::Column::State.is_in([JobState::Queued, JobState::Running]))
        .all(conn)
        .await?;
    let mut any = false;
    let mut theirs: HashSet<DecisionId> = HashSet::new();
    for row in open {
        if let Ok(Job::Release {
            event: of, decisions, ..
        }) = serde_json::from_value(row.payload)
            && of == event
        {
            any = true;
            theirs.extend(decisions);
        }
    }
    Ok(any.then(|| pending.iter().filter(|d| theirs.contains(&d.id)).count()))
}

/// Why those of `pending` that a job could not release stayed, by their questions: the key of a text.
pub(crate) async fn refusals(
    conn: &impl ConnectionTrait,
    event: EventId,
    pending: &[decision::Model],
) -> Result<HashMap<QuestionId, String>, Error> {
    let since: HashMap<_, _> = pending.iter().map(|d| (d.question_id.uuid(), d)).collect();
    let rows = audit_entry::Entity::find()
        .filter(audit_entry::Column::EventId.eq(event))
        .filter(audit_entry::Column::Action.eq("release.refused"))
        .order_by_asc(audit_entry::Column::At)
        .all(conn)
        .await?;
    let kept = rows.into_iter().filter_map(|row| {
        // Decided anew since: that was another decision.
        let decision = since.get(&row.subject_id?).filter(|d| d.decided_at <= row.at)?;
        Some((decision.question_id, row.details.get("why")?.as_str()?.to_owned()))
    });
    Ok(kept.collect())
}
