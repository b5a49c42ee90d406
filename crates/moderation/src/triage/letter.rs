//! What an asker is told about what became of their question.

use crate::service::assign::event_title;
use db::{
    entity::{event, question},
    people::Invitee,
};
use mail::{Letter, Link};
use web::Words;

pub(crate) struct Outcome<'a> {
    /// In the asker's language.
    pub(crate) words: Words,
    pub(crate) event: &'a event::Model,
    pub(crate) question: &'a question::Model,
    pub(crate) asker: &'a Invitee,
}

impl Outcome<'_> {
    pub(crate) fn live(&self) -> Letter {
        self.letter("live", self.words.t("outcome-live-body"))
            .note(self.words.t("outcome-live-note"))
    }

    pub(crate) fn routed(&self, service: &str) -> Letter {
        self.letter("routed", self.words.t1("outcome-routed-body", "service", service))
            .note(self.words.t("outcome-routed-note"))
    }

    pub(crate) fn declined(&self, reason: &str) -> Letter {
        let words = &self.words;
        let facts = [(words.t("outcome-declined-reason"), reason.to_owned())];
        let mut letter = self.letter("declined", words.t("outcome-declined-body"));
        // The reason stands before the link: it is what one wants to know.
        let action = letter.blocks.pop();
        letter = letter.facts(facts);
        letter.blocks.extend(action);
        letter.note(words.t("outcome-declined-note"))
    }

    pub(crate) fn merged(&self) -> Letter {
        self.letter("merged", self.words.t("outcome-merged-body"))
            .note(self.words.t("outcome-merged-note"))
    }

    /// Of one that has its answer: the answer follows at once.
    pub(crate) fn duplicate(&self) -> Letter {
        self.letter("duplicate", self.words.t("outcome-duplicate-body"))
            .note(self.words.t("outcome-duplicate-note"))
    }

    fn letter(&self, kind: &str, body: String) -> Letter {
        let words = &self.words;
        let title = event_title(self.event, words.lang);
        let subject = words.ta(
            format!("outcome-{kind}-subject"),
            &[("event", &title), ("number", &self.question.number.unwrap_or_default())],
        );
        let link = Link::Personal {
            invitation: self.asker.invitation,
            path: format!("/my/questions/{}", self.question.id),
        };
        Letter::new(subject)
            .text(words.t1("outcome-greeting", "name", self.asker.person.name()))
            .text(body)
            .quote(&self.question.body, None)
            .action(words.t("outcome-action"), link)
    }
}
