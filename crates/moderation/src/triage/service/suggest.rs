//! A service that suits a question better than the one its asker chose: shown as a proposal with its reason, never applied
//! by itself. It comes from the services' own words and from where people routed questions like it before.

use crate::{
    Result,
    triage::{repo, similar::likeness},
};
use db::{
    entity::{event, question, service},
    prelude::*,
};
use domain::{EventId, Lang, QuestionId, ServiceId};
use likeness::About;
use similar::{Asked, Index};
use std::{collections::HashMap, time::Duration};
use web::App;

/// Besides the event's own, so many of the latest others are asked for questions that were routed.
const EVENTS_BEFORE: u64 = 2;
/// So many of the nearest are looked at, of which not all were routed,
const LOOKED_AT: usize = 12;
/// and so many have a say.
const NEIGHBOURS: usize = 5;
/// The page does not wait longer for an index that is being made; it then proposes by names alone.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// Less alike than this says nothing: on the scale of `quick`. Of the demo's 83 questions, each against all others, 16 of
/// the 20 neighbours from here on concern the same service, and 26 of 34 from 0.2 on.
const LEAST: f32 = 0.22;
/// What a service's name within the text counts for.
const NAMED: f32 = 0.8;
/// What likeness to a service's description counts for, at most.
const DESCRIBED: f32 = 0.5;
/// A proposal needs this much, and this much more than what speaks for the chosen service. Of the demo's questions, each
/// put to each wrong service, 30 % are led back with it and none is led elsewhere; with [`LEAST`] at 0.14 it would be half,
/// and every eighth proposal wrong.
const ENOUGH: f32 = 0.3;
const AHEAD: f32 = 1.4;

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
    pub event: EventId,
    pub number: i32,
}

/// A neighbour that was routed, where to, and how alike it is.
type Near = (Like, ServiceId, f32);

/// Proposals for those of an event's `questions` that speak of another service than the one they are about.
///
/// # Errors
/// When the database refuses.
pub async fn proposals(
    app: &App,
    event: EventId,
    questions: &[question::Model],
) -> Result<HashMap<QuestionId, Proposal>> {
    if questions.is_empty() {
        return Ok(HashMap::new());
    }
    let conn = app.db.reader();
    let services = service::Entity::find()
        .order_by_asc(service::Column::Position)
        .all(conn)
        .await?;
    let near = neighbours(app, event, questions).await?;
    let words = Words::of(services);
    let found = questions
        .iter()
        .zip(near)
        .filter_map(|(q, near)| Some((q.id, words.propose(&q.body, q.service_id, &near)?)));
    Ok(found.collect())
}

/// The routed ones among the nearest of each question, in its own event and in those before.
async fn neighbours(app: &App, event: EventId, questions: &[question::Model]) -> Result<Vec<Vec<Near>>> {
    let conn = app.db.reader();
    let before: Vec<EventId> = event::Entity::find()
        .select_only()
        .column(event::Column::Id)
        .filter(event::Column::Id.ne(event))
        .order_by_desc(event::Column::CreatedAt)
        .limit(EVENTS_BEFORE)
        .into_tuple()
        .all(conn)
        .await?;
    let mut near: Vec<Vec<Near>> = vec![Vec::new(); questions.len()];
    for of in std::iter::once(event).chain(before) {
        let about = questions.iter().map(|q| match q.number {
            Some(number) if of == event => About::Number(number),
            _ => About::Text(q.body.clone()),
        });
        let found = likeness(app)
            .quick_each(of, about.collect(), LOOKED_AT, PATIENCE)
            .await?;
        let mut found = found.unwrap_or_default();
        for list in &mut found {
            list.retain(|like| like.score >= LEAST);
        }
        let mut numbers: Vec<i32> = found.iter().flatten().map(|like| like.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let routed = repo::routed_to(conn, of, &numbers).await?;
        for (near, found) in near.iter_mut().zip(found) {
            near.extend(found.into_iter().filter_map(|like| {
                let number = like.number;
                Some((Like { event: of, number }, *routed.get(&number)?, like.score))
            }));
        }
    }
    for near in &mut near {
        near.sort_by(|one, other| other.2.total_cmp(&one.2));
        near.truncate(NEIGHBOURS);
    }
    Ok(near)
}

/// What the services say of themselves.
struct Words {
    /// Two texts of each service, one in each language.
    described: Index<usize>,
    services: Vec<service::Model>,
}

impl Words {
    fn of(services: Vec<service::Model>) -> Self {
        let mut described = Index::default();
        for (n, s) in services.iter().enumerate() {
            let told = [
                (Lang::Ko, format!("{} {}", s.name, s.blurb)),
                (Lang::En, format!("{} {}", s.name_en, s.blurb_en)),
            ];
            for (at, (lang, text)) in told.into_iter().enumerate() {
                described.insert_in(n * 2 + at, &text, likeness::language(lang));
            }
        }
        Self { described, services }
    }

    fn propose(&self, body: &str, chosen: ServiceId, near: &[Near]) -> Option<Proposal> {
        let mut weight: HashMap<ServiceId, f32> = HashMap::new();
        for (_, service, score) in near {
            *weight.entry(*service).or_default() += score;
        }
        for (n, score) in self.described.quick(Asked::Text(body), 3) {
            if let Some(service) = self.services.get(n / 2) {
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

    #[test]
    fn what_was_routed_before_and_what_a_text_names_propose_and_say_why() {
        let pay = service("까치지갑", "Magpie Pay", "정산과 결제");
        let map = service("오솔길지도", "Path Maps", "장소와 길 찾기");
        let ride = service("바람택시", "Breeze Taxi", "호출과 운행");
        let words = Words::of(vec![pay.clone(), map.clone(), ride.clone()]);
        let event = EventId::new();
        let near = |number: i32, service: ServiceId, score: f32| (Like { event, number }, service, score);
        let like = [near(2, pay.id, 0.5), near(3, map.id, 0.23)];
        let found = words
            .propose("주기를 더 앞당길 수 있을까요?", ride.id, &like)
            .expect("like question 2");
        assert_eq!((found.service, found.like[0].number), (pay.id, 2));
        assert_eq!(found.named, None);
        let found = words
            .propose("오솔길 지도에 할인 표시를 넣고 싶습니다", ride.id, &[])
            .expect("named");
        assert_eq!((found.service, found.named.as_deref()), (map.id, Some("오솔길지도")));
        let found = words
            .propose("Can Path Maps show our opening hours?", ride.id, &[])
            .expect("named");
        assert_eq!(found.named.as_deref(), Some("Path Maps"));
        let asked = "주기를 앞당길 수 있나요?";
        assert_eq!(words.propose(asked, pay.id, &like), None, "it is there already");
        let both = [near(2, pay.id, 0.5), near(4, ride.id, 0.45)];
        assert_eq!(
            words.propose(asked, ride.id, &both),
            None,
            "as much speaks for the chosen one"
        );
        assert_eq!(words.propose(asked, ride.id, &like[1..]), None, "hardly alike");
        assert_eq!(words.propose("점심은 무엇인가요?", ride.id, &[]), None);
        assert_eq!(words.propose("", ride.id, &[]), None);
    }
}
