//! Who asks, and what they wish.

use crate::{
    repo as common,
    triage::repo::{self, Line},
};
use chrono::{DateTime, Utc};
use db::{entity::question, prelude::*};
use domain::{Lang, person::Person, state::people::ConsentPurpose};

pub(super) struct Asker {
    pub(super) field: Option<String>,
    /// Where they meet the host.
    pub(super) meets: String,
    pub(super) consents: Vec<(ConsentPurpose, bool, DateTime<Utc>)>,
    pub(super) merged_into: Option<question::Model>,
    pub(super) followers: Vec<question::Model>,
}

impl Asker {
    pub(super) async fn of(conn: &impl ConnectionTrait, line: &Line, lang: Lang) -> Result<Self, Error> {
        let question = &line.question;
        let merged_into = match question.merged_into {
            Some(into) => common::question_of(conn, question.event_id, into).await?,
            None => None,
        };
        let followers = question::Entity::find().filter(question::Column::MergedInto.eq(question.id));
        let meets = match line.asker.as_ref().map(|a| &a.person) {
            Some(Person::Partner { services, .. }) => services.join(", "),
            _ => String::new(),
        };
        // Field, places and consents together are as good as a name.
        if line.veil.is_drawn() {
            return Ok(Self {
                field: None,
                meets: String::new(),
                consents: Vec::new(),
                merged_into,
                followers: followers.all(conn).await?,
            });
        }
        Ok(Self {
            field: repo::invitation_field(conn, question.invitation_id, lang).await?,
            meets,
            consents: repo::consents(conn, question.invitation_id).await?,
            merged_into,
            followers: followers.all(conn).await?,
        })
    }
}
