//! A code was opened.

use crate::Error;
use db::{
    entity::{issue, place, place_read},
    prelude::*,
};
use domain::state::issue::IssueState;
use sea_orm::sea_query::OnConflict;
use web::App;

/// Where the code leads, and one more reader at its place when `counts`. A code of an issue that readers do not see leads
/// to the magazine, as does one that is not known: no answer tells which issues there are.
///
/// # Errors
/// When the database refuses.
pub async fn opened(app: &App, code: &str, counts: bool) -> Result<String, Error> {
    let found = place::Entity::find()
        .filter(place::Column::Code.eq(code.to_lowercase()))
        .one(app.db.reader())
        .await?;
    let Some(place) = found else {
        return Ok("/magazine".into());
    };
    if counts {
        let row = place_read::ActiveModel {
            place_id: Set(place.id),
            day: Set(app.clock.now().date_naive()),
            reads: Set(1),
        };
        let once_more = OnConflict::columns([place_read::Column::PlaceId, place_read::Column::Day])
            .value(
                place_read::Column::Reads,
                Expr::col((place_read::Entity, place_read::Column::Reads)).add(1),
            )
            .to_owned();
        let tx = app.db.begin_write().await?;
        place_read::Entity::insert(row)
            .on_conflict(once_more)
            .exec_without_returning(&tx)
            .await?;
        tx.commit().await?;
    }
    let issue = issue::Entity::find_by_id(place.issue_id)
        .filter(issue::Column::State.eq(IssueState::Shown))
        .one(app.db.reader())
        .await?;
    Ok(issue.map_or_else(|| "/magazine".into(), |i| format!("/magazine/{}", i.number)))
}
