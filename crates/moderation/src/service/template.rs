//! A mail's words as staff write them ([`mail::template`]); what is wrong with them, in words.

pub use mail::template::{Problem, Slot, Template, Values, known};

use web::Message;

/// What stands at the field of a problem.
pub(crate) fn message(problem: Problem) -> Message {
    match problem {
        Problem::Unknown { name, known } => Message::new("template-unknown").arg("name", name).arg("known", known),
        Problem::Open => Message::new("template-open"),
        Problem::Missing(slot) => Message::new("template-missing").arg("name", slot.to_string()),
        Problem::OwnLine(slot) => Message::new("template-own-line").arg("name", slot.to_string()),
    }
}
