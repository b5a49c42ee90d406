//! A newsletter goes out.

use super::{
    Draft, Issue,
    letter::{letter, of as written},
};
use crate::{Error, magazine};
use chrono::{DateTime, Utc};
use db::{
    audit::{self, Actor},
    entity::{newsletter, newsletter_mail, staff as accounts},
    people,
    prelude::*,
};
use domain::{
    InvitationId, IssueId, Lang, NewsletterId, StaffId,
    job::Job,
    state::{Transitions, mail::MailKind, newsletter::NewsletterState},
};
use mail::{Initial, NewMail, Refs};
use web::App;

/// Mails of one transaction.
const PORTION: u64 = 200;

/// Begins it now, or at a moment that is still to come.
///
/// # Errors
/// [`Error::Empty`] when readers do not see the issue, [`Error::Over`] when the moment is over; stale when it is on its
/// way already.
pub async fn send(app: &App, staff: StaffId, issue: IssueId, at: Option<DateTime<Utc>>) -> Result<(), Error> {
    let now = app.clock.now();
    if at.is_some_and(|at| at <= now) {
        return Err(Error::Over);
    }
    let tx = app.db.begin_write().await?;
    let row = super::of(&tx, issue).await?.ok_or(Error::NotFound)?;
    if !magazine::is_shown(&magazine::issue(&tx, issue).await?) {
        return Err(Error::Empty);
    }
    let (to, action) = match at {
        Some(_) => (NewsletterState::Scheduled, "newsletter.scheduled"),
        None => (NewsletterState::Sending, "newsletter.begun"),
    };
    step(&tx, app, row.id, &[NewsletterState::Draft], to, at).await?;
    if to == NewsletterState::Sending {
        jobs::enqueue(&tx, &app.clock, &Job::FillNewsletter { newsletter: row.id }, now).await?;
    }
    let details = serde_json::json!({ "issue": issue, "at": at });
    note(&tx, app, staff.into(), row.id, action, details).await?;
    tx.commit().await?;
    app.wake.notify();
    Ok(())
}

/// A draft again, before its moment.
///
/// # Errors
/// Stale when it waits for none.
pub async fn unschedule(app: &App, staff: StaffId, issue: IssueId) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    let row = super::of(&tx, issue).await?.ok_or(Error::NotFound)?;
    step(
        &tx,
        app,
        row.id,
        &[NewsletterState::Scheduled],
        NewsletterState::Draft,
        None,
    )
    .await?;
    note(
        &tx,
        app,
        staff.into(),
        row.id,
        "newsletter.unscheduled",
        serde_json::json!({}),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// What has not gone goes no more: the sender drops it.
///
/// # Errors
/// Stale when it is not on its way.
pub async fn stop(app: &App, staff: StaffId, issue: IssueId) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    let row = super::of(&tx, issue).await?.ok_or(Error::NotFound)?;
    halt(&tx, app, staff.into(), row.id).await?;
    tx.commit().await?;
    Ok(())
}

async fn halt(tx: &WriteTx, app: &App, actor: Actor, id: NewsletterId) -> Result<(), Error> {
    let from = NewsletterState::sources(NewsletterState::Stopped);
    step(tx, app, id, &from, NewsletterState::Stopped, None).await?;
    note(tx, app, actor, id, "newsletter.stopped", serde_json::json!({})).await
}

async fn step(
    tx: &WriteTx,
    app: &App,
    id: NewsletterId,
    from: &[NewsletterState],
    to: NewsletterState,
    at: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    use newsletter::Column;
    let mut update = newsletter::Entity::update_many()
        .col_expr(Column::State, Expr::value(to))
        .col_expr(Column::UpdatedAt, Expr::value(app.clock.now()))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::State.is_in(from.iter().copied()));
    if matches!(to, NewsletterState::Draft | NewsletterState::Scheduled) {
        update = update.col_expr(Column::SendAt, Expr::value(at));
    }
    Ok(one_row(&update.exec(tx).await?, "newsletter")?)
}

async fn note(
    tx: &WriteTx,
    app: &App,
    actor: Actor,
    id: NewsletterId,
    action: &'static str,
    details: serde_json::Value,
) -> Result<(), Error> {
    let entry = audit::Entry {
        event: None,
        actor,
        action,
        subject: ("newsletter", Some(id.uuid())),
        details,
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}

/// Begins those whose moment has come; gives how many. Call it while the clock is believed.
///
/// # Errors
/// When the database refuses; what is due stays due.
pub async fn begin_due(app: &App) -> Result<usize, Error> {
    let now = app.clock.now();
    let due: Vec<NewsletterId> = newsletter::Entity::find()
        .select_only()
        .column(newsletter::Column::Id)
        // In literal words, for the index's sake.
        .filter(Expr::cust("state = 'scheduled'"))
        .filter(newsletter::Column::SendAt.lte(now))
        .into_tuple()
        .all(app.db.reader())
        .await?;
    let mut begun = 0;
    for id in due {
        let tx = app.db.begin_write().await?;
        match step(
            &tx,
            app,
            id,
            &[NewsletterState::Scheduled],
            NewsletterState::Sending,
            None,
        )
        .await
        {
            Ok(()) => {}
            // Another node was first, or it was taken back.
            Err(error) if error.is_stale() => continue,
            Err(error) => return Err(error),
        }
        jobs::enqueue(&tx, &app.clock, &Job::FillNewsletter { newsletter: id }, now).await?;
        note(&tx, app, Actor::System, id, "newsletter.begun", serde_json::json!({})).await?;
        tx.commit().await?;
        app.wake.notify();
        begun += 1;
    }
    Ok(begun)
}

/// Puts its mails into the outbox, portion by portion, until everybody has theirs. Run twice it does the rest, or nothing.
///
/// # Errors
/// When the database refuses; what was committed before stands, and running it again goes on.
pub async fn fill(app: &App, id: NewsletterId) -> Result<(), Error> {
    loop {
        let tx = app.db.begin_write().await?;
        let row = newsletter::Entity::find_by_id(id)
            .one(&tx)
            .await?
            .ok_or(Error::NotFound)?;
        if row.state != NewsletterState::Sending {
            return Ok(());
        }
        let issue = magazine::issue(&tx, row.issue_id).await?;
        let issue = Issue::read(&tx, issue, app.clock.now()).await?;
        if !issue.is_shown() {
            halt(&tx, app, Actor::System, id).await?;
            tx.commit().await?;
            return Ok(());
        }
        let readers = mail::newsletter::readers(&tx, row.reached, Some(PORTION)).await?;
        let Some((last, _)) = readers.last() else {
            step(&tx, app, id, &[NewsletterState::Sending], NewsletterState::Sent, None).await?;
            let details = serde_json::json!({ "mails": row.mails });
            note(&tx, app, Actor::System, id, "newsletter.sent", details).await?;
            tx.commit().await?;
            return Ok(());
        };
        // First: whoever fills the same one at this moment waits here, and then finds it further.
        let mut moved = newsletter::Entity::update_many()
            .col_expr(newsletter::Column::Reached, Expr::value(*last))
            .filter(newsletter::Column::Id.eq(id))
            .filter(newsletter::Column::State.eq(NewsletterState::Sending));
        moved = match row.reached {
            Some(reached) => moved.filter(newsletter::Column::Reached.eq(reached)),
            None => moved.filter(newsletter::Column::Reached.is_null()),
        };
        if moved.exec(&tx).await?.rows_affected == 0 {
            continue;
        }
        let ids: Vec<InvitationId> = readers.iter().map(|(_, invitation)| *invitation).collect();
        let mut mails = 0;
        for invitee in people::invitees(&tx, ids, Lang::Ko).await?.into_values() {
            mails += i32::from(put(&tx, app, &row, &issue, invitee).await?);
        }
        newsletter::Entity::update_many()
            .col_expr(
                newsletter::Column::Mails,
                Expr::col(newsletter::Column::Mails).add(mails),
            )
            .filter(newsletter::Column::Id.eq(id))
            .exec(&tx)
            .await?;
        tx.commit().await?;
        app.wake.notify();
    }
}

async fn put(
    tx: &WriteTx,
    app: &App,
    row: &newsletter::Model,
    issue: &Issue,
    invitee: people::Invitee,
) -> Result<bool, Error> {
    let Some(to_email) = invitee.email else {
        return Ok(false);
    };
    let mail = NewMail {
        kind: MailKind::Newsletter,
        to_name: invitee.person.name(),
        to_email,
        lang: invitee.lang,
        letter: written(issue, row, invitee.lang),
        state: Initial::Queued,
        dedup: format!("newsletter:{}:{}", row.id, invitee.partner),
        reply: None,
        refs: Refs {
            invitation: Some(invitee.invitation),
            ..Refs::default()
        },
    };
    let hours = mail::newsletter::hours();
    let Some(outgoing) = mail::outbox::put_within(tx, &app.clock, &app.settings, mail, &hours).await? else {
        return Ok(false);
    };
    let link = newsletter_mail::ActiveModel {
        outgoing_id: Set(outgoing),
        newsletter_id: Set(row.id),
    };
    newsletter_mail::Entity::insert(link).exec_without_returning(tx).await?;
    Ok(true)
}

/// To its editor alone, in both languages where both are written; gives how many mails that are.
///
/// # Errors
/// When the database refuses.
pub async fn test(app: &App, staff: StaffId, issue: IssueId, draft: &Draft) -> Result<usize, Error> {
    let tx = app.db.begin_write().await?;
    let account = accounts::Entity::find_by_id(staff)
        .one(&tx)
        .await?
        .ok_or(Error::NotFound)?;
    let issue = magazine::issue(&tx, issue).await?;
    let issue = Issue::read(&tx, issue, app.clock.now()).await?;
    let both = !(draft.subject_en.is_empty() && draft.words_en.is_empty());
    let mut mails = 0;
    for lang in Lang::ALL.iter().filter(|lang| both || **lang == Lang::Ko) {
        let mail = NewMail {
            kind: MailKind::Newsletter,
            to_name: account.name.clone(),
            to_email: account.email.clone(),
            lang: *lang,
            letter: letter(&issue, draft, *lang),
            state: Initial::Queued,
            dedup: format!("newsletter-test:{staff}:{lang}:{}", app.clock.now().timestamp()),
            reply: None,
            refs: Refs::default(),
        };
        mails += usize::from(mail::outbox::put(&tx, &app.clock, &app.settings, mail).await?.is_some());
    }
    tx.commit().await?;
    app.wake.notify();
    Ok(mails)
}
