//! All that a rehearsal does, as one document.

use crate::stage::{
    repo::Kept,
    service::{Cue, Fate, Noted, Shown, Stood, fate},
};
use chrono::{DateTime, Utc};
use db::entity::{stage_line, stage_run};
use domain::{
    AnswerId, EventId, InvitationId, LineId, QuestionId, SheetId, SpeakerId, StaffId, StageActId,
    state::answer::AnswerState,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use uuid::Uuid;

/// So many acts are kept, for an undo.
const ACTS: usize = 200;

/// What stands in the place of the day's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Book {
    version: i32,
    operator: Option<StaffId>,
    stands: Stood,
    cues: Vec<Cue>,
    /// What came into the run of show while it was played, in the order in which it came.
    taken: Vec<Taken>,
    acts: Vec<Past>,
    notes: Vec<Written>,
    /// The questions that its telephones show.
    pub(crate) shown: Vec<QuestionId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Taken {
    sheet: SheetId,
    after: Shown,
    shown: Shown,
}

/// An act and what stood before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Past {
    pub(crate) id: StageActId,
    pub(crate) kind: String,
    pub(crate) stood: Stood,
    pub(crate) undoes: Option<StageActId>,
}

/// A note, where on the day an answer in review would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Written {
    id: AnswerId,
    pub(crate) about: Shown,
    partner: Option<InvitationId>,
    speaker: Option<SpeakerId>,
    pub(crate) body: String,
    version: i32,
    beside: Vec<(StaffId, String)>,
}

/// What is noted: about what, by whom, and the version of the note that it was made from.
pub(crate) struct Typed {
    pub(crate) about: Shown,
    pub(crate) partner: Option<InvitationId>,
    pub(crate) speaker: Option<SpeakerId>,
    pub(crate) text: String,
    pub(crate) base: Option<i32>,
    pub(crate) staff: StaffId,
}

impl Written {
    fn kept(&self) -> Kept {
        Kept {
            id: self.id,
            about: self.about,
            partner: self.partner,
            speaker: self.speaker,
            body: self.body.clone(),
            version: self.version,
            state: AnswerState::InReview,
        }
    }

    fn stands(&self) -> Noted {
        Noted::Stands {
            answer: self.id,
            version: self.version,
        }
    }
}

impl Book {
    /// A new one, at the sitting at which the day's stage is.
    pub(crate) fn over(day: &stage_run::Model) -> Self {
        Self {
            stands: Stood::at(day.sheet_id),
            ..Self::default()
        }
    }

    pub(crate) fn run(&self, event: EventId, at: DateTime<Utc>) -> stage_run::Model {
        let mut run = stage_run::Model {
            event_id: event,
            question_id: None,
            reverse_id: None,
            version: self.version,
            updated_at: at,
            pause_id: None,
            sheet_id: None,
            held: false,
            started_at: None,
            used_ms: 0,
            operator_id: self.operator,
            message: String::new(),
        };
        self.stands.clone().put_back(&mut run);
        run
    }

    pub(crate) fn act(&mut self, run: &stage_run::Model, act: Past) {
        self.version += 1;
        self.operator = run.operator_id;
        self.stands = Stood::of(run);
        self.acts.push(act);
        self.acts.drain(..self.acts.len().saturating_sub(ACTS));
    }

    /// Of all versions.
    pub(crate) const fn count(&self) -> i32 {
        self.version
    }

    pub(crate) fn acts(&self) -> &[Past] {
        &self.acts
    }

    /// What was on the screen before what is now.
    pub(crate) fn shown_last(&self) -> Shown {
        let mut shown = self.acts.iter().rev().map(|act| act.stood.shown());
        shown.find(|shown| *shown != Shown::Nothing).unwrap_or(Shown::Nothing)
    }

    pub(crate) fn cue(&self, subject: Uuid) -> Cue {
        let found = self.cues.iter().find(|cue| cue.subject == subject);
        found.copied().unwrap_or_else(|| Cue::new(subject))
    }

    pub(crate) fn keep(&mut self, cue: Cue) {
        self.cues.retain(|other| other.subject != cue.subject);
        self.cues.push(cue);
    }

    /// It was not reached in this rehearsal.
    pub(crate) fn is_gone(&self, shown: Shown) -> bool {
        shown.subject().is_some_and(|subject| self.cue(subject).gone)
    }

    pub(crate) fn answered(&self) -> HashSet<Uuid> {
        let marked = self.cues.iter().filter(|cue| cue.answered_at.is_some());
        marked.map(|cue| cue.subject).collect()
    }

    pub(crate) fn take_in(&mut self, sheet: SheetId, after: Shown, shown: Shown) {
        self.taken.push(Taken { sheet, after, shown });
    }

    /// Puts what was taken in among the lines of the run of show, at whose rows nothing changes.
    pub(crate) fn among(&self, lines: &mut Vec<stage_line::Model>) {
        for Taken { sheet, after, shown } in &self.taken {
            if lines.iter().any(|line| Shown::of_line(line) == *shown) {
                continue;
            }
            let behind = lines.iter().position(|line| Shown::of_line(line) == *after);
            let first = || lines.iter().position(|line| line.sheet_id == *sheet);
            let Some(at) = behind.map(|at| at + 1).or_else(first) else {
                continue;
            };
            let (question_id, reverse_id) = match shown {
                Shown::Question(id) => (Some(*id), None),
                Shown::Reverse(id) => (None, Some(*id)),
                Shown::Nothing | Shown::Pause(_) => continue,
            };
            let line = stage_line::Model {
                id: LineId::new(),
                sheet_id: *sheet,
                position: 0,
                question_id,
                reverse_id,
                title: String::new(),
                minutes: crate::stage::plan::MINUTES,
                microphone: String::new(),
                note: String::new(),
            };
            lines.insert(at, line);
        }
    }

    pub(crate) fn written(&self) -> &[Written] {
        &self.notes
    }

    pub(crate) fn notes(&self) -> impl Iterator<Item = Kept> {
        self.notes.iter().map(Written::kept)
    }

    /// The same as on the day: another note that stands by now is not written over.
    pub(crate) fn note(&mut self, typed: Typed) -> Noted {
        let Typed { about, partner, .. } = typed;
        let standing = self
            .notes
            .iter_mut()
            .find(|note| note.about == about && note.partner == partner);
        let Some(note) = standing else {
            let note = Written {
                id: AnswerId::new(),
                about,
                partner,
                speaker: typed.speaker,
                body: typed.text,
                version: 1,
                beside: Vec::new(),
            };
            let noted = note.stands();
            self.notes.push(note);
            return noted;
        };
        match fate(&note.kept(), typed.base, &typed.text, typed.speaker) {
            Fate::Beside => {
                note.beside.retain(|(by, _)| *by != typed.staff);
                note.beside.push((typed.staff, typed.text));
                return Noted::Beside(note.id);
            }
            Fate::Same => {}
            Fate::Change => {
                note.speaker = typed.speaker.or(note.speaker);
                note.body = typed.text;
                note.version += 1;
            }
        }
        note.stands()
    }

    /// Who noted something beside this note, and what.
    pub(crate) fn beside(&self, id: AnswerId) -> &[(StaffId, String)] {
        let note = self.notes.iter().find(|note| note.id == id);
        note.map_or(&[], |note| &note.beside)
    }

    /// Takes away what somebody noted beside; gives what stands with it.
    pub(crate) fn take_aside(&mut self, id: AnswerId, by: StaffId) -> Option<(String, String)> {
        let note = self.notes.iter_mut().find(|note| note.id == id)?;
        let at = note.beside.iter().position(|(staff, _)| *staff == by)?;
        Some((note.body.clone(), note.beside.remove(at).1))
    }

    /// Puts another text in the place of one that stands.
    pub(crate) fn replace(&mut self, id: AnswerId, body: String) -> Option<Noted> {
        let note = self.notes.iter_mut().find(|note| note.id == id)?;
        note.body = body;
        note.version += 1;
        Some(note.stands())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(about: Shown, staff: StaffId, text: &str, base: i32) -> Typed {
        Typed {
            about,
            partner: None,
            speaker: None,
            text: text.to_owned(),
            base: Some(base),
            staff,
        }
    }

    #[test]
    fn notes_are_kept_beside_each_other_as_on_the_day() {
        let (mut book, about) = (Book::default(), Shown::Question(QuestionId::new()));
        let (one, two) = (StaffId::new(), StaffId::new());
        let Noted::Stands { answer, version: 1 } = book.note(typed(about, one, "3월", 0)) else {
            panic!("it is the first");
        };
        assert_eq!(book.note(typed(about, two, "세 곳", 0)), Noted::Beside(answer));
        assert_eq!(
            book.note(typed(about, two, "네 곳", 0)),
            Noted::Beside(answer),
            "typed on"
        );
        assert_eq!(book.beside(answer), [(two, "네 곳".to_owned())]);
        let gone_on = book.note(typed(about, one, "3월에 시작", 1));
        assert_eq!(gone_on, Noted::Stands { answer, version: 2 });
        let taken = book.take_aside(answer, two);
        assert_eq!(taken, Some(("3월에 시작".to_owned(), "네 곳".to_owned())));
        assert_eq!(book.take_aside(answer, two), None, "once");
        let json = serde_json::to_value(&book).expect("a document");
        assert_eq!(serde_json::from_value::<Book>(json).expect("reads"), book);
    }

    #[test]
    fn what_is_taken_in_stands_behind_what_was_on_and_the_run_of_show_is_as_it_was() {
        let sheet = SheetId::new();
        let line = |question| stage_line::Model {
            id: LineId::new(),
            sheet_id: sheet,
            position: 1,
            question_id: Some(question),
            reverse_id: None,
            title: String::new(),
            minutes: 5,
            microphone: String::new(),
            note: String::new(),
        };
        let ids: Vec<QuestionId> = (0..4).map(|_| QuestionId::new()).collect();
        let planned = vec![line(ids[0]), line(ids[1])];
        let mut book = Book::default();
        book.take_in(sheet, Shown::Question(ids[0]), Shown::Question(ids[2]));
        book.take_in(sheet, Shown::Nothing, Shown::Question(ids[3]));
        let mut lines = planned.clone();
        book.among(&mut lines);
        let order: Vec<_> = lines.iter().filter_map(|line| line.question_id).collect();
        assert_eq!(order, [ids[3], ids[0], ids[2], ids[1]]);
        assert_eq!(planned.len(), 2);
    }
}
