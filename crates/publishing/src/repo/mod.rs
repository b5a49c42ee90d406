//! Reads of this slice.

mod material;
mod print;

pub use material::Asked;
pub(crate) use material::{Material, material, offered, offered_counts};
pub(crate) use print::*;

use crate::{Error, article::QuoteBy};
use chrono::{DateTime, Utc};
use db::{
    entity::{
        answer, article, article_change, consent, event, invitation, partner, question, reverse_question, sitting,
    },
    people::{self, Hosts},
    prelude::*,
};
use domain::{
    ArticleId, EventId, InvitationId, Lang, PartnerId,
    person::Person,
    state::{
        article::ArticleState,
        people::ConsentPurpose,
        question::{Naming, QuestionState},
    },
};
use std::collections::{HashMap, HashSet};

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
