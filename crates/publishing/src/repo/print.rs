//! Reads about how an article is made: blocks, revisions, pictures, those who are quoted.

use crate::{
    Error,
    article::{Correction, QuoteBy, Who},
};
use chrono::{DateTime, Utc};
use db::{
    entity::{
        approval, approver, article_block, article_correction, article_revision, asset, crew_member, event, invitation,
        question, rsvp, speaker,
    },
    people,
    prelude::*,
};
use domain::{ApproverId, ArticleId, InvitationId, Lang, StaffId};
use sea_orm::sea_query::Query;
use std::collections::HashMap;

/// Partners that a choice of people may hold.
const QUOTABLE: u64 = 1_000;

/// An article's blocks, from top to bottom.
pub(crate) async fn blocks(conn: &impl ConnectionTrait, id: ArticleId) -> Result<Vec<article_block::Model>, Error> {
    Ok(article_block::Entity::find()
        .filter(article_block::Column::ArticleId.eq(id))
        .order_by_asc(article_block::Column::Position)
        .all(conn)
        .await?)
}

/// The newest one.
pub(crate) async fn last_revision(
    conn: &impl ConnectionTrait,
    id: ArticleId,
) -> Result<Option<article_revision::Model>, Error> {
    Ok(article_revision::Entity::find()
        .filter(article_revision::Column::ArticleId.eq(id))
        .order_by_desc(article_revision::Column::N)
        .one(conn)
        .await?)
}

pub(crate) async fn revision(
    conn: &impl ConnectionTrait,
    id: ArticleId,
    n: i32,
) -> Result<Option<article_revision::Model>, Error> {
    Ok(article_revision::Entity::find()
        .filter(article_revision::Column::ArticleId.eq(id))
        .filter(article_revision::Column::N.eq(n))
        .one(conn)
        .await?)
}

/// `many` of them from before number `than` on, the last first: number, when, by whom.
pub(crate) async fn revisions(
    conn: &impl ConnectionTrait,
    id: ArticleId,
    than: i32,
    many: u64,
) -> Result<Vec<(i32, DateTime<Utc>, String)>, Error> {
    let rows: Vec<(i32, DateTime<Utc>, StaffId)> = article_revision::Entity::find()
        .select_only()
        .columns([
            article_revision::Column::N,
            article_revision::Column::At,
            article_revision::Column::StaffId,
        ])
        .filter(article_revision::Column::ArticleId.eq(id))
        .filter(article_revision::Column::N.lt(than))
        .order_by_desc(article_revision::Column::N)
        .limit(many)
        .into_tuple()
        .all(conn)
        .await?;
    let names = people::staff_names(conn, rows.iter().map(|r| r.2)).await?;
    Ok(rows
        .into_iter()
        .map(|(n, at, staff)| (n, at, names.get(&staff).cloned().unwrap_or_default()))
        .collect())
}

/// Media type, width and height of these pictures.
pub(crate) async fn asset_facts(
    conn: &impl ConnectionTrait,
    names: Vec<String>,
) -> Result<HashMap<String, (String, i32, i32)>, Error> {
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, String, i32, i32)> = asset::Entity::find()
        .select_only()
        .columns([
            asset::Column::Sha256,
            asset::Column::MediaType,
            asset::Column::Width,
            asset::Column::Height,
        ])
        .filter(asset::Column::Sha256.is_in(names))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(name, kind, w, h)| (name, (kind, w, h)))
        .collect())
}

/// What readers are told about mistakes, the last first.
pub(crate) async fn corrections(conn: &impl ConnectionTrait, id: ArticleId) -> Result<Vec<Correction>, Error> {
    let rows = article_correction::Entity::find()
        .filter(article_correction::Column::ArticleId.eq(id))
        .order_by_desc(article_correction::Column::At)
        .order_by_desc(article_correction::Column::Id)
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Correction {
            at: row.at,
            text: row.body,
        })
        .collect())
}

pub(crate) async fn approver(conn: &impl ConnectionTrait, id: ApproverId) -> Result<Option<approver::Model>, Error> {
    Ok(approver::Entity::find_by_id(id).one(conn).await?)
}

/// Everybody who was asked about this article.
pub(crate) async fn approvers(conn: &impl ConnectionTrait, id: ArticleId) -> Result<Vec<approver::Model>, Error> {
    Ok(approver::Entity::find()
        .filter(approver::Column::ArticleId.eq(id))
        .all(conn)
        .await?)
}

/// What these were shown and said, in its order.
pub(crate) async fn approvals(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = ApproverId>,
) -> Result<Vec<approval::Model>, Error> {
    Ok(approval::Entity::find()
        .filter(approval::Column::ApproverId.is_in(ids))
        .order_by_asc(approval::Column::AskedAt)
        .order_by_asc(approval::Column::Id)
        .all(conn)
        .await?)
}

/// The one person whom the row names.
pub(crate) fn who(row: &approver::Model) -> Option<Who> {
    row.invitation_id
        .map(Who::Partner)
        .or(row.speaker_id.map(Who::Speaker))
        .or(row.crew_member_id.map(Who::Crew))
}

/// Whom an article of the event may quote by their spoken word: its speakers, the crews, the partners who came, said or
/// asked something.
pub(crate) async fn quotable(
    conn: &impl ConnectionTrait,
    event: &event::Model,
    lang: Lang,
) -> Result<Vec<(QuoteBy, String)>, Error> {
    let mut all = Vec::new();
    let speakers = speaker::Entity::find()
        .filter(speaker::Column::EventId.eq(event.id))
        .order_by_asc(speaker::Column::Position)
        .all(conn)
        .await?;
    all.extend(
        speakers
            .iter()
            .map(|s| (QuoteBy::Speaker(s.id), people::speaker_person(s).line())),
    );
    let crew = crew_member::Entity::find()
        .filter(crew_member::Column::RemovedAt.is_null())
        .order_by_asc(crew_member::Column::Name)
        .all(conn)
        .await?;
    all.extend(
        crew.iter()
            .map(|m| (QuoteBy::Crew(m.id), people::crew_person(m).line())),
    );
    let came = Query::select()
        .column(rsvp::Column::InvitationId)
        .from(rsvp::Entity)
        .and_where(rsvp::Column::Came.eq(true))
        .to_owned();
    let asked = Query::select()
        .column(question::Column::InvitationId)
        .from(question::Entity)
        .and_where(question::Column::EventId.eq(event.id))
        .to_owned();
    let ids: Vec<InvitationId> = invitation::Entity::find()
        .select_only()
        .column(invitation::Column::Id)
        .filter(invitation::Column::EventId.eq(event.id))
        .filter(
            Condition::any()
                .add(invitation::Column::Id.in_subquery(came))
                .add(invitation::Column::Id.in_subquery(asked)),
        )
        .limit(QUOTABLE)
        .into_tuple()
        .all(conn)
        .await?;
    let invitees = people::invitees(conn, ids, lang).await?;
    let mut partners: Vec<(QuoteBy, String)> = invitees
        .into_values()
        .map(|i| (QuoteBy::Partner(i.invitation), i.line()))
        .collect();
    partners.sort_by(|a, b| a.1.cmp(&b.1));
    all.extend(partners);
    Ok(all)
}
