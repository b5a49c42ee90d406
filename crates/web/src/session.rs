//! Sessions in the database. The cookie's id is a secret, so only its fingerprint is stored.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use db::{
    Together,
    entity::{invitation, session},
    padded,
};
use domain::{Clock, EventId, InvitationId, PartnerId, token::fingerprint};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QuerySelect,
    sea_query::OnConflict,
};
use serde_json::Value;
use std::{collections::HashMap, fmt, sync::Arc};
use tower_sessions::{
    SessionStore,
    cookie::time::OffsetDateTime,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// Staff work for a shift; a partner comes back for weeks.
pub(crate) const STAFF_IDLE: TimeDelta = TimeDelta::hours(12);
pub(crate) const PARTNER_IDLE: TimeDelta = TimeDelta::days(30);

/// Where a partner's mark lies in a session.
pub(crate) const PARTNER: &str = "partner";
/// What the invitation of a partner's session says at this request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Invited {
    pub(crate) invitation: InvitationId,
    pub(crate) event: EventId,
    pub(crate) partner: PartnerId,
    /// Of the personal link: a newer one ends the sessions of the older.
    pub(crate) version: i32,
}

/// A session as it stands, with the invitation that it is of.
pub(crate) struct Known {
    pub(crate) marks: HashMap<String, Value>,
    pub(crate) invited: Option<Invited>,
    expires_at: DateTime<Utc>,
}

type Row = (
    String,
    String,
    DateTime<Utc>,
    Option<InvitationId>,
    Option<EventId>,
    Option<PartnerId>,
    Option<i32>,
);

/// By the fingerprint of its id.
impl Together for Known {
    type Key = String;
    type Value = Self;

    async fn read<C: ConnectionTrait>(conn: &C, ids: &[String]) -> std::result::Result<HashMap<String, Self>, DbErr> {
        let rows = session::Entity::find()
            .filter(session::Column::Id.is_in(padded(ids)))
            .join(
                JoinType::LeftJoin,
                session::Entity::belongs_to(invitation::Entity)
                    .from(session::Column::InvitationId)
                    .to(invitation::Column::Id)
                    .into(),
            )
            .select_only()
            .columns([session::Column::Id, session::Column::Record, session::Column::ExpiresAt])
            .columns([
                invitation::Column::Id,
                invitation::Column::EventId,
                invitation::Column::PartnerId,
                invitation::Column::LinkVersion,
            ]);
        let rows: Vec<Row> = rows.into_tuple().all(conn).await?;
        Ok(rows.into_iter().map(known).collect())
    }
}

fn known((id, record, expires_at, invitation, event, partner, version): Row) -> (String, Known) {
    let invited = match (invitation, event, partner, version) {
        (Some(invitation), Some(event), Some(partner), Some(version)) => Some(Invited {
            invitation,
            event,
            partner,
            version,
        }),
        _ => None,
    };
    // A record that does not read says nothing about anybody.
    let marks = serde_json::from_str(&record).unwrap_or_default();
    let known = Known {
        marks,
        invited,
        expires_at,
    };
    (id, known)
}

#[derive(Clone)]
pub(crate) struct Store {
    pub(crate) db: db::Db,
    pub(crate) clock: Clock,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

fn backend(error: impl fmt::Display) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // 128 random bits: a collision is not going to happen, and if it does the upsert would give away a session;
        // so this is a plain insert that fails.
        self.insert(record, false).await
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.insert(record, true).await
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(known) = self.known(id).await.map_err(backend)? else {
            return Ok(None);
        };
        Ok(Some(Record {
            id: *id,
            data: known.marks.clone(),
            expiry_date: OffsetDateTime::from_unix_timestamp(known.expires_at.timestamp()).map_err(backend)?,
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let tx = self.db.begin_write().await.map_err(backend)?;
        session::Entity::delete_by_id(fingerprint(id.to_string().as_bytes()))
            .exec(&tx)
            .await
            .map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

impl Store {
    pub(crate) fn of(app: &crate::App) -> Self {
        Self {
            db: app.db.clone(),
            clock: app.clock.clone(),
        }
    }

    /// A session that is not over.
    pub(crate) async fn known(&self, id: &Id) -> std::result::Result<Option<Arc<Known>>, db::Error> {
        let known = self
            .db
            .together::<Known>(fingerprint(id.to_string().as_bytes()))
            .await?;
        Ok(known.filter(|known| known.expires_at > self.clock.now()))
    }

    async fn insert(&self, record: &Record, replace: bool) -> Result<()> {
        let idle = if record.data.contains_key(PARTNER) {
            PARTNER_IDLE
        } else {
            STAFF_IDLE
        };
        let partner = record
            .data
            .get(PARTNER)
            .and_then(|mark| mark.get("invitation"))
            .cloned();
        let row = session::ActiveModel {
            id: Set(fingerprint(record.id.to_string().as_bytes())),
            record: Set(serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))?),
            expires_at: Set(self.clock.now() + idle),
            invitation_id: Set(partner.and_then(|id| serde_json::from_value(id).ok())),
        };
        let mut insert = session::Entity::insert(row);
        if replace {
            insert = insert.on_conflict(
                OnConflict::column(session::Column::Id)
                    .update_columns([
                        session::Column::Record,
                        session::Column::ExpiresAt,
                        session::Column::InvitationId,
                    ])
                    .to_owned(),
            );
        }
        let tx = self.db.begin_write().await.map_err(backend)?;
        insert.exec_without_returning(&tx).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

/// Forgets sessions and rate-limit windows that are over; the worker calls it now and then.
pub async fn delete_expired(
    tx: &impl sea_orm::ConnectionTrait,
    clock: &Clock,
) -> std::result::Result<(), sea_orm::DbErr> {
    use db::entity::rate_limit;
    let now = clock.now();
    session::Entity::delete_many()
        .filter(session::Column::ExpiresAt.lte(now))
        .exec(tx)
        .await?;
    let yesterday = now - TimeDelta::days(1);
    rate_limit::Entity::delete_many()
        .filter(rate_limit::Column::WindowStart.lt(yesterday))
        .exec(tx)
        .await?;
    Ok(())
}
