//! What the stage operator does, callable without a page.

mod act;
mod asides;
mod from_hall;
mod not_reached;
mod note;
mod played;
mod shown;
mod state;
mod undo;

pub use act::{Deed, act, back, next, show, show_reverse};
pub use asides::{add_aside, drop_aside};
pub use not_reached::not_reached;
pub use note::{About, Note, Noted, note, note_answer};
pub use shown::Shown;
pub use state::{Seen, commit, elapsed};

pub(in crate::stage) use note::{Fate, fate};
pub(in crate::stage) use played::hold_run;
pub(crate) use state::{Cue, Stood};
pub(crate) use undo::{shown_before, undoable};

use crate::{Error, Result};
use db::{entity::question, prelude::*};
use domain::{QuestionId, state::question::QuestionState};

/// The live question, kept as it is until the transaction ends (see `triage::service::decide`).
async fn hold(tx: &WriteTx, id: QuestionId) -> Result<question::Model> {
    let result = question::Entity::update_many()
        .col_expr(question::Column::Version, Expr::col(question::Column::Version))
        .filter(question::Column::Id.eq(id))
        .filter(question::Column::State.eq(QuestionState::Live))
        .exec(tx)
        .await?;
    one_row(&result, "question")?;
    question::Entity::find_by_id(id).one(tx).await?.ok_or(Error::NotFound)
}
