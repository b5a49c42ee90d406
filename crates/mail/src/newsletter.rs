//! Mail that nobody asked for by name: to those alone who agreed to it, by day alone, marked as what it is, and with one
//! press to refuse it (Act on Promotion of Information and Communications Network Utilization, art. 50, and annex 6 of
//! its decree).
//!
//! What somebody says to it last counts, over all events they were invited to.

use crate::{Error, Hours};
use chrono::{DateTime, Utc};
use db::{
    entity::{consent, invitation, issue, newsletter, newsletter_mail, outgoing_mail},
    prelude::*,
    sql::Sql,
};
use domain::{
    Clock, ConsentId, InvitationId, OutgoingId, PartnerId,
    state::{issue::IssueState, mail::MailKind, newsletter::NewsletterState, people::ConsentPurpose},
};
use std::collections::HashMap;

/// What its subject begins with, in whatever language.
pub const MARK: &str = "(광고)";

/// A subject that begins with the mark, once.
pub fn marked(subject: &str) -> String {
    let bare = subject.trim().strip_prefix(MARK).unwrap_or(subject).trim();
    format!("{MARK} {bare}")
}

/// From eight in the morning to nine in the evening where its readers are.
pub fn hours() -> Hours {
    Hours {
        zone: "Asia/Seoul".into(),
        from: 8,
        to: 21,
        every_day: true,
    }
}

/// A partner's, not the copy that an editor sends to themselves.
pub(crate) fn is_to_reader(row: &outgoing_mail::Model) -> bool {
    row.kind == MailKind::Newsletter && row.invitation_id.is_some()
}

/// Somebody who agreed, and by which invitation they said so last.
pub type Reader = (PartnerId, InvitationId);

/// Of whom somebody wants to know.
enum Among {
    All {
        after: Option<PartnerId>,
        most: Option<u64>,
    },
    These(Vec<PartnerId>),
}

/// Who agreed, in the order of their ids. What came after counts: a later no, or that they want no mail of an event at all.
fn agreed(among: &Among) -> Sql {
    let mut sql = Sql::new(
        "SELECT r.partner_id, r.invitation_id FROM (
 SELECT i.partner_id, c.invitation_id, c.given, c.at, row_number() OVER (PARTITION BY i.partner_id ORDER BY c.at DESC, c.id DESC) AS n
 FROM consent c JOIN invitation i ON i.id = c.invitation_id WHERE c.purpose = 'newsletter'",
    );
    if let Among::These(ids) = among {
        sql.add(" AND i.partner_id IN ").list(ids.iter().copied());
    }
    sql.add(
        ") r JOIN partner p ON p.id = r.partner_id WHERE r.n = 1 AND r.given AND p.email IS NOT NULL
 AND NOT EXISTS (SELECT 1 FROM unsubscribed u JOIN invitation j ON j.id = u.invitation_id WHERE j.partner_id = r.partner_id AND u.at >= r.at)",
    );
    if let Among::All { after, most } = among {
        // Whose address takes no mail is not written to; at the moment of sending its mark is told by itself.
        sql.add(" AND NOT EXISTS (SELECT 1 FROM marked_address m WHERE m.email = p.email)");
        if let Some(after) = after {
            sql.add(" AND r.partner_id > ").bind(*after);
        }
        sql.add(" ORDER BY r.partner_id");
        if let Some(most) = most {
            sql.add(&format!(" LIMIT {most}"));
        }
    }
    sql
}

async fn read(conn: &impl ConnectionTrait, among: Among) -> Result<Vec<Reader>, Error> {
    let statement = agreed(&among).statement(conn.get_database_backend());
    let rows = conn.query_all_raw(statement).await?;
    let reader = |row: &sea_orm::QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    Ok(rows.iter().map(reader).collect::<Result<_, sea_orm::DbErr>>()?)
}

/// At most `most` of those who get it now, from behind `after` on.
///
/// # Errors
/// When the database refuses.
pub async fn readers(
    conn: &impl ConnectionTrait,
    after: Option<PartnerId>,
    most: Option<u64>,
) -> Result<Vec<Reader>, Error> {
    read(conn, Among::All { after, most }).await
}

/// Which of these must not go: their reader said no meanwhile, or the newsletter was stopped, or its issue is out of sight.
pub(crate) async fn unwanted(
    tx: &impl ConnectionTrait,
    rows: &[outgoing_mail::Model],
) -> Result<Vec<(&'static str, Vec<OutgoingId>)>, Error> {
    let theirs: Vec<(OutgoingId, InvitationId)> = rows
        .iter()
        .filter(|row| row.kind == MailKind::Newsletter)
        .filter_map(|row| Some((row.id, row.invitation_id?)))
        .collect();
    if theirs.is_empty() {
        return Ok(Vec::new());
    }
    let partners: Vec<(InvitationId, PartnerId)> = invitation::Entity::find()
        .select_only()
        .columns([invitation::Column::Id, invitation::Column::PartnerId])
        .filter(invitation::Column::Id.is_in(theirs.iter().map(|(_, invitation)| *invitation)))
        .into_tuple()
        .all(tx)
        .await?;
    let agreed = read(tx, Among::These(partners.iter().map(|(_, partner)| *partner).collect())).await?;
    let partners: HashMap<InvitationId, PartnerId> = partners.into_iter().collect();
    let wants = |invitation: &InvitationId| {
        let partner = partners.get(invitation);
        agreed.iter().any(|(of, _)| Some(of) == partner)
    };
    let no = theirs.iter().filter(|(_, invitation)| !wants(invitation));
    let no: Vec<OutgoingId> = no.map(|(id, _)| *id).collect();
    let stopped = newsletter_mail::Entity::find()
        .select_only()
        .column(newsletter_mail::Column::OutgoingId)
        .join(
            sea_orm::JoinType::InnerJoin,
            newsletter_mail::Entity::belongs_to(newsletter::Entity)
                .from(newsletter_mail::Column::NewsletterId)
                .to(newsletter::Column::Id)
                .into(),
        )
        .join(
            sea_orm::JoinType::InnerJoin,
            newsletter::Entity::belongs_to(issue::Entity)
                .from(newsletter::Column::IssueId)
                .to(issue::Column::Id)
                .into(),
        )
        .filter(newsletter_mail::Column::OutgoingId.is_in(theirs.iter().map(|(id, _)| *id)))
        .filter(
            Condition::any()
                .add(newsletter::Column::State.eq(NewsletterState::Stopped))
                .add(issue::Column::State.ne(IssueState::Shown)),
        )
        .into_tuple()
        .all(tx)
        .await?;
    Ok(vec![("newsletter-unwanted", no), ("newsletter-stopped", stopped)])
}

/// When they said last that they want none, while that stands.
///
/// # Errors
/// When the database refuses.
pub async fn refused(conn: &impl ConnectionTrait, partner: PartnerId) -> Result<Option<DateTime<Utc>>, Error> {
    let latest = answers(conn, partner).await?.into_iter().next();
    Ok(latest.filter(|row| !row.given).map(|row| row.at))
}

/// All that they ever said to it, the latest first.
async fn answers(conn: &impl ConnectionTrait, partner: PartnerId) -> Result<Vec<consent::Model>, Error> {
    let theirs = sea_orm::sea_query::Query::select()
        .column(invitation::Column::Id)
        .from(invitation::Entity)
        .and_where(invitation::Column::PartnerId.eq(partner))
        .to_owned();
    Ok(consent::Entity::find()
        .filter(consent::Column::Purpose.eq(ConsentPurpose::Newsletter))
        .filter(consent::Column::InvitationId.in_subquery(theirs))
        .order_by_desc(consent::Column::At)
        .order_by_desc(consent::Column::Id)
        .all(conn)
        .await?)
}

/// They take back that they agreed, at every event where they had, in the `words` that they saw; false when they had not.
///
/// # Errors
/// When the database refuses.
pub async fn refuse(tx: &WriteTx, clock: &Clock, partner: PartnerId, words: &str) -> Result<bool, Error> {
    let mut seen: Vec<InvitationId> = Vec::new();
    let mut news = Vec::new();
    for row in answers(tx, partner).await? {
        if seen.contains(&row.invitation_id) {
            continue;
        }
        seen.push(row.invitation_id);
        if row.given {
            news.push(consent::ActiveModel {
                id: Set(ConsentId::new()),
                invitation_id: Set(row.invitation_id),
                purpose: Set(ConsentPurpose::Newsletter),
                wording: Set(words.to_owned()),
                wording_version: Set(row.wording_version),
                given: Set(false),
                at: Set(clock.now()),
            });
        }
    }
    let any = !news.is_empty();
    if any {
        consent::Entity::insert_many(news).exec_without_returning(tx).await?;
    }
    Ok(any)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_mark_stands_first_and_once() {
        for subject in ["소식", "(광고) 소식", "  (광고)소식 "] {
            assert_eq!(super::marked(subject), "(광고) 소식");
        }
    }
}
