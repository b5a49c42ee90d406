//! What a mail says, as data: it is stored so, staff read and edit it so, and it becomes bytes only when it is sent.
//!
//! A link stands in it as what it leads to; its token is derived when the bytes are made, so a stored letter holds no
//! secret. Every text is data: it is never read as markup, and nothing in it becomes a link by itself.

use domain::{ApproverId, AssignmentId, CrewMemberId, InvitationId, SpeakerId};
use serde::{Deserialize, Serialize};

/// The subject and the body of a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub subject: String,
    pub blocks: Vec<Block>,
    /// The Message-ID, without angle brackets, of the mail of ours that this one goes on from: a mail program shows both
    /// in one thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// One part of a letter, from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A paragraph, or several, parted by blank lines.
    Text(String),
    /// Somebody's own words: a question, an answer.
    Quote { text: String, by: Option<String> },
    /// Name and value, one a line: by when, where, who.
    Facts(Vec<(String, String)>),
    /// The one thing to do next.
    Action { label: String, link: Link },
    /// What else one may do, a quiet link each.
    Ways(Vec<(String, Link)>),
    /// Small print.
    Note(String),
    /// What somebody shows at a door, as a picture that a camera reads and in letters. It opens nothing by itself.
    Code { text: String, caption: String },
}

/// Where an action leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Link {
    /// A partner's personal link, and the page behind it (`/my`; empty: the first one).
    Personal {
        invitation: InvitationId,
        #[serde(default)]
        path: String,
    },
    /// The page on which an assignment is answered without mail; `until` is the last day ([`domain::token::day_stamp`]).
    Answer { assignment: AssignmentId, until: u16 },
    /// A step beside answering: its page shows a button, so that a scanner that opens links does nothing.
    Step {
        assignment: AssignmentId,
        until: u16,
        step: Step,
    },
    /// The page on which a crew member proposes questions to ask back.
    Propose { crew_member: CrewMemberId, until: u16 },
    /// A partner's programme, for a calendar program.
    Calendar { invitation: InvitationId },
    /// A speaker's page.
    Speaker { speaker: SpeakerId, until: u16 },
    /// The page on which a quoted person approves their words.
    Approval { approver: ApproverId, until: u16 },
    /// A page that needs no token; the path begins with `/`.
    Page { path: String },
}

/// What a crew member may do with a question beside answering it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// It is another crew's.
    Pass,
    /// The asker must say more first.
    Ask,
    /// It takes longer.
    Later,
}

impl Step {
    pub const ALL: [Self; 3] = [Self::Pass, Self::Ask, Self::Later];

    /// The last part of its page's address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Ask => "ask",
            Self::Later => "later",
        }
    }
}

impl Letter {
    /// An empty letter; the subject becomes one line.
    pub fn new(subject: impl AsRef<str>) -> Self {
        Self {
            subject: one_line(subject.as_ref()),
            blocks: Vec::new(),
            after: None,
        }
    }

    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Text(text.into()));
        self
    }

    #[must_use]
    pub fn quote(mut self, text: impl Into<String>, by: Option<String>) -> Self {
        self.blocks.push(Block::Quote { text: text.into(), by });
        self
    }

    #[must_use]
    pub fn facts(mut self, facts: impl IntoIterator<Item = (String, String)>) -> Self {
        self.blocks.push(Block::Facts(facts.into_iter().collect()));
        self
    }

    #[must_use]
    pub fn action(mut self, label: impl Into<String>, link: Link) -> Self {
        self.blocks.push(Block::Action {
            label: label.into(),
            link,
        });
        self
    }

    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Note(text.into()));
        self
    }

    #[must_use]
    pub fn code(mut self, text: impl Into<String>, caption: impl Into<String>) -> Self {
        self.blocks.push(Block::Code {
            text: text.into(),
            caption: caption.into(),
        });
        self
    }

    #[must_use]
    pub fn ways(mut self, ways: impl IntoIterator<Item = (String, Link)>) -> Self {
        self.blocks.push(Block::Ways(ways.into_iter().collect()));
        self
    }

    #[must_use]
    pub fn after(mut self, message_id: Option<String>) -> Self {
        self.after = message_id;
        self
    }

    /// Puts blocks behind the one at which `is` first holds, or else at the end.
    #[must_use]
    pub fn behind(mut self, is: impl Fn(&Block) -> bool, blocks: impl IntoIterator<Item = Block>) -> Self {
        let at = self.blocks.iter().position(is).map_or(self.blocks.len(), |at| at + 1);
        self.blocks.splice(at..at, blocks);
        self
    }

    /// The links in it, in order.
    pub fn links(&self) -> impl Iterator<Item = &Link> {
        self.blocks.iter().flat_map(|block| -> Vec<&Link> {
            match block {
                Block::Action { link, .. } => vec![link],
                Block::Ways(ways) => ways.iter().map(|(_, link)| link).collect(),
                _ => Vec::new(),
            }
        })
    }

    /// What the picture in it shows, if it has one.
    pub(crate) fn shown_code(&self) -> Option<&str> {
        self.blocks.iter().find_map(|block| match block {
            Block::Code { text, .. } => Some(text.as_str()),
            _ => None,
        })
    }

    /// The text of the body as staff see it in a list: without links.
    pub fn plain(&self) -> String {
        let mut parts = Vec::new();
        for block in &self.blocks {
            match block {
                Block::Text(text) | Block::Note(text) | Block::Quote { text, .. } => parts.push(text.clone()),
                Block::Facts(facts) => {
                    parts.push(
                        facts
                            .iter()
                            .map(|(k, v)| format!("{k}: {v}"))
                            .collect::<Vec<_>>()
                            .join("\n"),
                    );
                }
                Block::Action { label, .. } => parts.push(format!("[{label}]")),
                Block::Code { caption, .. } => parts.push(format!("[{caption}]")),
                Block::Ways(ways) => parts.extend(ways.iter().map(|(label, _)| format!("[{label}]"))),
            }
        }
        parts.join("\n\n")
    }

    /// The same letter without a control character that could reach a header or an odd renderer.
    #[must_use]
    pub(crate) fn cleaned(mut self) -> Self {
        self.subject = one_line(&self.subject);
        for block in &mut self.blocks {
            match block {
                Block::Text(text) | Block::Note(text) => *text = domain::text::tidy(text),
                Block::Quote { text, by } => {
                    *text = domain::text::tidy(text);
                    *by = by.take().map(|by| one_line(&by));
                }
                Block::Facts(facts) => {
                    for (name, value) in facts {
                        *name = one_line(name);
                        *value = one_line(value);
                    }
                }
                Block::Action { label, .. } => *label = one_line(label),
                Block::Code { text, caption } => {
                    *text = one_line(text);
                    *caption = one_line(caption);
                }
                Block::Ways(ways) => {
                    for (label, _) in ways {
                        *label = one_line(label);
                    }
                }
            }
        }
        self
    }
}

/// Control characters, line ends and runs of white space become one space each.
pub(crate) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_stored_and_read_back_without_a_token() {
        let letter = Letter::new("안내\r\nBcc: x@y.example").text("본문").action(
            "내 질문 보기",
            Link::Personal {
                invitation: InvitationId::new(),
                path: "/my".into(),
            },
        );
        assert_eq!(letter.subject, "안내 Bcc: x@y.example");
        let json = serde_json::to_value(&letter).expect("json");
        assert_eq!(json["blocks"][1]["action"]["link"]["to"], "personal");
        assert_eq!(serde_json::from_value::<Letter>(json).expect("back"), letter);
    }
}
