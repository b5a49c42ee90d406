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
use sea_orm::{
    Select,
    sea_query::{Query, SelectStatement},
};
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

/// Questions of the event that are in this state and have an approved answer, by number.
fn answered(id: EventId, state: QuestionState) -> Select<question::Entity> {
    let answers = Query::select()
        .column(answer::Column::QuestionId)
        .from(answer::Entity)
        .and_where(answer::Column::EventId.eq(id))
        .and_where(answer::Column::State.eq(AnswerState::Approved))
        .and_where(answer::Column::QuestionId.is_not_null())
        .and_where(answer::Column::Id.not_in_subquery(follow_ups(id)))
        .to_owned();
    question::Entity::find()
        .filter(question::Column::EventId.eq(id))
        .filter(question::Column::State.eq(state))
        .filter(question::Column::Id.in_subquery(answers))
        .order_by_asc(question::Column::Number)
}

/// Questions asked back that are on their way, with an approved answer.
fn answered_back(id: EventId) -> Select<reverse_question::Entity> {
    let answers = Query::select()
        .column(answer::Column::ReverseId)
        .from(answer::Entity)
        .and_where(answer::Column::EventId.eq(id))
        .and_where(answer::Column::State.eq(AnswerState::Approved))
        .and_where(answer::Column::ReverseId.is_not_null())
        .to_owned();
    reverse_question::Entity::find()
        .filter(reverse_question::Column::EventId.eq(id))
        .filter(reverse_question::Column::State.eq(ReverseState::Sent))
        .filter(reverse_question::Column::Id.in_subquery(answers))
}

/// How many exchanges an event offers: answered on stage, by crews, asked back.
pub(crate) async fn offered_counts(conn: &impl ConnectionTrait, id: EventId) -> Result<[u64; 3], Error> {
    Ok([
        answered(id, QuestionState::Live).count(conn).await?,
        answered(id, QuestionState::Routed).count(conn).await?,
        answered_back(id).count(conn).await?,
    ])
}

/// What an editor may choose from: all that was answered on stage or asked back, and of what the crews answered at most `most`
/// whose question holds `find`, by number. The second is true when there are more.
pub(crate) async fn offered(
    conn: &impl ConnectionTrait,
    id: EventId,
    find: &str,
    most: u64,
) -> Result<(Material, bool), Error> {
    let ids = |found: Select<question::Entity>| found.select_only().column(question::Column::Id).into_tuple();
    let mut questions: Vec<QuestionId> = ids(answered(id, QuestionState::Live)).all(conn).await?;
    let mut crew = answered(id, QuestionState::Routed);
    if !find.is_empty() {
        crew = crew.filter(question::Column::Body.contains(find));
    }
    let mut crew: Vec<QuestionId> = ids(crew.limit(most + 1)).all(conn).await?;
    let more = crew.len() as u64 > most;
    crew.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    questions.extend(crew);
    let reverses = answered_back(id)
        .select_only()
        .column(reverse_question::Column::Id)
        .into_tuple()
        .all(conn)
        .await?;
    let named = Named {
        questions,
        reverses,
        answers: Vec::new(),
    };
    Ok((read(conn, id, &named).await?, more))
}

/// What the draft names, and no more: an event may have a hundred thousand questions, and an article that is saved as one
/// types names a hundred at most.
pub(crate) async fn material(conn: &impl ConnectionTrait, id: EventId, draft: &Draft) -> Result<Material, Error> {
    read(conn, id, &Named::of(draft)).await
}

async fn read(conn: &impl ConnectionTrait, id: EventId, named: &Named) -> Result<Material, Error> {
    let answers = answer::Entity::find()
        .filter(answer::Column::EventId.eq(id))
        .filter(
            Condition::any()
                .add(answer::Column::QuestionId.is_in(named.questions.clone()))
                .add(answer::Column::ReverseId.is_in(named.reverses.clone()))
                .add(answer::Column::Id.is_in(named.answers.clone())),
        )
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
        .filter(question::Column::Id.is_in(named.questions.clone()))
        .order_by_asc(question::Column::Number)
        .all(conn)
        .await?;
    let mut copies: HashMap<QuestionId, String> = question_copy::Entity::find()
        .filter(question_copy::Column::EventId.eq(id))
        .filter(question_copy::Column::QuestionId.is_in(named.questions.clone()))
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
        .filter(decision::Column::QuestionId.is_in(named.questions.clone()))
        .all(conn)
        .await?
        .into_iter()
        .filter_map(|d| Some((d.question_id, d.place?)))
        .collect();
    let reverses = reverse_question::Entity::find()
        .filter(reverse_question::Column::EventId.eq(id))
        .filter(reverse_question::Column::State.eq(ReverseState::Sent))
        .filter(reverse_question::Column::Id.is_in(named.reverses.clone()))
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
