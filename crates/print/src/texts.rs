//! The few words that print adds of its own.

use crate::Lang;
use chrono::{Datelike, NaiveDate};

impl Lang {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }

    /// The one that fits.
    pub(crate) const fn pick<'a>(self, ko: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Ko => ko,
            Self::En => en,
        }
    }

    pub(crate) const fn asks(self) -> &'static str {
        self.pick("질문", "Question")
    }

    pub(crate) const fn answers(self) -> &'static str {
        self.pick("답변", "Answer")
    }

    pub(crate) const fn contents(self) -> &'static str {
        self.pick("차례", "Contents")
    }

    /// What stands under no heading of its own.
    pub(crate) const fn articles(self) -> &'static str {
        self.pick("이번 호의 글", "In this issue")
    }

    pub(crate) const fn corrections(self) -> &'static str {
        self.pick("바로잡습니다", "Corrections")
    }

    pub(crate) const fn keywords(self) -> &'static str {
        self.pick("키워드", "Keywords")
    }

    pub(crate) const fn cover(self) -> &'static str {
        self.pick("표지", "Cover")
    }

    pub(crate) fn number(self, number: u32) -> String {
        match self {
            Self::Ko => format!("제{number}호"),
            Self::En => format!("No. {number}"),
        }
    }

    pub(crate) fn day(self, day: NaiveDate) -> String {
        match self {
            Self::Ko => format!("{}년 {}월 {}일", day.year(), day.month(), day.day()),
            Self::En => day.format("%-d %B %Y").to_string(),
        }
    }

    pub(crate) fn month(self, day: NaiveDate) -> String {
        match self {
            Self::Ko => format!("{}년 {}월", day.year(), day.month()),
            Self::En => day.format("%B %Y").to_string(),
        }
    }
}
