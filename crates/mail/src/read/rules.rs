//! One place where regular expressions are made. The engine matches in linear time whatever the input.

use super::work;
use regex::{Captures, Regex, bytes};

/// A text pattern, whose looks are counted in tests.
#[derive(Debug)]
pub(super) struct Pattern(Regex);

impl Pattern {
    pub(super) fn is_match(&self, text: &str) -> bool {
        work::note(text.len());
        self.0.is_match(text)
    }

    pub(super) fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        work::note(text.len());
        self.0.captures(text)
    }

    /// The first match's text.
    pub(super) fn find<'t>(&self, text: &'t str) -> Option<regex::Match<'t>> {
        work::note(text.len());
        self.0.find(text)
    }
}

/// A text pattern.
#[expect(
    clippy::expect_used,
    reason = "the patterns are constants; each is compiled by a test"
)]
pub(super) fn text(pattern: &str) -> Pattern {
    Pattern(Regex::new(pattern).expect("a constant pattern"))
}

/// A byte pattern.
#[expect(
    clippy::expect_used,
    reason = "the patterns are constants; each is compiled by a test"
)]
pub(super) fn bytes(pattern: &str) -> bytes::Regex {
    bytes::Regex::new(pattern).expect("a constant pattern")
}

/// Declares patterns that are compiled once, at their first use.
macro_rules! patterns {
    ($($(#[$doc:meta])* $name:ident = $pattern:expr;)+) => {
        $($(#[$doc])* static $name: std::sync::LazyLock<$crate::read::rules::Pattern> =
            std::sync::LazyLock::new(|| $crate::read::rules::text($pattern));)+

        #[cfg(test)]
        #[test]
        fn patterns_compile() {
            $(std::sync::LazyLock::force(&$name);)+
        }
    };
}
pub(super) use patterns;
