//! Subtitles as recordings come with: `SubRip` and `WebVTT`, or a plain text without times.

/// What was said, with its beginning in milliseconds after the recording's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub at: i64,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transcript {
    Timed(Vec<Said>),
    /// Without times: nobody can say which question it belongs to.
    Plain(String),
}

const ARROW: &str = "-->";

/// Reads what was pasted or uploaded; it never fails: what has no times is plain.
pub fn parse(text: &str) -> Transcript {
    let text = domain::text::tidy(text.trim_start_matches('\u{feff}'));
    let mut said: Vec<Said> = Vec::new();
    let mut open: Option<Said> = None;
    for line in text.lines() {
        let start = line.split_once(ARROW).and_then(|(start, _)| moment(start));
        if let Some(at) = start {
            said.extend(open.take().filter(|said| !said.text.is_empty()));
            open = Some(Said {
                at,
                text: String::new(),
            });
        } else if line.trim().is_empty() {
            said.extend(open.take().filter(|said| !said.text.is_empty()));
        } else if let Some(said) = &mut open {
            let words = plain(line);
            if !words.is_empty() && !said.text.is_empty() {
                said.text.push(' ');
            }
            said.text.push_str(&words);
        }
    }
    said.extend(open.filter(|said| !said.text.is_empty()));
    if said.is_empty() {
        return Transcript::Plain(text);
    }
    said.sort_by_key(|said| said.at);
    Transcript::Timed(said)
}

/// `01:02:03,400`, `01:02:03.400` or `02:03.400`, in milliseconds.
fn moment(text: &str) -> Option<i64> {
    let text = text.trim();
    let (clock, millis) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let millis: i64 = match millis.len() {
        1..=3 if millis.bytes().all(|b| b.is_ascii_digit()) => format!("{millis:0<3}").parse().ok()?,
        _ => return None,
    };
    let mut seconds: i64 = 0;
    let parts: Vec<&str> = clock.split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    for part in parts {
        let part: u32 = part.parse().ok().filter(|n| *n < 1_000)?;
        seconds = seconds * 60 + i64::from(part);
    }
    Some(seconds * 1_000 + millis)
}

/// Without the marks of speakers and of type: `<v Jay>네</v>`.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let marks = after.starts_with(|c: char| c == '/' || c.is_ascii_alphanumeric());
        if let Some((_, behind)) = after.split_once('>').filter(|_| marks) {
            rest = behind;
        } else {
            out.push('<');
            rest = after;
        }
    }
    out.push_str(rest);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(at: i64, text: &str) -> Said {
        Said { at, text: text.into() }
    }

    #[test]
    fn both_kinds_of_subtitles_are_read() {
        let srt = "\u{feff}1\r\n00:00:01,000 --> 00:00:02,500\r\n네, 내년\r\n봄입니다.\r\n\r\n2\r\n01:00:03,5 --> 01:00:04,000\r\n<i>끝</i>\r\n";
        let expected = [said(1_000, "네, 내년 봄입니다."), said(3_603_500, "끝")];
        assert_eq!(parse(srt), Transcript::Timed(expected.to_vec()));
        let vtt = "WEBVTT\n\nNOTE 회의실\n\n1\n00:07.250 --> 00:09.000 align:start\n<v Jay>하나 < 둘</v>\n";
        assert_eq!(parse(vtt), Transcript::Timed(vec![said(7_250, "하나 < 둘")]));
    }

    #[test]
    fn what_has_no_times_is_plain() {
        for text in ["그냥 적은 글\n둘째 줄", "a --> b", "99:99:99:99 --> 1", "", "-->"] {
            assert_eq!(parse(text), Transcript::Plain(domain::text::tidy(text)), "{text}");
        }
    }
}
