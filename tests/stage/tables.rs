//! Every row of the database, as text.

use db::prelude::ConnectionTrait;
use sea_orm::{DbBackend, Statement};
use std::collections::BTreeMap;
use testkit::World;

/// Each table's rows in an order of their own, without the tables `but`.
pub(super) async fn tables(world: &World, but: &[&str]) -> BTreeMap<String, Vec<String>> {
    let mut tables = BTreeMap::new();
    let names = match backend(world) {
        DbBackend::Postgres => {
            "SELECT table_name::text AS line FROM information_schema.tables WHERE table_schema = 'public'"
        }
        _ => "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    };
    for name in lines(world, names).await {
        if !but.contains(&name.as_str()) {
            let sql = rows_of(world, &name).await;
            tables.insert(name, lines(world, &sql).await);
        }
    }
    assert!(
        tables.contains_key("question") && tables.len() > 60,
        "{:?}",
        tables.keys()
    );
    tables
}

async fn rows_of(world: &World, table: &str) -> String {
    if backend(world) == DbBackend::Postgres {
        return format!("SELECT t::text AS line FROM \"{table}\" t ORDER BY 1");
    }
    let columns = lines(
        world,
        &format!("SELECT name AS line FROM pragma_table_xinfo('{table}')"),
    )
    .await;
    let quoted: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
    format!(
        "SELECT {} AS line FROM \"{table}\" ORDER BY 1",
        quoted.join(" || ' ' || ")
    )
}

fn backend(world: &World) -> DbBackend {
    world.app.db.reader().get_database_backend()
}

async fn lines(world: &World, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(backend(world), sql);
    let rows = world.app.db.reader().query_all_raw(statement).await.expect(sql);
    rows.iter()
        .map(|row| row.try_get("", "line").expect("a line"))
        .collect()
}
