//! The words of an event's mails: its own where staff wrote some, else the default.

use crate::{
    Error, Result,
    service::template::{Slot, Template},
};
use db::{
    audit::{self, Actor},
    entity::mail_template,
    prelude::*,
};
use domain::{EventId, Lang, StaffId, TemplateId, state::release::LetterKind};
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use web::{App, Words};

/// Most characters of a subject and of a body.
pub const SUBJECT_CHARS: usize = 150;
pub const BODY_CHARS: usize = 4_000;

/// A template as it is written; version 0 is the default, of which there is no row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub subject: String,
    pub body: String,
    pub version: i32,
}

/// The event's words for one kind of mail in one language.
///
/// # Errors
/// When the database refuses.
pub async fn written(conn: &impl ConnectionTrait, event: EventId, kind: LetterKind, lang: Lang) -> Result<Written> {
    let row = mail_template::Entity::find()
        .filter(mail_template::Column::EventId.eq(event))
        .filter(mail_template::Column::Kind.eq(kind))
        .filter(mail_template::Column::Lang.eq(lang))
        .one(conn)
        .await?;
    Ok(row.map_or_else(
        || default(kind, lang),
        |row| Written {
            subject: row.subject,
            body: row.body,
            version: row.version,
        },
    ))
}

/// The same, read.
///
/// # Errors
/// When the database refuses.
pub async fn of(conn: &impl ConnectionTrait, event: EventId, kind: LetterKind, lang: Lang) -> Result<Template> {
    let written = written(conn, event, kind, lang).await?;
    // What is stored was read before; should a later release know fewer placeholders, the default serves.
    if let Ok(template) = Template::parse(kind, &written.subject, &written.body) {
        return Ok(template);
    }
    tracing::warn!(%kind, %lang, "a stored template does not read; the default is used");
    let default = default(kind, lang);
    Template::parse(kind, &default.subject, &default.body).map_err(|_| Error::NotFound)
}

/// The words that an event starts with.
pub fn default(kind: LetterKind, lang: Lang) -> Written {
    if kind == LetterKind::Delivery {
        let (subject, body) = mail::template::delivery(lang);
        return Written {
            subject,
            body,
            version: 0,
        };
    }
    let words = Words::new(lang, &crate::TEXTS);
    let slots: Vec<(&str, String)> = Slot::ALL.into_iter().map(|s| (s.as_str(), s.to_string())).collect();
    let args: Vec<(&str, &dyn web::lang::Arg)> = slots
        .iter()
        .map(|(name, slot)| (*name, slot as &dyn web::lang::Arg))
        .collect();
    let say = |key: String| words.ta(key, &args);
    let (subject, paragraphs) = if kind == LetterKind::Assignment {
        let paragraphs = vec![
            say("assignment-mail-lead".into()),
            Slot::Question.to_string(),
            Slot::Facts.to_string(),
            Slot::Link.to_string(),
            format!("---\n{}", say("assignment-mail-note".into())),
        ];
        (say("assignment-mail-subject".into()), paragraphs)
    } else {
        let mut paragraphs = vec![
            say("outcome-greeting".into()),
            say(format!("outcome-{kind}-body")),
            Slot::Question.to_string(),
        ];
        if kind == LetterKind::Declined {
            paragraphs.push(say("outcome-declined-why".into()));
            paragraphs.push(Slot::Reason.to_string());
        }
        paragraphs.push(Slot::Link.to_string());
        paragraphs.push(format!("---\n{}", say(format!("outcome-{kind}-note"))));
        (say(format!("outcome-{kind}-subject")), paragraphs)
    };
    Written {
        subject,
        body: paragraphs.join("\n\n"),
        version: 0,
    }
}

/// Writes the event's words; `new.version` is the one that the editor read.
///
/// # Errors
/// Stale when somebody else wrote first.
pub async fn save(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    (event, kind, lang): (EventId, LetterKind, Lang),
    new: Written,
) -> Result<()> {
    let now = app.clock.now();
    if new.version == 0 {
        let row = mail_template::ActiveModel {
            id: Set(TemplateId::new()),
            event_id: Set(event),
            kind: Set(kind),
            lang: Set(lang),
            subject: Set(new.subject),
            body: Set(new.body),
            version: Set(1),
            updated_by: Set(Some(staff)),
            updated_at: Set(now),
        };
        let inserted = mail_template::Entity::insert(row)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
        if inserted != 1 {
            return Err(db::Error::Stale { what: "template" }.into());
        }
    } else {
        let result = mail_template::Entity::update_many()
            .col_expr(mail_template::Column::Subject, Expr::value(new.subject))
            .col_expr(mail_template::Column::Body, Expr::value(new.body))
            .col_expr(mail_template::Column::Version, Expr::value(new.version + 1))
            .col_expr(mail_template::Column::UpdatedBy, Expr::value(staff))
            .col_expr(mail_template::Column::UpdatedAt, Expr::value(now))
            .filter(mail_template::Column::EventId.eq(event))
            .filter(mail_template::Column::Kind.eq(kind))
            .filter(mail_template::Column::Lang.eq(lang))
            .filter(mail_template::Column::Version.eq(new.version))
            .exec(tx)
            .await?;
        one_row(&result, "template")?;
    }
    note(tx, app, staff, (event, kind, lang), "template.saved").await
}

/// Back to the default words.
///
/// # Errors
/// When the database refuses.
pub async fn restore(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    (event, kind, lang): (EventId, LetterKind, Lang),
) -> Result<()> {
    let gone = mail_template::Entity::delete_many()
        .filter(mail_template::Column::EventId.eq(event))
        .filter(mail_template::Column::Kind.eq(kind))
        .filter(mail_template::Column::Lang.eq(lang))
        .exec(tx)
        .await?;
    if gone.rows_affected == 0 {
        return Ok(());
    }
    note(tx, app, staff, (event, kind, lang), "template.restored").await
}

async fn note(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    (event, kind, lang): (EventId, LetterKind, Lang),
    action: &'static str,
) -> Result<()> {
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action,
        subject: ("mail_template", None),
        details: json!({ "kind": kind, "lang": lang }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_reads_in_both_languages() {
        for kind in LetterKind::ALL {
            for lang in Lang::ALL {
                let text = default(*kind, *lang);
                let read = Template::parse(*kind, &text.subject, &text.body);
                assert!(read.is_ok(), "{kind} {lang}: {read:?}\n{}", text.body);
                assert!(!text.body.contains("outcome-"), "{kind} {lang}: {}", text.body);
            }
        }
    }
}
