//! The corpus, broken in the ways that mail is broken, and some that it is not: lines lost, doubled and out of order,
//! parts nested and spliced, octets turned, hostile pieces put in. What must hold for every mail holds for each.

use super::{super::corpus, *};
use crate::dice::{Dice, Run};

/// Mails of the short form.
const SHORT: u64 = 600;
/// Octets beyond which a mail is not grown further.
const SIZE: usize = 128 * 1024;

/// Pieces that parsers stumble over.
const PIECES: [&[u8]; 24] = [
    b"=?utf-8?B?",
    b"=?cp949?Q?=B1?=",
    b"\r\n",
    b"\n\n",
    b"> ",
    b">>>>>>>> ",
    b"-- \r\n",
    b"________________________________\r\n",
    b"From: a@b.example\r\n",
    b"On Tue, Mar 3, 2026 at 8:33 AM A <a@b.example> wrote:\r\n",
    b"<blockquote type=\"cite\">",
    b"</blockquote>",
    b"<div class=\"gmail_quote\">",
    b"<!--",
    b"<style>",
    b"&#",
    b"--=_mix\r\n",
    b"Content-Type: multipart/mixed; boundary=\"=_mix\"\r\n\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"\xee\x80\x80cut\xee\x80\x80",
    b"\x1b$)C\x0e",
    b"Status: 5.",
    b"\xff\xfe\0\0",
];

fn mutate(mails: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut mail = mails[dice.roll(mails.len())].clone();
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(mail.len() + 1);
        match dice.roll(8) {
            0 => mail.truncate(at),
            1 => {
                if let Some(octet) = mail.get_mut(at) {
                    *octet = u8::try_from(dice.roll(256)).expect("an octet");
                }
            }
            2 => drop(mail.splice(at..at, PIECES[dice.roll(PIECES.len())].iter().copied())),
            3 => {
                let many = PIECES[dice.roll(PIECES.len())].repeat(1 + dice.roll(400));
                mail.splice(at..at, many);
            }
            4 => {
                let other = &mails[dice.roll(mails.len())];
                mail.splice(at.., other[dice.roll(other.len())..].iter().copied());
            }
            kind => lines(&mut mail, kind, dice),
        }
        mail.truncate(SIZE);
    }
    mail
}

/// One line lost, one doubled many times, or two changed for each other.
fn lines(mail: &mut Vec<u8>, kind: usize, dice: &mut Dice) {
    let mut all: Vec<Vec<u8>> = mail.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    if all.is_empty() {
        return;
    }
    let (a, b) = (dice.roll(all.len()), dice.roll(all.len()));
    match kind {
        5 => drop(all.remove(a)),
        6 => all[a] = all[a].repeat(1 + dice.roll(60)),
        _ => all.swap(a, b),
    }
    *mail = all.concat();
}

fn squash(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

fn holds(number: u64, raw: &[u8]) {
    let what = format!("mutation {number}");
    let reading = bounded(&what, raw);
    assert!(
        reading.full.is_empty() || !reading.text.is_empty(),
        "{what}: nothing is left"
    );
    for text in [&reading.text, &reading.cut, &reading.signature, &reading.full] {
        assert!(!text.contains(['\u{e000}', '\u{e001}']), "{what}: our own marks");
    }
    if !reading.has(Flag::FellBack) {
        let parts = squash(&reading.text) + squash(&reading.cut) + squash(&reading.signature);
        assert_eq!(parts, squash(&reading.full), "{what}: something was lost");
    }
    for file in &reading.attachments {
        assert!(
            !file.name.contains(['/', '\\', '\n', '\0']) && !file.name.is_empty(),
            "{what}"
        );
    }
    assert!(reading.class != Class::Bounce || reading.bounce.is_some(), "{what}");
    let json = serde_json::to_string(&reading).expect("JSON");
    serde_json::from_str::<Reading>(&json).expect("the same");
}

fn run(target: &'static str, mails: &[Vec<u8>], seed: u64) {
    let mut run = Run::of(target, seed, SHORT);
    while let Some((number, mut dice)) = run.next() {
        let mail = mutate(mails, &mut dice);
        run.takes(mail.len());
        holds(number, &mail);
    }
}

#[test]
fn broken_mails_are_read() {
    let mails: Vec<Vec<u8>> = corpus::mails().into_values().collect();
    run("replies", &mails, 0x5eed);
}

#[test]
fn broken_bounces_are_read() {
    let all = corpus::mails().into_iter();
    let mails: Vec<Vec<u8>> = all
        .filter(|(name, _)| name.starts_with("bounce"))
        .map(|(_, raw)| raw)
        .collect();
    run("bounces", &mails, 0xb0b0);
}
