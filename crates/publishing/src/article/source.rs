//! A draft and everything that it names, from the database: what a snapshot is made of.

use super::{
    Correction, EventFacts, Exchange, Picture, Said, Snapshot, Standing,
    draft::{BlockBody, BlockDraft, Draft, ExchangeDraft, QUESTION, QuoteBy},
    figures::{self, Figures},
    naming,
    snapshot::{Block, FORMAT, left, says},
    who::{Verdict, Verdicts, Who},
};
use crate::{
    Error,
    repo::{self, Asked, Material},
};
use db::{
    entity::{answer, article, event},
    people::{self, Hosts, Invitee},
    prelude::*,
};
use domain::{
    BlockId, CrewMemberId, InvitationId, Lang, PartnerId, SpeakerId, StaffId, person::Person, state::question::Naming,
};
use std::collections::HashMap;
use uuid::Uuid;

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
        let material = repo::material(conn, event.id, &draft).await?;
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
        if let Some(id) = answer.invitation_id {
            return self.partner((id, self.wishes.get(&id).copied()), about, verdicts, hidden);
        }
        let who = (answer.speaker_id, answer.crew_member_id, answer.staff_id);
        self.host(who, about, verdicts, hidden)
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
        (speaker, crew, staff): (Option<SpeakerId>, Option<CrewMemberId>, Option<StaffId>),
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
