//! What the panel of one question shows beside it.

use chrono::{DateTime, Utc};
use db::{
    entity::{audit_entry, consent, field, invitation},
    people::{self, in_lang},
    prelude::*,
};
use domain::{
    CrewMemberId, InvitationId, Lang, QuestionId, StaffId,
    state::people::{ActorKind, ConsentPurpose},
};
use std::collections::BTreeMap;

/// One line of a question's history.
#[derive(Clone, Debug)]
pub(crate) struct History {
    pub(crate) at: DateTime<Utc>,
    pub(crate) kind: ActorKind,
    /// Of the host; the partner is the asker, the system has none.
    pub(crate) name: String,
    pub(crate) action: String,
    pub(crate) decision: Option<String>,
    pub(crate) place: Option<i64>,
}

pub(crate) async fn history(conn: &impl ConnectionTrait, question: QuestionId) -> Result<Vec<History>, Error> {
    let rows = audit_entry::Entity::find()
        .filter(audit_entry::Column::SubjectKind.eq("question"))
        .filter(audit_entry::Column::SubjectId.eq(question.uuid()))
        .order_by_asc(audit_entry::Column::At)
        .order_by_asc(audit_entry::Column::Id)
        .all(conn)
        .await?;
    let of = |kind: ActorKind| {
        rows.iter()
            .filter(move |r| r.actor_kind == kind)
            .filter_map(|r| r.actor_id)
    };
    let crew = of(ActorKind::Crew).map(CrewMemberId::from_uuid);
    let staff = of(ActorKind::Staff).map(StaffId::from_uuid);
    let hosts = people::hosts(conn, crew, [], staff).await?;
    Ok(rows
        .iter()
        .map(|row| {
            let person = row.actor_id.and_then(|id| match row.actor_kind {
                ActorKind::Crew => hosts.crew.get(&CrewMemberId::from_uuid(id)),
                ActorKind::Staff => hosts.staff.get(&StaffId::from_uuid(id)),
                _ => None,
            });
            History {
                at: row.at,
                kind: row.actor_kind,
                name: person.map(domain::person::Person::name).unwrap_or_default(),
                action: row.action.clone(),
                decision: row.details.get("kind").and_then(|k| k.as_str()).map(str::to_owned),
                place: row.details.get("place").and_then(serde_json::Value::as_i64),
            }
        })
        .collect())
}

/// What the asker last said about each purpose.
pub(crate) async fn consents(
    conn: &impl ConnectionTrait,
    invitation: InvitationId,
) -> Result<Vec<(ConsentPurpose, bool, DateTime<Utc>)>, Error> {
    let rows = consent::Entity::find()
        .filter(consent::Column::InvitationId.eq(invitation))
        .order_by_asc(consent::Column::At)
        .order_by_asc(consent::Column::Id)
        .all(conn)
        .await?;
    let last: BTreeMap<ConsentPurpose, (bool, DateTime<Utc>)> =
        rows.into_iter().map(|c| (c.purpose, (c.given, c.at))).collect();
    Ok(last
        .into_iter()
        .map(|(purpose, (given, at))| (purpose, given, at))
        .collect())
}

/// The field in which the asker was invited.
pub(crate) async fn invitation_field(
    conn: &impl ConnectionTrait,
    id: InvitationId,
    lang: Lang,
) -> Result<Option<String>, Error> {
    let found = invitation::Entity::find_by_id(id)
        .find_also_related(field::Entity)
        .one(conn)
        .await?;
    Ok(found
        .and_then(|(_, field)| field)
        .map(|f| in_lang(lang, &f.name, &f.name_en)))
}
