//! The stage as it stands: what every page of it is made of.

use crate::{
    stage::{
        plan::{self, Cue, MINUTES},
        rehearsal::{Now, Rehearsal},
        repo,
        service::{Seen, Shown, elapsed},
    },
    triage::repo as triage,
};
use chrono::{DateTime, Utc};
use db::{
    entity::{event, stage_run, stage_sheet},
    people,
    prelude::ConnectionTrait,
};
use domain::{Lang, SpeakerId, person::Person, state::question::Naming, text};
use std::collections::HashMap;

/// A question of either direction that may be shown.
#[derive(Clone, Debug)]
pub(crate) struct Card {
    pub(crate) number: i32,
    pub(crate) body: String,
    pub(crate) lang: Lang,
    /// Who asks, as they agreed to stand before others.
    pub(crate) asker: String,
    /// Who asks, as staff know them.
    pub(crate) known: String,
    pub(crate) service: String,
    pub(crate) speaker_id: Option<SpeakerId>,
    pub(crate) speaker: String,
    pub(crate) after_freeze: bool,
}

/// A partner on a screen that everybody sees stands as they agreed to stand in print.
pub(crate) fn as_agreed(asker: &people::Invitee, naming: Naming, lang: Lang) -> String {
    match naming {
        Naming::Full => asker.line(),
        Naming::Company | Naming::Nameless => asker.person.clone().named(naming, lang).line(),
    }
}

pub(crate) type Cards = HashMap<Shown, Card>;

pub(super) async fn cards(conn: &impl ConnectionTrait, event: &event::Model, lang: Lang) -> crate::Result<Cards> {
    let order = repo::order(conn, event.id).await?;
    let askers = people::invitees(conn, order.iter().map(|(_, q)| q.invitation_id), lang).await?;
    let services = people::service_names(conn, lang).await?;
    let speakers = triage::speakers(conn, event.id).await?;
    let mut cards = HashMap::new();
    for (decision, question) in order {
        let asker = askers.get(&question.invitation_id);
        let speaker = speakers.iter().find(|s| Some(s.id) == decision.speaker_id);
        let card = Card {
            number: question.number.unwrap_or_default(),
            asker: asker.map(|a| as_agreed(a, question.naming, lang)).unwrap_or_default(),
            known: asker.map(people::Invitee::line).unwrap_or_default(),
            service: services.get(&question.service_id).cloned().unwrap_or_default(),
            speaker_id: decision.speaker_id,
            speaker: speaker.map(|s| people::speaker_person(s).line()).unwrap_or_default(),
            after_freeze: decision.after_freeze,
            body: question.body,
            lang: question.lang,
        };
        cards.insert(Shown::Question(question.id), card);
    }
    let reverse = repo::reverse(conn, event.id).await?;
    let crew = reverse.iter().filter_map(|r| r.crew_member_id);
    let speakers = reverse.iter().filter_map(|r| r.speaker_id);
    let hosts = people::hosts(conn, crew, speakers, None).await?;
    for asked in reverse {
        let host = (asked.speaker_id.and_then(|id| hosts.speakers.get(&id)))
            .or_else(|| asked.crew_member_id.and_then(|id| hosts.crew.get(&id)))
            .map(Person::line)
            .unwrap_or_default();
        let card = Card {
            number: asked.place.unwrap_or_default(),
            known: host.clone(),
            asker: host,
            service: asked
                .service_id
                .and_then(|id| services.get(&id).cloned())
                .unwrap_or_default(),
            speaker_id: None,
            speaker: String::new(),
            after_freeze: false,
            body: asked.body,
            lang: asked.lang,
        };
        cards.insert(Shown::Reverse(asked.id), card);
    }
    Ok(cards)
}

/// The stage of an event at one moment.
pub(crate) struct Scene {
    pub(crate) run: Option<stage_run::Model>,
    pub(crate) sheet: Option<stage_sheet::Model>,
    pub(crate) cues: Vec<Cue>,
    pub(crate) cards: Cards,
    /// What was on the screen last, where nothing is now.
    before: Shown,
    /// In which it is played, when it is not the day.
    pub(crate) rehearsal: Option<Rehearsal>,
}

impl Scene {
    /// As it is played now.
    pub(crate) async fn load(conn: &impl ConnectionTrait, event: &event::Model, lang: Lang) -> crate::Result<Self> {
        Self::of(conn, event, lang, Now::load(conn, event.id).await?).await
    }

    pub(crate) async fn of(
        conn: &impl ConnectionTrait,
        event: &event::Model,
        lang: Lang,
        now: Now,
    ) -> crate::Result<Self> {
        let Now { run, rehearsal } = now;
        let lines = plan::lines(conn, event.id).await?;
        let sheet = match plan::played(&lines, run.as_ref().and_then(|run| run.sheet_id)) {
            Some(id) => plan::of_event(conn, event.id, id).await?,
            None => None,
        };
        let book = rehearsal.as_ref().map(|rehearsal| &rehearsal.book);
        let cues = plan::cues(conn, event.id, sheet.as_ref().map(|s| s.id), book).await?;
        let mut cards = cards(conn, event, lang).await?;
        cards.retain(|shown, _| book.is_none_or(|book| !book.is_gone(*shown)));
        let before = match (Shown::of(run.as_ref()), book) {
            (Shown::Nothing, Some(book)) => book.shown_last(),
            (Shown::Nothing, None) if run.is_some() => repo::shown_last(conn, event.id).await?,
            _ => Shown::Nothing,
        };
        Ok(Self {
            run,
            sheet,
            cues,
            cards,
            before,
            rehearsal,
        })
    }

    pub(crate) fn seen(&self) -> Seen {
        Seen {
            rehearsal: self.rehearsal.as_ref().map(|rehearsal| rehearsal.id),
            version: self.run.as_ref().map_or(0, |run| run.version),
        }
    }

    /// What the operator has chosen, also while it is held.
    pub(crate) fn shown(&self) -> Shown {
        Shown::of(self.run.as_ref())
    }

    pub(crate) fn held(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.held)
    }

    pub(crate) fn at(&self) -> Option<usize> {
        let shown = self.shown();
        self.cues.iter().position(|cue| cue.shown == shown)
    }

    /// Something was shown, and now nothing is: it is over, or between two sittings.
    pub(crate) fn was_on(&self) -> bool {
        self.before != Shown::Nothing
    }

    /// What comes after what is shown; at the beginning the first, and after the last nothing.
    pub(crate) fn next(&self) -> Option<&Cue> {
        let last = self.cues.last().is_some_and(|cue| cue.shown == self.before);
        match (self.at(), self.shown()) {
            (Some(at), _) => self.cues.get(at + 1),
            (None, Shown::Nothing) if !last => self.cues.first(),
            (None, _) => None,
        }
    }

    /// The how-manieth of how many of its kind.
    pub(crate) fn position(&self, shown: Shown) -> Option<(usize, usize)> {
        let same = |other: &Shown| std::mem::discriminant(other) == std::mem::discriminant(&shown);
        let kind: Vec<Shown> = self.cues.iter().map(|cue| cue.shown).filter(same).collect();
        let at = kind.iter().position(|other| *other == shown)?;
        Some((at + 1, kind.len()))
    }

    /// What the hall reads: the question, or the title of a pause.
    pub(crate) fn text(&self, shown: Shown) -> String {
        if let Some(card) = self.cards.get(&shown) {
            return card.body.clone();
        }
        let cue = self.cues.iter().find(|cue| cue.shown == shown);
        cue.map(|cue| cue.title.clone()).unwrap_or_default()
    }

    pub(super) fn timer(&self, now: DateTime<Utc>) -> Option<Timer> {
        let run = self.run.as_ref()?;
        if self.shown() == Shown::Nothing {
            return None;
        }
        let minutes = self
            .at()
            .and_then(|at| self.cues.get(at))
            .map_or(MINUTES, |cue| cue.minutes);
        Some(Timer {
            used: elapsed(run, now).num_seconds(),
            used_ms: run.used_ms,
            since: run.started_at,
            red: i64::from(minutes) * 60,
        })
    }
}

/// What was spoken so far, and when it is too long. The page counts on by itself from the same two numbers.
pub(super) struct Timer {
    used: i64,
    pub(super) used_ms: i64,
    pub(super) since: Option<DateTime<Utc>>,
    pub(super) red: i64,
}

impl Timer {
    /// `4:05`.
    pub(super) fn reads(&self) -> String {
        format!("{}:{:02}", self.used / 60, self.used % 60)
    }

    /// A fifth before the end.
    pub(super) const fn amber(&self) -> i64 {
        self.red * 4 / 5
    }

    pub(super) const fn state(&self) -> &'static str {
        if self.red == 0 {
            ""
        } else if self.used >= self.red {
            "red"
        } else if self.used >= self.amber() {
            "amber"
        } else {
            ""
        }
    }
}

/// How large a text stands on the screen: the more of it, the smaller, so that all of it stands on a wide one. A text is as
/// high as its length times the square of its letters; the stylesheet has the sizes.
pub(super) fn size(text: &str) -> &'static str {
    match text::char_count(text) {
        0..=45 => "xl",
        46..=100 => "l",
        101..=200 => "m",
        201..=300 => "s",
        301..=450 => "xs",
        451..=900 => "xxs",
        _ => "least",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{InvitationId, PartnerId};

    #[test]
    fn the_screen_names_nobody_who_did_not_agree() {
        let person = Person::Partner {
            name: Some("김하늘".into()),
            title: Some("대표".into()),
            company: Some("하늘책방".into()),
            group: None,
            services: vec![],
        };
        let asker = people::Invitee {
            invitation: InvitationId::new(),
            partner: PartnerId::new(),
            person,
            display_line: Some("책방지기 하늘".into()),
            email: None,
            lang: Lang::Ko,
            company_id: None,
            company: None,
            field: None,
            link_version: 1,
        };
        assert_eq!(as_agreed(&asker, Naming::Full, Lang::Ko), "책방지기 하늘");
        assert_eq!(as_agreed(&asker, Naming::Company, Lang::Ko), "하늘책방");
        assert_eq!(as_agreed(&asker, Naming::Nameless, Lang::Ko), "익명의 파트너");
    }

    #[test]
    fn a_timer_turns_amber_a_fifth_before_its_end() {
        let timer = |used| Timer {
            used,
            used_ms: used * 1000,
            since: None,
            red: 300,
        };
        assert_eq!(
            (timer(239).state(), timer(240).state(), timer(300).state()),
            ("", "amber", "red")
        );
        assert_eq!(timer(245).reads(), "4:05");
        assert_eq!(Timer { red: 0, ..timer(9) }.state(), "", "no minutes are planned");
    }
}
