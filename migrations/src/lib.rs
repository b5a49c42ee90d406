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
mod m0009_board;
mod m0010_reading;
mod m0011_similar;
mod m0012_routing;
mod m0013_shortlist;
mod m0014_words;
mod m0015_names;
mod m0016_read_mark;
mod m0017_article_change;
mod m0018_mail_identity;
mod m0019_mail_in;
mod m0020_mail_out;
mod m0021_reminders;
mod m0022_talk;
mod m0023_review;
mod m0024_delivery_words;
mod m0027_board_service;
mod m0028_composition;
mod m0029_magazine;
mod m0030_printed;
mod m0031_readers;
mod m0032_places;
mod m0033_stage;
mod m0034_door;
mod m0035_telephones;
mod m0036_rehearsal;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::{MigrationTrait, async_trait};

/// All steps in their order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_people::Step),
            Box::new(m0002_questions::Step),
            Box::new(m0003_mail::Step),
            Box::new(m0004_articles::Step),
            Box::new(m0005_system::Step),
            Box::new(m0006_live::Step),
            Box::new(m0007_ways::Step),
            Box::new(m0008_decisions::Step),
            Box::new(m0009_board::Step),
            Box::new(m0010_reading::Step),
            Box::new(m0011_similar::Step),
            Box::new(m0012_routing::Step),
            Box::new(m0013_shortlist::Step),
            Box::new(m0014_words::Step),
            Box::new(m0015_names::Step),
            Box::new(m0016_read_mark::Step),
            Box::new(m0017_article_change::Step),
            Box::new(m0018_mail_identity::Step),
            Box::new(m0019_mail_in::Step),
            Box::new(m0020_mail_out::Step),
            Box::new(m0021_reminders::Step),
            Box::new(m0022_talk::Step),
            Box::new(m0023_review::Step),
            Box::new(m0024_delivery_words::Step),
            Box::new(m0027_board_service::Step),
            Box::new(m0028_composition::Step),
            Box::new(m0029_magazine::Step),
            Box::new(m0030_printed::Step),
            Box::new(m0031_readers::Step),
            Box::new(m0032_places::Step),
            Box::new(m0033_stage::Step),
            Box::new(m0034_door::Step),
            Box::new(m0035_telephones::Step),
            Box::new(m0036_rehearsal::Step),
        ]
    }
}
