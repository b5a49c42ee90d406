//! Notes among staff, and whom they call.

use crate::service::deed::record;
use crate::{Error, Result, triage::reading::repo};
use db::{
    entity::{note, note_mention, question, staff},
    prelude::*,
};
use domain::{
    NoteId, QuestionId, StaffId,
    text::{self, TextError},
};
use sea_orm::QueryTrait;
use serde_json::json;
use std::collections::BTreeSet;
use web::App;

/// Most characters of a note.
pub const NOTE_CHARS: usize = 2_000;

/// Writes a note. It calls the moderators who are ticked, and those who are written as `@name`.
pub async fn add(
    tx: &WriteTx,
    app: &App,
    author: StaffId,
    question: &question::Model,
    body: &str,
    ticked: &[StaffId],
) -> Result<NoteId> {
    let body = checked(body)?;
    let known = repo::moderators(tx).await?;
    let mut called: BTreeSet<StaffId> = mentioned(&body, &known).into_iter().collect();
    called.extend(known.iter().map(|s| s.id).filter(|id| ticked.contains(id)));
    called.remove(&author);
    let id = NoteId::new();
    let row = note::ActiveModel {
        id: Set(id),
        event_id: Set(question.event_id),
        question_id: Set(question.id),
        staff_id: Set(author),
        body: Set(body),
        created_at: Set(app.clock.now()),
    };
    note::Entity::insert(row).exec_without_returning(tx).await?;
    for staff in &called {
        let row = note_mention::ActiveModel {
            note_id: Set(id),
            staff_id: Set(*staff),
            seen_at: Set(None),
        };
        note_mention::Entity::insert(row).exec_without_returning(tx).await?;
    }
    record(
        tx,
        app,
        author,
        question,
        "note.added",
        json!({ "called": called.len() }),
    )
    .await?;
    Ok(id)
}

/// Notes that they have seen what calls them at this question.
pub async fn see(app: &App, staff: StaffId, question: QuestionId) -> Result<()> {
    let unseen = |conn_notes| {
        note_mention::Entity::update_many()
            .col_expr(note_mention::Column::SeenAt, Expr::value(app.clock.now()))
            .filter(note_mention::Column::StaffId.eq(staff))
            .filter(note_mention::Column::SeenAt.is_null())
            .filter(note_mention::Column::NoteId.in_subquery(conn_notes))
    };
    if !repo::is_called(app.db.reader(), staff, question).await? {
        return Ok(());
    }
    let notes = note::Entity::find()
        .select_only()
        .column(note::Column::Id)
        .filter(note::Column::QuestionId.eq(question))
        .into_query();
    let tx = app.db.begin_write().await?;
    unseen(notes).exec(&tx).await?;
    Ok(tx.commit().await?)
}

fn checked(body: &str) -> Result<String> {
    let body = text::tidy(body);
    let has = text::char_count(&body);
    match has {
        0 => Err(Error::Text(TextError::Empty)),
        _ if has > NOTE_CHARS => Err(Error::Text(TextError::TooLong { most: NOTE_CHARS, has })),
        _ => Ok(body),
    }
}

/// Who is written as `@name`. The longest name counts, so that a `@김하늘님` calls 김하늘 and not 김하; what follows a Latin
/// name must not go on as a word. Two of the same name are both called.
fn mentioned(body: &str, known: &[staff::Model]) -> Vec<StaffId> {
    let mut found = Vec::new();
    for rest in body.match_indices('@').map(|(at, _)| &body[at + 1..]) {
        let fits = |name: &str| {
            let Some(after) = rest.strip_prefix(name).filter(|_| !name.is_empty()) else {
                return false;
            };
            let latin = |c: char| c.is_ascii_alphanumeric();
            !(name.ends_with(latin) && after.starts_with(latin))
        };
        let longest = known.iter().filter(|s| fits(&s.name)).map(|s| s.name.len()).max();
        found.extend(
            known
                .iter()
                .filter(|s| Some(s.name.len()) == longest && fits(&s.name))
                .map(|s| s.id),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str) -> staff::Model {
        staff::Model {
            id: StaffId::new(),
            email: domain::EmailAddress::parse("a@host.example").expect("an address"),
            name: name.to_owned(),
            password_hash: String::new(),
            roles: "moderator".to_owned(),
            disabled_at: None,
            created_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_name_with_a_particle_behind_it_calls_its_bearer_alone() {
        let known = [person("김하"), person("김하늘"), person("Ann"), person("Anna Lee")];
        let who = |body: &str| -> Vec<String> {
            let found = mentioned(body, &known);
            found
                .iter()
                .filter_map(|id| known.iter().find(|s| s.id == *id))
                .map(|s| s.name.clone())
                .collect()
        };
        assert_eq!(who("@김하늘님께 여쭙니다, @김하도"), ["김하늘", "김하"]);
        assert_eq!(who("@Anna Lee and @Ann, not @Annabel"), ["Anna Lee", "Ann"]);
        assert_eq!(who("mail@host.example @"), Vec::<String>::new());
    }

    #[test]
    fn a_note_says_something() {
        assert!(matches!(checked(" \n"), Err(Error::Text(TextError::Empty))));
        assert!(matches!(
            checked(&"가".repeat(NOTE_CHARS + 1)),
            Err(Error::Text(TextError::TooLong { .. }))
        ));
    }
}
