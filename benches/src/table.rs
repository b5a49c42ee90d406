//! The table at the end: figure, limit, ratio, goal.

use std::fmt;

/// Whether more is better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Goal {
    /// At least so much of the limit.
    Ratio(f64),
    /// At most the limit itself.
    Below,
}

struct Row {
    what: String,
    figure: f64,
    limit: f64,
    unit: &'static str,
    goal: Goal,
}

#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
    notes: Vec<String>,
}

impl Table {
    pub(crate) fn row(&mut self, what: impl Into<String>, figure: f64, limit: f64, unit: &'static str, goal: Goal) {
        self.rows.push(Row {
            what: what.into(),
            figure,
            limit,
            unit,
            goal,
        });
    }

    /// A line below the table: what takes the rest.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}

fn short(number: f64) -> String {
    match number {
        n if n >= 100.0 => format!("{n:.0}"),
        n if n >= 10.0 => format!("{n:.1}"),
        n => format!("{n:.3}"),
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ("measured", "figure", "limit", "ratio", "goal");
        writeln!(
            f,
            "{:<44} {:>10} {:>10} {:>6}  {:<12}",
            head.0, head.1, head.2, head.3, head.4
        )?;
        writeln!(f, "{}", "-".repeat(90))?;
        for row in &self.rows {
            let ratio = row.figure / row.limit;
            let (goal, met) = match row.goal {
                Goal::Ratio(least) => (format!("≥ {least}"), ratio >= least),
                Goal::Below => (format!("≤ {} {}", row.limit, row.unit), row.figure <= row.limit),
            };
            let verdict = if met { "met" } else { "MISSED" };
            let what = format!("{} [{}]", row.what, row.unit);
            let (figure, limit) = (short(row.figure), short(row.limit));
            writeln!(
                f,
                "{what:<44} {figure:>10} {limit:>10} {ratio:>6.2}  {goal:<9} {verdict}"
            )?;
        }
        for note in &self.notes {
            writeln!(f, "{note}")?;
        }
        Ok(())
    }
}
