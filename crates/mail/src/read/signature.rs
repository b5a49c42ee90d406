//! What stands below the closing words: signature, device line, disclaimer. Kept apart, never delivered: signatures
//! hold telephone numbers.

use super::{SegmentKind, evidence, quote::is_rule, rules::patterns};
use std::borrow::Cow;

/// Non-blank lines that a signature may have.
const LINES: usize = 30;
/// The same for a block that nothing but its looks marks as one.
const BLOCK_LINES: usize = 12;
const LINE_CHARS: usize = 90;
/// Lines longer than this, in octets, are looked at by no pattern.
const LINE_MAX: usize = 600;
/// Things that are taken off the end one after the other; some people send through many devices.
const ROUNDS: usize = 40;
/// Lines of a last paragraph that is looked at; a longer one is neither signature nor disclaimer.
const PARAGRAPH: usize = 100;
/// Octets of the shortest device line, and how many paragraphs of one line are looked at.
const DEVICE_MIN: usize = 8;
const DEVICES: usize = 300;

patterns! {
    DELIMITER = r"^(?:-- ?|__ ?)$|^_{3,100}$";
    DEVICE = r"(?i)^\s*(?:(?:나의|내|제)\s*)?(?:iphone|ipad|아이폰|아이패드|갤럭시|galaxy|삼성|samsung|android|안드로이드|휴대폰|휴대전화|핸드폰|스마트폰|모바일|lg)[^\n]{0,40}(?:에서|으로)\s*(?:보냄|보낸\s*메일|보냈습니다|보내드립니다|전송됨|전송했습니다|전송|발송|작성)[^\n]{0,40}$";
    SENT_FROM = r"(?i)^\s*[(<]{0,2}(?:sent (?:from|via|with|by) (?:my |mail\b|mailbox|airmail|outlook|yahoo|samsung|gmail|naver|the |proton|a mobile|a phone|mobile|iphone|ipad|android|galaxy|windows|spark|nine|superhuman|blackberry|fastmail)[^\n]{0,90}|sent (?:via|from) \[?[a-z ]{2,24}\]?\S{0,80}|get (?:outlook|bluemail) for [^\n]{0,90}|from my [^\n.]{1,20}|[a-z]{2,20} from mobile)[>)]{0,2}$";
    SENT_ELSEWHERE = r"(?i)^\s*(?:(?:envoyé (?:depuis|de|à partir de)|télécharger outlook pour|obtenir outlook pour|provenance) [^\n]{1,90}|(?:gesendet (?:von|mit)|von meinem?|diese nachricht wurde von|outlook für (?:android|ios)) [^\n]{1,90}|enviad[oa] (?:desde|do|a partir do) [^\n]{1,90}|(?:obtener|obter) outlook para [^\n]{1,60}|inviato da(?:l mio)? [^\n]{1,60}|(?:verzonden (?:met|vanaf)|verstuurd vanaf) [^\n]{1,60}|(?:sendt fra|skickat från|från) min [^\n]{1,60}|wysłan[eoy] z [^\n]{1,60}|отправлено (?:с|из) [^\n]{1,60}|lähetetty [^\n]{1,60}|[^\n]{0,20}(?:iphone|ipad|android|スマホ)[^\n]{0,20}から送信[^\n]{0,10}|odesláno z [^\n]{1,60}|odoslané z [^\n]{1,60}|trimis de pe [^\n]{1,60}|στάλθηκε από [^\n]{1,60}|надіслано з [^\n]{1,60}|(?:được|đã) gửi từ [^\n]{1,60}|dikirim dari [^\n]{1,60}|[^\n]{0,20}(?:iphone|ipad|android)[^\n]{0,20}(?:gönderildi|küldve)|נשלח מה[^\n]{1,60}|(?:发自|從|从|發自)\s?(?:我的|我)[^\n]{1,40})$";
    SENT_BY_APP = r"(?i)^\s*(?:네이버|다음|한메일|카카오|구글|지메일|gmail|naver|daum|kakao|outlook|yahoo|야후|hiworks|하이웍스|두레이|dooray|proton\s?mail|프로톤)[^\n]{0,30}(?:에서|으로|로)\s*(?:보냈습니다|보냄|보낸\s*메일|발송|전송|작성)[^\n]{0,20}$|^\s*(?:ios|android|mac|windows)용\s*(?:outlook|메일|mail)[^\n]{0,90}$|^\s*outlook\s+for\s+(?:ios|android)[^\n]{0,80}$";
    DISCLAIMER = r"(?i)(?:this|the)\s+(?:e-?mail|message|communication|transmission)[^\n]{0,300}(?:confidential|privileged|intended)|(?:confidential|privileged)[^\n]{0,300}(?:intended recipient|addressee)|intended (?:solely|only) for|if you (?:have received this|are not the intended)|(?:본|이)\s?(?:메일|이메일|e-?mail|전자우편|메시지)[은는이의에과및\s][^\n]{0,160}(?:기밀|비밀|법적|법률|지정된|의도된|수신인|보호)|diese e-?mail (?:enthält|ist)[^\n]{0,80}vertraulich|ce (?:message|courriel)[^\n]{0,120}confidentiel";
    LIST_FOOTER = r"(?i)^\s*(?:to unsubscribe|unsubscribe\b|you received this (?:message|email) because|you are receiving this|수신\s?거부|메일\s?수신을\s?원하지|본\s?메일은\s?발신\s?전용|to post to this (?:list|group)|[^\n]{1,40} mailing list\b)";
    CLOSING = r"(?i)(?:감사합니다|고맙습니다|감사드립니다|감사드려요|감사해요|수고하세요|수고하십시오|부탁드립니다|드림|올림|배상|拜上)\s*[.!~^,:)]{0,5}\s*$|^\s*(?:(?:best|kind|kindest|warm|warmest|with best|with kind|many)\s+)?(?:regards|wishes|thanks)\s*[,.!]{0,2}$|^\s*(?:sincerely(?: yours)?|yours (?:sincerely|truly|faithfully)|thanks(?: again| a lot| in advance)?|thank you(?: very much)?|cheers|best)\s*[,.!]{0,2}$|^\s*(?:mit\s+(?:freundlichen|besten|lieben)\s+grü(?:ß|ss)en|(?:viele|beste|liebe|freundliche|schöne)\s+grü(?:ß|ss)e|mfg|vg|cordialement|bien\s+(?:cordialement|à\s+vous)|bonne\s+(?:journée|soirée)|(?:un\s+)?(?:cordial\s+)?saludos?|atentamente|gracias|merci|danke|grazie|(?:cordiali|distinti)\s+saluti|met\s+vriendelijke\s+groet(?:en)?|(?:med\s+)?(?:venlig|vennlig|vänlig)[a-z]*\s+(?:hil?sn?|hälsn)[a-z]*|mvh|hälsningar|hilsen|pozdrawiam|z\s+poważaniem|s\s+pozdravem|(?:ystävällisin\s+)?terveisin|(?:szívélyes\s+)?üdvözlettel|saygılarımla|cu\s+(?:stimă|respect)|с\s+уважением|з\s+повагою|cumprimentos|obrigad[oa]|abraços|cordialmente|atenciosamente|(?:どうぞ)?よろしく(?:お願い(?:いた|致)?します)?|以上|此致|谢谢|謝謝)\s*[,.!。]{0,2}$";
    PHONE = r"(?:\+\d{1,3}[\s.\-]?)?\(?\d{2,4}\)?[\s.\-)]{1,2}\d{3,4}[\s.\-]\d{4}\b|\b1\d{3}-\d{4}\b|\+\d{1,3}[\d\s().\-]{7,18}\d|^\s*\+?\d{9,13}\s*$";
    WEB = r"(?i)https?://\S|\bwww\.\S";
    LABEL = r"(?i)^\s*(?:t|m|f|h|e|p|c|tel|mobile|mob|cell|phone|fax|e-?mail|address|addr|web|전화|휴대폰|휴대전화|핸드폰|연락처|팩스|이메일|메일|주소|직통|내선|대표번호)\s?[.:)|]";
    PLACE = r"(?:시|도)\s[가-힣]{1,6}(?:구|군|시)\s[가-힣\d]{1,12}(?:로|길|동|읍|면)|[가-힣]{1,12}(?:로|길)\s?\d{1,5}(?:번길)?\s?\d{0,4}";
    SENTENCE = r"(?:니다|세요|해요|어요|아요|에요|예요|까요|네요|군요|지요|죠|시오)[.?!~\s]{0,5}$|[\p{Hangul}a-zà-ÿ]{2}[.?!]\s*$|[。？！]\s*$";
    COMPANY = r"(?i)\b(?:ltd|inc|corp|co|llc|gmbh)\.\s*$";
    /// What follows the closing words and is meant.
    POSTSCRIPT = r"(?i)^\s*(?:p\.?\s?s\.?\b|추신|덧붙|참고|문의|첨부|※|\*(?:[^*]|$))";
    /// A line that says that what follows was asked for.
    INTRODUCES = r"(?i)다음|아래|하기|입니다\s?[:：]|[:：]\s*$|\b(?:follow|below|here|these|reach|contact)";
    PICTURE = r"(?i)^\s*(?:\[(?:image|cid|logo|사진|이미지)[^\]\n]{0,120}\]|<?cid:\S{1,120}>?)\s*$";
}

/// A part that was taken off, and what it is.
pub(super) type Part<'a> = (SegmentKind, Vec<&'a str>);

/// A rule: where the end now begins, and what it is. It is told whether something was written above all these lines.
type Rule = fn(&[&str], bool) -> Option<(usize, SegmentKind)>;

/// Splits the own lines of one run into what is kept and what is not the writer's message, in order. `below` = something
/// was written above the quote that these lines follow, so that all of them may be signature.
pub(super) fn strip<'l, 'a>(lines: &'l [&'a str], below: bool) -> (Cow<'l, [&'a str]>, Vec<Part<'a>>) {
    let mut end = trimmed(lines, lines.len());
    let mut parts = Vec::new();
    let rules: [Rule; 5] = [device, footer, delimited, block, rule];
    // Each round takes one thing off the end.
    for _ in 0..ROUNDS {
        let Some((shorter, kind)) = rules.iter().find_map(|rule| rule(&lines[..end], below)) else {
            break;
        };
        if shorter >= end {
            break;
        }
        parts.push((kind, lines[shorter..end].to_vec()));
        end = trimmed(lines, shorter);
    }
    parts.reverse();
    let (kept, devices) = alone(&lines[..end]);
    parts.splice(0..0, devices);
    (kept, parts)
}

/// A device line: the only kind of last line that is cut though nothing stands above it.
pub(super) fn is_device(line: &str) -> bool {
    (DEVICE_MIN..=LINE_MAX).contains(&line.len())
        && line.chars().count() <= 140
        && (DEVICE.is_match(line)
            || SENT_FROM.is_match(line)
            || SENT_ELSEWHERE.is_match(line)
            || SENT_BY_APP.is_match(line))
}

/// Device lines that stand as paragraphs of their own above what was written last.
fn alone<'l, 'a>(lines: &'l [&'a str]) -> (Cow<'l, [&'a str]>, Vec<Part<'a>>) {
    let blank = |at: Option<usize>| at.and_then(|at| lines.get(at)).is_none_or(|l| l.trim().is_empty());
    let candidates =
        (1..lines.len()).filter(|at| lines[*at].len() >= DEVICE_MIN && blank(at.checked_sub(1)) && blank(Some(at + 1)));
    let places: Vec<usize> = candidates.take(DEVICES).filter(|at| is_device(lines[*at])).collect();
    if places.is_empty() {
        return (lines.into(), Vec::new());
    }
    let devices = places.iter().map(|at| (SegmentKind::Device, vec![lines[*at]]));
    let kept = lines
        .iter()
        .enumerate()
        .filter(|(at, _)| places.binary_search(at).is_err());
    (kept.map(|(_, line)| *line).collect(), devices.collect())
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

fn device(lines: &[&str], _: bool) -> Option<(usize, SegmentKind)> {
    let last = lines.last()?;
    is_device(last).then(|| (lines.len() - 1, SegmentKind::Device))
}

/// A line of dashes that nothing follows.
fn rule(lines: &[&str], below: bool) -> Option<(usize, SegmentKind)> {
    let last = lines.last()?;
    let ends = is_rule(last) || matches!(*last, "--" | "-- " | "__");
    (ends && (below || !blank(&lines[..lines.len() - 1]))).then(|| (lines.len() - 1, SegmentKind::Signature))
}

/// The last paragraph is a disclaimer or a list's footer.
fn footer(lines: &[&str], below: bool) -> Option<(usize, SegmentKind)> {
    let start = last_paragraph(lines)?;
    if !below && blank(&lines[..start]) {
        return None;
    }
    let mut text = String::new();
    for line in &lines[start..] {
        if text.len() > 4_000 {
            break;
        }
        text.extend(line.chars().take(2_000));
        text.push(' ');
    }
    if LIST_FOOTER.is_match(&text) {
        return Some((start, SegmentKind::ListFooter));
    }
    DISCLAIMER.is_match(&text).then_some((start, SegmentKind::Disclaimer))
}

/// A delimiter line with a signature's length below it and something above it.
fn delimited(lines: &[&str], below: bool) -> Option<(usize, SegmentKind)> {
    let from = lines.len().saturating_sub(2 * LINES);
    let at = (from..lines.len()).find(|at| is_delimiter(&lines[*at..]))?;
    (below || !blank(&lines[..at])).then(|| {
        let footer = lines[at + 1..]
            .iter()
            .any(|l| l.len() <= LINE_MAX && LIST_FOOTER.is_match(l));
        let kind = if footer {
            SegmentKind::ListFooter
        } else {
            SegmentKind::Signature
        };
        (at, kind)
    })
}

/// Whether the first line sets off a signature. Two dashes or a rule may also part what was written in two: then
/// sentences follow.
fn is_delimiter(lines: &[&str]) -> bool {
    let line = lines[0];
    if line.len() > LINE_MAX || !(DELIMITER.is_match(line) || is_rule(line)) {
        return false;
    }
    let below: Vec<&str> = lines[1..].iter().copied().filter(|l| !l.trim().is_empty()).collect();
    if below.is_empty() || below.len() > LINES {
        return false;
    }
    // The exact form of RFC 3676 §4.3.
    if line == "-- " {
        return true;
    }
    let sentences = below.iter().filter(|l| is_sentence(l)).count();
    let contacts = below.iter().filter(|l| is_contact(l)).count();
    match line.trim() {
        "--" | "__" => {
            let close = lines.get(1).is_some_and(|l| !l.trim().is_empty());
            sentences == 0
                || (close && sentences <= 1 && below.len() <= 8)
                || (close && contacts >= 1 && sentences <= 3)
        }
        ruled => {
            let underscores = ruled.starts_with("___");
            below.len() <= 15 && sentences == 0 && (underscores || contacts >= 1) && !below.iter().any(|l| is_item(l))
        }
    }
}

/// Name, role, telephone, address after the closing words, or as a paragraph of their own.
fn block(lines: &[&str], below: bool) -> Option<(usize, SegmentKind)> {
    let from = lines.len().saturating_sub(2 * BLOCK_LINES);
    let closing = (from..lines.len())
        .rev()
        .find(|at| lines[*at].len() <= LINE_MAX && CLOSING.is_match(lines[*at]));
    if let Some(closing) = closing
        && looks_like_one(&lines[closing + 1..], 1)
    {
        return Some((closing + 1 + signed_off(&lines[closing + 1..]), SegmentKind::Signature));
    }
    let start = last_paragraph(lines)?;
    let above = lines[..start].iter().rev().find(|l| !l.trim().is_empty());
    if above.is_some_and(|l| l.len() <= LINE_MAX && INTRODUCES.is_match(l)) {
        return None;
    }
    ((below || !blank(&lines[..start])) && lines.len() - start >= 2 && looks_like_one(&lines[start..], 2))
        .then_some((start, SegmentKind::Signature))
}

/// A bare name right below the closing words, with a blank line before the block, belongs to the closing.
fn signed_off(lines: &[&str]) -> usize {
    let bare = |line: &str| !line.is_empty() && line.chars().count() <= 30 && !is_contact(line) && !is_rule(line);
    let parted = lines.get(1).is_some_and(|l| l.is_empty());
    usize::from(parted && bare(lines[0]) && looks_like_one(&lines[1..], 1))
}

fn looks_like_one(lines: &[&str], contacts: usize) -> bool {
    if lines.iter().filter(|l| !l.trim().is_empty()).count() > BLOCK_LINES + 4 {
        return false;
    }
    let written: Vec<&str> = lines
        .iter()
        .copied()
        .filter(|l| !(l.trim().is_empty() || is_rule(l) || l.len() <= LINE_MAX && PICTURE.is_match(l)))
        .collect();
    !written.is_empty()
        && written.len() <= BLOCK_LINES
        && written.iter().all(|l| l.chars().count() <= LINE_CHARS && !is_sentence(l) && !POSTSCRIPT.is_match(l))
        // A list of links or numbers that was asked for is no signature.
        && written.iter().filter(|l| is_contact(l)).count() >= contacts
        && !written.iter().any(|l| is_item(l))
}

fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    line.starts_with(['-', '•', '·', '○', '▶', '①', '②'])
        || ((1..=2).contains(&digits) && line[digits..].starts_with(['.', ')']))
}

fn is_contact(line: &str) -> bool {
    line.len() <= LINE_MAX
        && (PHONE.is_match(line)
            || LABEL.is_match(line)
            || PLACE.is_match(line)
            || WEB.is_match(line)
            || evidence::has_address(line))
}

fn is_sentence(line: &str) -> bool {
    line.len() > LINE_MAX
        || (SENTENCE.is_match(line) && !COMPANY.is_match(line) && !evidence::has_address(line) && !WEB.is_match(line))
}

/// Where the last paragraph begins; `None` when it is too long to matter.
fn last_paragraph(lines: &[&str]) -> Option<usize> {
    let from = lines.len().saturating_sub(PARAGRAPH);
    let found = lines[from..].iter().rposition(|l| l.trim().is_empty());
    found.map(|at| from + at + 1).or((from == 0).then_some(0))
}
