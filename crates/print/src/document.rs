//! What can be printed: an article and an issue, plain, with everybody already as they may stand.

use chrono::NaiveDate;

/// The language of an article, and of all that we add to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    #[default]
    Ko,
    En,
}

/// An article.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    pub lang: Lang,
    /// Names the article for ever, whatever its words: an address or a `urn:uuid:`. Stands in no page.
    pub identifier: String,
    pub title: String,
    pub standfirst: String,
    pub keywords: Vec<String>,
    /// Whose publication it is: the host of the event.
    pub publisher: String,
    /// The event it tells of, in one line: title, day, place.
    pub event: String,
    pub date: NaiveDate,
    /// Where it can be read; printed at its end, and led to.
    pub address: Option<String>,
    pub blocks: Vec<Block>,
    /// Oldest first.
    pub corrections: Vec<Correction>,
}

/// A piece of an article, from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Markdown; raw HTML and remote pictures in it are left out.
    Prose(String),
    /// A part begins; this is its heading.
    Part(String),
    Exchange(Exchange),
    /// Words of one person that stand by themselves.
    Quote(Said),
    Picture(Picture),
    Figures(Figures),
}

/// One question and its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Without one, the question itself is the heading.
    pub heading: Option<String>,
    pub question: Said,
    /// At least one.
    pub answers: Vec<Said>,
    /// Words of one of the answers, once more and larger.
    pub pull: Option<Said>,
}

/// What a person said, in plain text: an empty line parts paragraphs, lines within one stay lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub by: Person,
    pub text: String,
}

/// A person as they are printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// What stands out: the name.
    pub lead: String,
    /// What follows: title, company.
    pub rest: String,
    /// The company alone, for machines; the host where it is missing and they are of the host's side.
    pub works_for: Option<String>,
    pub side: Side,
}

/// Whom a person belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// With the services where they meet the host.
    Partner {
        services: Vec<String>,
    },
    Host,
}

/// A picture: PNG, JPEG or GIF, as its bytes say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    pub bytes: Vec<u8>,
    /// What is to be seen on it. Empty for a picture that only decorates.
    pub alternative: String,
    pub caption: String,
}

/// Figures as a table; the first column names the row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub caption: String,
    pub columns: Vec<String>,
    /// Each as long as `columns`; what is missing is empty, what is over is left out.
    pub rows: Vec<Vec<String>>,
}

/// What was changed after publication, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    pub date: NaiveDate,
    pub text: String,
}

/// An issue of the magazine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issue {
    pub lang: Lang,
    /// As in [`Document::identifier`].
    pub identifier: String,
    pub number: u32,
    pub title: String,
    pub publisher: String,
    pub date: NaiveDate,
    /// Where its articles can be read.
    pub address: Option<String>,
    pub cover: Cover,
    /// In order; empty ones are left out.
    pub sections: Vec<Section>,
}

/// The front of an issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cover {
    /// Drawn from its title and number.
    #[default]
    Drawn,
    /// A picture behind the title.
    Picture(Picture),
}

/// A section of an issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    pub title: String,
    pub articles: Vec<Document>,
}

impl Exchange {
    /// Everybody's words in it, question first.
    pub(crate) fn said(&self) -> impl Iterator<Item = &Said> {
        std::iter::once(&self.question).chain(&self.answers).chain(&self.pull)
    }
}

impl Person {
    pub const fn is_partner(&self) -> bool {
        matches!(self.side, Side::Partner { .. })
    }

    pub(crate) fn services(&self) -> &[String] {
        match &self.side {
            Side::Partner { services } => services,
            Side::Host => &[],
        }
    }
}

/// The paragraphs of a plain text; lines within one stay lines.
pub(crate) fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n").map(str::trim).filter(|p| !p.is_empty())
}
