//! The line that says whose words follow, wherever a mail program broke it: `On …, NAME <a@b> wrote:`.
//!
//! It counts only with evidence in it, an address or a date.

use super::{Kind, LINE_MAX};
use crate::read::{evidence, rules::patterns};

/// Lines over which an attribution may be wrapped.
const WRAPPED: usize = 5;
/// Characters before the date in an attribution's first line.
const DATE_WITHIN: usize = 60;

patterns! {
    /// The verb at the end. The Korean forms name somebody or stand alone; prose ends in `작성했습니다`.
    WROTE = r"(?i)(?:님이\s*(?:작성|쓴\s*글|쓴\s*메시지|쓰신\s*글|보냄|보낸\s*(?:메일|메시지|글)|작성함|작성한\s*(?:글|내용|메일)|다음과\s*같이\s*(?:썼습니다|작성했습니다|작성하였습니다|적었습니다))|님께서\s*(?:작성하신|쓰신|보내신)\s*(?:글|내용|메일|메시지)|님의\s*(?:글|메일|메시지)|\(?이\s?\)?\s?\(?가\)?\s*(?:쓴\s*글|쓴\s*메시지|작성|다음과\s*같이\s*썼습니다)|작성|쓴\s*글|\bwrote|\bwrites|\bsaid|\bsays|a\s+écrit|a\s+dit|\bschrieb(?:en\s+sie)?|\bgeschrieben|\bgeschreven|\bschreef|\bescribió|\bescreveu|ha\s+scritto|\bnapisał(?:\(a\)|a)?|\bpisze|\bskrev|\bkirjoitti|написала?|написал\(а\)|пишет|пише|写道|寫道|さんは書きました|は書きました|が書きました|のメール|のメッセージ|さんのメッセージ|\bnapsal(?:\(a\)|a)?|\bnapísal(?:\(a\)|a)?|\bírta|\byazdı|\ba\s+scris|έγραψε|написа|napisa(?:o|la)|đã\s+viết|\bmenulis|כתבה?|كتب)\s{0,2}[:：]?[\s*_>\-]{0,24}$";
    /// The verb within, then the name: German, Dutch, the languages of Scandinavia.
    WITHIN = r"(?i)^[\s*>\-]{0,6}(?:am|op|den|le|on|ons?\.|mån|tis|tors?|fre|lør|lör|søn|sön|man|tir|ma|di|wo|do|vr|za|zo)\b.{4,120}\s(?:schrieb|schreef|skrev|wrote|geschrieben)\s[^:]{1,200}[:：][\s*]{0,4}$";
    /// A name, the verb, then the date.
    NAME_FIRST = r"(?i)^.{1,200}\s(?:wrote|schrieb|a\s+écrit|escribió|님이|于|於|on)\s.{4,120}[:：][\s*]{0,4}$";
    /// It begins as attributions begin.
    BEGINS = r"(?i)^\W{0,8}(?:on|am|le|el|il|em|op|den|w\s+dniu|dnia|in\s+data|in\s+message|at|在|于|於)\b|^\W{0,8}(?:在|于|於)";
    /// A date at the start and an address at the end say it without a verb.
    DATED = r"^.{0,300}<[^<>\s]{1,200}@[^<>\s]{1,200}>\s?[:：]?\s*$|^.{0,200}\s[^<>\s@]{1,64}@[^<>\s@]{1,200}\s?[:：]\s*$";
    /// Who wrote, where it is not an address: a Korean suffix, or a name right before an English verb.
    NAMED = r"(?i)(?:님이|님의|님께서|\(가\)|이\(가\)|\bwrote|a\s+écrit|\bschrieb|\bschreef|\bskrev|\bescribió|\bescreveu|scritto|\bnapisał|\bpisze|kirjoitti|написал|пишет|пише|写道|寫道|書きました|メッセージ|メール)";
    BRACKETED = r"<[^<>\s]{1,200}@[^<>\s]{1,200}>";
    STAMPED = r"^\W{0,3}(?:19|20)\d{2}-\d{2}-\d{2}[ T]\d{1,2}:\d{2}\s+GMT[+\-]\d{1,2}:?\d{2}\s";
    VIA = r"^\S.{0,80}\svia\s.{1,80}\s(?:wrote|schrieb|a écrit)\s?:?\s*$";
    POSTED = r"(?i)^\W{0,3}posted by .{1,100} on \d{1,2}/\d{1,2}/\d{4}\s*$";
}

/// Where an attribution stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub start: usize,
    /// Sure enough that what follows is quoted though nothing marks it.
    pub strong: bool,
}

/// The attribution that ends in this line. `marked` = a marked line follows, which is evidence by itself.
pub(super) fn ending_at(lines: &[&str], kinds: &[Kind], end: usize, marked: bool) -> Option<Found> {
    let last = lines[end];
    let mut start = end;
    let mut text = last.trim().to_owned();
    // Up to where its date stands, or to a lone beginning above that.
    while end - start + 1 < WRAPPED && start > 0 {
        let above = lines[start - 1];
        if above.trim().is_empty() || above.len() > LINE_MAX || kinds[start - 1] != Kind::Own {
            break;
        }
        let begun = BEGINS.is_match(&text) && evidence::has_date(&text);
        if begun || (dated_early(&text) && !is_beginning(above)) || ends_sentence(above) {
            break;
        }
        text = format!("{} {text}", above.trim());
        start -= 1;
    }
    // What was gone through in vain is given back, line by line.
    while start < end && !(dated_early(&text) || BEGINS.is_match(&text) && evidence::has_date(&text)) {
        start += 1;
        text = joined(lines, start, end);
    }
    judge(&text, marked).map(|strong| Found { start, strong })
}

/// Whether one line within a quote is an attribution.
pub(super) fn is_one(line: &str) -> bool {
    may_end(line) && judge(line.trim(), true).is_some()
}

fn joined(lines: &[&str], start: usize, end: usize) -> String {
    lines[start..=end]
        .iter()
        .map(|l| l.trim())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A cheap look at the end of a line.
pub(super) fn may_end(line: &str) -> bool {
    if line.len() < 4 || !line.contains(char::is_alphanumeric) {
        return false;
    }
    let line = line.trim_end_matches([' ', '*', '_']);
    line.ends_with([':', '：', '>', '-', '道'])
        || line.ends_with("wrote")
        || line.ends_with("schrieb")
        || line.ends_with("écrit")
        || line.contains(" GMT")
        || line
            .trim_start()
            .get(..9)
            .is_some_and(|s| s.eq_ignore_ascii_case("posted by"))
}

fn dated_early(text: &str) -> bool {
    evidence::date_at(text).is_some_and(|at| at <= DATE_WITHIN)
}

/// The broken-off start of an attribution, such as `On Fri,`.
fn is_beginning(above: &str) -> bool {
    above.chars().count() <= 40 && BEGINS.is_match(above) && !ends_sentence(above)
}

fn ends_sentence(line: &str) -> bool {
    line.ends_with(['!', '?', '。', ':']) || (line.ends_with('.') && !line.ends_with("..") && line.len() > 40)
}

/// `Some(strong)` when it is an attribution.
fn judge(text: &str, marked: bool) -> Option<bool> {
    if text.len() > 3 * LINE_MAX {
        return None;
    }
    let date = evidence::has_date(text);
    let address = evidence::has_address(text);
    let time = evidence::has_time(text);
    let colon = text.trim_end_matches([' ', '*', '_', '-', '>']).ends_with([':', '：']);
    if WROTE.is_match(text) && (date || address) {
        let strong = date && (address || (time && NAMED.is_match(text)));
        // Without its colon it needs everything else.
        if colon || (strong && BEGINS.is_match(text)) {
            return Some(strong);
        }
    }
    if date && (WITHIN.is_match(text) || (address && colon && NAME_FIRST.is_match(text))) {
        return Some(address || time);
    }
    if dated_early(text) && address && DATED.is_match(text) {
        return (colon || marked).then_some(colon && time);
    }
    // A date, a time, an address between brackets and a colon: programs of other languages say no more.
    if colon && date && time && text.len() <= LINE_MAX / 2 && BRACKETED.is_match(text) {
        return Some(true);
    }
    if STAMPED.is_match(text) && marked {
        return Some(false);
    }
    (marked && (VIA.is_match(text) || POSTED.is_match(text))).then_some(false)
}
