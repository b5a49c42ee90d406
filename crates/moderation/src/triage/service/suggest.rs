//! A service that suits a question better than the one its asker chose: shown as a proposal with its reason, never applied
//! by itself. It comes from the services' own words and from where people routed questions like it before.

use crate::Result;
use chrono::{DateTime, TimeDelta, Utc};
use db::{
    entity::{decision, question, service},
    prelude::*,
};
use domain::{
    EventId, QuestionId, ServiceId,
    state::decision::{DecisionKind, DecisionState},
};
use similar::{Asked, Index};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use web::App;

/// So many of the last routings are learned from.
const LEARNED: u64 = 2_000;
/// So many of the nearest have a say.
const NEIGHBOURS: usize = 5;
/// Less alike than this says nothing. On the scale of [`Index::quick`].
const LEAST: f32 = 0.25;
/// What a service's name within the text counts for.
const NAMED: f32 = 0.8;
/// What likeness to a service's description counts for, at most.
const DESCRIBED: f32 = 0.5;
/// A proposal needs this much, and this much more than what speaks for the chosen service.
const ENOUGH: f32 = 0.45;
const AHEAD: f32 = 1.4;
/// What was learned is used for so long.
const KEPT: TimeDelta = TimeDelta::seconds(30);

/// A proposal, with what speaks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub service: ServiceId,
    /// The text names the service so.
    pub named: Option<String>,
    /// Questions like it that were routed there, nearest first.
    pub like: Vec<Like>,
}

/// A question that was routed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Like {
    pub question: QuestionId,
    pub event: EventId,
    pub number: i32,
}

/// What was learned from the routings so far.
struct Known {
    at: DateTime<Utc>,
    routed: Index<u32>,
    places: Vec<(Like, ServiceId)>,
    described: Index<u32>,
    services: Vec<service::Model>,
}

/// Keeps what was learned for a moment, so that a page that is opened often does not read it each time.
#[derive(Default)]
pub struct Advisor(Mutex<Option<Arc<Known>>>);

impl Advisor {
    /// The one of this process.
    pub fn of(app: &App) -> Arc<Self> {
        app.parts.get(Self::default)
    }

    /// Proposals for those of `questions` that speak of another service than the one they are about.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn proposals(&self, app: &App, questions: &[question::Model]) -> Result<HashMap<QuestionId, Proposal>> {
        let known = self.known(app).await?;
        let found = questions
            .iter()
            .filter_map(|q| Some((q.id, known.propose(q.id, &q.body, q.service_id)?)));
        Ok(found.collect())
    }

    async fn known(&self, app: &App) -> Result<Arc<Known>> {
        let now = app.clock.now();
        let kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        if let Some(known) = kept.filter(|k| now - k.at < KEPT && now >= k.at) {
            return Ok(known);
        }
        let fresh = Arc::new(Known::read(app).await?);
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Arc::clone(&fresh));
        Ok(fresh)
    }
}

impl Known {
    async fn read(app: &App) -> Result<Self> {
        let conn = app.db.reader();
        let services = service::Entity::find()
            .order_by_asc(service::Column::Position)
            .all(conn)
            .await?;
        let routed = decision::Entity::find()
            .filter(decision::Column::Kind.eq(DecisionKind::Route))
            .filter(decision::Column::State.ne(DecisionState::Dropped))
            .order_by_desc(decision::Column::Id)
            .limit(LEARNED)
            .all(conn)
            .await?;
        let questions = question::Entity::find()
            .filter(question::Column::Id.is_in(routed.iter().map(|d| d.question_id)))
            .all(conn)
            .await?;
        let mut questions: HashMap<QuestionId, question::Model> = questions.into_iter().map(|q| (q.id, q)).collect();
        let routed = routed.into_iter().filter_map(|decision| {
            let question = questions.remove(&decision.question_id)?;
            let like = Like {
                question: question.id,
                event: question.event_id,
                number: question.number.unwrap_or_default(),
            };
            Some((like, decision.service_id?, question.body))
        });
        let now = app.clock.now();
        let routed: Vec<_> = routed.collect();
        // Seconds of arithmetic for thousands of texts must not hold up the pages of others.
        let known = tokio::task::spawn_blocking(move || Self::learn(now, routed, services)).await;
        known.map_err(|e| db::Error::from(sea_orm::DbErr::Custom(e.to_string())).into())
    }

    fn learn(at: DateTime<Utc>, rows: Vec<(Like, ServiceId, String)>, services: Vec<service::Model>) -> Self {
        let mut routed = Index::default();
        let mut places = Vec::with_capacity(rows.len());
        for (n, (like, service, body)) in (0..).zip(rows) {
            routed.insert(n, &body);
            places.push((like, service));
        }
        let mut described = Index::default();
        for (n, s) in (0..).zip(&services) {
            described.insert(n, &format!("{} {} {} {}", s.name, s.name_en, s.blurb, s.blurb_en));
        }
        Self {
            at,
            routed,
            places,
            described,
            services,
        }
    }

    fn propose(&self, question: QuestionId, body: &str, chosen: ServiceId) -> Option<Proposal> {
        let mut weight: HashMap<ServiceId, f32> = HashMap::new();
        let near = self.routed.quick(Asked::Text(body), NEIGHBOURS + 1);
        let near: Vec<(Like, ServiceId, f32)> = near
            .into_iter()
            .filter(|(_, score)| *score >= LEAST)
            .filter_map(|(n, score)| {
                let (like, service) = *self.places.get(usize::try_from(n).ok()?)?;
                (like.question != question).then_some((like, service, score))
            })
            .take(NEIGHBOURS)
            .collect();
        for (_, service, score) in &near {
            *weight.entry(*service).or_default() += score;
        }
        for (n, score) in self.described.quick(Asked::Text(body), 3) {
            let service = usize::try_from(n).ok().and_then(|n| self.services.get(n));
            if let Some(service) = service {
                *weight.entry(service.id).or_default() += score * DESCRIBED;
            }
        }
        let named: HashMap<ServiceId, &str> = self
            .services
            .iter()
            .filter_map(|s| Some((s.id, names(body, s)?)))
            .collect();
        for id in named.keys() {
            *weight.entry(*id).or_default() += NAMED;
        }
        let own = weight.get(&chosen).copied().unwrap_or_default();
        let order = |id: &ServiceId| self.services.iter().position(|s| s.id == *id);
        let (best, score) = weight
            .into_iter()
            .filter(|(id, _)| *id != chosen && order(id).is_some())
            .max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| order(&b.0).cmp(&order(&a.0))))?;
        let like: Vec<Like> = near.iter().filter(|(_, s, _)| *s == best).map(|(l, ..)| *l).collect();
        let named = named.get(&best).map(|name| (*name).to_owned());
        // Likeness to a description alone is no reason that one could tell anybody.
        let can_tell = named.is_some() || !like.is_empty();
        (can_tell && score >= ENOUGH && score >= own * AHEAD).then_some(Proposal {
            service: best,
            named,
            like,
        })
    }
}

/// The service's name as it stands in the text; a name of one letter names nothing.
fn names<'a>(body: &str, service: &'a service::Model) -> Option<&'a str> {
    let plain = |text: &str| -> String {
        text.chars()
            .filter(|c| !c.is_whitespace())
            .flat_map(char::to_lowercase)
            .collect()
    };
    [&service.name, &service.name_en].into_iter().find_map(|name| {
        let stands = if name.is_ascii() {
            // A Latin name must stand as words of its own: "Map" is not in "mapping".
            let wanted = latin_words(name);
            wanted.len() > 2 && format!(" {} ", latin_words(body)).contains(&format!(" {wanted} "))
        } else {
            let wanted = plain(name);
            wanted.chars().count() > 1 && plain(body).contains(&wanted)
        };
        stands.then_some(name.as_str())
    })
}

fn latin_words(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(name: &str, name_en: &str, blurb: &str) -> service::Model {
        service::Model {
            id: ServiceId::new(),
            name: name.into(),
            name_en: name_en.into(),
            blurb: blurb.into(),
            blurb_en: String::new(),
            position: 0,
        }
    }

    fn like(number: i32) -> Like {
        Like {
            question: QuestionId::new(),
            event: EventId::new(),
            number,
        }
    }

    #[test]
    fn what_was_routed_before_and_what_a_text_names_propose_and_say_why() {
        let pay = service("까치지갑", "Magpie Pay", "정산과 결제");
        let map = service("오솔길지도", "Path Maps", "장소와 길 찾기");
        let ride = service("바람택시", "Breeze Taxi", "호출과 운행");
        let rows = vec![
            (like(1), pay.id, "정산금은 언제 입금되나요?".to_owned()),
            (like(2), pay.id, "정산 주기를 앞당길 수 있나요?".to_owned()),
            (like(3), map.id, "지도에 가게 위치가 잘못 나와요".to_owned()),
        ];
        let known = Known::learn(DateTime::UNIX_EPOCH, rows, vec![pay.clone(), map.clone(), ride.clone()]);
        let q = QuestionId::new();
        let found = known
            .propose(q, "정산 주기를 더 앞당길 수 있을까요?", ride.id)
            .expect("like question 2");
        assert_eq!((found.service, found.like[0].number), (pay.id, 2));
        assert_eq!(found.named, None);
        let found = known
            .propose(q, "오솔길 지도에 할인 표시를 넣고 싶습니다", ride.id)
            .expect("named");
        assert_eq!((found.service, found.named.as_deref()), (map.id, Some("오솔길지도")));
        let found = known
            .propose(q, "Can Path Maps show our opening hours?", ride.id)
            .expect("named");
        assert_eq!(found.named.as_deref(), Some("Path Maps"));
        assert_eq!(
            known.propose(q, "정산 주기를 앞당길 수 있나요?", pay.id),
            None,
            "it is there already"
        );
        assert_eq!(
            known.propose(q, "점심은 무엇인가요?", ride.id),
            None,
            "nothing speaks for another"
        );
        assert_eq!(known.propose(q, "", ride.id), None);
    }
}
