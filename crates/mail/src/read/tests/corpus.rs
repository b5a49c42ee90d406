//! The corpus in `tests/mail/corpus`: mails of the programs of this world beside what is expected of them. Every mail
//! must be read exactly; the score is printed.

use super::*;
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::PathBuf};

pub(super) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/mail/corpus")
}

/// Every mail of it, by name.
pub(super) fn mails() -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder()).expect("the corpus");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| path.extension().is_some_and(|e| e == "eml"))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, fs::read(path).expect("a mail"))
        })
        .collect()
}

fn squash(text: &str) -> String {
    text.split_whitespace().collect()
}

/// What one expectation finds in the reading, in the form of the expectation.
fn found(what: &str, expected: &Value, reading: &Reading, json: &Value) -> Value {
    match what {
        "pairs" => reading
            .pairs
            .iter()
            .map(|p| vec![p.quoted.clone(), p.answer.clone()])
            .collect(),
        "attachments" => reading.attachments.iter().map(|a| a.name.clone()).collect(),
        "segments" => json["segments"]
            .as_array()
            .expect("segments")
            .iter()
            .map(|s| s["kind"].clone())
            .collect(),
        "sender" => json["sender"]["address"].clone(),
        "from_name" => json["from"]["name"].clone(),
        "back" => json["absence"]["back"].clone(),
        // All of these, perhaps among others.
        "flags" => {
            let flags = json["flags"].as_array().expect("flags");
            let wanted = expected.as_array().expect("flags");
            wanted.iter().filter(|flag| flags.contains(flag)).cloned().collect()
        }
        "signature_has" => {
            let part = expected.as_str().expect("a text");
            if reading.signature.contains(part) {
                expected.clone()
            } else {
                json["signature"].clone()
            }
        }
        // Where the form of blank lines is the program's own.
        "squashed" => {
            let wanted = expected.as_str().expect("a text");
            if squash(&reading.text) == squash(wanted) {
                expected.clone()
            } else {
                json["text"].clone()
            }
        }
        "bounce" if expected.is_object() => {
            let fields = expected.as_object().expect("fields").keys();
            fields.map(|key| (key.clone(), json["bounce"][key].clone())).collect()
        }
        what => json[what].clone(),
    }
}

#[test]
fn every_mail_of_the_corpus_is_read_exactly() {
    let mut wrong = Vec::new();
    let mut score: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mails = mails();
    assert!(mails.len() >= 120, "{} mails", mails.len());
    for (name, raw) in &mails {
        let expected = fs::read(folder().join(format!("{name}.json"))).expect("what is expected");
        let expected: Value = serde_json::from_slice(&expected).expect("JSON");
        let reading = read(raw, &Envelope::default(), &reader());
        let json = serde_json::to_value(&reading).expect("JSON");
        let before = wrong.len();
        for (what, wanted) in expected.as_object().expect("an object") {
            let got = found(what, wanted, &reading, &json);
            if got != *wanted {
                wrong.push(format!(
                    "{name}: {what}\n  wanted {wanted}\n  found  {got}\n  ({})",
                    reading.class_reason
                ));
            }
        }
        // Whatever was cut is still there.
        if !reading.has(Flag::FellBack) {
            let parts = [&reading.text, &reading.cut, &reading.signature];
            let whole: usize = parts.iter().map(|part| squash(part).chars().count()).sum();
            if whole != squash(&reading.full).chars().count() {
                wrong.push(format!("{name}: something was lost"));
            }
        }
        let group = if name.ends_with("-ko") || name.starts_with("charset") {
            "Korean"
        } else if name.ends_with("-en") {
            "English"
        } else if name.starts_with("bounce") {
            "bounces"
        } else {
            "other languages"
        };
        let (exact, all) = score.entry(group).or_default();
        *all += 1;
        *exact += usize::from(wrong.len() == before);
    }
    for (group, (exact, all)) in &score {
        println!("{group}: {exact} of {all} exact");
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
