//! The list of pages for search engines, with each page's other language.

use super::moment;
use crate::{
    Error, Lang,
    clean::{self, escape},
    limits,
};
use chrono::{DateTime, Utc};
use std::fmt::Write as _;

/// More may not stand in one file.
pub const SITEMAP_LOCATIONS: usize = 50_000;

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    pub address: String,
    pub lang: Lang,
    pub changed: DateTime<Utc>,
    /// The same page in other languages.
    pub others: Vec<(Lang, String)>,
}

/// The list as XML.
pub fn sitemap(locations: &[Location]) -> Result<String, Error> {
    limits::at_most("pages of a sitemap", locations.len(), SITEMAP_LOCATIONS)?;
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n",
    );
    for location in locations {
        let Some(address) = clean::address(&location.address) else {
            continue;
        };
        // Writing to a String does not fail.
        let _ = write!(
            out,
            "<url><loc>{}</loc><lastmod>{}</lastmod>",
            escape(&address),
            moment(location.changed)
        );
        // Each page names itself among its languages, as search engines ask for.
        let own = (location.lang, location.address.clone());
        let all = std::iter::once(&own).chain(&location.others);
        for (lang, other) in all.filter(|_| !location.others.is_empty()) {
            if let Some(other) = clean::address(other) {
                let _ = write!(
                    out,
                    "<xhtml:link rel=\"alternate\" hreflang=\"{}\" href=\"{}\"/>",
                    lang.code(),
                    escape(&other)
                );
            }
        }
        out.push_str("</url>\n");
    }
    out.push_str("</urlset>\n");
    Ok(out)
}

/// The list of such lists, each with when it changed last.
pub fn sitemap_index(lists: &[(String, DateTime<Utc>)]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for (address, changed) in lists {
        if let Some(address) = clean::address(address) {
            // Writing to a String does not fail.
            let _ = writeln!(
                out,
                "<sitemap><loc>{}</loc><lastmod>{}</lastmod></sitemap>",
                escape(&address),
                moment(*changed)
            );
        }
    }
    out.push_str("</sitemapindex>\n");
    out
}
