//! One outgoing mail: read it, change it while it has not gone, queue it, hold it, drop it, try again.

use crate::{
    TEXTS,
    pages::{Nothing, ZONE, outbox::To, returned::Returned},
    repo,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
    routing::{get, post},
};
use db::{audit, entity::outgoing_mail};
use domain::{OutgoingId, state::mail::OutgoingState};
use mail::{Block, Letter, outbox};
use serde::Deserialize;
use web::{App, Chrome, Error, Errors, Form, Result, auth::Reviewer, redirect, render_status};

pub(crate) fn routes() -> web::Router {
    let steps = Verb::ALL.map(|verb| (format!("/desk/outbox/{{id}}/{}", verb.words().0), verb));
    let routes = web::Router::new()
        .route("/desk/outbox/{id}", get(show).post(edit))
        .route("/desk/outbox/{id}/correct", post(super::returned::correct));
    steps.into_iter().fold(routes, |routes, (path, verb)| {
        routes.route(
            &path,
            post(move |app, staff, id, form| step(verb, app, staff, id, form)),
        )
    })
}

/// One part of the letter as it is edited.
struct Part {
    label: String,
    text: String,
    rows: usize,
}

#[derive(askama::Template)]
#[template(path = "outgoing.html")]
struct Page {
    c: Chrome,
    errors: Errors,
    row: outgoing_mail::Model,
    to: To,
    /// The asker of its question is covered, so it is not edited either.
    covered: bool,
    kind: String,
    subject: String,
    parts: Vec<Part>,
    preview: String,
    editable: bool,
    returned: Option<Returned>,
    zone: &'static str,
}

impl Page {
    fn is(&self, states: &[OutgoingState]) -> bool {
        states.contains(&self.row.state)
    }
    fn href(&self, verb: &str) -> String {
        format!("/desk/outbox/{}/{verb}", self.row.id)
    }
    fn state_key(&self) -> String {
        format!("state-{}", self.row.state)
    }
    fn may_queue(&self) -> bool {
        self.is(&[OutgoingState::Draft])
    }
    fn may_hold(&self) -> bool {
        self.is(&[OutgoingState::Queued, OutgoingState::Dropped]) && self.row.attempts == 0
    }
    fn may_drop(&self) -> bool {
        self.is(&[OutgoingState::Draft, OutgoingState::Queued, OutgoingState::Failed])
    }
    /// Why we sent nothing, in words; it is no server's reply.
    fn withheld(&self) -> Option<String> {
        let why = self.row.server_reply.as_deref()?.strip_prefix(outbox::WITHHELD)?;
        Some(self.c.t(format!("outbox-withheld-{why}")))
    }
    fn may_force(&self) -> bool {
        self.is(&[OutgoingState::Dropped]) && self.withheld().is_some()
    }
    fn may_retry(&self) -> bool {
        self.is(&[OutgoingState::Failed, OutgoingState::Uncertain])
            || (self.row.state == OutgoingState::Queued && self.row.attempts > 0)
    }
}

async fn show(State(app): State<App>, c: Chrome, _staff: Reviewer, Path(id): Path<String>) -> Result {
    let row = find(&app, &id).await?;
    let letter = outbox::letter(&row).map_err(db::Error::from)?;
    page(&app, c, row, &letter, Errors::new(), StatusCode::OK).await
}

/// The page with what is wrong with the corrected address, which stays as it was typed.
pub(super) async fn with_address(
    app: &App,
    c: Chrome,
    row: outgoing_mail::Model,
    email: String,
    errors: Errors,
    status: StatusCode,
) -> Result {
    let letter = outbox::letter(&row).map_err(db::Error::from)?;
    let mut page = compose(app, c, row, &letter, errors).await?;
    if let Some(returned) = &mut page.returned {
        returned.email = email;
    }
    render_status(status, &page)
}

pub(super) async fn find(app: &App, id: &str) -> Result<outgoing_mail::Model> {
    let id: OutgoingId = id.parse().map_err(|_| Error::NotFound)?;
    repo::outgoing(app.db.reader(), id).await
}

async fn page(
    app: &App,
    c: Chrome,
    row: outgoing_mail::Model,
    letter: &Letter,
    errors: Errors,
    status: StatusCode,
) -> Result {
    render_status(status, &compose(app, c, row, letter, errors).await?)
}

async fn compose(app: &App, c: Chrome, row: outgoing_mail::Model, letter: &Letter, errors: Errors) -> Result<Page> {
    let c = c.with(&TEXTS);
    let mut preview = mail::preview(&row, &app.settings).map_err(db::Error::from)?.text;
    let mut subject = letter.subject.clone();
    let veils = db::sight::veils(app.db.reader(), row.question_id).await?;
    let veil = row.question_id.and_then(|id| veils.get(&id));
    if let Some(veil) = veil {
        (subject, preview) = (veil.cover(&subject), veil.cover(&preview));
    }
    let editable = veil.is_none()
        && matches!(row.state, OutgoingState::Draft | OutgoingState::Queued)
        && row.bytes_sha256.is_none();
    let parts = letter.blocks.iter().map(|block| part(&c, block)).collect();
    // Who reads blind sees neither whom a mail was for nor where it should go instead.
    let returned = match veil {
        Some(_) => None,
        None => Returned::of(app, &row).await?,
    };
    Ok(Page {
        errors,
        returned,
        kind: super::kind_label(&c, row.kind),
        subject,
        parts,
        preview,
        to: To::of(&c, &row, veil),
        covered: veil.is_some(),
        editable,
        row,
        zone: ZONE,
        c,
    })
}

fn part(c: &Chrome, block: &Block) -> Part {
    let (key, text) = match block {
        Block::Text(text) => ("block-text", text.clone()),
        Block::Note(text) => ("block-note", text.clone()),
        Block::Quote { text, .. } => ("block-quote", text.clone()),
        Block::Facts(facts) => (
            "block-facts",
            facts
                .iter()
                .map(|(k, v)| format!("{k}: {v}"))
                .collect::<Vec<_>>()
                .join("\n"),
        ),
        Block::Action { label, .. } => ("block-action", label.clone()),
        Block::Ways(ways) => {
            let labels: Vec<&str> = ways.iter().map(|(label, _)| label.as_str()).collect();
            ("block-ways", labels.join("\n"))
        }
        Block::Code { caption, .. } => ("block-code", caption.clone()),
    };
    let rows = (text.lines().count() + text.chars().count() / 60).clamp(1, 14);
    Part {
        label: c.t(key),
        text,
        rows,
    }
}

/// The block with its text replaced; what a link leads to and whose words a quote holds stay as they are.
fn with_text(block: &Block, text: &str) -> Block {
    match block {
        Block::Text(_) => Block::Text(text.to_owned()),
        Block::Note(_) => Block::Note(text.to_owned()),
        Block::Quote { by, .. } => Block::Quote {
            text: text.to_owned(),
            by: by.clone(),
        },
        Block::Facts(_) => {
            let lines = text.lines().filter(|l| !l.trim().is_empty());
            let pair = |l: &str| {
                l.split_once(':')
                    .map_or((String::new(), l.to_owned()), |(k, v)| (k.into(), v.trim().into()))
            };
            Block::Facts(lines.map(pair).collect())
        }
        Block::Action { link, .. } => Block::Action {
            label: text.to_owned(),
            link: link.clone(),
        },
        Block::Code { text: code, .. } => Block::Code {
            text: code.clone(),
            caption: text.to_owned(),
        },
        // An emptied line takes its link along.
        Block::Ways(ways) => {
            let labels = text.lines().map(|l| l.trim().to_owned());
            let links = ways.iter().map(|(_, link)| link.clone());
            Block::Ways(labels.zip(links).filter(|(label, _)| !label.is_empty()).collect())
        }
    }
}

#[derive(Deserialize)]
struct Input {
    subject: String,
    #[serde(default)]
    block: Vec<String>,
    version: i32,
}

async fn edit(
    State(app): State<App>,
    c: Chrome,
    staff: Reviewer,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result {
    let row = find(&app, &id).await?;
    let old = outbox::letter(&row).map_err(db::Error::from)?;
    let blocks = old.blocks.iter().enumerate();
    let blocks = blocks.map(|(at, b)| input.block.get(at).map_or_else(|| b.clone(), |text| with_text(b, text)));
    let letter = Letter {
        subject: input.subject.clone(),
        blocks: blocks.collect(),
        after: old.after.clone(),
    };
    let mut errors = Errors::new();
    errors.check("subject", domain::text::line(&input.subject, 200));
    if input.subject.trim().is_empty() && errors.is_empty() {
        errors.add("subject", "error-required");
    }
    if !errors.is_empty() {
        return page(&app, c, row, &letter, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let tx = app.db.begin_write().await?;
    match outbox::edit(&tx, row.id, letter.clone(), input.version).await {
        Ok(()) => {}
        Err(error) if error.is_stale() => {
            drop(tx);
            let row = find(&app, &id).await?;
            return page(
                &app,
                c,
                row,
                &letter,
                Errors::form("outbox-edit-stale"),
                StatusCode::CONFLICT,
            )
            .await;
        }
        Err(error) => return Err(db::Error::from(error).into()),
    }
    note(&app, &tx, &staff, &row, "mail.edited").await?;
    tx.commit().await?;
    Ok(redirect(format!("/desk/outbox/{}", row.id))
        .flash("saved")
        .into_response())
}

/// What staff do to a mail with one press.
#[derive(Clone, Copy)]
enum Verb {
    Queue,
    Hold,
    Drop,
    Retry,
    Force,
}

impl Verb {
    const ALL: [Self; 5] = [Self::Queue, Self::Hold, Self::Drop, Self::Retry, Self::Force];

    /// The end of its address, the action in the audit log, the word afterwards.
    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Queue => ("queue", "mail.queued", "outbox-queued"),
            Self::Hold => ("hold", "mail.held", "outbox-held"),
            Self::Drop => ("drop", "mail.dropped", "outbox-dropped"),
            Self::Retry => ("retry", "mail.retried", "outbox-queued"),
            Self::Force => ("force", "mail.forced", "outbox-queued"),
        }
    }

    async fn take(self, tx: &db::WriteTx, app: &App, id: OutgoingId) -> Result<()> {
        let taken = match self {
            Self::Queue => outbox::queue(tx, &app.clock, id).await,
            Self::Hold => outbox::hold(tx, id).await,
            Self::Drop => outbox::drop(tx, id).await,
            Self::Retry => outbox::retry(tx, &app.clock, id).await,
            Self::Force => outbox::force(tx, &app.clock, id).await,
        };
        Ok(taken.map_err(db::Error::from)?)
    }
}

async fn step(
    verb: Verb,
    State(app): State<App>,
    staff: Reviewer,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result {
    let (_, action, told) = verb.words();
    let row = find(&app, &id).await?;
    let tx = app.db.begin_write().await?;
    verb.take(&tx, &app, row.id).await?;
    note(&app, &tx, &staff, &row, action).await?;
    tx.commit().await?;
    app.wake.notify();
    Ok(redirect(format!("/desk/outbox/{}", row.id)).flash(told).into_response())
}

async fn note(
    app: &App,
    tx: &db::WriteTx,
    staff: &Reviewer,
    row: &outgoing_mail::Model,
    action: &'static str,
) -> Result<()> {
    let entry = audit::Entry {
        event: row.event_id,
        actor: staff.actor(),
        action,
        subject: ("outgoing_mail", Some(row.id.uuid())),
        details: serde_json::json!({ "kind": row.kind }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editing_a_text_leaves_the_link_alone() {
        let action = Block::Action {
            label: "보기".into(),
            link: mail::Link::Page { path: "/my".into() },
        };
        let edited = with_text(&action, "열어 보기");
        assert_eq!(
            edited,
            Block::Action {
                label: "열어 보기".into(),
                link: mail::Link::Page { path: "/my".into() }
            }
        );
        let facts = with_text(&Block::Facts(vec![]), "기한: 12월 1일 18:00\n\n");
        assert_eq!(facts, Block::Facts(vec![("기한".into(), "12월 1일 18:00".into())]));
    }
}
