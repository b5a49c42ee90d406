//! Everything of an event as a file.

use crate::{export, repo};
use axum::{
    extract::{Path, State},
    routing::get,
};
use web::{App, Error, Result, auth::Administrator};

pub(crate) fn routes() -> web::Router {
    web::Router::new().route("/desk/events/{slug}/export", get(download))
}

async fn download(State(app): State<App>, staff: Administrator, Path(slug): Path<String>) -> Result {
    let event = repo::event_by_slug(app.db.reader(), &slug).await?;
    let json = export::event(app.db.reader(), event.id).await?.ok_or(Error::NotFound)?;
    let tx = app.db.begin_write().await?;
    let entry = db::audit::Entry {
        event: Some(event.id),
        actor: staff.actor(),
        action: "event.exported",
        subject: ("event", Some(event.id.uuid())),
        details: serde_json::json!({}),
    };
    db::audit::record(&tx, &app.clock, entry).await?;
    tx.commit().await?;
    let name = format!("{slug}.json");
    Ok(web::attachment(
        &name,
        "application/json",
        serde_json::to_vec_pretty(&json)?,
    ))
}
