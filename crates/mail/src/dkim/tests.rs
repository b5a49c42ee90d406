//! Signatures of ours, checked by their rules: written apart from the signer.

use super::*;
use crate::{Letter, compose::tests::row};
use domain::token::Keys;
use ring::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use std::collections::BTreeMap;

const RSA_1: &str = include_str!("testdata/rsa-pkcs1.pem");
const RSA_8: &str = include_str!("testdata/rsa-pkcs8.pem");
const ED: &str = include_str!("testdata/ed25519.pem");

fn settings(pem: &str) -> Settings {
    let mut settings = Settings::embedded().expect("settings");
    settings.mail.from_address = "qa@host.example".into();
    settings.mail.dkim.selector = "m1".into();
    settings.mail.dkim.key = pem.to_owned().into();
    settings
}

fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// RFC 6376 §6.1, for one signature on top.
fn holds(signer: &Signer, mail: &str) -> bool {
    let (head, body) = mail.split_once("\r\n\r\n").expect("a head");
    let mut fields: Vec<(String, String)> = Vec::new();
    for field in head
        .replace("\r\n ", "\u{1} ")
        .replace("\r\n\t", "\u{1} ")
        .split("\r\n")
    {
        let (name, value) = field.split_once(':').expect("a field");
        fields.push((name.to_lowercase(), collapse(&value.replace('\u{1}', " "))));
    }
    let (name, value) = fields.remove(0);
    assert_eq!(name, "dkim-signature");
    let tags: BTreeMap<&str, String> = value
        .split(';')
        .map(|tag| tag.trim().split_once('=').expect("a tag"))
        .map(|(name, value)| (name, value.replace(' ', "")))
        .collect();
    let mut lines: Vec<String> = body
        .split("\r\n")
        .map(|line| {
            let indent = if line.starts_with([' ', '\t']) { " " } else { "" };
            format!("{indent}{}", collapse(line)).trim_end().to_owned()
        })
        .collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let body: String = lines.iter().flat_map(|line| [line.as_str(), "\r\n"]).collect();
    if tags["bh"] != BASE64.encode(&Sha256::digest(body)) {
        return false;
    }
    let mut input = String::new();
    for wanted in tags["h"].split(':') {
        if let Some(at) = fields.iter().rposition(|(name, _)| name == wanted) {
            let (name, value) = fields.remove(at);
            input.extend([&name, ":", &value, "\r\n"]);
        }
    }
    let (unsigned, _) = value.rsplit_once("b=").expect("a signature");
    input.extend(["dkim-signature:", unsigned, "b="]);
    let signature = BASE64.decode(tags["b"].as_bytes()).expect("base 64");
    let (kind, key) = signer.public_key();
    let key = BASE64.decode(key.as_bytes()).expect("base 64");
    match kind {
        // The bare key begins behind 24 octets of its wrapping.
        "rsa" => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key[24..])
            .verify(input.as_bytes(), &signature)
            .is_ok(),
        _ => UnparsedPublicKey::new(&ED25519, key)
            .verify(&Sha256::digest(input), &signature)
            .is_ok(),
    }
}

#[test]
fn a_mail_is_signed_by_either_kind_of_key_and_any_change_breaks_it() {
    let keys = Keys::new(&["0123456789abcdef0123456789abcdef"]).expect("key");
    let row = row(&Letter::new("질문이 있습니다").text("안녕하세요  \n\n\n빈 줄  둘"));
    let date = row.mail_date.expect("date");
    for pem in [RSA_1, RSA_8, ED] {
        let settings = settings(pem);
        let signer = Signer::load(&settings).expect("reads").expect("a key");
        assert_eq!(signer.record_name(), "m1._domainkey.host.example");
        let mail = crate::compose(&row, date, &settings, &keys, &BTreeMap::new()).expect("composes");
        let again = mail.clone().signed(&signer, date).expect("signs");
        let whole = mail.signed(&signer, date).expect("signs");
        assert_eq!(whole.bytes, again.bytes, "a mail that is sent again is the same mail");
        let text = String::from_utf8(whole.bytes).expect("ascii");
        assert!(text.lines().all(|line| line.len() <= 998), "RFC 5322");
        assert!(holds(&signer, &text), "{text}");
        for changed in [
            text.replacen("\r\nAuto-Submitted: ", "\r\nAuto-Submitted: no-", 1),
            text.replacen("\r\nFrom: ", "\r\nFrom: evil@x.example\r\nFrom: ", 1),
            format!("{text}more\r\n"),
        ] {
            assert_ne!(changed, text);
            assert!(!holds(&signer, &changed), "{changed}");
        }
        // White space at the end, and a field that is folded elsewhere, are what relays do.
        let relayed = text.replacen("\r\nSubject: ", "\r\nSubject:\r\n  ", 1) + "\r\n\r\n";
        assert!(holds(&signer, &relayed));
    }
}

#[test]
fn a_file_that_holds_no_key_says_what_is_needed() {
    for pem in ["hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"] {
        let error = Signer::load(&settings(pem)).expect_err("no key").to_string();
        assert!(error.contains("mail.dkim.key_file"), "{error}");
    }
    assert!(Signer::load(&settings("")).expect("reads").is_none());
}
