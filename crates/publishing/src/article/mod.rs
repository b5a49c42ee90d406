//! Articles: composed, frozen, rendered, published, withdrawn.

mod check;
pub(crate) mod compose;
mod consent;
mod correct;
pub(crate) mod draft;
pub(crate) mod figures;
pub(crate) mod markdown;
mod merge;
mod naming;
pub(crate) mod picture;
mod preview;
mod publish;
pub(crate) mod render;
mod revision;
mod schedule;
mod snapshot;
mod source;
mod who;

pub use check::Wanted;
pub use compose::{How, Saved, Shape, create, create_from_event, save, update};
pub use consent::{withdraw_print, withdraw_words};
pub use draft::{BlockBody, BlockDraft, Draft, ExchangeDraft, QUESTION, QuoteBy, current};
pub use figures::{Figures, SittingFigures};
pub use merge::{Base, Seen};
pub use preview::{share, unshare};
pub use publish::{Outcome, publish, publish_with, redraft, withdraw};
pub use revision::restore;
pub use schedule::{publish_due, schedule, unschedule};
pub use snapshot::{Block, Correction, EventFacts, Exchange, Picture, Said, Snapshot, Standing};
pub use who::{PULL, Piece, QUOTE, Verdict, Verdicts, Who, Words, hash, words};

pub use crate::repo::Asked;
pub(crate) use compose::store;
pub(crate) use naming::standing;
pub(crate) use preview::{opened, preview_url};
pub(crate) use revision::note as note_revision;
pub(crate) use snapshot::says;
pub(crate) use source::{Source, build};

use chrono::{DateTime, Utc};
use db::entity::article;
use domain::state::article::ArticleState;

/// Whether readers may see the article now. Every output asks this function and no other.
pub fn visible(article: &article::Model, now: DateTime<Utc>) -> bool {
    article.snapshot.is_some() && stands(article.state, article.published_at, article.hidden, now)
}

/// The same of an article that has been rendered.
pub(crate) fn stands(
    state: ArticleState,
    published_at: Option<DateTime<Utc>>,
    hidden: bool,
    now: DateTime<Utc>,
) -> bool {
    let out = matches!(state, ArticleState::Published | ArticleState::Corrected);
    out && !hidden && published_at.is_some_and(|at| at <= now)
}

/// The keywords of an article, stored joined by commas.
pub(crate) fn keywords(article: &article::Model) -> Vec<String> {
    listed(&article.keywords)
}

fn listed(keywords: &str) -> Vec<String> {
    keywords
        .split(',')
        .map(str::trim)
        .filter(|k| !k.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use chrono::TimeDelta;
    use domain::{ArticleId, EventId, Lang};

    pub(crate) fn article(state: ArticleState, now: DateTime<Utc>) -> article::Model {
        article::Model {
            id: ArticleId::new(),
            event_id: EventId::new(),
            slug: "talk".into(),
            lang: Lang::Ko,
            title: "가까이에서".into(),
            standfirst: String::new(),
            keywords: String::new(),
            state,
            snapshot: Some(serde_json::json!({})),
            publish_at: None,
            published_at: Some(now),
            corrected_at: None,
            version: 1,
            comments: false,
            preview_version: 1,
            preview_until: None,
            hidden: false,
            created_at: now,
            updated_at: now,
        }
    }

    #[test]
    fn only_what_is_published_and_whose_time_has_come_is_visible() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("time");
        for state in ArticleState::ALL {
            let shown = matches!(state, ArticleState::Published | ArticleState::Corrected);
            assert_eq!(visible(&article(*state, now), now), shown, "{state}");
        }
        let embargoed = article(ArticleState::Published, now + TimeDelta::seconds(1));
        assert!(!visible(&embargoed, now));
        let empty = article::Model {
            snapshot: None,
            ..article(ArticleState::Published, now)
        };
        assert!(!visible(&empty, now));
        let hidden = article::Model {
            hidden: true,
            ..article(ArticleState::Published, now)
        };
        assert!(!visible(&hidden, now), "its issue is out of sight, and it with it");
    }
}
