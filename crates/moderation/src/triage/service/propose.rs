//! A proposal for the places that are free. It decides nothing: a person takes all of it, or a part.
//!
//! Maximal marginal relevance: J. Carbonell and J. Goldstein, "The Use of MMR, Diversity-Based Reranking for Reordering
//! Documents and Producing Summaries", SIGIR 1998, pages 335–336. Each next one has the best of
//! `λ · relevance − (1 − λ) · similarity to the nearest that is taken`; relevance is the score with what the asker
//! wishes, and what has no place yet of its service, field or language counts a little more.

use crate::{
    Result,
    triage::repo::{self, Candidate},
};
use db::{entity::event, people::Invitee, prelude::*};
use domain::{CompanyId, FieldId, InvitationId, Lang, QuestionId, ServiceId, state::question::Prefers};
use similar::{Asked, Index};
use std::collections::HashMap;

/// λ: how much the score counts against the likeness.
const RELEVANCE: f32 = 0.7;
/// For one who would like the stage; as much less for one who would rather read.
const WISH: f32 = 0.05;
/// For each of service, field and language that has no place yet.
const NEW: f32 = 0.04;
/// Below it, nothing that is taken is like it.
const UNLIKE: f32 = 0.2;
/// The best score, in thousandths.
const BEST: f32 = 5000.0;

/// Why one is proposed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Why {
    /// The mean of its scores, in thousandths.
    Score(i32),
    NotScored,
    OnlyOfService,
    OnlyOfField,
    OnlyInLanguage,
    /// Nothing that is taken or proposed is like it.
    Unlike,
    WouldLikeStage,
}

/// One that is proposed.
#[derive(Clone, Debug)]
pub struct Proposed {
    pub question: QuestionId,
    pub why: Vec<Why>,
}

/// At most so many of one company and of one service, with those that have a place.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    pub company: usize,
    pub service: usize,
}

/// What is compared.
#[derive(Clone, Debug)]
struct Item {
    id: QuestionId,
    body: String,
    mean_milli: Option<i32>,
    prefers: Prefers,
    lang: Lang,
    service: ServiceId,
    field: Option<FieldId>,
    company: Option<CompanyId>,
}

impl Item {
    fn of(candidate: Candidate, asker: Option<&Invitee>) -> Self {
        Self {
            id: candidate.question.id,
            body: candidate.question.body,
            mean_milli: candidate.mean_milli,
            prefers: candidate.question.prefers,
            lang: candidate.question.lang,
            service: candidate.question.service_id,
            field: asker.and_then(|a| a.field),
            company: asker.and_then(|a| a.company_id),
        }
    }
}

/// Proposes questions for the places that are free, in the order in which they were found.
///
/// # Errors
/// When the database refuses.
pub async fn propose(conn: &impl ConnectionTrait, event: &event::Model, lang: Lang) -> Result<Vec<Proposed>> {
    let setting = repo::setting(conn, event.id).await?;
    let cap = |value: Option<i32>, default: usize| value.and_then(|v| usize::try_from(v).ok()).unwrap_or(default);
    let caps = Caps {
        company: cap(setting.as_ref().map(|s| s.max_per_company), 1),
        service: cap(setting.as_ref().map(|s| s.max_per_service), 3),
    };
    let placed = repo::shortlist(conn, event.id).await?;
    let ids: Vec<QuestionId> = placed.iter().map(|d| d.question_id).collect();
    let stands: Vec<Candidate> = repo::lines_of(conn, &ids, lang)
        .await?
        .into_iter()
        .map(|line| Candidate {
            question: line.question,
            mean_milli: None,
        })
        .collect();
    let candidates = repo::candidates(conn, event.id).await?;
    let invitations = stands.iter().chain(&candidates).map(|c| c.question.invitation_id);
    let askers: HashMap<InvitationId, Invitee> = repo::profiles(conn, invitations, lang).await?;
    let item = |candidate: Candidate| {
        let asker = askers.get(&candidate.question.invitation_id);
        Item::of(candidate, asker)
    };
    let free = usize::try_from(event.live_places)
        .unwrap_or_default()
        .saturating_sub(ids.len());
    let stands: Vec<Item> = stands.into_iter().map(item).collect();
    let candidates: Vec<Item> = candidates.into_iter().map(item).collect();
    Ok(choose(&stands, candidates, free, caps))
}

fn choose(stands: &[Item], mut candidates: Vec<Item>, free: usize, caps: Caps) -> Vec<Proposed> {
    let mut index = Index::default();
    for item in stands.iter().chain(&candidates) {
        index.insert_in(item.id, &item.body, likeness::language(item.lang));
    }
    // What nobody scored stands a little below the middle of what was.
    let scored: Vec<f32> = candidates.iter().filter_map(|c| c.mean_milli).map(milli).collect();
    #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
    let middle = if scored.is_empty() {
        BEST * 0.6
    } else {
        scored.iter().sum::<f32>() / scored.len() as f32
    };
    let mut taken: Vec<Item> = stands.to_vec();
    let mut nearest: HashMap<QuestionId, f32> = HashMap::new();
    for item in stands {
        near(&index, item.id, &mut nearest);
    }
    let mut proposed: Vec<(Item, f32)> = Vec::new();
    while proposed.len() < free {
        let best = candidates
            .iter()
            .enumerate()
            .filter(|(_, c)| fits(c, &taken, caps))
            .map(|(at, c)| {
                let like = nearest.get(&c.id).copied().unwrap_or_default();
                (at, worth(c, middle, like, &taken))
            })
            // The first of equals: the better score, then the earlier number.
            .reduce(|best, next| if next.1 > best.1 { next } else { best });
        let Some((at, _)) = best else { break };
        let item = candidates.remove(at);
        let like = nearest.get(&item.id).copied().unwrap_or_default();
        near(&index, item.id, &mut nearest);
        taken.push(item.clone());
        proposed.push((item, like));
    }
    proposed
        .iter()
        .map(|(item, like)| Proposed {
            question: item.id,
            why: why(item, *like, &taken),
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "at most 5000")]
const fn milli(mean: i32) -> f32 {
    mean as f32
}

/// How near each is to the nearest that is taken, with one more.
fn near(index: &Index<QuestionId>, taken: QuestionId, nearest: &mut HashMap<QuestionId, f32>) {
    for (id, score) in index.nearest(Asked::Id(taken), index.len()) {
        let known = nearest.entry(id).or_default();
        *known = known.max(score);
    }
}

fn fits(item: &Item, taken: &[Item], caps: Caps) -> bool {
    let company = item.company.is_none() || taken.iter().filter(|t| t.company == item.company).count() < caps.company;
    company && taken.iter().filter(|t| t.service == item.service).count() < caps.service
}

fn worth(item: &Item, middle: f32, like: f32, taken: &[Item]) -> f32 {
    let mean = item.mean_milli.map_or(middle * 0.95, milli);
    let wish = match item.prefers {
        Prefers::Stage => WISH,
        Prefers::Written => -WISH,
        Prefers::Either => 0.0,
    };
    let news = [
        !taken.iter().any(|t| t.service == item.service),
        item.field.is_some() && !taken.iter().any(|t| t.field == item.field),
        !taken.iter().any(|t| t.lang == item.lang),
    ];
    let new: f32 = news.iter().filter(|new| **new).map(|_| NEW).sum();
    RELEVANCE * (mean / BEST) - (1.0 - RELEVANCE) * like + wish + new
}

fn why(item: &Item, like: f32, all: &[Item]) -> Vec<Why> {
    let mut why = vec![item.mean_milli.map_or(Why::NotScored, Why::Score)];
    let only = |same: &dyn Fn(&Item) -> bool| all.iter().filter(|other| same(other)).count() == 1;
    if only(&|other| other.service == item.service) {
        why.push(Why::OnlyOfService);
    }
    if item.field.is_some() && only(&|other| other.field == item.field) {
        why.push(Why::OnlyOfField);
    }
    if only(&|other| other.lang == item.lang) {
        why.push(Why::OnlyInLanguage);
    }
    if like < UNLIKE {
        why.push(Why::Unlike);
    }
    if item.prefers == Prefers::Stage {
        why.push(Why::WouldLikeStage);
    }
    why
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(body: &str, mean_milli: Option<i32>, service: ServiceId, company: CompanyId) -> Item {
        Item {
            id: QuestionId::new(),
            body: body.into(),
            mean_milli,
            prefers: Prefers::Either,
            lang: Lang::Ko,
            service,
            field: None,
            company: Some(company),
        }
    }

    const CAPS: Caps = Caps { company: 1, service: 2 };

    #[test]
    fn the_same_asked_twice_is_proposed_once_and_something_else_beside_it() {
        let service = ServiceId::new();
        let candidates = vec![
            item(
                "정산 주기를 앞당길 계획이 있나요?",
                Some(4800),
                service,
                CompanyId::new(),
            ),
            item(
                "정산 주기를 앞당길 계획이 있습니까?",
                Some(4700),
                service,
                CompanyId::new(),
            ),
            item(
                "주차장은 몇 시부터 열리나요?",
                Some(4300),
                ServiceId::new(),
                CompanyId::new(),
            ),
        ];
        let (first, other) = (candidates[0].id, candidates[2].id);
        let proposed = choose(&[], candidates, 2, CAPS);
        let ids: Vec<QuestionId> = proposed.iter().map(|p| p.question).collect();
        assert_eq!(ids, [first, other]);
        assert!(proposed[1].why.contains(&Why::Unlike), "{proposed:?}");
        assert!(proposed[1].why.contains(&Why::Score(4300)));
    }

    #[test]
    fn no_more_than_the_caps_of_a_company_and_a_service_also_when_places_stay_free() {
        let (service, company) = (ServiceId::new(), CompanyId::new());
        let stands = [item("이미 자리가 있는 질문", None, service, company)];
        let candidates = vec![
            item("같은 회사의 질문", Some(5000), ServiceId::new(), company),
            item("같은 서비스의 첫 질문", Some(4000), service, CompanyId::new()),
            item(
                "같은 서비스의 둘째 질문입니다만 다릅니다",
                Some(3900),
                service,
                CompanyId::new(),
            ),
        ];
        let proposed = choose(&stands, candidates.clone(), 9, CAPS);
        assert_eq!(proposed.len(), 1);
        assert_eq!(proposed[0].question, candidates[1].id);
    }

    #[test]
    fn what_nobody_scored_is_proposed_after_what_was_found_good_and_before_what_was_found_poor() {
        let candidates = vec![
            item(
                "배송 조회는 어디에서 하나요",
                Some(4500),
                ServiceId::new(),
                CompanyId::new(),
            ),
            item("쿠폰 사용 기한이 궁금합니다", None, ServiceId::new(), CompanyId::new()),
            item(
                "행사장 좌석은 정해져 있나요",
                Some(1200),
                ServiceId::new(),
                CompanyId::new(),
            ),
        ];
        let wanted: Vec<QuestionId> = candidates.iter().map(|c| c.id).collect();
        let proposed = choose(&[], candidates, 3, CAPS);
        assert_eq!(proposed.iter().map(|p| p.question).collect::<Vec<_>>(), wanted);
        assert!(proposed[1].why.contains(&Why::NotScored));
    }
}
