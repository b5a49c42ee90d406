//! The words in which SQLite and PostgreSQL differ.

use sea_orm_migration::{
    DbErr, SchemaManager,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// Runs the statements of `sql`, separated by `;` at line ends, with `@uuid`, `@time`, `@json`, `@blob`, `@bool`,
/// `@new_uuid` (a random one) and `@generated` (what follows the expression of a generated column) as the engine calls them. A line `@@` alone begins and
/// ends a statement that holds such ends itself: a trigger, a function.
pub(crate) async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let words = match manager.get_database_backend() {
        DbBackend::Postgres => [
            ("@new_uuid", "gen_random_uuid()"),
            ("@uuid", "uuid"),
            ("@time", "timestamptz"),
            ("@json", "jsonb"),
            ("@blob", "bytea"),
            ("@bool", "boolean"),
            ("@generated", "STORED"),
        ],
        _ => [
            ("@new_uuid", "randomblob(16)"),
            ("@uuid", "uuid_text"),
            ("@time", "timestamp_with_timezone_text"),
            ("@json", "jsonb_text"),
            ("@blob", "blob"),
            ("@bool", "boolean"),
            ("@generated", "VIRTUAL"),
        ],
    };
    let sql = words
        .iter()
        .fold(sql.to_owned(), |sql, (word, name)| sql.replace(word, name));
    for (n, part) in sql.split("\n@@\n").enumerate() {
        // Between two marks stands one statement, outside of them several.
        let statements: Vec<&str> = if n % 2 == 1 {
            vec![part]
        } else {
            part.split(";\n").collect()
        };
        for statement in statements.into_iter().map(str::trim).filter(|s| !s.is_empty()) {
            manager.get_connection().execute_unprepared(statement).await?;
        }
    }
    Ok(())
}

/// Runs what only one of the engines needs.
pub(crate) async fn run_own(manager: &SchemaManager<'_>, sqlite: &str, postgres: &str) -> Result<(), DbErr> {
    match manager.get_database_backend() {
        DbBackend::Postgres => run(manager, postgres).await,
        _ => run(manager, sqlite).await,
    }
}

/// A step that only goes up; `down` is a restore from a backup. With SQL of its own for each engine, that runs first.
macro_rules! step {
    ($name:literal, $sql:expr) => {
        crate::dialect::step!($name, $sql, "", "");
    };
    ($name:literal, $sql:expr, $sqlite:expr, $postgres:expr) => {
        pub(crate) struct Step;

        impl sea_orm_migration::MigrationName for Step {
            fn name(&self) -> &'static str {
                $name
            }
        }

        #[sea_orm_migration::async_trait::async_trait]
        impl sea_orm_migration::MigrationTrait for Step {
            async fn up(&self, manager: &sea_orm_migration::SchemaManager) -> Result<(), sea_orm_migration::DbErr> {
                crate::dialect::run_own(manager, $sqlite, $postgres).await?;
                crate::dialect::run(manager, $sql).await
            }

            // Without this SQLite runs a step statement by statement, and a kill leaves half of it.
            fn use_transaction(&self) -> Option<bool> {
                Some(true)
            }
        }
    };
}
pub(crate) use step;
