//! JSON Feed 1.1.

use super::{Feed, leading, moment};
use crate::clean;
use serde_json::{Value, json};

/// The feed as JSON Feed, each article whole.
pub fn json_feed(feed: &Feed<'_>) -> String {
    let items: Vec<Value> = leading(feed)
        .map(|(entry, address)| {
            let d = entry.document;
            let mut item = json!({
                "id": entry.name(&address),
                "url": address,
                "title": clean::line(&d.title),
                "content_html": entry.html(),
                "date_published": moment(entry.published),
                "date_modified": moment(entry.updated),
                "language": d.lang.code(),
                "tags": entry.keywords().collect::<Vec<_>>(),
            });
            if !d.standfirst.trim().is_empty() {
                item["summary"] = clean::line(&d.standfirst).into();
            }
            item
        })
        .collect();
    let mut value = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean::line(&feed.title),
        "language": feed.lang.code(),
        "authors": [{ "name": clean::line(&feed.publisher) }],
        "items": items,
    });
    for (key, address) in [("home_page_url", &feed.home), ("feed_url", &feed.address)] {
        if let Some(address) = clean::address(address) {
            value[key] = address.into();
        }
    }
    value.to_string()
}
