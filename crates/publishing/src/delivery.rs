//! An approved answer goes to its asker, and to every asker who was joined to the question.

use crate::Error;
use db::{
    audit,
    entity::{answer, decision, delivery, event, outgoing_mail, question},
    people::{self, Invitee},
    prelude::*,
};
use domain::{
    AnswerId, DeliveryId, EmailAddress, InvitationId, QuestionId,
    state::{
        answer::AnswerState,
        decision::{DecisionKind, DecisionState},
        delivery::DeliveryState,
        mail::MailKind,
        question::QuestionState,
    },
    text::excerpt,
};
use mail::{Initial, Letter, Link, NewMail, Refs};
use sea_orm::sea_query::OnConflict;
use std::collections::{HashMap, HashSet};
use web::Words;

/// Makes one delivery for each asker who has none yet, with its mail where there is an address; says how many were
/// made. Does nothing for an answer that is not approved, or that answers a question asked back. Running it again does
/// its work once, and reaches askers who were joined to the question since.
///
/// # Errors
/// When the database refuses, or the question is not there.
pub async fn deliver(app: &web::App, answer: AnswerId) -> Result<usize, Error> {
    let tx = app.db.begin_write().await?;
    let Some(answer) = answer::Entity::find_by_id(answer).one(&tx).await? else {
        return Ok(0);
    };
    let (AnswerState::Approved, Some(question)) = (answer.state, answer.question_id) else {
        return Ok(0);
    };
    let event = event::Entity::find_by_id(answer.event_id)
        .one(&tx)
        .await?
        .ok_or(Error::Orphan(answer.id))?;
    let askers = askers(&tx, question).await?;
    if askers.is_empty() {
        return Err(Error::Orphan(answer.id));
    }
    let mut made = Vec::new();
    for asker in &askers {
        let id = DeliveryId::new();
        if insert(&tx, app, id, &answer, asker).await? {
            made.push((id, asker));
        }
    }
    if made.is_empty() {
        return Ok(0);
    }
    let who = recipients(&tx, &made).await?;
    let by = crate::repo::answerer_line(&tx, &answer, &event).await?;
    let duplicates = duplicates(&tx, &made).await?;
    let mut mails = 0;
    for (id, asker) in &made {
        let Some(invitee) = who.get(&asker.invitation_id) else {
            return Err(Error::Orphan(answer.id));
        };
        let state = match &invitee.email {
            Some(email) => {
                let joined = match asker.id {
                    id if id == question => Joined::Not,
                    id if duplicates.contains(&id) => Joined::Answered,
                    _ => Joined::Together,
                };
                let new = letter(&event, &answer, asker, joined, invitee, email, &by, *id);
                put(&tx, app, *id, new).await?;
                mails += 1;
                continue;
            }
            None => DeliveryState::PageOnly,
        };
        delivery::Entity::update_many()
            .col_expr(delivery::Column::State, Expr::value(state))
            .filter(delivery::Column::Id.eq(*id))
            .exec(&tx)
            .await?;
    }
    let entry = audit::Entry {
        event: Some(answer.event_id),
        actor: audit::Actor::System,
        action: "answer.delivered",
        subject: ("answer", Some(answer.id.uuid())),
        details: serde_json::json!({ "deliveries": made.len(), "mails": mails }),
    };
    audit::record(&tx, &app.clock, entry).await?;
    tx.commit().await?;
    app.wake.notify();
    Ok(made.len())
}

/// The question itself first, then those joined to it, also by way of one that was joined itself.
async fn askers(tx: &impl ConnectionTrait, question: QuestionId) -> Result<Vec<question::Model>, Error> {
    let mut found: Vec<question::Model> = question::Entity::find_by_id(question).all(tx).await?;
    let mut next = vec![question];
    while !next.is_empty() {
        let joined = question::Entity::find()
            .filter(question::Column::MergedInto.is_in(next))
            .filter(question::Column::State.eq(QuestionState::Merged))
            .order_by_asc(question::Column::Id)
            .all(tx)
            .await?;
        let joined: Vec<_> = joined
            .into_iter()
            .filter(|j| found.iter().all(|f| f.id != j.id))
            .collect();
        next = joined.iter().map(|q| q.id).collect();
        found.extend(joined);
    }
    Ok(found)
}

/// False when this asker has this answer already.
async fn insert(
    tx: &impl ConnectionTrait,
    app: &web::App,
    id: DeliveryId,
    answer: &answer::Model,
    asker: &question::Model,
) -> Result<bool, Error> {
    let row = delivery::ActiveModel {
        id: Set(id),
        event_id: Set(answer.event_id),
        answer_id: Set(answer.id),
        question_id: Set(asker.id),
        invitation_id: Set(asker.invitation_id),
        state: Set(DeliveryState::Queued),
        outgoing_id: Set(None),
        proof: Set(None),
        created_at: Set(app.clock.now()),
        accepted_at: Set(None),
        seen_at: Set(None),
    };
    let once = OnConflict::columns([delivery::Column::AnswerId, delivery::Column::QuestionId])
        .do_nothing()
        .to_owned();
    Ok(delivery::Entity::insert(row)
        .on_conflict(once)
        .exec_without_returning(tx)
        .await?
        > 0)
}

async fn recipients(
    tx: &impl ConnectionTrait,
    made: &[(DeliveryId, &question::Model)],
) -> Result<HashMap<InvitationId, Invitee>, Error> {
    let ids = made.iter().map(|(_, q)| q.invitation_id);
    Ok(people::invitees(tx, ids, domain::Lang::Ko).await?)
}

async fn put(tx: &impl ConnectionTrait, app: &web::App, id: DeliveryId, new: NewMail) -> Result<(), Error> {
    let dedup = new.dedup.clone();
    let outgoing = match mail::outbox::put(tx, &app.clock, &app.settings, new).await? {
        Some(outgoing) => Some(outgoing),
        // Cannot be unless a delivery's row was removed by hand: its mail went then, and is linked again.
        None => outgoing_mail::Entity::find()
            .filter(outgoing_mail::Column::Dedup.eq(dedup))
            .one(tx)
            .await?
            .map(|row| row.id),
    };
    delivery::Entity::update_many()
        .col_expr(delivery::Column::OutgoingId, Expr::value(outgoing))
        .filter(delivery::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// How their question came to this answer. The words of the one it was joined to are its asker's own and are not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joined {
    Not,
    /// Several were answered as one.
    Together,
    /// It was answered before theirs was joined to it.
    Answered,
}

/// Those of the questions that a release joined to one as *a duplicate of one already answered*.
async fn duplicates(
    tx: &impl ConnectionTrait,
    made: &[(DeliveryId, &question::Model)],
) -> Result<HashSet<QuestionId>, Error> {
    let found = decision::Entity::find()
        .filter(decision::Column::QuestionId.is_in(made.iter().map(|(_, q)| q.id)))
        .filter(decision::Column::State.eq(DecisionState::Released))
        .filter(decision::Column::Kind.eq(DecisionKind::Duplicate))
        .all(tx)
        .await?;
    // One that a correction took back is dropped, so it says nothing here.
    Ok(found.into_iter().map(|d| d.question_id).collect())
}

/// The mail in the asker's language.
#[expect(
    clippy::too_many_arguments,
    reason = "a mail tells of many things, and each has one caller"
)]
fn letter(
    event: &event::Model,
    answer: &answer::Model,
    asker: &question::Model,
    joined: Joined,
    invitee: &Invitee,
    email: &EmailAddress,
    by: &crate::repo::ByLine,
    id: DeliveryId,
) -> NewMail {
    let w = Words::new(invitee.lang, &crate::TEXTS);
    let title = people::in_lang(invitee.lang, &event.title, &event.title_en);
    let name = invitee.person.name();
    let mut letter = Letter::new(w.t2(
        "mail-delivery-subject",
        "event",
        &title,
        "excerpt",
        excerpt(&asker.body, 30),
    ))
    .text(w.t2("mail-delivery-hello", "name", &name, "event", &title));
    match joined {
        Joined::Not => {}
        Joined::Together => letter = letter.text(w.t("mail-delivery-joined")),
        Joined::Answered => letter = letter.text(w.t("mail-delivery-duplicate")),
    }
    let link = Link::Personal {
        invitation: asker.invitation_id,
        path: format!("/my/questions/{}", asker.id),
    };
    letter = letter
        .text(w.t("mail-delivery-asked"))
        .quote(asker.body.clone(), None)
        .text(w.t("mail-delivery-answered"))
        .quote(answer.body.clone(), Some(by.in_lang(invitee.lang)))
        .action(w.t("mail-delivery-action"), link)
        .note(w.t("mail-delivery-note"));
    NewMail {
        kind: MailKind::Delivery,
        to_name: name,
        to_email: email.clone(),
        lang: invitee.lang,
        letter,
        state: Initial::Queued,
        dedup: format!("delivery:{}:{}", answer.id, asker.id),
        reply: None,
        refs: Refs {
            event: Some(event.id),
            invitation: Some(asker.invitation_id),
            question: Some(asker.id),
            assignment: None,
            delivery: Some(id),
        },
    }
}
