//! An article as files to carry elsewhere: Markdown or JSON, and its pictures beside it.

use crate::{Block, Document, Exchange, Figures, Person, Picture, Said, clean, document::paragraphs};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// A text, and the pictures that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    pub text: String,
    /// File names and bytes.
    pub pictures: Vec<(String, Vec<u8>)>,
}

impl Export {
    fn keep(&mut self, p: &Picture) -> Option<String> {
        let name = format!("picture-{}.{}", self.pictures.len() + 1, p.kind()?.extension());
        self.pictures.push((name.clone(), p.bytes.clone()));
        Some(name)
    }
}

/// The article as Markdown. What people said is written so that it stands as they said it; an editor's prose is theirs.
pub fn markdown(d: &Document) -> Export {
    let mut out = Export {
        text: format!("# {}\n\n", inert(&clean::line(&d.title))),
        pictures: Vec::new(),
    };
    for p in paragraphs(&clean::clean(&d.standfirst)) {
        block(&mut out.text, &format!("**{}**", inert(p).replace('\n', " ")));
    }
    let facts = [clean::line(&d.event), clean::line(&d.publisher), d.lang.day(d.date)];
    let facts: Vec<String> = facts.iter().filter(|f| !f.is_empty()).map(|f| inert(f)).collect();
    block(&mut out.text, &facts.join(" · "));
    for piece in &d.blocks {
        match piece {
            Block::Prose(markdown) => block(&mut out.text, clean::clean(markdown).trim()),
            Block::Part(title) => block(&mut out.text, &format!("## {}", inert(&clean::line(title)))),
            Block::Exchange(x) => exchange(&mut out.text, d, x),
            Block::Quote(said) => {
                block(&mut out.text, &who(&said.by, None));
                quoted(&mut out.text, said);
            }
            Block::Picture(p) => {
                if let Some(name) = out.keep(p) {
                    let alternative = inert(&clean::line(&p.alternative));
                    block(&mut out.text, &format!("![{alternative}]({name})"));
                    block(&mut out.text, &inert(&clean::line(&p.caption)));
                }
            }
            Block::Figures(f) => figures(&mut out.text, f),
        }
    }
    if !d.corrections.is_empty() {
        block(&mut out.text, &format!("## {}", d.lang.corrections()));
        for c in &d.corrections {
            block(
                &mut out.text,
                &format!("{}: {}", d.lang.day(c.date), inert(&clean::line(&c.text))),
            );
        }
    }
    let keywords: Vec<String> = d.keywords.iter().map(|k| inert(&clean::line(k))).collect();
    if !keywords.is_empty() {
        block(
            &mut out.text,
            &format!("{}: {}", d.lang.keywords(), keywords.join(", ")),
        );
    }
    out.text.truncate(out.text.trim_end().len());
    out.text.push('\n');
    out
}

fn block(out: &mut String, text: &str) {
    if !text.is_empty() {
        out.push_str(text);
        out.push_str("\n\n");
    }
}

fn exchange(out: &mut String, d: &Document, x: &Exchange) {
    let own = x.heading.as_deref().map(clean::line).filter(|h| !h.is_empty());
    if let Some(heading) = &own {
        block(out, &format!("### {}", inert(heading)));
        block(out, &who(&x.question.by, Some(d.lang.asks())));
        quoted(out, &x.question);
    } else {
        block(out, &who(&x.question.by, Some(d.lang.asks())));
        block(out, &format!("### {}", inert(&clean::line(&x.question.text))));
    }
    for answer in &x.answers {
        block(out, &who(&answer.by, Some(d.lang.answers())));
        for p in paragraphs(&clean::clean(&answer.text)) {
            block(out, &inert(p).replace('\n', "\\\n"));
        }
    }
}

fn who(p: &Person, verb: Option<&str>) -> String {
    let mut line = verb.map_or(String::new(), |v| format!("{v} · "));
    let _ = write!(line, "**{}**", inert(&clean::line(&p.lead)));
    for more in std::iter::once(&p.rest).chain(p.services()) {
        let more = clean::line(more);
        if !more.is_empty() {
            let _ = write!(line, " · {}", inert(&more));
        }
    }
    line
}

fn quoted(out: &mut String, said: &Said) {
    let text = clean::clean(&said.text);
    let each: Vec<String> = paragraphs(&text)
        .map(|p| format!("> {}", inert(p).replace('\n', "\\\n> ")))
        .collect();
    block(out, &each.join("\n>\n"));
}

fn figures(out: &mut String, f: &Figures) {
    if f.columns.is_empty() {
        return;
    }
    block(out, &inert(&clean::line(&f.caption)));
    let row = |cells: &[String]| -> String {
        let cell = |x: usize| cells.get(x).map(|c| inert(&clean::line(c))).unwrap_or_default();
        let each: Vec<String> = (0..f.columns.len()).map(cell).collect();
        format!("| {} |", each.join(" | "))
    };
    let mut lines = vec![row(&f.columns), format!("|{}", " --- |".repeat(f.columns.len()))];
    lines.extend(f.rows.iter().map(|r| row(r)));
    block(out, &lines.join("\n"));
}

/// Text that no reader of Markdown takes for marks.
fn inert(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut begins = true;
    for c in text.chars() {
        let is_mark = matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '&' | '#' | '~' | '$'
        );
        // `1.`, `-` and their like mean something only where a line begins.
        let opens = begins && matches!(c, '-' | '+' | '=');
        let numbers = (c == '.' || c == ')') && begins_with_number(&out);
        if is_mark || opens || numbers {
            out.push('\\');
        }
        out.push(c);
        begins = c == '\n' || begins && c == ' ';
    }
    out
}

fn begins_with_number(so_far: &str) -> bool {
    let line = so_far.rsplit('\n').next().unwrap_or_default().trim_start();
    !line.is_empty() && line.len() < 10 && line.bytes().all(|b| b.is_ascii_digit())
}

/// The article as JSON, as it is held, for other programs.
pub fn json(d: &Document) -> Export {
    let mut out = Export {
        text: String::new(),
        pictures: Vec::new(),
    };
    let blocks: Vec<Value> = d
        .blocks
        .iter()
        .map(|block| match block {
            Block::Prose(markdown) => json!({ "block": "prose", "markdown": markdown }),
            Block::Part(title) => json!({ "block": "part", "heading": title }),
            Block::Exchange(x) => json!({
                "block": "exchange",
                "heading": x.heading,
                "question": said(&x.question),
                "answers": x.answers.iter().map(said).collect::<Vec<_>>(),
                "pull": x.pull.as_ref().map(said),
            }),
            Block::Quote(words) => json!({ "block": "quote", "said": said(words) }),
            Block::Picture(p) => json!({
                "block": "picture",
                "file": out.keep(p),
                "alternative": p.alternative,
                "caption": p.caption,
            }),
            Block::Figures(f) => {
                json!({ "block": "figures", "caption": f.caption, "columns": f.columns, "rows": f.rows })
            }
        })
        .collect();
    let corrections = d
        .corrections
        .iter()
        .map(|c| json!({ "date": c.date.to_string(), "text": c.text }));
    let value = json!({
        "format": 1,
        "language": d.lang.code(),
        "identifier": d.identifier,
        "title": d.title,
        "standfirst": d.standfirst,
        "keywords": d.keywords,
        "publisher": d.publisher,
        "event": d.event,
        "date": d.date.to_string(),
        "address": d.address,
        "blocks": blocks,
        "corrections": corrections.collect::<Vec<_>>(),
    });
    out.text = format!("{value:#}\n");
    out
}

fn said(said: &Said) -> Value {
    json!({
        "by": {
            "name": said.by.lead,
            "line": said.by.rest,
            "side": if said.by.is_partner() { "partner" } else { "host" },
            "services": said.by.services(),
            "works_for": said.by.works_for,
        },
        "text": said.text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_said_is_no_markup() {
        for (said, written) in [
            ("1. 하나\n2) 둘", "1\\. 하나\n2\\) 둘"),
            ("- 줄\n  + 줄", "\\- 줄\n  \\+ 줄"),
            ("2026.11.22 a-b", "2026\\.11.22 a-b"),
            ("**x** [y](z) <b>", "\\*\\*x\\*\\* \\[y\\](z) \\<b\\>"),
        ] {
            assert_eq!(inert(said), written);
        }
    }
}
