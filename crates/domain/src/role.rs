//! What staff may do.

use crate::state::text_enum;

text_enum! {
    /// A role of staff; an administrator may do what all others may.
    Role { Moderator = "moderator", Stage = "stage", Editor = "editor", Administrator = "administrator" }
}

/// A set of roles as it stands in the database: their texts joined by commas, in the order of [`Role::ALL`].
pub fn join(roles: &[Role]) -> String {
    Role::ALL
        .iter()
        .filter(|r| roles.contains(r))
        .map(|r| r.as_str())
        .collect::<Vec<_>>()
        .join(",")
}

/// Reads what [`join`] wrote; unknown texts fall away.
pub fn split(text: &str) -> Vec<Role> {
    text.split(',').filter_map(|r| r.parse().ok()).collect()
}
