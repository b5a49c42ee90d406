//! The schema, one file a step. A step is never edited after it landed: expand first, contract in a later one.
//!
//! Steps are written as SQL, since partial unique indexes and CHECKs carry the invariants; the few words in which the
//! two engines differ are filled in by `dialect::run`.

mod dialect;
mod m0001_people;
mod m0002_questions;
mod m0003_mail;
mod m0004_articles;
mod m0005_system;
mod m0006_live;
mod m0007_ways;
mod m0008_decisions;
            Box::new(m0010_reading::Step),
