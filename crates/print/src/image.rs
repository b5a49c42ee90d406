//! What the bytes of a picture say of themselves.

use crate::{Picture, limits};
use image::{ColorType, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder};
use std::io::Cursor;

/// The kinds that every reader of an EPUB must know, and PDF too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Png,
    Jpeg,
    Gif,
}

impl Kind {
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
        }
    }

    pub(crate) const fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
        }
    }
}

/// How good a photograph stays that is written anew.
const QUALITY: u8 = 90;

impl Picture {
    /// The bytes of a picture as every reader of PDF and EPUB knows them: WebP becomes JPEG, or PNG where something shines
    /// through it. What is no picture, or too large, comes back as it was, and the file says so.
    pub fn carried(bytes: Vec<u8>) -> Vec<u8> {
        if matches!(imagesize::image_type(&bytes), Ok(imagesize::ImageType::Webp)) {
            return from_webp(&bytes).unwrap_or(bytes);
        }
        bytes
    }

    pub(crate) fn kind(&self) -> Option<Kind> {
        match imagesize::image_type(&self.bytes).ok()? {
            imagesize::ImageType::Png => Some(Kind::Png),
            imagesize::ImageType::Jpeg => Some(Kind::Jpeg),
            imagesize::ImageType::Gif => Some(Kind::Gif),
            _ => None,
        }
    }

    /// Width and height in dots, or what is wrong with it.
    pub(crate) fn size(&self) -> Result<(usize, usize), &'static str> {
        self.kind().ok_or("is neither PNG nor JPEG nor GIF")?;
        let size = imagesize::blob_size(&self.bytes).map_err(|_| "is cut short")?;
        if size.width == 0 || size.height == 0 {
            return Err("has no dots");
        }
        Ok((size.width, size.height))
    }
}

fn from_webp(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::WebP);
    let mut most = Limits::default();
    most.max_alloc = u64::try_from(limits::PICTURE_DOTS * 4).ok();
    reader.limits(most);
    let picture = reader.decode().ok()?;
    let mut out = Vec::new();
    if picture.color() == ColorType::Rgb8 {
        picture
            .write_with_encoder(JpegEncoder::new_with_quality(&mut out, QUALITY))
            .ok()?;
    } else {
        picture.write_to(&mut Cursor::new(&mut out), ImageFormat::Png).ok()?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, RgbImage, RgbaImage};

    #[test]
    fn webp_becomes_what_every_reader_knows() {
        for (picture, kind) in [
            (DynamicImage::ImageRgb8(RgbImage::new(9, 7)), Kind::Jpeg),
            (DynamicImage::ImageRgba8(RgbaImage::new(9, 7)), Kind::Png),
        ] {
            let mut webp = Cursor::new(Vec::new());
            picture.write_to(&mut webp, ImageFormat::WebP).expect("written");
            let carried = Picture {
                bytes: Picture::carried(webp.into_inner()),
                ..Picture::default()
            };
            assert_eq!((carried.kind(), carried.size()), (Some(kind), Ok((9, 7))));
        }
        let broken = b"RIFF\x10\0\0\0WEBPVP8 broken".to_vec();
        assert_eq!(Picture::carried(broken.clone()), broken);
    }
}
