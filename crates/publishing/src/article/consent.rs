//! Somebody takes back that their words may be printed: they leave what is published already.

use super::{Block, Exchange, Snapshot, Who, build, snapshot};
use crate::{Error, cache, repo};
use db::{
    audit::{self, Actor},
    entity::article,
    prelude::*,
};
use domain::{
    ApproverId, InvitationId,
    state::{Transitions, article::ArticleState},
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
            let gone = Gone {
                who: Who::Partner(id),
                about: None,
            };
            let action = "article.print_withdrawn";
            changed += u64::from(leave(&tx, app, &gone, Actor::Partner(id), action, article).await?);
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
    let about = repo::withdrawn_by(&tx, id).await?;
    let article = repo::article(&tx, approver.article_id).await?;
    let Some(who) = repo::who(&approver).filter(|_| !about.is_empty() && article.snapshot.is_some()) else {
        return Ok(false);
    };
    let gone = Gone {
        who,
        about: Some(about),
    };
    let action = "article.words_withdrawn";
    let changed = leave(&tx, app, &gone, who.actor(), action, article).await?;
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
}

async fn leave(
    tx: &WriteTx,
    app: &web::App,
    gone: &Gone,
    actor: Actor,
    action: &'static str,
    article: article::Model,
) -> Result<bool, Error> {
    let stood: Snapshot = serde_json::from_value(article.snapshot.clone().unwrap_or_default())?;
    let stands = if stood.format < 2 {
        // It does not say whose words are whose, so it is made anew.
        build(tx, &article).await?.without(gone)
    } else {
        stood.clone().without(gone)
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

    /// The article without what this person asked or answered.
    fn without(mut self, gone: &Gone) -> Self {
        let pieces = self.blocks.into_iter().map(|block| {
            let voice = block.is_voice();
            let kept = match block {
                Block::Exchange(x) => x.without(gone).map(|x| Block::Exchange(Box::new(x))),
                Block::Quote { id, said } if gone.has(id.uuid()) && said.by.who() == Some(gone.who) => None,
                other => Some(other),
            };
            (voice, kept)
        });
        self.blocks = snapshot::left(pieces.collect());
        self
    }
}

impl Gone {
    fn has(&self, about: Uuid) -> bool {
        self.about.as_ref().is_none_or(|all| all.contains(&about))
    }
}

impl Exchange {
    fn without(mut self, gone: &Gone) -> Option<Self> {
        if !gone.has(self.about.unwrap_or_else(|| self.id.uuid())) {
            return Some(self);
        }
        let theirs = |said: &super::Said| said.by.who() == Some(gone.who);
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
    use crate::article::{EventFacts, Said, Standing};
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
        let all = |id| Gone {
            who: Who::Partner(id),
            about: None,
        };
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
}
