//! How much is set in one piece: what an editor ever makes, with room to spare, so that memory and time stay bounded.

use crate::{Block, Cover, Document, Error, Issue, Picture, Said};

/// Characters of one article, all its blocks together.
pub const CHARS: usize = 400_000;
/// Blocks of one article.
pub const BLOCKS: usize = 600;
/// Answers to one question.
pub const ANSWERS: usize = 40;
/// Rows, and columns, of one table.
pub const ROWS: usize = 200;
pub const COLUMNS: usize = 8;
/// Articles of one issue, and characters of all of them.
pub const ARTICLES: usize = 100;
pub const ISSUE_CHARS: usize = 2_000_000;
/// Characters of a title and of other single lines.
pub const LINE: usize = 400;
/// Pictures of one file, bytes of each and of all, and how many dots one may have.
pub const PICTURES: usize = 80;
pub const PICTURE_BYTES: usize = 12 << 20;
pub const PICTURES_BYTES: usize = 64 << 20;
pub const PICTURE_DOTS: usize = 40_000_000;
/// Labels or badges of one file.
pub const LABELS: usize = 2_000;

pub(crate) const fn at_most(what: &'static str, is: usize, most: usize) -> Result<(), Error> {
    if is > most {
        return Err(Error::TooLarge { what, is, most });
    }
    Ok(())
}

pub(crate) fn line(what: &'static str, text: &str) -> Result<usize, Error> {
    let is = text.chars().count();
    at_most(what, is, LINE)?;
    Ok(is)
}

/// Whether an article may be set.
pub(crate) fn document(d: &Document) -> Result<(), Error> {
    let mut pictures = Pictures::default();
    article(d, &mut pictures).map(|_| ())
}

/// Whether an issue may be set.
pub(crate) fn issue(i: &Issue) -> Result<(), Error> {
    if i.title.trim().is_empty() {
        return Err(Error::Empty {
            what: "the issue's title",
        });
    }
    line("the issue's title", &i.title)?;
    line("the publisher", &i.publisher)?;
    let mut pictures = Pictures::default();
    if let Cover::Picture(picture) = &i.cover {
        pictures.take(picture)?;
    }
    let articles = i.sections.iter().map(|s| s.articles.len()).sum();
    at_most("articles of an issue", articles, ARTICLES)?;
    if articles == 0 {
        return Err(Error::Empty { what: "the issue" });
    }
    let mut chars = 0;
    for section in &i.sections {
        chars += line("a section's title", &section.title)?;
        for document in &section.articles {
            chars += article(document, &mut pictures)?;
        }
    }
    at_most("characters of an issue", chars, ISSUE_CHARS)
}

fn article(d: &Document, pictures: &mut Pictures) -> Result<usize, Error> {
    if d.title.trim().is_empty() {
        return Err(Error::Empty {
            what: "the article's title",
        });
    }
    line("the article's title", &d.title)?;
    line("the event", &d.event)?;
    line("the publisher", &d.publisher)?;
    at_most("keywords", d.keywords.len(), 20)?;
    for keyword in &d.keywords {
        line("a keyword", keyword)?;
    }
    at_most("blocks of an article", d.blocks.len(), BLOCKS)?;
    at_most("corrections of an article", d.corrections.len(), BLOCKS)?;
    let mut chars = d.standfirst.chars().count();
    for block in &d.blocks {
        chars += match block {
            Block::Prose(markdown) => markdown.chars().count(),
            Block::Part(title) => line("a part's heading", title)?,
            Block::Exchange(x) => {
                at_most("answers to a question", x.answers.len(), ANSWERS)?;
                line("a heading", x.heading.as_deref().unwrap_or_default())?;
                let mut chars = 0;
                for words in x.said() {
                    chars += said(words)?;
                }
                chars
            }
            Block::Quote(words) => said(words)?,
            Block::Picture(picture) => {
                pictures.take(picture)?;
                picture.caption.chars().count() + picture.alternative.chars().count()
            }
            Block::Figures(figures) => {
                at_most("rows of a table", figures.rows.len(), ROWS)?;
                at_most("columns of a table", figures.columns.len(), COLUMNS)?;
                let cells = figures.rows.iter().flatten().chain(&figures.columns);
                cells.map(|c| c.chars().count()).sum::<usize>() + figures.caption.chars().count()
            }
        };
    }
    chars += d.corrections.iter().map(|c| c.text.chars().count()).sum::<usize>();
    at_most("characters of an article", chars, CHARS)?;
    Ok(chars)
}

fn said(words: &Said) -> Result<usize, Error> {
    line("a person's line", &words.by.lead)?;
    line("a person's line", &words.by.rest)?;
    at_most("services of a person", words.by.services().len(), 20)?;
    for service in words.by.services() {
        line("a service", service)?;
    }
    Ok(words.text.chars().count())
}

#[derive(Default)]
struct Pictures {
    seen: usize,
    bytes: usize,
}

impl Pictures {
    fn take(&mut self, picture: &Picture) -> Result<(), Error> {
        self.seen += 1;
        at_most("pictures of a file", self.seen, PICTURES)?;
        at_most("bytes of a picture", picture.bytes.len(), PICTURE_BYTES)?;
        self.bytes += picture.bytes.len();
        at_most("bytes of all pictures", self.bytes, PICTURES_BYTES)?;
        at_most(
            "characters of a picture's text",
            picture.alternative.chars().count(),
            LINE * 5,
        )?;
        // The head of a picture says how large it is before anything is unpacked.
        let (wide, high) = picture.size().map_err(|why| Error::Picture { at: self.seen, why })?;
        at_most("dots of a picture", wide.saturating_mul(high), PICTURE_DOTS)
    }
}
