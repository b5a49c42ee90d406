//! The page on which one person answers one question: a crew member by link, a partner by link or signed in.

use crate::{
    TEXTS,
    answers::repo::{self, Subject},
    service::assign::event_of,
    talk::repo::{Said, about},
};
use chrono::{DateTime, Utc};
use db::entity::{answer, assignment};
use domain::state::assignment::AssignmentState;
use serde::Deserialize;
use web::{App, Chrome, Errors};

/// What is typed.
#[derive(Deserialize)]
pub(crate) struct Input {
    #[serde(default)]
    pub(crate) text: String,
}

/// An answer that was given before.
pub(crate) struct Given {
    pub(crate) at: DateTime<Utc>,
    pub(crate) text: String,
    pub(crate) state: &'static str,
}

impl From<answer::Model> for Given {
    fn from(row: answer::Model) -> Self {
        Self {
            at: row.received_at,
            text: row.original,
            state: row.state.as_str(),
        }
    }
}

#[derive(askama::Template)]
#[template(path = "answers/answer.html")]
pub(crate) struct AnswerPage {
    pub(crate) c: Chrome,
    /// Where the form goes.
    pub(crate) action: String,
    /// The partner's own page to go back to.
    pub(crate) home: bool,
    pub(crate) subject: Subject,
    pub(crate) who: String,
    pub(crate) due: DateTime<Utc>,
    pub(crate) zone: String,
    /// Passed on or refused: nothing is asked any more.
    pub(crate) closed: bool,
    /// A crew member may also hand it on, ask back, take longer.
    pub(crate) ways: bool,
    pub(crate) said: Vec<Said>,
    pub(crate) given: Vec<Given>,
    pub(crate) errors: Errors,
    pub(crate) text: String,
}

/// The page as it stands before anything is typed.
pub(crate) async fn given(
    app: &App,
    c: Chrome,
    row: &assignment::Model,
    action: String,
) -> Result<AnswerPage, crate::Error> {
    let conn = app.db.reader();
    let event = event_of(conn, row.event_id).await?;
    let title = c.either(&event.title, &event.title_en).to_owned();
    let c = c.with(&TEXTS).for_event(event.slug, title);
    let to = repo::addressee(conn, row).await?;
    let answers = repo::answers_of(conn, row.id).await?;
    Ok(AnswerPage {
        action,
        home: false,
        subject: repo::subject(conn, row.question_id, row.reverse_id, c.lang()).await?,
        who: to.map(|to| to.line).unwrap_or_default(),
        due: row.due_at,
        zone: event.time_zone,
        closed: AssignmentState::LEFT.contains(&row.state),
        ways: row.crew_member_id.is_some() && AssignmentState::OPEN.contains(&row.state),
        said: match (row.crew_member_id, row.question_id) {
            (Some(_), Some(question)) => about(conn, question, c.lang()).await?,
            _ => Vec::new(),
        },
        given: answers.into_iter().map(Given::from).collect(),
        errors: Errors::new(),
        text: String::new(),
        c,
    })
}
