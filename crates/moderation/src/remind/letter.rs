//! What a reminder says: about one question, about several, and to the lead of a crew.

use super::waiting::{Recipient, Role, Waiting};
use crate::{
    Result,
    answers::repo::{Lookup, Subject, Wanted},
    service::assign::{event_title, link_until},
};
use db::{entity::event, prelude::*};
use domain::{Lang, state::assignment::ReminderStep, text::excerpt};
use mail::{Letter, Link};
use web::{App, Words};

/// Characters of each question where there are several.
const EXCERPT: usize = 240;

pub(super) struct Written {
    pub(super) letter: Letter,
    pub(super) lang: Lang,
}

pub(super) async fn write(
    conn: &impl ConnectionTrait,
    app: &App,
    event: &event::Model,
    to: &Recipient,
    listed: &[Waiting],
) -> Result<Written> {
    let wanted = || {
        let mut wanted = Wanted::default();
        for waiting in listed {
            wanted.assignment(&waiting.row);
        }
        wanted
    };
    let mut lookup = Lookup::load(conn, Lang::Ko, wanted()).await?;
    let lang = match to.role {
        Role::Partner(_, lang) => lang,
        // The questions' language; where they differ, Korean, which the host's people read.
        Role::Member | Role::Lead => {
            let mut tags = listed
                .iter()
                .map(|w| lookup.subject(w.row.question_id, w.row.reverse_id).lang);
            if tags.all(|tag| tag == Lang::En.as_str()) {
                Lang::En
            } else {
                Lang::Ko
            }
        }
    };
    if lang != Lang::Ko {
        lookup = Lookup::load(conn, lang, wanted()).await?;
    }
    let scene = Scene {
        app,
        event,
        to,
        lookup,
        w: Words::new(lang, &crate::TEXTS),
        title: event_title(event, lang),
    };
    let letter = match (to.role, listed) {
        (Role::Lead, _) => scene.to_lead(listed),
        (_, [one]) => scene.about_one(one),
        _ => scene.about_several(listed),
    };
    Ok(Written { letter, lang })
}

struct Scene<'a> {
    app: &'a App,
    event: &'a event::Model,
    to: &'a Recipient,
    lookup: Lookup,
    w: Words,
    title: String,
}

impl Scene<'_> {
    fn subject(&self, waiting: &Waiting) -> Subject {
        self.lookup.subject(waiting.row.question_id, waiting.row.reverse_id)
    }

    fn label(&self, subject: &Subject) -> String {
        self.w.t1(subject.label_key(), "number", subject.number)
    }

    fn due(&self, waiting: &Waiting) -> String {
        self.w.datetime(waiting.row.due_at, &self.event.time_zone)
    }

    fn is_late(&self, waiting: &Waiting) -> bool {
        waiting.row.due_at < self.app.clock.now()
    }

    fn link(&self, waiting: &Waiting) -> Link {
        match self.to.role {
            Role::Partner(invitation, _) => Link::Personal {
                invitation,
                path: format!("/my/reverse/{}", waiting.row.id),
            },
            Role::Member | Role::Lead => Link::Answer {
                assignment: waiting.row.id,
                until: link_until(self.app),
            },
        }
    }

    fn about_one(&self, waiting: &Waiting) -> Letter {
        let (w, subject) = (&self.w, self.subject(waiting));
        let due = self.due(waiting);
        let step = match waiting.step {
            ReminderStep::Before => "before",
            ReminderStep::Due => "due",
            _ => "after",
        };
        let head = w.ta(
            format!("remind-mail-subject-{step}"),
            &[
                ("event", &self.title),
                ("question", &self.label(&subject)),
                ("due", &due),
            ],
        );
        let mut facts = vec![(w.t("fact-due"), due)];
        if !subject.service.is_empty() {
            facts.insert(0, (w.t("fact-service"), subject.service.clone()));
        }
        Letter::new(head)
            .text(w.t1("remind-mail-greeting", "name", &self.to.name))
            .text(w.t(format!("remind-mail-lead-{step}")))
            .quote(subject.body, Some(subject.asker))
            .facts(facts)
            .action(w.t("remind-mail-action"), self.link(waiting))
            .note(w.t("remind-mail-crossed"))
    }

    fn about_several(&self, listed: &[Waiting]) -> Letter {
        let w = &self.w;
        let n = listed.len();
        let late = listed.iter().filter(|waiting| self.is_late(waiting)).count();
        let lead = if late > 0 {
            w.t2("remind-digest-lead-late", "n", n, "late", late)
        } else {
            w.t1("remind-digest-lead", "n", n)
        };
        let mut letter = Letter::new(w.t2("remind-digest-subject", "event", &self.title, "n", n))
            .text(w.t1("remind-mail-greeting", "name", &self.to.name))
            .text(lead)
            .text(w.t("remind-digest-how"));
        for waiting in listed {
            let subject = self.subject(waiting);
            let label = self.label(&subject);
            let key = if self.is_late(waiting) {
                "remind-digest-late"
            } else {
                "remind-digest-due"
            };
            letter = letter
                .text(w.t2(key, "question", &label, "due", self.due(waiting)))
                .quote(excerpt(&subject.body, EXCERPT), Some(subject.asker))
                .action(w.t1("remind-digest-action", "question", &label), self.link(waiting));
        }
        letter.note(w.t("remind-mail-crossed"))
    }

    /// The lead gets no link to answer by: what comes by it stands under the name of whom it was given to.
    fn to_lead(&self, listed: &[Waiting]) -> Letter {
        let w = &self.w;
        let n = listed.len();
        let mut letter = Letter::new(w.t2("remind-lead-subject", "event", &self.title, "n", n))
            .text(w.t1("remind-mail-greeting", "name", &self.to.name))
            .text(w.t1("remind-lead-lead", "n", n));
        for waiting in listed {
            let subject = self.subject(waiting);
            letter = letter
                .quote(excerpt(&subject.body, EXCERPT), Some(subject.asker.clone()))
                .facts([
                    (w.t("fact-number"), self.label(&subject)),
                    (w.t("remind-fact-asked"), self.lookup.asked(&waiting.row)),
                    (w.t("fact-due"), self.due(waiting)),
                ]);
        }
        let how = if n == 1 {
            "remind-lead-how-one"
        } else {
            "remind-lead-how"
        };
        letter.text(w.t(how)).note(w.t("remind-mail-crossed"))
    }
}
