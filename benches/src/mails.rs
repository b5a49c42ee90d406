//! Reading replies, beside the MIME parser alone on the same mails.

use crate::table::{Goal, Table};
use anyhow::{Result, ensure};
use domain::token::Keys;
use mail::read::{Envelope, Reader, read};
use mail_parser::MessageParser;
use std::{
    fs,
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

const FOR: Duration = Duration::from_secs(3);
const ROUNDS: usize = 3;
const MB: f64 = 1e6;

/// Mails a second, and megabytes.
#[derive(Clone, Copy)]
struct Rate {
    mails: f64,
    megabytes: f64,
}

pub(crate) fn measure(table: &mut Table) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/mail/corpus");
    let mut mails = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "eml") {
            mails.push(fs::read(path)?);
        }
    }
    ensure!(!mails.is_empty(), "the corpus is empty");
    let reader = Reader {
        keys: Keys::from_random([7; 32]),
        reply_domain: "reply.host.example".into(),
    };
    let envelope = Envelope::default();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(rate(&mails, |raw| {
            black_box(read(raw, &envelope, &reader));
        }));
        theirs.push(rate(&mails, |raw| {
            black_box(MessageParser::default().parse(raw));
        }));
    }
    let best = |rates: &[Rate], of: fn(&Rate) -> f64| rates.iter().map(of).fold(0.0, f64::max);
    for (what, unit, of) in [
        (
            "replies read, mail-parser alone beside it",
            "mails/s",
            (|r| r.mails) as fn(&Rate) -> f64,
        ),
        ("the same by size", "MB/s", |r| r.megabytes),
    ] {
        table.row(what, best(&ours, of), best(&theirs, of), unit, Goal::Ratio(0.05));
    }
    table.note(format!(
        "reading {} replies: character sets, quotes, signatures, classes and tokens are what it does beyond the parser",
        mails.len()
    ));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "some millions")]
fn rate(mails: &[Vec<u8>], job: impl Fn(&[u8])) -> Rate {
    let (mut count, mut octets) = (0, 0);
    let start = Instant::now();
    while start.elapsed() < FOR {
        for raw in mails {
            job(raw);
            octets += raw.len();
        }
        count += mails.len();
    }
    let seconds = start.elapsed().as_secs_f64();
    Rate {
        mails: count as f64 / seconds,
        megabytes: octets as f64 / seconds / MB,
    }
}
