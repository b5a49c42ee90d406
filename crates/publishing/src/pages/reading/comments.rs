//! Where readers say something about an article. A partner who came by their link stands as they wish to stand in print;
//! whoever else reads gives a name.

use super::{Seen, seen};
use crate::{
    Error as Failed, article,
    comments::{self, By, Comment},
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::IntoResponse,
};
use db::{entity::comment, people};
use domain::{
    CommentId, Lang,
    state::question::Naming,
    text::{self, CommentText},
};
use serde::Deserialize;
use std::time::Duration;
use web::{
    App, Choice, Chrome, Error, Errors, Form, Peer, Result, auth::PartnerSession, limit, redirect, render_status,
};

/// Characters of a name.
const NAME: usize = 40;
/// Comments of a partner in an hour, and of an address: many people may sit behind it.
const OF_PARTNER: u32 = 20;
const OF_ADDRESS: u32 = 60;
const HOUR: Duration = Duration::from_hours(1);

/// The form as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    id: String,
    #[serde(default)]
    naming: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    comment: String,
    /// People do not see it; programs that fill in whatever there is do.
    #[serde(default)]
    leave_empty: String,
}

#[derive(askama::Template)]
#[template(path = "reading/comments.html")]
struct Page {
    c: Chrome,
    slug: String,
    title: String,
    lang: Lang,
    zone: String,
    shown: Vec<Comment>,
    next: Option<CommentId>,
    own: Vec<comment::Model>,
    /// How a partner may stand; empty for whoever else reads.
    names: Vec<Choice>,
    typed: Typed,
    errors: Errors,
}

#[derive(Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    after: String,
}

async fn open(app: &App, slug: &str) -> Result<Seen> {
    let seen = seen(app, slug).await?;
    if comments::open(&seen.row, app.clock.now()) {
        Ok(seen)
    } else {
        Err(Error::NotFound)
    }
}

/// The lines by which this partner may stand, each once.
async fn lines(app: &App, who: &PartnerSession, lang: Lang) -> Result<Vec<(Naming, String)>> {
    let invitee = people::invitee(app.db.reader(), who.invitation, lang).await?;
    let invitee = invitee.ok_or(Error::NotFound)?;
    let mut lines: Vec<(Naming, String)> = Vec::new();
    for naming in Naming::ALL {
        let line = article::standing(&invitee, *naming, lang).line;
        if !line.is_empty() && lines.iter().all(|(_, known)| *known != line) {
            lines.push((*naming, line));
        }
    }
    Ok(lines)
}

async fn show(
    app: &App,
    c: Chrome,
    seen: Seen,
    after: Option<CommentId>,
    (status, typed, errors): (StatusCode, Typed, Errors),
) -> Result {
    let conn = app.db.reader();
    let (own, names) = match &c.partner {
        Some(who) => {
            let own = comments::own(conn, seen.row.id, who.invitation).await?;
            (own, lines(app, who, seen.lang).await?)
        }
        None => (Vec::new(), Vec::new()),
    };
    let names = names.into_iter().enumerate().map(|(n, (naming, line))| {
        let chosen = typed.naming == naming.as_str() || (typed.naming.is_empty() && n == 0);
        Choice::new(naming, line).chosen(chosen)
    });
    let names = names.collect();
    let (shown, next) = comments::shown(conn, seen.row.id, after).await?;
    let page = Page {
        c: c.with(&crate::TEXTS),
        slug: seen.row.slug,
        title: seen.title,
        lang: seen.lang,
        zone: seen.zone,
        shown,
        next,
        own,
        names,
        typed,
        errors,
    };
    render_status(status, &page)
}

pub(super) async fn page(State(app): State<App>, c: Chrome, Path(slug): Path<String>, asked: Query<Asked>) -> Result {
    let seen = open(&app, &slug).await?;
    let typed = Typed {
        id: CommentId::new().to_string(),
        ..Typed::default()
    };
    let after = asked.after.parse().ok();
    show(&app, c, seen, after, (StatusCode::OK, typed, Errors::new())).await
}

pub(super) async fn send(
    State(app): State<App>,
    c: Chrome,
    peer: Peer,
    Path(slug): Path<String>,
    Form(typed): Form<Typed>,
) -> Result {
    let seen = open(&app, &slug).await?;
    let here = redirect(format!("/articles/{slug}/comments"));
    let id = typed.id.parse().map_err(|_| Error::NotFound)?;
    let mut errors = Errors::new();
    let body = errors.check("comment", CommentText::parse(&typed.comment));
    let by = by(&app, &c, &seen, &typed, &mut errors).await?;
    let (Some(body), Some(by)) = (body, by) else {
        return show(&app, c, seen, None, (StatusCode::UNPROCESSABLE_ENTITY, typed, errors)).await;
    };
    if !typed.leave_empty.is_empty() {
        // It is told what everybody is told.
        return Ok(here.flash("comment-held").into_response());
    }
    let (whose, most) = match &by {
        By::Partner(invitation, _) => (invitation.to_string(), OF_PARTNER),
        By::Reader(_) => (peer.key(), OF_ADDRESS),
    };
    let (status, key) = match limit::check(&app, "comment", &whose, most, HOUR).await {
        Ok(()) => match comments::put(&app, seen.row.id, id, by, body).await {
            Ok(true) => return Ok(here.flash("comment-held").into_response()),
            Ok(false) => return Ok(here.flash("comment-held-before").into_response()),
            Err(Failed::Full) => (StatusCode::CONFLICT, "comment-full"),
            Err(other) => return Err(other.into()),
        },
        Err(Error::TooMany { .. }) => (StatusCode::TOO_MANY_REQUESTS, "reading-too-many"),
        Err(other) => return Err(other),
    };
    show(&app, c, seen, None, (status, typed, Errors::form(key))).await
}

async fn by(app: &App, c: &Chrome, seen: &Seen, typed: &Typed, errors: &mut Errors) -> Result<Option<By>> {
    let Some(who) = &c.partner else {
        let name = errors.check("name", text::line(&typed.name, NAME));
        if name.as_ref().is_some_and(String::is_empty) {
            errors.add("name", "error-required");
            return Ok(None);
        }
        return Ok(name.map(By::Reader));
    };
    let lines = lines(app, who, seen.lang).await?;
    let line = lines.into_iter().find(|(naming, _)| naming.as_str() == typed.naming);
    if line.is_none() {
        errors.add("naming", "error-choose");
    }
    Ok(line.map(|(_, line)| By::Partner(who.invitation, line)))
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn withdraw(
    State(app): State<App>,
    who: PartnerSession,
    Path((slug, id)): Path<(String, CommentId)>,
    Form(Nothing {}): Form<Nothing>,
) -> Result {
    let seen = open(&app, &slug).await?;
    comments::take_back(&app, seen.row.id, id, who.invitation).await?;
    Ok(redirect(format!("/articles/{slug}/comments"))
        .flash("comment-withdrawn")
        .into_response())
}
