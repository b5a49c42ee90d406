//! What came in, taken out of the database again.

use crate::{
    Error,
    read::{Attachment, Envelope, mask_source},
};
use db::{
    entity::{attachment, incoming_mail},
    prelude::*,
};
use domain::{AnswerId, AttachmentId, IncomingId};

/// A mail as it came in, with its envelope.
#[derive(Clone, Debug)]
pub struct Incoming {
    pub row: incoming_mail::Model,
    pub envelope: Envelope,
}

/// The raw mail for the reader; for people there is [`shown_raw`].
///
/// # Errors
/// When the database refuses.
pub async fn incoming_raw(conn: &impl ConnectionTrait, id: IncomingId) -> Result<Option<Incoming>, Error> {
    let row = incoming_mail::Entity::find_by_id(id).one(conn).await?;
    Ok(row.map(|row| {
        let envelope = Envelope {
            from: Some(row.envelope_from.clone()),
            to: row.envelope_to.split_whitespace().map(str::to_owned).collect(),
        };
        Incoming { row, envelope }
    }))
}

/// The raw mail for people: tokens masked, everything else as it came, octets that are no UTF-8 replaced.
pub fn shown_raw(row: &incoming_mail::Model) -> String {
    String::from_utf8_lossy(&mask_source(&row.raw)).into_owned()
}

/// Stores the attachments of a mail, in the transaction that reads it.
///
/// # Errors
/// When the database refuses.
pub async fn put_attachments(
    tx: &impl ConnectionTrait,
    incoming: IncomingId,
    answer: Option<AnswerId>,
    attachments: &[Attachment],
) -> Result<(), Error> {
    for file in attachments {
        let row = attachment::ActiveModel {
            id: Set(AttachmentId::new()),
            incoming_id: Set(incoming),
            answer_id: Set(answer),
            name: Set(file.name.clone()),
            media_type: Set(file.media_type.clone()),
            size: Set(i64::try_from(file.size).unwrap_or(i64::MAX)),
            sha256: Set(file.sha256.clone()),
            bytes: Set(file.bytes.clone()),
        };
        attachment::Entity::insert(row).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Gives the attachments of a mail to the answer that was made of it later.
///
/// # Errors
/// When the database refuses.
pub async fn give_attachments(tx: &impl ConnectionTrait, incoming: IncomingId, answer: AnswerId) -> Result<(), Error> {
    attachment::Entity::update_many()
        .col_expr(attachment::Column::AnswerId, Expr::value(answer.uuid()))
        .filter(attachment::Column::IncomingId.eq(incoming))
        .exec(tx)
        .await?;
    Ok(())
}

/// Name, type and size of an answer's attachments; the octets are fetched one by one by [`attachment()`].
#[derive(Clone, Debug, PartialEq, Eq, sea_orm::FromQueryResult)]
pub struct AttachmentLine {
    pub id: AttachmentId,
    pub name: String,
    pub media_type: String,
    pub size: i64,
}

/// # Errors
/// When the database refuses.
pub async fn attachments_of(conn: &impl ConnectionTrait, answer: AnswerId) -> Result<Vec<AttachmentLine>, Error> {
    Ok(
        lines(attachment::Entity::find().filter(attachment::Column::AnswerId.eq(answer)))
            .all(conn)
            .await?,
    )
}

/// # Errors
/// When the database refuses.
pub async fn attachments_of_mail(
    conn: &impl ConnectionTrait,
    incoming: IncomingId,
) -> Result<Vec<AttachmentLine>, Error> {
    Ok(
        lines(attachment::Entity::find().filter(attachment::Column::IncomingId.eq(incoming)))
            .all(conn)
            .await?,
    )
}

/// One attachment with its octets.
///
/// # Errors
/// When the database refuses.
pub async fn attachment(conn: &impl ConnectionTrait, id: AttachmentId) -> Result<Option<attachment::Model>, Error> {
    Ok(attachment::Entity::find_by_id(id).one(conn).await?)
}

fn lines(query: sea_orm::Select<attachment::Entity>) -> sea_orm::Selector<sea_orm::SelectModel<AttachmentLine>> {
    query
        .select_only()
        .column(attachment::Column::Id)
        .column(attachment::Column::Name)
        .column(attachment::Column::MediaType)
        .column(attachment::Column::Size)
        .order_by_asc(attachment::Column::Id)
        .into_model::<AttachmentLine>()
}
