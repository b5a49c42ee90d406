//! Documents → the data that the templates set. Sizes in points are those of the templates.

use crate::{
    Block, Cover, Document, Exchange, Figures, Issue, Lang, Person, Picture, Said, Section, clean,
    document::paragraphs,
    fonts::Fonts,
    prose::{self, Piece, Run},
    words::{self, Room},
};
use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};
use typst::foundations::Bytes;

/// The column of a book page: 124 mm.
const COLUMN: f64 = 351.0;
const BODY: f64 = 9.6;
/// Highest a picture stands, in mm, and how wide the column is.
const PICTURE_HIGH: f64 = 150.0;
const PICTURE_WIDE: f64 = 124.0;

/// Makes data, and gathers the pictures that it names by their number.
pub(crate) struct Setter {
    fonts: &'static Fonts,
    pub(crate) pictures: Vec<Bytes>,
}

impl Setter {
    pub(crate) const fn new(fonts: &'static Fonts) -> Self {
        Self {
            fonts,
            pictures: Vec::new(),
        }
    }

    /// A text as one line, however it was typed.
    pub(crate) fn line(&self, text: &str, room: Room) -> Value {
        words::plain(self.fonts, &clean::line(text), room)
    }

    fn runs(&self, runs: &[Run], room: Room) -> Value {
        words::runs(self.fonts, runs, room)
    }

    fn paragraphs(&self, text: &str, room: Room) -> Value {
        let text = clean::clean(text);
        let each = paragraphs(&text).map(|p| words::plain(self.fonts, p, room));
        Value::Array(each.collect())
    }

    /// Keeps the bytes for the templates; the name under which they find them.
    pub(crate) fn keep(&mut self, bytes: Vec<u8>) -> String {
        self.pictures.push(Bytes::new(bytes));
        (self.pictures.len() - 1).to_string()
    }

    pub(crate) fn article(&mut self, d: &Document) -> Value {
        let size = title_size(&d.title);
        let small = Room::of(COLUMN, 8.8);
        let (mut part, mut n) = (false, 0);
        let mut blocks = Vec::new();
        let mut after_exchange = false;
        for block in &d.blocks {
            // A question stands one level below its part, and so does a heading in prose.
            let level = if part { 2 } else { 1 };
            let value = match block {
                Block::Prose(markdown) => {
                    json!({ "k": "prose", "l": level, "of": self.pieces(&prose::tree(markdown)) })
                }
                Block::Part(title) => {
                    part = true;
                    json!({ "k": "part", "x": self.line(title, Room::of(COLUMN, 17.0)) })
                }
                Block::Exchange(x) => {
                    n += 1;
                    self.exchange(x, n, level, !after_exchange)
                }
                Block::Quote(said) => {
                    let mut value = self.said(said, Room::of(COLUMN - 30.0, 10.4));
                    value["k"] = "quote".into();
                    value
                }
                Block::Picture(picture) => self.picture(picture),
                Block::Figures(figures) => self.figures(figures),
            };
            after_exchange = matches!(block, Block::Exchange(_));
            blocks.push(value);
        }
        let corrections = d.corrections.iter().map(|c| {
            let text = clean::line(&c.text);
            json!({ "day": d.lang.day(c.date), "x": words::plain(self.fonts, &text, Room::of(COLUMN - 40.0, 8.8)) })
        });
        let corrections: Vec<Value> = corrections.collect();
        let keywords: Vec<String> = d
            .keywords
            .iter()
            .map(|k| clean::line(k))
            .filter(|k| !k.is_empty())
            .collect();
        json!({
            "lang": d.lang.code(),
            "title": clean::line(&d.title),
            "publisher": clean::line(&d.publisher),
            "description": clean::line(&d.standfirst),
            "keywords": keywords,
            "date": ymd(d.date),
            "size": size,
            "heading": self.line(&d.title, Room::of(COLUMN, size)),
            "head": self.line(&shortened(&d.title, 44), Room(40.0)),
            "listed": self.line(&d.title, Room::of(300.0, 12.0)),
            "brief": self.line(&shortened(&d.standfirst, 64), Room::of(300.0, 8.6)),
            "standfirst": self.paragraphs(&d.standfirst, Room::of(COLUMN, 11.6)),
            "event": self.line(&d.event, small),
            "published": self.line(&[clean::line(&d.publisher), d.lang.day(d.date)].join(" · "), small),
            "tags": keywords.iter().map(|k| self.line(k, small)).collect::<Vec<_>>(),
            "address": self.address(d.address.as_deref()),
            "blocks": blocks,
            "corrections": corrections,
            "terms": { "asks": d.lang.asks(), "answers": d.lang.answers(), "corrections": d.lang.corrections() },
        })
    }

    pub(crate) fn issue(&mut self, i: &Issue) -> Value {
        let mut value = self.front(i);
        let mut sections = Vec::new();
        for section in i.sections.iter().filter(|s| !s.articles.is_empty()) {
            let articles: Vec<Value> = section.articles.iter().map(|d| self.article(d)).collect();
            let title = self.line(section_title(i, section), Room::of(COLUMN, 9.2));
            sections.push(json!({ "title": title, "articles": articles }));
        }
        value["sections"] = sections.into();
        value
    }

    /// What the cover shows, and what the whole file is called.
    pub(crate) fn front(&mut self, i: &Issue) -> Value {
        // The cover's column is wider: 142 mm.
        let size = cover_size(&i.title);
        let issue = format!("{} · {}", i.lang.number(i.number), i.lang.month(i.date));
        let picture = match &i.cover {
            Cover::Drawn => Value::Null,
            Cover::Picture(picture) => json!({
                "file": self.keep(picture.bytes.clone()),
                "alt": clean::line(&picture.alternative),
            }),
        };
        let sections = i.sections.iter().filter(|s| !s.articles.is_empty());
        let sections: Vec<Value> = sections
            .map(|s| {
                let calls = s.articles.first().map(|d| shortened(&d.title, 52)).unwrap_or_default();
                json!({
                    "title": self.line(&shortened(section_title(i, s), 12), Room::of(76.0, 9.6)),
                    "article": self.line(&calls, Room::of(310.0, 9.6)),
                })
            })
            .collect();
        json!({
            "lang": i.lang.code(),
            "title": full_title(i),
            "publisher": clean::line(&i.publisher),
            "description": issue,
            "keywords": [],
            "date": ymd(i.date),
            "size": size,
            "heading": self.line(&i.title, Room::of(402.0, size)),
            "masthead": self.line(&i.publisher, Room::of(250.0, 15.0)),
            "issue": self.line(&issue, Room(40.0)),
            "running": self.line(&shortened(&[clean::line(&i.title), i.lang.number(i.number)].join(" · "), 44), Room(40.0)),
            "picture": picture,
            "calls": sections,
            "address": self.address(i.address.as_deref()),
            "terms": { "contents": i.lang.contents() },
        })
    }

    fn address(&self, url: Option<&str>) -> Value {
        url.and_then(clean::address).map_or(
            Value::Null,
            |url| json!({ "x": self.line(&url, Room::of(COLUMN, 8.6)), "u": url }),
        )
    }

    fn exchange(&self, x: &Exchange, n: usize, level: u8, first: bool) -> Value {
        let own = x.heading.as_deref().filter(|h| !h.trim().is_empty());
        let heading = own.unwrap_or(&x.question.text);
        // A whole question as its own heading is set smaller the longer it is.
        let size = match heading.chars().count() {
            0..=90 => 13.0,
            91..=220 => 11.2,
            _ => 10.2,
        };
        let body = Room::of(COLUMN, BODY);
        let answers: Vec<Value> = x.answers.iter().map(|a| self.said(a, body)).collect();
        json!({
            "k": "exchange",
            "l": level,
            "n": n.to_string(),
            "first": first,
            "size": size,
            "heading": words::plain(self.fonts, &clean::clean(heading), Room::of(COLUMN, size)),
            "by": self.person(&x.question.by),
            "question": own.map(|_| self.paragraphs(&x.question.text, Room::of(COLUMN - 20.0, BODY))),
            "answers": answers,
            "pull": x.pull.as_ref().map(|p| self.said(p, Room::of(COLUMN - 40.0, 15.5))),
        })
    }

    fn said(&self, said: &Said, room: Room) -> Value {
        // What is longer than any page may break, however ugly.
        let whole = said.text.chars().count() <= 300;
        json!({ "by": self.person(&said.by), "words": self.paragraphs(&said.text, room), "whole": whole })
    }

    fn person(&self, p: &Person) -> Value {
        let room = Room::of(COLUMN - 40.0, 9.2);
        json!({
            "lead": self.line(&p.lead, room),
            "rest": self.line(&p.rest, room),
            "partner": p.is_partner(),
            "services": p.services().iter().map(|s| self.line(s, room)).collect::<Vec<_>>(),
        })
    }

    fn pieces(&self, pieces: &[Piece]) -> Value {
        // Lists and quotations are set in; what stands in them has a little less room.
        let room = Room::of(COLUMN - 90.0, BODY);
        let each = pieces.iter().map(|piece| match piece {
            Piece::Paragraph(runs) => json!({ "k": "p", "x": self.runs(runs, room) }),
            Piece::Heading(runs) => json!({ "k": "h", "x": self.runs(runs, Room::of(COLUMN - 90.0, 12.4)) }),
            Piece::Quote(of) => json!({ "k": "quote", "of": self.pieces(of) }),
            Piece::List { start, items } => json!({
                "k": if start.is_some() { "ol" } else { "ul" },
                "start": start.unwrap_or(1),
                "of": items.iter().map(|i| self.pieces(i)).collect::<Vec<_>>(),
            }),
            Piece::Code(text) => {
                let kept = text.replace(' ', "\u{a0}");
                json!({ "k": "code", "x": words::plain(self.fonts, &kept, Room::of(COLUMN - 110.0, 8.6)) })
            }
            Piece::Rule => json!({ "k": "rule" }),
        });
        Value::Array(each.collect())
    }

    fn picture(&mut self, p: &Picture) -> Value {
        let (wide, high) = p.size().unwrap_or((1, 1));
        #[expect(clippy::cast_precision_loss, reason = "the shape of a picture, far below 2^52 dots")]
        let shape = wide as f64 / high as f64;
        json!({
            "k": "picture",
            "file": self.keep(p.bytes.clone()),
            "alt": clean::line(&p.alternative),
            "whole": p.caption.chars().count() <= 400,
            "width": PICTURE_WIDE.min(PICTURE_HIGH * shape),
            "caption": self.line(&p.caption, Room::of(COLUMN, 8.2)),
        })
    }

    fn figures(&self, f: &Figures) -> Value {
        let columns = f.columns.len().max(1);
        let cells = f.rows.iter().flatten().chain(&f.columns).chain([&f.caption]);
        let chars: usize = cells.map(|c| c.chars().count()).sum();
        let cell = |row: &[String], x: usize| row.get(x).map(|c| clean::line(c)).unwrap_or_default();
        let longest = |x: usize| {
            let cells = f.rows.iter().map(|row| cell(row, x)).chain([cell(&f.columns, x)]);
            cells.map(|c| self.fonts.width(&c)).fold(2.0, f64::max)
        };
        // A column is as wide as its longest cell asks for, within reason; the room for its words follows.
        let widths: Vec<f64> = (0..columns).map(|x| longest(x).clamp(4.0, 24.0)).collect();
        let whole: f64 = widths.iter().sum();
        let rooms: Vec<Room> = widths
            .iter()
            .map(|w| Room::of((COLUMN * w / whole - 12.0).max(9.0), 8.8))
            .collect();
        let right: Vec<bool> = (0..columns)
            .map(|x| x > 0 && f.rows.iter().all(|row| is_figure(&cell(row, x))))
            .collect();
        let row = |row: &[String]| -> Value {
            rooms
                .iter()
                .enumerate()
                .map(|(x, room)| words::plain(self.fonts, &cell(row, x), *room))
                .collect()
        };
        json!({
            "k": "figures",
            "whole": f.rows.len() <= 16 && chars <= 900,
            "caption": self.line(&f.caption, Room::of(COLUMN, 8.2)),
            "widths": widths,
            "right": right,
            "columns": row(&f.columns),
            "rows": f.rows.iter().map(|r| row(r)).collect::<Vec<_>>(),
        })
    }
}

/// Every section has a heading, or the contents would not lead to it.
fn section_title<'a>(i: &'a Issue, section: &'a Section) -> &'a str {
    let title = section.title.trim();
    if title.is_empty() { i.lang.articles() } else { title }
}

/// How the whole issue is called where one line must do.
pub(crate) fn full_title(i: &Issue) -> String {
    let title = clean::line(&i.title);
    match i.lang {
        Lang::Ko => format!("{title} {}", i.lang.number(i.number)),
        Lang::En => format!("{title}, {}", i.lang.number(i.number)),
    }
}

pub(crate) fn ymd(day: NaiveDate) -> Value {
    json!([day.year(), day.month(), day.day()])
}

/// At most so many characters; what was cut off is told by `…`.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    let text = clean::line(text);
    if text.chars().count() <= most {
        return text;
    }
    let mut short: String = text.chars().take(most).collect();
    // Not in the middle of a word, unless there is no other place.
    if let Some(at) = short.rfind(' ').filter(|at| *at > short.len() / 2) {
        short.truncate(at);
    }
    short.push('…');
    short
}

fn title_size(title: &str) -> f64 {
    match title.chars().count() {
        0..=26 => 28.0,
        27..=54 => 23.0,
        _ => 18.0,
    }
}

fn cover_size(title: &str) -> f64 {
    match title.chars().count() {
        0..=16 => 44.0,
        17..=36 => 34.0,
        _ => 25.0,
    }
}

/// `1,204`, `48%`, `3.5배`, `-`: what is read from the right.
fn is_figure(cell: &str) -> bool {
    let begins = cell
        .chars()
        .next()
        .is_none_or(|c| c.is_ascii_digit() || "+-−–₩€$".contains(c));
    begins && cell.chars().filter(|c| c.is_alphabetic()).count() <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_from_words() {
        for yes in ["1,204", "48%", "36개사", "-", "", "+3.5배"] {
            assert!(is_figure(yes), "{yes}");
        }
        for no in ["쇼핑", "1부 공연 보기"] {
            assert!(!is_figure(no), "{no}");
        }
    }

    #[test]
    fn a_line_is_cut_between_words() {
        assert_eq!(shortened("하나 둘 셋 넷 다섯", 8), "하나 둘 셋…");
        assert_eq!(shortened("짧은 말", 8), "짧은 말");
        assert_eq!(shortened(&"가".repeat(20), 5), "가가가가가…");
    }
}
