//! The same as a workbook.

use super::{Insight, Named, SPANS, Sum, day::Day, readers::Readers};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use web::Words;

/// A sheet for each table. Whatever a name begins with, it is text: a formula that somebody typed is read, never computed.
///
/// # Errors
/// When the workbook cannot be made.
pub(crate) fn book(insight: &Insight, readers: &Readers, day: &Day, words: &Words) -> Result<Vec<u8>, XlsxError> {
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
        fill(book.add_worksheet(), key, rows, words)?;
    }
    if !day.is_empty() {
        seats(book.add_worksheet(), day, words)?;
        ways(book.add_worksheet(), day, words)?;
        staged(book.add_worksheet(), day, words)?;
    }
    if !readers.articles.is_empty() {
        articles(book.add_worksheet(), readers, words)?;
        days(book.add_worksheet(), readers, words)?;
    }
    book.save_to_buffer()
}

fn headed(sheet: &mut Worksheet, title: &str, columns: &[&str], words: &Words) -> Result<(), XlsxError> {
    let head = Format::new().set_bold();
    sheet.set_name(words.t(title))?;
    sheet.set_freeze_panes(1, 1)?;
    sheet.set_column_width(0, 32.0)?;
    for (n, key) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, n, words.t(key), &head)?;
    }
    Ok(())
}

/// A name and its figures.
fn line(sheet: &mut Worksheet, n: u32, name: &str, figures: &[i64]) -> Result<(), XlsxError> {
    sheet.write_string_with_format(n, 0, name, &Format::new().set_quote_prefix())?;
    for (column, figure) in (1_u16..).zip(figures) {
        sheet.write_number(n, column, i32::try_from(*figure).unwrap_or(i32::MAX))?;
    }
    Ok(())
}

fn seats(sheet: &mut Worksheet, day: &Day, words: &Words) -> Result<(), XlsxError> {
    let columns = ["insight-part", "insight-coming", "insight-came", "insight-waiting"];
    headed(sheet, "insight-parts", &columns, words)?;
    for (n, row) in (1_u32..).zip(&day.seats) {
        let counts = row.counts;
        line(sheet, n, &row.name, &[counts.coming, counts.came, counts.waiting])?;
    }
    Ok(())
}

fn ways(sheet: &mut Worksheet, day: &Day, words: &Words) -> Result<(), XlsxError> {
    let columns = [
        "insight-way",
        "insight-asked",
        "insight-on-stage",
        "insight-elsewhere",
        "insight-open",
    ];
    headed(sheet, "insight-ways", &columns, words)?;
    for (n, way) in (1_u32..).zip(&day.ways) {
        let figures = [way.asked, way.on_stage, way.elsewhere, way.open()];
        line(sheet, n, &words.t(way.key), &figures)?;
    }
    Ok(())
}

fn staged(sheet: &mut Worksheet, day: &Day, words: &Words) -> Result<(), XlsxError> {
    let columns = [
        "insight-question",
        "insight-seconds",
        "insight-applause",
        "insight-votes",
    ];
    headed(sheet, "insight-staged", &columns, words)?;
    for (n, row) in (1_u32..).zip(&day.staged) {
        line(sheet, n, &row.text, &[row.seconds, row.applause, row.votes])?;
    }
    Ok(())
}

fn articles(sheet: &mut Worksheet, readers: &Readers, words: &Words) -> Result<(), XlsxError> {
    let columns = ["insight-article", "insight-reads", "insight-useful", "insight-useless"];
    headed(sheet, "insight-reads-by-article", &columns, words)?;
    for (n, row) in (1_u32..).zip(&readers.articles) {
        line(sheet, n, &row.title, &[row.reads, row.useful, row.useless])?;
    }
    Ok(())
}

fn days(sheet: &mut Worksheet, readers: &Readers, words: &Words) -> Result<(), XlsxError> {
    headed(sheet, "insight-reads-by-day", &["insight-day", "insight-reads"], words)?;
    for (n, (day, reads)) in (1_u32..).zip(&readers.days) {
        sheet.write_string(n, 0, day.to_string())?;
        sheet.write_number(n, 1, i32::try_from(*reads).unwrap_or(i32::MAX))?;
    }
    Ok(())
}

fn fill(sheet: &mut Worksheet, title: &str, rows: &[Named], words: &Words) -> Result<(), XlsxError> {
    let columns = [
        "insight-name",
        "insight-asked",
        "insight-answered",
        "insight-answered-share",
        "insight-median",
        "insight-read",
        "insight-read-share",
    ];
    let spans = SPANS.iter().map(|(key, _)| *key);
    let columns: Vec<&str> = columns.into_iter().chain(spans).collect();
    headed(sheet, title, &columns, words)?;
    let quoted = Format::new().set_quote_prefix();
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
