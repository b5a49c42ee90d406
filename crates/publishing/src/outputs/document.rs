//! A snapshot → the plain document that everything but the page is made of.

use crate::article::{Block, Exchange, Figures, Said, Snapshot, Standing, render};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{ArticleId, Lang, person::Person};
use print::{Correction, Document, Side};
use web::{Words, lang::Zone};

/// What stands beside the snapshot.
pub(crate) struct Facts<'a> {
    pub(crate) id: ArticleId,
    pub(crate) slug: &'a str,
    /// When it was published; of a draft, now.
    pub(crate) at: DateTime<Utc>,
    pub(crate) public_url: &'a str,
}

pub(crate) const fn lang(lang: Lang) -> print::Lang {
    match lang {
        Lang::Ko => print::Lang::Ko,
        Lang::En => print::Lang::En,
    }
}

pub(crate) fn day(at: DateTime<Utc>, zone: &str) -> NaiveDate {
    at.with_timezone(&zone.tz()).date_naive()
}

/// The article, its pictures still without bytes, as feeds and programs need them; their names in their order.
pub(crate) fn document(s: &Snapshot, f: &Facts<'_>) -> (Document, Vec<String>) {
    let w = Words::new(s.lang, &crate::TEXTS);
    let (mut blocks, mut pictures) = (Vec::new(), Vec::new());
    for block in &s.blocks {
        match block {
            Block::Prose { markdown } => blocks.push(print::Block::Prose(markdown.clone())),
            Block::Part { part, heading } => blocks.push(print::Block::Part(match part {
                Some(part) if heading.is_empty() => w.t(render::part_key(*part)),
                _ => heading.clone(),
            })),
            Block::Exchange(x) => blocks.push(print::Block::Exchange(exchange(x))),
            Block::Quote { said: words, .. } => blocks.push(print::Block::Quote(said(words))),
            Block::Picture(p) => {
                pictures.push(p.sha256.clone());
                blocks.push(print::Block::Picture(print::Picture {
                    bytes: Vec::new(),
                    alternative: p.alt.clone(),
                    caption: p.caption.clone(),
                }));
            }
            Block::Figures { caption, figures } => tables(&w, caption, figures, &mut blocks),
        }
    }
    let zone = s.event.time_zone.as_str();
    // The page has the last one first, print the first one.
    let corrections = s.corrections.iter().rev().map(|c| Correction {
        date: day(c.at, zone),
        text: c.text.clone(),
    });
    let noon = |day: NaiveDate| day.and_hms_opt(12, 0, 0).map(|at| w.date(at.and_utc(), "UTC"));
    let event = [
        Some(s.event.title.clone()),
        s.event.first_day.and_then(noon),
        s.event.place.clone(),
    ];
    let event: Vec<String> = event.into_iter().flatten().filter(|e| !e.is_empty()).collect();
    let document = Document {
        lang: lang(s.lang),
        identifier: format!("urn:uuid:{}", f.id.uuid()),
        title: s.title.clone(),
        standfirst: s.standfirst.clone(),
        keywords: s.keywords.clone(),
        publisher: s.event.host.clone(),
        event: event.join(" · "),
        date: day(f.at, zone),
        address: Some(format!("{}/articles/{}", f.public_url, f.slug)),
        blocks,
        corrections: corrections.collect(),
    };
    (document, pictures)
}

fn exchange(x: &Exchange) -> print::Exchange {
    print::Exchange {
        heading: x.heading.clone(),
        question: said(&x.question),
        answers: x.answers.iter().map(said).collect(),
        pull: x.pull.as_ref().map(said),
    }
}

fn said(said: &Said) -> print::Said {
    print::Said {
        by: person(&said.by),
        text: said.text.clone(),
    }
}

fn person(by: &Standing) -> print::Person {
    let (works_for, side) = match &by.person {
        Person::Partner { company, services, .. } => (
            company,
            Side::Partner {
                services: services.clone(),
            },
        ),
        Person::Host { affiliate, .. } => (affiliate, Side::Host),
    };
    print::Person {
        lead: by.lead().to_owned(),
        rest: by.rest().to_owned(),
        // What the printed line does not say, machines are not told, either.
        works_for: works_for
            .clone()
            .filter(|w| !w.is_empty() && by.line.contains(w.as_str())),
        side,
    }
}

/// The event in figures, as tables; what they count is in words beneath them.
fn tables(w: &Words, caption: &str, f: &Figures, blocks: &mut Vec<print::Block>) {
    let mut rows = Vec::new();
    if f.sittings.len() > 1 {
        let each = f
            .sittings
            .iter()
            .map(|s| [s.title.clone(), w.number(s.companies), w.number(s.people)]);
        rows.extend(each.map(Vec::from));
    }
    rows.push(vec![
        w.t("outputs-figures-all"),
        w.number(f.companies),
        w.number(f.people),
    ]);
    blocks.push(print::Block::Figures(print::Figures {
        caption: w.t("figures-title"),
        columns: ["figures-sitting", "figures-companies", "figures-people"]
            .map(|k| w.t(k))
            .into(),
        rows,
    }));
    if !f.interest.is_empty() {
        let row = |(title, n): &(String, usize)| vec![title.clone(), w.number(n)];
        blocks.push(print::Block::Figures(print::Figures {
            caption: w.t("figures-interest"),
            columns: ["outputs-figures-part", "figures-people"].map(|k| w.t(k)).into(),
            rows: f.interest.iter().map(row).collect(),
        }));
    }
    if !f.fields.is_empty() {
        let line = format!("{}: {}", w.t("figures-fields"), f.fields.join(" · "));
        blocks.push(print::Block::Prose(literally(&line)));
    }
    if !caption.is_empty() {
        blocks.push(print::Block::Prose(literally(caption)));
    }
}

/// A text as Markdown that says just that.
fn literally(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::render::tests::snapshot;

    #[test]
    fn a_document_says_what_the_page_says_and_no_company_that_the_line_does_not() {
        let mut s = snapshot();
        let Some(Block::Exchange(x)) = s.blocks.last_mut() else {
            panic!("an exchange");
        };
        x.answers[1].by.line = "이단".into();
        for day in [1, 2] {
            s.corrections.push(crate::article::Correction {
                at: DateTime::from_timestamp(1_800_000_000 - day * 86_400, 0).expect("a moment"),
                text: format!("{day}"),
            });
        }
        s.blocks.push(Block::Figures {
            caption: "1. *셈*".into(),
            figures: Figures {
                companies: 3,
                people: 4,
                fields: vec!["숙박".into()],
                sittings: Vec::new(),
                interest: vec![("상담".into(), 2)],
            },
        });
        let facts = Facts {
            id: ArticleId::new(),
            slug: "talk",
            at: DateTime::from_timestamp(1_800_000_000, 0).expect("a moment"),
            public_url: "https://mundap.example",
        };
        let (d, pictures) = document(&s, &facts);
        assert_eq!(d.address.as_deref(), Some("https://mundap.example/articles/talk"));
        assert_eq!((d.identifier.len(), pictures.len()), ("urn:uuid:".len() + 36, 0));
        assert_eq!(d.event, "가까이에서 · 2026년 11월 22일 (일)");
        let texts: Vec<&str> = d.corrections.iter().map(|c| c.text.as_str()).collect();
        assert_eq!(texts, ["2", "1"], "the oldest first");
        let print::Block::Exchange(x) = &d.blocks[2] else {
            panic!("{:?}", d.blocks);
        };
        assert_eq!(x.answers[0].by.works_for.as_deref(), Some("<b>하늘</b>책방"));
        assert_eq!(x.answers[1].by.works_for, None, "their line does not name it");
        let print::Block::Part(heading) = &d.blocks[1] else {
            panic!("{:?}", d.blocks);
        };
        assert!(!heading.is_empty() && !heading.contains("article-part"), "{heading}");
        let print::Block::Figures(table) = &d.blocks[3] else {
            panic!("{:?}", d.blocks);
        };
        assert_eq!(table.rows, [["전체", "3", "4"].map(String::from)]);
        assert_eq!(d.blocks.last(), Some(&print::Block::Prose("1\\. \\*셈\\*".into())));
    }
}
