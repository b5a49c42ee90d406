//! Somebody takes back that their words may be printed: they leave what is published already.

use super::{Block, Exchange, Snapshot, build};
use crate::{Error, cache, repo};
use db::{audit, entity::article, prelude::*};
use domain::{
    InvitationId,
    state::{Transitions, article::ArticleState},
};

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
        if matches!(article.state, ArticleState::Published | ArticleState::Corrected) {
            changed += u64::from(leave(&tx, app, id, article).await?);
        }
    }
    tx.commit().await?;
    if changed > 0 {
        cache::changed();
    }
    Ok(changed)
}

async fn leave(tx: &WriteTx, app: &web::App, id: InvitationId, article: article::Model) -> Result<bool, Error> {
    let stood: Snapshot = serde_json::from_value(article.snapshot.clone().unwrap_or_default())?;
    let stands = if stood.format < super::snapshot::FORMAT {
        // It does not say whose words are whose, so it is made anew.
        build(tx, &article).await?
    } else {
        stood.clone().without(id)
    };
    if stands == stood {
        return Ok(false);
    }
    let (now, empty) = (app.clock.now(), stands.exchanges() == 0);
    let (to, at) = if empty {
        (ArticleState::Withdrawn, article.corrected_at)
    } else {
        (ArticleState::Corrected, Some(now))
    };
    let result = article::Entity::update_many()
        .col_expr(article::Column::State, Expr::value(to))
        .col_expr(article::Column::Snapshot, Expr::value(serde_json::to_value(&stands)?))
        .col_expr(article::Column::CorrectedAt, Expr::value(at))
        .col_expr(article::Column::UpdatedAt, Expr::value(now))
        .col_expr(article::Column::Version, Expr::value(article.version + 1))
        .filter(article::Column::Id.eq(article.id))
        .filter(article::Column::Version.eq(article.version))
        .filter(article::Column::State.is_in(ArticleState::sources(to)))
        .exec(tx)
        .await?;
    one_row(&result, "article")?;
    let entry = audit::Entry {
        event: Some(article.event_id),
        actor: audit::Actor::Partner(id),
        action: "article.print_withdrawn",
        subject: ("article", Some(article.id.uuid())),
        details: serde_json::json!({ "from": article.state, "to": to, "slug": article.slug }),
    };
    audit::record(tx, &app.clock, entry).await?;
    Ok(true)
}

impl Snapshot {
    /// How many exchanges it holds.
    pub(crate) fn exchanges(&self) -> usize {
        let exchange = |b: &&Block| matches!(b, Block::Exchange(_));
        self.blocks.iter().filter(exchange).count()
    }

    /// The article without what this partner asked or answered.
    fn without(mut self, id: InvitationId) -> Self {
        let mut kept: Vec<Block> = Vec::with_capacity(self.blocks.len());
        for block in self.blocks {
            match block {
                Block::Exchange(exchange) => kept.extend(exchange.without(id).map(|e| Block::Exchange(Box::new(e)))),
                other => {
                    // A part whose exchanges are all gone has no heading either.
                    if matches!(kept.last(), Some(Block::Part { .. })) {
                        kept.pop();
                    }
                    kept.push(other);
                }
            }
        }
        if matches!(kept.last(), Some(Block::Part { .. })) {
            kept.pop();
        }
        self.blocks = kept;
        self
    }
}

impl Exchange {
    fn without(mut self, id: InvitationId) -> Option<Self> {
        let theirs = |said: &super::Said| said.by.invitation == Some(id);
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
    use domain::{ExchangeId, Lang, person::Person, state::article::ArticlePart};

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
                person,
            },
            text: text.into(),
        }
    }

    fn exchange(question: Said, answers: Vec<Said>) -> Block {
        Block::Exchange(Box::new(Exchange {
            id: ExchangeId::new(),
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
        let part = |part| Block::Part { part };
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
        };
        let left = snapshot.clone().without(leaver);
        assert_eq!(left.exchanges(), 1);
        let [
            Block::Prose { .. },
            Block::Part { part },
            Block::Exchange(kept),
            Block::Prose { .. },
        ] = &left.blocks[..]
        else {
            panic!("{:?}", left.blocks)
        };
        assert_eq!(*part, ArticlePart::PartnersAnswer);
        assert_eq!(kept.answers.iter().map(|a| a.text.as_str()).collect::<Vec<_>>(), ["둘"]);
        assert_eq!(kept.pull, None, "it was their words");
        assert_eq!(snapshot.clone().without(InvitationId::new()), snapshot);
        let empty = left.without(other);
        assert_eq!((empty.exchanges(), empty.blocks.len()), (0, 2));
    }
}
