//! Which mails are ours to send now, a few of each domain, with their bytes frozen.

use super::store::{Fate, hours, settle_row};
use crate::{Composed, Error, Signer, compose, letter::Letter, link_versions, marks, newsletter, outbox, unsubscribed};
use chrono::{DateTime, Duration, Utc};
use db::{
    entity::{assignment, mail_domain, outgoing_mail},
    prelude::*,
};
use domain::{
    AssignmentId, Clock, OutgoingId,
    state::{
        assignment::AssignmentState,
        mail::{MailKind, OutgoingState},
    },
    token::Keys,
};
use sea_orm::{ExprTrait, sea_query::OnConflict};
use settings::{MailOut, Settings};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// The states from which a mail is claimed.
const WAITING: [OutgoingState; 2] = [OutgoingState::Queued, OutgoingState::Uncertain];
/// The stretch of time whose share a domain may use at once.
const STRETCH: Duration = Duration::minutes(1);

/// A mail that is ours to send until the lease ends.
#[derive(Debug)]
pub(super) struct Claimed {
    pub id: OutgoingId,
    pub row: outgoing_mail::Model,
    pub composed: Composed,
    pub(super) owner: String,
}

/// With what claims are made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Desk<'a> {
    pub db: &'a Db,
    pub settings: &'a Settings,
    pub keys: &'a Keys,
    pub clock: &'a Clock,
    pub signer: Option<&'a Signer>,
    pub lease: Duration,
    /// False while the clock is not to be trusted: what was tried before, or was put for a later moment, waits.
    pub trusted: bool,
}

impl Desk<'_> {
    /// Takes up to `most` due mails and freezes their bytes, in one transaction.
    pub(super) async fn claim(&self, most: usize) -> Result<Vec<Claimed>, Error> {
        loop {
            // A look before the leap: an idle sender never holds the writer.
            if most == 0 || self.due(self.db.reader(), &[], &[], 1).await?.is_empty() {
                return Ok(Vec::new());
            }
            let tx = self.db.begin_write().await?;
            let ids = self.pick(&tx, most).await?;
            if ids.is_empty() {
                tx.rollback().await?;
                return Ok(Vec::new());
            }
            self.hold_back(&tx, &ids).await?;
            let claimed = self.take(&tx, &ids).await?;
            tx.commit().await?;
            // Where all of them were held back, others wait behind them.
            if !claimed.is_empty() {
                return Ok(claimed);
            }
        }
    }

    async fn due(
        &self,
        conn: &impl ConnectionTrait,
        but: &[OutgoingId],
        shut: &[String],
        most: usize,
    ) -> Result<Vec<(OutgoingId, String)>, Error> {
        use outgoing_mail::Column;
        let mut query = outgoing_mail::Entity::find()
            // In words that the partial index knows: bound values say nothing to the planner.
            .filter(Expr::cust("state IN ('queued', 'sending', 'uncertain')"))
            .filter(Column::State.is_in(WAITING))
            .filter(Column::NextAttemptAt.lte(self.clock.now()));
        if !self.trusted {
            query = query
                .filter(Column::Attempts.eq(0))
                .filter(Expr::col(Column::NextAttemptAt).lte(Expr::col(Column::CreatedAt)));
        }
        if !but.is_empty() {
            query = query.filter(Column::Id.is_not_in(but.iter().copied()));
        }
        if !shut.is_empty() {
            query = query.filter(Column::ToDomain.is_not_in(shut.iter().cloned()));
        }
        Ok(query
            .order_by_asc(Column::NextAttemptAt)
            .limit(most as u64)
            .select_only()
            .column(Column::Id)
            .column(Column::ToDomain)
            .into_tuple()
            .all(conn)
            .await?)
    }

    /// The oldest that are due, of each domain as many as may be under way and as its share of the minute allows.
    async fn pick(&self, tx: &WriteTx, most: usize) -> Result<Vec<OutgoingId>, Error> {
        // One claim after the other, on all nodes: what each counts stays right until its commit.
        mail_domain::Entity::update_many()
            .col_expr(mail_domain::Column::FreeAt, Expr::col(mail_domain::Column::FreeAt))
            .filter(mail_domain::Column::Domain.eq(""))
            .exec(tx)
            .await?;
        let out = &self.settings.mail.out;
        let mut shares = Shares::load(tx, out, self.clock.now()).await?;
        let mut shut = shares.shut(tx).await?;
        let mut ids = Vec::new();
        while ids.len() < most {
            let rows = self.due(tx, &ids, &shut, most - ids.len()).await?;
            let before = shut.len();
            for (id, domain) in rows {
                if shut.contains(&domain) {
                    continue;
                }
                if shares.take(tx, &domain).await? {
                    ids.push(id);
                } else {
                    shut.push(domain);
                }
            }
            if shut.len() == before {
                break;
            }
        }
        shares.store(tx).await?;
        Ok(ids)
    }

    /// What must not go after all: outside of its hours it waits, and who wants no more of its kind gets none.
    async fn hold_back(&self, tx: &WriteTx, ids: &[OutgoingId]) -> Result<(), Error> {
        use outgoing_mail::Column;
        let now = self.clock.now();
        let careful = Condition::any()
            .add(Column::Hours.is_not_null())
            .add(Column::Kind.eq(MailKind::Newsletter))
            .add(
                Column::Kind
                    .is_in(unsubscribed::OPTIONAL)
                    .and(Column::InvitationId.is_not_null()),
            );
        let rows = outgoing_mail::Entity::find()
            .filter(Column::Id.is_in(ids.iter().copied()))
            .filter(careful)
            .all(tx)
            .await?;
        let holidays = &self.settings.events.holidays;
        for row in &rows {
            // However it came into the outbox, also once more to another address.
            let own = newsletter::is_to_reader(row).then(newsletter::hours);
            let Some(next) = own
                .or_else(|| hours(row))
                .map(|h| h.next(now, holidays))
                .filter(|next| *next > now)
            else {
                continue;
            };
            outgoing_mail::Entity::update_many()
                .col_expr(Column::NextAttemptAt, Expr::value(next))
                .filter(Column::Id.eq(row.id))
                .exec(tx)
                .await?;
        }
        let optional = rows
            .iter()
            .filter(|row| !row.forced && unsubscribed::OPTIONAL.contains(&row.kind));
        let no = unsubscribed::among(tx, optional.clone().filter_map(|row| row.invitation_id)).await?;
        let unwanted: Vec<OutgoingId> = optional
            .filter(|row| row.invitation_id.is_some_and(|id| no.contains(&id)))
            .map(|row| row.id)
            .collect();
        outbox::drop_waiting(tx, &unwanted, "unsubscribed").await?;
        for (why, ids) in newsletter::unwanted(tx, &rows).await? {
            outbox::drop_waiting(tx, &ids, why).await?;
        }
        let reminders = rows.iter().filter(|row| !row.forced && row.kind == MailKind::Reminder);
        let about: Vec<AssignmentId> = reminders.clone().filter_map(|row| row.assignment_id).collect();
        if about.is_empty() {
            return Ok(());
        }
        // Whichever way a question left its crew, nobody is reminded of it any more.
        let open: Vec<AssignmentId> = assignment::Entity::find()
            .select_only()
            .column(assignment::Column::Id)
            .filter(assignment::Column::Id.is_in(about))
            .filter(assignment::Column::State.is_in(AssignmentState::OPEN.iter().copied()))
            .into_tuple()
            .all(tx)
            .await?;
        let over: Vec<OutgoingId> = reminders
            .filter(|row| row.assignment_id.is_some_and(|id| !open.contains(&id)))
            .map(|row| row.id)
            .collect();
        outbox::drop_waiting(tx, &over, "answered").await?;
        Ok(())
    }

    async fn take(&self, tx: &WriteTx, ids: &[OutgoingId]) -> Result<Vec<Claimed>, Error> {
        use outgoing_mail::Column;
        let now = self.clock.now();
        let owner = Uuid::new_v4().simple().to_string();
        outgoing_mail::Entity::update_many()
            .col_expr(Column::State, Expr::value(OutgoingState::Sending.as_str()))
            .col_expr(Column::LeaseOwner, Expr::value(owner.clone()))
            .col_expr(Column::LeaseUntil, Expr::value(now + self.lease))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .filter(Column::Id.is_in(ids.iter().copied()))
            .filter(Column::State.is_in(WAITING))
            .filter(Column::NextAttemptAt.lte(now))
            .exec(tx)
            .await?;
        let rows = outgoing_mail::Entity::find()
            .filter(Column::Id.is_in(ids.iter().copied()))
            .filter(Column::LeaseOwner.eq(owner.clone()))
            .filter(Column::State.eq(OutgoingState::Sending))
            .order_by_asc(Column::NextAttemptAt)
            .all(tx)
            .await?;
        let letters: Vec<Letter> = rows.iter().filter_map(|row| outbox::letter(row).ok()).collect();
        let versions = link_versions(tx, &letters).await?;
        let marked = marks::among(tx, rows.iter().filter(|row| !row.forced).map(|row| &row.to_email)).await?;
        let mut claimed = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some(mark) = marked
                .iter()
                .find(|mark| !row.forced && mark.email == row.to_email.as_str())
            {
                let fate = Fate {
                    state: OutgoingState::Failed,
                    words: format!("{}marked-{}", outbox::WITHHELD, mark.cause),
                    next: None,
                    sent: false,
                };
                settle_row(tx, self.clock, &row, &owner, &fate).await?;
                continue;
            }
            let date = row.mail_date.unwrap_or(now);
            let composed = compose(&row, date, self.settings, self.keys, &versions);
            let composed = composed.and_then(|mail| match self.signer {
                Some(signer) => mail.signed(signer, date),
                None => Ok(mail),
            });
            match composed {
                Ok(composed) => {
                    freeze(tx, &row, date, &composed).await?;
                    claimed.push(Claimed {
                        id: row.id,
                        row,
                        composed,
                        owner: owner.clone(),
                    });
                }
                Err(error) => {
                    tracing::error!(outgoing = %row.id, %error, "mail could not be composed");
                    let fate = Fate {
                        state: OutgoingState::Failed,
                        words: error.to_string(),
                        next: None,
                        sent: false,
                    };
                    settle_row(tx, self.clock, &row, &owner, &fate).await?;
                }
            }
        }
        Ok(claimed)
    }
}

/// The first attempt writes down what is sent; later ones must send the same.
async fn freeze(
    tx: &impl ConnectionTrait,
    row: &outgoing_mail::Model,
    date: DateTime<Utc>,
    composed: &Composed,
) -> Result<(), Error> {
    match &row.bytes_sha256 {
        Some(before) if *before == composed.sha256 => return Ok(()),
        Some(_) => {
            tracing::warn!(outgoing = %row.id, "mail's bytes differ from its first attempt: keys or settings changed since");
            return Ok(());
        }
        None => {}
    }
    outgoing_mail::Entity::update_many()
        .col_expr(outgoing_mail::Column::MailDate, Expr::value(date))
        .col_expr(outgoing_mail::Column::BytesSha256, Expr::value(composed.sha256.clone()))
        .filter(outgoing_mail::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// How many mails each domain may still get, at the same time and within the minute.
struct Shares<'a> {
    out: &'a MailOut,
    now: DateTime<Utc>,
    under_way: HashMap<String, i64>,
    /// Of the domains that were asked about: when an even pace would have sent what was taken. In order, since rows are
    /// written in it.
    free_at: BTreeMap<String, DateTime<Utc>>,
}

impl<'a> Shares<'a> {
    async fn load(tx: &WriteTx, out: &'a MailOut, now: DateTime<Utc>) -> Result<Self, Error> {
        use outgoing_mail::Column;
        let under_way: Vec<(String, i64)> = outgoing_mail::Entity::find()
            .select_only()
            .column(Column::ToDomain)
            .column_as(Column::Id.count(), "n")
            .filter(Expr::cust("state = 'sending'"))
            .group_by(Column::ToDomain)
            .into_tuple()
            .all(tx)
            .await?;
        Ok(Self {
            out,
            now,
            under_way: under_way.into_iter().collect(),
            free_at: BTreeMap::new(),
        })
    }

    fn step(&self) -> Duration {
        let n = i64::from(Ord::max(self.out.per_domain_minute, 1));
        Duration::microseconds(STRETCH.num_microseconds().unwrap_or_default() / n)
    }

    /// The domains that get nothing now.
    async fn shut(&self, tx: &WriteTx) -> Result<Vec<String>, Error> {
        let most = i64::from(self.out.per_domain);
        let full = self.under_way.iter().filter(|(_, n)| **n >= most);
        let mut shut: Vec<String> = full.map(|(domain, _)| domain.clone()).collect();
        if self.out.per_domain_minute > 0 {
            let spent: Vec<String> = mail_domain::Entity::find()
                .select_only()
                .column(mail_domain::Column::Domain)
                .filter(mail_domain::Column::FreeAt.gt(self.now + STRETCH - self.step()))
                .into_tuple()
                .all(tx)
                .await?;
            shut.extend(spent);
        }
        Ok(shut)
    }

    /// Takes one mail's share; false when there is none left.
    async fn take(&mut self, tx: &WriteTx, domain: &str) -> Result<bool, Error> {
        let n = self.under_way.get(domain).copied().unwrap_or_default();
        if n >= i64::from(self.out.per_domain) {
            return Ok(false);
        }
        if self.out.per_domain_minute > 0 {
            let free_at = match self.free_at.get(domain) {
                Some(at) => *at,
                None => mail_domain::Entity::find_by_id(domain)
                    .one(tx)
                    .await?
                    .map_or(self.now, |row| Ord::max(row.free_at, self.now)),
            };
            let next = free_at + self.step();
            if next > self.now + STRETCH {
                return Ok(false);
            }
            self.free_at.insert(domain.to_owned(), next);
        }
        self.under_way.insert(domain.to_owned(), n + 1);
        Ok(true)
    }

    async fn store(self, tx: &WriteTx) -> Result<(), Error> {
        if self.free_at.is_empty() {
            return Ok(());
        }
        let rows = self.free_at.into_iter().map(|(domain, at)| mail_domain::ActiveModel {
            domain: Set(domain),
            free_at: Set(at),
        });
        mail_domain::Entity::insert_many(rows)
            .on_conflict(
                OnConflict::column(mail_domain::Column::Domain)
                    .update_column(mail_domain::Column::FreeAt)
                    .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
        Ok(())
    }
}
