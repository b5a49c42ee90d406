//! A mail's text in the order in which it came: what was kept, and in its place what was cut, so that it can be put back.

use mail::read::{Segment, SegmentKind};

/// A quote longer than this many lines stays in one piece.
const PARTED: usize = 2_000;

/// A part of a mail's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// What it was cut as; `None` = kept.
    pub(crate) kind: Option<SegmentKind>,
    pub(crate) text: String,
}

impl Piece {
    /// Its words, without the marks of a quote.
    pub(crate) fn words(&self) -> String {
        if !self.kind.is_some_and(SegmentKind::is_quote) {
            return self.text.clone();
        }
        let lines = self.text.lines().map(unmarked);
        lines.collect::<Vec<_>>().join("\n").trim().to_owned()
    }
}

fn unmarked(line: &str) -> &str {
    line.trim_start_matches(['>', ' '])
}

/// The pieces of a whole text, of which `segments` were cut, in their order. A quote is parted at its blank lines.
pub(crate) fn pieces(full: &str, segments: &[Segment]) -> Vec<Piece> {
    let lines: Vec<&str> = full.lines().collect();
    let mut whose: Vec<Option<usize>> = vec![None; lines.len()];
    let mut lost = Vec::new();
    let mut from = 0;
    for (n, segment) in segments.iter().enumerate() {
        let wanted: Vec<&str> = segment.text.lines().collect();
        let found = position(&lines[from..], &wanted);
        match found {
            Some(at) => {
                whose[from + at..from + at + wanted.len()].fill(Some(n));
                from += at + wanted.len();
            }
            None => lost.push(segment),
        }
    }
    let mut out = Vec::new();
    let mut begun = 0;
    for at in 1..=lines.len() {
        if at == lines.len() || whose[at] != whose[begun] {
            let kind = whose[begun].map(|n| segments[n].kind);
            part(&mut out, kind, &lines[begun..at]);
            begun = at;
        }
    }
    // What does not stand in the text as it was cut: nothing is left out for that.
    for segment in lost {
        part(&mut out, Some(segment.kind), &segment.text.lines().collect::<Vec<_>>());
    }
    out
}

fn position(lines: &[&str], wanted: &[&str]) -> Option<usize> {
    if wanted.is_empty() {
        return None;
    }
    lines.windows(wanted.len()).position(|w| w == wanted)
}

fn part(out: &mut Vec<Piece>, kind: Option<SegmentKind>, lines: &[&str]) {
    let parted = kind.is_some_and(SegmentKind::is_quote) && lines.len() <= PARTED;
    let paragraphs = lines.split(|line| parted && unmarked(line).trim().is_empty());
    for paragraph in paragraphs {
        let text = paragraph.join("\n").trim_matches('\n').to_owned();
        if !text.trim().is_empty() {
            out.push(Piece { kind, text });
        }
    }
}

/// Whether these words stand in the text, as lines of their own.
pub(crate) fn stands(body: &str, words: &str) -> bool {
    place(&body.lines().collect::<Vec<_>>(), words).is_some()
}

/// The text with the piece back where it was: behind what stands before it and is still there. `None` when there is no such
/// piece, or it was never cut.
pub(crate) fn put_back(body: &str, pieces: &[Piece], n: usize) -> Option<String> {
    let piece = pieces.get(n).filter(|p| p.kind.is_some())?;
    let lines: Vec<&str> = body.lines().collect();
    let before = pieces[..n].iter().rev().find_map(|p| end(&lines, p));
    let behind = || pieces[n + 1..].iter().find_map(|p| start(&lines, p));
    let at = before.or_else(behind).unwrap_or(lines.len());
    let parts = [lines[..at].join("\n"), piece.words(), lines[at..].join("\n")];
    let parts: Vec<&str> = parts.iter().map(|p| p.trim_matches('\n')).collect();
    let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    Some(parts.join("\n\n"))
}

/// First and last line of these words, in lines.
fn place(lines: &[&str], words: &str) -> Option<(usize, usize)> {
    let wanted: Vec<&str> = words.lines().collect();
    let at = position(lines, &wanted)?;
    Some((at, at + wanted.len()))
}

fn end(lines: &[&str], piece: &Piece) -> Option<usize> {
    let words = piece.words();
    let whole = place(lines, &words).map(|(_, end)| end);
    // Somebody edited it: its last line may still stand.
    whole.or_else(|| {
        let last = words.lines().next_back().filter(|_| piece.kind.is_none())?;
        lines.iter().rposition(|l| *l == last).map(|at| at + 1)
    })
}

fn start(lines: &[&str], piece: &Piece) -> Option<usize> {
    let words = piece.words();
    let whole = place(lines, &words).map(|(start, _)| start);
    whole.or_else(|| {
        let first = words.lines().next().filter(|_| piece.kind.is_none())?;
        lines.iter().position(|l| *l == first)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(kind: SegmentKind, text: &str) -> Segment {
        Segment {
            kind,
            text: text.into(),
        }
    }

    fn mail() -> (String, Vec<Segment>) {
        let full = "안녕하세요.\n\n봄에 됩니다.\n\n-- \n홍길동\n\n2026. 11. 26. 작성:\n> 언제 되나요?\n>\n> 여름인가요?\n\n고맙습니다.";
        let segments = vec![
            cut(SegmentKind::Signature, "-- \n홍길동"),
            cut(SegmentKind::Attribution, "2026. 11. 26. 작성:"),
            cut(SegmentKind::Quote, "> 언제 되나요?\n>\n> 여름인가요?"),
        ];
        (full.into(), segments)
    }

    #[test]
    fn everything_of_a_mail_stands_in_its_place_once() {
        let (full, segments) = mail();
        let found = pieces(&full, &segments);
        let shown: Vec<(Option<SegmentKind>, &str)> = found.iter().map(|p| (p.kind, p.text.as_str())).collect();
        assert_eq!(
            shown,
            [
                (None, "안녕하세요.\n\n봄에 됩니다."),
                (Some(SegmentKind::Signature), "-- \n홍길동"),
                (Some(SegmentKind::Attribution), "2026. 11. 26. 작성:"),
                (Some(SegmentKind::Quote), "> 언제 되나요?"),
                (Some(SegmentKind::Quote), "> 여름인가요?"),
                (None, "고맙습니다."),
            ]
        );
        // One that does not stand there as it was cut comes last.
        let odd = pieces("하나", &[cut(SegmentKind::Device, "iPhone에서 보냄")]);
        assert_eq!(odd.len(), 2);
        assert_eq!(odd[1].kind, Some(SegmentKind::Device));
    }

    #[test]
    fn a_piece_comes_back_where_it_was_also_when_the_text_was_edited_meanwhile() {
        let (full, segments) = mail();
        let pieces = pieces(&full, &segments);
        let kept = "안녕하세요.\n\n봄에 됩니다.\n\n고맙습니다.";
        let back = put_back(kept, &pieces, 4).expect("a piece");
        assert_eq!(back, "안녕하세요.\n\n봄에 됩니다.\n\n여름인가요?\n\n고맙습니다.");
        assert!(stands(&back, &pieces[4].words()) && !stands(kept, &pieces[4].words()));
        let both = put_back(&back, &pieces, 3).expect("a piece");
        assert_eq!(
            both,
            "안녕하세요.\n\n봄에 됩니다.\n\n언제 되나요?\n\n여름인가요?\n\n고맙습니다."
        );
        let edited = put_back("반갑습니다.\n\n봄에 됩니다.\n\n고맙습니다.", &pieces, 4).expect("a piece");
        assert_eq!(edited, "반갑습니다.\n\n봄에 됩니다.\n\n여름인가요?\n\n고맙습니다.");
        let anew = put_back("모두 새로 썼습니다.", &pieces, 1).expect("a piece");
        assert_eq!(anew, "모두 새로 썼습니다.\n\n-- \n홍길동");
        assert_eq!(put_back(kept, &pieces, 0), None, "it was never cut");
        assert_eq!(put_back(kept, &pieces, 99), None);
    }

    #[test]
    fn what_is_above_everything_comes_back_above() {
        let pieces = pieces(
            "> 언제 되나요?\n봄에 됩니다.",
            &[cut(SegmentKind::Quote, "> 언제 되나요?")],
        );
        assert_eq!(
            put_back("봄에 됩니다.", &pieces, 0).as_deref(),
            Some("언제 되나요?\n\n봄에 됩니다.")
        );
    }
}
