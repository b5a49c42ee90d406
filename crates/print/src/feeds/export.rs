//! An article as files to carry elsewhere: Markdown or JSON, and its pictures beside it.

use crate::{
    Block, Cover, Document, Error, Exchange, Figures, Issue, Person, Picture, Said, clean, document::paragraphs, prose,
};
use serde_json::{Value, json};
use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

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

/// The article as Markdown. What people said is written so that it stands as they said it; of an editor's prose only what
/// could run or fetch something elsewhere is left out.
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
            Block::Prose(markdown) => block(&mut out.text, prose::plain(markdown).trim()),
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

/// An article as files beside each other: Markdown, JSON, pictures.
pub fn article_files(d: &Document) -> Vec<(String, Vec<u8>)> {
    let (text, data) = (markdown(d), json(d));
    let mut files = vec![
        ("article.md".to_owned(), text.text.into_bytes()),
        ("article.json".to_owned(), data.text.into_bytes()),
    ];
    files.extend(text.pictures);
    files
}

/// An issue as files: its contents as Markdown and JSON, its cover where that is a picture, and each article in the folder
/// that stands for it, in order.
pub fn issue_files(i: &Issue, folders: &[String]) -> Vec<(String, Vec<u8>)> {
    let mut contents = format!("# {}\n\n", inert(&clean::line(&i.title)));
    let about = [i.lang.number(i.number), clean::line(&i.publisher), i.lang.day(i.date)];
    let about: Vec<String> = about.iter().filter(|f| !f.is_empty()).map(|f| inert(f)).collect();
    block(&mut contents, &about.join(" · "));
    let (mut files, mut sections, mut folders) = (Vec::new(), Vec::new(), folders.iter());
    for section in &i.sections {
        let title = clean::line(&section.title);
        if !title.is_empty() {
            block(&mut contents, &format!("## {}", inert(&title)));
        }
        let (mut lines, mut listed) = (Vec::new(), Vec::new());
        for (d, folder) in section.articles.iter().zip(&mut folders) {
            let title = clean::line(&d.title);
            lines.push(format!("- [{}]({folder}/article.md)", inert(&title)));
            listed.push(json!({ "title": title, "folder": folder, "identifier": d.identifier }));
            let own = article_files(d).into_iter();
            files.extend(own.map(|(name, bytes)| (format!("{folder}/{name}"), bytes)));
        }
        block(&mut contents, &lines.join("\n"));
        sections.push(json!({ "title": title, "articles": listed }));
    }
    let mut cover = None;
    if let Cover::Picture(p) = &i.cover
        && let Some(kind) = p.kind()
    {
        let name = format!("cover.{}", kind.extension());
        files.push((name.clone(), p.bytes.clone()));
        cover = Some(json!({ "file": name, "alternative": p.alternative }));
    }
    let data = json!({
        "format": 1,
        "language": i.lang.code(),
        "identifier": i.identifier,
        "number": i.number,
        "title": i.title,
        "publisher": i.publisher,
        "date": i.date.to_string(),
        "address": i.address,
        "cover": cover,
        "sections": sections,
    });
    contents.truncate(contents.trim_end().len());
    contents.push('\n');
    files.insert(0, ("issue.md".to_owned(), contents.into_bytes()));
    files.insert(1, ("issue.json".to_owned(), format!("{data:#}\n").into_bytes()));
    files
}

/// Files in one, by their names; the same files make the same bytes.
pub fn packed(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, Error> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
        .compression_method(CompressionMethod::Deflated);
    for (name, bytes) in files {
        zip.start_file(name.as_str(), options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
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
            Block::Prose(markdown) => json!({ "block": "prose", "markdown": prose::plain(markdown) }),
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
