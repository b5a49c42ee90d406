//! Somebody takes back that their words may be printed: they leave what is published already.

use super::{Block, Exchange, Said, Snapshot, Who, Words, build, snapshot, words};
use crate::{Error, cache, repo};
use db::{
    audit::{self, Actor},
    entity::{article, article_block},
    prelude::*,
};
use domain::{
    ApproverId, InvitationId, QuestionId, ReverseId,
    state::{
        Transitions,
        article::{ApprovalState, ArticleState},
    },
};
use std::collections::HashSet;
use uuid::Uuid;

/// Takes the partner's words out of every article that stands, and gives how many changed. What else its editor wrote
/// since it was published stays unpublished. An article that has nothing left is withdrawn. Does nothing when the
/// partner agreed again meanwhile, or stands nowhere.
///
/// # Errors
/// Stale when an editor published at the same moment; try again.
pub async fn withdraw_print(app: &web::App, id: InvitationId) -> Result<u64, Error> {
    let tx = app.db.begin_write().await?;
    let refused = repo::print_consents(&tx, &[id]).await?.get(&id) == Some(&false);
    let Some(event) = repo::event_of(&tx, id).await?.filter(|_| refused) else {
        return Ok(0);
    };
    let mut changed = 0;
    for article in repo::articles_of(&tx, event).await? {
        if article.snapshot.is_some() {
            let gone = Gone::all(Who::Partner(id));
            let action = "article.print_withdrawn";
            changed += u64::from(leave(&tx, app, gone, Actor::Partner(id), action, article).await?);
        }
    }
    tx.commit().await?;
    if changed > 0 {
        cache::changed();
    }
    Ok(changed)
}

/// Takes out of the article what this person withdrew, as far as they have not approved it anew; says whether the
/// article changed.
///
/// # Errors
/// Stale when an editor published at the same moment; try again.
pub async fn withdraw_words(app: &web::App, id: ApproverId) -> Result<bool, Error> {
    let tx = app.db.begin_write().await?;
    let Some(approver) = repo::approver(&tx, id).await? else {
        return Ok(false);
    };
    let rows = repo::approvals(&tx, [id]).await?;
    let article = repo::article(&tx, approver.article_id).await?;
    let Some(who) = repo::who(&approver).filter(|_| article.snapshot.is_some()) else {
        return Ok(false);
    };
    let printed: Snapshot = serde_json::from_value(article.snapshot.clone().unwrap_or_default())?;
    let printed = words(&printed);
    let all = |state| rows.iter().filter(move |r| r.state == state);
    // Other words that they approved since do not keep those in print that they took back.
    let stays = |about: Uuid| {
        let printed = printed
            .iter()
            .find(|w| w.about == about && w.who == who)
            .map(Words::hash);
        all(ApprovalState::Approved).any(|r| r.about == about && Some(&r.hash) == printed.as_ref())
    };
    let about: HashSet<Uuid> = all(ApprovalState::Withdrawn)
        .map(|r| r.about)
        .filter(|about| !stays(*about))
        .collect();
    if about.is_empty() {
        return Ok(false);
    }
    let gone = Gone {
        about: Some(about),
        ..Gone::all(who)
    };
    let action = "article.words_withdrawn";
    let changed = leave(&tx, app, gone, who.actor(), action, article).await?;
    tx.commit().await?;
    if changed {
        cache::changed();
    }
    Ok(changed)
}

/// Whose words leave.
struct Gone {
    who: Who,
    /// What they are about; `None`: all of theirs.
    about: Option<HashSet<Uuid>>,
    /// The snapshot does not say which words of the host's are whose, so all that may be theirs leave.
    untold: bool,
}

async fn leave(
    tx: &WriteTx,
    app: &web::App,
    mut gone: Gone,
    actor: Actor,
    action: &'static str,
    article: article::Model,
) -> Result<bool, Error> {
    let stood: Snapshot = serde_json::from_value(article.snapshot.clone().unwrap_or_default())?;
    gone.untold = stood.format < snapshot::FORMAT;
    let stands = if stood.format < 2 {
        // It does not say whose words are whose, so it is made anew.
        build(tx, &article).await?.without(&gone)
    } else if gone.untold && gone.about.is_some() {
        stood.clone().told(&repo::blocks(tx, article.id).await?).without(&gone)
    } else {
        stood.clone().without(&gone)
    };
    if stands == stood {
        return Ok(false);
    }
    let now = app.clock.now();
    let out = matches!(article.state, ArticleState::Published | ArticleState::Corrected);
    let empty = stood.voices() > 0 && stands.voices() == 0;
    let (to, at) = match (out, empty) {
        (true, true) => (ArticleState::Withdrawn, article.corrected_at),
        (true, false) => (ArticleState::Corrected, Some(now)),
        // What lies in the drawer says it no longer, either.
        (false, _) => (article.state, article.corrected_at),
    };
    let from = if out { ArticleState::sources(to) } else { vec![to] };
    let result = article::Entity::update_many()
        .col_expr(article::Column::State, Expr::value(to))
        .col_expr(article::Column::Snapshot, Expr::value(serde_json::to_value(&stands)?))
        .col_expr(article::Column::CorrectedAt, Expr::value(at))
        .col_expr(article::Column::UpdatedAt, Expr::value(now))
        .col_expr(article::Column::Version, Expr::value(article.version + 1))
        .filter(article::Column::Id.eq(article.id))
        .filter(article::Column::Version.eq(article.version))
        .filter(article::Column::State.is_in(from))
        .exec(tx)
        .await?;
    one_row(&result, "article")?;
    let entry = audit::Entry {
        event: Some(article.event_id),
        actor,
        action,
        subject: ("article", Some(article.id.uuid())),
        details: serde_json::json!({ "from": article.state, "to": to, "slug": article.slug }),
    };
    audit::record(tx, &app.clock, entry).await?;
    Ok(true)
}

impl Snapshot {
    /// How many exchanges and quotes it holds.
    pub(crate) fn voices(&self) -> usize {
        self.blocks.iter().filter(|b| b.is_voice()).count()
    }

    /// What the exchanges of an older snapshot are about, as far as they stand in the draft.
    fn told(mut self, blocks: &[article_block::Model]) -> Self {
        for block in &mut self.blocks {
            if let Block::Exchange(x) = block
                && x.about.is_none()
            {
                let row = blocks.iter().find(|b| b.id == x.id);
                let asked = row.and_then(|b| {
                    b.question_id
                        .map(QuestionId::uuid)
                        .or(b.reverse_id.map(ReverseId::uuid))
                });
                x.about = asked;
            }
        }
        self
    }

    /// The article without what this person asked or answered.
    fn without(mut self, gone: &Gone) -> Self {
        let pieces = self.blocks.into_iter().map(|block| {
            let voice = block.is_voice();
            let kept = match block {
                Block::Exchange(x) => x.without(gone).map(|x| Block::Exchange(Box::new(x))),
                Block::Quote { id, said } if gone.has(Some(id.uuid())) && said.by.who() == Some(gone.who) => None,
                other => Some(other),
            };
            (voice, kept)
        });
        self.blocks = snapshot::left(pieces.collect());
        self
    }
}

impl Gone {
    const fn all(who: Who) -> Self {
        Self {
            who,
            about: None,
            untold: false,
        }
    }

    fn has(&self, about: Option<Uuid>) -> bool {
        let of = |all: &HashSet<Uuid>| about.map_or(self.untold, |about| all.contains(&about));
        self.about.as_ref().is_none_or(of)
    }

    fn said(&self, said: &Said) -> bool {
        let by = said.by.who();
        let host = by.is_none() && !said.by.is_partner();
        by == Some(self.who) || self.untold && host && !matches!(self.who, Who::Partner(_))
    }
}

impl Exchange {
    fn without(mut self, gone: &Gone) -> Option<Self> {
        let own = (!gone.untold).then(|| self.id.uuid());
        if !gone.has(self.about.or(own)) {
            return Some(self);
        }
        let theirs = |said: &Said| gone.said(said);
        if theirs(&self.question) {
            return None;
        }
        self.answers.retain(|answer| !theirs(answer));
        self.pull = self.pull.filter(|pull| !theirs(pull));
        (!self.answers.is_empty()).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{EventFacts, Standing};
    use domain::{BlockId, Lang, person::Person, state::article::ArticlePart};

    fn said(by: Option<InvitationId>, text: &str) -> Said {
        let person = Person::Host {
            nickname: None,
            name: "나래".into(),
            title: None,
            team: None,
            affiliate: None,
        };
        Said {
            by: Standing {
                line: person.line(),
                invitation: by,
                speaker: None,
                crew_member: None,
                person,
            },
            text: text.into(),
            answer: None,
        }
    }

    fn exchange(question: Said, answers: Vec<Said>) -> Block {
        Block::Exchange(Box::new(Exchange {
            id: BlockId::new(),
            about: None,
            heading: None,
            pull: answers.first().cloned(),
            question,
            answers,
        }))
    }

    #[test]
    fn questions_leave_with_their_answers_answers_alone_and_empty_parts_with_them() {
        let (leaver, other) = (InvitationId::new(), InvitationId::new());
        let prose = |text: &str| Block::Prose { markdown: text.into() };
        let part = |part| Block::Part {
            part: Some(part),
            heading: String::new(),
        };
        let all = |id| Gone::all(Who::Partner(id));
        let snapshot = Snapshot {
            format: super::super::snapshot::FORMAT,
            lang: Lang::Ko,
            title: "글".into(),
            standfirst: String::new(),
            keywords: Vec::new(),
            event: EventFacts {
                title: "행사".into(),
                host: "나래".into(),
                place: None,
                first_day: None,
                time_zone: "Asia/Seoul".into(),
            },
            blocks: vec![
                prose("머리말"),
                part(ArticlePart::CompanyAnswers),
                exchange(said(Some(leaver), "왜요?"), vec![said(None, "그래서요.")]),
                part(ArticlePart::PartnersAnswer),
                exchange(
                    said(None, "바라는 것은요?"),
                    vec![said(Some(leaver), "하나"), said(Some(other), "둘")],
                ),
                prose("맺음말"),
            ],
            corrections: Vec::new(),
        };
        let left = snapshot.clone().without(&all(leaver));
        assert_eq!(left.voices(), 1);
        let [
            Block::Prose { .. },
            Block::Part { part, .. },
            Block::Exchange(kept),
            Block::Prose { .. },
        ] = &left.blocks[..]
        else {
            panic!("{:?}", left.blocks)
        };
        assert_eq!(*part, Some(ArticlePart::PartnersAnswer));
        assert_eq!(kept.answers.iter().map(|a| a.text.as_str()).collect::<Vec<_>>(), ["둘"]);
        assert_eq!(kept.pull, None, "it was their words");
        assert_eq!(snapshot.clone().without(&all(InvitationId::new())), snapshot);
        let empty = left.clone().without(&all(other));
        assert_eq!((empty.voices(), empty.blocks.len()), (0, 2));
    }

    #[test]
    fn where_a_snapshot_does_not_tell_the_hosts_people_apart_all_of_them_leave() {
        let (asker, speaker) = (InvitationId::new(), domain::SpeakerId::new());
        let about = Uuid::from_u128(7);
        let Block::Exchange(x) = exchange(said(Some(asker), "왜요?"), vec![said(None, "그래서요.")]) else {
            panic!("an exchange")
        };
        let gone = |untold| Gone {
            who: Who::Speaker(speaker),
            about: Some(HashSet::from([about])),
            untold,
        };
        let told = Exchange {
            about: Some(about),
            ..*x.clone()
        };
        assert_eq!(
            told.clone().without(&gone(false)),
            Some(told.clone()),
            "it was the host"
        );
        assert_eq!(told.clone().without(&gone(true)), None, "it may have been theirs");
        let other = Exchange {
            about: Some(Uuid::from_u128(8)),
            ..*x.clone()
        };
        assert_eq!(other.clone().without(&gone(true)), Some(other));
        assert_eq!((*x).without(&gone(true)), None, "nobody knows what it is about");
    }
}
