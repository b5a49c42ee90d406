//! The days on which nobody works, from a file: `date,name` lines; `#` begins a remark.

use crate::Error;
use chrono::{Datelike, NaiveDate, Weekday};
use std::collections::BTreeMap;

/// Korea's, see the file for its sources.
const KOREA: &str = include_str!("../../../config/holidays/kr.csv");

/// Public holidays with their names. A year of which the file knows none has weekends only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holidays(BTreeMap<NaiveDate, String>);

impl Holidays {
    /// From the file at `path`; an empty path means Korea's, which are built in.
    pub(crate) fn load(path: &str) -> Result<Self, Error> {
        if path.is_empty() {
            return Self::parse(KOREA);
        }
        let text = std::fs::read_to_string(path).map_err(|source| Error::File {
            path: path.into(),
            source,
        })?;
        Self::parse(&text)
    }

    /// # Errors
    /// When a line does not begin with a date (`2027-02-07,설날`).
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut days = BTreeMap::new();
        for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') || line == "date,name" {
                continue;
            }
            let (day, name) = line.split_once(',').unwrap_or((line, ""));
            let day = day.trim().parse().map_err(|_| Error::Invalid {
                section: "events",
                problem: format!("holidays_file: line {}: `{day}` is no date such as 2027-02-07", at + 1),
            })?;
            days.insert(day, name.trim().trim_matches('"').to_owned());
        }
        Ok(Self(days))
    }

    /// The name of the holiday, if it is one.
    pub fn name(&self, day: NaiveDate) -> Option<&str> {
        self.0.get(&day).map(String::as_str)
    }

    pub fn is_working(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.0.contains_key(&day)
    }

    /// Whether the file knows the holidays of this year.
    pub fn knows(&self, year: i32) -> bool {
        let first = NaiveDate::from_ymd_opt(year, 1, 1);
        let last = NaiveDate::from_ymd_opt(year, 12, 31);
        matches!((first, last), (Some(first), Some(last)) if self.0.range(first..=last).next().is_some())
    }

    /// The `days`-th working day before `from`, which does not count itself.
    pub fn before(&self, from: NaiveDate, days: u32) -> NaiveDate {
        let mut day = from;
        let mut left = days.max(1);
        while let Some(last) = day.pred_opt() {
            day = last;
            left -= u32::from(self.is_working(day));
            if left == 0 {
                break;
            }
        }
        day
    }

    /// The `days`-th working day after `from`, which does not count itself.
    pub fn after(&self, from: NaiveDate, days: u32) -> NaiveDate {
        let mut day = from;
        let mut left = days.max(1);
        while let Some(next) = day.succ_opt() {
            day = next;
            left -= u32::from(self.is_working(day));
            if left == 0 {
                break;
            }
        }
        day
    }
}

#[cfg(test)]
mod tests {
    use super::Holidays;
    use chrono::{Datelike, NaiveDate, Weekday};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn korea() -> Holidays {
        Holidays::load("").expect("the embedded file")
    }

    #[test]
    fn working_days_pass_over_seollal_chuseok_and_weekends() {
        let days = [
            // Seollal 2026: Monday to Wednesday; Friday the 13th is the last day before.
            ("2026-02-13", 1, "2026-02-19"),
            ("2026-02-13", 3, "2026-02-23"),
            // Seollal 2027 takes a weekend and Monday, so Tuesday is its substitute.
            ("2027-02-05", 1, "2027-02-10"),
            // Seollal 2028: Wednesday to Friday, then a weekend.
            ("2028-01-25", 1, "2028-01-31"),
            // Chuseok 2026 ends on a Saturday, for which there is no substitute.
            ("2026-09-23", 1, "2026-09-28"),
            // Chuseok 2027: Tuesday to Thursday.
            ("2027-09-13", 2, "2027-09-20"),
            // Chuseok 2028 meets the National Foundation Day: Thursday is free, too; then the Hangul Day on Monday.
            ("2028-09-29", 1, "2028-10-06"),
            ("2028-09-29", 2, "2028-10-10"),
            // From a Saturday: the first working day is Monday.
            ("2026-11-28", 1, "2026-11-30"),
            ("2026-11-26", 7, "2026-12-07"),
            // Across the year: Christmas on a Friday, New Year's Day on a Friday.
            ("2026-12-24", 5, "2027-01-04"),
        ];
        for (from, count, due) in days {
            assert_eq!(korea().after(day(from), count), day(due), "{count} days after {from}");
        }
        // Back over Seollal 2026 and its weekend, and from a weekend.
        assert_eq!(korea().before(day("2026-02-23"), 3), day("2026-02-13"));
        assert_eq!(korea().before(day("2026-11-29"), 1), day("2026-11-27"));
    }

    /// Written apart from the file: which holidays get a substitute on which days of the week.
    #[test]
    fn each_holiday_that_falls_on_a_weekend_has_the_substitute_that_the_rules_give() {
        let holidays = korea();
        for year in 2026..=2028 {
            assert!(holidays.knows(year));
            for (month, date) in [(3, 1), (5, 1), (5, 5), (7, 17), (8, 15), (10, 3), (10, 9), (12, 25)] {
                let feast = NaiveDate::from_ymd_opt(year, month, date).expect("a date");
                assert!(holidays.name(feast).is_some(), "{feast}");
                // Labour Day and Constitution Day fell on weekdays in 2026, the first year.
                let mut substitute = feast;
                while matches!(substitute.weekday(), Weekday::Sat | Weekday::Sun) {
                    substitute = substitute.succ_opt().expect("a day");
                }
                if substitute != feast {
                    assert!(
                        holidays
                            .name(substitute)
                            .is_some_and(|name| name.starts_with("대체공휴일")),
                        "{feast} → {substitute}"
                    );
                }
            }
            // New Year's Day and Memorial Day have none: the Monday after is worked.
            for (month, date) in [(1, 1), (6, 6)] {
                let feast = NaiveDate::from_ymd_opt(year, month, date).expect("a date");
                if feast.weekday() == Weekday::Sat {
                    assert!(holidays.is_working(feast + chrono::Days::new(2)), "{feast}");
                }
            }
        }
        assert!(!holidays.knows(2035));
    }

    #[test]
    fn another_calendar_is_read_and_a_wrong_line_is_named() {
        let other = Holidays::parse("# ours\n2030-01-02,Berchtold\n\n2030-01-03\n").expect("reads");
        assert_eq!(other.after(day("2030-01-01"), 1), day("2030-01-04"));
        assert!(korea().is_working(day("2030-01-02")));
        let error = Holidays::parse("2030-01-02,a\n2030-13-01,b").expect_err("no such month");
        assert!(error.to_string().contains("line 2"), "{error}");
    }
}
