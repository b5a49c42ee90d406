//! An article as its editors type it: what a form brings, what a revision keeps.

use super::figures;
use crate::{
    Error,
    repo::{self, Asked, Material},
};
use data_encoding::HEXLOWER;
use db::{
    entity::{article, article_block, asset, crew_member, invitation, speaker},
    prelude::*,
};
use domain::{
    AnswerId, ArticleId, BlockId, CrewMemberId, EventId, InvitationId, Lang, SpeakerId,
    state::article::{ArticlePart, BlockKind, Unapproved},
    text::{self, TextError},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, HashSet},
    fmt,
    str::FromStr,
};
use web::{Errors, Message};

const TITLE: usize = 120;
const STANDFIRST: usize = 300;
const PROSE: usize = 20_000;
const HEADING: usize = 120;
const PULL: usize = 300;
const QUOTE: usize = 1_000;
const ALT: usize = 300;
const CAPTION: usize = 300;
const KEYWORDS: usize = 3;
/// What an article may hold.
pub(crate) const BLOCKS: usize = 120;

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

/// What a draft is checked against.
pub(super) struct Known {
    material: Material,
    assets: HashSet<String>,
    partners: HashSet<InvitationId>,
    speakers: HashSet<SpeakerId>,
    crew: HashSet<CrewMemberId>,
    has_figures: bool,
}

impl Known {
    pub(super) async fn of(conn: &impl ConnectionTrait, event: EventId, draft: &Draft) -> Result<Self, Error> {
        let (mut assets, mut partners, mut speakers, mut crew) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for block in &draft.blocks {
            match &block.body {
                BlockBody::Picture { asset, .. } => assets.push(asset.clone()),
                BlockBody::Quote { by, .. } => match by {
                    QuoteBy::Partner(id) => partners.push(*id),
                    QuoteBy::Speaker(id) => speakers.push(*id),
                    QuoteBy::Crew(id) => crew.push(*id),
                    QuoteBy::Answer(_) => {}
                },
                _ => {}
            }
        }
        let assets: Vec<String> = asset::Entity::find()
            .select_only()
            .column(asset::Column::Sha256)
            .filter(asset::Column::Sha256.is_in(assets))
            .into_tuple()
            .all(conn)
            .await?;
        let partners: Vec<InvitationId> = invitation::Entity::find()
            .select_only()
            .column(invitation::Column::Id)
            .filter(invitation::Column::Id.is_in(partners))
            .filter(invitation::Column::EventId.eq(event))
            .into_tuple()
            .all(conn)
            .await?;
        let speakers: Vec<SpeakerId> = speaker::Entity::find()
            .select_only()
            .column(speaker::Column::Id)
            .filter(speaker::Column::Id.is_in(speakers))
            .filter(speaker::Column::EventId.eq(event))
            .into_tuple()
            .all(conn)
            .await?;
        let crew: Vec<CrewMemberId> = crew_member::Entity::find()
            .select_only()
            .column(crew_member::Column::Id)
            .filter(crew_member::Column::Id.is_in(crew))
            .into_tuple()
            .all(conn)
            .await?;
        Ok(Self {
            material: repo::material(conn, event).await?,
            assets: assets.into_iter().collect(),
            partners: partners.into_iter().collect(),
            speakers: speakers.into_iter().collect(),
            crew: crew.into_iter().collect(),
            has_figures: figures::of(conn, event, draft.lang).await?.people > 0,
        })
    }

    fn knows(&self, by: QuoteBy) -> bool {
        match by {
            QuoteBy::Answer(id) => self.material.answers.iter().any(|a| a.id == id),
            QuoteBy::Partner(id) => self.partners.contains(&id),
            QuoteBy::Speaker(id) => self.speakers.contains(&id),
            QuoteBy::Crew(id) => self.crew.contains(&id),
        }
    }
}

/// Whether everything must be there that readers need, or an editor still writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    AsFarAsItIs,
    Whole,
}

/// The draft with its texts tidied and without what is not there (any more), or what is wrong with it.
pub(super) fn check(mut draft: Draft, row: &article::Model, known: &Known, wanted: Wanted) -> Result<Draft, Errors> {
    let mut errors = Errors::new();
    let needed = |t: String| if t.is_empty() { Err(TextError::Empty) } else { Ok(t) };
    draft.title = errors
        .check("title", text::line(&draft.title, TITLE).and_then(needed))
        .unwrap_or_default();
    draft.standfirst = errors
        .check("standfirst", text::line(&draft.standfirst, STANDFIRST))
        .unwrap_or_default();
    draft.keywords = errors.check("keywords", keywords(&draft.keywords)).unwrap_or_default();
    if row.published_at.is_some() || draft.slug.trim() == row.slug {
        // An address that was given away never changes.
        draft.slug.clone_from(&row.slug);
    } else {
        draft.slug = draft.slug.trim().to_owned();
        if draft.slug.is_empty() || draft.slug.len() > 80 || text::slug(&draft.slug) != draft.slug {
            errors.add("slug", "article-error-slug");
        }
    }
    if draft.blocks.len() > BLOCKS {
        errors.add("", Message::new("compose-error-many").arg("most", BLOCKS));
    }
    let (mut asked, mut figures, mut ids) = (HashSet::new(), false, HashSet::new());
    draft.blocks.retain(|block| {
        ids.insert(block.id)
            && match &block.body {
                // What stands there already stays, also when its answer was taken back: the page says so.
                BlockBody::Exchange(x) => asked.insert(x.asked) && known.material.knows(x.asked),
                BlockBody::Quote { by, .. } => known.knows(*by) || matches!(by, QuoteBy::Answer(_)),
                BlockBody::Picture { asset, .. } => known.assets.contains(asset),
                BlockBody::Figures { .. } => !std::mem::replace(&mut figures, true),
                BlockBody::Prose { .. } | BlockBody::Part { .. } => true,
            }
    });
    for block in &mut draft.blocks {
        check_block(&mut errors, block, known, wanted);
    }
    if errors.is_empty() { Ok(draft) } else { Err(errors) }
}

fn check_block(errors: &mut Errors, block: &mut BlockDraft, known: &Known, wanted: Wanted) {
    let id = block.id;
    let mut put = |field: &str, into: &mut String, result: Result<String, TextError>| match result {
        Ok(text) => *into = text,
        Err(error) => errors.add(format!("{field}-{id}"), error),
    };
    let flat = |t: &str| text::tidy(t).replace('\n', " ");
    match &mut block.body {
        BlockBody::Prose { text } => {
            let checked = prose(text, PROSE);
            put("text", text, checked);
        }
        BlockBody::Part { heading, side } => {
            let checked = text::line(heading, HEADING);
            put("heading", heading, checked);
            if heading.is_empty() && side.is_none() && wanted == Wanted::Whole {
                errors.add(format!("heading-{id}"), TextError::Empty);
            }
        }
        BlockBody::Exchange(x) => {
            let checked = text::line(&x.heading, HEADING);
            put("heading", &mut x.heading, checked);
            let checked = text::line(&flat(&x.pull), PULL);
            put("pull", &mut x.pull, checked);
            let answers = known.material.answers_to(x.asked);
            x.texts
                .retain(|key, _| key == QUESTION || answers.iter().any(|a| a.id.to_string() == *key));
            for (key, text) in &mut x.texts {
                match prose(text, PROSE) {
                    Ok(tidied) if tidied.is_empty() => errors.add(format!("words-{id}-{key}"), TextError::Empty),
                    Ok(tidied) => *text = tidied,
                    Err(error) => errors.add(format!("words-{id}-{key}"), error),
                }
            }
            let said = |a: &&db::entity::answer::Model| {
                let stands = x.texts.get(&a.id.to_string()).unwrap_or(&a.body);
                super::snapshot::says(stands, &x.pull)
            };
            // An answer that was taken back says nothing; its words stay in the form.
            if !x.pull.is_empty() && !answers.is_empty() && !answers.iter().any(|a| said(a)) {
                errors.add(format!("pull-{id}"), "article-error-pull");
            }
        }
        BlockBody::Quote { by, text, .. } => {
            let checked = prose(text, QUOTE);
            put("text", text, checked);
            let answer = known.material.answers.iter().find(|a| QuoteBy::Answer(a.id) == *by);
            if text.is_empty() && wanted == Wanted::Whole {
                errors.add(format!("text-{id}"), TextError::Empty);
            } else if answer.is_some_and(|a| !super::snapshot::says(&a.body, text)) {
                errors.add(format!("text-{id}"), "article-error-pull");
            }
        }
        BlockBody::Picture { alt, caption, .. } => {
            let checked = text::line(&flat(alt), ALT);
            put("text", alt, checked);
            let checked = text::line(&flat(caption), CAPTION);
            put("caption", caption, checked);
            if alt.is_empty() && wanted == Wanted::Whole {
                errors.add(format!("text-{id}"), "compose-error-alt");
            }
        }
        BlockBody::Figures { caption } => {
            let checked = text::line(&flat(caption), CAPTION);
            put("caption", caption, checked);
            if !known.has_figures && wanted == Wanted::Whole {
                errors.add(format!("caption-{id}"), "compose-error-figures");
            }
        }
    }
}

fn prose(input: &str, most: usize) -> Result<String, TextError> {
    let text = text::tidy(input);
    let has = text::char_count(&text);
    if has > most {
        Err(TextError::TooLong { most, has })
    } else {
        Ok(text)
    }
}

fn keywords(input: &str) -> Result<String, Message> {
    let words: Vec<String> = input.split(',').map(|k| text::line(k, 30)).collect::<Result<_, _>>()?;
    let words: Vec<String> = words.into_iter().filter(|k| !k.is_empty()).collect();
    if words.len() > KEYWORDS {
        return Err(Message::new("article-error-keywords").arg("most", KEYWORDS));
    }
    Ok(words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_keywords_and_no_more() {
        assert_eq!(keywords(" 상생, 문답 ,, "), Ok("상생, 문답".to_owned()));
        assert!(keywords("a,b,c,d").is_err());
        assert!(keywords("a\nb").is_err());
    }

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
