//! Atom (RFC 4287).

use super::{Feed, leading, moment};
use crate::clean::{self, escape};
use std::fmt::Write as _;

/// The feed as Atom, each article whole.
pub fn atom(feed: &Feed<'_>) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n",
        feed.lang.code()
    );
    // Writing to a String does not fail.
    let mut element = |tag: &str, attributes: &str, text: &str| {
        let _ = writeln!(out, "<{tag}{attributes}>{}</{tag}>", escape(text));
    };
    let address = clean::address(&feed.address).unwrap_or_default();
    element("title", "", &clean::line(&feed.title));
    element("id", "", &address);
    element("updated", "", &moment(feed.updated));
    let publisher = escape(&clean::line(&feed.publisher));
    let _ = writeln!(out, "<author><name>{publisher}</name></author>");
    let _ = writeln!(
        out,
        "<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>",
        escape(&address)
    );
    if let Some(home) = clean::address(&feed.home) {
        let _ = writeln!(
            out,
            "<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>",
            escape(&home)
        );
    }
    for (entry, address) in leading(feed) {
        let d = entry.document;
        let _ = writeln!(out, "<entry xml:lang=\"{}\">", d.lang.code());
        let mut element = |tag: &str, attributes: &str, text: &str| {
            let _ = writeln!(out, "<{tag}{attributes}>{}</{tag}>", escape(text));
        };
        element("title", "", &clean::line(&d.title));
        element("id", "", &entry.name(&address));
        element("published", "", &moment(entry.published));
        element("updated", "", &moment(entry.updated));
        if !d.standfirst.trim().is_empty() {
            element("summary", "", &clean::line(&d.standfirst));
        }
        element("content", " type=\"html\"", &entry.html());
        for keyword in entry.keywords() {
            let _ = writeln!(out, "<category term=\"{}\"/>", escape(&keyword));
        }
        let _ = writeln!(
            out,
            "<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n</entry>",
            escape(&address)
        );
    }
    out.push_str("</feed>\n");
    out
}
