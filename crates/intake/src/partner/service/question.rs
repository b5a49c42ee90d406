//! A question's beginning: draft, sent, edited, withdrawn.
//!
//! The limit of questions is held by the unique index over `ordinal`, never by a count: whoever finds their ordinal
//! taken looks again and takes the next.

use super::consent::{self, Consents, Latest};
use crate::{
    partner::{
        Error, Phase, Refusal, letters,
        phase::must_be_open,
        repo::{self, Own, Place, Standing},
    },
    question_row::{self, Written, received},
};
use db::{
    Batch, audit,
    entity::{decision, delivery, question, service},
    number,
    people::in_lang,
    prelude::*,
};
use domain::{
    Lang, QuestionId, ServiceId,
    job::Job,
    state::{
        Transitions,
        decision::{DecisionKind, DecisionState},
        people::ConsentPurpose,
        question::{Naming, Prefers, QuestionState},
    },
    text::QuestionText,
};
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use std::sync::Arc;
use web::{App, auth::PartnerSession};

/// Drafts that one partner may keep: a form that saves by itself must not fill the table.
const MAX_DRAFTS: usize = 20;
/// Characters of a draft; it may be longer than a question while one is writing.
pub(crate) const DRAFT_CHARS: usize = 10_000;

/// A question as it is sent, its parts already parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewQuestion {
    /// Made when the form was shown: the same form sent twice is one question.
    pub id: QuestionId,
    pub body: QuestionText,
    pub service: ServiceId,
    pub lang: Lang,
    pub prefers: Prefers,
    pub naming: Naming,
    pub consents: Consents,
}

/// A question while it is being written: everything may still be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub id: QuestionId,
    pub body: String,
    pub service: Option<ServiceId>,
    pub lang: Lang,
    pub prefers: Prefers,
    pub naming: Naming,
}

/// What became of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Submitted {
    pub id: QuestionId,
    /// True when it had been sent before: nothing was done.
    pub again: bool,
}

/// Sends a question: row, consents, audit entry and receipt in one transaction. Sending it twice does it once.
///
/// # Errors
/// Refused outside the opening time, without the needed consent, beyond the limit, for an unknown service.
pub async fn submit(app: &App, who: &PartnerSession, new: &NewQuestion) -> Result<Submitted, Error> {
    let (own, mut standing) = tokio::try_join!(repo::own(&app.db, who), repo::standing(&app.db, who))?;
    let own = own.ok_or(Refusal::NotFound)?;
    // Each round that fails met a rival who took an ordinal, and there are only so many.
    for _ in 0..own.event.max_questions.saturating_add(3) {
        if is_sent(&standing.places, new.id) {
            return Ok(Submitted {
                id: new.id,
                again: true,
            });
        }
        must_be_open(&own.event, app.clock.now())?;
        if !new.consents.required && !consent::stands(&standing.latest, ConsentPurpose::Required) {
            return Err(Refusal::Consent.into());
        }
        match place(app, who, &own, &standing, new).await {
            Ok(true) => {
                app.wake.notify();
                return Ok(Submitted {
                    id: new.id,
                    again: false,
                });
            }
            Ok(false) => {}
            Err(error) if error.is_unique() => {}
            Err(error) if error.is_foreign_key() => return Err(Refusal::Service.into()),
            Err(error) => return Err(error),
        }
        // The rival's work may share a commit that is still under way: seen from within, and waited for.
        let tx = app.db.begin_write().await?;
        standing = Arc::new(repo::standing_within(&tx, who).await?);
        tx.commit().await?;
    }
    // Nobody takes an ordinal so often: the id is somebody else's.
    Err(Refusal::NotFound.into())
}

fn is_sent(places: &[Place], id: QuestionId) -> bool {
    places.iter().any(|p| p.id == id && p.state != QuestionState::Draft)
}

/// The least ordinal of `1..=max` that no sent question holds.
fn free_ordinal(places: &[Place], max: i32) -> Option<i32> {
    let taken = |n: i32| {
        let counts = |p: &&Place| !matches!(p.state, QuestionState::Draft | QuestionState::Withdrawn);
        places.iter().filter(counts).any(|p| p.ordinal == Some(n))
    };
    (1..=max).find(|n| !taken(*n))
}

/// The writing of a submission; false when the draft is gone. A rival who took the ordinal, or this very form sent
/// twice, runs into a unique index; a service that is not there, into a foreign key.
async fn place(
    app: &App,
    who: &PartnerSession,
    own: &Own,
    standing: &Standing,
    new: &NewQuestion,
) -> Result<bool, Error> {
    let most = own.event.max_questions;
    let ordinal = free_ordinal(&standing.places, most).ok_or(Refusal::Limit(most))?;
    let row = received(written(who, new), ordinal, app.clock.now());
    let mut batch = Batch::default();
    if !standing.places.iter().any(|p| p.id == new.id) {
        batch.insert_numbered(row, question::Column::Number, who.event);
        accompany(&mut batch, app, who, own, &standing.latest, new, ordinal)?;
        app.db.write(batch).await?;
        return Ok(true);
    }
    let tx = app.db.begin_write().await?;
    let number = number::take(&tx, who.event, 1).await?;
    let sent = question::Entity::update_many()
        .set(question::ActiveModel {
            id: NotSet,
            event_id: NotSet,
            invitation_id: NotSet,
            number: Set(Some(number)),
            version: NotSet,
            created_at: NotSet,
            ..row
        })
        .col_expr(question::Column::Version, Expr::col(question::Column::Version).add(1))
        .filter(question::Column::Id.eq(new.id))
        .filter(question::Column::InvitationId.eq(who.invitation))
        .filter(question::Column::State.is_in(QuestionState::sources(QuestionState::Received)))
        // Corrections lead back to received, too; only a draft is sent.
        .filter(question::Column::State.eq(QuestionState::Draft))
        .exec(&tx)
        .await?;
    if sent.rows_affected != 1 {
        tx.rollback().await?;
        return Ok(false);
    }
    accompany(&mut batch, app, who, own, &standing.latest, new, ordinal)?;
    batch.run(&tx).await?;
    tx.commit().await?;
    Ok(true)
}

fn written(who: &PartnerSession, new: &NewQuestion) -> Written {
    Written {
        id: new.id,
        event: who.event,
        invitation: who.invitation,
        service: new.service,
        body: new.body.as_str().to_owned(),
        lang: new.lang,
        prefers: new.prefers,
        naming: new.naming,
    }
}

/// What is written beside the question: consents, audit entry, receipt.
fn accompany(
    batch: &mut Batch,
    app: &App,
    who: &PartnerSession,
    own: &Own,
    latest: &Latest,
    new: &NewQuestion,
    ordinal: i32,
) -> Result<(), Error> {
    // What stands already is not asked for again.
    let required = new.consents.required || consent::stands(latest, ConsentPurpose::Required);
    let host = in_lang(new.consents.read_in, &own.event.host_name, &own.event.host_name_en);
    let consents = Consents {
        required,
        ..new.consents
    };
    consent::put(batch, &app.clock, who, &host, latest, consents)?;
    let entry = entry(who, "question.submitted", new.id, json!({ "ordinal": ordinal }));
    batch.insert(audit::row(&app.clock, entry));
    if let Some(email) = own.partner.email.clone() {
        let mail = letters::receipt(
            email,
            &own.partner,
            &own.event,
            who.invitation,
            new.id,
            new.body.as_str(),
            Phase::of(&own.event, app.clock.now()),
        );
        mail::outbox::put_with(batch, &app.clock, &app.settings, mail)?;
    }
    Ok(())
}

async fn insert(tx: &impl ConnectionTrait, row: question::ActiveModel) -> Result<bool, Error> {
    let rows = question::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(rows == 1)
}

/// Keeps what was written so far; before the opening, too.
///
/// # Errors
/// Refused after the deadline, when it was sent already, and beyond twenty drafts.
pub async fn save_draft(app: &App, who: &PartnerSession, draft: &Draft) -> Result<(), Error> {
    let now = app.clock.now();
    let reader = app.db.reader();
    let own = repo::own(&app.db, who).await?.ok_or(Refusal::NotFound)?;
    if Phase::of(&own.event, now).is_closed() {
        return Err(Refusal::Closed(own.event.closes_at).into());
    }
    let body: String = domain::text::tidy(&draft.body).chars().take(DRAFT_CHARS).collect();
    let service = match draft.service {
        Some(id) if repo::has_service(reader, id).await? => id,
        _ => first_service(reader, who).await?,
    };
    let tx = app.db.begin_write().await?;
    let saved = question::Entity::update_many()
        .set(question::ActiveModel {
            service_id: Set(service),
            body: Set(body.clone()),
            lang: Set(draft.lang),
            prefers: Set(draft.prefers),
            naming: Set(draft.naming),
            updated_at: Set(now),
            ..Default::default()
        })
        .col_expr(question::Column::Version, Expr::col(question::Column::Version).add(1))
        .filter(question::Column::Id.eq(draft.id))
        .filter(question::Column::InvitationId.eq(who.invitation))
        .filter(question::Column::State.eq(QuestionState::Draft))
        .exec(&tx)
        .await?;
    if saved.rows_affected == 0 {
        let places = repo::places(&tx, who).await?;
        if places.iter().any(|p| p.id == draft.id) {
            return Err(Refusal::Settled.into());
        }
        if places.iter().filter(|p| p.state == QuestionState::Draft).count() >= MAX_DRAFTS {
            return Err(Refusal::Drafts.into());
        }
        let written = Written {
            id: draft.id,
            event: who.event,
            invitation: who.invitation,
            service,
            body,
            lang: draft.lang,
            prefers: draft.prefers,
            naming: draft.naming,
        };
        let row = question_row::draft(written, now);
        if !insert(&tx, row).await? {
            return Err(Refusal::NotFound.into());
        }
        audit::record(&tx, &app.clock, entry(who, "question.drafted", draft.id, json!({}))).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// A draft needs a service before its writer chose one: one of theirs, else the first of all.
async fn first_service(conn: &impl ConnectionTrait, who: &PartnerSession) -> Result<ServiceId, Error> {
    if let Some(id) = repo::met_services(conn, who).await?.first() {
        return Ok(*id);
    }
    let first = service::Entity::find()
        .order_by_asc(service::Column::Position)
        .one(conn)
        .await?;
    Ok(first.map(|s| s.id).ok_or(Refusal::Service)?)
}

/// Changes a question that was sent and not yet placed; `version` is the one that its form was made from.
///
/// # Errors
/// Refused outside the opening time, when it was placed meanwhile, and when another form changed it first.
pub async fn edit(app: &App, who: &PartnerSession, version: i32, new: &NewQuestion) -> Result<(), Error> {
    let now = app.clock.now();
    let reader = app.db.reader();
    let own = repo::own(&app.db, who).await?.ok_or(Refusal::NotFound)?;
    let before = repo::question(reader, who, new.id).await?.ok_or(Refusal::NotFound)?;
    must_be_open(&own.event, now)?;
    if !repo::has_service(reader, new.service).await? {
        return Err(Refusal::Service.into());
    }
    let tx = app.db.begin_write().await?;
    let change = db::question_changed(&tx, who.event).await?;
    let done = question::Entity::update_many()
        .set(question::ActiveModel {
            service_id: Set(new.service),
            body: Set(new.body.as_str().to_owned()),
            lang: Set(new.lang),
            prefers: Set(new.prefers),
            naming: Set(new.naming),
            version: Set(version.saturating_add(1)),
            updated_at: Set(now),
            change_seq: Set(Some(change)),
            ..Default::default()
        })
        .filter(question::Column::Id.eq(new.id))
        .filter(question::Column::InvitationId.eq(who.invitation))
        .filter(question::Column::State.eq(QuestionState::Received))
        .filter(question::Column::Version.eq(version))
        .exec(&tx)
        .await?;
    if done.rows_affected != 1 {
        let settled = repo::question(&tx, who, new.id)
            .await?
            .is_none_or(|q| q.state != QuestionState::Received);
        return Err(if settled { Refusal::Settled } else { Refusal::Changed }.into());
    }
    let latest = repo::consents(&tx, who).await?;
    let required = new.consents.required || consent::stands(&latest, ConsentPurpose::Required);
    let host = in_lang(new.consents.read_in, &own.event.host_name, &own.event.host_name_en);
    consent::record(
        &tx,
        &app.clock,
        who,
        &host,
        &latest,
        Consents {
            required,
            ..new.consents
        },
    )
    .await?;
    let details = json!({ "version": version + 1, "body": before.body != new.body.as_str() });
    audit::record(&tx, &app.clock, entry(who, "question.edited", new.id, details)).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes a question back: a draft at any time, a sent one until the deadline and before it is placed. A decision
/// that waits for its release falls with it.
///
/// # Errors
/// Refused afterwards.
pub async fn withdraw(app: &App, who: &PartnerSession, id: QuestionId) -> Result<(), Error> {
    let now = app.clock.now();
    let reader = app.db.reader();
    let own = repo::own(&app.db, who).await?.ok_or(Refusal::NotFound)?;
    let before = repo::question(reader, who, id).await?.ok_or(Refusal::NotFound)?;
    if before.state == QuestionState::Withdrawn {
        return Ok(());
    }
    if before.state != QuestionState::Draft {
        must_be_open(&own.event, now)?;
    }
    let tx = app.db.begin_write().await?;
    let change = match before.state {
        QuestionState::Draft => None,
        _ => Some(db::question_changed(&tx, who.event).await?),
    };
    let freed = match before.state {
        QuestionState::Draft => 0,
        _ => super::joined::free(&tx, app, who, id).await?,
    };
    let done = question::Entity::update_many()
        .col_expr(question::Column::State, Expr::value(QuestionState::Withdrawn.as_str()))
        .col_expr(question::Column::Pending, Expr::value(None::<DecisionKind>))
        .col_expr(question::Column::ChangeSeq, Expr::value(change))
        .col_expr(question::Column::Version, Expr::col(question::Column::Version).add(1))
        .col_expr(question::Column::UpdatedAt, Expr::value(now))
        .filter(question::Column::Id.eq(id))
        .filter(question::Column::InvitationId.eq(who.invitation))
        .filter(question::Column::State.eq(before.state))
        .filter(question::Column::State.is_in(QuestionState::sources(QuestionState::Withdrawn)))
        .exec(&tx)
        .await?;
    if done.rows_affected != 1 {
        return Err(Refusal::Settled.into());
    }
    // The question's row is held since its update, so nobody decides about it meanwhile.
    let stood = decision::Entity::find()
        .filter(decision::Column::QuestionId.eq(id))
        .filter(decision::Column::State.eq(DecisionState::Pending));
    let stood = stood.one(&tx).await?;
    let dropped = decision::Entity::update_many()
        .col_expr(decision::Column::State, Expr::value(DecisionState::Dropped.as_str()))
        .filter(decision::Column::QuestionId.eq(id))
        .filter(decision::Column::State.eq(DecisionState::Pending))
        .exec(&tx)
        .await?;
    let details = json!({ "from": before.state, "decisions_dropped": dropped.rows_affected, "freed": freed });
    audit::record(&tx, &app.clock, entry(who, "question.withdrawn", id, details)).await?;
    let listed = stood.filter(|d| matches!(d.kind, DecisionKind::Live | DecisionKind::Reserve));
    if let Some(decision) = &listed {
        let job = Job::MoveUp {
            event: who.event,
            decision: decision.id,
        };
        jobs::enqueue(&tx, &app.clock, &job, now).await?;
    }
    tx.commit().await?;
    if listed.is_some() {
        app.wake.notify();
    }
    Ok(())
}

/// Notes that the answers to a question were opened on its page: once each.
pub async fn seen(app: &App, who: &PartnerSession, id: QuestionId) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    let seen = delivery::Entity::update_many()
        .col_expr(delivery::Column::SeenAt, Expr::value(app.clock.now()))
        .filter(delivery::Column::QuestionId.eq(id))
        .filter(delivery::Column::InvitationId.eq(who.invitation))
        .filter(delivery::Column::SeenAt.is_null())
        .exec(&tx)
        .await?;
    if seen.rows_affected > 0 {
        let details = json!({ "answers": seen.rows_affected });
        audit::record(&tx, &app.clock, entry(who, "delivery.seen", id, details)).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn entry(who: &PartnerSession, action: &'static str, id: QuestionId, details: serde_json::Value) -> audit::Entry {
    audit::Entry {
        event: Some(who.event),
        actor: who.actor(),
        action,
        subject: ("question", Some(id.uuid())),
        details,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(ordinal: i32, state: QuestionState) -> Place {
        Place {
            id: QuestionId::new(),
            state,
            ordinal: Some(ordinal),
        }
    }

    #[test]
    fn a_withdrawn_question_frees_its_place_and_a_declined_one_does_not() {
        use QuestionState::{Declined, Received, Withdrawn};
        assert_eq!(free_ordinal(&[], 2), Some(1));
        assert_eq!(free_ordinal(&[held(1, Withdrawn), held(2, Received)], 2), Some(1));
        assert_eq!(free_ordinal(&[held(1, Declined), held(2, Received)], 2), None);
    }
}
