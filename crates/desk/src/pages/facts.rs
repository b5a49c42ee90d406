//! What an audit entry notes beside its deed, in words: `Place: 3 · Kind: live`. The file of the record keeps it as it
//! was noted.

use super::ZONE;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;
use web::Chrome;

/// On one line. An id says nothing to a reader, nor does what was not there.
pub(super) fn in_words(c: &Chrome, action: &str, details: &Value) -> String {
    let Some(map) = details.as_object() else {
        return String::new();
    };
    let facts = map.iter().filter_map(|(key, value)| {
        let said = value_in_words(c, action, key, value)?;
        // What an older release noted and this one does not know keeps its technical name.
        let label = c.words.get(&format!("fact-{}", key.replace('_', "-")));
        Some(format!("{}: {said}", label.unwrap_or_else(|| key.clone())))
    });
    facts.collect::<Vec<_>>().join(" · ")
}

fn value_in_words(c: &Chrome, action: &str, key: &str, value: &Value) -> Option<String> {
    match value {
        Value::Bool(yes) => Some(c.t(if *yes { "said-yes" } else { "said-no" })),
        // A score is noted in thousandths.
        Value::Number(n) if action.starts_with("review.") => {
            n.as_f64().map(|milli| c.number(format!("{:.1}", milli / 1e3)))
        }
        Value::Number(n) => Some(n.to_string()),
        Value::String(text) => text_in_words(c, key, text),
        Value::Array(items) => {
            let said: Vec<String> = items
                .iter()
                .filter_map(|item| value_in_words(c, action, key, item.get("name").unwrap_or(item)))
                .collect();
            (!said.is_empty()).then(|| said.join(", "))
        }
        Value::Null | Value::Object(_) => None,
    }
}

fn text_in_words(c: &Chrome, key: &str, text: &str) -> Option<String> {
    if text.is_empty() || Uuid::parse_str(text).is_ok() {
        return None;
    }
    if let Ok(at) = text.parse::<DateTime<Utc>>() {
        return Some(c.short(at, ZONE));
    }
    // What people named is not ours to say otherwise.
    if matches!(key, "name" | "tag" | "slug" | "query" | "reason") {
        return Some(text.to_owned());
    }
    let known = ["said", "state"]
        .into_iter()
        .find_map(|of| c.words.get(&format!("{of}-{text}")));
    Some(known.unwrap_or_else(|| text.to_owned()))
}
