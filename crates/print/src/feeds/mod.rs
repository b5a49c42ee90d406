//! What programs read: feeds, the list of pages for search engines, what an article says of itself to machines, and an
//! article as files to carry elsewhere. All from the same [`Document`] as the PDF; whoever calls decides who may be read.

mod atom;
mod export;
mod json_feed;
mod json_ld;
mod sitemap;

pub use atom::atom;
pub use export::{Export, article_files, issue_files, json, markdown, packed};
pub use json_feed::json_feed;
pub use json_ld::{PartOf, Told, json_ld};
pub use sitemap::{Location, SITEMAP_LOCATIONS, sitemap, sitemap_index};

use crate::{
    Document, Lang, clean,
    html::{Place, Writer},
};
use chrono::{DateTime, SecondsFormat, Utc};

/// A list of articles, the latest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed<'a> {
    pub lang: Lang,
    pub title: String,
    pub publisher: String,
    /// The page that lists the same articles.
    pub home: String,
    /// Its own address, which is its name for ever.
    pub address: String,
    /// When the latest of them changed.
    pub updated: DateTime<Utc>,
    pub entries: Vec<Entry<'a>>,
}

/// An article in a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its `address` is where it leads; without one it is left out.
    pub document: &'a Document,
    pub published: DateTime<Utc>,
    /// Its last correction, or its publication.
    pub updated: DateTime<Utc>,
    /// Where its pictures are, in their order; one without an address is told by its text.
    pub pictures: Vec<String>,
}

impl Entry<'_> {
    /// What names it for ever.
    fn name(&self, address: &str) -> String {
        let given = clean::line(&self.document.identifier);
        let is_name = given.starts_with("urn:") || clean::address(&given).is_some();
        // A name is compared sign by sign: nothing that must be written in another way.
        if is_name && given.is_ascii() && !given.contains(['<', '>', '"', ' ', '&']) {
            return given;
        }
        address.to_owned()
    }

    /// The whole article as HTML, without its title.
    fn html(&self) -> String {
        let place = Place::Feed {
            pictures: &self.pictures,
        };
        let mut writer = Writer::new(self.document.lang, place);
        writer.article(self.document);
        writer.out
    }

    fn keywords(&self) -> impl Iterator<Item = String> {
        let each = self.document.keywords.iter().map(|k| clean::line(k));
        each.filter(|k| !k.is_empty())
    }
}

/// The entries that lead somewhere, with where they lead.
fn leading<'f, 'a>(feed: &'f Feed<'a>) -> impl Iterator<Item = (&'f Entry<'a>, String)> {
    let address = |e: &Entry<'_>| e.document.address.as_deref().and_then(clean::address);
    feed.entries.iter().filter_map(move |e| Some((e, address(e)?)))
}

/// The machine's form of a moment.
fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
