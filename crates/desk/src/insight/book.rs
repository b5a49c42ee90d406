//! The same as a workbook.

use super::{Insight, Named, SPANS, Sum};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use web::Words;

/// A sheet for each table. Whatever a name begins with, it is text: a formula that somebody typed is read, never computed.
///
/// # Errors
/// When the workbook cannot be made.
pub(crate) fn book(insight: &Insight, words: &Words) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let all = Named {
        name: words.t("insight-all"),
        href: String::new(),
        sum: insight.all.clone(),
    };
    let kinds = [
        ("insight-all", std::slice::from_ref(&all)),
        ("insight-years", insight.years.as_slice()),
        ("insight-events", insight.events.as_slice()),
        ("insight-services", insight.services.as_slice()),
        ("insight-fields", insight.fields.as_slice()),
    ];
    for (key, rows) in kinds.into_iter().filter(|(_, rows)| !rows.is_empty()) {
        fill(book.add_worksheet(), &words.t(key), rows, words)?;
    }
    book.save_to_buffer()
}

fn fill(sheet: &mut Worksheet, title: &str, rows: &[Named], words: &Words) -> Result<(), XlsxError> {
    let head = Format::new().set_bold();
    let quoted = Format::new().set_quote_prefix();
    sheet.set_name(title)?;
    sheet.set_freeze_panes(1, 1)?;
    sheet.set_column_width(0, 32.0)?;
    let columns = [
        "insight-name",
        "insight-asked",
        "insight-answered",
        "insight-answered-share",
        "insight-median",
        "insight-read",
        "insight-read-share",
    ];
    let columns = columns.into_iter().chain(SPANS.iter().map(|(key, _)| *key));
    for (n, key) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, n, words.t(key), &head)?;
    }
    for (n, row) in (1_u32..).zip(rows) {
        sheet.write_string_with_format(n, 0, &row.name, &quoted)?;
        for (column, figure) in (1_u16..).zip(figures(&row.sum)) {
            if let Some(figure) = figure {
                sheet.write_number(n, column, figure)?;
            }
        }
    }
    Ok(())
}

fn figures(sum: &Sum) -> Vec<Option<i32>> {
    let figure = |n: i64| i32::try_from(n).ok();
    let mut figures = vec![
        figure(sum.asked),
        figure(sum.answered),
        figure(sum.answered_share()),
        sum.median().and_then(figure),
        figure(sum.read),
        figure(sum.read_share()),
    ];
    figures.extend(sum.spans().into_iter().map(figure));
    figures
}
