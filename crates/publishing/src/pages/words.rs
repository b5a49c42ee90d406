//! `/w/{token}`: a quoted person looks at exactly their own words and says whether they may stand. GET shows, only a
//! button does something, so that a mail scanner which opens links does nothing.

use crate::{
    approval::{self, Decision},
    article::{self, Draft, PULL, Piece, Verdicts},
    repo,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use db::entity::{approval::Model as Approval, approver, article::Model, event};
use domain::{
    ApprovalId, ApproverId, Lang,
    state::article::ApprovalState,
    text::{self, TextError},
    token::{Purpose, day_stamp},
};
use std::time::Duration;
use web::{App, Chrome, Error, Errors, Form, Result, limit, redirect, render_status};

/// Characters of a wish, and of the word about it.
const WORDS: usize = 20_000;
const REMARK: usize = 500;

#[derive(askama::Template)]
#[template(path = "words.html")]
struct Page {
    c: Chrome,
    action: String,
    title: String,
    lang: Lang,
    places: Vec<Place>,
    errors: Errors,
    /// Several wait for a word.
    may_approve_all: bool,
    /// Its address, when readers may open it.
    published: Option<String>,
}

/// One place in the article.
struct Place {
    id: ApprovalId,
    n: usize,
    line: String,
    state: ApprovalState,
    pieces: Vec<Piece>,
    /// What they typed, or wished, instead.
    typed: Vec<Piece>,
    pull: Option<String>,
    remark: String,
    /// The article says it otherwise by now, and they will be asked again.
    overtaken: bool,
}

impl Place {
    fn key(&self) -> String {
        format!("words-state-{}", self.state.as_str().replace('_', "-"))
    }
    fn may_approve(&self) -> bool {
        !self.overtaken && matches!(self.state, ApprovalState::Asked | ApprovalState::ChangeWanted)
    }
    fn may_change(&self) -> bool {
        !self.overtaken && self.state != ApprovalState::Withdrawn
    }
    fn field(&self, name: &str) -> String {
        format!("{name}-{}", self.id)
    }
}

struct Open {
    approver: approver::Model,
    article: Model,
    event: event::Model,
    rows: Vec<Approval>,
}

impl Open {
    async fn new(app: &App, token: &str) -> Result<Self> {
        let claim = app.keys.verify(Purpose::Approval, token).ok_or(Error::NotFound)?;
        if day_stamp(app.clock.now()) > claim.stamp {
            return Err(Error::Gone);
        }
        let conn = app.db.reader();
        let approver = repo::approver(conn, ApproverId::from_uuid(claim.id)).await?;
        let approver = approver.ok_or(Error::NotFound)?;
        let article = repo::article(conn, approver.article_id).await?;
        let event = repo::event(conn, article.event_id).await?;
        let rows = repo::approvals(conn, [approver.id]).await?;
        Ok(Self {
            approver,
            article,
            event,
            rows,
        })
    }

    /// The last that they were asked about each place, in the order of asking.
    fn latest(&self) -> Vec<&Approval> {
        let mut latest: Vec<&Approval> = Vec::new();
        for row in &self.rows {
            match latest.iter_mut().find(|known| known.about == row.about) {
                Some(known) => *known = row,
                None => latest.push(row),
            }
        }
        latest
    }
}

pub(super) async fn page(State(app): State<App>, c: Chrome, Path(token): Path<String>) -> Result {
    let open = Open::new(&app, &token).await?;
    show(&app, c, &token, &open, None, Errors::new()).await
}

/// `typed`: what somebody was about to send, about which place.
async fn show(
    app: &App,
    c: Chrome,
    token: &str,
    open: &Open,
    typed: Option<(ApprovalId, Vec<Piece>, String)>,
    errors: Errors,
) -> Result {
    let conn = app.db.reader();
    let draft = Draft::of(&open.article, repo::blocks(conn, open.article.id).await?);
    let source = article::Source::of(conn, &open.article, draft).await?;
    let now = article::words(&source.snapshot(&Verdicts::new()));
    let who = repo::who(&open.approver);
    let stands = |row: &Approval| {
        let words = now.iter().find(|w| w.about == row.about && Some(w.who) == who);
        words.is_some_and(|w| w.hash() == row.hash)
    };
    let places: Vec<Place> = (1..)
        .zip(open.latest())
        .map(|(n, row)| {
            let mine = typed.as_ref().filter(|(id, _, _)| *id == row.id);
            let pieces = approval::pieces(Some(&row.words));
            let wished = approval::pieces(row.suggestion.as_ref());
            let wished = if wished.is_empty() { pieces.clone() } else { wished };
            Place {
                id: row.id,
                n,
                line: row.line.clone(),
                state: row.state,
                pull: pieces.iter().find(|p| p.part == PULL).map(|p| p.text.clone()),
                typed: mine
                    .map_or(wished, |(_, typed, _)| typed.clone())
                    .into_iter()
                    .filter(|p| p.part != PULL)
                    .collect(),
                pieces: pieces.into_iter().filter(|p| p.part != PULL).collect(),
                remark: mine.map_or_else(|| row.remark.clone(), |(_, _, remark)| remark.clone()),
                overtaken: !stands(row),
            }
        })
        .collect();
    let waiting = places
        .iter()
        .filter(|p| !p.overtaken && p.state == ApprovalState::Asked);
    let visible = article::visible(&open.article, app.clock.now());
    let title = c.either(&open.event.title, &open.event.title_en).to_owned();
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = Page {
        c: c.with(&crate::TEXTS).for_event(open.event.slug.clone(), title),
        action: format!("/w/{token}"),
        title: open.article.title.clone(),
        lang: open.article.lang,
        may_approve_all: waiting.count() > 1,
        places,
        errors,
        published: visible.then(|| format!("/articles/{}", open.article.slug)),
    };
    let mut response = render_status(status, &page)?;
    response.headers_mut().insert(
        axum::http::HeaderName::from_static("x-robots-tag"),
        axum::http::HeaderValue::from_static("noindex"),
    );
    Ok(response)
}

pub(super) async fn decide(
    State(app): State<App>,
    c: Chrome,
    Path(token): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result {
    let open = Open::new(&app, &token).await?;
    limit::check(
        &app,
        "words",
        &open.approver.id.to_string(),
        120,
        Duration::from_hours(1),
    )
    .await?;
    let get = |name: &str| fields.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
    let here = format!("/w/{token}");
    let (verb, id) = get("act").split_once(':').unwrap_or((get("act"), ""));
    if verb == "approve-all" {
        // Only what was shown: a row that came since is not among them.
        let seen: Vec<&str> = fields
            .iter()
            .filter(|(n, _)| n == "seen")
            .map(|(_, v)| v.as_str())
            .collect();
        for row in open.latest() {
            if row.state == ApprovalState::Asked && seen.contains(&row.id.to_string().as_str()) {
                approval::decide(&app, open.approver.id, row.id, Decision::Approve).await?;
            }
        }
        return Ok(redirect(here).flash("words-approved").into_response());
    }
    let id: ApprovalId = id.parse().map_err(|_| Error::NotFound)?;
    let row = open.rows.iter().find(|r| r.id == id).ok_or(Error::NotFound)?;
    let (decision, flash) = match verb {
        "approve" => (Decision::Approve, "words-approved"),
        "withdraw" => (Decision::Withdraw, "words-withdrawn"),
        "change" => {
            let typed = wished(row, |piece| get(&format!("text-{id}-{}", piece.part)));
            let remark = get(&format!("remark-{id}")).to_owned();
            let errors = check(row, &typed, &remark);
            if !errors.is_empty() {
                return show(&app, c, &token, &open, Some((id, typed, remark)), errors).await;
            }
            let suggestion = typed.into_iter().map(|p| Piece {
                text: text::tidy(&p.text),
                ..p
            });
            let remark = text::tidy(&remark);
            let change = Decision::Change {
                suggestion: suggestion.collect(),
                remark,
            };
            (change, "words-change-wanted")
        }
        _ => return Err(Error::BadRequest("oops-bad-request-body".into())),
    };
    approval::decide(&app, open.approver.id, id, decision).await?;
    Ok(redirect(here).flash(flash).into_response())
}

fn wished<'a>(row: &Approval, of: impl Fn(&Piece) -> &'a str) -> Vec<Piece> {
    let pieces = approval::pieces(Some(&row.words))
        .into_iter()
        .filter(|p| p.part != PULL);
    pieces
        .map(|p| Piece {
            text: of(&p).to_owned(),
            part: p.part,
        })
        .collect()
}

fn check(row: &Approval, typed: &[Piece], remark: &str) -> Errors {
    let mut errors = Errors::new();
    let long = |text: &str, most: usize| {
        let has = text::char_count(text);
        (has > most).then_some(TextError::TooLong { most, has })
    };
    for piece in typed {
        let text = text::tidy(&piece.text);
        let name = format!("text-{}-{}", row.id, piece.part);
        if text.is_empty() {
            errors.add(name, TextError::Empty);
        } else if let Some(error) = long(&text, WORDS) {
            errors.add(name, error);
        }
    }
    if let Some(error) = long(&text::tidy(remark), REMARK) {
        errors.add(format!("remark-{}", row.id), error);
    }
    let stands = approval::pieces(Some(&row.words));
    let same = typed
        .iter()
        .all(|p| stands.iter().any(|s| s.part == p.part && s.text == text::tidy(&p.text)));
    if errors.is_empty() && same && text::tidy(remark).is_empty() {
        errors.add(format!("remark-{}", row.id), "words-error-nothing");
    }
    errors
}
