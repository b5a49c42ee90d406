//! What the bytes of a picture say of themselves.

use crate::Picture;

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

impl Picture {
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
