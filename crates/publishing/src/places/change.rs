//! Places are noted, changed and taken over from another issue.

use super::{MOST, PlaceDraft, all, draft::Place, one};
use crate::{Error, magazine};
use data_encoding::BASE32_NOPAD;
use db::{
    entity::{issue, place, place_read},
    prelude::*,
};
use domain::{IssueId, PlaceId, StaffId};
use web::{App, Errors, Message};

/// Octets of chance in a code: guessing one only counts a reader who was not there.
const CODE: usize = 6;

/// Notes places as they are typed, all or none.
///
/// # Errors
/// [`Error::Fields`] when one of them does not hold, or there would be too many.
pub async fn add_drafts(app: &App, staff: StaffId, issue: IssueId, drafts: &[PlaceDraft]) -> Result<usize, Error> {
    let places: Result<Vec<Place>, Errors> = drafts.iter().map(PlaceDraft::check).collect();
    add(app, staff, issue, places.map_err(Error::Fields)?).await
}

/// Notes these places, all or none.
///
/// # Errors
/// [`Error::Fields`] when the issue would have more than [`MOST`].
pub(crate) async fn add(app: &App, staff: StaffId, issue: IssueId, places: Vec<Place>) -> Result<usize, Error> {
    let added = places.len();
    if added == 0 {
        return Ok(0);
    }
    let tx = app.db.begin_write().await?;
    alone(&tx, issue).await?;
    let there = place::Entity::find()
        .filter(place::Column::IssueId.eq(issue))
        .count(&tx)
        .await?;
    if usize::try_from(there).unwrap_or(usize::MAX).saturating_add(added) > MOST {
        let message = Message::new("places-too-many").arg("most", MOST);
        return Err(Error::Fields(Errors::form(message)));
    }
    let now = app.clock.now();
    let rows: Vec<place::ActiveModel> = places
        .into_iter()
        .map(|p| place::ActiveModel {
            id: Set(PlaceId::new()),
            issue_id: Set(issue),
            code: Set(code()),
            name: Set(p.name),
            address: Set(p.address),
            copies: Set(p.copies),
            note: Set(p.note),
            version: Set(1),
            created_at: Set(now),
        })
        .collect();
    // An engine takes so many values in one statement.
    for some in rows.chunks(500) {
        place::Entity::insert_many(some.to_vec())
            .exec_without_returning(&tx)
            .await?;
    }
    let details = serde_json::json!({ "places": added });
    magazine::note(&tx, app, staff, issue, "place.added", details).await?;
    tx.commit().await?;
    Ok(added)
}

/// Eight letters or so that nobody mistakes for each other in base 32, in small letters.
fn code() -> String {
    let octets = uuid::Uuid::new_v4().into_bytes();
    BASE32_NOPAD.encode(&octets[..CODE]).to_lowercase()
}

/// # Errors
/// Stale when somebody else changed it first.
pub(crate) async fn update(
    app: &App,
    staff: StaffId,
    issue: IssueId,
    id: PlaceId,
    version: i32,
    to: Place,
) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    one(&tx, issue, id).await?;
    let done = place::Entity::update_many()
        .col_expr(place::Column::Name, Expr::value(to.name))
        .col_expr(place::Column::Address, Expr::value(to.address))
        .col_expr(place::Column::Copies, Expr::value(to.copies))
        .col_expr(place::Column::Note, Expr::value(to.note))
        .col_expr(place::Column::Version, Expr::col(place::Column::Version).add(1))
        .filter(place::Column::Id.eq(id))
        .filter(place::Column::Version.eq(version))
        .exec(&tx)
        .await?;
    one_row(&done, "place")?;
    magazine::note(
        &tx,
        app,
        staff,
        issue,
        "place.changed",
        serde_json::json!({ "place": id }),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets the place and its count; its code then leads to the magazine.
///
/// # Errors
/// When the issue has no such place.
pub(crate) async fn remove(app: &App, staff: StaffId, issue: IssueId, id: PlaceId) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    one(&tx, issue, id).await?;
    place_read::Entity::delete_many()
        .filter(place_read::Column::PlaceId.eq(id))
        .exec(&tx)
        .await?;
    place::Entity::delete_by_id(id).exec(&tx).await?;
    magazine::note(
        &tx,
        app,
        staff,
        issue,
        "place.removed",
        serde_json::json!({ "place": id }),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Notes the places of another issue here, too; those of the same name and address are here already.
///
/// # Errors
/// As [`add`].
pub(crate) async fn take_over(app: &App, staff: StaffId, issue: IssueId, from: IssueId) -> Result<usize, Error> {
    let here = all(app.db.reader(), issue).await?;
    let there = all(app.db.reader(), from).await?;
    let is_new = |p: &place::Model| !here.iter().any(|h| h.name == p.name && h.address == p.address);
    let places = there.into_iter().filter(is_new).map(|p| Place {
        name: p.name,
        address: p.address,
        copies: p.copies,
        note: p.note,
    });
    add(app, staff, issue, places.collect()).await
}

/// One of those who note places at the same moment goes first: together they keep to the limit. No write: whatever changes
/// an issue's row has its readers' pages made anew.
async fn alone(tx: &impl ConnectionTrait, id: IssueId) -> Result<(), Error> {
    let row = issue::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    row.map(drop).ok_or(Error::NotFound)
}
