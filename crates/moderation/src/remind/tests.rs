//! Days pass, and people are reminded.
