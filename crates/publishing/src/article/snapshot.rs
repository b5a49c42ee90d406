//! The one structured source of an article: what every output is rendered from.

use super::{figures::Figures, naming, who::Who};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AnswerId, BlockId, CrewMemberId, InvitationId, Lang, SpeakerId, person::Person, state::article::ArticlePart,
};
use serde::{Deserialize, Serialize};
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

/// What is left of the pieces; `true`: there was an exchange or a quote. A part of which nothing is left, or of whose
/// voices none is, has no heading either.
pub(super) fn left(pieces: Vec<(bool, Option<Block>)>) -> Vec<Block> {
    let mut kept = Vec::with_capacity(pieces.len());
    let mut next: Option<&Block> = None;
    let mut empty = vec![false; pieces.len()];
    for (at, (_, block)) in pieces.iter().enumerate().rev() {
        let Some(block) = block else { continue };
        if matches!(block, Block::Part { .. }) {
            let below = pieces.get(at + 1);
            let voices = below.is_some_and(|(voice, _)| *voice);
            // A heading right over another one is its editor's wish.
            let over_part = matches!(below, Some((_, Some(Block::Part { .. })))) && !empty[at + 1];
            empty[at] = match next {
                None => true,
                Some(Block::Part { .. }) => !over_part,
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
    pub(super) fn masked(mut self, hidden: &[String]) -> Self {
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
    fn a_heading_goes_with_what_stood_under_it_and_no_sooner() {
        let part = |heading: &str| {
            let part = Block::Part {
                part: None,
                heading: heading.into(),
            };
            (false, Some(part))
        };
        let prose = || (false, Some(Block::Prose { markdown: "글".into() }));
        let headings = |pieces: Vec<(bool, Option<Block>)>| -> Vec<String> {
            let heading = |block| match block {
                Block::Part { heading, .. } => Some(heading),
                _ => None,
            };
            left(pieces).into_iter().filter_map(heading).collect()
        };
        assert_eq!(headings(vec![part("위"), part("아래"), prose()]), ["위", "아래"]);
        assert_eq!(headings(vec![part("가"), (true, None), part("나"), prose()]), ["나"]);
        assert_eq!(headings(vec![part("가"), (true, None), prose()]), [""; 0]);
        assert_eq!(headings(vec![part("위"), part("아래"), (true, None)]), [""; 0]);
        assert_eq!(
            headings(vec![part("위"), part("가"), (true, None), part("나"), prose()]),
            ["나"]
        );
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
