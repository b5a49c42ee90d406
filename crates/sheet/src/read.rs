//! Octets → a table of texts: CSV in UTF-8, UTF-16 or CP949, with comma, semicolon or tab; XLSX.

use calamine::{Data, Reader, Xlsx};
use encoding_rs::{EUC_KR, UTF_16BE, UTF_16LE};
use std::io::Cursor;

/// Most rows that one file may have.
pub const MOST_ROWS: usize = 50_000;
const MOST_COLUMNS: usize = 100;
/// What the sheets of a workbook may unpack to.
const MOST_UNPACKED: u64 = 300 << 20;

/// A file's cells, as they stand: rows may differ in length.
pub type Table = Vec<Vec<String>>;

/// Why a file is no table at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the file is empty")]
    Empty,
    #[error("old Excel files (.xls) are not read; save it as .xlsx or .csv")]
    OldExcel,
    #[error("the workbook does not open")]
    Workbook,
    #[error("the file does not read as CSV")]
    Csv,
    #[error("the file has more than {MOST_ROWS} rows")]
    TooManyRows,
    #[error("no row names the columns; one of them must be the name")]
    NoHeader,
}

impl Unreadable {
    /// The key of its text.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Empty => "file-empty",
            Self::OldExcel => "file-xls",
            Self::Workbook => "file-workbook",
            Self::Csv => "file-csv",
            Self::TooManyRows => "file-rows",
            Self::NoHeader => "file-header",
        }
    }
}

/// What a column's heading comes to when it is compared: `이메일 (선택)`, `E-mail *` and `email` are words alone, in small
/// letters.
pub fn heading(text: &str) -> String {
    text.split(['(', '（', '['])
        .next()
        .unwrap_or_default()
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// # Errors
/// When the bytes are neither a workbook nor text in columns.
pub fn read(bytes: &[u8]) -> Result<Table, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return workbook(bytes);
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(Unreadable::OldExcel);
    }
    separated(&text(bytes))
}

/// What is not UTF-8 and has no mark of UTF-16 was saved by a Korean Windows. Octets that fit nothing become U+FFFD,
/// and the row that has one is wrong.
fn text(bytes: &[u8]) -> String {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return String::from_utf8_lossy(rest).into_owned();
    }
    if bytes.starts_with(b"\xFF\xFE") {
        return UTF_16LE.decode(bytes).0.into_owned();
    }
    if bytes.starts_with(b"\xFE\xFF") {
        return UTF_16BE.decode(bytes).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // The encoding of the web that is called EUC-KR is CP949, the larger one.
        Err(_) => EUC_KR.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

fn separated(text: &str) -> Result<Table, Unreadable> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut table = Table::new();
    for record in reader.records() {
        let record = record.map_err(|_| Unreadable::Csv)?;
        if table.len() > MOST_ROWS {
            return Err(Unreadable::TooManyRows);
        }
        table.push(record.iter().take(MOST_COLUMNS).map(str::to_owned).collect());
    }
    Ok(table)
}

/// The one that stands most often in the first lines, outside quotes.
fn delimiter(text: &str) -> u8 {
    const ALL: [u8; 3] = [b',', b';', b'\t'];
    let (mut counts, mut quoted) = ([0_usize; 3], false);
    for byte in text.lines().take(10).flat_map(str::bytes) {
        if byte == b'"' {
            quoted = !quoted;
        } else if !quoted && let Some(at) = ALL.iter().position(|d| *d == byte) {
            counts[at] += 1;
        }
    }
    let best = (0..ALL.len()).max_by_key(|at| (counts[*at], std::cmp::Reverse(*at)));
    ALL[best.unwrap_or_default()]
}

fn workbook(bytes: &[u8]) -> Result<Table, Unreadable> {
    if unpacked_size(bytes).is_none_or(|size| size > MOST_UNPACKED) {
        return Err(Unreadable::Workbook);
    }
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| Unreadable::Workbook)?;
    let sheet = book
        .worksheet_range_at(0)
        .and_then(Result::ok)
        .ok_or(Unreadable::Workbook)?;
    if sheet.height() > MOST_ROWS {
        return Err(Unreadable::TooManyRows);
    }
    // A sheet whose first rows are empty begins later; row numbers are told as Excel shows them.
    let skipped = sheet.start().map_or(0, |(row, _)| row as usize);
    let mut table: Table = vec![Vec::new(); skipped.min(MOST_ROWS)];
    table.extend(
        sheet
            .rows()
            .map(|row| row.iter().take(MOST_COLUMNS).map(cell).collect()),
    );
    Ok(table)
}

fn cell(data: &Data) -> String {
    match data {
        Data::Empty | Data::Error(_) => String::new(),
        other => other.to_string(),
    }
}

/// The sum of the sizes that the archive's directory declares (APPNOTE 4.3.12), before anything is unpacked; `None`
/// for sizes beyond 4 GiB or a directory that does not read.
fn unpacked_size(bytes: &[u8]) -> Option<u64> {
    let end = bytes.windows(4).rposition(|w| w == b"PK\x05\x06")?;
    let number = |at: usize, len: usize| -> Option<u64> {
        let octets = bytes.get(at..at.checked_add(len)?)?;
        Some(octets.iter().rev().fold(0, |n, b| (n << 8) | u64::from(*b)))
    };
    let (mut at, entries) = (usize::try_from(number(end + 16, 4)?).ok()?, number(end + 10, 2)?);
    let mut sum = 0;
    for _ in 0..entries {
        if number(at, 4)? != 0x0201_4B50 {
            return None;
        }
        let size = number(at + 24, 4)?;
        if size == 0xFFFF_FFFF {
            return None;
        }
        sum += size;
        let rest = number(at + 28, 2)? + number(at + 30, 2)? + number(at + 32, 2)?;
        at += 46 + usize::try_from(rest).ok()?;
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KOREAN: &str = "회사,이름\n하늘책방,김하늘\n";

    #[test]
    fn the_same_table_comes_from_every_encoding() {
        let want = separated(KOREAN).expect("reads");
        assert_eq!(want[1], ["하늘책방", "김하늘"]);
        let with_mark = [b"\xEF\xBB\xBF", KOREAN.as_bytes()].concat();
        let (cp949, _, _) = EUC_KR.encode(KOREAN);
        let utf16: Vec<u8> = [0xFEFF]
            .into_iter()
            .chain(KOREAN.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        for bytes in [KOREAN.as_bytes(), &with_mark, &cp949, &utf16] {
            assert_eq!(read(bytes).expect("reads"), want);
        }
    }

    #[test]
    fn a_syllable_that_only_cp949_has_is_read() {
        let (bytes, _, failed) = EUC_KR.encode("이름\n똠방각하\n");
        assert!(!failed);
        assert_eq!(read(&bytes).expect("reads")[1], ["똠방각하"]);
    }

    #[test]
    fn the_delimiter_is_seen_and_quotes_hide_it() {
        assert_eq!(separated("a;b\n\"1,2,3\";4").expect("reads")[1], ["1,2,3", "4"]);
        assert_eq!(separated("a\tb\n1\t2").expect("reads")[1], ["1", "2"]);
        assert_eq!(separated("a,b\n1,\"x;y;z;w\"").expect("reads")[1], ["1", "x;y;z;w"]);
    }

    #[test]
    fn a_workbook_is_read_with_the_row_numbers_that_excel_shows() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (at, (company, name)) in [("회사", "이름"), ("하늘책방", "김하늘")].iter().enumerate() {
            let row = u32::try_from(at).expect("small") + 2;
            sheet.write(row, 0, *company).expect("writes");
            sheet.write(row, 1, *name).expect("writes");
        }
        sheet.write(4, 0, 1_004).expect("writes");
        let table = read(&book.save_to_buffer().expect("saves")).expect("reads");
        assert_eq!(table.len(), 5);
        assert_eq!(table[3], ["하늘책방", "김하늘"]);
        assert_eq!(table[4], ["1004", ""]);
    }

    #[test]
    fn what_is_no_table_is_said() {
        assert_eq!(read(b""), Err(Unreadable::Empty));
        assert_eq!(read(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1]), Err(Unreadable::OldExcel));
        assert_eq!(read(b"PK\x03\x04broken"), Err(Unreadable::Workbook));
    }
}
