//! The text of a mail → what its writer newly wrote, what is quoted, what is signature. Nothing is lost: the three
//! together are the whole text, and where cutting leaves nothing, the whole text is kept.

use super::{
    Flag, Pair,
    html::CUT,
    quote::{self, Kind},
    rules::patterns,
    signature,
};

patterns! {
    ELSEWHERE = r"(?i)(?:아래|하단|밑|본문|원문|질문\s?(?:사이|밑|아래))[^\n]{0,20}(?:답변|회신|작성|기재|적었|적어|달았|표시|남겼|남깁)|(?:빨간|파란|붉은|푸른)\s?(?:색|글씨)|\b(?:see|find|my|answers?|repl(?:y|ies)|comments?)\b[^\n]{0,40}\b(?:below|inline|in-line|in red|in blue|between)\b|^\s*inline\W*$";
}

/// The parts of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Split {
    pub text: String,
    pub pairs: Vec<Pair>,
    pub cut: String,
    pub signature: String,
    pub full: String,
    pub flags: Vec<Flag>,
}

/// Neighbouring lines of one kind.
struct Segment<'a> {
    own: bool,
    lines: Vec<&'a str>,
    /// Of a quoted segment: the lines that can be answered, not those of its head.
    answerable: Vec<&'a str>,
}

pub(super) fn split(body: &str) -> Split {
    let body = normal(body);
    let lines: Vec<&str> = body.split('\n').collect();
    let full = collapse(lines.iter().filter(|l| **l != CUT).copied());
    let (kinds, forwarded) = quote::mark(&lines);
    let segments = segments(&lines, &kinds);

    let owns: Vec<usize> = (0..segments.len()).filter(|i| segments[*i].own).collect();
    let mut out = Split {
        full,
        ..Split::default()
    };
    let mut kept: Vec<(usize, String)> = Vec::new();
    let mut signature: Vec<String> = Vec::new();
    for &i in &owns {
        // A signature stands at the end of what was written, above or below the quote; not between two answers.
        let ends = owns.first() == Some(&i) || owns.last() == Some(&i);
        let (text, cut) = if ends {
            signature::strip(&segments[i].lines)
        } else {
            (segments[i].lines.clone(), Vec::new())
        };
        let text = collapse(text.into_iter());
        if !text.is_empty() {
            kept.push((i, text));
        }
        let cut = collapse(cut.into_iter());
        if !cut.is_empty() {
            signature.push(cut);
        }
    }
    out.pairs = pairs(&segments, &kept);
    out.cut = collapse(
        segments
            .iter()
            .filter(|s| !s.own)
            .flat_map(|s| s.lines.iter().copied())
            .filter(|l| *l != CUT),
    );
    out.signature = signature.join("\n\n");
    out.text = kept.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\n\n");
    if forwarded {
        out.flags.push(Flag::Forwarded);
    }
    if out.pairs.is_empty() && !out.cut.is_empty() && out.text.chars().count() < 300 && ELSEWHERE.is_match(&out.text) {
        out.flags.push(Flag::AnswersElsewhere);
    }
    never_empty(&mut out);
    out
}

/// Where something was written, something stays.
fn never_empty(out: &mut Split) {
    if !out.text.is_empty() {
        return;
    }
    if out.full.is_empty() {
        out.flags.push(Flag::Empty);
        return;
    }
    let own_words: Vec<&str> = out.signature.lines().filter(|l| !signature::is_device(l)).collect();
    let own_words = collapse(own_words.into_iter());
    out.flags.push(Flag::FellBack);
    if own_words.is_empty() {
        out.text = out.full.clone();
    } else {
        // All that was written looked like a signature: perhaps it is the answer.
        out.text = own_words;
        out.signature.clear();
    }
}

fn segments<'a>(lines: &[&'a str], kinds: &[Kind]) -> Vec<Segment<'a>> {
    let mut out: Vec<Segment<'a>> = Vec::new();
    for (line, kind) in lines.iter().zip(kinds) {
        let own = *kind == Kind::Own;
        // Blank lines belong to whatever stands above them.
        let joins =
            out.last().is_some_and(|last| last.own == own) || (own && line.trim().is_empty() && !out.is_empty());
        if !joins {
            out.push(Segment {
                own,
                lines: Vec::new(),
                answerable: Vec::new(),
            });
        }
        if let Some(last) = out.last_mut() {
            last.lines.push(line);
            if *kind != Kind::Head && !last.own {
                last.answerable.push(line);
            }
        }
    }
    out.retain(|s| !s.own || s.lines.iter().any(|l| !l.trim().is_empty()));
    out
}

/// Answers between quoted lines. One answer below the whole quote is no such thing: then the list is empty.
fn pairs(segments: &[Segment<'_>], kept: &[(usize, String)]) -> Vec<Pair> {
    let below: Vec<&(usize, String)> = kept
        .iter()
        .filter(|(i, _)| segments[..*i].iter().any(|s| !s.own))
        .collect();
    let between = below
        .iter()
        .any(|(i, _)| segments[i + 1..].iter().any(|s| !s.own && !s.answerable.is_empty()));
    if below.len() < 2 && !between {
        return Vec::new();
    }
    below
        .into_iter()
        .map(|(i, answer)| {
            let quoted = segments[..*i]
                .iter()
                .rev()
                .find(|s| !s.own)
                .map(last_quoted)
                .unwrap_or_default();
            Pair {
                quoted,
                answer: answer.clone(),
            }
        })
        .collect()
}

/// The last paragraph of a quoted segment, on one line.
fn last_quoted(segment: &Segment<'_>) -> String {
    let plain: Vec<String> = segment.answerable.iter().map(|l| quote::unmarked(l)).collect();
    let end = plain.iter().rposition(|l| !l.trim().is_empty()).map_or(0, |at| at + 1);
    let start = plain[..end]
        .iter()
        .rposition(|l| l.trim().is_empty())
        .map_or(0, |at| at + 1);
    crate::letter::one_line(&plain[start..end].join(" "))
}

/// Line ends as `\n`, no-break spaces as spaces, no invisible marks, nothing at line ends, NFC left to the edge.
fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for (i, line) in text.split('\n').enumerate() {
        if i > 0 {
            out.push('\n');
        }
        let line: String = line
            .chars()
            .filter(|c| !matches!(c, '\u{200b}' | '\u{feff}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
            .filter(|c| !c.is_control() || *c == '\t')
            .map(|c| if matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}') { ' ' } else { c })
            .collect();
        out.push_str(line.trim_end());
    }
    out
}

/// The lines with blank ones collapsed to one, and none at the ends.
fn collapse<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    let mut gap = false;
    for line in lines {
        if line.trim().is_empty() {
            gap = !out.is_empty();
        } else {
            if !out.is_empty() {
                out.push('\n');
            }
            if gap {
                out.push('\n');
                gap = false;
            }
            out.push_str(line);
        }
    }
    out
}
