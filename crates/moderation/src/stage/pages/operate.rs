//! The operator's page: the order, what the hall sees, the timer, the note of what is said.

use super::{
    Operator,
    rehearse::Rehearsed,
    scene::{Card, Scene, Timer},
};
use crate::{
    reverse::repo as reverse,
    stage::{
        plan,
        repo::{self, Beside, Kept},
        service::{Seen, Shown, undoable},
    },
    triage::{pages_enter as enter, repo as triage},
};
use askama::Template;
use axum::extract::{Path, Query, State};
use db::{entity::event, people, prelude::ConnectionTrait};
use domain::{InvitationId, SpeakerId, StaffId};
use serde::Deserialize;
use std::collections::HashMap;
use web::{App, Choice, Chrome, Errors, render_form};

/// One line of the order.
struct Item {
    shown: Shown,
    position: Option<(usize, usize)>,
    text: String,
    card: Option<Card>,
    minutes: i32,
    microphone: String,
    current: bool,
    answered: bool,
    /// The state of the answer that was noted.
    noted: Option<String>,
}

impl Item {
    fn is_question(&self) -> bool {
        matches!(self.shown, Shown::Question(_))
    }
    fn is_pause(&self) -> bool {
        matches!(self.shown, Shown::Pause(_))
    }
    fn reachable(&self) -> bool {
        self.is_question() && self.noted.is_none() && !self.answered
    }
    /// What its buttons are told apart by.
    fn label(&self) -> String {
        domain::text::excerpt(&self.text, 40)
    }
}

/// What is noted on this page: an answer to what is chosen, or to what is shown.
struct Noting {
    shown: Shown,
    title: String,
    lang: domain::Lang,
    text: String,
    /// What is saved, where the form has something else.
    stands: String,
    /// Of the answer that the form was made from.
    version: i32,
    answer: Option<domain::AnswerId>,
    state: Option<String>,
    speakers: Vec<Choice>,
    partners: Vec<Choice>,
    partner: Option<InvitationId>,
    /// Notes that others made at the same time.
    beside: Vec<Beside>,
    /// Who has answered a question that was asked back, and where their note is.
    said: Vec<(String, String)>,
}

impl Noting {
    fn is_reverse(&self) -> bool {
        matches!(self.shown, Shown::Reverse(_))
    }
}

#[derive(Template)]
#[template(path = "stage/operate.html")]
struct StagePage {
    c: Chrome,
    event: event::Model,
    items: Vec<Item>,
    at: Option<usize>,
    /// May be shown, but stands in no run.
    left_over: Vec<(Shown, String)>,
    sheets: Vec<Choice>,
    noting: Option<Noting>,
    timer: Option<Timer>,
    held: bool,
    seen: Seen,
    rehearsal: Option<Rehearsed>,
    message: String,
    /// Somebody else who operates.
    other: Option<String>,
    mine: bool,
    /// What an undo would take back.
    last: Option<String>,
    unreleased: u64,
    q: String,
    errors: Errors,
}

impl StagePage {
    /// A rehearsal may begin: nothing of the day is on the screen.
    fn may_rehearse(&self) -> bool {
        self.rehearsal.is_none() && self.current_shown() == Shown::Nothing && !self.held
    }
    /// What became of a note: in a rehearsal nothing but that.
    fn noted(&self, state: &str) -> String {
        let key = match &self.rehearsal {
            Some(_) => "rehearsal-is-noted".to_owned(),
            None => format!("state-{state}"),
        };
        self.c.t(key)
    }
    fn note_hint(&self) -> String {
        let rehearses = self.rehearsal.is_some();
        self.c.t(if rehearses {
            "rehearsal-note-hint"
        } else {
            "stage-note-hint"
        })
    }
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
    fn current(&self) -> Option<&Item> {
        self.items.get(self.at?)
    }
    fn current_shown(&self) -> Shown {
        self.current().map_or(Shown::Nothing, |item| item.shown)
    }
    fn excerpt_of(&self, noting: &Noting) -> String {
        let item = self.items.iter().find(|item| item.shown == noting.shown);
        domain::text::excerpt(item.map(|item| item.text.as_str()).unwrap_or_default(), 120)
    }
    fn next(&self) -> Option<&Item> {
        self.items.get(self.at.map_or(0, |at| at + 1))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Address {
    /// What is noted, where it is not what is shown.
    pub(super) note: String,
    pub(super) partner: Option<InvitationId>,
    /// A partner that is looked for.
    pub(super) q: String,
}

/// What a refused form had.
#[derive(Debug, Default)]
pub(super) struct Typed {
    pub(super) text: Option<String>,
    pub(super) speaker: Option<SpeakerId>,
    pub(super) message: Option<String>,
}

pub(super) fn href(slug: &str) -> String {
    format!("/desk/events/{slug}/stage")
}

pub(super) fn note_href(slug: &str, about: &str, partner: Option<InvitationId>) -> String {
    let partner = partner.map(|id| format!("&partner={id}")).unwrap_or_default();
    format!("{}?note={about}{partner}#note-title", href(slug))
}

pub(super) async fn show(
    State(app): State<App>,
    Operator(staff): Operator,
    c: Chrome,
    Path(slug): Path<String>,
    Query(address): Query<Address>,
) -> web::Result {
    page(&app, c, staff.id, &slug, address, Typed::default(), Errors::new()).await
}

pub(super) async fn page(
    app: &App,
    c: Chrome,
    staff: StaffId,
    slug: &str,
    address: Address,
    typed: Typed,
    errors: Errors,
) -> web::Result {
    let (event, c) = enter(app, c, slug).await?;
    let conn = app.db.reader();
    let scene = Scene::load(conn, &event, c.lang()).await?;
    let operator = scene.run.as_ref().and_then(|run| run.operator_id);
    let names = people::staff_names(conn, operator).await?;
    let items = items(conn, &event, &scene).await?;
    let rehearsal = scene.rehearsal.as_ref();
    let left_over = plan::left_over(conn, event.id, rehearsal.map(|rehearsal| &rehearsal.book)).await?;
    let planned = scene.sheet.is_some();
    let page = StagePage {
        noting: noting(conn, &event, &scene, &address, &typed, &c).await?,
        left_over: left_over
            .into_iter()
            .filter(|_| planned)
            .map(|shown| (shown, scene.text(shown)))
            .collect(),
        sheets: sheets(conn, &event, &scene, &c).await?,
        timer: scene.timer(c.now),
        held: scene.held(),
        seen: scene.seen(),
        rehearsal: Rehearsed::load(conn, rehearsal, c.now).await?,
        message: typed
            .message
            .or_else(|| scene.run.as_ref().map(|run| run.message.clone()))
            .unwrap_or_default(),
        other: operator
            .filter(|id| *id != staff)
            .and_then(|id| names.get(&id).cloned()),
        mine: operator == Some(staff),
        last: undoable(conn, event.id, rehearsal)
            .await?
            .map(|act| act.kind.replace('_', "-")),
        unreleased: repo::unreleased(conn, event.id).await?,
        at: scene.at(),
        q: address.q,
        c,
        event,
        items,
        errors,
    };
    render_form(&page.errors, &page)
}

async fn items(conn: &impl ConnectionTrait, event: &event::Model, scene: &Scene) -> crate::Result<Vec<Item>> {
    let questions = scene.cues.iter().filter_map(|cue| match cue.shown {
        Shown::Question(id) => Some(id),
        _ => None,
    });
    let rehearsal = scene.rehearsal.as_ref();
    let notes: HashMap<_, _> = repo::notes(conn, questions, rehearsal)
        .await?
        .into_iter()
        .map(|note| (note.about, note.state))
        .collect();
    let answered = repo::answered(conn, event.id, rehearsal).await?;
    let items = scene.cues.iter().map(|cue| Item {
        shown: cue.shown,
        position: scene.position(cue.shown),
        text: scene.text(cue.shown),
        card: scene.cards.get(&cue.shown).cloned(),
        minutes: cue.minutes,
        microphone: cue.microphone.clone(),
        current: cue.shown == scene.shown(),
        answered: cue.shown.subject().is_some_and(|id| answered.contains(&id)),
        noted: notes.get(&cue.shown).map(ToString::to_string),
    });
    Ok(items.collect())
}

/// The sittings that have a run, to play another one; none where there is one only.
async fn sheets(
    conn: &impl ConnectionTrait,
    event: &event::Model,
    scene: &Scene,
    c: &Chrome,
) -> crate::Result<Vec<Choice>> {
    let sheets = plan::sheets(conn, event.id).await?;
    let sittings = plan::sittings(conn, event.id).await?;
    if sheets.len() < 2 {
        return Ok(Vec::new());
    }
    let played = scene.sheet.as_ref().map(|sheet| sheet.id);
    let choices = sheets.iter().map(|sheet| {
        let sitting = sittings.iter().find(|s| Some(s.id) == sheet.sitting_id);
        let title = sitting.map_or_else(
            || c.t("run-whole"),
            |s| people::in_lang(c.lang(), &s.title, &s.title_en),
        );
        Choice::new(sheet.id, title).chosen(Some(sheet.id) == played)
    });
    Ok(choices.collect())
}

async fn noting(
    conn: &impl ConnectionTrait,
    event: &event::Model,
    scene: &Scene,
    address: &Address,
    typed: &Typed,
    c: &Chrome,
) -> crate::Result<Option<Noting>> {
    let chosen = address.note.parse().ok();
    let shown = chosen
        .filter(|shown| scene.cards.contains_key(shown))
        .unwrap_or_else(|| scene.shown());
    let Some(card) = scene.cards.get(&shown) else {
        return Ok(None);
    };
    let mut noting = Noting {
        shown,
        title: String::new(),
        lang: card.lang,
        text: String::new(),
        stands: String::new(),
        version: 0,
        answer: None,
        state: None,
        speakers: Vec::new(),
        partners: Vec::new(),
        partner: address.partner,
        beside: Vec::new(),
        said: Vec::new(),
    };
    let rehearsal = scene.rehearsal.as_ref();
    let note = match shown {
        Shown::Question(id) => {
            let note = repo::notes(conn, [id], rehearsal).await?.pop();
            noting.title = c.t1("stage-note-title", "n", card.number);
            let spoke = typed
                .speaker
                .or(note.as_ref().and_then(|n| n.speaker))
                .or(card.speaker_id);
            let speakers = triage::speakers(conn, event.id).await?;
            let speakers = speakers
                .iter()
                .map(|s| Choice::new(s.id, people::speaker_person(s).line()).chosen(spoke == Some(s.id)));
            noting.speakers = speakers.collect();
            note
        }
        Shown::Reverse(id) => {
            noting.title = c.t1("stage-note-title-reverse", "n", card.number);
            let notes = repo::reverse_notes(conn, id, rehearsal).await?;
            partners(conn, event, id, address, &notes, &mut noting, c).await?;
            notes
                .into_iter()
                .find(|note| address.partner.is_some() && note.partner == address.partner)
        }
        Shown::Nothing | Shown::Pause(_) => None,
    };
    if let Some(note) = note {
        noting.beside = repo::asides(conn, note.id, rehearsal).await?;
        noting.answer = Some(note.id);
        noting.version = note.version;
        noting.state = Some(note.state.to_string());
        noting.stands.clone_from(&note.body);
        noting.text = note.body;
    }
    if let Some(text) = &typed.text {
        noting.text.clone_from(text);
    }
    Ok(Some(noting))
}

/// Who may be answering in the hall: those who were asked, those who have, and those who were looked for.
async fn partners(
    conn: &impl ConnectionTrait,
    event: &event::Model,
    id: domain::ReverseId,
    address: &Address,
    notes: &[Kept],
    noting: &mut Noting,
    c: &Chrome,
) -> crate::Result<()> {
    let mut ids: Vec<InvitationId> = notes.iter().filter_map(|note| note.partner).collect();
    ids.extend(
        reverse::assignments(conn, id)
            .await?
            .iter()
            .filter_map(|a| a.invitation_id),
    );
    if !address.q.trim().is_empty() {
        let mut found = reverse::candidates(conn, event.id, id, &address.q).await?;
        found.truncate(reverse::CANDIDATES);
        ids.extend(found);
    }
    ids.extend(address.partner);
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(*id));
    let known = people::invitees(conn, ids.iter().copied(), c.lang()).await?;
    let choices = ids.iter().filter_map(|id| known.get(id)).map(|invitee| {
        Choice::new(invitee.invitation, invitee.line()).chosen(address.partner == Some(invitee.invitation))
    });
    noting.partners = choices.collect();
    let said = notes.iter().filter_map(|note| {
        let invitee = known.get(&note.partner?)?;
        Some((
            invitee.line(),
            note_href(&event.slug, &noting.shown.to_string(), note.partner),
        ))
    });
    noting.said = said.collect();
    Ok(())
}
