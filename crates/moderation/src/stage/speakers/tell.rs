//! The mail to who answers on stage: once for each set of questions.

use super::{Speaker, speakers};
use crate::{
    Result,
    service::assign::{event_of, event_title, link_until},
    stage::repo,
};
use db::{
    audit::{self, Actor},
    entity::speaker_told,
    people,
    prelude::*,
};
use domain::{EventId, Lang, SpeakerId, StaffId, state::mail::MailKind};
use mail::{Initial, Letter, Link, NewMail, Refs};
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use std::collections::HashMap;
use web::{App, Words};

/// What a speaker knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing yet, and nothing awaits them.
    Nothing,
    /// They would get their first mail.
    First,
    /// What awaits them is not what they were told.
    Changed,
    Current,
    /// They have no address.
    NoAddress,
}

impl Told {
    pub const fn would_go(self) -> bool {
        matches!(self, Self::First | Self::Changed)
    }

    pub const fn key(self) -> &'static str {
        match self {
            Self::Nothing => "speakers-nothing",
            Self::First => "speakers-first",
            Self::Changed => "speakers-changed",
            Self::Current => "speakers-current",
            Self::NoAddress => "speakers-no-address",
        }
    }
}

/// How many mails were put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mails(pub usize);

/// Every speaker with what they would be told.
///
/// # Errors
/// When the database refuses.
pub async fn outlook(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<(Speaker, Told)>> {
    let told = told(conn, event).await?;
    let speakers = speakers(conn, event).await?;
    Ok(speakers
        .into_iter()
        .map(|speaker| {
            let stands = stands(&speaker, told.get(&speaker.row.id));
            (speaker, stands)
        })
        .collect())
}

fn stands(speaker: &Speaker, told: Option<&speaker_told::Model>) -> Told {
    match told {
        None if speaker.asked.is_empty() => Told::Nothing,
        _ if speaker.row.email.is_none() => Told::NoAddress,
        None => Told::First,
        Some(told) if told.questions == speaker.questions() => Told::Current,
        Some(_) => Told::Changed,
    }
}

async fn told(conn: &impl ConnectionTrait, event: EventId) -> Result<HashMap<SpeakerId, speaker_told::Model>> {
    let rows = speaker_told::Entity::find()
        .filter(speaker_told::Column::EventId.eq(event))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.speaker_id, row)).collect())
}

/// Puts a mail for every speaker who does not know what awaits them; the same set of questions is told once. Call
/// `app.wake.notify()` after the commit.
///
/// # Errors
/// When the database refuses.
pub async fn tell(tx: &WriteTx, app: &App, staff: StaffId, event: EventId) -> Result<Mails> {
    let row = event_of(tx, event).await?;
    let told = told(tx, event).await?;
    let bodies: HashMap<_, _> = repo::order(tx, event)
        .await?
        .into_iter()
        .map(|(_, q)| (q.id, q.body))
        .collect();
    let w = Words::new(Lang::Ko, &crate::TEXTS);
    let title = event_title(&row, Lang::Ko);
    let mut put = 0;
    for speaker in speakers(tx, event).await? {
        let before = told.get(&speaker.row.id);
        let stands = stands(&speaker, before);
        let Some(email) = speaker.row.email.clone().filter(|_| stands.would_go()) else {
            continue;
        };
        let version = before.map_or(1, |told| told.version + 1);
        let key = if stands == Told::First { "first" } else { "changed" };
        let n = speaker.asked.len();
        let mut letter = Letter::new(w.t1(format!("speaker-mail-subject-{key}"), "event", &title)).text(w.t2(
            format!("speaker-mail-lead-{key}"),
            "event",
            &title,
            "n",
            n,
        ));
        for asked in &speaker.asked {
            let body = bodies.get(&asked.question).cloned().unwrap_or_default();
            letter = letter.quote(format!("{}. {body}", asked.position), None);
        }
        let letter = letter
            .action(
                w.t("speaker-mail-action"),
                Link::Speaker {
                    speaker: speaker.row.id,
                    until: link_until(app),
                },
            )
            .note(w.t("speaker-mail-note"));
        let mail = NewMail {
            kind: MailKind::Speaker,
            to_name: people::speaker_person(&speaker.row).name(),
            to_email: email,
            lang: Lang::Ko,
            letter,
            state: Initial::Queued,
            dedup: format!("speaker:{}:{version}", speaker.row.id),
            reply: None,
            refs: Refs {
                event: Some(event),
                ..Refs::default()
            },
        };
        put += usize::from(mail::outbox::put(tx, &app.clock, &app.settings, mail).await?.is_some());
        note(tx, app, event, &speaker, version).await?;
    }
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action: "stage.speakers_told",
        subject: ("event", Some(event.uuid())),
        details: json!({ "mails": put }),
    };
    audit::record(tx, &app.clock, entry).await?;
    Ok(Mails(put))
}

async fn note(tx: &WriteTx, app: &App, event: EventId, speaker: &Speaker, version: i32) -> Result<()> {
    let row = speaker_told::ActiveModel {
        speaker_id: Set(speaker.row.id),
        event_id: Set(event),
        questions: Set(speaker.questions()),
        version: Set(version),
        at: Set(app.clock.now()),
    };
    let over = OnConflict::column(speaker_told::Column::SpeakerId)
        .update_columns([
            speaker_told::Column::Questions,
            speaker_told::Column::Version,
            speaker_told::Column::At,
        ])
        .to_owned();
    speaker_told::Entity::insert(row)
        .on_conflict(over)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
