//! Whoever was asked and has not answered is asked again, twice at most, in working hours.

use super::{
    Status, contacts,
    letter::{self, Ask},
    sheet,
};
use crate::{Error, article::Draft, repo};
use chrono::Days;
use db::{
    entity::{approval, approver, article},
    prelude::*,
};
use domain::{ArticleId, state::article::ArticleState};
use mail::Hours;
use sea_orm::sea_query::Query;

/// Working days between two mails.
const DAYS: u32 = 3;
/// Reminders after the first mail.
const MOST: i32 = 2;

/// Reminds whoever is due now; gives how many mails that are.
///
/// # Errors
/// The first refusal, after all were tried.
pub async fn remind(app: &web::App) -> Result<usize, Error> {
    let now = app.clock.now();
    // Three working days are never fewer than three days.
    let before = now.checked_sub_days(Days::new(DAYS.into())).unwrap_or(now);
    let waits = Query::select()
        .column(approval::Column::ApproverId)
        .from(approval::Entity)
        // In literal words, for the index's sake.
        .and_where(Expr::cust("state = 'asked'"))
        .and_where(approval::Column::AskedAt.lte(now))
        .to_owned();
    let open = Query::select()
        .column(article::Column::Id)
        .from(article::Entity)
        .and_where(article::Column::State.is_in([ArticleState::Draft, ArticleState::Scheduled]))
        .to_owned();
    let due: Vec<ArticleId> = approver::Entity::find()
        .select_only()
        .column(approver::Column::ArticleId)
        .distinct()
        .filter(approver::Column::AskedAt.lte(before))
        .filter(approver::Column::Reminders.lt(MOST))
        .filter(approver::Column::Id.in_subquery(waits))
        .filter(approver::Column::ArticleId.in_subquery(open))
        .into_tuple()
        .all(app.db.reader())
        .await?;
    let (mut mails, mut refused) = (0, None);
    for id in due {
        match of(app, id).await {
            Ok(n) => mails += n,
            Err(error) => {
                refused.get_or_insert(error);
            }
        }
    }
    if mails > 0 {
        app.wake.notify();
    }
    refused.map_or(Ok(mails), Err)
}

async fn of(app: &web::App, id: ArticleId) -> Result<usize, Error> {
    let now = app.clock.now();
    let tx = app.db.begin_write().await?;
    let row = repo::article(&tx, id).await?;
    if !matches!(row.state, ArticleState::Draft | ArticleState::Scheduled) {
        return Ok(0);
    }
    let event = repo::event(&tx, row.event_id).await?;
    let hours = Hours {
        zone: event.time_zone.clone(),
        from: 9,
        to: 18,
        every_day: false,
    };
    let holidays = &app.settings.events.holidays;
    let draft = Draft::of(&row, repo::blocks(&tx, id).await?);
    let (_, _, sheet) = sheet(&tx, &row, draft).await?;
    let contacts = contacts(&tx, sheet.people.iter().map(|(who, _, _)| *who)).await?;
    let mut mails = 0;
    for (who, known, items) in &sheet.people {
        let asked: Vec<_> = items.iter().filter(|i| i.status == Status::Asked).collect();
        let Some((known, asked_at)) = known.as_ref().and_then(|a| Some((a, a.asked_at?))) else {
            continue;
        };
        let due = hours.opening(holidays.after(hours.day(asked_at), DAYS));
        if asked.is_empty() || known.reminders >= MOST || now < due {
            continue;
        }
        let n = known.reminders + 1;
        let step = approver::Entity::update_many()
            .col_expr(approver::Column::AskedAt, Expr::value(Some(now)))
            .col_expr(approver::Column::Reminders, Expr::value(n))
            .filter(approver::Column::Id.eq(known.id))
            .filter(approver::Column::Reminders.eq(known.reminders))
            .filter(approver::Column::AskedAt.eq(asked_at))
            .exec(&tx)
            .await?;
        let to = contacts.get(who).and_then(|c| Some((c, c.email.as_ref()?)));
        let Some((contact, email)) = to.filter(|_| step.rows_affected == 1) else {
            continue;
        };
        let shown: Vec<letter::Shown<'_>> = asked
            .iter()
            .map(|i| (i.words.line.as_str(), i.words.pieces.clone()))
            .collect();
        let dedup = format!("approval-again:{}:{}", known.id, asked_at.timestamp_micros());
        let mail = letter::asks(
            (&event, &row),
            contact,
            email,
            known.id,
            &shown,
            (Ask::Again(n), now, dedup),
        );
        let put = mail::outbox::put_within(&tx, &app.clock, &app.settings, mail, &hours).await?;
        mails += usize::from(put.is_some());
    }
    tx.commit().await?;
    Ok(mails)
}
