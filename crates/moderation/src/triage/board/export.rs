//! What the board shows as a file: the same filters, all pages.

use super::{Filter, Key, Row, page, rows};
use chrono::{DateTime, Utc};
use db::prelude::*;
use domain::{EventId, Lang, StaffId};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde_json::{Value, json};
use web::Words;

/// Rows that are read at once.
const PART: usize = 500;

/// All rows that the filter finds, in its order.
async fn all(
    conn: &impl ConnectionTrait,
    event: EventId,
    filter: &Filter,
    staff: StaffId,
    now: DateTime<Utc>,
    lang: Lang,
) -> Result<Vec<Row>, Error> {
    let (mut filter, mut out) = (filter.clone(), Vec::new());
    filter.edge = None;
    loop {
        let part = page(conn, event, &filter, PART).await?;
        out.extend(rows(conn, event, &part.ids, staff, now, lang).await?);
        let Some(key): Option<Key> = part.after else {
            return Ok(out);
        };
        filter.edge = Some(super::Edge::After(key));
    }
}

/// # Errors
/// When the database refuses.
pub(crate) async fn json(
    conn: &impl ConnectionTrait,
    event: EventId,
    filter: &Filter,
    staff: StaffId,
    now: DateTime<Utc>,
    lang: Lang,
) -> Result<Value, Error> {
    let rows = all(conn, event, filter, staff, now, lang).await?;
    let one = |row: &Row| {
        let question = &row.line.question;
        json!({
            "number": question.number,
            "question": question.body,
            "asker": row.line.asker.as_ref().map(db::people::Invitee::line),
            "company": row.line.asker.as_ref().and_then(|a| a.company.clone()),
            "service": row.line.service,
            "prefers": question.prefers,
            "lang": question.lang,
            "received_at": question.received_at,
            "state": question.state,
            "column": question.board,
            "decision": row.line.pending.as_ref().map(|d| d.kind),
            "place": row.line.place(),
            "decided_by": (!row.line.decided_by.is_empty()).then_some(&row.line.decided_by),
            "readers": row.readers,
            "mean": row.mean.map(|m| f64::from(m) / 1000.0),
            "spread": row.spread.map(|m| f64::from(m) / 1000.0),
            "tags": row.tags,
            "late": row.late,
        })
    };
    Ok(Value::Array(rows.iter().map(one).collect()))
}

/// As a workbook with one sheet. Whatever a cell begins with, it is text: a formula that a partner typed is read, never
/// computed, also when the file is saved in another form.
///
/// # Errors
/// When the database refuses, or the workbook cannot be made.
pub(crate) async fn xlsx(
    conn: &impl ConnectionTrait,
    event: EventId,
    filter: &Filter,
    staff: StaffId,
    now: DateTime<Utc>,
    words: &Words,
    zone: &str,
) -> web::Result<Vec<u8>> {
    let rows = all(conn, event, filter, staff, now, words.lang).await?;
    let (words, zone) = (*words, zone.to_owned());
    let made = tokio::task::spawn_blocking(move || sheet(&rows, &words, &zone)).await;
    made.map_err(web::Error::internal)?.map_err(web::Error::internal)
}

const COLUMNS: [(&str, f64); 16] = [
    ("col-number", 7.0),
    ("col-body", 70.0),
    ("export-asker", 28.0),
    ("col-company", 18.0),
    ("filter-service", 16.0),
    ("filter-prefers", 9.0),
    ("filter-written", 9.0),
    ("panel-received", 18.0),
    ("col-standing", 12.0),
    ("col-decision", 12.0),
    ("col-place", 7.0),
    ("col-by", 12.0),
    ("col-readers", 8.0),
    ("col-score", 8.0),
    ("col-spread", 8.0),
    ("col-tags", 20.0),
];

fn sheet(rows: &[Row], words: &Words, zone: &str) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let head = Format::new().set_bold();
    let wrap = Format::new().set_text_wrap();
    let quoted = Format::new().set_text_wrap().set_quote_prefix();
    let sheet = book.add_worksheet();
    sheet.set_freeze_panes(1, 0)?;
    for (n, (key, width)) in (0_u16..).zip(COLUMNS) {
        sheet.set_column_width(n, width)?;
        sheet.write_string_with_format(0, n, words.t(key), &head)?;
    }
    for (n, row) in (1_u32..).zip(rows) {
        let (line, question) = (&row.line, &row.line.question);
        let texts = [
            (1, question.body.clone()),
            (2, line.who()),
            (
                3,
                line.asker.as_ref().and_then(|a| a.company.clone()).unwrap_or_default(),
            ),
            (4, line.service.clone()),
            (5, words.t(format!("prefers-{}", question.prefers))),
            (6, words.t(format!("written-{}", question.lang))),
            (
                7,
                question
                    .received_at
                    .map(|at| words.datetime(at, zone))
                    .unwrap_or_default(),
            ),
            (8, words.t(line.state_key())),
            (9, line.decision_key().map(|key| words.t(key)).unwrap_or_default()),
            (11, line.decided_by.clone()),
            (15, row.tags.join(", ")),
        ];
        sheet.write_number(n, 0, line.number())?;
        for (column, text) in texts {
            let format = if suspicious(&text) { &quoted } else { &wrap };
            sheet.write_string_with_format(n, column, text, format)?;
        }
        if let Some(place) = line.place() {
            sheet.write_number(n, 10, place)?;
        }
        sheet.write_number(n, 12, row.readers)?;
        for (column, milli) in [(13, row.mean), (14, row.spread)] {
            if let Some(milli) = milli {
                sheet.write_number(n, column, f64::from(milli) / 1000.0)?;
            }
        }
    }
    if let Ok(last) = u32::try_from(rows.len()) {
        sheet.autofilter(0, 0, last, 15)?;
    }
    book.save_to_buffer()
}

/// What a spreadsheet may take for a formula.
fn suspicious(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::suspicious;

    #[test]
    fn what_looks_like_a_formula_is_marked_as_text() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert!(suspicious(text), "{text}");
        }
        assert!(!suspicious("정산 = 언제?"));
    }
}
