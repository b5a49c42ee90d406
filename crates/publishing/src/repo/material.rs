//! What an event offers its articles: everything that was asked and has an approved answer.

use crate::{
    Error,
    article::{BlockBody, Draft, QuoteBy},
};
use db::{
    entity::{answer, decision, message, question, question_copy, reverse_question},
    prelude::*,
};
use domain::{
    AnswerId, EventId, QuestionId, ReverseId,
    state::{
        answer::AnswerState,
        article::ArticlePart,
        decision::{DecisionKind, DecisionState},
        question::{QuestionState, ReverseState},
    },
};
use sea_orm::sea_query::{Query, SelectStatement};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What an event offers an article: everything that was asked and has an approved answer.
#[derive(Debug, Default)]
pub(crate) struct Material {
    /// By place, where they were answered on stage.
    pub(crate) live: Vec<QuestionId>,
    /// By number: what the crews answered.
    pub(crate) crew: Vec<QuestionId>,
    /// By place.
    pub(crate) reverse: Vec<ReverseId>,
    /// Each as its copy for print says it, where there is one.
    pub(crate) questions: HashMap<QuestionId, question::Model>,
    pub(crate) reverses: HashMap<ReverseId, reverse_question::Model>,
    /// Approved answers in their order; several may belong to one question.
    pub(crate) answers: Vec<answer::Model>,
}

impl Material {
    pub(crate) fn answers_to(&self, to: Asked) -> Vec<&answer::Model> {
        self.answers.iter().filter(|a| to.is_asked_of(a)).collect()
    }

    /// Whether it was asked at this event.
    pub(crate) fn knows(&self, asked: Asked) -> bool {
        match asked {
            Asked::Question(id) => self.questions.contains_key(&id),
            Asked::Reverse(id) => self.reverses.contains_key(&id),
        }
    }
}

/// What an exchange is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    Question(QuestionId),
    Reverse(ReverseId),
}

impl Asked {
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Question(id) => id.uuid(),
            Self::Reverse(id) => id.uuid(),
        }
    }

    /// The conversation to which it belongs.
    pub const fn side(self) -> ArticlePart {
        match self {
            Self::Question(_) => ArticlePart::CompanyAnswers,
            Self::Reverse(_) => ArticlePart::PartnersAnswer,
        }
    }

    pub(crate) fn is_asked_of(self, answer: &answer::Model) -> bool {
        match self {
            Self::Question(id) => answer.question_id == Some(id),
            Self::Reverse(id) => answer.reverse_id == Some(id),
        }
    }
}

/// One letter and an id: as it stands in forms.
impl std::fmt::Display for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Question(id) => write!(f, "q{id}"),
            Self::Reverse(id) => write!(f, "r{id}"),
        }
    }
}

impl std::str::FromStr for Asked {
    type Err = Error;

    fn from_str(s: &str) -> Result<Self, Error> {
        let id = s.get(1..).ok_or(Error::NotFound)?;
        match s.as_bytes().first() {
            Some(b'q') => id.parse().map(Self::Question).map_err(|_| Error::NotFound),
            Some(b'r') => id.parse().map(Self::Reverse).map_err(|_| Error::NotFound),
            _ => Err(Error::NotFound),
        }
    }
}

/// The answers of an event that answer a follow-up.
fn follow_ups(id: EventId) -> SelectStatement {
    Query::select()
        .column(message::Column::AnswerId)
        .from(message::Entity)
        .and_where(message::Column::EventId.eq(id))
        .and_where(message::Column::AnswerId.is_not_null())
        .to_owned()
}

/// What a draft names.
#[derive(Default)]
struct Named {
    questions: Vec<QuestionId>,
    reverses: Vec<ReverseId>,
    answers: Vec<AnswerId>,
}

impl Named {
    fn of(draft: &Draft) -> Self {
        let mut all = Self::default();
        for block in &draft.blocks {
            match block.body {
                BlockBody::Quote {
                    by: QuoteBy::Answer(id),
                    ..
                } => all.answers.push(id),
                _ => match block.body.asked() {
                    Some(Asked::Question(id)) => all.questions.push(id),
                    Some(Asked::Reverse(id)) => all.reverses.push(id),
                    None => {}
                },
            }
        }
        all
    }
}

/// Everything, or what is named.
fn within(named: &Option<Named>, only: impl Fn(&Named) -> Condition) -> Condition {
    named.as_ref().map_or_else(Condition::all, only)
}

/// All that an article of the event may hold or, with a draft, what that draft names: an event may have a hundred thousand
/// questions, and an article that is saved as one types names a hundred at most.
pub(crate) async fn material(
    conn: &impl ConnectionTrait,
    id: EventId,
    draft: Option<&Draft>,
) -> Result<Material, Error> {
    let named = draft.map(Named::of);
    let answers = answer::Entity::find()
        .filter(answer::Column::EventId.eq(id))
        .filter(within(&named, |n| {
            Condition::any()
                .add(answer::Column::QuestionId.is_in(n.questions.clone()))
                .add(answer::Column::ReverseId.is_in(n.reverses.clone()))
                .add(answer::Column::Id.is_in(n.answers.clone()))
        }))
        .filter(answer::Column::State.eq(AnswerState::Approved))
        // What answers a follow-up is for its asker alone: without their words it would puzzle a reader.
        .filter(answer::Column::Id.not_in_subquery(follow_ups(id)))
        .order_by_asc(answer::Column::Position)
        .order_by_asc(answer::Column::ReceivedAt)
        .order_by_asc(answer::Column::Id)
        .all(conn)
        .await?;
    let answered: HashSet<QuestionId> = answers.iter().filter_map(|a| a.question_id).collect();
    let back: HashSet<ReverseId> = answers.iter().filter_map(|a| a.reverse_id).collect();
    let mut questions = question::Entity::find()
        .filter(question::Column::EventId.eq(id))
        .filter(question::Column::State.is_in([QuestionState::Live, QuestionState::Routed]))
        .filter(within(&named, |n| {
            Condition::all().add(question::Column::Id.is_in(n.questions.clone()))
        }))
        .order_by_asc(question::Column::Number)
        .all(conn)
        .await?;
    let mut copies: HashMap<QuestionId, String> = question_copy::Entity::find()
        .filter(question_copy::Column::EventId.eq(id))
        .filter(within(&named, |n| {
            Condition::all().add(question_copy::Column::QuestionId.is_in(n.questions.clone()))
        }))
        .all(conn)
        .await?
        .into_iter()
        .map(|c| (c.question_id, c.body))
        .collect();
    for question in &mut questions {
        if let Some(copy) = copies.remove(&question.id) {
            question.body = copy;
        }
    }
    let places: HashMap<QuestionId, i32> = decision::Entity::find()
        .filter(decision::Column::EventId.eq(id))
        .filter(decision::Column::Kind.eq(DecisionKind::Live))
        .filter(decision::Column::State.eq(DecisionState::Released))
        .filter(within(&named, |n| {
            Condition::all().add(decision::Column::QuestionId.is_in(n.questions.clone()))
        }))
        .all(conn)
        .await?
        .into_iter()
        .filter_map(|d| Some((d.question_id, d.place?)))
        .collect();
    let reverses = reverse_question::Entity::find()
        .filter(reverse_question::Column::EventId.eq(id))
        .filter(reverse_question::Column::State.eq(ReverseState::Sent))
        .filter(within(&named, |n| {
            Condition::all().add(reverse_question::Column::Id.is_in(n.reverses.clone()))
        }))
        .order_by_asc(reverse_question::Column::Place)
        .all(conn)
        .await?;
    let ready = questions.iter().filter(|q| answered.contains(&q.id));
    let (mut live, crew): (Vec<QuestionId>, Vec<QuestionId>) =
        ready.map(|q| q.id).partition(|q| places.contains_key(q));
    live.sort_by_key(|q| places.get(q).copied());
    Ok(Material {
        live,
        crew,
        reverse: reverses.iter().filter(|r| back.contains(&r.id)).map(|r| r.id).collect(),
        questions: questions.into_iter().map(|q| (q.id, q)).collect(),
        reverses: reverses.into_iter().map(|r| (r.id, r)).collect(),
        answers,
    })
}
