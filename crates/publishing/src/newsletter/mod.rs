//! The mail about an issue: written at the desk, its contents taken from the issue, to those who agreed to hear of it.
//!
//! Its mails enter the outbox in portions, each in a transaction that also notes how far it came: whoever goes on after a
//! kill begins behind the last one. Who gets it is asked at each portion, and once more when a mail is sent
//! (`mail::newsletter`), so a no counts until the last moment.

mod letter;
mod send;

pub use send::{begin_due, fill, send, stop, test, unschedule};

pub(crate) use letter::{Issue, letter};

use crate::{Error, magazine};
use db::{
    entity::{newsletter, newsletter_mail, outgoing_mail},
    prelude::*,
};
use domain::{
    IssueId, NewsletterId, StaffId,
    state::{mail::OutgoingState, newsletter::NewsletterState},
    text,
};
use sea_orm::sea_query::OnConflict;
use web::{App, Errors};

/// Characters of a subject, of the sender's name, of their contact, and of what is written above the contents.
const LINE: usize = 120;
const CONTACT: usize = 300;
const WORDS: usize = 2_000;

/// What is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub subject: String,
    pub words: String,
    /// In English; empty, the Korean stands.
    pub subject_en: String,
    pub words_en: String,
    pub sender: String,
    pub contact: String,
}

impl Draft {
    pub(crate) fn of(row: &newsletter::Model) -> Self {
        Self {
            subject: row.subject.clone(),
            words: row.words.clone(),
            subject_en: row.subject_en.clone(),
            words_en: row.words_en.clone(),
            sender: row.sender.clone(),
            contact: row.contact.clone(),
        }
    }

    /// As it is stored. `whole`: it shall go out, so nothing that it needs may be missing.
    fn checked(self, whole: bool) -> Result<Self, Errors> {
        let mut errors = Errors::new();
        let long = |errors: &mut Errors, field: &'static str, value: &str, most: usize| {
            let value = text::tidy(value);
            let has = text::char_count(&value);
            if has > most {
                errors.add(field, text::TextError::TooLong { most, has });
            }
            value
        };
        let line =
            |errors: &mut Errors, field, value: &str| errors.check(field, text::line(value, LINE)).unwrap_or_default();
        let checked = Self {
            subject: line(&mut errors, "subject", &self.subject),
            words: long(&mut errors, "words", &self.words, WORDS),
            subject_en: line(&mut errors, "subject_en", &self.subject_en),
            words_en: long(&mut errors, "words_en", &self.words_en, WORDS),
            sender: line(&mut errors, "sender", &self.sender),
            contact: long(&mut errors, "contact", &self.contact, CONTACT),
        };
        if whole {
            let needed = [
                ("subject", &checked.subject),
                ("words", &checked.words),
                ("sender", &checked.sender),
                ("contact", &checked.contact),
            ];
            for (field, value) in needed {
                if value.is_empty() && !errors.has(field) {
                    errors.add(field, "error-required");
                }
            }
        }
        if errors.is_empty() { Ok(checked) } else { Err(errors) }
    }
}

/// The newsletter of an issue, when one was begun.
pub(crate) async fn of(conn: &impl ConnectionTrait, issue: IssueId) -> Result<Option<newsletter::Model>, Error> {
    Ok(newsletter::Entity::find()
        .filter(newsletter::Column::IssueId.eq(issue))
        .one(conn)
        .await?)
}

/// What a new one begins with: who sent the last one, and how they are reached.
pub(crate) async fn blank(app: &App, subject: String) -> Result<Draft, Error> {
    let last = newsletter::Entity::find()
        .order_by_desc(newsletter::Column::UpdatedAt)
        .one(app.db.reader())
        .await?;
    let (sender, contact) = match last {
        Some(last) => (last.sender, last.contact),
        None => (
            app.settings.mail.from_name.clone(),
            app.settings.mail.from_address.clone(),
        ),
    };
    Ok(Draft {
        subject,
        sender,
        contact,
        ..Draft::default()
    })
}

/// Keeps what was typed; gives the newsletter. `version` is what the editor read, 0 for a new one; `whole` asks for
/// everything that it needs to go out.
///
/// # Errors
/// [`Error::Fields`] for what does not hold; stale when somebody saved first, or it is on its way.
pub async fn save(
    app: &App,
    staff: StaffId,
    issue: IssueId,
    version: i32,
    draft: Draft,
    whole: bool,
) -> Result<newsletter::Model, Error> {
    use newsletter::Column;
    let draft = draft.checked(whole).map_err(Error::Fields)?;
    let now = app.clock.now();
    let tx = app.db.begin_write().await?;
    magazine::issue(&tx, issue).await?;
    if version == 0 {
        let row = newsletter::ActiveModel {
            id: Set(NewsletterId::new()),
            issue_id: Set(issue),
            subject: Set(draft.subject),
            words: Set(draft.words),
            subject_en: Set(draft.subject_en),
            words_en: Set(draft.words_en),
            sender: Set(draft.sender),
            contact: Set(draft.contact),
            state: Set(NewsletterState::Draft),
            send_at: Set(None),
            reached: Set(None),
            mails: Set(0),
            staff_id: Set(staff),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
        };
        let put = newsletter::Entity::insert(row)
            .on_conflict(OnConflict::column(Column::IssueId).do_nothing().to_owned())
            .exec_without_returning(&tx)
            .await?;
        if put == 0 {
            return Err(db::Error::Stale { what: "newsletter" }.into());
        }
    } else {
        let done = newsletter::Entity::update_many()
            .col_expr(Column::Subject, Expr::value(draft.subject))
            .col_expr(Column::Words, Expr::value(draft.words))
            .col_expr(Column::SubjectEn, Expr::value(draft.subject_en))
            .col_expr(Column::WordsEn, Expr::value(draft.words_en))
            .col_expr(Column::Sender, Expr::value(draft.sender))
            .col_expr(Column::Contact, Expr::value(draft.contact))
            .col_expr(Column::StaffId, Expr::value(staff))
            .col_expr(Column::UpdatedAt, Expr::value(now))
            .col_expr(Column::Version, Expr::value(version + 1))
            .filter(Column::IssueId.eq(issue))
            .filter(Column::Version.eq(version))
            .filter(Column::State.eq(NewsletterState::Draft))
            .exec(&tx)
            .await?;
        one_row(&done, "newsletter")?;
    }
    let row = of(&tx, issue).await?.ok_or(Error::NotFound)?;
    tx.commit().await?;
    Ok(row)
}

/// How many of its mails are in each state.
pub(crate) async fn progress(
    conn: &impl ConnectionTrait,
    id: NewsletterId,
) -> Result<Vec<(OutgoingState, i64)>, Error> {
    let counts: Vec<(OutgoingState, i64)> = newsletter_mail::Entity::find()
        .select_only()
        .column(outgoing_mail::Column::State)
        .column_as(outgoing_mail::Column::Id.count(), "n")
        .join(
            sea_orm::JoinType::InnerJoin,
            newsletter_mail::Entity::belongs_to(outgoing_mail::Entity)
                .from(newsletter_mail::Column::OutgoingId)
                .to(outgoing_mail::Column::Id)
                .into(),
        )
        .filter(newsletter_mail::Column::NewsletterId.eq(id))
        .group_by(outgoing_mail::Column::State)
        .into_tuple()
        .all(conn)
        .await?;
    let mut counts = counts;
    counts.sort_by_key(|(state, _)| OutgoingState::ALL.iter().position(|s| s == state));
    Ok(counts)
}
