//! What stands below the closing words: signature, device line, disclaimer. Kept apart, never delivered: signatures
//! hold telephone numbers.

use super::rules::patterns;

/// Non-blank lines that a signature may have.
const LINES: usize = 30;
/// The same for a block that nothing but its looks marks as one.
const BLOCK_LINES: usize = 10;
const LINE_CHARS: usize = 90;

patterns! {
    DELIMITER = r"^(?:--|__)\s?$|^_{3,80}$";
    DEVICE = r"(?i)^\s*(?:(?:나의|내|제)\s*)?(?:iphone|ipad|아이폰|아이패드|갤럭시|galaxy|삼성|samsung|android|안드로이드|휴대폰|휴대전화|스마트폰|모바일|lg)[^\n]{0,40}(?:에서|으로)\s*(?:보냄|보낸\s*메일|보냈습니다|전송됨|전송했습니다|전송|발송)[^\n]{0,20}$";
    SENT_FROM = r"(?i)^\s*(?:sent (?:from|via|with) (?:my |mail for |outlook|yahoo|samsung|gmail|naver|the |proton|a mobile|iphone|ipad|android|galaxy)[^\n]{0,90}|get (?:outlook|bluemail) for [^\n]{0,90}|sent from mail[^\n]{0,60})$";
    SENT_BY_APP = r"(?i)^\s*(?:네이버|다음|한메일|카카오|구글|지메일|gmail|naver|daum|outlook|yahoo|hiworks|하이웍스|두레이|dooray)[^\n]{0,30}에서\s*(?:보냈습니다|보냄|보낸\s*메일|발송|전송)[^\n]{0,20}$|^\s*(?:ios|android|mac|windows)용\s*(?:outlook|메일|mail)[^\n]{0,90}$";
    DISCLAIMER = r"(?i)(?:confidential|privileged)[^\n]{0,400}(?:intended|recipient|addressee)|intended (?:solely|only) for|if you (?:have received|are not the intended)|(?:본|이)\s?(?:메일|이메일|e-?mail|전자우편|메시지)[은는이의에][^\n]{0,120}(?:기밀|비밀|법적|법률|지정된|의도된|수신인|보호)";
    LIST_FOOTER = r"(?i)^\s*(?:to unsubscribe|unsubscribe|you received this (?:message|email) because|수신\s?거부|본\s?메일은\s?발신\s?전용)";
    CLOSING = r"(?i)(?:감사합니다|고맙습니다|감사드립니다|감사드려요|감사해요|수고하세요|수고하십시오|드림|올림|배상|拜上)\s*[.!~^,:)]{0,5}\s*$|^\s*(?:(?:best|kind|warm|with best|many)\s+)?(?:regards|wishes|thanks)\s*[,.!]{0,2}$|^\s*(?:sincerely(?: yours)?|yours (?:sincerely|truly|faithfully)|thanks(?: again| a lot| in advance)?|thank you(?: very much)?|cheers|best)\s*[,.!]{0,2}$";
    PHONE = r"(?:\+\d{1,3}[\s.\-]?)?\(?\d{2,4}\)?[\s.\-)]{1,2}\d{3,4}[\s.\-]\d{4}\b|\b1\d{3}-\d{4}\b";
    MAIL_OR_WEB = r"(?i)[^\s@<>]{1,64}@[^\s@<>]{1,200}\.[a-z가-힣]{2,20}|https?://\S|\bwww\.\S";
    LABEL = r"(?i)^\s*(?:t|m|f|h|e|p|c|tel|mobile|mob|cell|phone|fax|e-?mail|address|addr|web|전화|휴대폰|휴대전화|핸드폰|연락처|팩스|이메일|메일|주소|직통|내선|대표번호)\s?[.:)|]";
    PLACE = r"(?:시|도)\s[가-힣]{1,6}(?:구|군|시)\s[가-힣\d]{1,12}(?:로|길|동|읍|면)|[가-힣]{1,12}(?:로|길)\s?\d{1,5}(?:번길)?\s?\d{0,4}";
    SENTENCE = r"(?:니다|세요|해요|어요|아요|에요|예요|까요|네요|군요|지요|죠)[.?!~\s]{0,5}$|[가-힣a-z][.?!]\s*$";
    COMPANY = r"(?i)\b(?:ltd|inc|corp|co|llc|gmbh)\.\s*$";
}

/// Splits the own lines of one segment into what is kept and what is signature.
pub(super) fn strip<'a>(lines: &[&'a str]) -> (Vec<&'a str>, Vec<&'a str>) {
    let mut end = trimmed(lines, lines.len());
    // Each round takes one thing off the end; signatures of real mails have few.
    for _ in 0..8 {
        let shorter = [device, disclaimer, delimited, block]
            .iter()
            .find_map(|rule| rule(&lines[..end]));
        match shorter {
            Some(shorter) if shorter < end => end = trimmed(lines, shorter),
            _ => break,
        }
    }
    (lines[..end].to_vec(), lines[end..].to_vec())
}

/// A device line: the only kind of last line that is cut though nothing stands above it.
pub(super) fn is_device(line: &str) -> bool {
    line.chars().count() <= 140 && (DEVICE.is_match(line) || SENT_FROM.is_match(line) || SENT_BY_APP.is_match(line))
}

fn trimmed(lines: &[&str], mut end: usize) -> usize {
    while end > 0 && lines[end - 1].trim().is_empty() {
        end -= 1;
    }
    end
}

fn blank(lines: &[&str]) -> bool {
    lines.iter().all(|l| l.trim().is_empty())
}

fn device(lines: &[&str]) -> Option<usize> {
    let last = lines.last()?;
    is_device(last).then(|| lines.len() - 1)
}

/// The last paragraph is a disclaimer or a list's footer.
fn disclaimer(lines: &[&str]) -> Option<usize> {
    let start = last_paragraph(lines);
    let text = domain::text::excerpt(&lines[start..].join(" "), 2_000);
    let found = DISCLAIMER.is_match(&text) || LIST_FOOTER.is_match(&text);
    (found && !blank(&lines[..start])).then_some(start)
}

/// A delimiter line with a signature's length below it and something above it.
fn delimited(lines: &[&str]) -> Option<usize> {
    let from = lines.len().saturating_sub(2 * LINES);
    let at = (from..lines.len()).find(|at| DELIMITER.is_match(lines[*at]))?;
    let below: Vec<&str> = lines[at + 1..]
        .iter()
        .copied()
        .filter(|l| !l.trim().is_empty())
        .collect();
    let ruled = lines[at].starts_with("___");
    let sentences = below.iter().filter(|l| is_sentence(l)).count();
    let like_one = if ruled {
        below.len() <= 15 && (sentences == 0 || below.iter().any(|l| is_contact(l)))
    } else {
        below.len() <= LINES
    };
    (like_one && !blank(&lines[..at])).then_some(at)
}

/// Name, role, telephone, address after the closing words, or as a paragraph of their own.
fn block(lines: &[&str]) -> Option<usize> {
    let from = lines.len().saturating_sub(2 * BLOCK_LINES);
    let closing = (from..lines.len()).rev().find(|at| CLOSING.is_match(lines[*at]));
    if let Some(closing) = closing
        && looks_like_one(&lines[closing + 1..], 1)
    {
        return Some(closing + 1);
    }
    let start = last_paragraph(lines);
    (start > 0 && !blank(&lines[..start]) && lines.len() - start >= 2 && looks_like_one(&lines[start..], 2))
        .then_some(start)
}

fn looks_like_one(lines: &[&str], contacts: usize) -> bool {
    let written: Vec<&str> = lines.iter().copied().filter(|l| !l.trim().is_empty()).collect();
    !written.is_empty()
        && written.len() <= BLOCK_LINES
        && written.iter().all(|l| l.chars().count() <= LINE_CHARS && !is_sentence(l))
        && written.iter().filter(|l| is_contact(l)).count() >= contacts
        // A list of links or numbers that was asked for is no signature: it needs a telephone, an address or labels.
        && written.iter().any(|l| PHONE.is_match(l) || LABEL.is_match(l) || PLACE.is_match(l) || MAIL_OR_WEB.is_match(l))
        && !written.iter().any(|l| l.trim_start().starts_with(['-', '*', '•', '·']) || starts_numbered(l))
}

fn starts_numbered(line: &str) -> bool {
    let line = line.trim_start();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&digits) && line[digits..].starts_with(['.', ')'])
}

fn is_contact(line: &str) -> bool {
    PHONE.is_match(line) || MAIL_OR_WEB.is_match(line) || LABEL.is_match(line) || PLACE.is_match(line)
}

fn is_sentence(line: &str) -> bool {
    SENTENCE.is_match(line) && !COMPANY.is_match(line) && !MAIL_OR_WEB.is_match(line)
}

fn last_paragraph(lines: &[&str]) -> usize {
    lines.iter().rposition(|l| l.trim().is_empty()).map_or(0, |at| at + 1)
}
