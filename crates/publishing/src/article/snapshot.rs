//! The one structured source of an article: what every output is rendered from.

use super::naming;
use crate::{
    Error,
    repo::{self, Asked, Material},
};
use chrono::NaiveDate;
use db::{
    entity::{answer, article, article_exchange, event},
    people::{self, Hosts, Invitee},
    prelude::*,
};
use domain::{
    ExchangeId, InvitationId, Lang, PartnerId,
    person::Person,
    state::{article::ArticlePart, question::Naming},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// An article as it stands, persons included, from the moment it was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub format: u8,
    pub lang: Lang,
    pub title: String,
    pub standfirst: String,
    pub keywords: Vec<String>,
    pub event: EventFacts,
    pub blocks: Vec<Block>,
}

/// What the article says of its event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventFacts {
    pub title: String,
    pub host: String,
    pub place: Option<String>,
    pub first_day: Option<NaiveDate>,
    pub time_zone: String,
}

/// One piece of an article, from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum Block {
    /// The editor's own words, in Markdown.
    Prose {
        markdown: String,
    },
    /// One of the two conversations begins.
    Part {
        part: ArticlePart,
    },
    Exchange(Box<Exchange>),
}

/// One question and its answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    pub id: ExchangeId,
    /// Without one, the question itself is the heading.
    pub heading: Option<String>,
    pub question: Said,
    /// At least one.
    pub answers: Vec<Said>,
    /// Words of one of the answers, by whom they are.
    pub pull: Option<Said>,
}

/// What a person said, in plain text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub by: Standing,
    pub text: String,
}

/// A person as they stood when the article was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub person: Person,
    /// The partner whose words these are, so that they can still take them back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<InvitationId>,
    /// The line as it is printed; set by hand or computed from the person.
    pub line: String,
}

impl Said {
    /// Its paragraphs; lines within one stay lines.
    pub fn paragraphs(&self) -> Vec<&str> {
        super::markdown::paragraphs(&self.text)
    }
}

impl Standing {
    /// What stands out of the line: its first part.
    pub fn lead(&self) -> &str {
        self.line.split(" · ").next().unwrap_or_default()
    }

    /// What follows the first part.
    pub fn rest(&self) -> &str {
        self.line.split_once(" · ").map_or("", |(_, rest)| rest)
    }

    pub const fn is_partner(&self) -> bool {
        matches!(self.person, Person::Partner { .. })
    }

    fn plain(person: Person) -> Self {
        Self {
            line: person.line(),
            person,
            invitation: None,
        }
    }

    /// Where a partner meets the host.
    pub fn services(&self) -> &[String] {
        match &self.person {
            Person::Partner { services, .. } => services,
            Person::Host { .. } => &[],
        }
    }
}

/// Since then the snapshot says whose words are whose.
pub(crate) const FORMAT: u8 = 2;

/// What the article would say if it were published now.
pub(crate) async fn build(conn: &impl ConnectionTrait, article: &article::Model) -> Result<Snapshot, Error> {
    let event = repo::event(conn, article.event_id).await?;
    let material = repo::material(conn, event.id).await?;
    let rows = repo::exchanges(conn, article.id).await?;
    let cast = cast(conn, &material, &rows, &event, article.lang).await?;
    let mut blocks = vec![Block::Prose {
        markdown: article.intro.clone(),
    }];
    let mut part = None;
    for row in &rows {
        if let Some(exchange) = cast.exchange(row) {
            if part.replace(row.part) != Some(row.part) {
                blocks.push(Block::Part { part: row.part });
            }
            blocks.push(Block::Exchange(Box::new(exchange)));
        }
    }
    blocks.push(Block::Prose {
        markdown: article.closing.clone(),
    });
    blocks.retain(|b| !matches!(b, Block::Prose { markdown } if markdown.trim().is_empty()));
    Ok(Snapshot {
        format: FORMAT,
        lang: article.lang,
        title: article.title.clone(),
        standfirst: article.standfirst.clone(),
        keywords: super::keywords(article),
        event: facts(conn, &event, article.lang).await?,
        blocks,
    })
}

async fn facts(conn: &impl ConnectionTrait, event: &event::Model, lang: Lang) -> Result<EventFacts, Error> {
    let first = repo::sittings(conn, event.id).await?.into_iter().next();
    Ok(EventFacts {
        title: people::in_lang(lang, &event.title, &event.title_en),
        host: people::in_lang(lang, &event.host_name, &event.host_name_en),
        place: first
            .as_ref()
            .map(|s| people::in_lang(lang, &s.place, &s.place_en))
            .filter(|p| !p.is_empty()),
        first_day: first.map(|s| s.first_day),
        time_zone: event.time_zone.clone(),
    })
}

/// Everybody who stands in an article, and how they may.
pub(crate) struct Cast<'a> {
    material: &'a Material,
    event: &'a event::Model,
    lang: Lang,
    hosts: Hosts,
    invitees: HashMap<InvitationId, Invitee>,
    real: HashMap<PartnerId, String>,
    consents: HashMap<InvitationId, bool>,
    wishes: HashMap<InvitationId, Naming>,
}

/// Everybody whom these exchanges need.
pub(crate) async fn cast<'a>(
    conn: &impl ConnectionTrait,
    material: &'a Material,
    rows: &[article_exchange::Model],
    event: &'a event::Model,
    lang: Lang,
) -> Result<Cast<'a>, Error> {
    let asked: Vec<Asked> = rows.iter().filter_map(Asked::of).collect();
    let answers: Vec<&answer::Model> = asked.iter().flat_map(|a| material.answers_to(*a)).collect();
    let askers = asked.iter().filter_map(|a| match a {
        Asked::Question(id) => Some(material.questions.get(id)?.invitation_id),
        Asked::Reverse(_) => None,
    });
    let mut ids: Vec<InvitationId> = askers.chain(answers.iter().filter_map(|a| a.invitation_id)).collect();
    ids.sort_unstable();
    ids.dedup();
    let reverses = asked.iter().filter_map(|a| match a {
        Asked::Reverse(id) => material.reverses.get(id),
        Asked::Question(_) => None,
    });
    let hosts = repo::hosts(conn, answers.iter().copied(), reverses).await?;
    let invitees = people::invitees(conn, ids.iter().copied(), lang).await?;
    let real = repo::real_names(conn, invitees.values().map(|i| i.partner)).await?;
    let consents = repo::print_consents(conn, &ids).await?;
    let wishes = repo::naming_wishes(conn, &ids).await?;
    Ok(Cast {
        material,
        event,
        lang,
        hosts,
        invitees,
        real,
        consents,
        wishes,
    })
}

impl Cast<'_> {
    /// `None` when its question or every answer is gone, or whoever said it does not agree to its being printed.
    pub(crate) fn exchange(&self, row: &article_exchange::Model) -> Option<Exchange> {
        let asked = Asked::of(row)?;
        let mut hidden = Vec::new();
        let question = match asked {
            Asked::Question(id) => {
                let question = self.material.questions.get(&id)?;
                if self.refuses_print(question.invitation_id) {
                    return None;
                }
                Said {
                    by: self.partner(question.invitation_id, Some(question.naming), &mut hidden),
                    text: question.body.clone(),
                }
            }
            Asked::Reverse(id) => {
                let reverse = self.material.reverses.get(&id)?;
                let speaker = reverse.speaker_id.and_then(|id| self.hosts.speakers.get(&id));
                let crew = reverse.crew_member_id.and_then(|id| self.hosts.crew.get(&id));
                let staff = reverse.staff_id.and_then(|id| self.hosts.staff.get(&id));
                let person = speaker.or(crew).or(staff).cloned();
                let person = person.unwrap_or_else(|| repo::the_host(self.event, self.lang));
                Said {
                    by: Standing::plain(person),
                    text: reverse.body.clone(),
                }
            }
        };
        let answers: Vec<Said> = self
            .material
            .answers_to(asked)
            .into_iter()
            .filter(|answer| !answer.invitation_id.is_some_and(|id| self.refuses_print(id)))
            .map(|answer| {
                let by = match answer.invitation_id {
                    Some(id) => self.partner(id, self.wishes.get(&id).copied(), &mut hidden),
                    None => Standing::plain(repo::host_behind(&self.hosts, answer, self.event, self.lang)),
                };
                Said {
                    by,
                    text: answer.body.clone(),
                }
            })
            .collect();
        if answers.is_empty() {
            return None;
        }
        let pull = row.pull.as_deref().and_then(|pull| {
            let said = answers.iter().find(|a| says(&a.text, pull))?;
            Some(Said {
                by: said.by.clone(),
                text: pull.to_owned(),
            })
        });
        let exchange = Exchange {
            id: row.id,
            heading: row.heading.clone(),
            question,
            answers,
            pull,
        };
        Some(exchange.masked(&hidden))
    }

    fn refuses_print(&self, id: InvitationId) -> bool {
        self.consents.get(&id) == Some(&false)
    }

    fn partner(&self, id: InvitationId, wish: Option<Naming>, hidden: &mut Vec<String>) -> Standing {
        let naming = naming::allowed(self.consents.get(&id) == Some(&true), wish);
        let Some(invitee) = self.invitees.get(&id) else {
            let nobody = Person::Partner {
                name: None,
                title: None,
                company: None,
                group: None,
                services: Vec::new(),
            };
            return Standing {
                invitation: Some(id),
                ..Standing::plain(nobody.named(Naming::Nameless, self.lang))
            };
        };
        let real = self.real.get(&invitee.partner).map(String::as_str);
        hidden.extend(naming::unsayable(invitee, real, naming));
        naming::standing(invitee, naming, self.lang)
    }
}

impl Exchange {
    fn masked(mut self, hidden: &[String]) -> Self {
        if hidden.is_empty() {
            return self;
        }
        let texts = std::iter::once(&mut self.question)
            .chain(&mut self.answers)
            .chain(&mut self.pull);
        for said in texts {
            said.text = naming::masked(&said.text, hidden);
        }
        self.heading = self.heading.map(|h| naming::masked(&h, hidden));
        self
    }
}

/// Whether `words` stand in `text`, white space aside: a quote is bound to its person by their own words.
pub(crate) fn says(text: &str, words: &str) -> bool {
    let flat = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ");
    flat(text).contains(&flat(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pulled_quote_is_somebodys_own_words() {
        assert!(says(
            "번거로운 상대라고\n생각해 본 적이 없습니다.",
            "상대라고 생각해 본 적이"
        ));
        assert!(!says(
            "번거로운 상대라고 생각해 본 적이 없습니다.",
            "번거로운 상대입니다"
        ));
    }

    #[test]
    fn a_block_is_stored_and_read_back() {
        let person = Person::Host {
            nickname: Some("Jay".into()),
            name: "이준호".into(),
            title: None,
            team: None,
            affiliate: None,
        };
        let said = |text: &str| Said {
            by: Standing::plain(person.clone()),
            text: text.into(),
        };
        let block = Block::Exchange(Box::new(Exchange {
            id: ExchangeId::new(),
            heading: None,
            question: said("왜요?"),
            answers: vec![said("그래서요.")],
            pull: None,
        }));
        let json = serde_json::to_value(&block).expect("json");
        assert_eq!(json["block"], "exchange");
        assert_eq!(json["answers"][0]["by"]["line"], "Jay(이준호)");
        assert_eq!(serde_json::from_value::<Block>(json).expect("back"), block);
    }
}
