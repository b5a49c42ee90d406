//! A place as it is typed, or as it stands in a list that somebody has already.

use domain::text::{self, TextError};
use serde::Deserialize;
use web::{Errors, Message};

const NAME: usize = 100;
const ADDRESS: usize = 200;
const NOTE: usize = 200;
const COPIES: i32 = 99_999;

/// What is typed of a place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlaceDraft {
    pub name: String,
    pub address: String,
    /// A number, as people write it.
    pub copies: String,
    pub note: String,
}

/// A place that may be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) copies: i32,
    pub(super) note: String,
}

impl PlaceDraft {
    /// What holds, or each message at its field.
    pub(crate) fn check(&self) -> Result<Place, Errors> {
        let mut errors = Errors::new();
        let name = match text::line(&self.name, NAME) {
            Ok(line) if line.is_empty() => Err(TextError::Empty),
            other => other,
        };
        let name = errors.check("name", name);
        let address = errors.check("address", text::line(&self.address, ADDRESS));
        let copies = errors.check("copies", copies(&self.copies));
        let note = errors.check("note", text::line(&self.note, NOTE));
        match (name, address, copies, note) {
            (Some(name), Some(address), Some(copies), Some(note)) => Ok(Place {
                name,
                address,
                copies,
                note,
            }),
            _ => Err(errors),
        }
    }
}

/// `1,200부` and `1200` are one number; nothing at all is none.
fn copies(typed: &str) -> Result<i32, Message> {
    let bare: String = typed.chars().filter(|c| !c.is_whitespace() && *c != ',').collect();
    let bare = bare.trim_end_matches("copies").trim_end_matches('부');
    if bare.is_empty() {
        return Ok(0);
    }
    match bare.parse::<i32>() {
        Ok(n) if (0..=COPIES).contains(&n) => Ok(n),
        _ => Err(Message::new("place-copies-wrong").arg("most", "99,999")),
    }
}

/// A column of a list of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Name,
    Address,
    Copies,
    Note,
}

impl Column {
    /// What people call it at its head.
    fn of(heading: &str) -> Option<Self> {
        Some(match sheet::heading(heading).as_str() {
            "이름" | "배포처" | "배포처명" | "매장" | "매장명" | "상호" | "장소" | "지점" | "지점명" | "name"
            | "place" | "shop" | "store" => Self::Name,
            "주소" | "소재지" | "위치" | "배송지" | "address" => Self::Address,
            "부수" | "수량" | "권수" | "매수" | "copies" | "quantity" | "number" => Self::Copies,
            "메모" | "비고" | "참고" | "note" | "notes" | "remarks" => Self::Note,
            _ => return None,
        })
    }
}

/// The places of a table, each with the number of its line from 1 on. Without a line of headings the columns are name,
/// address, copies, note. Empty lines are passed over.
pub(crate) fn lines(table: &[Vec<String>]) -> Vec<(usize, PlaceDraft)> {
    let numbered = || {
        let each = table.iter().enumerate().map(|(n, row)| (n + 1, row));
        each.filter(|(_, row)| row.iter().any(|cell| !cell.trim().is_empty()))
    };
    let heads: Vec<Option<Column>> = numbered()
        .next()
        .map(|(_, row)| row.iter().map(|cell| Column::of(cell)).collect())
        .unwrap_or_default();
    let headed = heads.contains(&Some(Column::Name));
    let usual = [Column::Name, Column::Address, Column::Copies, Column::Note].map(Some);
    let columns = if headed { heads } else { usual.to_vec() };
    let one = |row: &Vec<String>| {
        let mut draft = PlaceDraft::default();
        for (column, cell) in columns.iter().zip(row) {
            let field = match column {
                Some(Column::Name) => &mut draft.name,
                Some(Column::Address) => &mut draft.address,
                Some(Column::Copies) => &mut draft.copies,
                Some(Column::Note) => &mut draft.note,
                None => continue,
            };
            cell.trim().clone_into(field);
        }
        draft
    };
    numbered()
        .skip(usize::from(headed))
        .map(|(n, row)| (n, one(row)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Vec<Vec<String>> {
        sheet::read(text.as_bytes()).expect("a table")
    }

    #[test]
    fn a_list_is_read_with_its_headings_in_any_order_and_without_any() {
        let with = lines(&table(
            "번호,수량(부),주소,매장명\n1,\"1,200부\",서울 종로구 은하로 12,누리빵집\n\n2,30,,달빛서점",
        ));
        let place = |name: &str, address: &str, copies: &str| PlaceDraft {
            name: name.into(),
            address: address.into(),
            copies: copies.into(),
            note: String::new(),
        };
        let want = [
            place("누리빵집", "서울 종로구 은하로 12", "1,200부"),
            place("달빛서점", "", "30"),
        ];
        assert_eq!(with.iter().map(|(_, d)| d.clone()).collect::<Vec<_>>(), want);
        let bare = lines(&table("누리빵집\t서울 종로구 은하로 12\t40\n달빛서점\t\t30"));
        assert_eq!(bare.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(bare[0].1, place("누리빵집", "서울 종로구 은하로 12", "40"));
    }

    #[test]
    fn copies_are_a_number_of_copies() {
        let draft = |copies: &str| PlaceDraft {
            name: "누리빵집".into(),
            copies: copies.into(),
            ..PlaceDraft::default()
        };
        for (typed, n) in [("", 0), ("40", 40), ("1,200부", 1_200), (" 30 copies", 30)] {
            assert_eq!(draft(typed).check().expect("holds").copies, n, "{typed}");
        }
        for typed in ["-1", "많이", "100000", "2.5"] {
            assert!(
                draft(typed).check().expect_err("does not hold").has("copies"),
                "{typed}"
            );
        }
        assert!(PlaceDraft::default().check().expect_err("nameless").has("name"));
    }
}
