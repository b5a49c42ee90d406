//! The head that Outlook and webmail put above an unmarked quote: a separator, or labels with a sender, a date, a
//! subject.

use super::{LINE_MAX, RULE};
use crate::read::{evidence, rules::patterns};

/// Lines in which the labels of a header block must stand.
const BLOCK: usize = 16;
/// Characters before a label's colon.
const LABEL_CHARS: usize = 40;

patterns! {
    /// From, date, to, copy, subject: one group each. Labels of other languages are those of their mail programs.
    LABEL = r"(?i)^[\s>*_|]{0,6}(?:(from|보낸\s?사람|보낸\s?이|보내는\s?사람|발신자|발신인|발신|de|von|van|da|fra|från|od|от|от\s?кого|expéditeur|remitente|absender|发件人|寄件者|寄件人|差出人|送信者|lähettäjä|feladó|kimden|gönderen|de\s?la|expeditor|από|від|từ|dari|מאת|من)|(sent|date|sent\s?at|보낸\s?날짜|보낸\s?시간|보낸\s?일시|보낸\s?일자|받은\s?날짜|날짜|일시|일자|발송일|발송일시|발신일|발신일시|le|envoyé|message\s?du|gesendet|datum|enviado|enviado\s?el|enviada?\s?em|fecha|data|inviato|sendt|dato|skickat|wysłano|дата|отправлено|发送时间|日期|寄件日期|送信日時|日付|日時|lähetetty|päivämäärä|odesláno|odoslané|elküldve|küldve|dátum|gönderildi|gönderme\s?tarihi|tarih|trimis|dată|στάλθηκε|ημερομηνία|надіслано|изпратено|poslano|đã\s?gửi|ngày|dikirim|tanggal|נשלח|תאריך|تم\s?الإرسال|التاريخ)|(to|받는\s?사람|받은\s?사람|받는\s?이|수신자|수신인|수신|reply-to|à|a|an|para|til|till|aan|do|кому|destinataire|pour|收件人|收件者|宛先|vastaanottaja|komu|címzett|kime|alıcı|către|catre|προς|до|tới|đến|kepada|untuk|אל|إلى)|(cc|참조|copie(?:\s?à)?|kopie|copia|kopi|kopia|抄送|副本|kopio|másolatot\s?kap|bilgi|κοιν|копия|копія|tembusan|עותק|نسخة)|(subject|제목|objet|sujet|betreff|asunto|assunto|oggetto|emne|ämne|onderwerp|temat|тема|主题|主旨|件名|aihe|předmět|predmet|tárgy|konu|subiect|θέμα|относно|chủ\s?đề|tiêu\s?đề|perihal|subjek|נושא|الموضوع))\s?[*_]{0,2}\s?[:：]";
    SEPARATOR = r"(?i)^[\s*>]{0,6}[-=_─━]{2,60}\s*(?:원본\s*(?:메일|메시지|이메일)|이전\s*(?:메일|메시지)|original\s+(?:message|mail|e-?mail|appointment)|(?:보낸|받은)\s*메(?:일|시지)\s*(?:내용)?|forwarded\s+(?:message|mail)|전달(?:된|한|받은)?\s*(?:메일|메시지)|reply\s+message|ursprüngliche\s+nachricht|originalnachricht|weitergeleitete\s+nachricht|message\s+(?:d['’]origine|original|transféré)|mensaje\s+(?:original|reenviado)|mensagem\s+(?:original|encaminhada)|messaggio\s+(?:originale|inoltrato)|oorspronkelijk\s+bericht|oprindelig\s+(?:besked|meddelelse)|opprinnelig\s+melding|ursprungligt\s+meddelande|wiadomość\s+oryginalna|(?:исходное|пересылаемое)\s+сообщение|původní\s+zpráva|pôvodná\s+správa|eredeti\s+üzenet|orijinal\s+(?:mesaj|ileti)|mesaj\s+original|alkuperäinen\s+viesti|αρχικό\s+μήνυμα|вихідне\s+повідомлення|izvorna\s+poruka|thư\s+gốc|pesan\s+asli|原始(?:邮件|郵件)|原邮件|转发邮件|元のメッセージ|転送メッセージ)\s*[-=_─━]{2,60}[\s*]{0,4}$";
    BRACKETED = r"(?i)^\s*[\[(<]\s*(?:원본|이전|original)\s*(?:메일|메시지|이메일|message|mail|e-?mail)\s*[\])>]\s*$";
    FORWARD = r"(?i)forwarded|전달|weitergeleitet|transféré|reenviado|encaminhada|inoltrato|转发|転送|пересылаемое";
    BEGIN_FORWARD = r"(?i)^\s*(?:begin forwarded message|전달(?:된|받은)\s*메(?:일|시지)|début du message transféré|anfang der weitergeleiteten nachricht|inicio del mensaje reenviado)\s?[:：]?\s*$";
    /// What our kind of mail says above itself, and what ticket systems say.
    ABOVE = r"(?i)^[\s>*#\-=_]{0,20}(?:please\s+)?(?:reply|type your reply|write(?: your reply)?)\s+above\s+this\s+line|^[\s>*#\-=_]{0,20}(?:이|아래|본)\s?(?:선|줄)\s?위(?:에|로)[^\n]{0,30}(?:작성|회신|답장|답변|적어)";
}

/// What a line begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// So many lines of head; what follows is quoted.
    Quote(usize),
    Forward(usize),
}

/// Whether a quote's head begins in the first of these lines. `looks` counts what was looked at in vain.
pub(super) fn head(lines: &[&str], looks: &mut usize) -> Option<Head> {
    let line = lines[0];
    if line.len() > LINE_MAX {
        return None;
    }
    if may_separate(line) {
        if ABOVE.is_match(line) {
            return Some(Head::Quote(1));
        }
        if is_separator(line) || BEGIN_FORWARD.is_match(line) {
            *looks += 1;
            let long = line.bytes().filter(|b| matches!(b, b'-' | b'=' | b'_')).count() >= 8;
            let below = first_written(lines, 1).map(|at| (at, block(&lines[at..])));
            let size = match below {
                Some((at, Some(size))) => at + size,
                _ => 1,
            };
            if size > 1 || evidence_after(lines) || (long && is_separator(line)) {
                let forwards = FORWARD.is_match(line);
                return Some(if forwards {
                    Head::Forward(size)
                } else {
                    Head::Quote(size)
                });
            }
        }
    }
    if label(line).is_some() {
        *looks += 1;
        return block(lines).map(Head::Quote);
    }
    None
}

/// A separator of a forwarded mail, marked or not.
pub(super) fn is_forward(line: &str) -> bool {
    line.len() <= LINE_MAX
        && may_separate(line)
        && (is_separator(line) || BEGIN_FORWARD.is_match(line))
        && FORWARD.is_match(line)
}

pub(super) fn is_separator(line: &str) -> bool {
    line.len() <= LINE_MAX && (SEPARATOR.is_match(line) || BRACKETED.is_match(line))
}

pub(super) fn begins_forward(line: &str) -> bool {
    line.len() <= LINE_MAX && BEGIN_FORWARD.is_match(line)
}

/// A cheap look that spares the patterns for nearly all lines.
fn may_separate(line: &str) -> bool {
    if line.len() < 8 {
        return false;
    }
    let start = line.trim_start_matches([' ', '*', '>', '\t', '#']);
    if start.len() < 8 || !start.chars().any(char::is_alphabetic) {
        return false;
    }
    start.starts_with(['-', '=', '_', '─', '━', '[', '<', '(', '이', '아', '본', '전'])
        || start.get(..2).is_some_and(|s| {
            ["be", "dé", "an", "in", "re", "pl", "ty", "wr"]
                .iter()
                .any(|p| s.eq_ignore_ascii_case(p))
        })
        || start.starts_with("Dé")
        || start.starts_with("dé")
}

/// Which of the five labels the line begins with.
fn label(line: &str) -> Option<usize> {
    let (colon, sign) = line
        .char_indices()
        .take(LABEL_CHARS)
        .find(|(_, c)| matches!(c, ':' | '：'))?;
    let captures = LABEL
        .captures(&line[..colon + sign.len_utf8()])
        .or_else(|| LABEL.captures(line))?;
    (1..=5)
        .find(|group| captures.get(*group).is_some())
        .map(|group| group - 1)
}

fn first_written(lines: &[&str], from: usize) -> Option<usize> {
    (from..lines.len().min(from + 6)).find(|at| {
        let line = lines[*at];
        !line.trim().is_empty() && !RULE.is_match(if line.len() <= LINE_MAX { line } else { "" })
    })
}

/// A sender, with at least two other labels, one of them a date or a subject, and an address or a time: how many lines.
fn block(lines: &[&str]) -> Option<usize> {
    let mut labels = [false; 5];
    let mut plain = 0;
    let mut text = String::new();
    let mut size = 0;
    for (at, line) in lines.iter().take(BLOCK).enumerate() {
        if line.len() > 4 * LINE_MAX {
            break;
        }
        match label(line) {
            // A second sender begins another mail.
            Some(0) if labels[0] => break,
            Some(label) => {
                labels[label] = true;
                plain = 0;
                size = at + 1;
            }
            None if line.trim().is_empty() => {
                if enough(labels) {
                    break;
                }
                continue;
            }
            // A value may go on in the next line or two: many recipients.
            None => plain += 1,
        }
        if plain > 2 {
            break;
        }
        text.push_str(line);
        text.push('\n');
    }
    let believable = evidence::has_address(&text) || (evidence::has_date(&text) && evidence::has_time(&text));
    (enough(labels) && believable).then_some(size)
}

fn enough(labels: [bool; 5]) -> bool {
    labels.iter().filter(|l| **l).count() >= 3 && labels[0] && (labels[1] || labels[4])
}

/// A label, an address or a date right below a separator.
fn evidence_after(lines: &[&str]) -> bool {
    lines[1..].iter().filter(|l| !l.trim().is_empty()).take(4).any(|line| {
        line.len() <= 4 * LINE_MAX && (evidence::has_address(line) || evidence::has_date(line) || label(line).is_some())
    })
}
