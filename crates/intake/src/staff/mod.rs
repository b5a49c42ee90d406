//! What the host's people set up: events, programme, speakers, services and crews, the roster, invitations, attendance.

mod jobs;
mod pages;
mod repo;
pub mod roster;
pub mod service;
#[cfg(test)]
mod tests;

pub use jobs::Jobs;

pub fn routes() -> web::Router {
    pages::routes()
}

/// An audit entry of a deed that has no small facts to tell.
pub(crate) fn deed(
    event: Option<domain::EventId>,
    actor: db::audit::Actor,
    action: &'static str,
    subject: (&'static str, uuid::Uuid),
) -> db::audit::Entry {
    db::audit::Entry {
        event,
        actor,
        action,
        subject: (subject.0, Some(subject.1)),
        details: serde_json::json!({}),
    }
}
