//! Where the quote is: marked lines, attributions, and the header blocks that Outlook and webmail put above it.
//!
//! An attribution counts only with evidence beside it, an address or a date: prose that ends in "작성했습니다" and a
//! form that says "보낸 사람:" stay whole.

mod attribution;
mod block;

use super::{
    marks::{CUT, SIGNED},
    rules::patterns,
    work,
};
use block::Head;

/// Lines longer than this are prose, whatever they look like.
const LINE_MAX: usize = 600;
/// Looks at what may be an attribution or a header block; no honest mail needs as many, and each costs time.
const LOOKS: usize = 300;

patterns! {
    RULE = r"^\s*(?:[-_=*─━~]{3,200}|[-_=*─━~](?:\s[-_=*─━~]){2,80})\s*$";
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Own,
    Quoted,
    /// Part of the quote's head: it is cut with the quote, but nobody answers it.
    Head,
    /// A mail program marked it as signature.
    Signed,
}

/// The kinds of all lines, and whether another mail is forwarded in them.
pub(super) fn mark(lines: &[&str]) -> (Vec<Kind>, bool) {
    let mut kinds: Vec<Kind> = lines.iter().map(|l| first_look(l)).collect();
    let mut forwarded = false;
    let mut looks = 0;
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        work::note(line.len());
        if line.is_empty() {
            at += 1;
            continue;
        }
        if line == CUT {
            let below = (at + 1..lines.len().min(at + 6)).find(|i| !lines[*i].trim().is_empty() && !is_rule(lines[*i]));
            let size = below.and_then(|i| match block::head(&lines[i..], &mut looks) {
                Some(Head::Quote(size) | Head::Forward(size)) => Some(i - at + size),
                None => None,
            });
            cut(lines, &mut kinds, at, size.unwrap_or(1));
            return (kinds, forwarded);
        }
        if line.len() > LINE_MAX || looks > LOOKS || kinds[at] == Kind::Signed {
            at += 1;
            continue;
        }
        if kinds[at] == Kind::Quoted {
            looks += usize::from(line.ends_with(':'));
            let plain = unmarked(line);
            // Attributions within the quote are nobody's words either.
            if attribution::is_one(&plain) {
                kinds[at] = Kind::Head;
            }
            forwarded |= block::is_forward(&plain);
            at += 1;
            continue;
        }
        match block::head(&lines[at..], &mut looks) {
            Some(Head::Forward(size)) => {
                cut(lines, &mut kinds, at, size);
                return (kinds, true);
            }
            Some(Head::Quote(size)) => {
                cut(lines, &mut kinds, at, size);
                return (kinds, forwarded);
            }
            None => {}
        }
        if attribution::may_end(line) {
            looks += 1;
            let next = lines[at + 1..].iter().find(|l| !l.trim().is_empty());
            let marked_follows = next.is_none_or(|l| is_marked(l) || *l == CUT);
            let found = attribution::ending_at(lines, &kinds, at, marked_follows && next.is_some());
            if let Some(found) = found {
                if marked_follows {
                    kinds[found.start..=at].fill(Kind::Head);
                } else if found.strong {
                    cut(lines, &mut kinds, found.start, at + 1 - found.start);
                    return (kinds, forwarded);
                }
            }
        }
        at += 1;
    }
    (kinds, forwarded)
}

fn first_look(line: &str) -> Kind {
    if line.starts_with(SIGNED) {
        Kind::Signed
    } else if is_marked(line) {
        Kind::Quoted
    } else {
        Kind::Own
    }
}

/// A line that a mail program marked as quoted.
pub(super) fn is_marked(line: &str) -> bool {
    let indent = line.bytes().take(4).take_while(|b| *b == b' ').count();
    indent <= 3 && line[indent..].starts_with(['>', '＞'])
}

/// A line of nothing but dashes and their like.
pub(super) fn is_rule(line: &str) -> bool {
    line.len() <= LINE_MAX && RULE.is_match(line)
}

/// The line without its marks.
pub(super) fn unmarked(line: &str) -> String {
    line.trim_start_matches([' ', '>', '＞']).to_owned()
}

/// Everything from here on is quoted, with the rules and blank lines right above it; `size` lines of it are its head.
fn cut(lines: &[&str], kinds: &mut [Kind], at: usize, size: usize) {
    let mut start = at;
    while start > 0 {
        let above = lines[start - 1];
        let part =
            above.trim().is_empty() || is_rule(above) || block::begins_forward(above) || block::is_separator(above);
        if !part || kinds[start - 1] != Kind::Own {
            break;
        }
        start -= 1;
    }
    let body = (at + size).min(lines.len());
    kinds[start..body].fill(Kind::Head);
    kinds[body..].fill(Kind::Quoted);
}
