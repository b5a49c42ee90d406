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
    /// The event whose next number stands where the shape says so.
    pub(crate) numbered: Option<EventId>,
}

/// What rows of one `INSERT` have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) table: &'static str,
    pub(crate) columns: Vec<&'static str>,
    /// A row whose value of this unique column is there already is left out.
    pub(crate) once: Option<&'static str>,
    /// Which of the columns holds a number of its event.
    pub(crate) numbered: Option<usize>,
}

/// How many numbers of each event are wanted.
type Wanted = BTreeMap<EventId, i32>;

/// Rows of one shape.
struct Group<'a> {
    shape: &'a Shape,
    rows: Vec<Counted<'a>>,
}

/// A row with the number it takes.
struct Counted<'a>(&'a Row, Option<i32>);

impl Counted<'_> {
    fn text(&self, place: usize) -> Result<String, DbErr> {
        match (self.0.shape.numbered, self.1) {
            (Some(at), Some(number)) if at == place => Ok(number.to_string()),
            _ => element(&self.0.values[place]),
        }
    }
}

/// Inserts the rows of all `batches`, and takes the numbers they want. On PostgreSQL this is one statement, so that it
/// needs no transaction of its own; elsewhere `tx` must be one, to be rolled back on an error.
///
/// # Errors
/// That of the first row that the engine refuses, and it is not said which.
pub(crate) async fn insert(tx: &impl ConnectionTrait, batches: &[&[Row]]) -> Result<(), DbErr> {
    // In the order of the ids: two who lock the counters in different orders end in a deadlock.
    let mut wanted = Wanted::new();
    for event in batches.iter().copied().flatten().filter_map(|row| row.numbered) {
        *wanted.entry(event).or_default() += 1;
    }
    let statement = if tx.get_database_backend() == DbBackend::Postgres {
        // Counted from one; the statement adds where the counter stands.
        let groups = grouped(batches, wanted.keys().map(|event| (*event, 1)).collect());
        for_postgres(&groups, &wanted)?
    } else {
        let mut next = BTreeMap::new();
        for (event, many) in wanted {
            next.insert(event, number::take(tx, event, many).await? - many + 1);
        }
        for_sqlite(&grouped(batches, next))
    };
    if let Some(statement) = statement {
        tx.execute_raw(statement).await?;
    }
    Ok(())
}

/// Rows of one shape together. What stands later in a batch stays later: it may refer to what stands before it.
fn grouped<'a>(batches: &[&'a [Row]], mut next: BTreeMap<EventId, i32>) -> Vec<Group<'a>> {
    let mut groups = Vec::<Group<'a>>::new();
    for batch in batches {
        let mut from = 0;
        for row in *batch {
            let number = row.numbered.and_then(|event| next.get_mut(&event)).map(|next| {
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
            groups[from].rows.push(Counted(row, number));
        }
    }
    groups
}

impl Group<'_> {
    /// Whether the numbers stand here.
    fn counts(&self, place: usize) -> bool {
        self.shape.numbered == Some(place)
    }

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

/// Common table expressions of one statement (the manual, "Data-Modifying Statements in WITH"), each over arrays with a
/// value a row: so the statement is the same for any number of rows, and planned once. The first two take the numbers.
fn for_postgres(groups: &[Group<'_>], wanted: &Wanted) -> Result<Option<Statement>, DbErr> {
    let (mut tables, mut values) = (Vec::with_capacity(groups.len() + 2), Vec::<Value>::new());
    if !wanted.is_empty() {
        let events: Vec<String> = wanted.keys().map(ToString::to_string).collect();
        let many: Vec<String> = wanted.values().map(ToString::to_string).collect();
        values.extend([array(&events).into(), array(&many).into()]);
        tables.push(number::TAKE_MANY.to_owned());
    }
    for (n, group) in groups.iter().enumerate() {
        let (mut arrays, mut chosen) = (Vec::new(), Vec::new());
        for (place, column) in group.shape.columns.iter().enumerate() {
            let texts: Result<Vec<String>, DbErr> = group.rows.iter().map(|row| row.text(place)).collect();
            values.push(array(&texts?).into());
            arrays.push(format!(
                "${}::{}[]",
                values.len(),
                type_of(&group.rows[0].0.values[place])?
            ));
            chosen.push(if group.counts(place) {
                format!("r.\"{column}\" + number.before")
            } else {
                format!("r.\"{column}\"")
            });
        }
        let (table, columns, end) = (group.shape.table, group.columns(), group.end());
        let counter = match group.shape.numbered {
            Some(_) => " JOIN number ON number.event_id = r.\"event_id\"",
            None => "",
        };
        tables.push(format!(
            "p{n} AS (INSERT INTO \"{table}\" ({columns}) SELECT {} FROM unnest({}) AS r ({columns}){counter}{end})",
            chosen.join(","),
            arrays.join(","),
        ));
    }
    let sql = format!("WITH {} SELECT 1", tables.join(", "));
    Ok((!groups.is_empty()).then(|| Statement::from_sql_and_values(DbBackend::Postgres, sql, values)))
}

/// An array as PostgreSQL reads it, of elements that are such texts already.
fn array(elements: &[String]) -> String {
    format!("{{{}}}", elements.join(","))
}

/// What PostgreSQL calls the type.
fn type_of(value: &Value) -> Result<&'static str, DbErr> {
    Ok(match value {
        Value::Bool(_) => "boolean",
        Value::SmallInt(_) => "smallint",
        Value::Int(_) => "integer",
        Value::BigInt(_) => "bigint",
        Value::String(_) => "text",
        Value::Uuid(_) => "uuid",
        Value::Json(_) => "jsonb",
        Value::ChronoDateTimeUtc(_) => "timestamptz",
        other => return Err(DbErr::Type(format!("a batch does not know {other:?}"))),
    })
}

/// A value as an element of an array's text.
fn element(value: &Value) -> Result<String, DbErr> {
    let text = match value {
        Value::Bool(v) => v.map(|v| v.to_string()),
        Value::SmallInt(v) => v.map(|v| v.to_string()),
        Value::Int(v) => v.map(|v| v.to_string()),
        Value::BigInt(v) => v.map(|v| v.to_string()),
        Value::String(v) => v.as_deref().map(quoted),
        Value::Uuid(v) => v.map(|v| v.to_string()),
        Value::Json(v) => v.as_ref().map(|v| quoted(&v.to_string())),
        Value::ChronoDateTimeUtc(v) => v.map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true)),
        other => return Err(DbErr::Type(format!("a batch does not know {other:?}"))),
    };
    Ok(text.unwrap_or_else(|| "NULL".to_owned()))
}

/// In quotes nothing but a quote and a backslash means anything (the manual, "Array Input and Output Syntax").
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + text.len() / 8 + 2);
    quoted.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

fn for_sqlite(groups: &[Group<'_>]) -> Option<Statement> {
    let (mut sql, mut values) = (String::new(), Vec::new());
    for group in groups {
        let marks = format!("({})", vec!["?"; group.shape.columns.len()].join(","));
        let all = vec![marks.as_str(); group.rows.len()].join(",");
        let (table, columns, end) = (group.shape.table, group.columns(), group.end());
        let _ = write!(sql, "INSERT INTO \"{table}\" ({columns}) VALUES {all}{end};");
        for Counted(row, number) in &group.rows {
            let from = values.len();
            values.extend(row.values.iter().cloned());
            if let (Some(at), Some(number)) = (row.shape.numbered, *number) {
                values[from + at] = number.into();
            }
        }
    }
    (!groups.is_empty()).then(|| Statement::from_sql_and_values(DbBackend::Sqlite, sql, values))
}
