//! The run's form: fields that repeat for each line, and the button's own change.

use crate::stage::{
    plan::{Draft, Line, MINUTES, What},
    service::Shown,
};
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use db::entity::event;
use domain::LineId;
use web::{Errors, lang::Zone};

/// What a pause is planned for.
const PAUSE: i32 = 10;

/// What a form brought, with the button's own change made.
pub(super) struct Asked {
    pub(super) version: i32,
    pub(super) draft: Draft,
    /// As they were typed.
    pub(super) starts_at: String,
    pub(super) frozen_at: String,
    pub(super) pause: String,
    /// The line that the button made or moved.
    pub(super) at: Option<LineId>,
    act: String,
}

impl Asked {
    pub(super) fn of(version: i32, draft: Draft, event: &event::Model) -> Self {
        Self {
            starts_at: draft.starts_at.map(|at| local(at, event)).unwrap_or_default(),
            frozen_at: draft.frozen_at.map(|at| local(at, event)).unwrap_or_default(),
            version,
            draft,
            pause: String::new(),
            at: None,
            act: String::new(),
        }
    }

    pub(super) fn fills(&self) -> bool {
        self.act == "fill"
    }

    /// Adds what stands in no run yet, at the end.
    pub(super) fn add(&mut self, offers: &[Shown]) {
        for offer in offers {
            let what = match *offer {
                Shown::Question(id) => What::Question(id),
                Shown::Reverse(id) => What::Reverse(id),
                Shown::Nothing | Shown::Pause(_) => continue,
            };
            if self.draft.lines.iter().all(|line| line.what != what) {
                let line = Line::new(what, MINUTES);
                self.at = self.at.or(Some(line.id));
                self.draft.lines.push(line);
            }
        }
    }
}

/// The head of a line, as it stands in the form: its id, and what it is.
pub(super) fn head(line: &Line) -> String {
    match line.what {
        What::Pause(_) => format!("{}:", line.id),
        _ => format!("{}:{}", line.id, line.shown()),
    }
}

fn get<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    let found = fields.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str()).unwrap_or_default()
}

fn all<'a>(fields: &'a [(String, String)], name: &'static str) -> impl Iterator<Item = &'a str> {
    fields
        .iter()
        .filter(move |(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

pub(super) fn read(fields: &[(String, String)], event: &event::Model, errors: &mut Errors) -> Asked {
    let mut at = |name: &'static str| {
        let typed = get(fields, name);
        let read = moment(typed, event);
        if read.is_none() && !typed.trim().is_empty() {
            errors.add(name, "run-error-moment");
        }
        (read, typed.to_owned())
    };
    let ((starts, starts_at), (frozen, frozen_at)) = (at("starts_at"), at("frozen_at"));
    let mut asked = Asked {
        version: get(fields, "version").parse().unwrap_or_default(),
        draft: Draft {
            starts_at: starts,
            frozen_at: frozen,
            timer: get(fields, "timer") == "true",
            lines: all(fields, "line").filter_map(|head| line(fields, head)).collect(),
        },
        starts_at,
        frozen_at,
        pause: get(fields, "pause").to_owned(),
        at: None,
        act: get(fields, "act").to_owned(),
    };
    press(&mut asked, fields, errors);
    asked
}

/// `ID:` and what it shows, or nothing for a pause.
fn line(fields: &[(String, String)], head: &str) -> Option<Line> {
    let (id, what) = head.split_once(':')?;
    let id: LineId = id.parse().ok()?;
    let of = |name: &str| get(fields, &format!("{name}-{id}")).to_owned();
    let what = match what.parse::<Shown>() {
        Ok(Shown::Question(question)) => What::Question(question),
        Ok(Shown::Reverse(reverse)) => What::Reverse(reverse),
        _ => What::Pause(of("title")),
    };
    Some(Line {
        id,
        what,
        minutes: of("minutes"),
        microphone: of("microphone"),
        note: of("note"),
    })
}

fn press(asked: &mut Asked, fields: &[(String, String)], errors: &mut Errors) {
    let act = asked.act.clone();
    let lines = &mut asked.draft.lines;
    if let Some((verb, id)) = act.split_once(':') {
        let id: Option<LineId> = id.parse().ok();
        let Some(at) = lines.iter().position(|line| Some(line.id) == id) else {
            return;
        };
        let to = match verb {
            "up" => at.checked_sub(1),
            "down" => Some(at + 1),
            "remove" => {
                lines.remove(at);
                return;
            }
            _ => None,
        };
        if let Some(to) = to.filter(|to| *to < lines.len()) {
            lines.swap(at, to);
        }
        asked.at = id;
        return;
    }
    match act.as_str() {
        "add-pause" if asked.pause.trim().is_empty() => errors.add("pause", "error-required"),
        "add-pause" => {
            let line = Line::new(What::Pause(std::mem::take(&mut asked.pause)), PAUSE);
            asked.at = Some(line.id);
            lines.push(line);
        }
        "add" => {
            let chosen: Vec<Shown> = all(fields, "offer").filter_map(|shown| shown.parse().ok()).collect();
            if chosen.is_empty() {
                errors.add("offer", "run-error-choose");
            }
            asked.add(&chosen);
        }
        _ => {}
    }
}

fn local(at: DateTime<Utc>, event: &event::Model) -> String {
    at.with_timezone(&event.time_zone.tz())
        .format("%Y-%m-%dT%H:%M")
        .to_string()
}

/// A moment as a form holds it, in the event's zone.
fn moment(text: &str, event: &event::Model) -> Option<DateTime<Utc>> {
    let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text.trim(), format).ok())?;
    Some(event.time_zone.tz().from_local_datetime(&local).earliest()?.to_utc())
}
