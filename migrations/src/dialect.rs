//! The words in which SQLite and PostgreSQL differ.

use sea_orm_migration::{
    DbErr, SchemaManager,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// Runs the statements of `sql`, separated by `;` at line ends, with `@uuid`, `@time`, `@json`, `@blob` and `@bool`
/// as the engine calls them.
pub(crate) async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let words = match manager.get_database_backend() {
        DbBackend::Postgres => [
            ("@uuid", "uuid"),
            ("@time", "timestamptz"),
            ("@json", "jsonb"),
            ("@blob", "bytea"),
            ("@bool", "boolean"),
        ],
        _ => [
            ("@uuid", "uuid_text"),
            ("@time", "timestamp_with_timezone_text"),
            ("@json", "jsonb_text"),
            ("@blob", "blob"),
            ("@bool", "boolean"),
        ],
    };
    let sql = words
        .iter()
        .fold(sql.to_owned(), |sql, (word, name)| sql.replace(word, name));
    for statement in sql.split(";\n").map(str::trim).filter(|s| !s.is_empty()) {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}

/// A step that only goes up; `down` is a restore from a backup.
macro_rules! step {
    ($name:literal, $sql:expr) => {
        pub(crate) struct Step;

        impl sea_orm_migration::MigrationName for Step {
            fn name(&self) -> &'static str {
                $name
            }
        }

        #[sea_orm_migration::async_trait::async_trait]
        impl sea_orm_migration::MigrationTrait for Step {
            async fn up(&self, manager: &sea_orm_migration::SchemaManager) -> Result<(), sea_orm_migration::DbErr> {
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
