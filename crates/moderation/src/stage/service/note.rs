//! What was said on stage becomes an answer in review.

use super::{asides, hold};
use crate::{
    Error, Result,
    answers::service::receive,
    service::deed::record,
    stage::{
        rehearsal::{self, Rehearsal},
        repo::{self, Kept},
        service::Shown,
    },
    triage::repo as triage,
};
use db::{
    audit::{self, Actor},
    entity::{answer, assignment, invitation, reverse_question, speaker},
    prelude::*,
};
use domain::{
    AnswerId, EventId, InvitationId, QuestionId, RehearsalId, ReverseId, SpeakerId, StaffId,
    state::{
        answer::{AnswerSource, AnswerState},
        question::ReverseState,
    },
    text::AnswerText,
};
use serde_json::json;
use web::App;

/// What was answered: a question, by a speaker; or one that the host asked back, by a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Question(QuestionId),
    Reverse(ReverseId, InvitationId),
}

/// A note as it was typed.
#[derive(Clone, Copy, Debug)]
pub struct Note<'a> {
    pub about: About,
    /// Who spoke, when it was not the one who was named.
    pub speaker: Option<SpeakerId>,
    pub text: &'a str,
    /// The version of the answer that it was made from, 0 where there was none; `None` takes the place of what stands.
    pub base: Option<i32>,
    /// It is saved while it is typed: the audit log hears of the first time.
    pub typing: bool,
    /// In which it was typed.
    pub rehearsal: Option<RehearsalId>,
}

impl About {
    const fn shown(self) -> Shown {
        match self {
            Self::Question(id) => Shown::Question(id),
            Self::Reverse(id, _) => Shown::Reverse(id),
        }
    }

    const fn partner(self) -> Option<InvitationId> {
        match self {
            Self::Question(_) => None,
            Self::Reverse(_, partner) => Some(partner),
        }
    }
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// It stands, as this version.
    Stands { answer: AnswerId, version: i32 },
    /// Somebody else's note stands; this one is kept beside it.
    Beside(AnswerId),
}

/// Notes the answer that was given; it goes to review. Noting again, while it is not approved, replaces the text.
///
/// # Errors
/// [`Error::Text`] for an empty text, stale when the question is not on stage, [`Error::Refused`] when the answer was
/// approved meanwhile.
pub async fn note_answer(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    question: QuestionId,
    speaker: Option<SpeakerId>,
    text: &str,
) -> Result<AnswerId> {
    let said = Note {
        about: About::Question(question),
        speaker,
        text,
        base: None,
        typing: false,
        rehearsal: None,
    };
    match note(tx, app, staff, said).await? {
        Noted::Stands { answer, .. } | Noted::Beside(answer) => Ok(answer),
    }
}

/// What a note does to the one that stands.
pub(in crate::stage) enum Fate {
    /// Another text stands by now, and this one does not go on where that one ends.
    Beside,
    Same,
    Change,
}

pub(in crate::stage) fn fate(before: &Kept, base: Option<i32>, text: &str, speaker: Option<SpeakerId>) -> Fate {
    let overtaken = base.is_some_and(|base| base != before.version);
    if overtaken && !text.starts_with(&before.body) {
        Fate::Beside
    } else if before.body == text && speaker.is_none_or(|speaker| before.speaker == Some(speaker)) {
        Fate::Same
    } else {
        Fate::Change
    }
}

/// The same with the version that the note was made from. When another text stands by now, and this one does not go on
/// where that one ends, both are kept.
///
/// # Errors
/// As [`note_answer`]; [`Error::NotFound`] for a partner of another event; a refusal when a rehearsal has begun or ended
/// since the page was made.
pub async fn note(tx: &WriteTx, app: &App, staff: StaffId, said: Note<'_>) -> Result<Noted> {
    let text = AnswerText::parse(said.text)?.into_string();
    let place = place(tx, &said).await?;
    if let Some(rehearsal) = rehearsal::held(tx, app, place.event, said.rehearsal).await? {
        return rehearsed(tx, rehearsal, staff, &said, &place, text).await;
    }
    let Some(before) = standing(tx, said.about).await? else {
        let answer = insert(tx, app, staff, &place, text).await?;
        told(tx, app, staff, &place, answer).await?;
        return Ok(Noted::Stands { answer, version: 1 });
    };
    let (answer, version) = (before.id, before.version);
    match fate(&before, said.base, &text, place.speaker) {
        Fate::Beside => {
            asides::keep(tx, app, answer, staff, text).await?;
            Ok(Noted::Beside(answer))
        }
        Fate::Same => Ok(Noted::Stands { answer, version }),
        Fate::Change => {
            change(tx, app, &before, place.speaker, text).await?;
            if !said.typing {
                told(tx, app, staff, &place, answer).await?;
            }
            let version = version + 1;
            Ok(Noted::Stands { answer, version })
        }
    }
}

/// In a rehearsal no answer comes of it, and nobody hears of it.
async fn rehearsed(
    tx: &WriteTx,
    mut rehearsal: Rehearsal,
    staff: StaffId,
    said: &Note<'_>,
    place: &Place,
    text: String,
) -> Result<Noted> {
    let about = said.about.shown();
    if rehearsal.book.is_gone(about) {
        return Err(db::Error::Stale { what: "question" }.into());
    }
    let noted = rehearsal.book.note(rehearsal::Typed {
        about,
        partner: said.about.partner(),
        speaker: place.speaker,
        text,
        base: said.base,
        staff,
    });
    rehearsal.save(tx).await?;
    Ok(noted)
}

/// Where a note belongs; its question is held until the commit.
struct Place {
    event: EventId,
    about: About,
    speaker: Option<SpeakerId>,
    question: Option<db::entity::question::Model>,
    /// By which the partner is asked the same by mail.
    asked: Option<assignment::Model>,
}

async fn place(tx: &WriteTx, said: &Note<'_>) -> Result<Place> {
    match said.about {
        About::Question(id) => {
            let question = hold(tx, id).await?;
            let decision = triage::live_of(tx, id).await?;
            let speaker = match said.speaker {
                Some(id) => {
                    let found = speaker::Entity::find_by_id(id).filter(speaker::Column::EventId.eq(question.event_id));
                    Some(found.one(tx).await?.ok_or(Error::NotFound)?.id)
                }
                None => decision.and_then(|d| d.speaker_id),
            };
            Ok(Place {
                event: question.event_id,
                about: said.about,
                speaker,
                question: Some(question),
                asked: None,
            })
        }
        About::Reverse(id, partner) => {
            let event = hold_reverse(tx, id).await?;
            let invited = invitation::Entity::find_by_id(partner).filter(invitation::Column::EventId.eq(event));
            invited.one(tx).await?.ok_or(Error::NotFound)?;
            let asked = assignment::Entity::find()
                .filter(assignment::Column::ReverseId.eq(id))
                .filter(assignment::Column::InvitationId.eq(partner));
            Ok(Place {
                event,
                about: said.about,
                speaker: None,
                question: None,
                asked: asked.one(tx).await?,
            })
        }
    }
}

/// The question asked back, kept as it is until the transaction ends; gives its event.
async fn hold_reverse(tx: &WriteTx, id: ReverseId) -> Result<EventId> {
    let result = reverse_question::Entity::update_many()
        .col_expr(
            reverse_question::Column::Version,
            Expr::col(reverse_question::Column::Version),
        )
        .filter(reverse_question::Column::Id.eq(id))
        .filter(reverse_question::Column::State.is_in([ReverseState::Picked, ReverseState::Sent]))
        .exec(tx)
        .await?;
    one_row(&result, "reverse question")?;
    let row = reverse_question::Entity::find_by_id(id).one(tx).await?;
    Ok(row.ok_or(Error::NotFound)?.event_id)
}

async fn standing(conn: &impl ConnectionTrait, about: About) -> Result<Option<Kept>> {
    Ok(match about {
        About::Question(id) => repo::notes(conn, [id], None).await?.pop(),
        About::Reverse(id, partner) => {
            let notes = repo::reverse_notes(conn, id, None).await?;
            notes.into_iter().find(|note| note.partner == Some(partner))
        }
    })
}

async fn insert(tx: &WriteTx, app: &App, staff: StaffId, place: &Place, text: String) -> Result<AnswerId> {
    let (question, reverse, partner) = match place.about {
        About::Question(id) => (Some(id), None, None),
        About::Reverse(id, partner) => (None, Some(id), Some(partner)),
    };
    let position = match reverse {
        Some(id) => crate::reverse::repo::answers(tx, id)
            .await?
            .last()
            .map_or(0, |a| a.position + 1),
        None => 0,
    };
    let id = AnswerId::new();
    let row = answer::ActiveModel {
        id: Set(id),
        event_id: Set(place.event),
        question_id: Set(question),
        reverse_id: Set(reverse),
        assignment_id: Set(place.asked.as_ref().map(|a| a.id)),
        source: Set(AnswerSource::Stage),
        crew_member_id: Set(None),
        speaker_id: Set(place.speaker),
        invitation_id: Set(partner),
        // Who noted it; it stands under the speaker's name where there is one.
        staff_id: Set(Some(staff)),
        incoming_id: Set(None),
        original: Set(text.clone()),
        body: Set(text),
        state: Set(AnswerState::InReview),
        position: Set(position),
        version: Set(1),
        received_at: Set(app.clock.now()),
        reviewed_by: Set(None),
        reviewed_at: Set(None),
    };
    answer::Entity::insert(row).exec_without_returning(tx).await?;
    if let Some(asked) = &place.asked {
        receive::answered(tx, app, asked.id).await?;
    }
    Ok(id)
}

async fn change(tx: &WriteTx, app: &App, before: &Kept, speaker: Option<SpeakerId>, text: String) -> Result<()> {
    let result = answer::Entity::update_many()
        .col_expr(answer::Column::Original, Expr::value(text.clone()))
        .col_expr(answer::Column::Body, Expr::value(text))
        .col_expr(answer::Column::SpeakerId, Expr::value(speaker.or(before.speaker)))
        .col_expr(answer::Column::State, Expr::value(AnswerState::InReview))
        .col_expr(answer::Column::Version, Expr::value(before.version + 1))
        .col_expr(answer::Column::ReceivedAt, Expr::value(app.clock.now()))
        .filter(answer::Column::Id.eq(before.id))
        .filter(answer::Column::Version.eq(before.version))
        .filter(answer::Column::State.is_in([AnswerState::InReview, AnswerState::Returned]))
        .exec(tx)
        .await?;
    if result.rows_affected == 1 {
        Ok(())
    } else {
        Err(Error::Refused("refused-note-approved"))
    }
}

async fn told(tx: &WriteTx, app: &App, staff: StaffId, place: &Place, answer: AnswerId) -> Result<()> {
    let details = json!({ "answer": answer });
    if let Some(question) = &place.question {
        return record(tx, app, staff, question, "answer.noted", details).await;
    }
    let entry = audit::Entry {
        event: Some(place.event),
        actor: Actor::Staff(staff),
        action: "answer.noted",
        subject: ("answer", Some(answer.uuid())),
        details,
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}
