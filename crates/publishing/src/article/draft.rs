//! An article as its editors type it: what a form brings, what a revision keeps.

use crate::{
    Error,
    repo::{self, Asked},
};
use data_encoding::HEXLOWER;
use db::{
    entity::{article, article_block},
    prelude::*,
};
use domain::{
    AnswerId, ArticleId, BlockId, CrewMemberId, InvitationId, Lang, SpeakerId,
    state::article::{ArticlePart, BlockKind, Unapproved},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// An article as its editor types it; nothing is checked yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub lang: Lang,
    pub title: String,
    pub standfirst: String,
    /// Up to three, parted by commas.
    pub keywords: String,
    /// The last part of its address; can change until it was first published.
    pub slug: String,
    /// Readers may comment.
    #[serde(default)]
    pub comments: bool,
    /// From top to bottom.
    pub blocks: Vec<BlockDraft>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockDraft {
    pub id: BlockId,
    #[serde(flatten)]
    pub body: BlockBody,
}

/// What a piece says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BlockBody {
    Prose {
        /// Markdown.
        text: String,
    },
    Part {
        /// Empty: the usual heading of `side`.
        heading: String,
        side: Option<ArticlePart>,
    },
    Exchange(ExchangeDraft),
    Quote {
        by: QuoteBy,
        text: String,
        #[serde(default = "leave_out")]
        unapproved: Unapproved,
    },
    Picture {
        /// The bytes' SHA-256.
        asset: String,
        alt: String,
        caption: String,
    },
    Figures {
        caption: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeDraft {
    pub asked: Asked,
    /// Empty: the question itself is the heading.
    pub heading: String,
    /// Empty, or words of one of the answers.
    pub pull: String,
    /// The article's own wording, by [`QUESTION`] or the answer's id; what is missing stands as it was approved.
    #[serde(default)]
    pub texts: BTreeMap<String, String>,
    #[serde(default = "leave_out")]
    pub unapproved: Unapproved,
}

/// The key of a question among the texts of its exchange.
pub const QUESTION: &str = "question";

const fn leave_out() -> Unapproved {
    Unapproved::LeaveOut
}

/// Whose words a quote is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuoteBy {
    /// Words of this answer.
    Answer(AnswerId),
    Partner(InvitationId),
    Speaker(SpeakerId),
    Crew(CrewMemberId),
}

/// One letter and an id: as it stands in forms.
impl fmt::Display for QuoteBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(id) => write!(f, "a{id}"),
            Self::Partner(id) => write!(f, "i{id}"),
            Self::Speaker(id) => write!(f, "s{id}"),
            Self::Crew(id) => write!(f, "c{id}"),
        }
    }
}

/// What does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl FromStr for QuoteBy {
    type Err = Unreadable;

    fn from_str(s: &str) -> Result<Self, Unreadable> {
        let id = s.get(1..).ok_or(Unreadable)?;
        match s.as_bytes().first() {
            Some(b'a') => id.parse().map(Self::Answer).map_err(|_| Unreadable),
            Some(b'i') => id.parse().map(Self::Partner).map_err(|_| Unreadable),
            Some(b's') => id.parse().map(Self::Speaker).map_err(|_| Unreadable),
            Some(b'c') => id.parse().map(Self::Crew).map_err(|_| Unreadable),
            _ => Err(Unreadable),
        }
    }
}

impl BlockBody {
    pub const fn kind(&self) -> BlockKind {
        match self {
            Self::Prose { .. } => BlockKind::Prose,
            Self::Part { .. } => BlockKind::Part,
            Self::Exchange(_) => BlockKind::Exchange,
            Self::Quote { .. } => BlockKind::Quote,
            Self::Picture { .. } => BlockKind::Picture,
            Self::Figures { .. } => BlockKind::Figures,
        }
    }

    pub const fn asked(&self) -> Option<Asked> {
        match self {
            Self::Exchange(x) => Some(x.asked),
            _ => None,
        }
    }

    /// An exchange as it comes in.
    pub fn exchange(asked: Asked) -> Self {
        Self::Exchange(ExchangeDraft {
            asked,
            heading: String::new(),
            pull: String::new(),
            texts: BTreeMap::new(),
            unapproved: Unapproved::LeaveOut,
        })
    }

    pub fn prose(text: impl Into<String>) -> Self {
        Self::Prose { text: text.into() }
    }
}

impl BlockDraft {
    pub fn new(body: BlockBody) -> Self {
        Self {
            id: BlockId::new(),
            body,
        }
    }

    fn of(row: article_block::Model) -> Option<Self> {
        let body = match row.kind {
            BlockKind::Prose => BlockBody::Prose { text: row.body },
            BlockKind::Part => BlockBody::Part {
                heading: row.heading,
                side: row.side,
            },
            BlockKind::Exchange => BlockBody::Exchange(ExchangeDraft {
                asked: row
                    .question_id
                    .map(Asked::Question)
                    .or(row.reverse_id.map(Asked::Reverse))?,
                heading: row.heading,
                pull: row.pull,
                texts: serde_json::from_value(row.texts).unwrap_or_default(),
                unapproved: row.unapproved,
            }),
            BlockKind::Quote => BlockBody::Quote {
                by: row
                    .answer_id
                    .map(QuoteBy::Answer)
                    .or(row.invitation_id.map(QuoteBy::Partner))
                    .or(row.speaker_id.map(QuoteBy::Speaker))
                    .or(row.crew_member_id.map(QuoteBy::Crew))?,
                text: row.body,
                unapproved: row.unapproved,
            },
            BlockKind::Picture => BlockBody::Picture {
                asset: row.asset?,
                alt: row.body,
                caption: row.caption,
            },
            BlockKind::Figures => BlockBody::Figures { caption: row.caption },
        };
        Some(Self { id: row.id, body })
    }

    fn row(&self, article: ArticleId, position: i32) -> Result<article_block::ActiveModel, serde_json::Error> {
        let mut row = article_block::Model {
            id: self.id,
            article_id: article,
            position,
            kind: self.body.kind(),
            question_id: None,
            reverse_id: None,
            answer_id: None,
            invitation_id: None,
            speaker_id: None,
            crew_member_id: None,
            asset: None,
            side: None,
            heading: String::new(),
            body: String::new(),
            pull: String::new(),
            caption: String::new(),
            texts: serde_json::json!({}),
            unapproved: Unapproved::LeaveOut,
        };
        match self.body.clone() {
            BlockBody::Prose { text } => row.body = text,
            BlockBody::Part { heading, side } => (row.heading, row.side) = (heading, side),
            BlockBody::Exchange(x) => {
                match x.asked {
                    Asked::Question(id) => row.question_id = Some(id),
                    Asked::Reverse(id) => row.reverse_id = Some(id),
                }
                (row.heading, row.pull, row.unapproved) = (x.heading, x.pull, x.unapproved);
                row.texts = serde_json::to_value(x.texts)?;
            }
            BlockBody::Quote { by, text, unapproved } => {
                (row.body, row.unapproved) = (text, unapproved);
                match by {
                    QuoteBy::Answer(id) => row.answer_id = Some(id),
                    QuoteBy::Partner(id) => row.invitation_id = Some(id),
                    QuoteBy::Speaker(id) => row.speaker_id = Some(id),
                    QuoteBy::Crew(id) => row.crew_member_id = Some(id),
                }
            }
            BlockBody::Picture { asset, alt, caption } => {
                (row.asset, row.body, row.caption) = (Some(asset), alt, caption);
            }
            BlockBody::Figures { caption } => row.caption = caption,
        }
        Ok(sea_orm::IntoActiveModel::into_active_model(row).reset_all())
    }

    /// What tells whether two are the same, short enough for a form.
    pub fn digest(&self) -> String {
        digest(&self.body)
    }
}

pub(crate) fn digest(of: &impl Serialize) -> String {
    let json = serde_json::to_vec(of).unwrap_or_default();
    HEXLOWER.encode(&Sha256::digest(json)[..8])
}

/// The article as it stands, to be edited: its version and its draft.
///
/// # Errors
/// When there is none.
pub async fn current(conn: &impl ConnectionTrait, id: ArticleId) -> Result<(i32, Draft), Error> {
    let row = repo::article(conn, id).await?;
    let blocks = repo::blocks(conn, id).await?;
    Ok((row.version, Draft::of(&row, blocks)))
}

impl Draft {
    pub(crate) fn of(row: &article::Model, blocks: Vec<article_block::Model>) -> Self {
        Self {
            lang: row.lang,
            title: row.title.clone(),
            standfirst: row.standfirst.clone(),
            keywords: super::keywords(row).join(", "),
            slug: row.slug.clone(),
            comments: row.comments,
            blocks: blocks.into_iter().filter_map(BlockDraft::of).collect(),
        }
    }

    /// The exchange about this, to be changed.
    pub fn exchange(&mut self, asked: Asked) -> Option<&mut ExchangeDraft> {
        self.blocks.iter_mut().find_map(|b| match &mut b.body {
            BlockBody::Exchange(x) if x.asked == asked => Some(x),
            _ => None,
        })
    }

    /// All exchanges, from top to bottom.
    pub fn exchanges(&mut self) -> impl Iterator<Item = &mut ExchangeDraft> {
        self.blocks.iter_mut().filter_map(|b| match &mut b.body {
            BlockBody::Exchange(x) => Some(x),
            _ => None,
        })
    }

    /// Whether somebody is quoted in it.
    pub(crate) fn quotes(&self) -> bool {
        let quotes = |b: &BlockDraft| matches!(b.body.kind(), BlockKind::Exchange | BlockKind::Quote);
        self.blocks.iter().any(quotes)
    }
}

/// Puts the blocks in the place of those that were there.
pub(super) async fn store_blocks(
    tx: &impl ConnectionTrait,
    article: ArticleId,
    blocks: &[BlockDraft],
) -> Result<(), Error> {
    article_block::Entity::delete_many()
        .filter(article_block::Column::ArticleId.eq(article))
        .exec(tx)
        .await?;
    let mut rows = Vec::with_capacity(blocks.len());
    for (position, block) in (1..).zip(blocks) {
        rows.push(block.row(article, position)?);
    }
    if !rows.is_empty() {
        article_block::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_kept_as_json_and_read_back() {
        let mut exchange = ExchangeDraft {
            asked: Asked::Question(domain::QuestionId::new()),
            heading: "소제목".into(),
            pull: String::new(),
            texts: BTreeMap::new(),
            unapproved: Unapproved::Anonymise,
        };
        exchange.texts.insert(QUESTION.into(), "고친 물음".into());
        let draft = Draft {
            lang: Lang::Ko,
            title: "글".into(),
            standfirst: String::new(),
            keywords: "상생".into(),
            slug: "talk".into(),
            comments: true,
            blocks: vec![
                BlockDraft::new(BlockBody::prose("머리말")),
                BlockDraft::new(BlockBody::Exchange(exchange)),
                BlockDraft::new(BlockBody::Quote {
                    by: QuoteBy::Speaker(SpeakerId::new()),
                    text: "그렇습니다".into(),
                    unapproved: Unapproved::LeaveOut,
                }),
            ],
        };
        let json = serde_json::to_value(&draft).expect("json");
        assert_eq!(serde_json::from_value::<Draft>(json).expect("reads"), draft);
        let by = QuoteBy::Crew(CrewMemberId::new());
        assert_eq!(by.to_string().parse(), Ok(by));
    }
}
