//! A question that staff enter for somebody who cannot: by telephone, by messenger, on paper.

use crate::{
    Error, Result, TEXTS,
    partner::{WORDING_VERSION, wording},
    question_row::{Written, received},
};
use db::{
    audit,
    entity::{consent, event, question},
    number,
    people::in_lang,
    prelude::*,
};
use domain::{
    ConsentId, EventId, InvitationId, Lang, QuestionId, ServiceId, StaffId,
    state::{
        people::ConsentPurpose,
        question::{Naming, Prefers, QuestionState},
    },
    text::QuestionText,
};
use sea_orm::sea_query::OnConflict;
use web::{App, Words};

/// A question in values that are parsed already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnBehalf {
    /// Made when the form was shown: the same form sent twice is one question.
    pub id: QuestionId,
    pub invitation: InvitationId,
    pub body: QuestionText,
    pub service: ServiceId,
    pub lang: Lang,
    pub prefers: Prefers,
    pub naming: Naming,
    /// The partner agreed to what a question needs, and staff heard them say so.
    pub agreed: bool,
}

/// Enters the question, also after the deadline: the partner asked in time, and staff vouch for it. The limit of
/// questions holds all the same. Roll the transaction back when this fails.
///
/// # Errors
/// Refused without the needed consent and beyond the limit.
pub async fn on_behalf(
    tx: &impl ConnectionTrait,
    app: &App,
    staff: StaffId,
    event: EventId,
    new: OnBehalf,
) -> Result<QuestionId> {
    super::invitation::of_event(tx, event, new.invitation).await?;
    let event = event::Entity::find_by_id(event).one(tx).await?.ok_or(Error::NotFound)?;
    if let Some(there) = question::Entity::find_by_id(new.id).one(tx).await? {
        let same = there.invitation_id == new.invitation && there.entered_by == Some(staff);
        return if same { Ok(there.id) } else { Err(Error::NotFound) };
    }
    // The counter comes first, as when a partner sends: two who lock in different orders end in a deadlock.
    let number = number::take(tx, event.id, 1).await?;
    consented(tx, app, &event, &new).await?;
    if !place(tx, app, staff, &event, number, &new).await? {
        return Err(Error::refused(
            web::Message::new("st-question-limit").arg("n", event.max_questions),
        ));
    }
    let entry = audit::Entry {
        event: Some(event.id),
        actor: audit::Actor::Staff(staff),
        action: "question.entered",
        subject: ("question", Some(new.id.uuid())),
        details: serde_json::json!({ "late": app.clock.now() > event.closes_at }),
    };
    audit::record(tx, &app.clock, entry).await?;
    Ok(new.id)
}

/// Takes the first place that is free among the partner's questions; the unique index decides, not the read.
async fn place(
    tx: &impl ConnectionTrait,
    app: &App,
    staff: StaffId,
    event: &event::Model,
    number: i32,
    new: &OnBehalf,
) -> Result<bool> {
    let now = app.clock.now();
    for ordinal in 1..=event.max_questions {
        let written = Written {
            id: new.id,
            event: event.id,
            invitation: new.invitation,
            service: new.service,
            body: new.body.as_str().to_owned(),
            lang: new.lang,
            prefers: new.prefers,
            naming: new.naming,
        };
        let row = question::ActiveModel {
            number: Set(Some(number)),
            entered_by: Set(Some(staff)),
            ..received(written, ordinal, now)
        };
        let inserted = question::Entity::insert(row)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
        if inserted > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The needed consent stands already, or it is given now.
async fn consented(tx: &impl ConnectionTrait, app: &App, event: &event::Model, new: &OnBehalf) -> Result<()> {
    let latest = consent::Entity::find()
        .filter(consent::Column::InvitationId.eq(new.invitation))
        .filter(consent::Column::Purpose.eq(ConsentPurpose::Required))
        .order_by_desc(consent::Column::At)
        .one(tx)
        .await?;
    if latest.is_some_and(|row| row.given && row.wording_version == WORDING_VERSION) {
        return Ok(());
    }
    if !new.agreed {
        return Err(Error::refused("st-question-consent"));
    }
    let host = in_lang(new.lang, &event.host_name, &event.host_name_en);
    let text = wording(&Words::new(new.lang, &TEXTS), ConsentPurpose::Required, &host).text();
    let row = consent::ActiveModel {
        id: Set(ConsentId::new()),
        invitation_id: Set(new.invitation),
        purpose: Set(ConsentPurpose::Required),
        wording: Set(text),
        wording_version: Set(WORDING_VERSION.to_owned()),
        given: Set(true),
        at: Set(app.clock.now()),
    };
    consent::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The questions that somebody has sent.
///
/// # Errors
/// When the database refuses.
pub async fn of_invitation(conn: &impl ConnectionTrait, id: InvitationId) -> Result<Vec<question::Model>> {
    let query = question::Entity::find().filter(question::Column::InvitationId.eq(id));
    // What is still being written is the partner's own.
    let query = query.filter(question::Column::State.ne(QuestionState::Draft));
    Ok(query.order_by_asc(question::Column::Number).all(conn).await?)
}
