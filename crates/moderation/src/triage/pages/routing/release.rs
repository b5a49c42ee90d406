//! The buttons of the release.

use super::{
    Pending, moment,
    show::{Address, Sent, When, page},
};
use crate::triage::{
    pages::enter,
    service::release::{self, Pressed},
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use db::entity::event;
use domain::DecisionId;
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, auth::Moderator, redirect};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    /// `all` that the filter picks, or those that are ticked.
    what: String,
    pick: Vec<DecisionId>,
    /// `now`, `at` or `hand`.
    when: String,
    at: String,
    to: String,
    kind: String,
}

impl Input {
    fn when(&self, c: &Chrome, event: &event::Model) -> Result<release::When, Errors> {
        match self.when.as_str() {
            "at" => {
                let mut errors = Errors::new();
                match moment(&self.at, &event.time_zone) {
                    Some(at) if at > c.now => return Ok(release::When::At(at)),
                    Some(_) => errors.add("at", "release-at-past"),
                    None => errors.add("at", "error-date"),
                }
                Err(errors)
            }
            "hand" => Ok(release::When::ByHand),
            _ => Ok(release::When::Now),
        }
    }
}

pub(super) async fn release(
    State(app): State<App>,
    staff: Moderator,
    Path(slug): Path<String>,
    c: Chrome,
    Form(input): Form<Input>,
) -> web::Result<Response> {
    let (event, c) = enter(&app, c, &slug).await?;
    let pending = Pending {
        to: input.to.clone(),
        kind: input.kind.clone(),
    };
    let query = pending.query();
    let back = format!(
        "/desk/events/{slug}/routing{}{query}",
        if query.is_empty() { "" } else { "?" }
    );
    let mut what = pending.what();
    if input.what != "all" {
        if input.pick.is_empty() {
            return Ok(redirect(back).flash("triage-pick-some").into_response());
        }
        what.only = Some(input.pick.clone());
    }
    let mut sent = Sent {
        when: When {
            when: input.when.clone(),
            at: input.at.clone(),
        },
        ..Sent::default()
    };
    let when = match input.when(&c, &event) {
        Ok(when) => when,
        Err(errors) => {
            sent.errors = errors;
            sent.picked = input.pick;
            return page(&app, c, event, Address::of(&pending), sent).await;
        }
    };
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let done = match release::press_when(&app, staff.id, event.id, &what, when).await? {
        Pressed::Begun(of) => {
            return Ok(redirect(back)
                .flash_n("triage-release-begun", number(of as u64))
                .into_response());
        }
        Pressed::Done(done) if done.refused.is_empty() => {
            let key = match when {
                release::When::Now => "triage-released-n",
                release::When::At(_) => "triage-released-at-n",
                release::When::ByHand => "triage-released-hand-n",
            };
            return Ok(redirect(back).flash_n(key, number(done.released)).into_response());
        }
        Pressed::Done(done) => done,
    };
    sent.done = Some(done);
    page(&app, c, event, Address::of(&pending), sent).await
}
