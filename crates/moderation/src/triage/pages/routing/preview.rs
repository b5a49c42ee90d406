//! Every mail of the pending decisions as it will be sent, before anything is released: to each in their own language.

use super::Pending;
use crate::{
    service::{assign, crew::Crews},
    triage::{
        letter::{Outcome, Said},
        pages::enter,
        repo,
    },
};
use askama::Template;
use axum::extract::{Path, Query, State};
use db::{
    entity::{decision, event, question},
    people::{self, Invitee},
    prelude::*,
    sight::{self, Veil},
};
use domain::{
    AssignmentId, DecisionId, Lang, QuestionId, ServiceId,
    state::{decision::DecisionKind, mail::MailKind},
};
use mail::{
    Letter, Link,
    render::{Links, Rendered, Sheet, render as render_letter},
};
use serde::Deserialize;
use std::collections::HashMap;
use web::{App, Chrome, auth::Moderator, render};

/// One mail to be.
struct Mail {
    to: String,
    lang: Lang,
    crew: bool,
    rendered: Rendered,
}

impl Mail {
    /// As it may be read before the release where the event reads blind.
    fn cover(&mut self, veil: &Veil, c: &Chrome) {
        if !self.crew {
            self.to = c.t("blind-asker");
        }
        covered(&mut self.rendered, veil);
    }
}

/// A mail's texts with its asker covered.
pub(super) fn covered(mail: &mut Rendered, veil: &Veil) {
    mail.subject = veil.cover(&mail.subject);
    mail.text = veil.cover(&mail.text);
    mail.html = veil.cover(&mail.html);
}

/// One decision with its mails.
struct Item {
    number: i32,
    question: QuestionId,
    kind: DecisionKind,
    mails: Vec<Mail>,
    /// The asker has no address: their page tells them.
    page_only: bool,
    /// Nobody of the crew can be asked.
    nobody: bool,
}

#[derive(Template)]
#[template(path = "triage/preview.html")]
struct PreviewPage {
    c: Chrome,
    event: event::Model,
    items: Vec<Item>,
    of: usize,
    /// The address of the next page.
    more: Option<String>,
}

impl PreviewPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
}

/// Decisions a page.
const PAGE: usize = 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Address {
    to: String,
    kind: String,
    /// This one alone.
    decision: String,
    from: usize,
}

pub(super) async fn show(
    State(app): State<App>,
    _: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Query(address): Query<Address>,
) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    let pending = Pending {
        to: address.to,
        kind: address.kind,
    };
    let mut what = pending.what();
    if let Ok(one) = address.decision.parse::<DecisionId>() {
        what.only = Some(vec![one]);
    }
    let decisions = repo::waiting(app.db.reader(), event.id, &what, None).await?;
    let of = decisions.len();
    let to = (address.from + PAGE).min(of);
    let more = (to < of).then(|| format!("/desk/events/{slug}/routing/preview?{}&from={to}", pending.query()));
    let items = items(&app, &c, &event, &decisions, address.from.min(of)..to).await?;
    render(&PreviewPage {
        c,
        event,
        items,
        of,
        more,
    })
}

async fn items(
    app: &App,
    c: &Chrome,
    event: &event::Model,
    decisions: &[decision::Model],
    shown: std::ops::Range<usize>,
) -> crate::Result<Vec<Item>> {
    let conn = app.db.reader();
    let ids = decisions
        .get(shown.clone())
        .unwrap_or_default()
        .iter()
        .map(|d| d.question_id);
    let questions = question::Entity::find()
        .filter(question::Column::Id.is_in(ids))
        .all(conn)
        .await?;
    let askers = people::invitees(conn, questions.iter().map(|q| q.invitation_id), Lang::Ko).await?;
    let veils = sight::veils_of(conn, &questions).await?;
    let questions: HashMap<QuestionId, question::Model> = questions.into_iter().map(|q| (q.id, q)).collect();
    let crews = Crews::load(conn, event, app.clock.now()).await?;
    // Who gets which one depends on those before it, also on those of the pages before.
    let routes: Vec<Option<ServiceId>> = decisions.iter().map(|d| d.service_id).collect();
    let services: Vec<ServiceId> = routes.iter().flatten().copied().collect();
    let mut chosen = crews.sequence(conn, &services).await?.into_iter();
    let mut items = Vec::new();
    for (at, decision) in decisions.iter().enumerate() {
        let crew = decision.service_id.and_then(|_| chosen.next()).flatten();
        let Some(question) = questions.get(&decision.question_id).filter(|_| shown.contains(&at)) else {
            continue;
        };
        let Some(asker) = askers.get(&question.invitation_id) else {
            continue;
        };
        let mut item = Item {
            number: question.number.unwrap_or_default(),
            question: question.id,
            kind: decision.kind,
            mails: Vec::new(),
            page_only: asker.email.is_none(),
            nobody: decision.kind == DecisionKind::Route && crew.is_none(),
        };
        if let Some(email) = &asker.email {
            let letter = to_asker(app, event, decision, question, asker, crew.as_ref().map(|(s, _)| *s)).await?;
            let to = format!("{} <{email}>", asker.person.name());
            item.mails.push(shape(app, to, asker.lang, &letter, false)?);
        }
        if let Some((service, candidate)) = crew {
            let due = assign::due(app, event);
            let link = Link::Answer {
                assignment: AssignmentId::from_uuid(decision.id.uuid()),
                until: assign::link_until(app),
            };
            let letter = assign::letter(conn, event, question, service, &candidate.member, due, link).await?;
            let to = format!("{} <{}>", candidate.member.name, candidate.member.email);
            item.mails.push(shape(app, to, question.lang, &letter, true)?);
        }
        if let Some(veil) = veils.get(&question.id) {
            for mail in &mut item.mails {
                mail.cover(veil, c);
            }
        }
        items.push(item);
    }
    Ok(items)
}

async fn to_asker(
    app: &App,
    event: &event::Model,
    decision: &decision::Model,
    question: &question::Model,
    asker: &Invitee,
    crew: Option<ServiceId>,
) -> crate::Result<Letter> {
    let conn = app.db.reader();
    let said = match decision.kind {
        DecisionKind::Live | DecisionKind::Reserve => Said::Live {
            place: decision.place,
            speaker: repo::speaker_line(conn, decision.speaker_id).await?,
        },
        DecisionKind::Route => {
            let service = crew.or(decision.service_id).unwrap_or(question.service_id);
            let mut names = people::service_names(conn, asker.lang).await?;
            Said::Routed {
                service: names.remove(&service).unwrap_or_default(),
            }
        }
        DecisionKind::Decline => Said::Declined {
            reason: decision.reason.clone().unwrap_or_default(),
        },
        DecisionKind::Merge => Said::Merged,
        DecisionKind::Duplicate => Said::Duplicate,
    };
    let outcome = Outcome {
        words: web::Words::new(asker.lang, &crate::TEXTS),
        event,
        question,
        asker,
    };
    outcome.letter(conn, &said).await
}

fn shape(app: &App, to: String, lang: Lang, letter: &Letter, crew: bool) -> crate::Result<Mail> {
    let kind = if crew { MailKind::Assignment } else { MailKind::Outcome };
    Ok(Mail {
        to,
        lang,
        crew,
        rendered: as_sent(app, kind, lang, letter, crew)?,
    })
}

/// The texts of a letter as they would be sent, dots where a token would stand.
///
/// # Errors
/// When the mail's own template does not render.
pub(super) fn as_sent(
    app: &App,
    kind: MailKind,
    lang: Lang,
    letter: &Letter,
    replyable: bool,
) -> crate::Result<Rendered> {
    let sheet = Sheet {
        letter,
        kind,
        lang,
        from_name: &app.settings.mail.from_name,
        public_url: &app.settings.web.public_url,
        replyable,
        unsubscribe: None,
        links: Links::Hidden,
    };
    Ok(render_letter(&sheet)?)
}
