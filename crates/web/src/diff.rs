//! What was changed in a text, word by word. `parts/diff.html` prints it.

use text_diff::{ChangeTag, TextDiff};

/// A piece of both texts, or of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Same(String),
    /// Only in the text before.
    Gone(String),
    /// Only in the text after.
    New(String),
}

/// From one text to another in pieces. Words are what people take for words (UAX #29); what was changed on both sides of
/// mere space is one change, since a text that alternates word by word cannot be read.
pub fn words(before: &str, after: &str) -> Vec<Piece> {
    let diff = TextDiff::configure()
        .timeout(std::time::Duration::from_millis(200))
        .diff_unicode_words(before, after);
    let mut changes: Vec<(ChangeTag, String)> = diff
        .iter_all_changes()
        .map(|change| (change.tag(), change.value().to_owned()))
        .collect();
    join_over_space(&mut changes);
    let (mut pieces, mut gone, mut new) = (Vec::new(), String::new(), String::new());
    let flush = |pieces: &mut Vec<Piece>, gone: &mut String, new: &mut String| {
        if !gone.is_empty() {
            pieces.push(Piece::Gone(std::mem::take(gone)));
        }
        if !new.is_empty() {
            pieces.push(Piece::New(std::mem::take(new)));
        }
    };
    for (tag, text) in changes {
        match tag {
            ChangeTag::Delete => gone.push_str(&text),
            ChangeTag::Insert => new.push_str(&text),
            ChangeTag::Equal => {
                flush(&mut pieces, &mut gone, &mut new);
                if let Some(Piece::Same(last)) = pieces.last_mut() {
                    last.push_str(&text);
                } else {
                    pieces.push(Piece::Same(text));
                }
            }
        }
    }
    flush(&mut pieces, &mut gone, &mut new);
    pieces
}

/// Space between two changes belongs to both of them.
fn join_over_space(changes: &mut Vec<(ChangeTag, String)>) {
    let mut at = 1;
    while at + 1 < changes.len() {
        let space = changes[at].0 == ChangeTag::Equal && changes[at].1.chars().all(char::is_whitespace);
        // A new paragraph stays one.
        let line = changes[at].1.contains('\n');
        if space && !line && changes[at - 1].0 != ChangeTag::Equal && changes[at + 1].0 != ChangeTag::Equal {
            changes[at].0 = ChangeTag::Delete;
            let text = changes[at].1.clone();
            changes.insert(at + 1, (ChangeTag::Insert, text));
            at += 1;
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sides(pieces: &[Piece]) -> (String, String) {
        let (mut before, mut after) = (String::new(), String::new());
        for piece in pieces {
            match piece {
                Piece::Same(t) => {
                    before.push_str(t);
                    after.push_str(t);
                }
                Piece::Gone(t) => before.push_str(t),
                Piece::New(t) => after.push_str(t),
            }
        }
        (before, after)
    }

    #[test]
    fn words_that_changed_side_by_side_are_one_change() {
        let (before, after) = (
            "정산 주기를 좀 앞당길 계획이 있나요?",
            "정산 주기를 더 빨리 당길 계획이 있나요?",
        );
        let pieces = words(before, after);
        assert_eq!(
            pieces,
            [
                Piece::Same("정산 주기를 ".into()),
                Piece::Gone("좀 앞당길".into()),
                Piece::New("더 빨리 당길".into()),
                Piece::Same(" 계획이 있나요?".into()),
            ]
        );
    }

    #[test]
    fn both_texts_can_be_read_out_of_the_pieces() {
        for (before, after) in [
            ("", "a"),
            ("a b\n\nc", "a  b\nc d"),
            ("가 나 다 라", "나 가 라 다"),
            ("👨‍👩‍👧 x", "x 👨‍👩‍👧"),
        ] {
            assert_eq!(sides(&words(before, after)), (before.to_owned(), after.to_owned()));
        }
        assert_eq!(words("같다", "같다"), [Piece::Same("같다".into())]);
    }
}
