//! Reasons for declining, to pick from: the event's own list, else the default one.

use crate::Result;
use db::{
    audit::{self, Actor},
    entity::decline_reason,
    people::in_lang,
    prelude::*,
};
use domain::{EventId, Lang, ReasonId, StaffId};
use serde_json::json;
use web::{App, Words};

/// So many reasons a list may have.
pub const MOST: usize = 20;
/// Most characters of one; a decision's reason has room for words of one's own besides.
pub const CHARS: usize = 200;
/// The texts `reason-1` and so on.
const DEFAULTS: usize = 5;

/// A reason in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason {
    pub ko: String,
    pub en: String,
}

impl Reason {
    pub fn text(&self, lang: Lang) -> String {
        in_lang(lang, &self.ko, &self.en)
    }
}

/// The event's list.
///
/// # Errors
/// When the database refuses.
pub async fn of(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<Reason>> {
    let rows = decline_reason::Entity::find()
        .filter(decline_reason::Column::EventId.eq(event))
        .order_by_asc(decline_reason::Column::Position)
        .all(conn)
        .await?;
    if rows.is_empty() {
        return Ok(defaults());
    }
    let reasons = rows.into_iter().map(|r| Reason {
        ko: r.body,
        en: r.body_en,
    });
    Ok(reasons.collect())
}

/// What every event starts with.
pub fn defaults() -> Vec<Reason> {
    let (ko, en) = (Words::new(Lang::Ko, &crate::TEXTS), Words::new(Lang::En, &crate::TEXTS));
    (1..=DEFAULTS)
        .map(|n| Reason {
            ko: ko.t(format!("reason-{n}")),
            en: en.t(format!("reason-{n}")),
        })
        .collect()
}

/// Replaces the event's list; an empty one brings the default back.
///
/// # Errors
/// When the database refuses.
pub async fn save(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, reasons: &[Reason]) -> Result<()> {
    decline_reason::Entity::delete_many()
        .filter(decline_reason::Column::EventId.eq(event))
        .exec(tx)
        .await?;
    for (position, reason) in (1..).zip(reasons) {
        let row = decline_reason::ActiveModel {
            id: Set(ReasonId::new()),
            event_id: Set(event),
            position: Set(position),
            body: Set(reason.ko.clone()),
            body_en: Set(reason.en.clone()),
        };
        decline_reason::Entity::insert(row).exec_without_returning(tx).await?;
    }
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action: "reasons.saved",
        subject: ("event", Some(event.uuid())),
        details: json!({ "reasons": reasons.len() }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}

/// The reason of a declined question in its asker's language: picked from the list (by its place, from 1), in words, or
/// both.
///
/// # Errors
/// When the database refuses.
pub async fn compose(
    conn: &impl ConnectionTrait,
    event: EventId,
    picked: &str,
    words: &str,
    lang: Lang,
) -> Result<String> {
    let Some(at) = picked.parse::<usize>().ok().and_then(|n| n.checked_sub(1)) else {
        return Ok(words.to_owned());
    };
    let list = of(conn, event).await?;
    let listed = list.get(at).map(|r| r.text(lang)).unwrap_or_default();
    Ok([listed.as_str(), words.trim()]
        .into_iter()
        .filter(|t| !t.is_empty())
        .collect::<Vec<_>>()
        .join("\n"))
}
