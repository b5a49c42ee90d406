//! The mail that asks a crew: the event's words, what a crew may do beside answering, how long its links count.

use crate::{
    Error,
    service::{
        template::{Slot, Template, Values},
        templates,
    },
};
use chrono::{DateTime, Utc};
use db::{
    entity::{crew_member, event, question},
    people,
    prelude::*,
};
use domain::{Lang, ServiceId, state::release::LetterKind, token::day_stamp_after};
use mail::{Block, Letter, Link, Step};
use web::{App, Words};

/// Days for which the link to the answer's page counts.
const LINK_DAYS: u64 = 180;

pub(super) fn called(member: &crew_member::Model) -> String {
    member.nickname.clone().unwrap_or_else(|| member.name.clone())
}

/// The mail that asks a crew member, in the question's language.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn letter(
    conn: &impl ConnectionTrait,
    event: &event::Model,
    question: &question::Model,
    crew: ServiceId,
    member: &crew_member::Model,
    due: DateTime<Utc>,
    link: Link,
) -> Result<Letter, Error> {
    let lang = question.lang;
    let values = values(conn, event, question, (crew, Some(member)), lang, due).await?;
    let template = templates::of(conn, event.id, LetterKind::Assignment, lang).await?;
    Ok(filled(&template, values, lang, link))
}

/// The words of the template, and behind their link what else a crew member may do.
pub(crate) fn filled(template: &Template, values: Values, lang: Lang, link: Link) -> Letter {
    let ways = ways(&Words::new(lang, &crate::TEXTS), &link);
    let letter = template.fill(&values.leading(link));
    letter.behind(|block| matches!(block, Block::Action { .. }), ways)
}

/// What else a crew member may do with the question of this link, and how to say it without a link.
pub(crate) fn ways(words: &Words, link: &Link) -> Vec<Block> {
    let Link::Answer { assignment, until } = *link else {
        return Vec::new();
    };
    let way = |step: Step| {
        let label = words.t(format!("way-{}", step.as_str()));
        (
            label,
            Link::Step {
                assignment,
                until,
                step,
            },
        )
    };
    vec![
        Block::Ways(Step::ALL.map(way).into()),
        Block::Note(words.t("way-words")),
    ]
}

/// What the template of that mail is filled with; its link leads nowhere yet.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn values(
    conn: &impl ConnectionTrait,
    event: &event::Model,
    question: &question::Model,
    (crew, member): (ServiceId, Option<&crew_member::Model>),
    lang: Lang,
    due: DateTime<Utc>,
) -> Result<Values, Error> {
    let words = Words::new(lang, &crate::TEXTS);
    let asker = people::invitee(conn, question.invitation_id, lang)
        .await?
        .ok_or(Error::NotFound)?
        .line();
    let service = people::service_names(conn, lang)
        .await?
        .remove(&crew)
        .unwrap_or_default();
    let due = words.datetime(due, &event.time_zone);
    let number = question.number.unwrap_or_default().to_string();
    let facts = vec![
        (words.t("fact-number"), number.clone()),
        (words.t("fact-service"), service.clone()),
        (words.t("fact-asker"), asker.clone()),
        (words.t("fact-due"), due.clone()),
    ];
    let nowhere = Link::Page { path: "/".into() };
    Ok(Values::new(words.t("assignment-mail-action"), nowhere)
        .with(Slot::Name, member.map(called).unwrap_or_default())
        .with(Slot::Event, event_title(event, lang))
        .with(Slot::Host, people::in_lang(lang, &event.host_name, &event.host_name_en))
        .with(Slot::Number, number)
        .with(Slot::Question, &question.body)
        .with(Slot::Service, service)
        .with(Slot::Asker, &asker)
        .with(Slot::Due, due)
        .quoted_by(asker)
        .facts(facts))
}

pub(crate) fn link_until(app: &App) -> u16 {
    day_stamp_after(app.clock.now(), LINK_DAYS)
}

/// The title of an event as it stands in a mail of this language.
pub(crate) fn event_title(event: &event::Model, lang: Lang) -> String {
    people::in_lang(lang, &event.title, &event.title_en)
}
