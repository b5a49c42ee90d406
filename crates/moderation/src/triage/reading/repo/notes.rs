//! Notes and whom they call.

use db::{
    entity::{note, note_mention, question, staff},
    prelude::*,
};
use domain::{NoteId, QuestionId, StaffId};
use std::collections::HashMap;

/// A note as it stands on the panel.
#[derive(Clone, Debug)]
pub(crate) struct Noted {
    pub(crate) note: note::Model,
    pub(crate) by: String,
    /// Names of those it calls.
    pub(crate) calls: Vec<String>,
}

/// The notes of a question, oldest first.
pub(crate) async fn notes(conn: &impl ConnectionTrait, question: QuestionId) -> Result<Vec<Noted>, Error> {
    let rows = note::Entity::find()
        .filter(note::Column::QuestionId.eq(question))
        .order_by_asc(note::Column::CreatedAt)
        .order_by_asc(note::Column::Id)
        .all(conn)
        .await?;
    let mentions = note_mention::Entity::find()
        .filter(note_mention::Column::NoteId.is_in(rows.iter().map(|n| n.id)))
        .all(conn)
        .await?;
    let ids = rows
        .iter()
        .map(|n| n.staff_id)
        .chain(mentions.iter().map(|m| m.staff_id));
    let names = names(conn, ids).await?;
    let name = |id: StaffId| names.get(&id).cloned().unwrap_or_default();
    let mut calls: HashMap<NoteId, Vec<String>> = HashMap::new();
    for mention in &mentions {
        calls.entry(mention.note_id).or_default().push(name(mention.staff_id));
    }
    Ok(rows
        .into_iter()
        .map(|note| {
            let mut calls = calls.remove(&note.id).unwrap_or_default();
            calls.sort();
            Noted {
                by: name(note.staff_id),
                calls,
                note,
            }
        })
        .collect())
}

/// A note that calls somebody.
#[derive(Clone, Debug)]
pub(crate) struct Called {
    pub(crate) note: note::Model,
    pub(crate) by: String,
    pub(crate) number: i32,
    pub(crate) seen: bool,
}

/// So many notes does the list of what calls one show.
const SHOWN: u64 = 100;

/// What calls them, unseen first, then newest first.
pub(crate) async fn called(conn: &impl ConnectionTrait, staff: StaffId) -> Result<Vec<Called>, Error> {
    let mine = note_mention::Entity::find().filter(note_mention::Column::StaffId.eq(staff));
    let mut mentions = mine
        .clone()
        .filter(note_mention::Column::SeenAt.is_null())
        .order_by_desc(note_mention::Column::NoteId)
        .limit(SHOWN)
        .all(conn)
        .await?;
    let seen = mine
        .filter(note_mention::Column::SeenAt.is_not_null())
        .order_by_desc(note_mention::Column::NoteId)
        .limit(SHOWN);
    mentions.extend(seen.all(conn).await?);
    let notes: HashMap<NoteId, note::Model> = note::Entity::find()
        .filter(note::Column::Id.is_in(mentions.iter().map(|m| m.note_id)))
        .all(conn)
        .await?
        .into_iter()
        .map(|n| (n.id, n))
        .collect();
    let names = names(conn, notes.values().map(|n| n.staff_id)).await?;
    let numbers: HashMap<QuestionId, i32> = question::Entity::find()
        .filter(question::Column::Id.is_in(notes.values().map(|n| n.question_id)))
        .all(conn)
        .await?
        .into_iter()
        .map(|q| (q.id, q.number.unwrap_or_default()))
        .collect();
    Ok(mentions
        .iter()
        .filter_map(|mention| {
            let note = notes.get(&mention.note_id)?.clone();
            Some(Called {
                by: names.get(&note.staff_id).cloned().unwrap_or_default(),
                number: numbers.get(&note.question_id).copied().unwrap_or_default(),
                seen: mention.seen_at.is_some(),
                note,
            })
        })
        .collect())
}

/// Whether a note at this question calls them and they have not seen it.
pub(crate) async fn is_called(
    conn: &impl ConnectionTrait,
    staff: StaffId,
    question: QuestionId,
) -> Result<bool, Error> {
    let ids: Vec<NoteId> = note_mention::Entity::find()
        .select_only()
        .column(note_mention::Column::NoteId)
        .filter(note_mention::Column::StaffId.eq(staff))
        .filter(note_mention::Column::SeenAt.is_null())
        .into_tuple()
        .all(conn)
        .await?;
    if ids.is_empty() {
        return Ok(false);
    }
    let here = note::Entity::find()
        .filter(note::Column::Id.is_in(ids))
        .filter(note::Column::QuestionId.eq(question));
    Ok(here.one(conn).await?.is_some())
}

async fn names(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = StaffId>,
) -> Result<HashMap<StaffId, String>, Error> {
    let rows = staff::Entity::find()
        .filter(staff::Column::Id.is_in(ids))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|s| (s.id, s.name)).collect())
}
