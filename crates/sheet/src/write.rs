//! A workbook of one sheet. Whatever a text begins with, it is text: a formula that somebody typed is read, never computed,
//! also when the file is saved in another form.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

pub use rust_xlsxwriter::XlsxError as Error;

/// A column: its heading, and its width in characters.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub heading: String,
    pub width: f64,
}

impl Column {
    pub fn new(heading: impl Into<String>, width: f64) -> Self {
        Self {
            heading: heading.into(),
            width,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Text(String),
    Number(f64),
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i32> for Cell {
    fn from(n: i32) -> Self {
        Self::Number(n.into())
    }
}

impl From<i64> for Cell {
    /// Exact up to 2⁵³, as far as a sheet counts.
    #[expect(clippy::cast_precision_loss, reason = "a sheet has no other numbers")]
    fn from(n: i64) -> Self {
        Self::Number(n as f64)
    }
}

/// The headings stay in sight; texts are wrapped within their column.
///
/// # Errors
/// When it has more rows or longer texts than a workbook may hold.
pub fn workbook(columns: &[Column], rows: impl IntoIterator<Item = Vec<Cell>>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let head = Format::new().set_bold();
    let wrap = Format::new().set_text_wrap();
    let quoted = Format::new().set_text_wrap().set_quote_prefix();
    let sheet = book.add_worksheet();
    sheet.set_freeze_panes(1, 0)?;
    for (n, column) in (0_u16..).zip(columns) {
        sheet.set_column_width(n, column.width)?;
        sheet.write_string_with_format(0, n, &column.heading, &head)?;
    }
    for (at, row) in (1_u32..).zip(rows) {
        for (n, cell) in (0_u16..).zip(row) {
            match cell {
                Cell::Number(number) => sheet.write_number(at, n, number)?,
                Cell::Text(text) => {
                    let format = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
                        &quoted
                    } else {
                        &wrap
                    };
                    sheet.write_string_with_format(at, n, text, format)?
                }
            };
        }
    }
    book.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, Xlsx};
    use std::io::Cursor;

    #[test]
    fn what_was_written_is_read_and_no_formula_is_one() {
        let columns = [Column::new("이름", 20.0), Column::new("부수", 8.0)];
        let rows = vec![
            vec![Cell::from("누리빵집"), Cell::from(12)],
            vec![Cell::from("=HYPERLINK(\"https://x.example\")"), Cell::from(0_i64)],
        ];
        let bytes = workbook(&columns, rows).expect("writes");
        assert_eq!(
            crate::read(&bytes).expect("reads"),
            [
                vec!["이름".to_owned(), "부수".into()],
                vec!["누리빵집".into(), "12".into()],
                vec!["=HYPERLINK(\"https://x.example\")".into(), "0".into()],
            ]
        );
        let mut book: Xlsx<_> = Reader::new(Cursor::new(bytes)).expect("a workbook");
        let formulas = book.worksheet_formula("Sheet1").expect("reads");
        assert!(formulas.cells().all(|(_, _, formula)| formula.is_empty()));
        let cells = book.worksheet_range_at(0).expect("a sheet").expect("reads");
        assert_eq!(cells.get_value((1, 1)), Some(&Data::Float(12.0)));
    }
}
