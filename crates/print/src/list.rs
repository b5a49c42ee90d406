//! A list on paper: a table that goes on over the pages, with its headings on each.

use crate::{
    Error, Heading, Pdf, clean, fonts,
    layout::{self, Setter},
    limits, pdf,
    words::Room,
};
use serde_json::{Value, json};

/// A column of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub title: String,
    /// Its share of the sheet's width.
    pub share: u16,
    /// Numbers stand at the right.
    pub number: bool,
}

/// Width between the margins of an upright sheet, in points.
const WIDE: f64 = 504.0;
/// Characters of one cell; what is over is cut, with `…`.
const CELL: usize = 160;

/// A list with a line of figures above it, on upright A4; the rows are numbered.
///
/// # Errors
/// When there are more than [`limits::LABELS`] rows, or none of the fonts.
pub fn list(heading: &Heading, summary: &str, columns: &[Column], rows: &[Vec<String>]) -> Result<Pdf, Error> {
    limits::at_most("rows of a list", rows.len(), limits::LABELS)?;
    limits::at_most("columns of a list", columns.len(), limits::COLUMNS)?;
    let setter = Setter::new(fonts::fonts()?);
    let shares: f64 = columns.iter().map(|c| f64::from(c.share.max(1))).sum();
    let width = |c: &Column| (WIDE - 30.0) * f64::from(c.share.max(1)) / shares - 10.0;
    let cells = |row: &Vec<String>| -> Value {
        let cell = |(column, text): (&Column, &String)| {
            setter.line(&layout::shortened(text, CELL), Room::of(width(column), 9.0))
        };
        columns.iter().zip(row).map(cell).collect()
    };
    let each: Vec<Value> = rows.iter().map(cells).collect();
    let published = [clean::line(&heading.publisher), heading.lang.day(heading.date)];
    let published: Vec<String> = published.into_iter().filter(|p| !p.is_empty()).collect();
    let data = json!({
        "lang": heading.lang.code(),
        "title": clean::line(&heading.title),
        "publisher": clean::line(&heading.publisher),
        "description": "",
        "keywords": [],
        "date": layout::ymd(heading.date),
        "heading": setter.line(&layout::shortened(&heading.title, 80), Room::of(WIDE, 19.0)),
        "published": setter.line(&published.join(" · "), Room::of(WIDE, 9.0)),
        "summary": setter.line(&layout::shortened(summary, CELL), Room::of(WIDE, 9.0)),
        "columns": columns.iter().map(|c| json!({ "title": clean::line(&c.title), "share": c.share.max(1), "number": c.number })).collect::<Vec<_>>(),
        "count": heading.lang.pick("번호", "No."),
        "rows": each,
    });
    pdf::made("list.typ", &data, &setter.pictures, "")
}
