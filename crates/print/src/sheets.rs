//! Sheets that a printer in the office makes: labels for places of distribution, badges with names, the run of show.

use crate::{
    Error, Lang, Pdf, Person, clean,
    code::Code,
    fonts,
    layout::{self, Setter},
    limits, pdf,
    words::Room,
};
use chrono::NaiveDate;
use serde_json::{Value, json};

/// What a sheet is called, and in which language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    pub lang: Lang,
    pub title: String,
    pub publisher: String,
    pub date: NaiveDate,
}

/// A place where copies lie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    pub name: String,
    pub address: String,
    pub copies: Option<u32>,
    pub note: String,
    /// The address that its code leads to.
    pub code: Option<String>,
}

/// How ready-cut labels lie on A4; everything in millimetres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelSheet {
    pub columns: usize,
    pub rows: usize,
    pub width: f64,
    pub height: f64,
    /// From the sheet's edges to the first label.
    pub left: f64,
    pub top: f64,
    /// Between two labels.
    pub across: f64,
    pub down: f64,
}

impl LabelSheet {
    /// 24 labels of 70 × 37 mm.
    pub const OF_24: Self = Self {
        columns: 3,
        rows: 8,
        width: 70.0,
        height: 37.0,
        left: 0.0,
        top: 0.5,
        across: 0.0,
        down: 0.0,
    };
    /// 14 labels of 99.1 × 38.1 mm.
    pub const OF_14: Self = Self {
        columns: 2,
        rows: 7,
        width: 99.1,
        height: 38.1,
        left: 4.65,
        top: 15.15,
        across: 2.5,
        down: 0.0,
    };
}

/// Somebody's badge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// Its lead is the name; the rest stands beneath.
    pub person: Person,
    /// The line at the top.
    pub event: String,
    pub code: Option<String>,
}

/// One question of the run of show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    /// When it begins, as it is to be read: `14:05`.
    pub at: String,
    pub minutes: u32,
    pub question: String,
    pub asker: Person,
    pub speakers: Vec<Person>,
    pub note: String,
}

/// Labels, sheet after sheet.
pub fn labels(heading: &Heading, sheet: LabelSheet, labels: &[Label]) -> Result<Pdf, Error> {
    limits::at_most("labels", labels.len(), limits::LABELS)?;
    limits::at_most("labels of a sheet", sheet.columns * sheet.rows, 200)?;
    let mut setter = Setter::new(fonts::fonts()?);
    // Millimetres to points, less the code and the edges.
    let column = (sheet.width * 2.83 - 100.0).max(60.0);
    let mut each = Vec::new();
    for l in labels {
        let (name, address) = (short(&l.name, 60), short(&l.address, 90));
        let copies = l.copies.map(|n| match heading.lang {
            Lang::Ko => format!("{n}부"),
            Lang::En => format!("{n} copies"),
        });
        let code = coded(&mut setter, l.code.as_deref())?;
        each.push(json!({
            "name": setter.line(&name, Room::of(column, 10.5)),
            "address": setter.line(&address, Room::of(column, 7.8)),
            "note": setter.line(&short(&l.note, 60), Room::of(column, 7.0)),
            "copies": copies,
            "code": code,
            "alt": alternative(heading.lang, &name),
        }));
    }
    let mut data = head(heading);
    data["pages"] = each
        .chunks((sheet.columns * sheet.rows).max(1))
        .map(<[Value]>::to_vec)
        .collect();
    data["sheet"] = json!({
        "columns": sheet.columns, "width": sheet.width, "height": sheet.height, "left": sheet.left, "top": sheet.top,
        "across": sheet.across, "down": sheet.down,
    });
    pdf::made("labels.typ", &data, &setter.pictures, "")
}

/// Badges of 105 × 74 mm, eight on a sheet.
pub fn badges(heading: &Heading, badges: &[Badge]) -> Result<Pdf, Error> {
    limits::at_most("badges", badges.len(), limits::LABELS)?;
    let mut setter = Setter::new(fonts::fonts()?);
    let mut each = Vec::new();
    for b in badges {
        let name = short(&b.person.lead, 40);
        let size = match name.chars().count() {
            0..=6 => 30.0,
            7..=14 => 22.0,
            _ => 15.0,
        };
        let code = coded(&mut setter, b.code.as_deref())?;
        let services = b.person.services().join(" · ");
        each.push(json!({
            "name": setter.line(&name, Room::of(175.0, size)),
            "line": setter.line(&short(&b.person.rest, 70), Room::of(175.0, 11.0)),
            "services": setter.line(&short(&services, 60), Room::of(165.0, 8.4)),
            "event": setter.line(&short(&b.event, 46), Room::of(250.0, 9.0)),
            "partner": b.person.is_partner(),
            "size": size,
            "code": code,
            "alt": alternative(heading.lang, &name),
        }));
    }
    let mut data = head(heading);
    data["pages"] = each.chunks(8).map(<[Value]>::to_vec).collect();
    pdf::made("badges.typ", &data, &setter.pictures, "")
}

/// The run of show, in order.
pub fn run_of_show(heading: &Heading, cues: &[Cue]) -> Result<Pdf, Error> {
    limits::at_most("questions of a run of show", cues.len(), 200)?;
    let setter = Setter::new(fonts::fonts()?);
    let lang = heading.lang;
    let mut each = Vec::new();
    for (n, c) in cues.iter().enumerate() {
        limits::at_most("speakers of a question", c.speakers.len(), limits::ANSWERS)?;
        let asker = [clean::line(&c.asker.lead), clean::line(&c.asker.rest)];
        let asker: Vec<String> = asker.into_iter().filter(|a| !a.is_empty()).collect();
        let speakers = c.speakers.iter().map(|p| {
            json!({
                "lead": setter.line(&short(&p.lead, 40), Room::of(98.0, 9.0)),
                "rest": setter.line(&short(&p.rest, 60), Room::of(98.0, 8.0)),
                "partner": p.is_partner(),
            })
        });
        each.push(json!({
            "n": (n + 1).to_string(),
            "at": short(&c.at, 8),
            "minutes": match lang {
                Lang::Ko => format!("{}분", c.minutes),
                Lang::En => format!("{} min", c.minutes),
            },
            "question": setter.line(&short(&c.question, 400), Room::of(230.0, 10.0)),
            "asker": setter.line(&short(&asker.join(" · "), 90), Room::of(230.0, 8.0)),
            "speakers": speakers.collect::<Vec<_>>(),
            "note": setter.line(&short(&c.note, 200), Room::of(75.0, 8.0)),
        }));
    }
    let mut data = head(heading);
    let published = [clean::line(&heading.publisher), lang.day(heading.date)].join(" · ");
    data["heading"] = setter.line(&heading.title, Room::of(500.0, 19.0));
    data["published"] = setter.line(&published, Room::of(500.0, 9.0));
    data["columns"] = match lang {
        Lang::Ko => json!(["", "시각", "질문", "답하는 사람", "메모"]),
        Lang::En => json!(["", "Time", "Question", "Who answers", "Notes"]),
    };
    data["cues"] = each.into();
    pdf::made("run.typ", &data, &setter.pictures, "")
}

fn short(text: &str, most: usize) -> String {
    layout::shortened(text, most)
}

fn coded(setter: &mut Setter, text: Option<&str>) -> Result<Option<String>, Error> {
    text.map(|text| Ok(setter.keep(Code::new(text)?.svg().into_bytes())))
        .transpose()
}

fn alternative(lang: Lang, name: &str) -> String {
    format!("{}: {name}", lang.pick("QR 코드", "QR code"))
}

fn head(h: &Heading) -> Value {
    json!({
        "lang": h.lang.code(),
        "title": clean::line(&h.title),
        "publisher": clean::line(&h.publisher),
        "description": "",
        "keywords": [],
        "date": layout::ymd(h.date),
    })
}
