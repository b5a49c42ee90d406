//! What an article says of itself to search engines and other programs (schema.org), with everybody whose words it holds.

use super::{Entry, moment};
use crate::{Block, Document, Person, Said, clean};
use chrono::NaiveDate;
use serde_json::{Value, json};

/// What the article's page knows besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Where its picture is.
    pub picture: Option<String>,
    /// When the event was held.
    pub held: Option<NaiveDate>,
    pub part_of: Option<PartOf>,
}

/// The issue in which it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartOf {
    pub number: u32,
    pub title: String,
    pub address: String,
}

/// The article as JSON-LD, fit to stand in a page's data block: no text in it can end that.
pub fn json_ld(entry: &Entry<'_>, told: &Told) -> String {
    let d = entry.document;
    let mut value = json!({
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": clean::line(&d.title),
        "description": clean::line(&d.standfirst),
        "inLanguage": d.lang.code(),
        "keywords": entry.keywords().collect::<Vec<_>>(),
        "datePublished": moment(entry.published),
        "dateModified": moment(entry.updated),
        "publisher": organisation(&d.publisher),
        "author": organisation(&d.publisher),
        "contributor": people(d),
        "isAccessibleForFree": true,
    });
    if !d.event.trim().is_empty() {
        value["about"] = json!({ "@type": "Event", "name": clean::line(&d.event) });
        if let Some(day) = told.held {
            value["about"]["startDate"] = day.to_string().into();
        }
    }
    if let Some(issue) = &told.part_of {
        value["isPartOf"] = json!({
            "@type": "PublicationIssue",
            "issueNumber": issue.number,
            "name": clean::line(&issue.title),
            "url": clean::address(&issue.address),
        });
    }
    if let Some(address) = d.address.as_deref().and_then(clean::address) {
        value["mainEntityOfPage"] = address.clone().into();
        value["url"] = address.into();
    }
    if let Some(picture) = told.picture.as_deref().and_then(clean::address) {
        value["image"] = picture.into();
    }
    if !d.corrections.is_empty() {
        let corrections = d.corrections.iter().map(|c| {
            json!({ "@type": "CorrectionComment", "text": clean::line(&c.text), "datePublished": c.date.to_string() })
        });
        value["correction"] = corrections.collect();
    }
    value
        .to_string()
        .replace('<', "\\u003c")
        .replace(['\u{2028}', '\u{2029}'], "")
}

fn organisation(name: &str) -> Value {
    json!({ "@type": "Organization", "name": clean::line(name) })
}

/// Everybody once, in the order in which they speak.
fn people(d: &Document) -> Vec<Value> {
    let mut seen: Vec<&Person> = Vec::new();
    let said = d.blocks.iter().flat_map(|block| -> Vec<&Said> {
        match block {
            Block::Exchange(x) => x.said().collect(),
            Block::Quote(said) => vec![said],
            _ => Vec::new(),
        }
    });
    for said in said {
        if !seen.contains(&&said.by) && !said.by.lead.trim().is_empty() {
            seen.push(&said.by);
        }
    }
    let each = seen.into_iter().map(|p| {
        let mut person = json!({ "@type": "Person", "name": clean::line(&p.lead) });
        let rest = clean::line(&p.rest);
        if !rest.is_empty() {
            person["description"] = rest.into();
        }
        let works_for = p.works_for.as_deref().map(clean::line).filter(|w| !w.is_empty());
        if let Some(name) = works_for.or_else(|| (!p.is_partner()).then(|| clean::line(&d.publisher))) {
            person["worksFor"] = organisation(&name);
        }
        person
    });
    each.collect()
}
