//! What the HTML reader tells the text rules, in characters that no mail may contain: they are removed from what came in.

/// Stands alone on a line where everything after it is quoted without marks (Outlook).
pub(super) const CUT: &str = "\u{e000}cut\u{e000}";

/// Begins each line of what a mail program marked as signature.
pub(super) const SIGNED: char = '\u{e001}';

/// Nobody may write our marks.
pub(super) fn without(text: String) -> String {
    if text.contains(['\u{e000}', SIGNED]) {
        text.replace(['\u{e000}', SIGNED], "")
    } else {
        text
    }
}
