//! Thanks after the event: one mail to everybody who came, with their own answers. Drafts first, so that staff read them.

use crate::{Result, TEXTS, partner::repo as own};
use db::{
    audit::{self, Actor},
    entity::{event, invitation, outgoing_mail, partner, rsvp},
    people::in_lang,
    prelude::*,
};
use domain::{
    EventId, InvitationId, OutgoingId,
    state::mail::{MailKind, OutgoingState},
};
use mail::{Initial, Letter, Link, NewMail, Refs, outbox};
use sea_orm::{QueryTrait, Select};
use web::{App, Words, auth::PartnerSession};

/// Mails that one transaction puts.
const BATCH: u64 = 100;

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Who came, has an address, and has no mail of it yet.
    pub left: u64,
    pub drafts: u64,
    /// Queued, sent, or dropped by staff.
    pub done: u64,
}

/// # Errors
/// When the database refuses.
pub async fn progress(conn: &impl ConnectionTrait, event: EventId) -> Result<Progress> {
    let drafts = drafts(event).count(conn).await?;
    let all = outgoing_mail::Entity::find()
        .filter(outgoing_mail::Column::EventId.eq(event))
        .filter(outgoing_mail::Column::Kind.eq(MailKind::Thanks))
        .count(conn)
        .await?;
    Ok(Progress {
        left: waiting(event).count(conn).await?,
        drafts,
        done: all - drafts,
    })
}

fn drafts(event: EventId) -> Select<outgoing_mail::Entity> {
    outgoing_mail::Entity::find()
        .filter(outgoing_mail::Column::EventId.eq(event))
        .filter(outgoing_mail::Column::Kind.eq(MailKind::Thanks))
        .filter(outgoing_mail::Column::State.eq(OutgoingState::Draft))
}

fn waiting(event: EventId) -> Select<invitation::Entity> {
    let came = rsvp::Entity::find()
        .select_only()
        .column(rsvp::Column::InvitationId)
        .filter(rsvp::Column::Came.eq(true))
        .into_query();
    invitation::Entity::find()
        .inner_join(partner::Entity)
        .filter(invitation::Column::EventId.eq(event))
        .filter(partner::Column::Email.is_not_null())
        .filter(invitation::Column::Id.in_subquery(came))
        .filter(Expr::cust(
            "NOT EXISTS (SELECT 1 FROM outgoing_mail m WHERE m.invitation_id = invitation.id AND m.kind = 'thanks')",
        ))
        .order_by_asc(invitation::Column::Id)
}

/// The mail that the next one of them would get; `None` when everybody has one.
///
/// # Errors
/// When the database refuses.
pub async fn next(conn: &impl ConnectionTrait, event: EventId) -> Result<Option<NewMail>> {
    let Some(row) = waiting(event).one(conn).await? else {
        return Ok(None);
    };
    one(conn, row.id).await
}

/// What they asked and what they were answered stands in it as they have it already.
async fn one(conn: &impl ConnectionTrait, id: InvitationId) -> Result<Option<NewMail>> {
    let row = invitation::Entity::find_by_id(id)
        .find_also_related(event::Entity)
        .find_also_related(partner::Entity)
        .one(conn)
        .await?;
    let Some((_, Some(event), Some(partner))) = row else {
        return Ok(None);
    };
    let Some(email) = partner.email.clone() else {
        return Ok(None);
    };
    let who = PartnerSession {
        invitation: id,
        event: event.id,
        partner: partner.id,
    };
    let words = Words::new(partner.lang, &TEXTS);
    let title = in_lang(partner.lang, &event.title, &event.title_en);
    let name = partner.pen_name.as_deref().unwrap_or(&partner.name).to_owned();
    let answered = answered(conn, &who).await?;
    let mut letter = Letter::new(words.t1("door-thanks-subject", "event", &title)).text(words.t2(
        "door-thanks-text",
        "name",
        &name,
        "event",
        &title,
    ));
    if !answered.is_empty() {
        letter = letter.text(words.t("door-thanks-answers"));
    }
    for (question, answers) in answered {
        letter = letter.quote(question, None);
        for answer in answers {
            letter = letter.text(answer);
        }
    }
    let letter = letter.action(
        words.t("door-thanks-action"),
        Link::Personal {
            invitation: id,
            path: "/my".to_owned(),
        },
    );
    Ok(Some(NewMail {
        kind: MailKind::Thanks,
        to_name: name,
        to_email: email,
        lang: partner.lang,
        letter,
        state: Initial::Draft,
        dedup: format!("thanks:{id}"),
        reply: None,
        refs: Refs {
            event: Some(event.id),
            invitation: Some(id),
            ..Refs::default()
        },
    }))
}

/// Their questions with the answers that were delivered to them, oldest first.
async fn answered(conn: &impl ConnectionTrait, who: &PartnerSession) -> Result<Vec<(String, Vec<String>)>> {
    let deliveries = own::deliveries(conn, who, None).await?;
    let mut questions = own::questions(conn, who).await?;
    questions.sort_by_key(|q| q.id);
    Ok(questions
        .into_iter()
        .filter_map(|q| {
            let answers: Vec<String> = deliveries
                .iter()
                .filter(|(d, _)| d.question_id == q.id)
                .map(|(_, a)| a.body.clone())
                .collect();
            (!answers.is_empty()).then_some((q.body, answers))
        })
        .collect())
}

/// Puts a draft for everybody who has none; gives how many. Pressed twice at once, there is one for each.
///
/// # Errors
/// When the database refuses; what was committed before stands, and pressing again goes on.
pub async fn draft_all(app: &App, actor: Actor, event: EventId) -> Result<usize> {
    let mut put = 0;
    loop {
        let tx = app.db.begin_write().await?;
        let rows = waiting(event).limit(BATCH).all(&tx).await?;
        let mut here = 0;
        for row in &rows {
            if let Some(mail) = one(&tx, row.id).await? {
                here += usize::from(outbox::put(&tx, &app.clock, &app.settings, mail).await?.is_some());
            }
        }
        if here == 0 {
            tx.rollback().await?;
            return Ok(put);
        }
        note(&tx, app, actor, event, "thanks.drafted", here).await?;
        tx.commit().await?;
        put += here;
    }
}

/// Queues every draft that is still one; gives how many.
///
/// # Errors
/// When the database refuses.
pub async fn queue_all(app: &App, actor: Actor, event: EventId) -> Result<usize> {
    let ids: Vec<OutgoingId> = drafts(event)
        .select_only()
        .column(outgoing_mail::Column::Id)
        .order_by_asc(outgoing_mail::Column::Id)
        .into_tuple()
        .all(app.db.reader())
        .await?;
    let mut queued = 0;
    for some in ids.chunks(100) {
        let tx = app.db.begin_write().await?;
        let mut here = 0;
        for id in some {
            match outbox::queue(&tx, &app.clock, *id).await {
                Ok(()) => here += 1,
                // Staff dropped or queued it meanwhile.
                Err(mail::Error::Db(db::Error::Stale { .. })) => {}
                Err(other) => return Err(other.into()),
            }
        }
        note(&tx, app, actor, event, "thanks.queued", here).await?;
        tx.commit().await?;
        app.wake.notify();
        queued += here;
    }
    Ok(queued)
}

async fn note(
    tx: &impl ConnectionTrait,
    app: &App,
    actor: Actor,
    event: EventId,
    action: &'static str,
    mails: usize,
) -> Result<()> {
    let entry = audit::Entry {
        event: Some(event),
        actor,
        action,
        subject: ("event", Some(event.uuid())),
        details: serde_json::json!({ "mails": mails }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}
