//! One question asked back: whom it goes to, and what they answered.

use super::desk::event;
use crate::{
    answers::{
        pages::{desk, id},
        repo::{Lookup, Subject, Wanted},
    },
    reverse::{repo, service},
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::IntoResponse,
};
use chrono::{DateTime, Utc};
use db::people;
use domain::{AnswerId, AssignmentId, InvitationId, ReverseId, state::question::ReverseState};
use serde::Deserialize;
use web::{App, Choice, Chrome, Error, Errors, Form, Result, auth::Moderator, redirect, render_status};

struct Asked {
    id: AssignmentId,
    who: String,
    state: &'static str,
    due: DateTime<Utc>,
    invitation: Option<InvitationId>,
}

struct Answer {
    id: AnswerId,
    who: String,
    state: &'static str,
    excerpt: String,
}

#[derive(askama::Template)]
#[template(path = "reverse/one.html")]
struct Page {
    c: Chrome,
    base: String,
    zone: String,
    id: ReverseId,
    subject: Subject,
    state: &'static str,
    sendable: bool,
    asked: Vec<Asked>,
    answers: Vec<Answer>,
    q: String,
    candidates: Vec<Choice>,
    more: bool,
    errors: Errors,
}

#[derive(Default, Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
}

pub(super) async fn page(
    State(app): State<App>,
    _: Moderator,
    c: Chrome,
    Path((slug, reverse)): Path<(String, String)>,
    Query(search): Query<Search>,
) -> Result {
    show(&app, c, &slug, id(&reverse)?, search, Errors::new(), StatusCode::OK).await
}

async fn show(
    app: &App,
    c: Chrome,
    slug: &str,
    id: ReverseId,
    search: Search,
    errors: Errors,
    status: StatusCode,
) -> Result {
    let (c, event) = desk(app, c, slug).await?;
    let conn = app.db.reader();
    let row = repo::one(conn, event.id, id).await?.ok_or(Error::NotFound)?;
    let (assignments, answers) = (repo::assignments(conn, id).await?, repo::answers(conn, id).await?);
    let mut wanted = Wanted::default();
    wanted.about(None, Some(id));
    for row in &assignments {
        wanted.assignment(row);
    }
    for row in &answers {
        wanted.answer(row);
    }
    let lookup = Lookup::load(conn, c.lang(), wanted).await?;
    let sendable = matches!(row.state, ReverseState::Picked | ReverseState::Sent);
    let mut found = if sendable {
        repo::candidates(conn, event.id, id, &search.q).await?
    } else {
        Vec::new()
    };
    let more = found.len() > repo::CANDIDATES;
    found.truncate(repo::CANDIDATES);
    let candidates = candidates(app, &c, &found).await?;
    let page = Page {
        base: format!("/desk/events/{slug}"),
        zone: event.time_zone,
        id,
        subject: lookup.subject(None, Some(id)),
        state: row.state.as_str(),
        sendable,
        asked: assignments
            .iter()
            .map(|row| Asked {
                id: row.id,
                who: lookup.asked(row),
                state: row.state.as_str(),
                due: row.due_at,
                invitation: row.invitation_id,
            })
            .collect(),
        answers: answers
            .iter()
            .map(|row| Answer {
                id: row.id,
                who: lookup.answerer(row),
                state: row.state.as_str(),
                excerpt: domain::text::excerpt(&row.body, 160),
            })
            .collect(),
        q: search.q,
        candidates,
        more,
        errors,
        c,
    };
    render_status(status, &page)
}

async fn candidates(app: &App, c: &Chrome, found: &[InvitationId]) -> Result<Vec<Choice>> {
    let people = people::invitees(app.db.reader(), found.iter().copied(), c.lang()).await?;
    let choices = found.iter().filter_map(|id| people.get(id)).map(|invitee| {
        let choice = Choice::new(invitee.invitation, invitee.line());
        if invitee.email.is_none() {
            choice.hint(c.t("reverse-without-mail"))
        } else {
            choice
        }
    });
    Ok(choices.collect())
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    invitations: Vec<InvitationId>,
    #[serde(default)]
    q: String,
}

pub(super) async fn send(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path((slug, reverse)): Path<(String, String)>,
    Form(chosen): Form<Chosen>,
) -> Result {
    let event = event(&app, &slug).await?;
    let reverse = id(&reverse)?;
    let tx = app.db.begin_write().await?;
    match service::send(&tx, &app, staff.id, event.id, reverse, &chosen.invitations).await {
        Ok(sent) => {
            tx.commit().await?;
            app.wake.notify();
            let to = format!("/desk/events/{slug}/reverse/{reverse}");
            Ok(redirect(to).flash_n("reverse-sent", sent.asked).into_response())
        }
        Err(crate::Error::Refused(key)) => {
            tx.rollback().await?;
            let mut errors = Errors::new();
            errors.add("invitations", key);
            let search = Search { q: chosen.q };
            show(
                &app,
                c,
                &slug,
                reverse,
                search,
                errors,
                StatusCode::UNPROCESSABLE_ENTITY,
            )
            .await
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::Chosen;
    use crate::answers::pages::Press;
    use domain::InvitationId;

    #[test]
    fn several_partners_one_and_a_bare_button_read_as_forms() {
        let (a, b) = (InvitationId::new(), InvitationId::new());
        let read = |text: &str| serde_html_form::from_str::<Chosen>(text).map(|c| c.invitations);
        assert_eq!(
            read(&format!("csrf=x&invitations={a}&invitations={b}&q=")),
            Ok(vec![a, b])
        );
        assert_eq!(read(&format!("csrf=x&invitations={a}")), Ok(vec![a]));
        assert_eq!(read("csrf=x&q="), Ok(vec![]));
        assert!(serde_html_form::from_str::<Press>("csrf=x").is_ok());
    }
}
