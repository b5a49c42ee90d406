//! `winmail.dat`: what Outlook packs a mail into when it believes that everybody has Outlook (MS-OXTNEF). Its text, its
//! files and its message class are taken out; every length is checked against what is there.

use super::charset;
use encoding_rs::UTF_16LE;

const SIGNATURE: u32 = 0x223e_9f78;
/// Attributes and properties that are looked at.
const MOST: usize = 4_000;
/// Files that are taken out.
const FILES: usize = 100;

const MESSAGE_CLASS: u32 = 0x0007_8008;
const BODY: u32 = 0x0002_800c;
const PROPERTIES: u32 = 0x0006_9003;
const FILE_BEGINS: u32 = 0x0006_9002;
const FILE_TITLE: u32 = 0x0001_8010;
const FILE_DATA: u32 = 0x0006_800f;
const FILE_PROPERTIES: u32 = 0x0006_9005;

const PR_BODY: u16 = 0x1000;
const PR_BODY_HTML: u16 = 0x1013;
const PR_LONG_NAME: u16 = 0x3707;

/// What stood in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Packed {
    /// Such as `IPM.Schedule.Meeting.Resp.Pos`.
    pub class: Option<String>,
    pub text: Option<String>,
    pub html: Option<String>,
    /// Name and content.
    pub files: Vec<(String, Vec<u8>)>,
}

/// `None` when it is no such file.
pub(super) fn read(bytes: &[u8]) -> Option<Packed> {
    let mut input = Input(bytes);
    if input.u32()? != SIGNATURE {
        return None;
    }
    input.u16()?;
    let mut out = Packed::default();
    for _ in 0..MOST {
        if attribute(&mut input, &mut out).is_none() {
            break;
        }
    }
    out.files.retain(|(_, content)| !content.is_empty());
    Some(out)
}

fn attribute(input: &mut Input<'_>, out: &mut Packed) -> Option<()> {
    input.take(1)?;
    let id = input.u32()?;
    let size = usize::try_from(input.u32()?).ok()?;
    let data = input.take(size)?;
    input.u16()?;
    match id {
        MESSAGE_CLASS => out.class = Some(text(data)),
        BODY => out.text = Some(text(data)),
        PROPERTIES => properties(data, |id, kind, value| match id {
            PR_BODY => out.text = Some(string(kind, value)),
            PR_BODY_HTML => out.html = Some(string(kind, value)),
            _ => {}
        }),
        FILE_BEGINS if out.files.len() < FILES => out.files.push((String::new(), Vec::new())),
        FILE_TITLE => {
            if let Some(file) = out.files.last_mut().filter(|f| f.0.is_empty()) {
                file.0 = text(data);
            }
        }
        FILE_DATA => {
            if let Some(file) = out.files.last_mut() {
                file.1 = data.to_vec();
            }
        }
        FILE_PROPERTIES => properties(data, |id, kind, value| {
            if let Some(file) = out.files.last_mut().filter(|_| id == PR_LONG_NAME) {
                file.0 = string(kind, value);
            }
        }),
        _ => {}
    }
    Some(())
}

/// Walks a property stream as far as it can be read.
fn properties(data: &[u8], mut found: impl FnMut(u16, u16, &[u8])) {
    let mut input = Input(data);
    let Some(count) = input.u32() else { return };
    for _ in 0..usize::try_from(count).unwrap_or(MOST).min(MOST) {
        if property(&mut input, &mut found).is_none() {
            break;
        }
    }
}

fn property(input: &mut Input<'_>, found: &mut impl FnMut(u16, u16, &[u8])) -> Option<()> {
    let kind = input.u16()?;
    let id = input.u16()?;
    if id >= 0x8000 {
        input.take(16)?;
        if input.u32()? == 0 {
            input.u32()?;
        } else {
            let size = usize::try_from(input.u32()?).ok()?;
            input.padded(size)?;
        }
    }
    let several = kind & 0x1000 != 0;
    let base = kind & 0x0fff;
    let fixed = match base {
        0x02 | 0x03 | 0x04 | 0x0a | 0x0b => Some(4),
        0x05 | 0x06 | 0x07 | 0x14 | 0x40 => Some(8),
        0x48 => Some(16),
        0x0d | 0x1e | 0x1f | 0x102 => None,
        _ => return None,
    };
    let values = if several || fixed.is_none() {
        usize::try_from(input.u32()?).ok()?.min(MOST)
    } else {
        1
    };
    for _ in 0..values {
        let value = if let Some(size) = fixed {
            input.take(size)?
        } else {
            let size = usize::try_from(input.u32()?).ok()?;
            input.padded(size)?
        };
        found(id, base, value);
    }
    Some(())
}

fn string(kind: u16, value: &[u8]) -> String {
    if kind == 0x1f {
        let (text, _) = UTF_16LE.decode_without_bom_handling(value);
        text.trim_end_matches('\0').to_owned()
    } else {
        text(value)
    }
}

fn text(value: &[u8]) -> String {
    let end = value.iter().position(|b| *b == 0).unwrap_or(value.len());
    charset::guess(&value[..end]).0
}

/// What is left to read.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, size: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(size)?;
        self.0 = rest;
        Some(head)
    }

    /// A value with its padding to four octets; the last one may lack it.
    fn padded(&mut self, size: usize) -> Option<&'a [u8]> {
        let value = self.take(size)?;
        let padding = size.next_multiple_of(4) - size;
        self.take(padding.min(self.0.len()))?;
        Some(value)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(level: u8, id: u32, data: &[u8]) -> Vec<u8> {
        let size = u32::try_from(data.len()).expect("small");
        let sum = data.iter().fold(0_u16, |sum, b| sum.wrapping_add(u16::from(*b)));
        [
            &[level][..],
            &id.to_le_bytes(),
            &size.to_le_bytes(),
            data,
            &sum.to_le_bytes(),
        ]
        .concat()
    }

    fn packed() -> Vec<u8> {
        let (title, _, _) = encoding_rs::EUC_KR.encode("견적.pdf\0");
        let name: Vec<u8> = "견적서 최종.pdf\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let size = u32::try_from(name.len()).expect("small");
        let long = [
            &1_u32.to_le_bytes()[..],
            &0x1f_u16.to_le_bytes(),
            &PR_LONG_NAME.to_le_bytes(),
            &1_u32.to_le_bytes(),
            &size.to_le_bytes(),
            &name,
        ]
        .concat();
        let (body, _, _) = encoding_rs::EUC_KR.encode("매주 수요일입니다.\0");
        [
            SIGNATURE.to_le_bytes().to_vec(),
            vec![1, 0],
            attribute(1, MESSAGE_CLASS, b"IPM.Note\0"),
            attribute(1, BODY, &body),
            attribute(2, FILE_BEGINS, &[0; 14]),
            attribute(2, FILE_TITLE, &title),
            attribute(2, FILE_DATA, b"%PDF-"),
            attribute(2, FILE_PROPERTIES, &long),
        ]
        .concat()
    }

    #[test]
    fn text_class_and_files_are_taken_out() {
        let found = read(&packed()).expect("a TNEF");
        assert_eq!(found.class.as_deref(), Some("IPM.Note"));
        assert_eq!(found.text.as_deref(), Some("매주 수요일입니다."));
        assert_eq!(found.files, [("견적서 최종.pdf".to_owned(), b"%PDF-".to_vec())]);
    }

    #[test]
    fn cut_and_broken_ones_are_read_as_far_as_they_go() {
        let whole = packed();
        for end in 0..whole.len() {
            read(&whole[..end]);
            let mut broken = whole.clone();
            broken[end] = 0xff;
            read(&broken);
        }
        assert_eq!(read(b"%PDF-1.7"), None);
    }
}
