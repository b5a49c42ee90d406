//! The statements that insert the rows of many batches at once: one for PostgreSQL, one text for SQLite.

use crate::number;
use chrono::SecondsFormat;
use domain::EventId;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};
use std::{collections::BTreeMap, fmt::Write as _};

/// A row to insert.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) shape: Shape,
    /// One for each of the shape's columns.
    pub(crate) values: Vec<Value>,
    /// Of the event whose next number stands at this place of `values`.
    pub(crate) numbered: Option<(EventId, usize)>,
}

/// What rows of one `INSERT` have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) table: &'static str,
    pub(crate) columns: Vec<&'static str>,
    /// A row whose value of this unique column is there already is left out.
    pub(crate) once: Option<&'static str>,
}

/// Rows of one shape, each with the number it takes.
struct Group<'a> {
    shape: &'a Shape,
    rows: Vec<(&'a Row, Option<i32>)>,
}

/// Inserts the rows of all `batches`, and takes the numbers they want.
///
/// # Errors
/// That of the first row that the engine refuses, and it is not said which. The transaction must be rolled back then.
pub(crate) async fn insert(tx: &impl ConnectionTrait, batches: &[&[Row]]) -> Result<(), DbErr> {
    let mut wanted = BTreeMap::<EventId, i32>::new();
    for (event, _) in batches.iter().copied().flatten().filter_map(|row| row.numbered) {
        *wanted.entry(event).or_default() += 1;
    }
    let mut next = BTreeMap::new();
    for (event, many) in wanted {
        next.insert(event, number::take(tx, event, many).await? - many + 1);
    }
    let groups = grouped(batches, next);
    if groups.is_empty() {
        return Ok(());
    }
    let statement = match tx.get_database_backend() {
        DbBackend::Postgres => for_postgres(&groups)?,
        _ => for_sqlite(&groups),
    };
    tx.execute_raw(statement).await?;
    Ok(())
}

/// Rows of one shape together. What stands later in a batch stays later: it may refer to what stands before it.
fn grouped<'a>(batches: &[&'a [Row]], mut next: BTreeMap<EventId, i32>) -> Vec<Group<'a>> {
    let mut groups = Vec::<Group<'a>>::new();
    for batch in batches {
        let mut from = 0;
        for row in *batch {
            let number = row.numbered.and_then(|(event, _)| next.get_mut(&event)).map(|next| {
                *next += 1;
                *next - 1
            });
            let place = groups[from..].iter().position(|group| *group.shape == row.shape);
            from = place.map_or(groups.len(), |place| from + place);
            if place.is_none() {
                groups.push(Group {
                    shape: &row.shape,
                    rows: Vec::new(),
                });
            }
            groups[from].rows.push((row, number));
        }
    }
    groups
}

impl Group<'_> {
    fn columns(&self) -> String {
        let quoted: Vec<String> = self.shape.columns.iter().map(|c| format!("\"{c}\"")).collect();
        quoted.join(",")
    }

    fn end(&self) -> String {
        self.shape
            .once
            .map_or_else(String::new, |column| format!(" ON CONFLICT (\"{column}\") DO NOTHING"))
    }
}

/// Common table expressions of one statement (the manual, "Data-Modifying Statements in WITH"), each over the rows of
/// a JSON text: so the statement is the same for any number of rows, and planned once.
fn for_postgres(groups: &[Group<'_>]) -> Result<Statement, DbErr> {
    let (mut sql, mut values) = (String::from("WITH "), Vec::with_capacity(groups.len()));
    for (n, group) in groups.iter().enumerate() {
        let (table, columns, end) = (group.shape.table, group.columns(), group.end());
        let comma = if n == 0 { "" } else { ", " };
        let _ = write!(
            sql,
            "{comma}p{n} AS (INSERT INTO \"{table}\" ({columns}) SELECT {columns} FROM \
             json_populate_recordset(NULL::\"{table}\", ${}::json){end})",
            n + 1
        );
        values.push(Value::from(json(group)?));
    }
    sql.push_str(" SELECT 1");
    Ok(Statement::from_sql_and_values(DbBackend::Postgres, sql, values))
}

fn json(group: &Group<'_>) -> Result<String, DbErr> {
    let mut text = Vec::with_capacity(group.rows.len() * 1024);
    for (n, (row, number)) in group.rows.iter().enumerate() {
        text.push(if n == 0 { b'[' } else { b',' });
        for (place, (column, value)) in row.shape.columns.iter().zip(&row.values).enumerate() {
            text.push(if place == 0 { b'{' } else { b',' });
            text.push(b'"');
            text.extend_from_slice(column.as_bytes());
            text.extend_from_slice(b"\":");
            match (row.numbered, number) {
                (Some((_, at)), Some(number)) if at == place => text.extend_from_slice(number.to_string().as_bytes()),
                _ => write_json(&mut text, value)?,
            }
        }
        text.push(b'}');
    }
    text.push(b']');
    String::from_utf8(text).map_err(|e| DbErr::Type(e.to_string()))
}

/// A value as PostgreSQL reads it back into its column.
fn write_json(text: &mut Vec<u8>, value: &Value) -> Result<(), DbErr> {
    let written = match value {
        Value::Bool(v) => serde_json::to_writer(text, v),
        Value::SmallInt(v) => serde_json::to_writer(text, v),
        Value::Int(v) => serde_json::to_writer(text, v),
        Value::BigInt(v) => serde_json::to_writer(text, v),
        Value::String(v) => serde_json::to_writer(text, v),
        Value::Uuid(v) => serde_json::to_writer(text, v),
        Value::Json(v) => serde_json::to_writer(text, v),
        Value::ChronoDateTimeUtc(v) => {
            let v = v.as_ref().map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true));
            serde_json::to_writer(text, &v)
        }
        other => return Err(DbErr::Type(format!("a batch does not know {other:?}"))),
    };
    written.map_err(|e| DbErr::Json(e.to_string()))
}

fn for_sqlite(groups: &[Group<'_>]) -> Statement {
    let (mut sql, mut values) = (String::new(), Vec::new());
    for group in groups {
        let marks = format!("({})", vec!["?"; group.shape.columns.len()].join(","));
        let all = vec![marks.as_str(); group.rows.len()].join(",");
        let (table, columns, end) = (group.shape.table, group.columns(), group.end());
        let _ = write!(sql, "INSERT INTO \"{table}\" ({columns}) VALUES {all}{end};");
        for (row, number) in &group.rows {
            let from = values.len();
            values.extend(row.values.iter().cloned());
            if let (Some((_, at)), Some(number)) = (row.numbered, *number) {
                values[from + at] = number.into();
            }
        }
    }
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
}
