//! The hours in which people work, or are awake: a reminder at three in the morning reminds nobody of what matters.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use settings::Holidays;

/// Whole hours of the day in a zone, on working days or on all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// IANA's name; an unknown one is UTC.
    pub zone: String,
    /// 0 to 23.
    pub from: u32,
    /// Up to this hour, which is after `from`, at most 24.
    pub to: u32,
    /// Also on days on which nobody works.
    #[serde(default)]
    pub every_day: bool,
}

impl Hours {
    fn tz(&self) -> Tz {
        self.zone.parse().unwrap_or(Tz::UTC)
    }

    /// The day on which this moment lies where they work.
    pub fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.tz()).date_naive()
    }

    /// When work begins on this day.
    pub fn opening(&self, day: NaiveDate) -> DateTime<Utc> {
        let opens = NaiveTime::from_hms_opt(self.from.min(23), 0, 0).unwrap_or_default();
        let local = day.and_time(opens);
        // Where the clock skips that hour, UTC is near enough.
        let at = self.tz().from_local_datetime(&local).earliest();
        at.map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
    }

    pub fn is_open(&self, at: DateTime<Utc>, holidays: &Holidays) -> bool {
        let local = at.with_timezone(&self.tz());
        let hour = chrono::Timelike::hour(&local);
        self.counts(local.date_naive(), holidays) && (self.from..self.to).contains(&hour)
    }

    fn counts(&self, day: NaiveDate, holidays: &Holidays) -> bool {
        self.every_day || holidays.is_working(day)
    }

    /// This moment, or the next one at which work begins.
    pub fn next(&self, at: DateTime<Utc>, holidays: &Holidays) -> DateTime<Utc> {
        if self.is_open(at, holidays) {
            return at;
        }
        let today = self.day(at);
        if self.counts(today, holidays) && at < self.opening(today) {
            return self.opening(today);
        }
        if self.every_day {
            return self.opening(today.succ_opt().unwrap_or(today));
        }
        self.opening(holidays.after(today, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_begins_again_on_the_next_working_day_of_the_zone() {
        let holidays = settings::Settings::embedded().expect("settings").events.holidays;
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a moment");
        let seoul = Hours {
            zone: "Asia/Seoul".into(),
            from: 9,
            to: 18,
            every_day: false,
        };
        // Seoul is nine hours ahead: 2026-02-13 is the Friday before Seollal, which ends on Wednesday the 18th.
        for (given, next) in [
            ("2026-02-13T00:00:00Z", "2026-02-13T00:00:00Z"),
            ("2026-02-13T08:59:59Z", "2026-02-13T08:59:59Z"),
            ("2026-02-13T09:00:00Z", "2026-02-19T00:00:00Z"),
            ("2026-02-12T23:00:00Z", "2026-02-13T00:00:00Z"),
            ("2026-02-15T03:00:00Z", "2026-02-19T00:00:00Z"),
        ] {
            assert_eq!(seoul.next(at(given), &holidays), at(next), "{given}");
        }
        let awake = Hours {
            from: 8,
            to: 21,
            every_day: true,
            ..seoul.clone()
        };
        for (given, next) in [
            ("2026-02-14T23:00:00Z", "2026-02-14T23:00:00Z"),
            ("2026-02-15T12:00:00Z", "2026-02-15T23:00:00Z"),
            ("2026-02-15T22:59:59Z", "2026-02-15T23:00:00Z"),
        ] {
            assert_eq!(awake.next(at(given), &holidays), at(next), "{given}");
        }
        let berlin = Hours {
            zone: "Europe/Berlin".into(),
            ..seoul
        };
        // The clocks go forward on Sunday the 28th of March 2027.
        let none = Holidays::default();
        assert_eq!(
            berlin.next(at("2027-03-26T17:30:00Z"), &none),
            at("2027-03-29T07:00:00Z")
        );
    }
}
