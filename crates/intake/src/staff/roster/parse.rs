//! A table → rows of people, each cell checked on its own.

use super::names::Names;
use domain::{
    EmailAddress, FieldId, Lang, ServiceId,
    text::{TextError, line},
};
use sheet::{Table, Unreadable};
use std::collections::HashMap;
use web::{Message, Words};

/// A column of a roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    Company,
    Title,
    Name,
    PenName,
    Group,
    Field,
    Services,
    Email,
    Lang,
}

impl Column {
    pub const ALL: [Self; 9] = [
        Self::Company,
        Self::Title,
        Self::Name,
        Self::PenName,
        Self::Group,
        Self::Field,
        Self::Services,
        Self::Email,
        Self::Lang,
    ];

    /// The key of its heading.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Company => "field-company",
            Self::Title => "field-job-title",
            Self::Name => "field-name",
            Self::PenName => "field-pen-name",
            Self::Group => "field-group",
            Self::Field => "field-field",
            Self::Services => "field-services",
            Self::Email => "field-email",
            Self::Lang => "field-lang",
        }
    }

    /// What people call it at the head of a column.
    fn of_heading(heading: &str) -> Option<Self> {
        Some(match sheet::heading(heading).as_str() {
            "회사" | "회사명" | "파트너사" | "파트너사명" | "업체" | "업체명" | "기업" | "기업명" | "상호" | "소속"
            | "소속회사" | "company" | "companyname" | "organization" | "organisation" => Self::Company,
            "직함" | "직책" | "직위" | "직급" | "title" | "jobtitle" | "position" => Self::Title,
            "이름" | "성명" | "성함" | "담당자" | "담당자명" | "참석자" | "name" | "fullname" => {
                Self::Name
            }
            "필명" | "활동명" | "예명" | "penname" | "alias" => Self::PenName,
            "단체" | "단체명" | "작품" | "작품명" | "단체작품" | "단체또는작품" | "group" | "work" | "grouporwork" => {
                Self::Group
            }
            "분야" | "업종" | "field" | "industry" => Self::Field,
            "서비스" | "서비스명" | "이용서비스" | "관련서비스" | "service" | "services" => {
                Self::Services
            }
            "이메일" | "이메일주소" | "메일" | "메일주소" | "전자우편" | "email" | "emailaddress" | "mail" => {
                Self::Email
            }
            "언어" | "사용언어" | "lang" | "language" => Self::Lang,
            _ => return None,
        })
    }
}

/// What is wrong with a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub column: Column,
    pub reason: Reason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    MissingName,
    BadEmail,
    UnknownField {
        nearest: Option<String>,
    },
    UnknownService {
        given: String,
        nearest: Option<String>,
    },
    BadLang,
    Control,
    /// Octets that are no character in any encoding that was tried.
    Unreadable,
    TooLong {
        most: usize,
        has: usize,
    },
    /// The same person stands in an earlier row.
    Duplicate {
        row: usize,
    },
}

impl Reason {
    pub fn message(&self) -> Message {
        match self {
            Self::MissingName => Message::new("st-wrong-name"),
            Self::BadEmail => Message::new("error-email"),
            Self::UnknownField { nearest: None } => Message::new("st-wrong-field"),
            Self::UnknownField { nearest: Some(near) } => Message::new("st-wrong-field-near").arg("near", near),
            Self::UnknownService { given, nearest: None } => Message::new("st-wrong-service").arg("given", given),
            Self::UnknownService {
                given,
                nearest: Some(near),
            } => Message::new("st-wrong-service-near")
                .arg("given", given)
                .arg("near", near),
            Self::BadLang => Message::new("st-wrong-lang"),
            Self::Control => Message::new("st-wrong-control"),
            Self::Unreadable => Message::new("st-wrong-unreadable"),
            Self::TooLong { most, has } => Message::new("error-too-long").arg("most", *most).arg("has", *has),
            Self::Duplicate { row } => Message::new("st-wrong-duplicate").arg("row", *row),
        }
    }
}

impl Problem {
    /// `이메일: 메일을 받을 수 있는 주소로 …`
    pub fn text(&self, words: &Words) -> String {
        format!("{}: {}", words.t(self.column.key()), self.reason.message().text(words))
    }
}

/// One person of the file. A cell that is empty says nothing, so it changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// As a spreadsheet counts: the first line of the file is 1.
    pub number: usize,
    pub company: Option<String>,
    pub title: Option<String>,
    pub name: String,
    pub pen_name: Option<String>,
    pub group: Option<String>,
    pub field: Option<FieldId>,
    pub services: Vec<ServiceId>,
    pub email: Option<EmailAddress>,
    pub lang: Option<Lang>,
    pub problems: Vec<Problem>,
    /// The cells as they stood, in the order of [`Column::ALL`].
    pub cells: Vec<String>,
}

/// The fields and services that a file may name, by both their names.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub fields: Names<FieldId>,
    pub services: Names<ServiceId>,
}

/// The people of a table. The row that names the columns may stand below a title.
///
/// # Errors
/// When no row names the columns.
pub fn parse(table: &Table, known: &Known) -> Result<Vec<Row>, Unreadable> {
    let (head, columns) = table
        .iter()
        .take(20)
        .enumerate()
        .find_map(|(at, row)| Some((at, heading(row)?)))
        .ok_or(Unreadable::NoHeader)?;
    let body = table.iter().enumerate().skip(head + 1);
    Ok(body
        .filter(|(_, cells)| cells.iter().any(|c| !c.trim().is_empty()))
        .map(|(at, cells)| person(at + 1, cells, &columns, known))
        .collect())
}

/// Where each column stands, when this row names them: a name and something beside it, or a name alone.
fn heading(row: &[String]) -> Option<HashMap<Column, usize>> {
    let mut columns = HashMap::new();
    for (at, text) in row.iter().enumerate() {
        if let Some(column) = Column::of_heading(text) {
            columns.entry(column).or_insert(at);
        }
    }
    let named = columns.contains_key(&Column::Name) || columns.contains_key(&Column::PenName);
    let filled = row.iter().filter(|c| !c.trim().is_empty()).count();
    (named && (columns.len() >= 2 || filled == 1)).then_some(columns)
}

const LINE: usize = 100;

fn person(number: usize, cells: &[String], columns: &HashMap<Column, usize>, known: &Known) -> Row {
    let raw = |column: Column| -> &str {
        columns
            .get(&column)
            .and_then(|at| cells.get(*at))
            .map_or("", String::as_str)
    };
    let mut row = Row {
        number,
        cells: Column::ALL.iter().map(|c| raw(*c).trim().to_owned()).collect(),
        ..Row::default()
    };
    let mut problems = Vec::new();
    let mut one_line = |column: Column, most: usize| -> Option<String> {
        let text = raw(column);
        let wrong = if text.contains('\u{FFFD}') {
            Reason::Unreadable
        } else {
            match line(text, most) {
                Ok(text) => return (!text.is_empty()).then_some(text),
                Err(TextError::TooLong { most, has }) => Reason::TooLong { most, has },
                Err(_) => Reason::Control,
            }
        };
        problems.push(Problem { column, reason: wrong });
        None
    };
    row.company = one_line(Column::Company, LINE);
    row.title = one_line(Column::Title, LINE);
    let name = one_line(Column::Name, LINE);
    row.pen_name = one_line(Column::PenName, LINE);
    row.group = one_line(Column::Group, LINE);
    let field = one_line(Column::Field, LINE);
    let services = one_line(Column::Services, 500);
    let email = one_line(Column::Email, 320);
    let lang = one_line(Column::Lang, LINE);

    let named_wrongly = problems
        .iter()
        .any(|p| matches!(p.column, Column::Name | Column::PenName));
    match name.or_else(|| row.pen_name.clone()) {
        Some(name) => row.name = name,
        None if named_wrongly => {}
        None => problems.push(Problem {
            column: Column::Name,
            reason: Reason::MissingName,
        }),
    }
    if let Some(given) = field {
        row.field = known.fields.find(&given);
        if row.field.is_none() {
            let nearest = known.fields.nearest(&given);
            problems.push(Problem {
                column: Column::Field,
                reason: Reason::UnknownField { nearest },
            });
        }
    }
    for given in services
        .iter()
        .flat_map(|s| s.split([';', ',', '/']))
        .map(str::trim)
        .filter(|s| !s.is_empty())
    {
        match known.services.find(given) {
            Some(id) if row.services.contains(&id) => {}
            Some(id) => row.services.push(id),
            None => {
                let reason = Reason::UnknownService {
                    given: given.to_owned(),
                    nearest: known.services.nearest(given),
                };
                problems.push(Problem {
                    column: Column::Services,
                    reason,
                });
            }
        }
    }
    if let Some(given) = email {
        match EmailAddress::parse(&given) {
            Ok(email) => row.email = Some(email),
            Err(_) => problems.push(Problem {
                column: Column::Email,
                reason: Reason::BadEmail,
            }),
        }
    }
    if let Some(given) = lang {
        match given.to_lowercase().as_str() {
            "ko" | "kr" | "kor" | "korean" | "한국어" | "한글" | "국문" | "한" => row.lang = Some(Lang::Ko),
            "en" | "eng" | "english" | "영어" | "영문" | "영" => row.lang = Some(Lang::En),
            _ => problems.push(Problem {
                column: Column::Lang,
                reason: Reason::BadLang,
            }),
        }
    }
    row.problems = problems;
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let mut known = Known::default();
        known.fields.add(FieldId::new(), "콘텐츠");
        known.services.add(ServiceId::new(), "까치지갑");
        known.services.add(ServiceId::new(), "두루미 클라우드");
        known
    }

    fn table(text: &str) -> Table {
        sheet::read(text.as_bytes()).expect("reads")
    }

    fn rows(text: &str) -> Vec<Row> {
        parse(&table(text), &known()).expect("has a header")
    }

    #[test]
    fn headings_are_known_in_both_languages_and_in_any_order() {
        for text in [
            "회사명,성함,E-mail (선택),언어\n하늘책방,김하늘,HA@haneul.example,국문\n",
            "Language,Email address,Name,Company\nko,ha@haneul.example,김하늘,하늘책방\n",
            "2026 초대 명단,,,\n\n회사,이름 *,이메일,사용 언어\n하늘책방,김하늘,ha@haneul.example,한국어\n",
        ] {
            let rows = rows(text);
            assert_eq!(rows.len(), 1, "{text}");
            assert_eq!(rows[0].problems, [], "{text}");
            assert_eq!(rows[0].company.as_deref(), Some("하늘책방"));
            assert_eq!(rows[0].name, "김하늘");
            assert_eq!(
                rows[0].email.as_ref().map(EmailAddress::as_str),
                Some("ha@haneul.example")
            );
            assert_eq!(rows[0].lang, Some(Lang::Ko));
        }
        assert_eq!(
            parse(&table("회사,이메일\n하늘,a@b.example\n"), &known()),
            Err(Unreadable::NoHeader)
        );
    }

    #[test]
    fn a_wrong_cell_says_why_and_offers_what_was_meant() {
        let rows =
            rows("이름,분야,서비스,이메일,언어\n김,컨텐츠,까치지값; 두루미클라우드,a@b,불어\n,콘텐츠,전혀다른것,,\n");
        let reasons: Vec<_> = rows[0].problems.iter().map(|p| p.reason.clone()).collect();
        assert_eq!(
            reasons,
            [
                Reason::UnknownField {
                    nearest: Some("콘텐츠".into())
                },
                Reason::UnknownService {
                    given: "까치지값".into(),
                    nearest: Some("까치지갑".into())
                },
                Reason::BadEmail,
                Reason::BadLang,
            ]
        );
        assert_eq!(rows[0].services.len(), 1, "spaces do not matter");
        assert_eq!(rows[1].number, 3);
        let reasons: Vec<_> = rows[1].problems.iter().map(|p| p.reason.clone()).collect();
        assert_eq!(
            reasons,
            [
                Reason::MissingName,
                Reason::UnknownService {
                    given: "전혀다른것".into(),
                    nearest: None
                }
            ]
        );
    }

    #[test]
    fn a_pen_name_is_name_enough_and_a_control_character_is_refused() {
        let rows = rows("이름,필명,직함\n,별빛,작가\n\"김\n하늘\",,\n박\u{FFFD},,\n");
        assert_eq!(
            (rows[0].name.as_str(), rows[0].pen_name.as_deref()),
            ("별빛", Some("별빛"))
        );
        assert_eq!(
            rows[1].problems,
            [Problem {
                column: Column::Name,
                reason: Reason::Control
            }]
        );
        assert_eq!(
            rows[2].problems,
            [Problem {
                column: Column::Name,
                reason: Reason::Unreadable
            }]
        );
    }
}
