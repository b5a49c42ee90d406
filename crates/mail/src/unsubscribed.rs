//! Partners who want no more invitations and reminders of an event. Answers still reach them: they asked for those.

use crate::Error;
use db::{entity::unsubscribed, prelude::*};
use domain::{
    Clock, InvitationId,
    state::mail::{MailKind, UnsubscribeWay},
};
use sea_orm::sea_query::OnConflict;

/// The kinds of mail that somebody can say no to.
pub const OPTIONAL: [MailKind; 2] = [MailKind::Invitation, MailKind::Reminder];

/// Whether its reader may say no to this kind by one press.
pub fn is_optional(kind: MailKind) -> bool {
    OPTIONAL.contains(&kind) || kind == MailKind::Newsletter
}

/// Notes it; false when it was noted before, or there is no such invitation.
///
/// # Errors
/// When the database refuses.
pub async fn add(tx: &WriteTx, clock: &Clock, invitation: InvitationId, way: UnsubscribeWay) -> Result<bool, Error> {
    use db::entity::invitation;
    if invitation::Entity::find_by_id(invitation).one(tx).await?.is_none() {
        return Ok(false);
    }
    let row = unsubscribed::ActiveModel {
        invitation_id: Set(invitation),
        way: Set(way),
        at: Set(clock.now()),
    };
    let added = unsubscribed::Entity::insert(row)
        .on_conflict(
            OnConflict::column(unsubscribed::Column::InvitationId)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(added > 0)
}

/// They want them again; false when they had not said no.
///
/// # Errors
/// When the database refuses.
pub async fn lift(tx: &WriteTx, invitation: InvitationId) -> Result<bool, Error> {
    let gone = unsubscribed::Entity::delete_by_id(invitation).exec(tx).await?;
    Ok(gone.rows_affected == 1)
}

/// # Errors
/// When the database refuses.
pub async fn find(conn: &impl ConnectionTrait, invitation: InvitationId) -> Result<Option<unsubscribed::Model>, Error> {
    Ok(unsubscribed::Entity::find_by_id(invitation).one(conn).await?)
}

/// Which of these said no.
///
/// # Errors
/// When the database refuses.
pub async fn among(
    conn: &impl ConnectionTrait,
    invitations: impl IntoIterator<Item = InvitationId>,
) -> Result<Vec<InvitationId>, Error> {
    let ids: Vec<InvitationId> = invitations.into_iter().collect();
    if ids.is_empty() {
        return Ok(ids);
    }
    Ok(unsubscribed::Entity::find()
        .select_only()
        .column(unsubscribed::Column::InvitationId)
        .filter(unsubscribed::Column::InvitationId.is_in(ids))
        .into_tuple()
        .all(conn)
        .await?)
}
