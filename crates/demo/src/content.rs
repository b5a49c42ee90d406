//! The demo's content: TOML files of our own, embedded.

use crate::Error;
use domain::{
    Lang,
    role::Role,
    state::{
        people::PartKind,
        question::{Naming, Prefers},
    },
};
use publishing::places::PlaceDraft;
use serde::{Deserialize, de::DeserializeOwned};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "fields are named as in the file")]
pub(crate) struct Host {
    pub(crate) host: Names,
    pub(crate) service: Vec<Service>,
    pub(crate) crew: Vec<Crew>,
    pub(crate) field: Vec<Field>,
    pub(crate) staff: Vec<Staff>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Names {
    pub(crate) name: String,
    pub(crate) name_en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Service {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) name_en: String,
    pub(crate) blurb: String,
    pub(crate) blurb_en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Crew {
    pub(crate) service: String,
    pub(crate) nickname: Option<String>,
    pub(crate) name: String,
    pub(crate) team: Option<String>,
    pub(crate) email: String,
    pub(crate) lead: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) name_en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Staff {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) roles: Vec<Role>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct People {
    pub(crate) company: Vec<Company>,
    pub(crate) partner: Vec<Partner>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Company {
    pub(crate) key: String,
    pub(crate) name: String,
    #[expect(
        dead_code,
        reason = "people have a field of their own; the file says the company's for its readers"
    )]
    pub(crate) field: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Partner {
    pub(crate) key: String,
    pub(crate) company: Option<String>,
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) pen_name: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) field: String,
    pub(crate) services: Vec<String>,
    pub(crate) email: Option<String>,
    pub(crate) language: Lang,
    /// Numbers of the sittings they were invited to.
    pub(crate) sittings: Vec<usize>,
    pub(crate) rsvp: Rsvp,
    pub(crate) came: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Rsvp {
    Yes,
    No,
    /// They did not say.
    None,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "fields are named as in the file")]
pub(crate) struct Event {
    pub(crate) event: About,
    pub(crate) sitting: Vec<Sitting>,
    pub(crate) speaker: Vec<Speaker>,
    pub(crate) question: Vec<Question>,
    #[serde(default)]
    pub(crate) reverse: Vec<Reverse>,
    pub(crate) article: Option<Article>,
    pub(crate) report: Option<Report>,
}

/// An issue, the articles that are its own, and where its printed copies lie.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Magazine {
    pub(crate) issue: Cover,
    pub(crate) section: Vec<Section>,
    pub(crate) prose: Vec<Prose>,
    pub(crate) place: Vec<PlaceDraft>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cover {
    pub(crate) title: String,
    pub(crate) standfirst: String,
}

/// A section of the issue, its articles by their addresses.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) article: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prose {
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) standfirst: String,
    pub(crate) keywords: Vec<String>,
    pub(crate) figures: bool,
    /// Markdown.
    pub(crate) text: String,
}

/// An article of prose, figures and quotes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Report {
    pub(crate) title: String,
    pub(crate) standfirst: String,
    pub(crate) keywords: Vec<String>,
    pub(crate) intro: String,
    /// What the one who wants a change says beside it.
    pub(crate) remark: String,
    pub(crate) quote: Vec<Quote>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Quote {
    pub(crate) speaker: Option<String>,
    pub(crate) partner: Option<String>,
    pub(crate) text: String,
    /// What they would rather have said.
    pub(crate) wish: Option<String>,
    /// The prose that follows.
    pub(crate) after: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct About {
    pub(crate) title: String,
    pub(crate) title_en: String,
    pub(crate) intro: String,
    pub(crate) intro_en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sitting {
    pub(crate) title: String,
    pub(crate) title_en: String,
    pub(crate) place: String,
    pub(crate) place_en: String,
    /// Days after the event's first day.
    pub(crate) offset_day: i64,
    pub(crate) days: i64,
    pub(crate) capacity: Option<i32>,
    pub(crate) part: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    pub(crate) title: String,
    pub(crate) title_en: String,
    pub(crate) kind: PartKind,
    /// Day of its sitting, from 0.
    pub(crate) day: i64,
    pub(crate) start: String,
    pub(crate) end: String,
    pub(crate) place: String,
    #[serde(default)]
    pub(crate) place_en: String,
    pub(crate) capacity: Option<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Speaker {
    pub(crate) key: String,
    pub(crate) nickname: Option<String>,
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) team: Option<String>,
    pub(crate) affiliate: Option<String>,
    pub(crate) email: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    pub(crate) n: u32,
    pub(crate) partner: String,
    pub(crate) service: String,
    pub(crate) prefers: Prefers,
    pub(crate) naming: Naming,
    pub(crate) language: Lang,
    pub(crate) kind: Kind,
    pub(crate) text: String,
    pub(crate) answer: Option<String>,
    pub(crate) speaker: Option<String>,
    /// Words of the answer that the article pulls out.
    pub(crate) pull: Option<String>,
    /// A question that asks nearly the same; it is found in triage, not here.
    pub(crate) duplicate_of: Option<u32>,
    #[serde(default)]
    pub(crate) draft: bool,
}

/// Who answers it.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Stage,
    Crew,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reverse {
    pub(crate) n: u32,
    /// A crew member's address or a speaker's key.
    pub(crate) by: String,
    pub(crate) text: String,
    pub(crate) answers: Vec<Said>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Said {
    pub(crate) partner: String,
    pub(crate) text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Article {
    pub(crate) title: String,
    #[expect(
        dead_code,
        reason = "the article is Korean; its English title waits for articles in two languages"
    )]
    pub(crate) title_en: String,
    pub(crate) standfirst: String,
    #[expect(dead_code, reason = "see title_en")]
    pub(crate) standfirst_en: String,
    pub(crate) intro: String,
    pub(crate) closing: String,
    pub(crate) keywords: Vec<String>,
}

fn read<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, Error> {
    toml::from_str(text).map_err(|error| Error::content(format!("{name}: {error}")))
}

pub(crate) fn host() -> Result<Host, Error> {
    read("host.toml", include_str!("../content/host.toml"))
}

pub(crate) fn people() -> Result<People, Error> {
    read("partners.toml", include_str!("../content/partners.toml"))
}

pub(crate) fn open() -> Result<Event, Error> {
    read("open.toml", include_str!("../content/open.toml"))
}

pub(crate) fn talk() -> Result<Event, Error> {
    read("talk.toml", include_str!("../content/talk.toml"))
}

pub(crate) fn finished() -> Result<Event, Error> {
    read("finished.toml", include_str!("../content/finished.toml"))
}

pub(crate) fn magazine() -> Result<Magazine, Error> {
    read("magazine.toml", include_str!("../content/magazine.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_reads_and_names_only_what_is_there() {
        let (host, people) = (host().expect("host"), people().expect("people"));
        assert_eq!((people.company.len(), people.partner.len()), (36, 85));
        for event in [
            open().expect("open"),
            talk().expect("talk"),
            finished().expect("finished"),
        ] {
            for question in &event.question {
                assert!(
                    people.partner.iter().any(|p| p.key == question.partner),
                    "{}",
                    question.partner
                );
                assert!(
                    host.service.iter().any(|s| s.key == question.service),
                    "{}",
                    question.service
                );
                let speaker = question.speaker.as_ref();
                assert!(
                    speaker.is_none_or(|k| event.speaker.iter().any(|s| s.key == *k)),
                    "{speaker:?}"
                );
            }
            for reverse in &event.reverse {
                let known = host.crew.iter().any(|c| c.email == reverse.by)
                    || event.speaker.iter().any(|s| s.key == reverse.by);
                assert!(known, "{}", reverse.by);
            }
        }
        assert_eq!(talk().expect("talk").question.len(), 50);
    }
}
