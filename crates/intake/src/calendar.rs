//! A programme for calendar programs: iCalendar (RFC 5545).
//!
//! Times are in UTC, so no time zone has to be described; days without a time are dates.

use chrono::{DateTime, Days, NaiveDate, Utc};
use std::fmt::Write;

/// Octets of a line, without its end (RFC 5545 §3.1).
const LINE: usize = 75;

/// When something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Moments(DateTime<Utc>, DateTime<Utc>),
    /// The first and the last day.
    Days(NaiveDate, NaiveDate),
}

/// One entry of a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Stays the same as long as it is the same thing.
    pub(crate) uid: String,
    /// Grows with every change.
    pub(crate) sequence: i32,
    pub(crate) when: When,
    pub(crate) summary: String,
    pub(crate) place: String,
    pub(crate) description: String,
    /// They wait for a place: it is not sure yet.
    pub(crate) tentative: bool,
}

/// The whole calendar, as it was at `now`.
pub(crate) fn calendar(name: &str, now: DateTime<Utc>, entries: &[Entry]) -> String {
    let mut out = String::new();
    for (name, value) in [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//Mundap//Programme//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        ("REFRESH-INTERVAL;VALUE=DURATION", "PT6H"),
        ("X-PUBLISHED-TTL", "PT6H"),
    ] {
        line(&mut out, name, value);
    }
    line(&mut out, "X-WR-CALNAME", &escaped(name));
    for entry in entries {
        event(&mut out, now, entry);
    }
    line(&mut out, "END", "VCALENDAR");
    out
}

fn event(out: &mut String, now: DateTime<Utc>, entry: &Entry) {
    line(out, "BEGIN", "VEVENT");
    line(out, "UID", &escaped(&entry.uid));
    line(out, "DTSTAMP", &moment(now));
    line(out, "SEQUENCE", &entry.sequence.to_string());
    match entry.when {
        When::Moments(from, to) => {
            line(out, "DTSTART", &moment(from));
            line(out, "DTEND", &moment(to));
        }
        When::Days(first, last) => {
            // The end is the day after the last one.
            let end = last.checked_add_days(Days::new(1)).unwrap_or(last);
            line(out, "DTSTART;VALUE=DATE", &first.format("%Y%m%d").to_string());
            line(out, "DTEND;VALUE=DATE", &end.format("%Y%m%d").to_string());
        }
    }
    line(out, "SUMMARY", &escaped(&entry.summary));
    for (name, text) in [("LOCATION", &entry.place), ("DESCRIPTION", &entry.description)] {
        if !text.is_empty() {
            line(out, name, &escaped(text));
        }
    }
    line(out, "STATUS", if entry.tentative { "TENTATIVE" } else { "CONFIRMED" });
    line(out, "END", "VEVENT");
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value (RFC 5545 §3.3.11). Control characters have no place in one.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' if before == '\r' => {}
            '\r' | '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
        before = c;
    }
    out
}

/// One line, folded where it is too long: never within a character.
fn line(out: &mut String, name: &str, value: &str) {
    let mut room = LINE;
    let whole = format!("{name}:{value}");
    for c in whole.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            room = LINE - 1;
        }
        room -= c.len_utf8();
        // Writing to a String does not fail.
        let _ = write!(out, "{c}");
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(summary: &str) -> Entry {
        let at = DateTime::from_timestamp(1_795_000_000, 0).expect("a moment");
        Entry {
            uid: "0123@talk.example".into(),
            sequence: 2,
            when: When::Moments(at, at + chrono::TimeDelta::minutes(50)),
            summary: summary.into(),
            place: "3층, 물가 회의실".into(),
            description: String::new(),
            tentative: false,
        }
    }

    /// Lines as a reader puts them together again (RFC 5545 §3.1).
    fn lines(text: &str) -> Vec<String> {
        text.replace("\r\n ", "").split("\r\n").map(String::from).collect()
    }

    fn unescaped(value: &str) -> String {
        let mut out = String::new();
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            match (c, if c == '\\' { chars.next() } else { None }) {
                ('\\', Some('n')) => out.push('\n'),
                ('\\', Some(other)) => out.push(other),
                _ => out.push(c),
            }
        }
        out
    }

    #[test]
    fn an_entry_has_what_a_calendar_asks_for() {
        let now = DateTime::from_timestamp(1_794_000_000, 0).expect("a moment");
        let day = NaiveDate::from_ymd_opt(2026, 12, 31).expect("a day");
        let days = Entry {
            when: When::Days(day, day),
            tentative: true,
            ..entry("하루")
        };
        let text = calendar("파트너와의 대화", now, &[entry("둘러보기; 견학"), days]);
        let lines = lines(&text);
        for wanted in [
            "BEGIN:VCALENDAR",
            "DTSTAMP:20261106T212000Z",
            "SEQUENCE:2",
            "DTSTART:20261118T110640Z",
            "SUMMARY:둘러보기\\; 견학",
            "LOCATION:3층\\, 물가 회의실",
            "DTSTART;VALUE=DATE:20261231",
            "DTEND;VALUE=DATE:20270101",
            "STATUS:TENTATIVE",
            "END:VCALENDAR",
        ] {
            assert!(lines.iter().any(|l| l == wanted), "{wanted}\n{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_again_and_no_line_is_too_long(summary in any::<String>()) {
            let now = DateTime::from_timestamp(1_794_000_000, 0).expect("a moment");
            let text = calendar("x", now, &[entry(&summary)]);
            prop_assert!(text.ends_with("\r\n"));
            for line in text.split("\r\n") {
                prop_assert!(line.len() <= LINE, "{line}");
                prop_assert!(!line.contains(['\r', '\n']), "{line}");
            }
            let all = lines(&text);
            let begun = all.iter().filter(|l| l.starts_with("BEGIN:")).count();
            prop_assert_eq!(begun, 2, "a text begins nothing of its own");
            let value = all.iter().find_map(|l| l.strip_prefix("SUMMARY:")).expect("a summary");
            let meant: String = summary.replace("\r\n", "\n").replace('\r', "\n");
            let meant: String = meant.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
            prop_assert_eq!(unescaped(value), meant);
        }
    }
}
