//! What was typed: kept as it is, and read into what the services take, each error at its field.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use domain::{
    EmailAddress,
    text::{TextError, char_count, line, tidy},
};
use std::{ops::RangeInclusive, str::FromStr};
use web::{Errors, Message};

/// The fields of a form by name; a name may stand several times.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl From<Vec<(String, String)>> for Fields {
    fn from(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }
}

impl Fields {
    #[must_use]
    pub(super) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    #[must_use]
    pub(super) fn maybe(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(name, value.to_string()),
            None => self,
        }
    }

    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn is_on(&self, name: &str) -> bool {
        self.get(name) == "true"
    }
}

/// Reads fields; where one is wrong, its error is noted and a stand-in given, so look at `errors` in the end.
pub(super) struct Reading<'a> {
    pub(super) fields: &'a Fields,
    pub(super) errors: Errors,
}

impl<'a> Reading<'a> {
    pub(super) fn new(fields: &'a Fields) -> Self {
        Self {
            fields,
            errors: Errors::new(),
        }
    }

    /// One line that must be there.
    pub(super) fn line(&mut self, name: &'static str, most: usize) -> String {
        let text = self.maybe(name, most);
        if text.is_none() && !self.errors.has(name) {
            self.errors.add(name, TextError::Empty);
        }
        text.unwrap_or_default()
    }

    pub(super) fn maybe(&mut self, name: &'static str, most: usize) -> Option<String> {
        let text = self.errors.check(name, line(self.fields.get(name), most))?;
        (!text.is_empty()).then_some(text)
    }

    /// Several lines, or none.
    pub(super) fn text(&mut self, name: &'static str, most: usize) -> String {
        let text = tidy(self.fields.get(name));
        let has = char_count(&text);
        if has > most {
            self.errors.add(name, TextError::TooLong { most, has });
        }
        text
    }

    pub(super) fn number(&mut self, name: &'static str, range: RangeInclusive<i32>) -> i32 {
        match self.fields.get(name).trim().parse() {
            Ok(n) if range.contains(&n) => n,
            _ => {
                let message = Message::new("error-range")
                    .arg("min", *range.start())
                    .arg("max", *range.end());
                self.errors.add(name, message);
                *range.start()
            }
        }
    }

    /// A number, or none.
    pub(super) fn maybe_number(&mut self, name: &'static str, range: RangeInclusive<i32>) -> Option<i32> {
        let empty = self.fields.get(name).trim().is_empty();
        (!empty).then(|| self.number(name, range))
    }

    pub(super) fn day(&mut self, name: &'static str) -> NaiveDate {
        let day = self.fields.get(name).trim().parse().map_err(|_| "error-date");
        self.errors.check(name, day).unwrap_or_default()
    }

    /// A local time of the event. In the hour that a clock change repeats, the first one; in the one it leaves out,
    /// none.
    pub(super) fn moment(&mut self, name: &'static str, tz: Tz) -> DateTime<Utc> {
        let local = moment(self.fields.get(name).trim(), tz).ok_or("error-date");
        self.errors.check(name, local).unwrap_or_default()
    }

    pub(super) fn email(&mut self, name: &'static str) -> Option<EmailAddress> {
        match self.fields.get(name).trim() {
            "" => None,
            given => self.errors.check(name, EmailAddress::parse(given)),
        }
    }

    /// One of a closed list, or an id; an empty field is none.
    pub(super) fn one<T: FromStr>(&mut self, name: &'static str) -> Option<T> {
        match self.fields.get(name) {
            "" => None,
            given => self.errors.check(name, given.parse().map_err(|_| "error-choose")),
        }
    }

    /// One of a closed list that must be chosen.
    pub(super) fn must<T: FromStr>(&mut self, name: &'static str) -> Option<T> {
        let one = self.one(name);
        if one.is_none() && !self.errors.has(name) {
            self.errors.add(name, "error-choose");
        }
        one
    }

    pub(super) fn several<T: FromStr>(&mut self, name: &'static str) -> Vec<T> {
        self.fields.all(name).filter_map(|given| given.parse().ok()).collect()
    }
}

fn moment(text: &str, tz: Tz) -> Option<DateTime<Utc>> {
    let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?;
    Some(tz.from_local_datetime(&local).earliest()?.to_utc())
}

/// A moment as `<input type="datetime-local">` holds it.
pub(super) fn local(at: DateTime<Utc>, tz: Tz) -> String {
    at.with_timezone(&tz).format("%Y-%m-%dT%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_time_is_read_in_the_event_s_zone_and_shown_again() {
        let at = moment("2026-12-01T09:30", Tz::Asia__Seoul).expect("reads");
        assert_eq!(at.to_rfc3339(), "2026-12-01T00:30:00+00:00");
        assert_eq!(local(at, Tz::Asia__Seoul), "2026-12-01T09:30");
        assert_eq!(moment("2026-13-01T09:30", Tz::Asia__Seoul), None);
    }

    #[test]
    fn every_error_stands_at_its_field() {
        let fields = Fields::default()
            .with("title", "")
            .with("n", "0")
            .with("email", "a@b")
            .with("day", "x");
        let mut reading = Reading::new(&fields);
        reading.line("title", 10);
        reading.number("n", 1..=5);
        reading.email("email");
        reading.day("day");
        let at: Vec<_> = reading
            .errors
            .iter()
            .map(|(field, message)| (field, message.key()))
            .collect();
        assert_eq!(
            at,
            [
                ("title", "error-required"),
                ("n", "error-range"),
                ("email", "error-email"),
                ("day", "error-date")
            ]
        );
    }
}
