//! The moderators' pages.

mod beside;
mod export;
mod list;
mod list_act;
pub(super) mod panel;
mod propose;
mod routing;
mod sheet;
mod shortlist;
mod undo;

pub(super) use list_act::list_href;

use crate::{Result as Outcome, repo, triage::service::reasons};
use axum::routing::{get, post};
use db::{entity::event, people::in_lang, prelude::ConnectionTrait};
use domain::{DecisionId, EventId, Lang, QuestionId};
use web::{App, Choice, Chrome, Error};

pub fn routes() -> web::Router {
    web::Router::new()
        .route("/desk/events/{slug}/triage", get(list::show).post(list_act::act))
        .route("/desk/events/{slug}/triage/live", get(beside::live))
        .route("/desk/events/{slug}/triage/views", post(beside::views))
        .route("/desk/events/{slug}/triage/board.xlsx", get(export::xlsx))
        .route("/desk/events/{slug}/triage/board.json", get(export::json))
        .route("/desk/events/{slug}/questions/{id}/here", post(beside::here))
        .route("/desk/events/{slug}/questions/{id}/tags", post(beside::tags))
        .route("/desk/events/{slug}/questions/{id}", get(panel::show).post(panel::act))
        .route(
            "/desk/events/{slug}/shortlist",
            get(shortlist::show).post(shortlist::act),
        )
        .route(
            "/desk/events/{slug}/shortlist/propose",
            get(propose::show).post(propose::take),
        )
        .route("/desk/events/{slug}/shortlist/sheet", get(sheet::show))
        .route(
            "/desk/events/{slug}/questions/{id}/undo",
            get(undo::show).post(undo::confirm),
        )
        .merge(super::reading::pages::routes())
        .merge(routing::routes())
}

/// The event of a page, and the page's context with its texts and navigation.
pub(crate) async fn enter(app: &App, c: Chrome, slug: &str) -> Result<(event::Model, Chrome), Error> {
    let event = repo::event_by_slug(app.db.reader(), slug)
        .await?
        .ok_or(Error::NotFound)?;
    let title = in_lang(c.lang(), &event.title, &event.title_en);
    let c = c.with(&crate::TEXTS).for_event(event.slug.clone(), title);
    Ok((event, c))
}

/// The event's reasons for declining, to pick from by their place; `picked` is the chosen one's.
async fn reason_choices(conn: &impl ConnectionTrait, event: EventId, lang: Lang, picked: &str) -> Outcome<Vec<Choice>> {
    let list = reasons::of(conn, event).await?;
    let choices = (1..).zip(list).map(|(n, reason)| {
        let n: usize = n;
        Choice::new(n, domain::text::excerpt(&reason.text(lang), 80)).chosen(n.to_string() == picked)
    });
    Ok(choices.collect())
}

/// What a button of a list says: `VERB:QUESTION:DECISION`, the decision being the pending one that the page showed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Act {
    verb: String,
    question: QuestionId,
    seen: Option<DecisionId>,
}

impl Act {
    fn parse(text: &str) -> Option<Self> {
        let (verb, rest) = text.split_once(':')?;
        let (question, seen) = pair(rest)?;
        Some(Self {
            verb: verb.to_owned(),
            question,
            seen,
        })
    }
}

/// `QUESTION:DECISION`, as check boxes and buttons carry it.
pub(super) fn pair(text: &str) -> Option<(QuestionId, Option<DecisionId>)> {
    let (question, seen) = text.split_once(':').unwrap_or((text, ""));
    Some((question.parse().ok()?, seen.parse().ok()))
}

/// Runs one step in a transaction of its own and tells the stage's pages, since the order may have changed.
pub(super) async fn commit<T>(app: &App, event: &event::Model, tx: db::WriteTx, done: Outcome<T>) -> Outcome<T> {
    match done {
        Ok(value) => {
            crate::stage::service::commit(app, tx, event.id).await?;
            Ok(value)
        }
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Act;
    use domain::{DecisionId, QuestionId};

    #[test]
    fn a_button_names_the_question_and_the_decision_that_its_page_showed() {
        let (question, decision) = (QuestionId::new(), DecisionId::new());
        let act = Act::parse(&format!("live:{question}:{decision}"));
        assert_eq!(
            act,
            Some(Act {
                verb: "live".into(),
                question,
                seen: Some(decision)
            })
        );
        let act = Act::parse(&format!("live:{question}:"));
        assert_eq!(
            act,
            Some(Act {
                verb: "live".into(),
                question,
                seen: None
            })
        );
        assert_eq!(Act::parse("live:x"), None);
    }
}
