//! One place where regular expressions are made. The engine matches in linear time whatever the input.

use regex::{Regex, bytes};

/// A text pattern.
#[expect(
    clippy::expect_used,
    reason = "the patterns are constants; each is compiled by a test"
)]
pub(super) fn text(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a constant pattern")
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
        $($(#[$doc])* static $name: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| $crate::read::rules::text($pattern));)+

        #[cfg(test)]
        #[test]
        fn patterns_compile() {
            $(std::sync::LazyLock::force(&$name);)+
        }
    };
}
pub(super) use patterns;
