//! What the board shows, as files to take along.

use super::enter;
use crate::triage::board::{self, Address, follow};
use axum::extract::{Path, Query, State};
use db::{
    audit::{self, Actor},
    entity::event,
};
use domain::StaffId;
use serde_json::json;
use web::{App, Chrome, auth::Moderator};

const SHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub(super) async fn xlsx(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Query(address): Query<Address>,
) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    let conn = app.db.reader();
    follow::all(&app.db, event.id).await?;
    let filter = address.filter(conn, event.id, staff.id, c.now).await?;
    let bytes = board::xlsx(conn, event.id, &filter, staff.id, c.now, &c.words, &event.time_zone).await?;
    record(&app, staff.id, &event, &address, "xlsx").await?;
    Ok(web::attachment(&format!("{slug}-board.xlsx"), SHEET, bytes))
}

pub(super) async fn json(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Query(address): Query<Address>,
) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    let conn = app.db.reader();
    follow::all(&app.db, event.id).await?;
    let filter = address.filter(conn, event.id, staff.id, c.now).await?;
    let value = board::json(conn, event.id, &filter, staff.id, c.now, c.lang()).await?;
    record(&app, staff.id, &event, &address, "json").await?;
    let bytes = serde_json::to_vec_pretty(&value)?;
    Ok(web::attachment(
        &format!("{slug}-board.json"),
        "application/json",
        bytes,
    ))
}

/// Names leave the house with it.
async fn record(app: &App, staff: StaffId, event: &event::Model, address: &Address, form: &str) -> web::Result<()> {
    let tx = app.db.begin_write().await?;
    let entry = audit::Entry {
        event: Some(event.id),
        actor: Actor::Staff(staff),
        action: "board.exported",
        subject: ("event", Some(event.id.uuid())),
        details: json!({ "form": form, "query": address.query() }),
    };
    audit::record(&tx, &app.clock, entry).await?;
    Ok(tx.commit().await?)
}
