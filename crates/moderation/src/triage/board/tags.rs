//! Tags: words by which moderators gather questions.

use crate::{Error, Result};
use db::{
    audit::{self, Actor},
    entity::{question_tag, tag},
    prelude::*,
};
use domain::{EventId, QuestionId, StaffId, TagId, text};
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use std::collections::HashMap;
use web::App;

/// Most characters of a tag.
pub(crate) const CHARS: usize = 40;

/// The tags of an event, by name.
pub(crate) async fn all(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<tag::Model>, db::Error> {
    let find = tag::Entity::find().filter(tag::Column::EventId.eq(event));
    Ok(find.order_by_asc(tag::Column::Name).all(conn).await?)
}

/// The names of the tags of these questions.
pub(crate) async fn of(
    conn: &impl ConnectionTrait,
    ids: &[QuestionId],
) -> Result<HashMap<QuestionId, Vec<String>>, db::Error> {
    let put = question_tag::Entity::find()
        .filter(question_tag::Column::QuestionId.is_in(ids.iter().copied()))
        .all(conn)
        .await?;
    if put.is_empty() {
        return Ok(HashMap::new());
    }
    let tags = tag::Entity::find().filter(tag::Column::Id.is_in(put.iter().map(|p| p.tag_id)));
    let names: HashMap<TagId, String> = tags.all(conn).await?.into_iter().map(|t| (t.id, t.name)).collect();
    let mut out: HashMap<QuestionId, Vec<String>> = HashMap::new();
    for row in put {
        if let Some(name) = names.get(&row.tag_id) {
            out.entry(row.question_id).or_default().push(name.clone());
        }
    }
    for names in out.values_mut() {
        names.sort();
    }
    Ok(out)
}

/// The name as it is kept.
///
/// # Errors
/// When it is empty or too long.
pub(crate) fn checked(name: &str) -> Result<String> {
    let name = text::line(name.trim_start_matches('#'), CHARS)?;
    if name.is_empty() {
        return Err(text::TextError::Empty.into());
    }
    Ok(name)
}

/// Puts the tag of this name on the questions, and makes it where there is none.
///
/// # Errors
/// When the name is no name, or the database refuses.
pub(crate) async fn put(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    event: EventId,
    name: &str,
    questions: &[QuestionId],
) -> Result<u64> {
    let name = checked(name)?;
    let row = tag::ActiveModel {
        id: Set(TagId::new()),
        event_id: Set(event),
        name: Set(name.clone()),
        created_at: Set(app.clock.now()),
    };
    let made = OnConflict::new().do_nothing().to_owned();
    tag::Entity::insert(row)
        .on_conflict(made)
        .exec_without_returning(tx)
        .await?;
    let tag = named(tx, event, &name).await?.ok_or(Error::NotFound)?;
    let mut done = 0;
    for question in questions {
        let row = question_tag::ActiveModel {
            tag_id: Set(tag.id),
            question_id: Set(*question),
            staff_id: Set(Some(staff)),
            created_at: Set(app.clock.now()),
        };
        let there = OnConflict::new().do_nothing().to_owned();
        let put = question_tag::Entity::insert(row)
            .on_conflict(there)
            .exec_without_returning(tx)
            .await?;
        if put == 1 {
            record(tx, app, staff, event, *question, "question.tagged", &name).await?;
        }
        done += put;
    }
    Ok(done)
}

/// Takes it away again.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn take(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    event: EventId,
    name: &str,
    questions: &[QuestionId],
) -> Result<u64> {
    let name = checked(name)?;
    let Some(tag) = named(tx, event, &name).await? else {
        return Ok(0);
    };
    let mut done = 0;
    for question in questions {
        let gone = question_tag::Entity::delete_by_id((tag.id, *question)).exec(tx).await?;
        if gone.rows_affected == 1 {
            record(tx, app, staff, event, *question, "question.untagged", &name).await?;
        }
        done += gone.rows_affected;
    }
    Ok(done)
}

async fn named(conn: &impl ConnectionTrait, event: EventId, name: &str) -> Result<Option<tag::Model>> {
    let find = tag::Entity::find()
        .filter(tag::Column::EventId.eq(event))
        .filter(tag::Column::Name.eq(name));
    Ok(find.one(conn).await?)
}

async fn record(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    event: EventId,
    question: QuestionId,
    action: &'static str,
    name: &str,
) -> Result<()> {
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action,
        subject: ("question", Some(question.uuid())),
        details: json!({ "tag": name }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}
