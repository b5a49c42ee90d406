//! How an event reads: criteria with their weights, blind or not, own score first or not.

use super::{
    figures::weighted,
    review::{lock, recompute},
};
use crate::{Error, Result, triage::reading::repo};
use db::{
    audit::{self, Actor},
    entity::{criterion, mark, review, triage_setting},
    prelude::*,
};
use domain::{CriterionId, EventId, QuestionId, ReviewId, StaffId};
use sea_orm::{QueryTrait, sea_query::OnConflict};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use web::App;

/// Most criteria of one event.
pub const MOST: usize = 8;

/// What a new event scores on: Korean and English name, weight.
const DEFAULTS: [(&str, &str, i32); 3] = [
    ("무대 적합성", "Fit for the stage", 3),
    ("다른 파트너에게 주는 가치", "Value for other partners", 2),
    ("명확성", "Clarity", 1),
];

/// A criterion as it shall be; a new one has no id yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub id: Option<CriterionId>,
    pub name: String,
    pub name_en: String,
    /// From 1 to 9.
    pub weight: i32,
}

/// The criteria, made from the defaults when the event has none yet.
pub async fn criteria(app: &App, event: EventId) -> Result<Vec<criterion::Model>> {
    let found = repo::criteria(app.db.reader(), event).await?;
    if !found.is_empty() {
        return Ok(found);
    }
    let tx = app.db.begin_write().await?;
    begin(&tx, event).await?;
    let found = repo::criteria(&tx, event).await?;
    tx.commit().await?;
    Ok(found)
}

/// Makes the row of settings and the default criteria where they are missing; what another made meanwhile stays.
async fn begin(tx: &WriteTx, event: EventId) -> Result<()> {
    let row = triage_setting::ActiveModel {
        event_id: Set(event),
        ..Default::default()
    };
    triage_setting::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    if !repo::criteria(tx, event).await?.is_empty() {
        return Ok(());
    }
    for (position, (name, name_en, weight)) in (1..).zip(DEFAULTS) {
        let wanted = Wanted {
            id: None,
            name: name.to_owned(),
            name_en: name_en.to_owned(),
            weight,
        };
        insert(tx, event, position, &wanted).await?;
    }
    Ok(())
}

async fn insert(tx: &WriteTx, event: EventId, position: i32, wanted: &Wanted) -> Result<()> {
    let row = criterion::ActiveModel {
        id: Set(CriterionId::new()),
        event_id: Set(event),
        name: Set(wanted.name.clone()),
        name_en: Set(wanted.name_en.clone()),
        weight: Set(wanted.weight),
        position: Set(position),
    };
    criterion::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// The criteria for somebody who scores now; nobody changes them before the commit.
pub(super) async fn criteria_for_scoring(tx: &WriteTx, event: EventId) -> Result<Vec<criterion::Model>> {
    begin(tx, event).await?;
    triage_setting::Entity::find_by_id(event).lock_shared().one(tx).await?;
    Ok(repo::criteria(tx, event).await?)
}

/// Saves the settings. Criteria that are not named any more fall away with the marks they got, and every score is worked
/// out again by the new weights.
pub async fn save(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    event: EventId,
    (blind, own_first): (bool, bool),
    wanted: &[Wanted],
) -> Result<()> {
    if wanted.is_empty() || wanted.len() > MOST {
        return Err(Error::Refused("refused-criteria"));
    }
    begin(tx, event).await?;
    let before = triage_setting::Entity::find_by_id(event)
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or(Error::NotFound)?;
    let result = triage_setting::Entity::update_many()
        .col_expr(triage_setting::Column::Blind, Expr::value(blind))
        .col_expr(triage_setting::Column::OwnFirst, Expr::value(own_first))
        .filter(triage_setting::Column::EventId.eq(event))
        .exec(tx)
        .await?;
    one_row(&result, "triage_setting")?;
    if before.blind != blind {
        let action = if blind { "reading.blinded" } else { "reading.unblinded" };
        record(tx, app, staff, event, action, json!({})).await?;
    }
    let changed = criteria_change(tx, event, wanted).await?;
    if changed {
        rescore(tx, event).await?;
    }
    if changed || before.own_first != own_first {
        let named: Vec<_> = wanted
            .iter()
            .map(|w| json!({ "name": w.name, "weight": w.weight }))
            .collect();
        let details = json!({ "criteria": named, "own_first": own_first });
        record(tx, app, staff, event, "reading.changed", details).await?;
    }
    Ok(())
}

async fn record(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    event: EventId,
    action: &'static str,
    details: serde_json::Value,
) -> Result<()> {
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action,
        subject: ("event", Some(event.uuid())),
        details,
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}

/// True when a criterion came, went, or changed.
async fn criteria_change(tx: &WriteTx, event: EventId, wanted: &[Wanted]) -> Result<bool> {
    let before = repo::criteria(tx, event).await?;
    let kept: BTreeSet<CriterionId> = wanted.iter().filter_map(|w| w.id).collect();
    let mut changed = false;
    for gone in before.iter().filter(|c| !kept.contains(&c.id)) {
        mark::Entity::delete_many()
            .filter(mark::Column::CriterionId.eq(gone.id))
            .exec(tx)
            .await?;
        criterion::Entity::delete_by_id(gone.id).exec(tx).await?;
        changed = true;
    }
    let mut position = before.iter().map(|c| c.position).max().unwrap_or_default();
    for want in wanted {
        let Some(id) = want.id else {
            position += 1;
            insert(tx, event, position, want).await?;
            changed = true;
            continue;
        };
        // Taken away meanwhile, or another event's.
        let Some(row) = before.iter().find(|c| c.id == id) else {
            return Err(Error::NotFound);
        };
        if (&row.name, &row.name_en, row.weight) == (&want.name, &want.name_en, want.weight) {
            continue;
        }
        criterion::Entity::update_many()
            .col_expr(criterion::Column::Name, Expr::value(want.name.as_str()))
            .col_expr(criterion::Column::NameEn, Expr::value(want.name_en.as_str()))
            .col_expr(criterion::Column::Weight, Expr::value(want.weight))
            .filter(criterion::Column::Id.eq(id))
            .exec(tx)
            .await?;
        changed = true;
    }
    Ok(changed)
}

/// Works out every score of the event again. A review that lost its last mark is one that was only read.
async fn rescore(tx: &WriteTx, event: EventId) -> Result<()> {
    let weights: HashMap<CriterionId, i32> = repo::criteria(tx, event)
        .await?
        .into_iter()
        .map(|c| (c.id, c.weight))
        .collect();
    let scored = review::Entity::find()
        .filter(review::Column::EventId.eq(event))
        .filter(review::Column::ScoredAt.is_not_null());
    let ids = scored.clone().select_only().column(review::Column::Id).into_query();
    let marks = mark::Entity::find()
        .filter(mark::Column::ReviewId.in_subquery(ids))
        .all(tx)
        .await?;
    let mut given: HashMap<ReviewId, Vec<(i32, i32)>> = HashMap::new();
    for mark in marks {
        let weight = weights.get(&mark.criterion_id).copied().unwrap_or_default();
        given.entry(mark.review_id).or_default().push((mark.value, weight));
    }
    let mut touched: BTreeSet<QuestionId> = BTreeSet::new();
    for row in scored.all(tx).await? {
        let score = weighted(given.remove(&row.id).unwrap_or_default());
        if score == row.score_milli {
            continue;
        }
        review::Entity::update_many()
            .col_expr(review::Column::ScoreMilli, Expr::value(score))
            .col_expr(review::Column::ScoredAt, Expr::value(score.and(row.scored_at)))
            .filter(review::Column::Id.eq(row.id))
            .exec(tx)
            .await?;
        touched.insert(row.question_id);
    }
    for question in touched {
        lock(tx, event, question).await?;
        recompute(tx, event, question).await?;
    }
    Ok(())
}
