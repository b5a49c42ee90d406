//! Reads of this slice.

mod print;

pub(crate) use print::*;

use crate::{Error, article::QuoteBy};
use chrono::{DateTime, Utc};
use db::{
    entity::{
        answer, article, article_change, consent, decision, event, invitation, message, partner, question,
        question_copy, reverse_question, sitting,
    },
    people::{self, Hosts},
    prelude::*,
};
use domain::{
    ArticleId, EventId, InvitationId, Lang, PartnerId, QuestionId, ReverseId,
    person::Person,
    state::{
        answer::AnswerState,
        article::{ArticlePart, ArticleState},
        decision::{DecisionKind, DecisionState},
        people::ConsentPurpose,
        question::{Naming, QuestionState, ReverseState},
    },
};
use sea_orm::sea_query::{Query, SelectStatement};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

pub(crate) async fn event_by_slug(conn: &impl ConnectionTrait, slug: &str) -> Result<event::Model, Error> {
    event::Entity::find()
        .filter(event::Column::Slug.eq(slug))
        .one(conn)
        .await?
        .ok_or(Error::NotFound)
}

pub(crate) async fn event(conn: &impl ConnectionTrait, id: EventId) -> Result<event::Model, Error> {
    event::Entity::find_by_id(id).one(conn).await?.ok_or(Error::NotFound)
}

pub(crate) async fn sittings(conn: &impl ConnectionTrait, id: EventId) -> Result<Vec<sitting::Model>, Error> {
    let all = sitting::Entity::find().filter(sitting::Column::EventId.eq(id));
    Ok(all.order_by_asc(sitting::Column::FirstDay).all(conn).await?)
}

pub(crate) async fn article(conn: &impl ConnectionTrait, id: ArticleId) -> Result<article::Model, Error> {
    article::Entity::find_by_id(id).one(conn).await?.ok_or(Error::NotFound)
}

pub(crate) async fn article_by_slug(conn: &impl ConnectionTrait, slug: &str) -> Result<Option<article::Model>, Error> {
    Ok(article::Entity::find()
        .filter(article::Column::Slug.eq(slug))
        .one(conn)
        .await?)
}

/// The event that somebody was invited to.
pub(crate) async fn event_of(conn: &impl ConnectionTrait, id: InvitationId) -> Result<Option<EventId>, Error> {
    let found = invitation::Entity::find_by_id(id).one(conn).await?;
    Ok(found.map(|row| row.event_id))
}

pub(crate) async fn articles_of(conn: &impl ConnectionTrait, id: EventId) -> Result<Vec<article::Model>, Error> {
    let all = article::Entity::find().filter(article::Column::EventId.eq(id));
    Ok(all.order_by_asc(article::Column::CreatedAt).all(conn).await?)
}

/// How often what readers see has changed.
pub(crate) async fn article_changes(conn: &impl ConnectionTrait) -> Result<i64, Error> {
    let row = article_change::Entity::find().one(conn).await?;
    Ok(row.map_or(0, |row| row.version))
}

/// Slug, version, state, time of publishing, whether its issue is hidden.
pub(crate) type Version = (String, i32, ArticleState, Option<DateTime<Utc>>, bool);

/// What says whether a page of these slugs still stands.
pub(crate) async fn article_versions(conn: &impl ConnectionTrait, slugs: &[&str]) -> Result<Vec<Version>, Error> {
    let rows = article::Entity::find()
        .select_only()
        .columns([
            article::Column::Slug,
            article::Column::Version,
            article::Column::State,
            article::Column::PublishedAt,
            article::Column::Hidden,
        ])
        .filter(article::Column::Slug.is_in(db::padded(slugs)));
    Ok(rows.into_tuple().all(conn).await?)
}

/// `many` articles that may be visible, the last published first, from after `than` on; [`crate::article::visible`]
/// decides. The condition stands in literal words, for the index's sake.
pub(crate) async fn published(
    conn: &impl ConnectionTrait,
    than: Option<&article::Model>,
    many: u64,
) -> Result<Vec<(article::Model, Option<event::Model>)>, Error> {
    let place = || {
        Expr::tuple([
            Expr::col((article::Entity, article::Column::PublishedAt)),
            Expr::col((article::Entity, article::Column::Id)),
        ])
    };
    let mut all = article::Entity::find()
        .filter(Expr::cust("article.state IN ('published', 'corrected')"))
        .filter(article::Column::Hidden.eq(false));
    if let Some(than) = than {
        all = all.filter(place().lt(Expr::tuple([Expr::value(than.published_at), Expr::value(than.id)])));
    }
    let all = all
        .order_by_desc(article::Column::PublishedAt)
        .order_by_desc(article::Column::Id)
        .limit(many)
        .find_also_related(event::Entity)
        .all(conn)
        .await?;
    Ok(all)
}

/// Slug, language, state, when it was published and corrected, whether its issue is hidden.
pub(crate) type Listed = (
    String,
    Lang,
    ArticleState,
    Option<DateTime<Utc>>,
    Option<DateTime<Utc>>,
    bool,
);

/// All articles that may be visible, the last published first, in few words; [`crate::article::stands`] decides.
pub(crate) async fn published_pages(conn: &impl ConnectionTrait) -> Result<Vec<Listed>, Error> {
    let all = article::Entity::find().select_only().columns([
        article::Column::Slug,
        article::Column::Lang,
        article::Column::State,
        article::Column::PublishedAt,
        article::Column::CorrectedAt,
        article::Column::Hidden,
    ]);
    Ok(all
        .filter(Expr::cust("article.state IN ('published', 'corrected')"))
        .order_by_desc(article::Column::PublishedAt)
        .order_by_desc(article::Column::Id)
        .into_tuple()
        .all(conn)
        .await?)
}

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

pub(crate) async fn material(conn: &impl ConnectionTrait, id: EventId) -> Result<Material, Error> {
    let answers = answer::Entity::find()
        .filter(answer::Column::EventId.eq(id))
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
        .order_by_asc(question::Column::Number)
        .all(conn)
        .await?;
    let mut copies: HashMap<QuestionId, String> = question_copy::Entity::find()
        .filter(question_copy::Column::EventId.eq(id))
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
        .all(conn)
        .await?
        .into_iter()
        .filter_map(|d| Some((d.question_id, d.place?)))
        .collect();
    let reverses = reverse_question::Entity::find()
        .filter(reverse_question::Column::EventId.eq(id))
        .filter(reverse_question::Column::State.eq(ReverseState::Sent))
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

/// Who of these agreed to be printed (true), or did not (false): the last word of each counts, and whoever was asked for
/// their consents and left this one out said no, as its text says. Who was never asked for any is absent.
pub(crate) async fn print_consents(
    conn: &impl ConnectionTrait,
    ids: &[InvitationId],
) -> Result<HashMap<InvitationId, bool>, Error> {
    let rows = consent::Entity::find()
        .filter(consent::Column::InvitationId.is_in(ids.iter().copied()))
        .order_by_asc(consent::Column::At)
        .order_by_asc(consent::Column::Id)
        .all(conn)
        .await?;
    let mut said = HashMap::new();
    for row in rows {
        let print = said.entry(row.invitation_id).or_insert(false);
        if row.purpose == ConsentPurpose::Print {
            *print = row.given;
        }
    }
    Ok(said)
}

/// How each of these wanted to be named with their latest question; who asked nothing is absent.
pub(crate) async fn naming_wishes(
    conn: &impl ConnectionTrait,
    ids: &[InvitationId],
) -> Result<HashMap<InvitationId, Naming>, Error> {
    let rows = question::Entity::find()
        .filter(question::Column::InvitationId.is_in(ids.iter().copied()))
        .filter(question::Column::State.is_not_in([QuestionState::Draft, QuestionState::Withdrawn]))
        .order_by_asc(question::Column::CreatedAt)
        .order_by_asc(question::Column::Id)
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|q| (q.invitation_id, q.naming)).collect())
}

/// The names by which these partners go in life, which differ from a pen name.
pub(crate) async fn real_names(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = PartnerId>,
) -> Result<HashMap<PartnerId, String>, Error> {
    let rows = partner::Entity::find()
        .filter(partner::Column::Id.is_in(ids))
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|p| (p.id, p.name)).collect())
}

/// Everyone of the host who stands behind these.
pub(crate) async fn hosts<'a>(
    conn: &impl ConnectionTrait,
    answers: impl Iterator<Item = &'a answer::Model> + Clone,
    reverses: impl Iterator<Item = &'a reverse_question::Model> + Clone,
) -> Result<Hosts, Error> {
    let crew = answers
        .clone()
        .filter_map(|a| a.crew_member_id)
        .chain(reverses.clone().filter_map(|r| r.crew_member_id));
    let speakers = answers
        .clone()
        .filter_map(|a| a.speaker_id)
        .chain(reverses.clone().filter_map(|r| r.speaker_id));
    let staff = answers
        .filter_map(|a| a.staff_id)
        .chain(reverses.filter_map(|r| r.staff_id));
    Ok(people::hosts(conn, crew, speakers, staff).await?)
}

/// Everyone of the host who stands in an article: behind these answers and questions, and quoted by name.
pub(crate) async fn hosts_of(
    conn: &impl ConnectionTrait,
    answers: &[&answer::Model],
    asked: &[Asked],
    material: &Material,
    quoted: &[QuoteBy],
) -> Result<Hosts, Error> {
    let reverses = asked.iter().filter_map(|a| match a {
        Asked::Reverse(id) => material.reverses.get(id),
        Asked::Question(_) => None,
    });
    let (mut crew, mut speakers, mut staff) = (HashSet::new(), HashSet::new(), HashSet::new());
    for answer in answers {
        crew.extend(answer.crew_member_id);
        speakers.extend(answer.speaker_id);
        staff.extend(answer.staff_id);
    }
    for reverse in reverses {
        crew.extend(reverse.crew_member_id);
        speakers.extend(reverse.speaker_id);
        staff.extend(reverse.staff_id);
    }
    for by in quoted {
        match by {
            QuoteBy::Speaker(id) => {
                speakers.insert(*id);
            }
            QuoteBy::Crew(id) => {
                crew.insert(*id);
            }
            QuoteBy::Answer(_) | QuoteBy::Partner(_) => {}
        }
    }
    Ok(people::hosts(conn, crew, speakers, staff).await?)
}

/// The person of the host who said it; the host itself when nobody is noted.
pub(crate) fn host_behind(hosts: &Hosts, answer: &answer::Model, event: &event::Model, lang: Lang) -> Person {
    let speaker = answer.speaker_id.and_then(|id| hosts.speakers.get(&id));
    let crew = answer.crew_member_id.and_then(|id| hosts.crew.get(&id));
    let staff = answer.staff_id.and_then(|id| hosts.staff.get(&id));
    speaker
        .or(crew)
        .or(staff)
        .cloned()
        .unwrap_or_else(|| the_host(event, lang))
}

/// The host as a whole.
pub(crate) fn the_host(event: &event::Model, lang: Lang) -> Person {
    Person::Host {
        nickname: None,
        name: people::in_lang(lang, &event.host_name, &event.host_name_en),
        title: None,
        team: None,
        affiliate: None,
    }
}

/// Who answered, in either language.
#[derive(Debug)]
pub(crate) struct ByLine {
    ko: String,
    en: String,
}

impl ByLine {
    pub(crate) fn in_lang(&self, lang: Lang) -> String {
        people::in_lang(lang, &self.ko, &self.en)
    }
}

pub(crate) async fn answerer_line(
    conn: &impl ConnectionTrait,
    answer: &answer::Model,
    event: &event::Model,
) -> Result<ByLine, Error> {
    let hosts = hosts(conn, std::iter::once(answer), std::iter::empty()).await?;
    let line = |lang| host_behind(&hosts, answer, event, lang).line();
    Ok(ByLine {
        ko: line(Lang::Ko),
        en: line(Lang::En),
    })
}
