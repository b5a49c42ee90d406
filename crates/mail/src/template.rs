//! A mail's words as staff write them, with placeholders: parsed first, filled afterwards.
//!
//! Values never meet the parser: a name that reads `{link}` stays those letters, a line feed in it is a space, and no
//! value can begin a block of its own. So who wrote the template is trusted, and whose words fill it need not be.

mod slot;

pub use slot::Slot;

use crate::{
    letter::{Block, Letter, Link},
    render,
};
use domain::{Lang, state::release::LetterKind};
use std::collections::BTreeMap;

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No placeholder of this kind of mail is called so.
    Unknown { name: String, known: String },
    /// A brace is opened and not closed.
    Open,
    /// The mail needs it.
    Missing(Slot),
    /// A link, an answer or a list of facts, but not alone on a line of the body.
    OwnLine(Slot),
}

/// The placeholders of a kind, as they are written.
pub fn known(kind: LetterKind) -> String {
    let names = Slot::ALL.into_iter().filter(|s| s.serves(kind));
    names.map(|s| s.to_string()).collect::<Vec<_>>().join(", ")
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Value(Slot),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(Vec<Piece>),
    /// Small print.
    Note(Vec<Piece>),
    Block(Slot),
}

/// A template that was read without a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    subject: Vec<Piece>,
    parts: Vec<Part>,
}

/// A line of its own that begins the small print.
const NOTE: &str = "---";

impl Template {
    /// Reads subject and body; the problems name their field (`subject`, `words`).
    ///
    /// # Errors
    /// The first problem of each field.
    pub fn parse(kind: LetterKind, subject: &str, body: &str) -> Result<Self, Vec<(&'static str, Problem)>> {
        let mut problems = Vec::new();
        let head = pieces(kind, subject).unwrap_or_else(|p| {
            problems.push(("subject", p));
            Vec::new()
        });
        if problems.is_empty()
            && let Some(slot) = misplaced(&head)
        {
            problems.push(("subject", Problem::OwnLine(slot)));
        }
        let parts = parts(kind, body).unwrap_or_else(|p| {
            problems.push(("words", p));
            Vec::new()
        });
        if !problems.iter().any(|(field, _)| *field == "words")
            && let Some(slot) = Slot::ALL
                .into_iter()
                .find(|s| s.is_needed(kind) && !parts.iter().any(|p| holds(p, *s)))
        {
            problems.push(("words", Problem::Missing(slot)));
        }
        if problems.is_empty() {
            Ok(Self { subject: head, parts })
        } else {
            Err(problems)
        }
    }

    /// The letter with these values. What is empty and would be a block of its own is left out.
    pub fn fill(&self, values: &Values) -> Letter {
        let mut letter = Letter::new(text(&self.subject, values));
        for part in &self.parts {
            let block = match part {
                Part::Text(pieces) => Block::Text(text(pieces, values)),
                Part::Note(pieces) => Block::Note(text(pieces, values)),
                Part::Block(Slot::Link) => Block::Action {
                    label: values.label.clone(),
                    link: values.link.clone(),
                },
                Part::Block(Slot::Facts) => Block::Facts(values.facts.clone()),
                Part::Block(slot) => {
                    let text = values.get(*slot).to_owned();
                    if text.is_empty() {
                        continue;
                    }
                    let by = match slot {
                        Slot::Joined => {
                            letter.blocks.push(Block::Text(text));
                            continue;
                        }
                        Slot::Question => values.by.clone(),
                        Slot::Answer => Some(values.get(Slot::Answerer).to_owned()).filter(|by| !by.is_empty()),
                        _ => None,
                    };
                    Block::Quote { text, by }
                }
            };
            letter.blocks.push(block);
        }
        letter
    }
}

fn holds(part: &Part, slot: Slot) -> bool {
    match part {
        Part::Block(s) => *s == slot,
        Part::Text(pieces) | Part::Note(pieces) => pieces.contains(&Piece::Value(slot)),
    }
}

/// A link, an answer or facts amid text.
fn misplaced(pieces: &[Piece]) -> Option<Slot> {
    pieces.iter().find_map(|p| match p {
        Piece::Value(slot @ (Slot::Link | Slot::Facts | Slot::Answer)) => Some(*slot),
        _ => None,
    })
}

/// Text and placeholders; `{{` and `}}` are braces.
fn pieces(kind: LetterKind, text: &str) -> Result<Vec<Piece>, Problem> {
    let mut out = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        plain.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        let behind = &rest[at + 1..];
        if let Some(behind) = behind.strip_prefix(brace) {
            plain.push_str(brace);
            rest = behind;
        } else if brace == "}" {
            plain.push_str(brace);
            rest = behind;
        } else {
            let end = behind.find(['}', '{', '\n']).filter(|e| behind[*e..].starts_with('}'));
            let Some(end) = end else { return Err(Problem::Open) };
            let name = behind[..end].trim();
            let Some(slot) = Slot::parse(name).filter(|s| s.serves(kind)) else {
                return Err(Problem::Unknown {
                    name: name.chars().take(40).collect(),
                    known: known(kind),
                });
            };
            if !plain.is_empty() {
                out.push(Piece::Text(std::mem::take(&mut plain)));
            }
            out.push(Piece::Value(slot));
            rest = &behind[end + 1..];
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        out.push(Piece::Text(plain));
    }
    Ok(out)
}

fn parts(kind: LetterKind, body: &str) -> Result<Vec<Part>, Problem> {
    let body = domain::text::tidy(body);
    let mut out = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    let mut small = false;
    for line in body.lines().map(Some).chain([None]) {
        let alone = line.and_then(|l| {
            let name = l.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
            Slot::parse(name).filter(|s| s.is_block() && s.serves(kind))
        });
        let break_here = alone.is_some() || line.is_none_or(|l| l.trim() == NOTE);
        if !break_here {
            lines.extend(line);
            continue;
        }
        let text = lines.join("\n");
        lines.clear();
        if !text.trim().is_empty() {
            let read = pieces(kind, text.trim())?;
            if let Some(slot) = misplaced(&read) {
                return Err(Problem::OwnLine(slot));
            }
            out.push(if small { Part::Note(read) } else { Part::Text(read) });
        }
        match alone {
            Some(slot) => out.push(Part::Block(slot)),
            None => small = true,
        }
    }
    Ok(out)
}

fn text(pieces: &[Piece], values: &Values) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Value(slot) => out.push_str(&inline(values.get(*slot))),
        }
    }
    out
}

/// A value amid text: one line, without characters that steer a renderer or the direction of reading.
fn inline(value: &str) -> String {
    let kept: String = value
        .chars()
        .filter(
            |c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'),
        )
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a template is filled with.
#[derive(Clone, Debug)]
pub struct Values {
    texts: BTreeMap<Slot, String>,
    by: Option<String>,
    facts: Vec<(String, String)>,
    label: String,
    link: Link,
}

impl Values {
    /// With the label of the link and where it leads.
    pub fn new(label: String, link: Link) -> Self {
        Self {
            texts: BTreeMap::new(),
            by: None,
            facts: Vec::new(),
            label,
            link,
        }
    }

    #[must_use]
    pub fn with(mut self, slot: Slot, value: impl Into<String>) -> Self {
        self.texts.insert(slot, value.into());
        self
    }

    /// Where the link leads.
    #[must_use]
    pub fn leading(mut self, link: Link) -> Self {
        self.link = link;
        self
    }

    /// Whose words the question is.
    #[must_use]
    pub fn quoted_by(mut self, by: String) -> Self {
        self.by = Some(by);
        self
    }

    #[must_use]
    pub fn facts(mut self, facts: Vec<(String, String)>) -> Self {
        self.facts = facts;
        self
    }

    fn get(&self, slot: Slot) -> &str {
        self.texts.get(&slot).map_or("", String::as_str)
    }
}

/// The words of a delivery that an event starts with: subject and body.
pub fn delivery(lang: Lang) -> (String, String) {
    let slots: Vec<(&str, String)> = Slot::ALL.into_iter().map(|s| (s.as_str(), s.to_string())).collect();
    let say = |key: &str| render::words(lang, key, &slots);
    let body = [
        say("mail-delivery-hello"),
        Slot::Joined.to_string(),
        say("mail-delivery-asked"),
        Slot::Question.to_string(),
        say("mail-delivery-answered"),
        Slot::Answer.to_string(),
        Slot::Link.to_string(),
        format!("---\n{}", say("mail-delivery-note")),
    ];
    (say("mail-delivery-subject"), body.join("\n\n"))
}

/// What the link of a delivery is called.
pub fn delivery_label(lang: Lang) -> String {
    render::words(lang, "mail-delivery-action", &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        Values::new("보기".into(), Link::Page { path: "/my".into() })
            .with(Slot::Name, "{link}\r\nBcc: all@x.example\u{202e}")
            .with(Slot::Event, "행사\u{0}\n---")
            .with(Slot::Number, "7")
            .with(Slot::Question, "둘째 줄이\n{name} 있는 질문\n---\n{link}")
            .with(Slot::Reason, "사유 {reason}")
    }

    #[test]
    fn a_value_is_data_wherever_it_stands() {
        let body = "{name} 님\n\n{{괄호}} {question}\n{question}\n{link}\n---\n{event}";
        let template = Template::parse(LetterKind::Live, "[{event}] {number}: {name}", body).expect("reads");
        let letter = template.fill(&values());
        assert_eq!(letter.subject, "[행사 ---] 7: {link} Bcc: all@x.example");
        assert_eq!(letter.links().count(), 1, "the template's own link alone: {letter:?}");
        assert_eq!(
            letter.blocks[0],
            Block::Text("{link} Bcc: all@x.example 님\n\n{괄호} 둘째 줄이 {name} 있는 질문 --- {link}".into())
        );
        assert!(matches!(&letter.blocks[1], Block::Quote { text, .. } if text.ends_with("{link}")));
        assert_eq!(letter.blocks[3], Block::Note("행사 ---".into()));
        assert_eq!(letter.blocks.len(), 4);
    }

    #[test]
    fn what_no_mail_of_this_kind_knows_is_refused_at_its_field_with_what_it_knows() {
        let problems = Template::parse(LetterKind::Live, "{reason}", "{link}\n{nmae}").expect_err("two");
        let fields: Vec<&str> = problems.iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["subject", "words"]);
        assert!(
            matches!(&problems[1].1, Problem::Unknown { name, known } if name == "nmae" && known.contains("{place}") && !known.contains("{reason}"))
        );
        for (body, problem) in [
            ("안녕하세요 {name", Problem::Open),
            ("{na{me}}\n{link}", Problem::Open),
            ("안녕하세요", Problem::Missing(Slot::Link)),
            ("여기: {link}", Problem::OwnLine(Slot::Link)),
        ] {
            let found = Template::parse(LetterKind::Live, "s", body).expect_err("a problem");
            assert_eq!(found, [("words", problem)], "{body}");
        }
        let found = Template::parse(LetterKind::Declined, "s", "{link}").expect_err("no reason");
        assert_eq!(found, [("words", Problem::Missing(Slot::Reason))]);
    }

    #[test]
    fn an_answer_stands_alone_and_begins_nothing_of_its_own() {
        let words = "{name} 님께\n{joined}\n{answer}\n{link}\n---\n나래 드림";
        let template = Template::parse(LetterKind::Delivery, "{event}", words).expect("reads");
        let values = values()
            .with(Slot::Answer, "첫 줄\n---\n{link}\n{name}")
            .with(Slot::Answerer, "이수현");
        let letter = template.fill(&values);
        let quote = Block::Quote {
            text: "첫 줄\n---\n{link}\n{name}".into(),
            by: Some("이수현".into()),
        };
        assert_eq!(
            letter.blocks[1], quote,
            "nothing where it was joined to none: {letter:?}"
        );
        assert_eq!((letter.links().count(), letter.blocks.len()), (1, 4));
        let joined = template.fill(&values.with(Slot::Joined, "함께 답했습니다."));
        assert_eq!(joined.blocks[1], Block::Text("함께 답했습니다.".into()));
        for (words, problem) in [
            ("{link}", Problem::Missing(Slot::Answer)),
            ("답: {answer}\n{link}", Problem::OwnLine(Slot::Answer)),
        ] {
            let found = Template::parse(LetterKind::Delivery, "s", words).expect_err("a problem");
            assert_eq!(found, [("words", problem)], "{words}");
        }
        for lang in Lang::ALL {
            let (subject, body) = delivery(*lang);
            assert!(Template::parse(LetterKind::Delivery, &subject, &body).is_ok(), "{body}");
        }
    }

    #[test]
    fn hostile_templates_end_in_linear_time() {
        for text in [
            "{".repeat(200_000),
            "}".repeat(200_001),
            "{a".repeat(100_000),
            "{{}}".repeat(50_000),
        ] {
            let _ = Template::parse(LetterKind::Live, &text, &text);
        }
    }
}
