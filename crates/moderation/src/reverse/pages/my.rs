//! `/my/reverse/{assignment}`: a partner answers a question that the host asks back.

use crate::answers::{
    pages::{AnswerPage, Input, answer_link::submit, given, id},
    repo,
};
use axum::extract::{Path, State};
use db::entity::assignment;
use web::{App, Chrome, Error, Form, Result, auth::PartnerSession, render};

pub(super) async fn page(
    State(app): State<App>,
    partner: PartnerSession,
    c: Chrome,
    Path(assignment): Path<String>,
) -> Result {
    let row = find(&app, partner, &assignment).await?;
    let page = given(&app, c, &row, here(&row)).await?;
    render(&AnswerPage { home: true, ..page })
}

pub(super) async fn answer(
    State(app): State<App>,
    partner: PartnerSession,
    c: Chrome,
    Path(assignment): Path<String>,
    Form(input): Form<Input>,
) -> Result {
    let row = find(&app, partner, &assignment).await?;
    submit(&app, c, &row, here(&row), input.text).await
}

fn here(row: &assignment::Model) -> String {
    format!("/my/reverse/{}", row.id)
}

async fn find(app: &App, partner: PartnerSession, assignment: &str) -> Result<assignment::Model> {
    let found = repo::assignment_for(app.db.reader(), partner.invitation, id(assignment)?).await?;
    found.ok_or(Error::NotFound)
}
