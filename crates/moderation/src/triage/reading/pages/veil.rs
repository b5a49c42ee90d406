//! Blind reading: what would tell who asks is not sent to the browser at all.

use crate::triage::repo::Line;
use domain::person::Person;

/// Covers the asker of one question, while the event reads blind.
#[derive(Clone, Debug, Default)]
pub(in crate::triage) struct Veil {
    /// What stands for them in texts: name, pen name, company, group. Longest first.
    words: Vec<String>,
    drawn: bool,
}

/// What stands in a text where the asker's name or company stood.
const COVER: &str = "▨▨▨";

impl Veil {
    pub(in crate::triage) fn of(blind: bool, line: &Line) -> Self {
        let mut words = Vec::new();
        if let (true, Some(asker)) = (blind, &line.asker) {
            words.extend(asker.company.clone());
            words.extend(asker.display_line.clone());
            if let Person::Partner {
                name, company, group, ..
            } = &asker.person
            {
                words.extend([name, company, group].into_iter().flatten().cloned());
            }
        }
        // A single letter stands in every text.
        words.retain(|w| w.chars().count() > 1);
        words.sort_by_key(|w| std::cmp::Reverse(w.len()));
        Self { words, drawn: blind }
    }

    pub(in crate::triage) const fn is_drawn(&self) -> bool {
        self.drawn
    }

    /// The text, with names of the asker covered: people sign their questions.
    pub(in crate::triage) fn cover(&self, text: &str) -> String {
        self.words
            .iter()
            .fold(text.to_owned(), |text, word| text.replace(word.as_str(), COVER))
    }

    /// Draws it over a line: nothing that names the asker is left in it.
    pub(in crate::triage) fn over(&self, line: &mut Line) {
        if self.drawn {
            line.asker = None;
            line.question.body = self.cover(&line.question.body);
            line.question.decline_reason = line.question.decline_reason.as_deref().map(|r| self.cover(r));
            if let Some(pending) = &mut line.pending {
                pending.reason = pending.reason.as_deref().map(|r| self.cover(r));
            }
        }
    }
}
