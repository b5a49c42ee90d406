//! What a partner is asked to agree to: what is collected, why, for how long; the needed and the voluntary apart.

use domain::state::people::ConsentPurpose;
use web::Words;

/// Changes with any of the texts; a consent to an older version is asked for anew.
pub const WORDING_VERSION: &str = "2026-11-22";

/// One consent's text in one language, as it is shown and stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    pub title: String,
    pub what: String,
    pub why: String,
    pub how_long: String,
    /// What happens when one does not agree.
    pub without: String,
}

impl Wording {
    /// The whole text that is kept with the consent.
    pub fn text(&self) -> String {
        [&self.title, &self.what, &self.why, &self.how_long, &self.without]
            .map(String::as_str)
            .join("\n")
    }
}

/// The wording for `purpose` in the language of `words`.
pub fn wording(words: &Words, purpose: ConsentPurpose, host: &str) -> Wording {
    let part = |name: &str| words.t1(format!("consent-{purpose}-{name}"), "host", host);
    Wording {
        title: part("title"),
        what: part("what"),
        why: part("why"),
        how_long: part("how-long"),
        without: part("without"),
    }
}
