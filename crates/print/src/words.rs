//! Text → what the templates set: stretches in one look, and in them each Korean word as one piece.
//!
//! The typesetter breaks Korean between any two syllables; a reader of Korean expects a line to end between words. So a
//! word with Hangul is set in a box, unless it is wider than its column: then it is set in bits, between which it breaks.

use crate::{
    fonts::Fonts,
    prose::{Look, Run},
};
use serde_json::{Value, json};

/// A bit of a word that is wider than its column, in em.
const BIT: f64 = 2.0;

/// Where a text stands: how many em of its size the column is wide.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room(pub(crate) f64);

impl Room {
    /// The column of a page in a size, both in points; a little less, for kerning and for weight.
    pub(crate) fn of(column: f64, size: f64) -> Self {
        Self(column / size * 0.97)
    }
}

/// A word, as parts in different looks, or the blank or the end of a line between two.
enum Token {
    Word(Vec<Run>),
    Blank(Look),
    End,
}

/// A plain text for a template.
pub(crate) fn plain(fonts: &Fonts, text: &str, room: Room) -> Value {
    runs(fonts, &[Run::plain(text.to_owned())], room)
}

/// Stretches for a template: `{t: […], b, e, c, u}` in one look, `{g: […]}` a word in several, `{n: 1}` the end of a line.
/// In `t`, a text may break as its language does, `[text]` may not.
pub(crate) fn runs(fonts: &Fonts, runs: &[Run], room: Room) -> Value {
    let mut out = Stretches::default();
    for token in tokens(fonts, runs) {
        match token {
            Token::Blank(look) => out.text(&look, " "),
            Token::End => out.end(),
            Token::Word(parts) => {
                let whole: String = parts.iter().map(|p| p.text.as_str()).collect();
                if fonts.width(&whole) > room.0 {
                    for part in &parts {
                        for bit in bits(fonts, &part.text) {
                            out.kept(&part.look, &bit);
                        }
                    }
                } else if !whole.chars().any(is_hangul) {
                    for part in &parts {
                        out.text(&part.look, &part.text);
                    }
                } else if let [only] = parts.as_slice() {
                    out.kept(&only.look, &only.text);
                } else {
                    out.glued(&parts);
                }
            }
        }
    }
    Value::Array(out.done)
}

pub(crate) const fn is_hangul(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}')
}

fn tokens(fonts: &Fonts, runs: &[Run]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut word: Vec<Run> = Vec::new();
    for run in runs {
        for c in fonts.settable(&run.text).chars() {
            if c != ' ' && c != '\n' {
                match word.last_mut() {
                    Some(part) if part.look == run.look => part.text.push(c),
                    _ => word.push(Run {
                        text: c.to_string(),
                        look: run.look.clone(),
                    }),
                }
                continue;
            }
            if !word.is_empty() {
                tokens.push(Token::Word(std::mem::take(&mut word)));
            }
            match (c, tokens.last()) {
                ('\n', Some(Token::Word(_) | Token::Blank(_))) => {
                    if matches!(tokens.last(), Some(Token::Blank(_))) {
                        tokens.pop();
                    }
                    tokens.push(Token::End);
                }
                (' ', Some(Token::Word(_))) => tokens.push(Token::Blank(run.look.clone())),
                _ => {}
            }
        }
    }
    if !word.is_empty() {
        tokens.push(Token::Word(word));
    }
    while matches!(tokens.last(), Some(Token::Blank(_) | Token::End)) {
        tokens.pop();
    }
    tokens
}

fn bits(fonts: &Fonts, word: &str) -> Vec<String> {
    let mut bits = vec![String::new()];
    for c in word.chars() {
        if let Some(last) = bits.last_mut() {
            last.push(c);
            if fonts.width(last) >= BIT {
                bits.push(String::new());
            }
        }
    }
    bits.retain(|b| !b.is_empty());
    bits
}

#[derive(Default)]
struct Stretches {
    done: Vec<Value>,
    look: Option<Look>,
}

impl Stretches {
    /// The texts of the stretch that this look belongs to: the last one, or a new one.
    fn texts(&mut self, look: &Look) -> Option<&mut Vec<Value>> {
        if self.look.as_ref() != Some(look) {
            self.done.push(stretch(look, &[]));
            self.look = Some(look.clone());
        }
        self.done.last_mut()?["t"].as_array_mut()
    }

    fn text(&mut self, look: &Look, text: &str) {
        if let Some(texts) = self.texts(look) {
            match texts.last_mut() {
                Some(Value::String(last)) => last.push_str(text),
                _ => texts.push(text.into()),
            }
        }
    }

    fn kept(&mut self, look: &Look, text: &str) {
        if let Some(texts) = self.texts(look) {
            texts.push(json!([text]));
        }
    }

    fn glued(&mut self, parts: &[Run]) {
        let parts = parts.iter().map(|p| stretch(&p.look, &[p.text.as_str().into()]));
        self.done.push(json!({ "g": parts.collect::<Vec<_>>() }));
        self.look = None;
    }

    fn end(&mut self) {
        self.done.push(json!({ "n": 1 }));
        self.look = None;
    }
}

fn stretch(look: &Look, texts: &[Value]) -> Value {
    let mut value = json!({ "t": texts });
    for (is, key) in [(look.strong, "b"), (look.emphasis, "e"), (look.code, "c")] {
        if is {
            value[key] = 1.into();
        }
    }
    if let Some(url) = &look.link {
        value["u"] = url.as_ref().into();
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fonts::fonts, prose};

    fn set(markdown: &str, room: f64) -> Value {
        let prose::Piece::Paragraph(text) = prose::tree(markdown).remove(0) else {
            panic!("a paragraph")
        };
        runs(fonts().expect("make fonts"), &text, Room(room))
    }

    #[test]
    fn korean_words_are_kept_and_others_break_as_they_do() {
        assert_eq!(
            set("우리는 UNO Q4를 two ways", 30.0),
            json!([{ "t": [["우리는"], " UNO ", ["Q4를"], " two ways"] }])
        );
    }

    #[test]
    fn a_word_in_two_looks_is_kept_too() {
        assert_eq!(
            set("**나래**는 [답](https://narae.example/)", 30.0),
            json!([
                { "g": [{ "t": ["나래"], "b": 1 }, { "t": ["는"] }] },
                { "t": [" "] },
                { "t": [["답"]], "u": "https://narae.example/" },
            ])
        );
    }

    #[test]
    fn a_word_wider_than_its_column_is_set_in_bits() {
        let long = "가".repeat(40);
        let value = set(&long, 10.0);
        let bits = value[0]["t"].as_array().expect("texts");
        assert!(bits.len() > 10, "{value}");
        let joined: String = bits.iter().map(|b| b[0].as_str().expect("a bit")).collect();
        assert_eq!(joined, long);
    }

    #[test]
    fn what_no_font_has_stands_as_a_sign() {
        let value = plain(fonts().expect("make fonts"), "שלום 韓國 👍🏽 한\u{0331}", Room(30.0));
        let text = value.to_string();
        assert!(text.contains("□□□□") && text.contains("韓國") && text.contains('👍') && !text.contains('🏽'));
    }
}
