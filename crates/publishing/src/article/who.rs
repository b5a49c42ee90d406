//! Whose words stand in an article, and which words exactly.

use super::{Block, Said, Snapshot};
use data_encoding::HEXLOWER;
use domain::{BlockId, CrewMemberId, InvitationId, SpeakerId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use uuid::Uuid;

/// Somebody who is asked before their words are printed. Staff and the host itself are who publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    Partner(InvitationId),
    Speaker(SpeakerId),
    Crew(CrewMemberId),
}

/// What becomes of somebody's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Stand,
    /// They stand, and nothing tells whose they are.
    Anonymous,
    Out,
}

/// By what the words are about and who said them; who is missing stands.
pub type Verdicts = HashMap<(Uuid, Who), Verdict>;

/// Everything that one person says in one place of an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    pub block: BlockId,
    /// The question, the question asked back, or the block of a quote: it stays when the block is made anew.
    pub about: Uuid,
    pub who: Who,
    /// How they are named.
    pub line: String,
    pub pieces: Vec<Piece>,
}

/// One text of theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// `question`, an answer's id, `pull`, `quote`.
    pub part: String,
    pub text: String,
}

pub const PULL: &str = "pull";
pub const QUOTE: &str = "quote";

impl Words {
    /// Of exactly these words under exactly this name.
    pub fn hash(&self) -> String {
        hash(&self.line, &self.pieces)
    }
}

pub fn hash(line: &str, pieces: &[Piece]) -> String {
    let texts: Vec<&str> = pieces.iter().map(|p| p.text.as_str()).collect();
    let json = serde_json::to_vec(&(line, texts)).unwrap_or_default();
    HEXLOWER.encode(&Sha256::digest(json)[..16])
}

/// All words that somebody is asked about, in the order of the article.
pub fn words(snapshot: &Snapshot) -> Vec<Words> {
    let mut all: Vec<Words> = Vec::new();
    let mut add = |block: BlockId, about: Uuid, said: &Said, part: String| {
        let Some(who) = said.by.who() else { return };
        let piece = Piece {
            part,
            text: said.text.clone(),
        };
        match all.iter_mut().find(|w| w.about == about && w.who == who) {
            Some(known) => known.pieces.push(piece),
            None => all.push(Words {
                block,
                about,
                who,
                line: said.by.line.clone(),
                pieces: vec![piece],
            }),
        }
    };
    for block in &snapshot.blocks {
        match block {
            Block::Exchange(x) => {
                let about = x.about.unwrap_or_else(|| x.id.uuid());
                add(x.id, about, &x.question, super::QUESTION.to_owned());
                for answer in &x.answers {
                    let part = answer.answer.map(|id| id.to_string()).unwrap_or_default();
                    add(x.id, about, answer, part);
                }
                if let Some(pull) = &x.pull {
                    add(x.id, about, pull, PULL.to_owned());
                }
            }
            Block::Quote { id, said } => add(*id, id.uuid(), said, QUOTE.to_owned()),
            _ => {}
        }
    }
    all
}
