//! Open for questions now.

use super::{Cast, Scene, event::Times, quiet, slug};
use crate::{
    Error,
    content::{Event, People},
};
use db::{entity::outgoing_mail, prelude::*};
use domain::state::mail::MailKind;
use web::App;

/// So many invitations really arrive in the demo's mailbox.
const REAL: u64 = 6;

pub(crate) async fn load(app: &App, cast: &Cast, people: &People, content: &Event) -> Result<(), Error> {
    let times = Times::around(app.clock.now(), -10, 20, 35)?;
    let scene = Scene::set(app, cast, people, (slug::OPEN, content), times).await?;
    scene.ask(app, cast, &content.question).await?;
    let keep = outgoing_mail::Entity::find()
        .select_only()
        .column(outgoing_mail::Column::Id)
        .filter(outgoing_mail::Column::EventId.eq(scene.event))
        .filter(outgoing_mail::Column::Kind.eq(MailKind::Invitation))
        .order_by_asc(outgoing_mail::Column::Id)
        .limit(REAL)
        .into_tuple()
        .all(app.db.reader())
        .await?;
    quiet::hush(app, scene.event, &keep).await
}
