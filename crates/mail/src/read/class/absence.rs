//! When somebody who is away says that they are back, in Korean or English.

use crate::read::rules::patterns;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Characters around a date in which the word that gives it its meaning must stand.
const NEAR: usize = 40;
/// Dates that are looked at.
const DATES: usize = 12;

patterns! {
    DATE = r"(?i)(?:(?P<y>20\d{2})\s?[년./\-]\s?)?(?P<m>\d{1,2})\s?(?:월|[./\-])\s?(?P<d>\d{1,2})\s?일?|\b(?P<mn>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s+(?P<md>\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(?P<my>20\d{2}))?|\b(?P<dd>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<dn>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?(?:,?\s+(?P<dy>20\d{2}))?";
    /// After a Korean date: its last day, or the day of return.
    UNTIL_AFTER = r"^\s?(?:\([^)]{1,4}\)|[가-힣]요일)?\s?(?:까지|동안)";
    BACK_AFTER = r"^\s?(?:\([^)]{1,4}\)|[가-힣]요일)?\s?(?:에|부터|일자로)?\s?(?:출근|복귀|업무\s?(?:를\s?)?(?:복귀|시작|재개)|정상\s?근무|돌아)";
    /// Before an English date.
    UNTIL_BEFORE = r"(?i)(?:until|till|through|to|thru|[~–—\-])\s*(?:and including\s*)?(?:\w{3,9},?\s*)?$";
    BACK_BEFORE = r"(?i)(?:back|return(?:ing)?|resume|복귀일?|출근일?|in (?:the )?office again)(?:\s+(?:to work|to the office|in the office|in office|again))?\s*(?:on|by|from|at|:|은|는)?\s*(?:\w{3,9},?\s*)?$";
    RANGE_BEFORE = r"[~∼〜–—\-]\s?(?:\([^)]{1,4}\))?\s?$";
}

/// Somebody is away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// The first day on which they can be expected: the day they name, or the day after the last one away.
    pub back: NaiveDate,
}

/// `sent` gives the year where none is written; a date that is then more than half a year past is next year's.
pub(super) fn find(text: &str, sent: Option<DateTime<Utc>>) -> Option<Absence> {
    let mut rest = text;
    let mut last: Option<NaiveDate> = None;
    for _ in 0..DATES {
        let Some(found) = DATE.captures(rest) else { break };
        let whole = found.get(0)?;
        let before: String = tail(&rest[..whole.start()]);
        let after: String = rest[whole.end()..].chars().take(NEAR).collect();
        let text = |name: &str| found.name(name).map(|m| m.as_str());
        let number = |name: &str| text(name).and_then(|v| v.parse::<u32>().ok());
        let month = number("m").or_else(|| text("mn").or_else(|| text("dn")).and_then(month_of));
        let day = number("d").or_else(|| number("md")).or_else(|| number("dd"));
        let year = number("y").or_else(|| number("my")).or_else(|| number("dy"));
        if let Some(date) = month.zip(day).and_then(|(m, d)| date(year, m, d, sent)) {
            if BACK_AFTER.is_match(&after) || BACK_BEFORE.is_match(&before) {
                return Some(Absence { back: date });
            }
            if UNTIL_AFTER.is_match(&after) || UNTIL_BEFORE.is_match(&before) || RANGE_BEFORE.is_match(&before) {
                last = last.max(Some(date));
            }
        }
        rest = &rest[whole.end()..];
    }
    last.and_then(|day| day.succ_opt()).map(|back| Absence { back })
}

fn tail(text: &str) -> String {
    let start = text
        .char_indices()
        .rev()
        .take(NEAR)
        .last()
        .map_or(text.len(), |(at, _)| at);
    text[start..].to_owned()
}

fn month_of(name: &str) -> Option<u32> {
    const NAMES: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let at = NAMES.iter().position(|n| name.eq_ignore_ascii_case(n))?;
    u32::try_from(at + 1).ok()
}

fn date(year: Option<u32>, month: u32, day: u32, sent: Option<DateTime<Utc>>) -> Option<NaiveDate> {
    if let Some(year) = year {
        return NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
    }
    let sent = sent?.date_naive();
    let this = NaiveDate::from_ymd_opt(sent.year(), month, day)?;
    if (sent - this).num_days() > 183 {
        NaiveDate::from_ymd_opt(sent.year() + 1, month, day)
    } else {
        Some(this)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_return_is_found() {
        let sent = "2026-12-20T01:00:00Z".parse().ok();
        for (text, back) in [
            ("12월 21일부터 12월 24일까지 휴가입니다.", Some("2026-12-25")),
            ("부재 기간: 2026.12.21 ~ 2026.12.24", Some("2026-12-25")),
            ("부재중 (12/21~1/3)", Some("2027-01-04")),
            (
                "1월 4일(월)에 복귀합니다. 급하시면 12월 24일까지 연락 주세요.",
                Some("2027-01-04"),
            ),
            ("복귀일: 2027년 1월 4일", Some("2027-01-04")),
            ("I am out of the office until January 3.", Some("2027-01-04")),
            ("I will be back on Monday, 4 January 2027.", Some("2027-01-04")),
            ("I return on Jan 4th.", Some("2027-01-04")),
            ("휴가 중입니다. 문의는 02-1234-5678로 주세요.", None),
        ] {
            let found = find(text, sent).map(|a| a.back.to_string());
            assert_eq!(found.as_deref(), back, "{text}");
        }
    }
}
