//! Where an editor writes the newsletter of an issue, looks at it as its reader will, and sends it.

mod refuse;

use crate::{
    Error, magazine,
    newsletter::{self, Draft, Issue},
    reads::ZONE,
};
use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse},
    routing::get,
};
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use db::entity::{issue, newsletter::Model};
use domain::{
    InvitationId, IssueId, Lang,
    state::{
        mail::{MailKind, OutgoingState},
        newsletter::NewsletterState,
    },
};
use mail::render::{Links, Rendered, Sheet, render as render_letter};
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, Result, auth::Editor, redirect, render_status};

pub(super) fn routes() -> web::Router {
    axum::Router::new()
        .route("/n/{token}", get(refuse::page).post(refuse::press))
        .route("/desk/issues/{id}/newsletter", get(page).post(act))
        .route("/desk/issues/{id}/newsletter/mail", get(shown))
}

/// The form as it was typed, and which button was pressed.
#[derive(Clone, Debug, Default, Deserialize)]
struct Typed {
    #[serde(default)]
    version: i32,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    subject_en: String,
    #[serde(default)]
    words_en: String,
    #[serde(default)]
    sender: String,
    #[serde(default)]
    contact: String,
    #[serde(default)]
    send_at: String,
    #[serde(default)]
    act: String,
}

impl Typed {
    fn of(version: i32, draft: Draft) -> Self {
        Self {
            version,
            subject: draft.subject,
            words: draft.words,
            subject_en: draft.subject_en,
            words_en: draft.words_en,
            sender: draft.sender,
            contact: draft.contact,
            ..Self::default()
        }
    }

    fn draft(&self) -> Draft {
        Draft {
            subject: self.subject.clone(),
            words: self.words.clone(),
            subject_en: self.subject_en.clone(),
            words_en: self.words_en.clone(),
            sender: self.sender.clone(),
            contact: self.contact.clone(),
        }
    }
}

#[derive(askama::Template)]
#[template(path = "desk/newsletter.html")]
struct Page {
    c: Chrome,
    issue: issue::Model,
    row: Option<Model>,
    state: NewsletterState,
    typed: Typed,
    readers: usize,
    progress: Vec<(OutgoingState, i64)>,
    /// What stands below as it will be read: the language, subject and text.
    previews: Vec<(Lang, Rendered)>,
    errors: Errors,
    overtaken: bool,
}

impl Page {
    fn may_edit(&self) -> bool {
        self.state == NewsletterState::Draft
    }
    fn is_on_its_way(&self) -> bool {
        matches!(self.state, NewsletterState::Sending | NewsletterState::Sent)
    }
    fn here(&self) -> String {
        format!("/desk/issues/{}/newsletter", self.issue.id)
    }
    fn moment(&self) -> String {
        let at = self.row.as_ref().and_then(|row| row.send_at);
        at.map(|at| self.c.datetime(at, ZONE)).unwrap_or_default()
    }
}

/// As its reader gets it; dots stand where their own link will.
fn as_sent(app: &App, issue: &Issue, draft: &Draft, lang: Lang) -> std::result::Result<Rendered, Error> {
    let sheet = Sheet {
        letter: &newsletter::letter(issue, draft, lang),
        kind: MailKind::Newsletter,
        lang,
        from_name: &app.settings.mail.from_name,
        public_url: &app.settings.web.public_url,
        replyable: false,
        unsubscribe: Some(InvitationId::from_uuid(uuid::Uuid::nil())),
        links: Links::Hidden,
    };
    Ok(render_letter(&sheet)?)
}

async fn view(
    app: &App,
    c: Chrome,
    id: IssueId,
    typed: Option<Typed>,
    (status, errors, overtaken): (StatusCode, Errors, bool),
) -> Result {
    let conn = app.db.reader();
    let c = c.with(&crate::TEXTS);
    let issue = magazine::issue(conn, id).await?;
    let row = newsletter::of(conn, id).await?;
    let stored = match &row {
        Some(row) => Draft::of(row),
        None => newsletter::blank(app, issue.title.clone()).await?,
    };
    let version = row.as_ref().map_or(0, |row| row.version);
    let typed = typed.unwrap_or_else(|| Typed::of(version, stored.clone()));
    let contents = Issue::read(conn, issue.clone(), app.clock.now()).await?;
    let draft = typed.draft();
    let both = !(draft.subject_en.is_empty() && draft.words_en.is_empty());
    let mut previews = Vec::new();
    for lang in Lang::ALL.iter().filter(|lang| both || **lang == Lang::Ko) {
        previews.push((*lang, as_sent(app, &contents, &draft, *lang)?));
    }
    let progress = match &row {
        Some(row) => newsletter::progress(conn, row.id).await?,
        None => Vec::new(),
    };
    let page = Page {
        readers: mail::newsletter::readers(conn, None, None)
            .await
            .map_err(Error::from)?
            .len(),
        state: row.as_ref().map_or(NewsletterState::Draft, |row| row.state),
        c,
        issue,
        row,
        typed,
        progress,
        previews,
        errors,
        overtaken,
    };
    render_status(status, &page)
}

async fn page(State(app): State<App>, c: Chrome, _: Editor, Path(id): Path<IssueId>) -> Result {
    view(&app, c, id, None, (StatusCode::OK, Errors::new(), false)).await
}

async fn act(
    State(app): State<App>,
    c: Chrome,
    Editor(staff): Editor,
    Path(id): Path<IssueId>,
    Form(typed): Form<Typed>,
) -> Result {
    let here = redirect(format!("/desk/issues/{id}/newsletter"));
    let done = match typed.act.as_str() {
        "unschedule" => newsletter::unschedule(&app, staff.id, id)
            .await
            .map(|()| "newsletter-unscheduled"),
        "stop" => newsletter::stop(&app, staff.id, id)
            .await
            .map(|()| "newsletter-stopped"),
        _ => saved(&app, staff.id, id, &typed).await,
    };
    match done {
        Ok(flash) => Ok(here.flash(flash).into_response()),
        Err(Error::Fields(errors)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            view(&app, c, id, Some(typed), (status, errors, false)).await
        }
        Err(Error::Empty) => {
            let errors = Errors::form("newsletter-not-shown");
            view(&app, c, id, Some(typed), (StatusCode::CONFLICT, errors, false)).await
        }
        Err(error) if error.is_stale() => {
            // What was typed stays; saving once more is a decision.
            let now = newsletter::of(app.db.reader(), id).await?;
            let typed = Typed {
                version: now.map_or(0, |row| row.version),
                ..typed
            };
            view(&app, c, id, Some(typed), (StatusCode::CONFLICT, Errors::new(), true)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Every button of the form keeps what was typed first.
async fn saved(
    app: &App,
    staff: domain::StaffId,
    id: IssueId,
    typed: &Typed,
) -> std::result::Result<&'static str, Error> {
    let whole = matches!(typed.act.as_str(), "test" | "send" | "schedule");
    let at = if typed.act == "schedule" {
        Some(moment(&typed.send_at, app.clock.now())?)
    } else {
        None
    };
    newsletter::save(app, staff, id, typed.version, typed.draft(), whole).await?;
    Ok(match typed.act.as_str() {
        "test" => {
            newsletter::test(app, staff, id, &typed.draft()).await?;
            "newsletter-tested"
        }
        "send" => {
            newsletter::send(app, staff, id, None).await?;
            "newsletter-begun"
        }
        "schedule" => {
            newsletter::send(app, staff, id, at).await?;
            "newsletter-scheduled"
        }
        _ => "saved",
    })
}

fn moment(typed: &str, now: DateTime<Utc>) -> std::result::Result<DateTime<Utc>, Error> {
    let mut errors = Errors::new();
    let local = NaiveDateTime::parse_from_str(typed, "%Y-%m-%dT%H:%M").ok();
    match local.and_then(|local| ZONE.from_local_datetime(&local).earliest()) {
        Some(at) if at > now => return Ok(at.with_timezone(&Utc)),
        Some(_) => errors.add("send_at", "schedule-over"),
        None => errors.add("send_at", "schedule-error"),
    }
    Err(Error::Fields(errors))
}

#[derive(Deserialize)]
struct Which {
    read_in: Option<Lang>,
}

/// The stored one in a frame, as a mail program would show it: nothing in it runs or is loaded.
async fn shown(State(app): State<App>, _: Editor, Path(id): Path<IssueId>, Query(which): Query<Which>) -> Result {
    let conn = app.db.reader();
    let row = newsletter::of(conn, id).await?.ok_or(Error::NotFound)?;
    let issue = magazine::issue(conn, id).await?;
    let issue = Issue::read(conn, issue, app.clock.now()).await?;
    let mail = as_sent(&app, &issue, &Draft::of(&row), which.read_in.unwrap_or(Lang::Ko))?;
    let mut response = Html(mail.html).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"),
    );
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    Ok(response)
}
