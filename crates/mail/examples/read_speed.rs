//! How fast mails are read, beside the MIME parser alone, and how long the inputs take that hang other readers.
//!
//! `cargo run --release -p mail --example read_speed`: replies per second and megabytes per second over the corpus, then
//! milliseconds per megabyte for each hostile input, against the limit of 50; an argument picks some of them by their
//! names. Times are the processor's, where the system
//! tells them (Linux), so that other work on the machine does not count.

use domain::token::Keys;
use mail::read::{Envelope, Reader, read};
use mail_parser::MessageParser;
use std::{
    fs,
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

const FOR: Duration = Duration::from_secs(2);
/// The system counts by its ticks, so each hostile input is read for many of them.
const EACH: Duration = Duration::from_millis(200);
const BATCH: usize = 4;
/// Milliseconds per megabyte that a hostile input may take.
const LIMIT: f64 = 50.0;
const MB: usize = 1_000_000;

fn main() {
    let Ok(keys) = Keys::new(&["0123456789abcdef0123456789abcdef"]) else {
        return;
    };
    let reader = Reader {
        keys,
        reply_domain: "reply.host.example".into(),
    };
    let envelope = Envelope::default();
    let mails = corpus();
    let only = std::env::args().nth(1).unwrap_or_default();
    rate("read", &mails, |raw| {
        black_box(read(raw, &envelope, &reader));
    });
    rate("mail-parser alone", &mails, |raw| {
        black_box(MessageParser::default().parse(raw));
    });
    println!();
    let mut slow = 0;
    for (what, body) in hostile().into_iter().filter(|(what, _)| what.contains(&only)) {
        let kind = if body.starts_with('<') { "html" } else { "plain" };
        let raw =
            format!("From: a@b.example\r\nSubject: Re: x\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n{body}");
        let (mut rounds, mut taken) = (0, Duration::ZERO);
        while taken < EACH {
            taken += time(|| (0..BATCH).for_each(|_| drop(black_box(read(raw.as_bytes(), &envelope, &reader)))));
            rounds += BATCH;
        }
        let ms = taken.as_secs_f64() * 1e3 * size(MB) / size(raw.len() * rounds);
        slow += usize::from(ms > LIMIT);
        println!("{ms:8.1} ms/MB  {what}{}", if ms > LIMIT { "  OVER" } else { "" });
    }
    println!("limit {LIMIT} ms/MB; {slow} over it");
}

fn time(job: impl FnOnce()) -> Duration {
    let (start, begun) = (on_processor(), Instant::now());
    job();
    match (start, on_processor()) {
        (Some(start), Some(end)) => end.saturating_sub(start),
        _ => begun.elapsed(),
    }
}

/// How long this thread has run.
fn on_processor() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(stat.split(' ').next()?.parse().ok()?))
}

#[expect(clippy::cast_precision_loss, reason = "sizes of mails")]
const fn size(octets: usize) -> f64 {
    octets as f64
}

fn corpus() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/mail/corpus");
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mails = entries
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "eml"));
    mails.filter_map(|path| fs::read(path).ok()).collect()
}

fn rate(what: &str, mails: &[Vec<u8>], job: impl Fn(&[u8])) {
    let (mut count, mut octets, mut taken) = (0, 0, Duration::ZERO);
    // The first round compiles the patterns.
    for raw in mails {
        job(raw);
    }
    while taken < FOR && !mails.is_empty() {
        taken += time(|| mails.iter().for_each(|raw| job(raw)));
        octets += mails.iter().map(Vec::len).sum::<usize>();
        count += mails.len();
    }
    let seconds = taken.as_secs_f64();
    println!(
        "{:9.0} mails/s {:7.2} MB/s  {what}",
        size(count) / seconds,
        size(octets) / seconds / size(MB)
    );
}

/// About half a megabyte of each: texts on which readers that backtrack or rescan take seconds to minutes.
fn hostile() -> Vec<(&'static str, String)> {
    let of = |piece: &str| piece.repeat(500_000 / piece.len());
    vec![
        ("quote marks", of("> ")),
        ("On On On … wrote", format!("On {}wrote:", of("On "))),
        ("On, a line each", of("On Tue, Mar 3, 2026\n")),
        ("wrote, a line each", of("wrote:\n")),
        ("Korean attributions without a date", of("<a@b.example>님이 작성:\n")),
        ("senders", of("From: x\n")),
        ("three labels", of("From: x\nTo: y\nDate: z\n")),
        ("separators", of("-----Original Message-----x\n")),
        ("at signs", of("a@")),
        ("addresses in a line", of("a@b.example ")),
        ("telephone numbers", of("010-")),
        (
            "contacts below closing words",
            format!("감사합니다.\n{}", of("010-1234-5678\n")),
        ),
        ("delimiters", of("--\n")),
        ("spaces", of(" ")),
        ("newlines and letters", of("a\n\n")),
        ("underscores", of("_")),
        ("long words and spaces", of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ")),
        ("colons", of(":")),
        ("lines that end in a colon", of("x y z:\n")),
        ("dates", of("2026년 3월 3일 ")),
        ("device lines", of("Sent from my iPhone\n\n")),
        ("deep markup", of("<div><b>")),
        ("unclosed attributes", of("<a href=\"")),
        ("comments", of("<!--")),
        ("heads", of("<head>")),
        (
            "ends without a beginning",
            format!("{}{}", "<b>".repeat(512), of("</i>")),
        ),
        ("nested quotes", of("<blockquote type=cite>")),
        ("entities", format!("<p>{}", of("&amp"))),
        ("small tags", of("<i>x</i>")),
    ]
}
