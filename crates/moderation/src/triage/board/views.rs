//! Kept views: filters under a name, one's own or everybody's.

use crate::Result;
use db::{
    audit::{self, Actor},
    entity::board_view,
    prelude::*,
};
use domain::{EventId, StaffId, ViewId, text};
use sea_orm::sea_query::OnConflict;
use serde_json::json;
use web::App;

/// Most characters of a view's name.
const CHARS: usize = 40;

/// What `staff` sees: their own and those that are shared.
pub(crate) async fn of(
    conn: &impl ConnectionTrait,
    event: EventId,
    staff: StaffId,
) -> Result<Vec<board_view::Model>, db::Error> {
    let find = board_view::Entity::find()
        .filter(board_view::Column::EventId.eq(event))
        .filter(
            board_view::Column::StaffId
                .eq(staff)
                .or(board_view::Column::Shared.eq(true)),
        );
    Ok(find.order_by_asc(board_view::Column::Name).all(conn).await?)
}

/// Keeps the filters under a name; the same name once more is the same view with other filters.
///
/// # Errors
/// When the name is empty or too long, or the database refuses.
pub(crate) async fn keep(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    event: EventId,
    name: &str,
    query: &str,
    shared: bool,
) -> Result<()> {
    let name = text::line(name, CHARS)?;
    if name.is_empty() {
        return Err(text::TextError::Empty.into());
    }
    let row = board_view::ActiveModel {
        id: Set(ViewId::new()),
        event_id: Set(event),
        staff_id: Set(staff),
        name: Set(name.clone()),
        query: Set(query.to_owned()),
        shared: Set(shared),
        created_at: Set(app.clock.now()),
    };
    let same = [
        board_view::Column::EventId,
        board_view::Column::StaffId,
        board_view::Column::Name,
    ];
    let again = OnConflict::columns(same)
        .update_columns([board_view::Column::Query, board_view::Column::Shared])
        .to_owned();
    board_view::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(tx)
        .await?;
    record(tx, app, staff, event, "view.kept", &name).await
}

/// Forgets a view of one's own; somebody else's is not there.
///
/// # Errors
/// [`crate::Error::NotFound`], or when the database refuses.
pub(crate) async fn forget(tx: &WriteTx, app: &App, staff: StaffId, event: EventId, id: ViewId) -> Result<()> {
    let find = board_view::Entity::find_by_id(id)
        .filter(board_view::Column::EventId.eq(event))
        .filter(board_view::Column::StaffId.eq(staff));
    let view = find.one(tx).await?.ok_or(crate::Error::NotFound)?;
    board_view::Entity::delete_by_id(id).exec(tx).await?;
    record(tx, app, staff, event, "view.forgotten", &view.name).await
}

async fn record(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    event: EventId,
    action: &'static str,
    name: &str,
) -> Result<()> {
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action,
        subject: ("event", Some(event.uuid())),
        details: json!({ "name": name }),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}
