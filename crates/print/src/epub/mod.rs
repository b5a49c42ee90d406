//! EPUB 3 of an article and of an issue, with what a reader that speaks needs to know of it. The same document makes the
//! same bytes: every time in it is the document's.

mod chapter;
mod nav;
mod package;

use crate::{
    Cover, Document, Error, Issue, Lang, card, clean, fonts,
    html::{Entry, Shown},
    layout, limits, pdf,
    words::Room,
    world,
};
use chrono::NaiveDate;
use std::io::{Cursor, Write};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

/// The cover's picture: so many dots for a point of a page of 499 × 709.
const COVER_SCALE: f64 = 2.4;

/// What goes into a book.
struct Book {
    lang: Lang,
    identifier: String,
    title: String,
    description: String,
    publisher: String,
    keywords: Vec<String>,
    date: NaiveDate,
    /// The last correction in it, or its date.
    changed: NaiveDate,
    /// The cover as PNG, and its alternative text.
    cover: Vec<u8>,
    cover_text: String,
    chapters: Vec<Chapter>,
}

/// An article in the book.
struct Chapter {
    file: String,
    title: String,
    /// Where a section begins, its title.
    section: Option<String>,
    xhtml: String,
    contents: Vec<Entry>,
    pictures: Vec<Shown>,
    address: Option<String>,
}

/// An article as a small book.
pub fn article(d: &Document) -> Result<Vec<u8>, Error> {
    limits::document(d)?;
    let issue = Issue {
        lang: d.lang,
        title: d.title.clone(),
        publisher: d.publisher.clone(),
        date: d.date,
        ..Issue::default()
    };
    let mut setter = layout::Setter::new(fonts::fonts()?);
    let mut front = setter.front(&issue);
    // No number: what stands beside the publisher is the day, beneath the title the event.
    front["issue"] = setter.line(&d.lang.day(d.date), Room(40.0));
    front["calls"] = serde_json::json!([{ "title": setter.line(&layout::shortened(&d.publisher, 12), Room(7.0)), "article": setter.line(&layout::shortened(&d.event, 60), Room(30.0)) }]);
    let title = clean::line(&d.title);
    let book = Book {
        lang: d.lang,
        identifier: identifier(&d.identifier, &title, d.date),
        description: clean::line(&d.standfirst),
        publisher: clean::line(&d.publisher),
        keywords: d
            .keywords
            .iter()
            .map(|k| clean::line(k))
            .filter(|k| !k.is_empty())
            .collect(),
        date: d.date,
        changed: changed(d),
        cover: cover(&front, &setter)?,
        cover_text: format!("{}: {title}", d.lang.cover()),
        chapters: vec![chapter::chapter(d, 1, None)],
        title,
    };
    packed(&book)
}

/// An issue: a chapter for each article.
pub fn issue(i: &Issue) -> Result<Vec<u8>, Error> {
    limits::issue(i)?;
    let mut setter = layout::Setter::new(fonts::fonts()?);
    let front = setter.front(i);
    let mut chapters = Vec::new();
    for section in &i.sections {
        for (at, d) in section.articles.iter().enumerate() {
            let opens = (at == 0).then(|| clean::line(&section.title)).filter(|t| !t.is_empty());
            chapters.push(chapter::chapter(d, chapters.len() + 1, opens));
        }
    }
    let articles = || i.sections.iter().flat_map(|s| &s.articles);
    let mut keywords: Vec<String> = articles().flat_map(|d| &d.keywords).map(|k| clean::line(k)).collect();
    keywords.sort_unstable();
    keywords.dedup();
    keywords.retain(|k| !k.is_empty());
    let title = layout::full_title(i);
    let alternative = match &i.cover {
        Cover::Picture(p) if !p.alternative.trim().is_empty() => format!(". {}", clean::line(&p.alternative)),
        _ => String::new(),
    };
    let book = Book {
        lang: i.lang,
        identifier: identifier(&i.identifier, &title, i.date),
        description: format!("{} · {}", i.lang.number(i.number), i.lang.month(i.date)),
        publisher: clean::line(&i.publisher),
        keywords,
        date: i.date,
        changed: articles().map(changed).fold(i.date, NaiveDate::max),
        cover: cover(&front, &setter)?,
        cover_text: format!("{}: {title}{alternative}", i.lang.cover()),
        chapters,
        title,
    };
    packed(&book)
}

fn changed(d: &Document) -> NaiveDate {
    d.corrections.iter().map(|c| c.date).fold(d.date, NaiveDate::max)
}

fn identifier(given: &str, title: &str, date: NaiveDate) -> String {
    let given = clean::line(given);
    if given.is_empty() {
        return pdf::urn(format!("{title}\n{date}").as_bytes());
    }
    given
}

fn cover(front: &serde_json::Value, setter: &layout::Setter) -> Result<Vec<u8>, Error> {
    let png = world::set("face.typ", front, &setter.pictures).and_then(|set| card::png(&set, COVER_SCALE));
    world::forget();
    png
}

fn packed(book: &Book) -> Result<Vec<u8>, Error> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default()
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let stored = plain.compression_method(CompressionMethod::Stored);
    let packed = plain.compression_method(CompressionMethod::Deflated);
    let mut add = |name: &str, options, bytes: &[u8]| -> Result<(), Error> {
        zip.start_file(name, options)?;
        zip.write_all(bytes)?;
        Ok(())
    };
    // The kind of the file comes first, and as it is, so that its first octets tell it.
    add("mimetype", stored, b"application/epub+zip")?;
    add("META-INF/container.xml", packed, package::CONTAINER.as_bytes())?;
    add("book/package.opf", packed, package::opf(book).as_bytes())?;
    add("book/nav.xhtml", packed, nav::nav(book).as_bytes())?;
    add("book/cover.xhtml", packed, chapter::cover(book).as_bytes())?;
    add("book/style.css", packed, include_bytes!("style.css"))?;
    add("book/cover.png", stored, &book.cover)?;
    for chapter in &book.chapters {
        add(&format!("book/{}", chapter.file), packed, chapter.xhtml.as_bytes())?;
        for picture in &chapter.pictures {
            add(&format!("book/{}", picture.file), stored, &picture.bytes)?;
        }
    }
    Ok(zip.finish()?.into_inner())
}
