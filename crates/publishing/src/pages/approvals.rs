//! Who has approved their words, who is missing, and what somebody would rather say.

use crate::{
    approval::{self, Contact, Item, Status},
    article::{Draft, Piece, Who},
    repo,
};
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use db::entity::article::Model;
use domain::{ApprovalId, ArticleId, CrewMemberId, InvitationId, SpeakerId, state::article::ArticleState};
use serde::Deserialize;
use web::{App, Chrome, Form, auth::Editor, diff};

#[derive(askama::Template)]
#[template(path = "desk/approvals.html")]
struct Approvals {
    c: Chrome,
    article: Model,
    zone: String,
    people: Vec<Person>,
    counts: Vec<(Status, usize)>,
    open: usize,
}

struct Person {
    who: String,
    line: String,
    /// Who it is, where the line does not tell.
    name: Option<String>,
    /// They have no address: their link is copied.
    mails: bool,
    url: Option<String>,
    asked_at: Option<DateTime<Utc>>,
    may_ask: bool,
    may_note: bool,
    places: Vec<Place>,
}

struct Place {
    status: Status,
    decided_at: Option<DateTime<Utc>>,
    noted: bool,
    texts: Vec<String>,
    remark: String,
    id: Option<ApprovalId>,
    /// Their wish beside what stands.
    wish: Vec<Vec<diff::Piece>>,
}

impl Approvals {
    fn is_withdrawn(&self) -> bool {
        self.article.state == ArticleState::Withdrawn
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "a template passes by reference")]
fn key(status: &Status) -> String {
    format!("approval-{}", status.as_str().replace('_', "-"))
}

pub(super) async fn page(State(app): State<App>, c: Chrome, _: Editor, Path(id): Path<ArticleId>) -> web::Result {
    let conn = app.db.reader();
    let row = repo::article(conn, id).await?;
    let event = repo::event(conn, row.event_id).await?;
    let draft = Draft::of(&row, repo::blocks(conn, id).await?);
    let (_, _, sheet) = approval::sheet(conn, &row, draft).await?;
    let contacts = approval::contacts(conn, sheet.people.iter().map(|(who, _, _)| *who)).await?;
    let title = c.either(&event.title, &event.title_en).to_owned();
    let people: Vec<Person> = sheet
        .people
        .iter()
        .map(|(who, approver, items)| {
            let url = approver.as_ref().map(|a| app.public_url(&approval::path(&app, a.id)));
            let mut person = person(*who, contacts.get(who), items);
            person.asked_at = approver.as_ref().and_then(|a| a.asked_at);
            person.url = url;
            person
        })
        .collect();
    let counts = Status::ALL
        .iter()
        .map(|s| (*s, sheet.count(*s)))
        .filter(|(_, n)| *n > 0);
    web::render(&Approvals {
        c: c.with(&crate::TEXTS).for_event(event.slug, title),
        article: row,
        zone: event.time_zone,
        open: sheet.count(Status::Missing) + sheet.count(Status::Reopened),
        counts: counts.collect(),
        people,
    })
}

fn person(who: Who, contact: Option<&Contact>, items: &[Item]) -> Person {
    let is = |i: &Item, all: &[Status]| all.contains(&i.status);
    Person {
        who: who_text(who),
        line: items.first().map(|i| i.words.line.clone()).unwrap_or_default(),
        name: contact
            .map(|c| c.name.clone())
            .filter(|name| items.iter().any(|i| !i.words.line.contains(name))),
        mails: contact.is_some_and(|c| c.email.is_some()),
        url: None,
        asked_at: None,
        may_ask: items
            .iter()
            .any(|i| is(i, &[Status::Missing, Status::Reopened]) || i.status == Status::Withdrawn && i.row.is_none()),
        may_note: items.iter().any(|i| !is(i, &[Status::Approved, Status::Withdrawn])),
        places: items.iter().map(place).collect(),
    }
}

fn place(item: &Item) -> Place {
    let row = item.row.as_ref();
    let wishes = item.suggestion();
    let wish = |piece: &Piece| {
        let stands = item.words.pieces.iter().find(|p| p.part == piece.part)?;
        (stands.text != piece.text).then(|| diff::words(&stands.text, &piece.text))
    };
    Place {
        status: item.status,
        decided_at: row.and_then(|r| r.decided_at),
        noted: row.is_some_and(|r| r.noted_by.is_some()),
        texts: item.words.pieces.iter().map(|p| p.text.clone()).collect(),
        remark: row.map(|r| r.remark.clone()).unwrap_or_default(),
        id: row.map(|r| r.id),
        wish: wishes.iter().filter_map(wish).collect(),
    }
}

/// One letter and an id.
fn who_text(who: Who) -> String {
    match who {
        Who::Partner(id) => format!("i{id}"),
        Who::Speaker(id) => format!("s{id}"),
        Who::Crew(id) => format!("c{id}"),
    }
}

fn read_who(text: &str) -> Option<Who> {
    let id = text.get(1..)?;
    match text.as_bytes().first()? {
        b'i' => id.parse::<InvitationId>().ok().map(Who::Partner),
        b's' => id.parse::<SpeakerId>().ok().map(Who::Speaker),
        b'c' => id.parse::<CrewMemberId>().ok().map(Who::Crew),
        _ => None,
    }
}

#[derive(Deserialize)]
pub(super) struct Deed {
    /// `ask`, `note`, `accept`.
    act: String,
    /// Somebody; empty: everybody.
    #[serde(default)]
    who: String,
    approval: Option<ApprovalId>,
}

pub(super) async fn act(
    State(app): State<App>,
    Editor(staff): Editor,
    Path(id): Path<ArticleId>,
    Form(deed): Form<Deed>,
) -> web::Result<web::Redirect> {
    let who = read_who(&deed.who);
    if who.is_none() && !deed.who.is_empty() {
        return Err(web::Error::NotFound);
    }
    let here = web::redirect(format!("/desk/articles/{id}/approvals"));
    Ok(match (deed.act.as_str(), deed.approval, who) {
        ("ask", _, who) => {
            let asks = approval::ask(&app, staff.id, id, who).await?;
            here.flash_n("approvals-asked", asks.people)
        }
        ("note", _, Some(who)) => {
            approval::note_approved(&app, staff.id, id, Some(who)).await?;
            here.flash("approvals-noted")
        }
        ("accept", Some(wish), _) => {
            approval::accept(&app, staff.id, id, wish).await?;
            here.flash("approvals-accepted")
        }
        _ => return Err(web::Error::BadRequest("oops-bad-request-body".into())),
    })
}
