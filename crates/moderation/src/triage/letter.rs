//! What an asker is told about what became of their question.

use crate::{
    Result,
    service::{
        assign::event_title,
        template::{Slot, Values},
        templates,
    },
};
use db::{
    entity::{event, question},
    people::{Invitee, in_lang},
    prelude::*,
};
use domain::state::{decision::DecisionKind, release::LetterKind};
use mail::{Letter, Link};
use web::Words;

pub(crate) struct Outcome<'a> {
    /// In the asker's language.
    pub(crate) words: Words,
    pub(crate) event: &'a event::Model,
    pub(crate) question: &'a question::Model,
    pub(crate) asker: &'a Invitee,
}

/// What became of it, with what only that has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Live {
        place: Option<i32>,
        speaker: Option<String>,
    },
    /// The service whose crew answers.
    Routed {
        service: String,
    },
    Declined {
        reason: String,
    },
    Merged,
    Duplicate,
}

impl Said {
    pub(crate) const fn kind(&self) -> LetterKind {
        match self {
            Self::Live { .. } => LetterKind::Live,
            Self::Routed { .. } => LetterKind::Routed,
            Self::Declined { .. } => LetterKind::Declined,
            Self::Merged => LetterKind::Merged,
            Self::Duplicate => LetterKind::Duplicate,
        }
    }
}

impl Outcome<'_> {
    /// By the event's template, in the asker's language.
    ///
    /// # Errors
    /// When the database refuses.
    pub(crate) async fn letter(&self, conn: &impl ConnectionTrait, said: &Said) -> Result<Letter> {
        let template = templates::of(conn, self.event.id, said.kind(), self.words.lang).await?;
        Ok(template.fill(&self.values(said)))
    }

    /// What was said before no longer holds. Staff read it and may change it before it goes, so it has no template.
    pub(crate) fn corrected(&self, kind: DecisionKind) -> Letter {
        let words = &self.words;
        let title = event_title(self.event, words.lang);
        let subject = words.ta(
            "outcome-corrected-subject",
            &[("event", &title), ("number", &self.question.number.unwrap_or_default())],
        );
        let what = words.t(format!("outcome-corrected-{kind}"));
        Letter::new(subject)
            .text(words.t1("outcome-greeting", "name", self.asker.person.name()))
            .text(words.t1("outcome-corrected-body", "what", what))
            .quote(&self.question.body, None)
            .action(words.t("outcome-action"), self.link())
            .note(words.t("outcome-corrected-note"))
    }

    fn link(&self) -> Link {
        Link::Personal {
            invitation: self.asker.invitation,
            path: format!("/my/questions/{}", self.question.id),
        }
    }

    /// What a template about it is filled with.
    pub(crate) fn values(&self, said: &Said) -> Values {
        let (words, event) = (&self.words, self.event);
        let values = Values::new(words.t("outcome-action"), self.link())
            .with(Slot::Name, self.asker.person.name())
            .with(Slot::Event, event_title(event, words.lang))
            .with(Slot::Host, in_lang(words.lang, &event.host_name, &event.host_name_en))
            .with(Slot::Number, self.question.number.unwrap_or_default().to_string())
            .with(Slot::Question, &self.question.body);
        match said {
            Said::Live { place, speaker } => values
                .with(Slot::Place, place.map(|p| p.to_string()).unwrap_or_default())
                .with(
                    Slot::Speaker,
                    speaker.clone().unwrap_or_else(|| words.t("outcome-speaker-open")),
                ),
            Said::Routed { service } => values.with(Slot::Service, service),
            Said::Declined { reason } => values.with(Slot::Reason, reason),
            Said::Merged | Said::Duplicate => values,
        }
    }
}
