//! The text of a mail → what its writer newly wrote, what is quoted, what is signature. Nothing is lost: the parts
//! together are the whole text, and where cutting leaves nothing, the whole text is kept.

use super::{
    Flag, Pair, Segment, SegmentKind,
    marks::{CUT, SIGNED},
    quote::{self, Kind},
    rules::patterns,
    signature, work,
};
use std::borrow::Cow;

patterns! {
    ELSEWHERE = r"(?i)(?:아래|하단|밑|본문|원문|질문\s?(?:사이|밑|아래))[^\n]{0,20}(?:답변|회신|작성|기재|적었|적어|달았|표시|남겼|남깁)|(?:빨간|파란|붉은|푸른)\s?(?:색|글씨)|\b(?:see|find|my|answers?|repl(?:y|ies)|comments?)\b[^\n]{0,40}\b(?:below|inline|in-line|in red|in blue|between)\b|^\s*inline\W*$";
    /// How people mark their words within an unmarked quote.
    ANSWERED = r"^[\s>]{0,8}(?:\[\s?(?:답변|회신|답)\s?\]|(?:답변|회신|답)\s?[:：)]|→|=>|->|▶|☞|==>)";
}

/// The parts of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Split {
    pub text: String,
    pub pairs: Vec<Pair>,
    pub cut: String,
    pub signature: String,
    pub full: String,
    pub segments: Vec<Segment>,
    pub flags: Vec<Flag>,
}

/// Whose lines they are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Own,
    Quoted,
    Signed,
}

/// Neighbouring lines of one kind.
struct Run<'a> {
    whose: Whose,
    lines: &'a [&'a str],
    kinds: &'a [Kind],
}

impl Run<'_> {
    /// Lines that can be answered: not those of the quote's head.
    fn answerable(&self) -> impl Iterator<Item = &str> {
        let lines = self.lines.iter().zip(self.kinds);
        lines.filter(|(_, kind)| **kind == Kind::Quoted).map(|(line, _)| *line)
    }
}

pub(super) fn split(body: &str) -> Split {
    let body = normal(body);
    let lines = lines_of(&body);
    let (mut kinds, forwarded) = quote::mark(&lines);
    let runs = runs(&lines, &mut kinds);
    let owns: Vec<usize> = (0..runs.len()).filter(|i| runs[*i].whose == Whose::Own).collect();
    let mut out = Split {
        full: collapse(&lines),
        ..Split::default()
    };
    let mut kept: Vec<(usize, String)> = Vec::new();
    for (i, run) in runs.iter().enumerate() {
        match run.whose {
            Whose::Quoted => quoted(&mut out.segments, run),
            Whose::Signed => push(&mut out.segments, SegmentKind::Signature, run.lines),
            Whose::Own => {
                // A signature stands at the end of what was written, above or below the quote; not between two answers.
                let ends = owns.first() == Some(&i) || owns.last() == Some(&i);
                let (text, parts) = if ends {
                    signature::strip(run.lines, !kept.is_empty())
                } else {
                    (Cow::Borrowed(run.lines), Vec::new())
                };
                let text = collapse(&text);
                if !text.is_empty() {
                    kept.push((i, text));
                }
                for (kind, lines) in parts {
                    push(&mut out.segments, kind, &lines);
                }
            }
        }
    }
    out.pairs = pairs(&runs, &kept);
    let of = |segments: &[Segment], quoted: bool, between: &str| {
        let texts = segments.iter().filter(|s| s.kind.is_quote() == quoted);
        texts.map(|s| s.text.as_str()).collect::<Vec<_>>().join(between)
    };
    out.cut = of(&out.segments, true, "\n");
    out.signature = of(&out.segments, false, "\n\n");
    out.text = kept.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\n\n");
    if forwarded {
        out.flags.push(Flag::Forwarded);
    }
    let says_so = out.text.chars().count() < 300 && ELSEWHERE.is_match(&out.text);
    if out.pairs.is_empty() && !out.cut.is_empty() && (says_so || answered_within(&out.cut)) {
        out.flags.push(Flag::AnswersElsewhere);
    }
    never_empty(&mut out);
    out
}

/// An answer that stands where only the quote should, as far as its writer marked it.
fn answered_within(cut: &str) -> bool {
    cut.lines().take(2_000).any(|line| {
        let line: String = line.chars().take(80).collect();
        ANSWERED.is_match(&line)
    })
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
    // All that was written looked like a signature: perhaps it is the answer.
    let own = out.segments.iter().filter(|s| s.kind == SegmentKind::Signature);
    let own = own.flat_map(|s| s.text.lines()).filter(|l| !signature::is_device(l));
    let own = collapse(&own.collect::<Vec<_>>());
    out.flags.push(Flag::FellBack);
    if own.is_empty() {
        out.text.clone_from(&out.full);
    } else {
        out.text = own;
        out.segments.retain(|s| s.kind != SegmentKind::Signature);
        let rest = out.segments.iter().filter(|s| !s.kind.is_quote());
        out.signature = rest.map(|s| s.text.as_str()).collect::<Vec<_>>().join("\n\n");
    }
}

fn push(segments: &mut Vec<Segment>, kind: SegmentKind, lines: &[&str]) {
    let text = collapse(lines);
    if !text.is_empty() {
        segments.push(Segment { kind, text });
    }
}

/// The heads and the bodies of a quoted run, in order.
fn quoted(segments: &mut Vec<Segment>, run: &Run<'_>) {
    let mut from = 0;
    for at in 1..=run.lines.len() {
        if at == run.lines.len() || run.kinds[at] != run.kinds[from] {
            let kind = if run.kinds[from] == Kind::Head {
                SegmentKind::Attribution
            } else {
                SegmentKind::Quote
            };
            push(segments, kind, &run.lines[from..at]);
            from = at;
        }
    }
}

fn runs<'a>(lines: &'a [&'a str], kinds: &'a mut [Kind]) -> Vec<Run<'a>> {
    // Blank lines belong to whatever stands above them.
    for at in 1..lines.len() {
        if kinds[at] == Kind::Own && kinds[at - 1] != Kind::Own && lines[at].trim().is_empty() {
            kinds[at] = kinds[at - 1];
        }
    }
    let kinds: &'a [Kind] = kinds;
    let whose = |kind: Kind| match kind {
        Kind::Own => Whose::Own,
        Kind::Signed => Whose::Signed,
        Kind::Quoted | Kind::Head => Whose::Quoted,
    };
    let mut out = Vec::new();
    let mut rest = lines;
    for kinds in kinds.chunk_by(|a, b| whose(*a) == whose(*b)) {
        let (lines, below) = rest.split_at(kinds.len());
        rest = below;
        out.push(Run {
            whose: whose(kinds[0]),
            lines,
            kinds,
        });
    }
    out.retain(|run| run.whose != Whose::Own || run.lines.iter().any(|l| !l.trim().is_empty()));
    out
}

/// Answers between quoted lines. One answer below the whole quote is no such thing: then the list is empty.
fn pairs(runs: &[Run<'_>], kept: &[(usize, String)]) -> Vec<Pair> {
    let is_quoted = |run: &Run<'_>| run.whose == Whose::Quoted;
    let below: Vec<&(usize, String)> = kept.iter().filter(|(i, _)| runs[..*i].iter().any(is_quoted)).collect();
    let between = below.iter().any(|(i, _)| {
        runs[i + 1..]
            .iter()
            .any(|r| is_quoted(r) && r.answerable().any(|l| !quote::unmarked(l).is_empty()))
    });
    if below.len() < 2 && !between {
        return Vec::new();
    }
    below
        .into_iter()
        .map(|(i, answer)| Pair {
            quoted: runs[..*i]
                .iter()
                .rev()
                .find(|r| is_quoted(r))
                .map(last_quoted)
                .unwrap_or_default(),
            answer: answer.clone(),
        })
        .collect()
}

/// The last paragraph of a quoted run, on one line.
fn last_quoted(run: &Run<'_>) -> String {
    let plain: Vec<String> = run.answerable().map(quote::unmarked).collect();
    let end = plain.iter().rposition(|l| !l.trim().is_empty()).map_or(0, |at| at + 1);
    let start = plain[..end]
        .iter()
        .rposition(|l| l.trim().is_empty())
        .map_or(0, |at| at + 1);
    crate::letter::one_line(&plain[start..end].join(" "))
}

/// The lines of a text. By hand: to search for each line's end anew costs more than short lines do.
fn lines_of(text: &str) -> Vec<&str> {
    let mut out = Vec::with_capacity(1 + text.bytes().filter(|b| *b == b'\n').count());
    let mut from = 0;
    for (at, octet) in text.bytes().enumerate() {
        if octet == b'\n' {
            out.push(&text[from..at]);
            from = at + 1;
        }
    }
    out.push(&text[from..]);
    out
}

/// Line ends as `\n`, no-break spaces as spaces, no invisible marks, nothing at line ends but the space of a signature's
/// delimiter, NFC left to the edge.
fn normal(text: &str) -> Cow<'_, str> {
    work::note(text.len());
    if is_normal(text) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let ends: Cow<'_, str> = if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n").into()
    } else {
        text.into()
    };
    for (i, line) in lines_of(&ends).into_iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        let from = out.len();
        if line.bytes().any(may_be_odd) {
            out.extend(line.chars().filter_map(plain));
        } else {
            out.push_str(line);
        }
        if &out[from..] != "-- " {
            out.truncate(from + out[from..].trim_end().len());
        }
    }
    out.into()
}

/// Plainly: ASCII without control characters and without a space at a line's end.
fn is_normal(text: &str) -> bool {
    let mut above = b'\n';
    text.bytes().chain([b'\n']).all(|octet| {
        let sound = match octet {
            b'\n' => !matches!(above, b' ' | b'\t'),
            b'\t' | b' '..=b'~' => true,
            _ => false,
        };
        above = octet;
        sound
    })
}

/// A control character, or the first octet of what [`plain`] changes.
const fn may_be_odd(octet: u8) -> bool {
    octet < b' ' && octet != b'\t' || matches!(octet, 0x7f | 0xc2 | 0xe2 | 0xef)
}

fn plain(c: char) -> Option<char> {
    match c {
        '\u{200b}' | '\u{feff}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        '\u{a0}' | '\u{2007}' | '\u{202f}' => Some(' '),
        '\t' => Some(c),
        c if c.is_control() => None,
        c => Some(c),
    }
}

/// The lines with blank ones collapsed to one, and none at the ends; without our own marks.
fn collapse(lines: &[&str]) -> String {
    let mut out = String::with_capacity(lines.iter().map(|l| l.len() + 1).sum());
    let mut gap = false;
    for line in lines {
        if line.is_empty() {
            gap = !out.is_empty();
            continue;
        }
        if *line == CUT {
            continue;
        }
        let line = line.strip_prefix(SIGNED).unwrap_or(line).trim_end();
        if line.is_empty() {
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
