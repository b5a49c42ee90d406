//! Letter → subject, plain text, HTML. A pure function of the letter, the language and the keys.

use crate::{
    Error,
    letter::{Block, Letter, Link, one_line},
    newsletter,
};
use askama::Template;
use domain::{
    InvitationId, Lang,
    state::mail::MailKind,
    token::{Keys, Purpose},
};
use fluent_templates::{LanguageIdentifier, Loader, fluent_bundle::FluentValue, static_loader};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    fmt::Write,
};
use unic_langid::langid;
use uuid::Uuid;

static_loader! {
    static TEXTS = {
        locales: "./locales",
        fallback_language: "ko",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

const KO: LanguageIdentifier = langid!("ko");
const EN: LanguageIdentifier = langid!("en");
const FONT: &str = "Pretendard,'Apple SD Gothic Neo','Noto Sans KR','Malgun Gothic','Segoe UI',sans-serif";

/// How links become addresses.
#[derive(Clone, Debug)]
pub enum Links<'a> {
    /// With tokens, for the mail itself: each invitation with its link's version.
    Real {
        keys: &'a Keys,
        versions: &'a BTreeMap<InvitationId, u16>,
    },
    /// For staff to look at: where a token would stand, dots.
    Hidden,
}

/// A mail's three texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// What a letter is rendered with.
#[derive(Clone, Debug)]
pub struct Sheet<'a> {
    pub letter: &'a Letter,
    pub kind: MailKind,
    pub lang: Lang,
    /// Who sends, by name.
    pub from_name: &'a str,
    pub public_url: &'a str,
    /// A reply is an answer: the mail says so.
    pub replyable: bool,
    /// Whoever gets it may want no more of the kind: their invitation.
    pub unsubscribe: Option<InvitationId>,
    pub links: Links<'a>,
}

/// A block with its paragraphs and lines parted and its link made.
enum Shown {
    Text(Vec<Vec<String>>),
    Quote {
        paragraphs: Vec<Vec<String>>,
        by: Option<String>,
    },
    Facts(Vec<(String, String)>),
    Action {
        label: String,
        url: String,
    },
    /// Label and address.
    Ways(Vec<(String, String)>),
    Note(Vec<Vec<String>>),
    /// The code in letters, and whether its picture goes with the mail.
    Code {
        text: String,
        caption: String,
        picture: bool,
    },
    /// That a reply is enough.
    Hint(String),
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Page<'a> {
    lang: &'a str,
    subject: &'a str,
    font: &'a str,
    blocks: &'a [Shown],
    link_below: String,
    footer: Vec<String>,
    unsubscribe: Option<(String, String)>,
}

/// # Errors
/// When a link names an invitation whose version is not known.
pub fn render(sheet: &Sheet<'_>) -> Result<Rendered, Error> {
    let mut letter = sheet.letter.clone().cleaned();
    if sheet.kind == MailKind::Newsletter {
        letter.subject = newsletter::marked(&letter.subject);
    }
    let mut blocks: Vec<Shown> = letter
        .blocks
        .into_iter()
        .map(|block| shown(block, sheet))
        .collect::<Result<_, _>>()?;
    let from = one_line(sheet.from_name);
    let hint = match sheet.kind {
        MailKind::Delivery => "reply-hint-delivery",
        MailKind::AskBack => "reply-hint-ask-back",
        _ => "reply-hint",
    };
    if sheet.replyable {
        // What to do is said once: above the button that is the other way, or, where nothing is asked for, at the end.
        let asked = (sheet.kind != MailKind::Delivery)
            .then(|| blocks.iter().position(|b| matches!(b, Shown::Action { .. })))
            .flatten();
        blocks.insert(asked.unwrap_or(blocks.len()), Shown::Hint(say(sheet.lang, hint, &from)));
    }
    let mut footer = vec![say(
        sheet.lang,
        &format!("why-{}", sheet.kind.as_str().replace('_', "-")),
        &from,
    )];
    if sheet.letter.links().any(|link| !matches!(link, Link::Page { .. })) {
        footer.push(say(sheet.lang, "personal-link", &from));
    }
    let unsubscribe = sheet.unsubscribe.map(|invitation| {
        let url = unsubscribe_url(sheet.kind, invitation, sheet.public_url, &sheet.links);
        let key = match sheet.kind {
            MailKind::Newsletter => "unsubscribe-newsletter",
            _ => "unsubscribe",
        };
        (say(sheet.lang, key, &from), url)
    });
    let mut below = footer.clone();
    below.extend(unsubscribe.as_ref().map(|(label, url)| format!("{label}: {url}")));
    let text = plain(&blocks, &below);
    let html = Page {
        lang: sheet.lang.as_str(),
        subject: &letter.subject,
        font: FONT,
        blocks: &blocks,
        link_below: say(sheet.lang, "link-below", &from),
        footer,
        unsubscribe,
    }
    .render()
    .map_err(|e| Error::Compose(e.to_string()))?;
    Ok(Rendered {
        subject: letter.subject,
        text,
        html,
    })
}

fn say(lang: Lang, key: &str, from: &str) -> String {
    words(lang, key, &[("from", from.to_owned())])
}

/// A text of this crate with what its arguments become.
pub(crate) fn words(lang: Lang, key: &str, args: &[(&'static str, String)]) -> String {
    let args: HashMap<_, _> = args
        .iter()
        .map(|(name, value)| (Cow::Borrowed(*name), FluentValue::from(value.clone())))
        .collect();
    let id = match lang {
        Lang::Ko => &KO,
        Lang::En => &EN,
    };
    TEXTS.lookup_with_args(id, key, &args)
}

fn shown(block: Block, sheet: &Sheet<'_>) -> Result<Shown, Error> {
    Ok(match block {
        Block::Text(text) => Shown::Text(paragraphs(&text)),
        Block::Quote { text, by } => Shown::Quote {
            paragraphs: paragraphs(&text),
            by,
        },
        Block::Facts(facts) => Shown::Facts(facts),
        Block::Action { label, link } => Shown::Action {
            label,
            url: url(&link, sheet.public_url, &sheet.links)?,
        },
        Block::Ways(ways) => Shown::Ways(
            ways.into_iter()
                .map(|(label, link)| Ok((label, url(&link, sheet.public_url, &sheet.links)?)))
                .collect::<Result<_, Error>>()?,
        ),
        Block::Note(text) => Shown::Note(paragraphs(&text)),
        Block::Code { text, caption } => match sheet.links {
            Links::Real { .. } => Shown::Code {
                text: in_fours(&text),
                caption,
                picture: true,
            },
            Links::Hidden => Shown::Code {
                text: "········".to_owned(),
                caption,
                picture: false,
            },
        },
    })
}

/// `ABCD-EFGH`: what is read out and typed is read in pieces.
fn in_fours(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let pieces: Vec<String> = letters.chunks(4).map(|piece| piece.iter().collect()).collect();
    pieces.join("-")
}

fn paragraphs(text: &str) -> Vec<Vec<String>> {
    let mut out: Vec<Vec<String>> = Vec::new();
    let mut fresh = true;
    for line in text.lines() {
        if line.trim().is_empty() {
            fresh = true;
        } else if fresh {
            out.push(vec![line.trim_end().to_owned()]);
            fresh = false;
        } else if let Some(paragraph) = out.last_mut() {
            paragraph.push(line.trim_end().to_owned());
        }
    }
    out
}

/// The address of a link; the only place where a token comes into a mail's body.
fn url(link: &Link, public_url: &str, links: &Links<'_>) -> Result<String, Error> {
    let token = |purpose: Purpose, id: Uuid, stamp: u16| match links {
        Links::Real { keys, .. } => keys.sign(purpose, id, stamp),
        Links::Hidden => "········".to_owned(),
    };
    Ok(match link {
        Link::Personal { invitation, path } => {
            let version = match links {
                Links::Real { versions, .. } => *versions
                    .get(invitation)
                    .ok_or_else(|| Error::Compose(format!("invitation {invitation} is not there")))?,
                Links::Hidden => 0,
            };
            let mut url = format!(
                "{public_url}/i/{}",
                token(Purpose::PersonalLink, invitation.uuid(), version)
            );
            if !path.is_empty() {
                let _ = write!(url, "?to={}", encoded(path));
            }
            url
        }
        Link::Answer { assignment, until } => {
            format!(
                "{public_url}/a/{}",
                token(Purpose::AnswerLink, assignment.uuid(), *until)
            )
        }
        Link::Step {
            assignment,
            until,
            step,
        } => {
            let token = token(Purpose::AnswerLink, assignment.uuid(), *until);
            format!("{public_url}/a/{token}/{}", step.as_str())
        }
        Link::Propose { crew_member, until } => {
            format!(
                "{public_url}/p/{}",
                token(Purpose::ProposeLink, crew_member.uuid(), *until)
            )
        }
        Link::Calendar { invitation } => {
            let version = match links {
                Links::Real { versions, .. } => versions.get(invitation).copied().unwrap_or_default(),
                Links::Hidden => 0,
            };
            let token = token(Purpose::Calendar, invitation.uuid(), version);
            format!("{public_url}/calendar/{token}.ics")
        }
        Link::Speaker { speaker, until } => {
            format!("{public_url}/s/{}", token(Purpose::SpeakerLink, speaker.uuid(), *until))
        }
        Link::Approval { approver, until } => {
            format!("{public_url}/w/{}", token(Purpose::Approval, approver.uuid(), *until))
        }
        Link::Page { path } => format!("{public_url}/{}", path.trim_start_matches('/')),
    })
}

/// Where somebody says that they want no more of this; in the mail's head and at its foot.
pub(crate) fn unsubscribe_url(kind: MailKind, invitation: InvitationId, public_url: &str, links: &Links<'_>) -> String {
    let (path, purpose) = match kind {
        MailKind::Newsletter => ("n", Purpose::NoNewsletter),
        _ => ("u", Purpose::Unsubscribe),
    };
    let token = match links {
        Links::Real { keys, .. } => keys.sign(purpose, invitation.uuid(), 0),
        Links::Hidden => "········".to_owned(),
    };
    format!("{public_url}/{path}/{token}")
}

/// Percent-encoding of a query's value (RFC 3986 §3.4); `/` may stand as it is.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || b"/-._~".contains(&b) {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}

fn plain(blocks: &[Shown], footer: &[String]) -> String {
    let join = |paragraphs: &[Vec<String>], indent: &str| {
        paragraphs
            .iter()
            .map(|lines| {
                lines
                    .iter()
                    .map(|l| format!("{indent}{l}"))
                    .collect::<Vec<_>>()
                    .join("\n")
            })
            .collect::<Vec<_>>()
            .join("\n\n")
    };
    let parts: Vec<String> = blocks
        .iter()
        .map(|block| match block {
            Shown::Text(paragraphs) | Shown::Note(paragraphs) => join(paragraphs, ""),
            Shown::Quote { paragraphs, by } => {
                let mut text = join(paragraphs, "    ");
                if let Some(by) = by {
                    let _ = write!(text, "\n\n    — {by}");
                }
                text
            }
            Shown::Facts(facts) => facts
                .iter()
                .map(|(k, v)| format!("{k}: {v}"))
                .collect::<Vec<_>>()
                .join("\n"),
            Shown::Hint(text) => text.clone(),
            Shown::Code { text, caption, .. } => format!("{caption}: {text}"),
            Shown::Action { label, url } => format!("{label}:\n{url}"),
            Shown::Ways(ways) => ways
                .iter()
                .map(|(label, url)| format!("- {label}:\n  {url}"))
                .collect::<Vec<_>>()
                .join("\n"),
        })
        .filter(|part| !part.is_empty())
        .collect();
    format!("{}\n\n-- \n{}\n", parts.join("\n\n"), footer.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::AssignmentId;

    fn sheet<'a>(letter: &'a Letter, links: Links<'a>) -> Sheet<'a> {
        Sheet {
            letter,
            kind: MailKind::Assignment,
            lang: Lang::Ko,
            from_name: "문답",
            public_url: "https://qa.host.example",
            replyable: true,
            unsubscribe: None,
            links,
        }
    }

    #[test]
    fn markup_in_a_name_or_a_question_is_text_in_both_parts_and_becomes_no_link() {
        let letter = Letter::new("질문")
            .quote(
                "<script>alert(1)</script> [here](http://evil.example) http://evil.example",
                Some("<b>김</b>".into()),
            )
            .facts([("기한".to_owned(), "<i>내일</i>".to_owned())]);
        let out = render(&sheet(&letter, Links::Hidden)).expect("renders");
        assert!(!out.html.contains("<script>") && !out.html.contains("<b>김") && !out.html.contains("<i>내일"));
        assert!(!out.html.contains("href=\"http://evil"), "{}", out.html);
        assert!(out.text.contains("<script>alert(1)</script>"));
    }

    #[test]
    fn the_token_stands_in_the_mail_alone_and_staff_see_dots() {
        let keys = Keys::new(&["0123456789abcdef0123456789abcdef"]).expect("key");
        let assignment = AssignmentId::new();
        let letter = Letter::new("질문").action("답변하기", Link::Answer { assignment, until: 9 });
        let versions = BTreeMap::new();
        let real = render(&sheet(
            &letter,
            Links::Real {
                keys: &keys,
                versions: &versions,
            },
        ))
        .expect("renders");
        let token = keys.sign(Purpose::AnswerLink, assignment.uuid(), 9);
        let address = format!("https://qa.host.example/a/{token}");
        assert_eq!(
            real.html.matches(&address).count(),
            3,
            "button, visible address and its link"
        );
        let reply = real.text.find("회신하시면").expect("says that a reply is enough");
        let link = real.text.find(&address).expect("names the page");
        assert!(reply < link, "the reply comes first: {}", real.text);
        for part in [&real.text, &real.html] {
            assert_eq!(part.matches("회신").count(), 1, "said once: {part}");
        }
        let hidden = render(&sheet(&letter, Links::Hidden)).expect("renders");
        assert!(!hidden.html.contains(&token) && hidden.html.contains("/a/········"));
    }

    #[test]
    fn a_personal_link_carries_its_page_and_its_version() {
        let keys = Keys::new(&["0123456789abcdef0123456789abcdef"]).expect("key");
        let invitation = InvitationId::new();
        let versions = BTreeMap::from([(invitation, 3)]);
        let real = Links::Real {
            keys: &keys,
            versions: &versions,
        };
        let link = Link::Personal {
            invitation,
            path: "/my?x=1&y".into(),
        };
        let made = url(&link, "http://h", &real).expect("known");
        let token = made
            .strip_prefix("http://h/i/")
            .and_then(|r| r.strip_suffix("?to=/my%3Fx%3D1%26y"))
            .expect("form");
        assert_eq!(keys.verify(Purpose::PersonalLink, token).map(|c| c.stamp), Some(3));
        let unknown = Link::Personal {
            invitation: InvitationId::new(),
            path: String::new(),
        };
        assert!(url(&unknown, "http://h", &real).is_err());
    }

    #[test]
    fn every_kind_of_mail_says_why_it_was_sent_in_both_languages() {
        let letter = Letter::new("x").text("y");
        for kind in MailKind::ALL {
            for lang in [Lang::Ko, Lang::En] {
                let sheet = Sheet {
                    kind: *kind,
                    lang,
                    ..sheet(&letter, Links::Hidden)
                };
                let text = render(&sheet).expect("renders").text;
                assert!(
                    !text.contains("Unknown localization") && !text.contains("why-"),
                    "{text}"
                );
            }
        }
    }
}
