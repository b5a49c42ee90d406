//! A snapshot → the page that readers open: one request, its style within, nothing that runs.

use super::{Block, Exchange, Figures, Picture, Said, Snapshot, markdown};
use crate::{Error, comments::Below, magazine::Beside, outputs};
use askama::Template;
use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, NaiveDate, Utc};
use data_encoding::HEXLOWER;
use domain::{
    ArticleId, Lang,
    state::article::ArticlePart,
    text::{char_count, excerpt},
};
use print::feeds::{self, Entry, PartOf, Told};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;
use web::Words;

const STYLE: &str = include_str!("../../assets/article.css");

/// The page's policy: its own style by hash, pictures and forms of this site, and nothing else. Nothing here can connect; a program
/// that judges the page reads the site's robots.txt in its name.
pub(crate) static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'"
    )
});

/// What stands on the page beside the snapshot.
pub(crate) struct Facts<'a> {
    pub(crate) id: ArticleId,
    pub(crate) slug: &'a str,
    pub(crate) published_at: Option<DateTime<Utc>>,
    pub(crate) corrected_at: Option<DateTime<Utc>>,
    pub(crate) public_url: &'a str,
    pub(crate) demo: bool,
    pub(crate) preview: Option<Preview>,
    /// Where its pictures lie, without a slash at the end.
    pub(crate) pictures: String,
    /// Where it stands in the magazine.
    pub(crate) beside: Option<Beside>,
    /// What is said below it, where anything may be.
    pub(crate) comments: Option<Below>,
}

/// It is not what readers see.
pub(crate) enum Preview {
    /// Back to the editor's page.
    Desk(String),
    /// Whoever has the link.
    Link,
}

#[derive(Template)]
#[template(path = "article.html")]
struct Page<'a> {
    w: Words,
    s: &'a Snapshot,
    f: &'a Facts<'a>,
    style: &'static str,
    url: String,
    pieces: Vec<Piece<'a>>,
    contents: Vec<Contents>,
    /// How many questions it has.
    questions: usize,
    minutes: usize,
    /// The day of the event, in words.
    held: Option<String>,
    /// Where the picture is that stands beside its address elsewhere.
    card: Option<String>,
    json_ld: String,
}

enum Piece<'a> {
    Prose(String),
    /// Its id and its heading.
    Part(String, String),
    Exchange(View<'a>),
    Quote(&'a Said),
    Picture(&'a Picture),
    Figures(&'a Figures, &'a str),
}

/// One exchange on the page.
struct View<'a> {
    n: usize,
    x: &'a Exchange,
    /// The question's own words stand as the heading.
    own_heading: bool,
    long: bool,
}

/// One part's lines in the list of questions.
struct Contents {
    id: String,
    heading: String,
    lines: Vec<(usize, String)>,
}

impl Page<'_> {
    fn is_ko(&self) -> bool {
        self.s.lang == Lang::Ko
    }
    fn zone(&self) -> &str {
        &self.s.event.time_zone
    }
    /// Where it leads back to, for its editor.
    fn desk(&self) -> Option<&str> {
        match &self.f.preview {
            Some(Preview::Desk(path)) => Some(path),
            _ => None,
        }
    }
    fn src(&self, picture: &Picture) -> String {
        format!("{}/{}", self.f.pictures, picture.file())
    }
}

/// The longest bar is the whole width.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "a template passes by reference")]
fn share(n: &usize, all: &Figures) -> usize {
    let most = all.interest.iter().map(|(_, n)| *n).max().unwrap_or(1).max(1);
    n * 100 / most
}

/// How many of them stand on the article's own page.
const fn many(below: &Below) -> u64 {
    below.last.len() as u64
}

/// The machine's form of a moment.
pub(crate) fn iso(at: &DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// The text of a part's heading; pages of editors use it, too.
pub(crate) fn part_key(part: ArticlePart) -> String {
    format!("article-part-{part}")
}

/// The whole page. It is the same for every reader: its language is the article's.
pub(crate) fn page(s: &Snapshot, f: &Facts<'_>) -> Result<String, Error> {
    let w = Words::new(s.lang, &crate::TEXTS);
    let (mut pieces, mut contents): (Vec<Piece<'_>>, Vec<Contents>) = (Vec::new(), Vec::new());
    let (mut questions, mut parts) = (0, 0);
    for block in &s.blocks {
        match block {
            Block::Prose { markdown } => pieces.push(Piece::Prose(markdown::html(markdown))),
            Block::Part { part, heading } => {
                parts += 1;
                // The address of a usual part stands in links since it was first printed.
                let id = part.map_or_else(|| format!("part-{parts}"), |part| format!("part-{part}"));
                let heading = match part {
                    Some(part) if heading.is_empty() => w.t(part_key(*part)),
                    _ => heading.clone(),
                };
                pieces.push(Piece::Part(id.clone(), heading.clone()));
                contents.push(Contents {
                    id,
                    heading,
                    lines: Vec::new(),
                });
            }
            Block::Exchange(x) => {
                questions += 1;
                let label = x.heading.clone().unwrap_or_else(|| excerpt(&x.question.text, 64));
                if contents.is_empty() {
                    contents.push(Contents {
                        id: String::new(),
                        heading: String::new(),
                        lines: Vec::new(),
                    });
                }
                if let Some(last) = contents.last_mut() {
                    last.lines.push((questions, label));
                }
                let (own_heading, long) = (x.heading.is_none(), char_count(&x.question.text) > 90);
                pieces.push(Piece::Exchange(View {
                    n: questions,
                    x,
                    own_heading,
                    long,
                }));
            }
            Block::Quote { said, .. } => pieces.push(Piece::Quote(said)),
            Block::Picture(picture) => pieces.push(Piece::Picture(picture)),
            Block::Figures { caption, figures } => pieces.push(Piece::Figures(figures, caption)),
        }
    }
    if questions == 0 && contents.len() < 2 {
        // One heading needs no list.
        contents.clear();
    }
    let url = format!("{}/articles/{}", f.public_url, f.slug);
    let card = (f.preview.is_none() && print::has_fonts()).then(|| format!("{url}/card.png?v={}", drawn_from(s)));
    let noon = |day: NaiveDate| day.and_hms_opt(12, 0, 0).map(|at| at.and_utc());
    let page = Page {
        held: s.event.first_day.and_then(noon).map(|at| w.date(at, "UTC")),
        w,
        s,
        f,
        style: STYLE,
        url,
        pieces,
        contents,
        questions,
        minutes: minutes(s),
        json_ld: json_ld(s, f, card.as_deref()),
        card,
    };
    Ok(page.render()?)
}

/// Korean is read at some 500 characters a minute, English at some 1,100.
pub(crate) fn minutes(s: &Snapshot) -> usize {
    let chars: usize = s
        .blocks
        .iter()
        .map(|block| match block {
            Block::Prose { markdown } => char_count(markdown),
            Block::Part { .. } | Block::Picture(_) | Block::Figures { .. } => 0,
            Block::Quote { said, .. } => char_count(&said.text),
            Block::Exchange(x) => {
                char_count(&x.question.text) + x.answers.iter().map(|a| char_count(&a.text)).sum::<usize>()
            }
        })
        .sum();
    let pace = if s.lang == Lang::Ko { 500 } else { 1_100 };
    chars.div_ceil(pace).max(1)
}

/// Another one when another picture is drawn: who passes pages on keeps pictures by their address.
fn drawn_from(s: &Snapshot) -> String {
    let words = [s.title.as_str(), &s.event.title, &s.event.host].join("\n");
    HEXLOWER.encode(&Sha256::digest(words)[..4])
}

/// A data block, not a script; no text in it can end that.
fn json_ld(s: &Snapshot, f: &Facts<'_>, card: Option<&str>) -> String {
    // A draft is dated when it is published; until then its page is nobody's to find.
    let at = f.published_at.unwrap_or_default();
    let facts = outputs::Facts {
        id: f.id,
        slug: f.slug,
        at,
        public_url: f.public_url,
    };
    let (document, _) = outputs::document(s, &facts);
    let entry = Entry {
        document: &document,
        published: at,
        updated: f.corrected_at.unwrap_or(at),
        pictures: Vec::new(),
    };
    let told = Told {
        picture: card.map(str::to_owned),
        held: s.event.first_day,
        part_of: f.beside.as_ref().map(|b| PartOf {
            number: u32::try_from(b.number).unwrap_or_default(),
            title: b.title.clone(),
            address: format!("{}/magazine/{}", f.public_url, b.number),
        }),
    };
    feeds::json_ld(&entry, &told)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::article::{EventFacts, Said, Standing};
    use domain::{BlockId, person::Person};

    fn said(name: &str, text: &str) -> Said {
        let person = Person::Partner {
            name: Some(name.into()),
            title: None,
            company: Some("<b>하늘</b>책방".into()),
            group: None,
            services: vec!["둥지장터".into()],
        };
        Said {
            by: Standing {
                invitation: None,
                speaker: None,
                crew_member: None,
                line: person.line(),
                person,
            },
            text: text.into(),
            answer: None,
        }
    }

    pub(crate) fn snapshot() -> Snapshot {
        let exchange = Exchange {
            id: BlockId::new(),
            about: None,
            heading: None,
            question: said("김하늘", "왜 그런가요? </script><script>alert(1)</script>"),
            answers: vec![said("박솔", "그래서요.\n\n또 있습니다."), said("이단", "저도요.")],
            pull: Some(said("박솔", "그래서요.")),
        };
        Snapshot {
            format: 1,
            lang: Lang::Ko,
            title: "</script><script>alert(1)</script>".into(),
            standfirst: "요지".into(),
            keywords: vec!["상생".into()],
            event: EventFacts {
                title: "가까이에서".into(),
                host: "나래".into(),
                place: None,
                first_day: NaiveDate::from_ymd_opt(2026, 11, 22),
                time_zone: "Asia/Seoul".into(),
            },
            blocks: vec![
                Block::Prose {
                    markdown: "머리말".into(),
                },
                Block::Part {
                    part: Some(ArticlePart::PartnersAnswer),
                    heading: String::new(),
                },
                Block::Exchange(Box::new(exchange)),
            ],
            corrections: Vec::new(),
        }
    }

    pub(crate) fn facts(preview: bool) -> Facts<'static> {
        Facts {
            id: ArticleId::new(),
            slug: "talk",
            published_at: DateTime::from_timestamp(1_800_000_000, 0),
            corrected_at: None,
            public_url: "https://mundap.example",
            demo: false,
            preview: preview.then(|| Preview::Desk("/desk/articles/x".to_owned())),
            pictures: "/articles/talk/pictures".to_owned(),
            beside: None,
            comments: None,
        }
    }

    #[test]
    fn whatever_people_wrote_the_page_runs_nothing() {
        let html = page(&snapshot(), &facts(false)).expect("renders");
        assert_eq!(html.matches("<script").count(), 1, "the data block alone: {html}");
        assert!(!html.contains("<b>하늘") && html.contains("lang=\"ko\""));
        assert!(html.contains("https://mundap.example/articles/talk") && !html.contains("noindex"));
        let style = html
            .split("<style>")
            .nth(1)
            .and_then(|rest| rest.split("</style>").next())
            .expect("a style");
        let hash = BASE64_STANDARD.encode(Sha256::digest(style.as_bytes()));
        assert!(
            POLICY.contains(&hash),
            "the hash is that of the style as it stands in the page"
        );
    }

    #[test]
    fn a_preview_is_not_indexed() {
        let html = page(&snapshot(), &facts(true)).expect("renders");
        assert!(html.contains("noindex") && html.contains("/desk/articles/x"));
    }
}
