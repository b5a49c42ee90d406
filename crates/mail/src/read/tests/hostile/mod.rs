//! Mails that mean harm: each is read with work in proportion to its size, without a panic.

mod mutations;

use super::*;
use crate::read::work;
use std::fmt::Write;

/// Looks per octet that reading may take. An engine that backtracks, or a pass within a pass, takes thousands.
const LOOKS: usize = 120;
/// What reading costs whatever the size: the last lines are looked at again and again for signatures.
const BASE: usize = 6_000_000;

/// The reading, after no more work than its size allows.
#[track_caller]
fn bounded(what: &str, raw: &[u8]) -> Reading {
    let (reading, looked) = work::measure(|| read(raw, &Envelope::default(), &reader()));
    assert!(
        looked <= LOOKS * raw.len() + BASE,
        "{what}: looked at {looked} octets of {}",
        raw.len()
    );
    assert_ne!(reading.class_reason, "the parser failed on it", "{what}");
    reading
}

/// Multiparts in multiparts.
fn parts(kind: &str, depth: usize) -> String {
    (0..depth).fold(String::new(), |mut out, n| {
        let _ = write!(out, "Content-Type: {kind}; boundary=b{n}\r\n\r\n--b{n}\r\n");
        out
    })
}

#[test]
fn mails_nested_in_mails_to_any_depth() {
    let mut raw = b"From: a@b.example\r\nSubject: x\r\n".to_vec();
    for _ in 0..40_000 {
        raw.extend_from_slice(b"Content-Type: message/rfc822\r\n\r\n");
    }
    raw.extend_from_slice(b"\r\nend");
    assert!(bounded("nested", &raw).has(Flag::Nested));
    let odd = String::from_utf8(raw)
        .expect("ascii")
        .replace("message/rfc822", "message/ (x) rfc822");
    bounded("nested behind comments", odd.as_bytes());
    let digest = parts("multipart/digest", 5_000);
    bounded("digests", format!("From: a@b.example\r\n{digest}").as_bytes());
    let mixed = parts("multipart/mixed", 2_000);
    bounded("multiparts", format!("From: a@b.example\r\n{mixed}").as_bytes());
}

#[test]
fn text_that_makes_parsers_backtrack() {
    for body in [
        "> ".repeat(500_000),
        format!("On {}wrote", "On ".repeat(200_000)),
        "On 2026. 3. 6. \n".repeat(50_000),
        "wrote:\n".repeat(50_000),
        "<a@b.example>님이 작성:\n".repeat(30_000),
        "From: x\n".repeat(50_000),
        "-----Original Message-----\n".repeat(30_000),
        "a@".repeat(300_000),
        "010-".repeat(200_000),
        format!("감사합니다.\n{}", "010-1234-5678\n".repeat(30_000)),
        "--\n".repeat(100_000),
        " ".repeat(1_000_000),
        "\n".repeat(1_000_000),
        "_".repeat(1_000_000),
    ] {
        let head = format!("{HEAD}\nContent-Type: text/plain; charset=utf-8");
        let what: String = body.chars().take(20).collect();
        let reading = bounded(&what, &mail(&head, &body));
        assert!(body.trim().is_empty() || !reading.text.is_empty(), "{what}");
    }
}

#[test]
fn odd_octets_everywhere() {
    let mut raw = mail(
        &format!("{HEAD}\nContent-Type: text/plain; charset=utf-8"),
        "안녕하세요",
    );
    let whole = raw.clone();
    for at in 0..whole.len() {
        raw.clone_from(&whole);
        raw[at] = 0xff;
        read(&raw, &Envelope::default(), &reader());
        read(&whole[..at], &Envelope::default(), &reader());
    }
    for raw in [
        &b""[..],
        b"\0",
        b"\r\n\r\n",
        b":",
        b"From:",
        b"From: a@b\r\nContent-Type: multipart/mixed; boundary=\r\n\r\n--\r\n",
    ] {
        read(raw, &Envelope::default(), &reader());
    }
}

#[test]
fn several_senders_are_for_a_person_to_see() {
    let reading = read(
        &mail("From: a@b.example\nFrom: c@d.example\nSubject: Re: x", "네"),
        &Envelope::default(),
        &reader(),
    );
    assert_eq!(reading.class, Class::Unknown);
}

#[test]
fn a_file_name_cannot_leave_its_folder_or_break_a_header() {
    let head = format!("{HEAD}\nContent-Type: multipart/mixed; boundary=b");
    let body = "--b\nContent-Type: text/plain\n\nx\n--b\nContent-Type: image/svg+xml\nContent-Disposition: attachment; filename*=utf-8''..%2F..%2Fa%0D%0Ab.svg\n\n<svg onload=alert(1)>\n--b--";
    let reading = read(&mail(&head, body), &Envelope::default(), &reader());
    assert_eq!(reading.attachments[0].name, "ab.svg");
}
