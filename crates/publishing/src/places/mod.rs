//! Where printed copies of an issue lie, and how often the code there was opened.
//!
//! A code leads to the issue by an address of its own place. Opening it adds one to that place's count of the day, and
//! nothing else: no cookie, no address, no name is kept, so a reader who opens it twice counts twice.

mod change;
mod draft;
mod opened;

pub use change::add_drafts;
pub(crate) use change::{add, remove, take_over, update};
pub use draft::PlaceDraft;
pub(crate) use draft::{Place, lines};
pub use opened::opened;

use crate::Error;
use chrono::NaiveDate;
use db::{
    entity::{issue, place, place_read},
    prelude::*,
};
use domain::{IssueId, PlaceId};
use sea_orm::{JoinType, RelationTrait};
use std::collections::HashMap;

/// Places of one issue: as many labels as are printed in one file.
pub(crate) const MOST: usize = print::limits::LABELS;

/// An issue's places in the order in which they were noted.
pub(crate) async fn all(conn: &impl ConnectionTrait, issue: IssueId) -> Result<Vec<place::Model>, Error> {
    Ok(place::Entity::find()
        .filter(place::Column::IssueId.eq(issue))
        .order_by_asc(place::Column::Id)
        .all(conn)
        .await?)
}

/// # Errors
/// When the issue has no such place.
pub(crate) async fn one(conn: &impl ConnectionTrait, issue: IssueId, id: PlaceId) -> Result<place::Model, Error> {
    place::Entity::find_by_id(id)
        .filter(place::Column::IssueId.eq(issue))
        .one(conn)
        .await?
        .ok_or(Error::NotFound)
}

/// How often each place's code was opened; a place whose code nobody opened is not among them.
pub(crate) async fn reads(conn: &impl ConnectionTrait, issue: IssueId) -> Result<HashMap<PlaceId, i64>, Error> {
    let rows = days(conn, issue).await?;
    let mut sums = HashMap::new();
    for (place, _, n) in rows {
        *sums.entry(place).or_default() += n;
    }
    Ok(sums)
}

/// Place, day and how often, the days in their order.
pub(crate) async fn days(conn: &impl ConnectionTrait, issue: IssueId) -> Result<Vec<(PlaceId, NaiveDate, i64)>, Error> {
    Ok(place_read::Entity::find()
        .select_only()
        .columns([
            place_read::Column::PlaceId,
            place_read::Column::Day,
            place_read::Column::Reads,
        ])
        .join(JoinType::InnerJoin, place_read::Relation::Place.def())
        .filter(place::Column::IssueId.eq(issue))
        .order_by_asc(place_read::Column::Day)
        .into_tuple()
        .all(conn)
        .await?)
}

/// Other issues that have places, the latest first, with how many.
pub(crate) async fn elsewhere(conn: &impl ConnectionTrait, here: IssueId) -> Result<Vec<(issue::Model, i64)>, Error> {
    let counts: Vec<(IssueId, i64)> = place::Entity::find()
        .select_only()
        .column(place::Column::IssueId)
        .column_as(place::Column::Id.count(), "n")
        .filter(place::Column::IssueId.ne(here))
        .group_by(place::Column::IssueId)
        .into_tuple()
        .all(conn)
        .await?;
    let counts: HashMap<IssueId, i64> = counts.into_iter().collect();
    let rows = issue::Entity::find()
        .filter(issue::Column::Id.is_in(counts.keys().copied()))
        .order_by_desc(issue::Column::Number)
        .all(conn)
        .await?;
    let with = |row: issue::Model| {
        let n = counts.get(&row.id).copied().unwrap_or_default();
        (row, n)
    };
    Ok(rows.into_iter().map(with).collect())
}

/// The address that a place's code leads to.
pub(crate) fn address(public_url: &str, code: &str) -> String {
    format!("{}/q/{code}", public_url.trim_end_matches('/'))
}
