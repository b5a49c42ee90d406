//! Texts in two languages: a slice's own first, then the chrome's.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use domain::Lang;
use fluent_templates::{LanguageIdentifier, StaticLoader, fluent_bundle::FluentValue};
use std::{borrow::Cow, collections::HashMap, sync::LazyLock};
use unic_langid::langid;

/// A slice's texts: what `fluent_templates::static_loader!` declares.
pub type Texts = LazyLock<StaticLoader>;

fluent_templates::static_loader! {
    pub static TEXTS = {
        locales: "./locales",
        fallback_language: "ko",
        // Isolation marks are invisible and land in titles and mail subjects.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

type Args = HashMap<Cow<'static, str>, FluentValue<'static>>;

/// A language with the texts of one slice.
#[derive(Clone, Copy)]
pub struct Words {
    pub lang: Lang,
    slice: Option<&'static StaticLoader>,
}

impl Words {
    pub fn new(lang: Lang, slice: &'static StaticLoader) -> Self {
        Self {
            lang,
            slice: Some(slice),
        }
    }

    pub fn chrome(lang: Lang) -> Self {
        Self { lang, slice: None }
    }

    #[must_use]
    pub fn with(self, slice: &'static StaticLoader) -> Self {
        Self {
            slice: Some(slice),
            ..self
        }
    }

    pub fn t(&self, key: impl AsRef<str>) -> String {
        self.find(key.as_ref(), None)
    }

    pub fn t1(&self, key: impl AsRef<str>, name: &str, value: impl Arg) -> String {
        self.find(
            key.as_ref(),
            Some(&HashMap::from([(Cow::Owned(name.to_owned()), value.arg())])),
        )
    }

    pub fn t2(&self, key: impl AsRef<str>, name: &str, value: impl Arg, name2: &str, value2: impl Arg) -> String {
        let args = [
            (Cow::Owned(name.to_owned()), value.arg()),
            (Cow::Owned(name2.to_owned()), value2.arg()),
        ];
        self.find(key.as_ref(), Some(&HashMap::from(args)))
    }

    pub fn ta(&self, key: impl AsRef<str>, args: &[(&str, &dyn Arg)]) -> String {
        let args = args
            .iter()
            .map(|(name, value)| (Cow::Owned((*name).to_owned()), value.arg()))
            .collect();
        self.find(key.as_ref(), Some(&args))
    }

    /// The text, or nothing when no one wrote it.
    pub fn get(&self, key: &str) -> Option<String> {
        self.lookup(key, None)
    }

    pub(crate) fn find(&self, key: &str, args: Option<&Args>) -> String {
        self.lookup(key, args).unwrap_or_else(|| {
            tracing::warn!(key, lang = %self.lang, "a text is missing");
            key.to_owned()
        })
    }

    pub(crate) fn lookup(&self, key: &str, args: Option<&Args>) -> Option<String> {
        let own = self.slice.into_iter();
        let loaders = || own.clone().chain(std::iter::once(&*TEXTS));
        [self.lang, Lang::Ko].into_iter().find_map(|lang| {
            let id = language_id(lang);
            loaders().find_map(|loader| loader.lookup_single_language(id, key, args).ok())
        })
    }

    /// `2026년 11월 22일 (일)` or `Sun 22 Nov 2026`.
    pub fn date(&self, at: impl Moment, zone: impl Zone) -> String {
        let at = at.utc().with_timezone(&zone.tz());
        match self.lang {
            Lang::Ko => format!(
                "{}년 {}월 {}일 ({})",
                at.year(),
                at.month(),
                at.day(),
                korean_weekday(at.weekday())
            ),
            Lang::En => at.format("%a %-d %b %Y").to_string(),
        }
    }

    /// The date and the time of day: `2026년 11월 22일 (일) 오후 7:30` or `Sun 22 Nov 2026, 19:30`.
    pub fn datetime(&self, at: impl Moment, zone: impl Zone) -> String {
        let (utc, tz) = (at.utc(), zone.tz());
        let separator = if self.lang == Lang::En { "," } else { "" };
        format!("{}{separator} {}", self.date(utc, tz), self.time(utc, tz))
    }

    /// The time of day: `오후 7:30` or `19:30`.
    pub fn time(&self, at: impl Moment, zone: impl Zone) -> String {
        let at = at.utc().with_timezone(&zone.tz());
        match self.lang {
            Lang::Ko => {
                let (afternoon, hour) = at.hour12();
                format!("{} {hour}:{:02}", if afternoon { "오후" } else { "오전" }, at.minute())
            }
            Lang::En => at.format("%H:%M").to_string(),
        }
    }

    /// For dense tables: `11. 22. 19:30` or `22 Nov 19:30`.
    pub fn short(&self, at: impl Moment, zone: impl Zone) -> String {
        let at = at.utc().with_timezone(&zone.tz());
        match self.lang {
            Lang::Ko => at.format("%-m. %-d. %H:%M").to_string(),
            Lang::En => at.format("%-d %b %H:%M").to_string(),
        }
    }

    /// How long ago: `2분 전`, `2 min ago`; from the future: `곧`, `soon`.
    pub fn ago(&self, at: impl Moment, now: impl Moment) -> String {
        let gone = now.utc() - at.utc();
        if gone < TimeDelta::zero() {
            return self.find("ago-soon", None);
        }
        let (key, n) = match gone {
            g if g.num_minutes() < 1 => return self.find("ago-now", None),
            g if g.num_hours() < 1 => ("ago-minutes", g.num_minutes()),
            g if g.num_days() < 1 => ("ago-hours", g.num_hours()),
            g => ("ago-days", g.num_days()),
        };
        self.t1(key, "n", n)
    }

    /// With separators of thousands: `5,000`.
    pub fn number(&self, n: impl std::fmt::Display) -> String {
        let text = n.to_string();
        let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
        let mut out = String::from(sign);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        out
    }
}

fn language_id(lang: Lang) -> &'static LanguageIdentifier {
    static KO: LanguageIdentifier = langid!("ko");
    static EN: LanguageIdentifier = langid!("en");
    match lang {
        Lang::Ko => &KO,
        Lang::En => &EN,
    }
}

const fn korean_weekday(day: chrono::Weekday) -> &'static str {
    match day {
        chrono::Weekday::Mon => "월",
        chrono::Weekday::Tue => "화",
        chrono::Weekday::Wed => "수",
        chrono::Weekday::Thu => "목",
        chrono::Weekday::Fri => "금",
        chrono::Weekday::Sat => "토",
        chrono::Weekday::Sun => "일",
    }
}

/// What may stand in a text's placeable.
pub trait Arg {
    fn arg(&self) -> FluentValue<'static>;
}

macro_rules! number_args {
    ($($t:ty),*) => {$(impl Arg for $t { fn arg(&self) -> FluentValue<'static> { FluentValue::from(*self) } })*};
}
number_args!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

impl Arg for str {
    fn arg(&self) -> FluentValue<'static> {
        FluentValue::from(self.to_owned())
    }
}
impl Arg for String {
    fn arg(&self) -> FluentValue<'static> {
        FluentValue::from(self.clone())
    }
}
impl<T: Arg + ?Sized> Arg for &T {
    fn arg(&self) -> FluentValue<'static> {
        (**self).arg()
    }
}

/// A point in time, owned or borrowed: templates pass both.
pub trait Moment {
    fn utc(&self) -> DateTime<Utc>;
}
impl Moment for DateTime<Utc> {
    fn utc(&self) -> DateTime<Utc> {
        *self
    }
}
impl<T: Moment + ?Sized> Moment for &T {
    fn utc(&self) -> DateTime<Utc> {
        (**self).utc()
    }
}

/// A time zone, parsed or as it stands in the database; an unknown name counts as Seoul.
pub trait Zone {
    fn tz(&self) -> Tz;
}
impl Zone for Tz {
    fn tz(&self) -> Tz {
        *self
    }
}
impl Zone for str {
    fn tz(&self) -> Tz {
        self.parse().unwrap_or(Tz::Asia__Seoul)
    }
}
impl Zone for String {
    fn tz(&self) -> Tz {
        self.as_str().tz()
    }
}
impl<T: Zone + ?Sized> Zone for &T {
    fn tz(&self) -> Tz {
        (**self).tz()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn a_moment_reads_as_people_write_it_there() {
        let at = Utc
            .with_ymd_and_hms(2026, 11, 22, 10, 30, 0)
            .single()
            .expect("a moment");
        assert_eq!(
            Words::chrome(Lang::Ko).datetime(at, "Asia/Seoul"),
            "2026년 11월 22일 (일) 오후 7:30"
        );
        assert_eq!(
            Words::chrome(Lang::En).datetime(at, "Asia/Seoul"),
            "Sun 22 Nov 2026, 19:30"
        );
    }

    #[test]
    fn numbers_have_separators_and_texts_have_no_invisible_marks() {
        let words = Words::chrome(Lang::En);
        assert_eq!(words.number(1_234_567), "1,234,567");
        assert_eq!(words.number(-999), "-999");
        assert_eq!(words.t1("ago-minutes", "n", 2), "2 min ago");
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        let keys = |text: &str| -> std::collections::BTreeSet<String> {
            text.lines()
                .filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase()))
                .filter_map(|l| l.split_once(" =").map(|(k, _)| k.to_owned()))
                .collect()
        };
        assert_eq!(
            keys(include_str!("../locales/ko/web.ftl")),
            keys(include_str!("../locales/en/web.ftl"))
        );
    }
}
