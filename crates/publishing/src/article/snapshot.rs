//! The one structured source of an article: what every output is rendered from.

use super::{
    draft::{BlockBody, BlockDraft, Draft, ExchangeDraft, QUESTION, QuoteBy},
    figures::{self, Figures},
    naming,
    who::{Verdict, Verdicts, Who},
};
use crate::{
    Error,
    repo::{self, Asked, Material},
};
use chrono::{DateTime, NaiveDate, Utc};
use db::{
    entity::{answer, article, event},
    people::{self, Hosts, Invitee},
    prelude::*,
};
use domain::{
    AnswerId, BlockId, CrewMemberId, InvitationId, Lang, PartnerId, SpeakerId,
    person::Person,
    state::{article::ArticlePart, question::Naming},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

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
    /// What was wrong in it, the last first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
}

/// What readers are told about a mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    pub at: DateTime<Utc>,
    pub text: String,
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
    /// Something new begins.
    Part {
        /// One of the two conversations, under its usual heading.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        part: Option<ArticlePart>,
        /// The editor's own, when it is not empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        heading: String,
    },
    Exchange(Box<Exchange>),
    Quote {
        id: BlockId,
        said: Said,
    },
    Picture(Picture),
    Figures {
        caption: String,
        #[serde(flatten)]
        figures: Figures,
    },
}

/// One question and its answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    pub id: BlockId,
    /// The question or the question asked back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Uuid>,
    /// Without one, the question itself is the heading.
    pub heading: Option<String>,
    pub question: Said,
    /// At least one.
    pub answers: Vec<Said>,
    /// Words of one of the answers, by whom they are.
    pub pull: Option<Said>,
}

/// A picture, by the SHA-256 of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    pub sha256: String,
    pub media_type: String,
    /// Pixels as it is shown.
    pub width: i32,
    pub height: i32,
    pub alt: String,
    pub caption: String,
}

impl Picture {
    /// The last part of its address.
    pub fn file(&self) -> String {
        format!("{}.{}", self.sha256, super::picture::extension(&self.media_type))
    }
}

/// What a person said, in plain text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub by: Standing,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerId>,
}

/// A person as they stood when the article was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub person: Person,
    /// The partner whose words these are, so that they can still take them back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<InvitationId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<SpeakerId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crew_member: Option<CrewMemberId>,
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

    pub(super) fn plain(person: Person) -> Self {
        Self {
            line: person.line(),
            person,
            invitation: None,
            speaker: None,
            crew_member: None,
        }
    }

    /// Who is asked before it is printed.
    pub fn who(&self) -> Option<Who> {
        self.invitation
            .map(Who::Partner)
            .or(self.speaker.map(Who::Speaker))
            .or(self.crew_member.map(Who::Crew))
    }

    /// Where a partner meets the host.
    pub fn services(&self) -> &[String] {
        match &self.person {
            Person::Partner { services, .. } => services,
            Person::Host { .. } => &[],
        }
    }
}

/// Since 2 the snapshot says which partner's words are whose, since 3 also what the words of everybody are about.
pub(crate) const FORMAT: u8 = 3;

/// What the article would say if it were published now, without a question whether its people approve.
pub(crate) async fn build(conn: &impl ConnectionTrait, article: &article::Model) -> Result<Snapshot, Error> {
    let draft = Draft::of(article, repo::blocks(conn, article.id).await?);
    Ok(Source::of(conn, article, draft).await?.snapshot(&Verdicts::new()))
}

/// Everything that an article is made of, and everybody who stands in it, as they may.
pub(crate) struct Source {
    pub(crate) draft: Draft,
    pub(crate) material: Material,
    event: event::Model,
    facts: EventFacts,
    figures: Option<Figures>,
    assets: HashMap<String, (String, i32, i32)>,
    corrections: Vec<Correction>,
    hosts: Hosts,
    invitees: HashMap<InvitationId, Invitee>,
    real: HashMap<PartnerId, String>,
    consents: HashMap<InvitationId, bool>,
    wishes: HashMap<InvitationId, Naming>,
}

impl Source {
    pub(crate) async fn of(conn: &impl ConnectionTrait, article: &article::Model, draft: Draft) -> Result<Self, Error> {
        let event = repo::event(conn, article.event_id).await?;
        let material = repo::material(conn, event.id).await?;
        let lang = draft.lang;
        let asked: Vec<Asked> = draft.blocks.iter().filter_map(|b| b.body.asked()).collect();
        let quoted: Vec<QuoteBy> = draft
            .blocks
            .iter()
            .filter_map(|b| match b.body {
                BlockBody::Quote { by, .. } => Some(by),
                _ => None,
            })
            .collect();
        let answers: Vec<&answer::Model> = material
            .answers
            .iter()
            .filter(|a| asked.iter().any(|asked| asked.is_asked_of(a)) || quoted.contains(&QuoteBy::Answer(a.id)))
            .collect();
        let askers = asked.iter().filter_map(|a| match a {
            Asked::Question(id) => Some(material.questions.get(id)?.invitation_id),
            Asked::Reverse(_) => None,
        });
        let partners = quoted.iter().filter_map(|by| match by {
            QuoteBy::Partner(id) => Some(*id),
            _ => None,
        });
        let answerers = answers.iter().filter_map(|a| a.invitation_id);
        let mut ids: Vec<InvitationId> = askers.chain(answerers).chain(partners).collect();
        ids.sort_unstable();
        ids.dedup();
        let hosts = repo::hosts_of(conn, &answers, &asked, &material, &quoted).await?;
        let invitees = people::invitees(conn, ids.iter().copied(), lang).await?;
        let real = repo::real_names(conn, invitees.values().map(|i| i.partner)).await?;
        let consents = repo::print_consents(conn, &ids).await?;
        let wishes = repo::naming_wishes(conn, &ids).await?;
        let wants_figures = draft.blocks.iter().any(|b| matches!(b.body, BlockBody::Figures { .. }));
        let figures = if wants_figures {
            Some(figures::of(conn, event.id, lang).await?)
        } else {
            None
        };
        let pictures = draft.blocks.iter().filter_map(|b| match &b.body {
            BlockBody::Picture { asset, .. } => Some(asset.clone()),
            _ => None,
        });
        let assets = repo::asset_facts(conn, pictures.collect()).await?;
        Ok(Self {
            facts: facts(conn, &event, lang).await?,
            corrections: repo::corrections(conn, article.id).await?,
            draft,
            material,
            event,
            figures,
            assets,
            hosts,
            invitees,
            real,
            consents,
            wishes,
        })
    }

    /// The article as these verdicts leave it.
    pub(crate) fn snapshot(&self, verdicts: &Verdicts) -> Snapshot {
        let voice = |b: &BlockDraft| matches!(b.body, BlockBody::Exchange(_) | BlockBody::Quote { .. });
        let blocks = self.draft.blocks.iter();
        Snapshot {
            format: FORMAT,
            lang: self.draft.lang,
            title: self.draft.title.clone(),
            standfirst: self.draft.standfirst.clone(),
            keywords: super::listed(&self.draft.keywords),
            event: self.facts.clone(),
            blocks: left(blocks.map(|b| (voice(b), self.block(b, verdicts))).collect()),
            corrections: self.corrections.clone(),
        }
    }

    /// `None` where nothing of it is left.
    pub(crate) fn block(&self, block: &BlockDraft, verdicts: &Verdicts) -> Option<Block> {
        match &block.body {
            BlockBody::Prose { text } if text.trim().is_empty() => None,
            BlockBody::Prose { text } => Some(Block::Prose { markdown: text.clone() }),
            BlockBody::Part { heading, side } if heading.is_empty() && side.is_none() => None,
            BlockBody::Part { heading, side } => Some(Block::Part {
                part: *side,
                heading: heading.clone(),
            }),
            BlockBody::Exchange(x) => Some(Block::Exchange(Box::new(self.exchange(block.id, x, verdicts)?))),
            BlockBody::Quote { by, text, .. } => Some(Block::Quote {
                id: block.id,
                said: self.quote(block.id, *by, text, verdicts)?,
            }),
            BlockBody::Picture { asset, alt, caption } => {
                let (media_type, width, height) = self.assets.get(asset)?;
                Some(Block::Picture(Picture {
                    sha256: asset.clone(),
                    media_type: media_type.clone(),
                    width: *width,
                    height: *height,
                    alt: alt.clone(),
                    caption: caption.clone(),
                }))
            }
            BlockBody::Figures { caption } => {
                let figures = self.figures.clone().filter(|f| f.people > 0)?;
                Some(Block::Figures {
                    caption: caption.clone(),
                    figures,
                })
            }
        }
    }

    /// `None` when its question or every answer is gone, or whoever said it does not agree to its being printed.
    fn exchange(&self, id: BlockId, x: &ExchangeDraft, verdicts: &Verdicts) -> Option<Exchange> {
        let about = x.asked.uuid();
        let mut hidden = Vec::new();
        let own = |key: &str, text: &str| x.texts.get(key).map_or(text, String::as_str).to_owned();
        let question = match x.asked {
            Asked::Question(id) => {
                let question = self.material.questions.get(&id)?;
                let by = self.partner(
                    (question.invitation_id, Some(question.naming)),
                    about,
                    verdicts,
                    &mut hidden,
                )?;
                Said {
                    by,
                    text: own(QUESTION, &question.body),
                    answer: None,
                }
            }
            Asked::Reverse(id) => {
                let reverse = self.material.reverses.get(&id)?;
                let by = self.host(
                    (reverse.speaker_id, reverse.crew_member_id, reverse.staff_id),
                    about,
                    verdicts,
                    &mut hidden,
                )?;
                Said {
                    by,
                    text: own(QUESTION, &reverse.body),
                    answer: None,
                }
            }
        };
        let mut answers = Vec::new();
        for answer in self.material.answers_to(x.asked) {
            answers.extend(self.by(answer, about, verdicts, &mut hidden).map(|by| Said {
                by,
                text: own(&answer.id.to_string(), &answer.body),
                answer: Some(answer.id),
            }));
        }
        if answers.is_empty() {
            return None;
        }
        let pull = Some(&x.pull).filter(|pull| !pull.is_empty()).and_then(|pull| {
            let said = answers.iter().find(|a| says(&a.text, pull))?;
            Some(Said {
                by: said.by.clone(),
                text: pull.clone(),
                answer: said.answer,
            })
        });
        let exchange = Exchange {
            id,
            about: Some(about),
            heading: Some(x.heading.clone()).filter(|h| !h.is_empty()),
            question,
            answers,
            pull,
        };
        Some(exchange.masked(&hidden))
    }

    fn quote(&self, id: BlockId, by: QuoteBy, text: &str, verdicts: &Verdicts) -> Option<Said> {
        if text.is_empty() {
            return None;
        }
        let (about, mut hidden) = (id.uuid(), Vec::new());
        let mut answered = None;
        let by = match by {
            QuoteBy::Answer(id) => {
                let answer = self.material.answers.iter().find(|a| a.id == id)?;
                answered = Some(id);
                self.by(answer, about, verdicts, &mut hidden)?
            }
            QuoteBy::Partner(id) => {
                let wish = self.wishes.get(&id).copied();
                self.partner((id, wish), about, verdicts, &mut hidden)?
            }
            QuoteBy::Speaker(id) => self.host((Some(id), None, None), about, verdicts, &mut hidden)?,
            QuoteBy::Crew(id) => self.host((None, Some(id), None), about, verdicts, &mut hidden)?,
        };
        Some(Said {
            by,
            text: naming::masked(text, &hidden),
            answer: answered,
        })
    }

    fn by(
        &self,
        answer: &answer::Model,
        about: Uuid,
        verdicts: &Verdicts,
        hidden: &mut Vec<String>,
    ) -> Option<Standing> {
        match answer.invitation_id {
            Some(id) => self.partner((id, self.wishes.get(&id).copied()), about, verdicts, hidden),
            None => {
                let who = (answer.speaker_id, answer.crew_member_id, answer.staff_id);
                self.host(who, about, verdicts, hidden)
            }
        }
    }

    /// `None` when they do not agree to be printed.
    fn partner(
        &self,
        (id, wish): (InvitationId, Option<Naming>),
        about: Uuid,
        verdicts: &Verdicts,
        hidden: &mut Vec<String>,
    ) -> Option<Standing> {
        let verdict = verdicts
            .get(&(about, Who::Partner(id)))
            .copied()
            .unwrap_or(Verdict::Stand);
        if self.consents.get(&id) == Some(&false) || verdict == Verdict::Out {
            return None;
        }
        let naming = match verdict {
            Verdict::Anonymous => Naming::Nameless,
            _ => naming::allowed(self.consents.get(&id) == Some(&true), wish),
        };
        let lang = self.draft.lang;
        let Some(invitee) = self.invitees.get(&id) else {
            let nobody = Person::Partner {
                name: None,
                title: None,
                company: None,
                group: None,
                services: Vec::new(),
            };
            return Some(Standing {
                invitation: Some(id),
                ..Standing::plain(nobody.named(Naming::Nameless, lang))
            });
        };
        let real = self.real.get(&invitee.partner).map(String::as_str);
        hidden.extend(naming::unsayable(invitee, real, naming));
        Some(naming::standing(invitee, naming, lang))
    }

    fn host(
        &self,
        (speaker, crew, staff): (Option<SpeakerId>, Option<CrewMemberId>, Option<domain::StaffId>),
        about: Uuid,
        verdicts: &Verdicts,
        hidden: &mut Vec<String>,
    ) -> Option<Standing> {
        let whole = || Standing::plain(repo::the_host(&self.event, self.draft.lang));
        let of = |id| self.hosts.speakers.get(&id).map(|p| (Who::Speaker(id), p.clone()));
        let found = speaker.and_then(of);
        let found = found.or_else(|| crew.and_then(|id| Some((Who::Crew(id), self.hosts.crew.get(&id)?.clone()))));
        let Some((who, person)) = found else {
            let staff = staff.and_then(|id| self.hosts.staff.get(&id)).cloned();
            return Some(staff.map_or_else(whole, Standing::plain));
        };
        match verdicts.get(&(about, who)).copied().unwrap_or(Verdict::Stand) {
            Verdict::Out => None,
            Verdict::Anonymous => {
                hidden.extend(naming::unsayable_host(&person));
                let nobody = whole();
                Some(match who {
                    Who::Speaker(id) => Standing {
                        speaker: Some(id),
                        ..nobody
                    },
                    _ => Standing {
                        crew_member: crew,
                        ..nobody
                    },
                })
            }
            Verdict::Stand => Some(match who {
                Who::Speaker(id) => Standing {
                    speaker: Some(id),
                    ..Standing::plain(person)
                },
                _ => Standing {
                    crew_member: crew,
                    ..Standing::plain(person)
                },
            }),
        }
    }
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

/// What is left of the pieces; `true`: there was an exchange or a quote. A part of which nothing is left, or of whose
/// voices none is, has no heading either.
pub(super) fn left(pieces: Vec<(bool, Option<Block>)>) -> Vec<Block> {
    let mut kept = Vec::with_capacity(pieces.len());
    let mut next: Option<&Block> = None;
    let mut empty = vec![false; pieces.len()];
    for (at, (_, block)) in pieces.iter().enumerate().rev() {
        let Some(block) = block else { continue };
        if matches!(block, Block::Part { .. }) {
            let voices = pieces.get(at + 1).is_some_and(|(voice, _)| *voice);
            empty[at] = match next {
                None | Some(Block::Part { .. }) => true,
                Some(next) => voices && !next.is_voice(),
            };
        }
        if !empty[at] {
            next = Some(block);
        }
    }
    for (at, (_, block)) in pieces.into_iter().enumerate() {
        kept.extend(block.filter(|_| !empty[at]));
    }
    kept
}

impl Block {
    pub(super) const fn is_voice(&self) -> bool {
        matches!(self, Self::Exchange(_) | Self::Quote { .. })
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
            answer: None,
        };
        let block = Block::Exchange(Box::new(Exchange {
            id: BlockId::new(),
            about: None,
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
