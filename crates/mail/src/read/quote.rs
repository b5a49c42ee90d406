//! Where the quote is: marked lines, attributions, and the header blocks that Outlook and webmail put above it.
//!
//! An attribution counts only with evidence beside it, an address or a date: prose that ends in "작성했습니다" and a
//! form that says "보낸 사람:" stay whole.

use super::{html::CUT, rules::patterns};

/// Lines longer than this are prose, whatever they look like.
const LINE_MAX: usize = 600;
/// Lines over which an attribution may be wrapped.
const WRAPPED: usize = 4;
/// Looks at what may be an attribution or a header block; no honest mail needs as many, and each costs time.
const LOOKS: usize = 1_000;
/// Lines in which the labels of a header block must stand.
const BLOCK: usize = 14;

patterns! {
    ADDRESS = r"[^\s<>@:,;()\[\]]{1,64}@[^\s<>@:,;()\[\]]{1,253}\.[^\s<>@:,;()\[\].]{2,24}";
    DATE = r"(?i)\d{2,4}\s?[년.\-/]\s?\d{1,2}\s?[월.\-/]\s?\d{1,2}|\b\d{1,2}[./]\d{1,2}[./]\d{4}\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|\b\d{1,2}\.?\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?,?\s+\d{4}";
    TIME = r"\d{1,2}:\d{2}|(?:오전|오후)\s?\d{1,2}시";
    /// How an attribution ends.
    WROTE = r"(?i)(?:님이\s*(?:작성|쓴\s*글|보낸\s*(?:메일|메시지)|다음과\s*같이\s*(?:썼습니다|작성했습니다|작성하였습니다|적었습니다))|님의\s*(?:글|메일|메시지)|이\s?\(가\)\s*(?:쓴\s*글|작성|다음과\s*같이\s*썼습니다)|작성|쓴\s*글|wrote|writes|said)\s?\*{0,2}[:：]\*{0,2}\s*$";
    /// The same, where it names whose words they are.
    WROTE_BY = r"(?i)(?:님이|님의|이\s?\(가\)|wrote)[^:：]{0,30}[:：]\*{0,2}\s*$";
    /// An older form that ends in the address.
    ADDRESS_ENDS = r"^\s*\d{4}-\d{1,2}-\d{1,2}[T ,].{0,120}<[^<>\s]{1,200}@[^<>\s]{1,200}>\s?:\s*$";
    /// How an attribution's first line begins.
    BEGINS = r"(?i)^\s*\W{0,2}(?:on\s|\d{2,4}\s?[년.\-/]\s?\d{1,2})";
    FROM = r"(?i)^[\s>*_|]{0,6}(?:from|보낸\s?사람|보낸\s?이|발신자|발신인|발신)\s?[*_]{0,2}\s?[:：]";
    DATE_LABEL = r"(?i)^[\s>*_|]{0,6}(?:sent|date|보낸\s?날짜|보낸\s?시간|보낸\s?일시|받은\s?날짜|날짜|일시|발송일|발신일)\s?[*_]{0,2}\s?[:：]";
    TO = r"(?i)^[\s>*_|]{0,6}(?:to|받는\s?사람|받은\s?사람|받는\s?이|수신자|수신인|수신)\s?[*_]{0,2}\s?[:：]";
    CC = r"(?i)^[\s>*_|]{0,6}(?:cc|참조)\s?[*_]{0,2}\s?[:：]";
    SUBJECT = r"(?i)^[\s>*_|]{0,6}(?:subject|제목)\s?[*_]{0,2}\s?[:：]";
    SEPARATOR = r"(?i)^[\s*]{0,4}[-=_]{2,60}\s*(?:원본\s*(?:메일|메시지|이메일)|이전\s*(?:메일|메시지)|original\s+(?:message|mail|e-?mail|appointment)|(?:보낸|받은)\s*메(?:일|시지)\s*(?:내용)?|forwarded\s+(?:message|mail)|전달(?:된|한)?\s*(?:메일|메시지)|reply\s+message)\s*[-=_]{2,60}[\s*]{0,4}$";
    FORWARD = r"(?i)forwarded|전달|begin forwarded message";
    BEGIN_FORWARD = r"(?i)^\s*(?:begin forwarded message|전달된\s*메(?:일|시지))\s?[:：]?\s*$";
    RULE = r"^\s*[-_=*─━]{3,200}\s*$";
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Own,
    Quoted,
    /// Part of the quote's head: it is cut with the quote, but nobody answers it.
    Head,
}

/// The kinds of all lines, and whether another mail is forwarded in them.
pub(super) fn mark(lines: &[&str]) -> (Vec<Kind>, bool) {
    let mut kinds: Vec<Kind> = lines
        .iter()
        .map(|l| if is_marked(l) { Kind::Quoted } else { Kind::Own })
        .collect();
    let mut forwarded = false;
    let mut looks = 0;
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        if line.len() > LINE_MAX {
            at += 1;
            continue;
        }
        if line == CUT {
            cut(lines, &mut kinds, at);
            return (kinds, forwarded);
        }
        if looks > LOOKS {
            at += 1;
            continue;
        }
        if is_marked(line) {
            // Attributions within the quote are nobody's words either.
            if line.ends_with(':') && wrote(&unmarked(line)) {
                kinds[at] = Kind::Head;
            }
            at += 1;
            continue;
        }
        if SEPARATOR.is_match(line) || BEGIN_FORWARD.is_match(line) {
            looks += 1;
            if evidence_after(lines, at) {
                forwarded |= FORWARD.is_match(line);
                cut(lines, &mut kinds, at);
                return (kinds, forwarded);
            }
        }
        if FROM.is_match(line) {
            looks += 1;
            if is_header_block(&lines[at..]) {
                cut(lines, &mut kinds, at);
                return (kinds, forwarded);
            }
        }
        looks += usize::from(line.ends_with([':', '：', '*']));
        if let Some(start) = attribution(lines, &kinds, at) {
            let next = lines[at + 1..].iter().find(|l| !l.trim().is_empty());
            let marked_follows = next.is_none_or(|l| is_marked(l) || *l == CUT);
            let whole = lines[start..=at].join(" ");
            if marked_follows {
                kinds[start..=at].fill(Kind::Head);
            } else if is_strong(&whole) {
                cut(lines, &mut kinds, start);
                return (kinds, forwarded);
            }
        }
        at += 1;
    }
    (kinds, forwarded)
}

/// A line that a mail program marked as quoted.
pub(super) fn is_marked(line: &str) -> bool {
    let rest = line.trim_start_matches(' ');
    line.len() - rest.len() <= 3 && rest.starts_with('>')
}

/// The line without its marks.
pub(super) fn unmarked(line: &str) -> String {
    line.trim_start_matches([' ', '>']).to_owned()
}

/// Everything from here on is quoted, with the rules and blank lines right above it.
fn cut(lines: &[&str], kinds: &mut [Kind], at: usize) {
    let mut start = at;
    while start > 0 {
        let above = lines[start - 1];
        let part = above.trim().is_empty()
            || RULE.is_match(above)
            || BEGIN_FORWARD.is_match(above)
            || SEPARATOR.is_match(above);
        if !part || kinds[start - 1] != Kind::Own {
            break;
        }
        start -= 1;
    }
    for kind in &mut kinds[start..] {
        *kind = Kind::Head;
    }
    for (kind, line) in kinds[at..].iter_mut().zip(&lines[at..]) {
        if is_marked(line) {
            *kind = Kind::Quoted;
        }
    }
}

fn wrote(text: &str) -> bool {
    (WROTE.is_match(text) || ADDRESS_ENDS.is_match(text)) && (ADDRESS.is_match(text) || DATE.is_match(text))
}

/// Strong enough to say that what follows is quoted though it is not marked.
fn is_strong(text: &str) -> bool {
    DATE.is_match(text) && (ADDRESS.is_match(text) || (TIME.is_match(text) && WROTE_BY.is_match(text)))
}

/// Where the attribution that ends in this line begins.
fn attribution(lines: &[&str], kinds: &[Kind], end: usize) -> Option<usize> {
    // Nearly every line ends otherwise, and a look at its end is cheap.
    if !lines[end].ends_with([':', '：', '*']) || (!WROTE.is_match(lines[end]) && !ADDRESS_ENDS.is_match(lines[end])) {
        return None;
    }
    let mut start = end;
    while end - start + 1 < WRAPPED && start > 0 {
        let above = lines[start - 1];
        if above.trim().is_empty() || above.len() > LINE_MAX || kinds[start - 1] != Kind::Own {
            break;
        }
        let whole = lines[start..=end].join(" ");
        let has_evidence = ADDRESS.is_match(&whole) || DATE.is_match(&whole);
        let begins_here = BEGINS.is_match(lines[start]) && DATE.is_match(&whole);
        let begins_above = BEGINS.is_match(above) && DATE.is_match(&lines[start - 1..=end].join(" "));
        // Go up while something is missing, or while the line above plainly is its beginning.
        if begins_here || (has_evidence && !begins_above && !wraps_into(above)) {
            break;
        }
        start -= 1;
    }
    // What was gone through in vain is given back, down to the line that begins it.
    let begins = (start..=end).find(|at| BEGINS.is_match(lines[*at]) && DATE.is_match(&lines[*at..=end].join(" ")));
    let start = begins.unwrap_or(end);
    let whole = lines[start..=end].join(" ");
    wrote(&whole).then_some(start)
}

/// A line that was broken where an attribution is broken: after its date, before the name.
fn wraps_into(above: &str) -> bool {
    DATE.is_match(above) && (above.ends_with(',') || TIME.is_match(above))
}

/// From, with at least two other labels, one of them a date or subject, and an address or a time.
fn is_header_block(lines: &[&str]) -> bool {
    let mut labels = [false; 5];
    let mut plain = 0;
    let mut text = String::new();
    for line in lines.iter().take(BLOCK) {
        if line.len() > 4 * LINE_MAX {
            break;
        }
        let label = [&*FROM, &*DATE_LABEL, &*TO, &*CC, &*SUBJECT]
            .iter()
            .position(|label| label.is_match(line));
        match label {
            Some(label) => {
                labels[label] = true;
                plain = 0;
            }
            None if line.trim().is_empty() => continue,
            // A value may go on in the next line or two: many recipients.
            None => plain += 1,
        }
        if plain > 2 {
            break;
        }
        text.push_str(line);
        text.push('\n');
        if labels[4] && labels[0] && (labels[1] || labels[2]) {
            break;
        }
    }
    let count = labels.iter().filter(|l| **l).count();
    count >= 3
        && labels[0]
        && (labels[1] || labels[4])
        && (ADDRESS.is_match(&text) || (DATE.is_match(&text) && TIME.is_match(&text)))
}

/// A label, an address or a date right below a separator.
fn evidence_after(lines: &[&str], at: usize) -> bool {
    lines[at + 1..]
        .iter()
        .filter(|l| !l.trim().is_empty())
        .take(4)
        .any(|line| {
            line.len() <= 4 * LINE_MAX
                && (ADDRESS.is_match(line)
                    || DATE.is_match(line)
                    || FROM.is_match(line)
                    || SUBJECT.is_match(line)
                    || DATE_LABEL.is_match(line))
        })
}
