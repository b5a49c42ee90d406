//! Pictures: known by their first bytes, freed from what they tell about their maker, kept by content.
//!
//! Nothing is decoded: of each format only the pieces that make the picture are copied. What a camera wrote (place,
//! time, device, a small copy of the uncut picture) and whatever follows the picture's end stays behind.

use crate::Error;
use data_encoding::HEXLOWER;
use db::{entity::asset, prelude::*};
use sea_orm::sea_query::OnConflict;
use sha2::{Digest, Sha256};
use web::Message;

/// Octets of one picture.
pub(crate) const MOST: usize = 8 * 1024 * 1024;
/// Pixels of one side.
const SIDE: u32 = 12_000;

/// A picture without anything else in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) media_type: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bytes: Vec<u8>,
}

/// What is wrong with it, as its field says.
pub(crate) fn read(bytes: &[u8]) -> Result<Picture, Message> {
    if bytes.len() > MOST {
        return Err(Message::new("compose-error-large").arg("most", MOST / 1024 / 1024));
    }
    let picture = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        png(bytes)
    } else if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        jpeg(bytes)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        webp(bytes)
    } else {
        return Err(Message::new("compose-error-kind"));
    };
    let within = |p: &Picture| (1..=SIDE).contains(&p.width) && (1..=SIDE).contains(&p.height);
    picture
        .filter(within)
        .ok_or_else(|| Message::new("compose-error-picture"))
}

/// Keeps it; gives its name.
pub(crate) async fn keep(tx: &impl ConnectionTrait, app: &web::App, picture: Picture) -> Result<String, Error> {
    let sha256 = HEXLOWER.encode(&Sha256::digest(&picture.bytes));
    let row = asset::ActiveModel {
        sha256: Set(sha256.clone()),
        media_type: Set(picture.media_type.to_owned()),
        width: Set(i32::try_from(picture.width).unwrap_or(i32::MAX)),
        height: Set(i32::try_from(picture.height).unwrap_or(i32::MAX)),
        bytes: Set(picture.bytes),
        created_at: Set(app.clock.now()),
    };
    let once = OnConflict::column(asset::Column::Sha256).do_nothing().to_owned();
    asset::Entity::insert(row)
        .on_conflict(once)
        .exec_without_returning(tx)
        .await?;
    Ok(sha256)
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// PNG, third edition, §5: chunks of length, type, data and check sum.
fn png(bytes: &[u8]) -> Option<Picture> {
    const KEPT: [&[u8]; 9] = [
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT",
    ];
    let mut out = bytes[..8].to_vec();
    let (mut at, mut size, mut data) = (8, None, false);
    loop {
        let length = usize::try_from(be32(bytes, at)?).ok()?;
        let chunk = bytes.get(at..at.checked_add(length)?.checked_add(12)?)?;
        let kind = chunk.get(4..8)?;
        if size.is_none() && kind != b"IHDR" {
            return None;
        }
        if kind == b"IHDR" {
            size = Some((be32(chunk, 8)?, be32(chunk, 12)?));
        }
        data |= kind == b"IDAT";
        if KEPT.contains(&kind) {
            out.extend_from_slice(chunk);
        }
        if kind == b"IEND" {
            break;
        }
        at += chunk.len();
    }
    let (width, height) = size.filter(|_| data)?;
    Some(Picture {
        media_type: "image/png",
        width,
        height,
        bytes: out,
    })
}

/// ITU-T T.81, annex B: segments until the scan, then what is coded, until the end of the image. Which way up it is held
/// stands in what the camera wrote, and alone is written anew.
fn jpeg(bytes: &[u8]) -> Option<Picture> {
    let (mut out, mut rest, mut size, mut turned) = (vec![0xFF, 0xD8], Vec::new(), None, 1);
    let mut at = 2;
    loop {
        while bytes.get(at) == Some(&0xFF) && bytes.get(at + 1) == Some(&0xFF) {
            at += 1;
        }
        if *bytes.get(at)? != 0xFF {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        if marker == 0xD9 {
            rest.extend_from_slice(&[0xFF, 0xD9]);
            break;
        }
        let length = usize::from(be16(bytes, at + 2)?);
        let segment = bytes.get(at..at + 2 + length).filter(|_| length >= 2)?;
        match marker {
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                size = Some((u32::from(be16(segment, 7)?), u32::from(be16(segment, 5)?)));
            }
            0xE1 => turned = orientation(segment.get(4..)?).unwrap_or(turned),
            _ => {}
        }
        // Of what applications write, JFIF and Adobe's colours; no words of anybody.
        if !matches!(marker, 0xE1..=0xED | 0xEF | 0xFE) {
            rest.extend_from_slice(segment);
        }
        at += segment.len();
        if marker == 0xDA {
            let begin = at;
            // Within what is coded, FF is followed by 00 or by a restart.
            while *bytes.get(at)? != 0xFF || matches!(*bytes.get(at + 1)?, 0x00 | 0xD0..=0xD7) {
                at += 1;
            }
            rest.extend_from_slice(bytes.get(begin..at)?);
        }
    }
    let (mut width, mut height) = size?;
    if turned > 1 {
        out.extend_from_slice(&[0xFF, 0xE1, 0, 34]);
        out.extend_from_slice(b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0");
        out.extend_from_slice(&[turned, 0, 0, 0, 0, 0, 0]);
        if turned >= 5 {
            (width, height) = (height, width);
        }
    }
    out.extend(rest);
    Some(Picture {
        media_type: "image/jpeg",
        width,
        height,
        bytes: out,
    })
}

/// The tag 0112 of the first directory, 1 to 8.
fn orientation(segment: &[u8]) -> Option<u8> {
    let tiff = segment.strip_prefix(b"Exif\0\0")?;
    let big = match tiff.get(..2)? {
        b"MM" => true,
        b"II" => false,
        _ => return None,
    };
    let u16_at = |at: usize| -> Option<u16> {
        let two: [u8; 2] = tiff.get(at..at + 2)?.try_into().ok()?;
        Some(if big {
            u16::from_be_bytes(two)
        } else {
            u16::from_le_bytes(two)
        })
    };
    let begins = if big { be32(tiff, 4)? } else { le32(tiff, 4)? };
    let begins = usize::try_from(begins).ok()?;
    if begins > tiff.len() {
        return None;
    }
    let entries = usize::from(u16_at(begins)?);
    (0..entries)
        .map(|n| begins + 2 + 12 * n)
        .find(|at| u16_at(*at) == Some(0x0112))
        .and_then(|at| u16_at(at + 8))
        .and_then(|value| u8::try_from(value).ok())
        .filter(|value| (1..=8).contains(value))
}

/// RFC 9649: chunks in a RIFF container.
fn webp(bytes: &[u8]) -> Option<Picture> {
    let end = usize::try_from(le32(bytes, 4)?).ok()?.checked_add(8)?;
    let bytes = bytes.get(..end)?;
    let mut out = b"RIFF\0\0\0\0WEBP".to_vec();
    let (mut at, mut size) = (12, None);
    while at < bytes.len() {
        let length = usize::try_from(le32(bytes, at + 4)?).ok()?;
        let padded = length.checked_add(length % 2)?;
        let chunk = bytes.get(at..at.checked_add(8)?.checked_add(padded)?)?;
        let data = &chunk[8..];
        match &chunk[..4] {
            b"VP8X" => {
                let three = |at: usize| {
                    Some(u32::from_le_bytes([*data.get(at)?, *data.get(at + 1)?, *data.get(at + 2)?, 0]) + 1)
                };
                size = Some((three(4)?, three(7)?));
                let mut chunk = chunk.to_vec();
                // Neither ICC (20), EXIF (08) nor XMP (04) is in it any more.
                chunk[8] &= !0x2C;
                out.extend(chunk);
            }
            b"VP8 " => {
                let fourteen = |at: usize| {
                    Some(u32::from(
                        u16::from_le_bytes([*data.get(at)?, *data.get(at + 1)?]) & 0x3FFF,
                    ))
                };
                size = size.or(Some((fourteen(6)?, fourteen(8)?)));
                out.extend_from_slice(chunk);
            }
            b"VP8L" => {
                let bits = le32(data, 1)?;
                size = size.or(Some(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)));
                out.extend_from_slice(chunk);
            }
            b"ALPH" | b"ANIM" | b"ANMF" => out.extend_from_slice(chunk),
            _ => {}
        }
        at += chunk.len();
    }
    let (width, height) = size?;
    let length = u32::try_from(out.len() - 8).ok()?;
    out[4..8].copy_from_slice(&length.to_le_bytes());
    Some(Picture {
        media_type: "image/webp",
        width,
        height,
        bytes: out,
    })
}

/// The end of a picture's address.
pub(crate) fn extension(media_type: &str) -> &'static str {
    match media_type {
        "image/png" => "png",
        "image/jpeg" => "jpg",
        _ => "webp",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).expect("small").to_be_bytes();
        [&length[..], &kind, data, &[0; 4]].concat()
    }

    fn has(bytes: &[u8], words: &[u8]) -> bool {
        bytes.windows(words.len()).any(|w| w == words)
    }

    #[test]
    fn a_png_loses_its_words_and_what_follows_its_end() {
        let head = [&7_u32.to_be_bytes()[..], &5_u32.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
        let whole = [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            chunk(*b"IHDR", &head),
            chunk(*b"tEXt", b"Author\0Kim"),
            chunk(*b"eXIf", b"GPS"),
            chunk(*b"IDAT", b"pixels"),
            chunk(*b"IEND", b""),
            b"<script>".to_vec(),
        ]
        .concat();
        let read = read(&whole).expect("reads");
        assert_eq!((read.width, read.height, read.media_type), (7, 5, "image/png"));
        for gone in [&b"Kim"[..], b"GPS", b"<script>"] {
            assert!(!has(&read.bytes, gone));
        }
        assert!(has(&read.bytes, b"pixels"));
        assert!(super::read(&whole[..40]).is_err(), "cut off");
    }

    #[test]
    fn a_jpeg_keeps_which_way_up_it_is_held_and_nothing_else_of_its_camera() {
        let segment = |marker: u8, data: &[u8]| {
            let length = u16::try_from(data.len() + 2).expect("small").to_be_bytes();
            [&[0xFF, marker][..], &length, data].concat()
        };
        let exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0GPS 37.5";
        let whole = [
            vec![0xFF, 0xD8],
            segment(0xE0, b"JFIF\0"),
            segment(0xE1, exif),
            segment(0xFE, b"a comment"),
            segment(0xC0, &[8, 0, 30, 0, 40, 1, 1, 0x11, 0]),
            segment(0xDA, &[1, 1, 0, 0, 63, 0]),
            vec![1, 2, 0xFF, 0, 3, 0xFF, 0xD9],
            b"PK\x03\x04".to_vec(),
        ]
        .concat();
        let read = super::read(&whole).expect("reads");
        assert_eq!((read.width, read.height), (30, 40), "turned by a quarter");
        for gone in [&b"GPS"[..], b"a comment", b"PK\x03\x04"] {
            assert!(!has(&read.bytes, gone));
        }
        assert!(has(&read.bytes, b"JFIF") && has(&read.bytes, &[1, 2, 0xFF, 0, 3, 0xFF, 0xD9]));
        let again = super::read(&read.bytes).expect("reads what it wrote");
        assert_eq!(again, read);
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        for bad in [
            &b"<svg onload=alert(1)>"[..],
            b"GIF89a",
            b"",
            b"\xFF\xD8\xFF\xD9",
            b"RIFF\x04\0\0\0WEBP",
        ] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
