//! Until when an answer is awaited: by working days, at the end of the day's work where the event is.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use db::entity::event;
use settings::Holidays;
use web::{App, lang::Zone};

/// The hour, in the event's time zone, at which answers are due.
const END_OF_WORK: u32 = 18;

/// When an answer that is asked for now is due.
pub(crate) fn due(app: &App, event: &event::Model) -> DateTime<Utc> {
    due_from(app, event, app.clock.now())
}

/// When an answer that is asked for at `from` is due.
pub(crate) fn due_from(app: &App, event: &event::Model, from: DateTime<Utc>) -> DateTime<Utc> {
    let days = u32::try_from(event.answer_days).unwrap_or(1);
    by_working_days(from, days, &event.time_zone, &app.settings.events.holidays)
}

/// The end of the day's work on this day where the event is.
pub(crate) fn end_of(day: NaiveDate, event: &event::Model) -> DateTime<Utc> {
    at_end_of_work(day, event.time_zone.tz())
}

fn by_working_days(from: DateTime<Utc>, days: u32, zone: impl Zone, holidays: &Holidays) -> DateTime<Utc> {
    let zone = zone.tz();
    let day = holidays.after(from.with_timezone(&zone).date_naive(), days);
    at_end_of_work(day, zone)
}

fn at_end_of_work(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let end = NaiveTime::from_hms_opt(END_OF_WORK, 0, 0).unwrap_or_default();
    let local = day.and_time(end);
    // No zone moves its clocks at six in the evening; if one did, UTC is near enough.
    zone.from_local_datetime(&local)
        .earliest()
        .map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_due_at_six_where_the_event_is() {
        let holidays = settings::Settings::embedded().expect("settings").events.holidays;
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a moment");
        // Friday evening before Seollal 2026, in Seoul; three working days are Thursday, Friday and Monday.
        let due = by_working_days(at("2026-02-13T10:00:00Z"), 3, "Asia/Seoul", &holidays);
        assert_eq!(due, at("2026-02-23T09:00:00Z"));
        // In UTC it is still Thursday, in Seoul Friday morning: the event's day counts.
        let due = by_working_days(at("2026-11-26T20:00:00Z"), 1, "Asia/Seoul", &holidays);
        assert_eq!(due, at("2026-11-30T09:00:00Z"));
        // A zone with summer time.
        let none = Holidays::default();
        let due = by_working_days(at("2027-03-26T12:00:00Z"), 1, "Europe/Berlin", &none);
        assert_eq!(due, at("2027-03-29T16:00:00Z"));
    }
}
