//! An editor's copy of an article or an issue, as a ZIP.

use crate::outputs;
use axum::extract::{Path, State};
use domain::{ArticleId, IssueId};
use web::{App, auth::Editor};

pub(super) async fn article(State(app): State<App>, staff: Editor, Path(id): Path<ArticleId>) -> web::Result {
    let (name, bytes) = outputs::export_article(&app, staff.id, id).await?;
    Ok(web::attachment(&name, "application/zip", bytes))
}

pub(super) async fn issue(State(app): State<App>, staff: Editor, Path(id): Path<IssueId>) -> web::Result {
    let (name, bytes) = outputs::export_issue(&app, staff.id, id).await?;
    Ok(web::attachment(&name, "application/zip", bytes))
}
