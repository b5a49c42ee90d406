//! What an attempt's end says about the person it was for: whether the assignment reached them, whether the address is
//! at fault.

use crate::{
    Error,
    marks::{self, Mark},
};
use db::{
    entity::{assignment, outgoing_mail},
    prelude::*,
};
use domain::{
    AssignmentId, Clock,
    state::{
        assignment::AssignmentState,
        mail::{MailKind, MarkCause},
    },
};

/// The mail was given up: nobody was asked by it. An address that the server does not know is marked.
pub(super) async fn failed(
    tx: &impl ConnectionTrait,
    clock: &Clock,
    row: &outgoing_mail::Model,
    words: &str,
) -> Result<(), Error> {
    if let Some(status) = status(words).filter(|s| is_the_address(s)) {
        let mark = Mark {
            email: &row.to_email,
            cause: MarkCause::Refused,
            status: Some(status),
            words,
            outgoing: Some(row.id),
            incoming: None,
        };
        marks::mark(tx, clock, mark).await?;
    }
    if let Some(id) = asked(row) {
        assignment::Entity::update_many()
            .col_expr(assignment::Column::ReturnedAt, Expr::value(Some(clock.now())))
            .filter(assignment::Column::Id.eq(id))
            .filter(assignment::Column::State.is_in(AssignmentState::OPEN.iter().copied()))
            .filter(assignment::Column::ReturnedAt.is_null())
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// A mail that was given up before went after all.
pub(super) async fn sent(tx: &impl ConnectionTrait, row: &outgoing_mail::Model) -> Result<(), Error> {
    if let Some(id) = asked(row) {
        let none: Option<chrono::DateTime<chrono::Utc>> = None;
        assignment::Entity::update_many()
            .col_expr(assignment::Column::ReturnedAt, Expr::value(none))
            .filter(assignment::Column::Id.eq(id))
            .filter(assignment::Column::ReturnedAt.is_not_null())
            .exec(tx)
            .await?;
    }
    Ok(())
}

fn asked(row: &outgoing_mail::Model) -> Option<AssignmentId> {
    row.reply_assignment_id
        .filter(|_| matches!(row.kind, MailKind::Assignment | MailKind::ReverseQuestion))
}

/// The first enhanced status (RFC 3463) in a server's words.
fn status(words: &str) -> Option<&str> {
    words
        .split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .map(|word| word.trim_matches('.'))
        .find(|word| {
            let parts: Vec<&str> = word.split('.').collect();
            parts.len() == 3 && matches!(parts[0], "2" | "4" | "5") && parts.iter().all(|p| (1..=3).contains(&p.len()))
        })
}

/// Class 5, subject 1 (the address), or 5.2.1 (the mailbox is closed). A refusal for what we are says nothing of it.
fn is_the_address(status: &str) -> bool {
    status.starts_with("5.1.") || status == "5.2.1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_wrong_address_is_marked() {
        for (words, address) in [
            (
                "550 5.1.1 <gone@x.example>: Recipient address rejected: User unknown",
                true,
            ),
            ("5.2.1 mailbox disabled", true),
            ("554 5.7.1 your address 192.0.2.10 is on a list", false),
            ("552-5.2.2 The mailbox is full", false),
            ("given up after five days: 451 4.7.1 Greylisted", false),
            ("550 no such user", false),
        ] {
            assert_eq!(status(words).is_some_and(is_the_address), address, "{words}");
        }
    }
}
