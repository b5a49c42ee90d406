//! The database: entities, connection, transactions that write, paging, audit. SQLite and PostgreSQL.

pub mod audit;
mod batch;
mod connect;
pub mod entity;
mod error;
mod kept;
mod notices;
pub mod number;
pub mod page;
pub mod people;
mod rows;
pub mod sight;
pub mod sql;
mod together;
mod transition;
mod turn;
mod turns;
mod wake;
pub mod words;
mod write;

pub use batch::Batch;
pub use connect::{Db, Engine, private_folder};
pub use error::{Conflict, Error, conflict};
pub use notices::{Notices, notice};
pub use number::question_changed;
pub use together::{Together, padded};
pub use transition::one_row;
pub use turn::{Act, turn};
pub use wake::Wake;
pub use write::WriteTx;

/// What everyday queries need.
pub mod prelude {
    pub use crate::{Db, Error, WriteTx, entity, one_row};
    pub use sea_orm::{
        ActiveModelTrait,
        ActiveValue::{NotSet, Set, Unchanged},
        ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, ModelTrait, PaginatorTrait, QueryFilter,
        QueryOrder, QuerySelect,
        sea_query::Expr,
    };
}
