//! Who has which question open. A page says so every few seconds; what was said a while ago says nothing any more.

use chrono::{DateTime, TimeDelta, Utc};
use db::{
    entity::{presence, staff},
    prelude::*,
};
use domain::{EventId, QuestionId, StaffId};
use sea_orm::sea_query::OnConflict;
use std::collections::HashMap;
use web::App;

/// A page says it every ten seconds; two of them may be lost.
const GONE: TimeDelta = TimeDelta::seconds(35);

/// `staff` has the question open. Those who look at the board are told when that is news.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn here(app: &App, event: EventId, question: QuestionId, who: StaffId) -> Result<(), Error> {
    let now = app.clock.now();
    let known = presence::Entity::find_by_id((question, who))
        .one(app.db.reader())
        .await?;
    let news = known.is_none_or(|row| row.seen_at < now - GONE);
    let row = presence::ActiveModel {
        question_id: Set(question),
        staff_id: Set(who),
        event_id: Set(event),
        seen_at: Set(now),
    };
    let tx = app.db.begin_write().await?;
    let again = OnConflict::columns([presence::Column::QuestionId, presence::Column::StaffId])
        .update_column(presence::Column::SeenAt)
        .to_owned();
    presence::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(&tx)
        .await?;
    finish(app, event, tx, news).await
}

/// `staff` closed it.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn gone(app: &App, event: EventId, question: QuestionId, who: StaffId) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    let left = presence::Entity::delete_by_id((question, who)).exec(&tx).await?;
    // Nobody looks at what is older than a day.
    presence::Entity::delete_many()
        .filter(presence::Column::EventId.eq(event))
        .filter(presence::Column::SeenAt.lt(app.clock.now() - TimeDelta::days(1)))
        .exec(&tx)
        .await?;
    finish(app, event, tx, left.rows_affected > 0).await
}

async fn finish(app: &App, event: EventId, tx: WriteTx, news: bool) -> Result<(), Error> {
    if news {
        app.live.commit(tx, &super::topic(event)).await
    } else {
        tx.commit().await
    }
}

/// The names of others who have questions of the event open now, by question.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn others(
    conn: &impl ConnectionTrait,
    event: EventId,
    but: StaffId,
    now: DateTime<Utc>,
) -> Result<HashMap<QuestionId, Vec<String>>, Error> {
    let rows = presence::Entity::find()
        .filter(presence::Column::EventId.eq(event))
        .filter(presence::Column::SeenAt.gt(now - GONE))
        .filter(presence::Column::StaffId.ne(but))
        .order_by_asc(presence::Column::SeenAt)
        .all(conn)
        .await?;
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let accounts = staff::Entity::find()
        .filter(staff::Column::Id.is_in(rows.iter().map(|row| row.staff_id)))
        .all(conn)
        .await?;
    let names: HashMap<StaffId, String> = accounts.into_iter().map(|s| (s.id, s.name)).collect();
    let mut out: HashMap<QuestionId, Vec<String>> = HashMap::new();
    for row in rows {
        if let Some(name) = names.get(&row.staff_id) {
            out.entry(row.question_id).or_default().push(name.clone());
        }
    }
    Ok(out)
}
