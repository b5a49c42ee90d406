//! The fonts of the build: which sign they have, and how wide a word is.

use crate::Error;
use std::sync::LazyLock;
use typst::{
    foundations::Bytes,
    layout::Abs,
    text::{Font, FontBook, FontInstance, FontVariations},
    utils::LazyHash,
};
use unicode_normalization::char::is_combining_mark;

include!(concat!(env!("OUT_DIR"), "/fonts.rs"));

/// Stands for a sign that no font here has.
const INSTEAD: char = '□';

pub(crate) struct Fonts {
    pub(crate) all: Vec<Font>,
    pub(crate) book: LazyHash<FontBook>,
    /// The heaviest of the first family, and the widest.
    heavy: Option<FontInstance>,
}

static LOADED: LazyLock<Fonts> = LazyLock::new(|| {
    let all: Vec<Font> = FONTS
        .iter()
        .filter_map(|bytes| Font::new(Bytes::new(*bytes), 0))
        .collect();
    let heavy = all
        .iter()
        .filter(|f| f.info().family == "Pretendard")
        .max_by_key(|f| f.info().variant.weight);
    Fonts {
        heavy: heavy.map(|f| {
            f.clone()
                .instantiate(f.info().variant, Abs::pt(10.0), &FontVariations::default())
        }),
        book: LazyHash::new(FontBook::from_fonts(&all)),
        all,
    }
});

/// Whether this build can set a page or draw a picture at all; see [`Error::FontsMissing`].
pub const fn are_here() -> bool {
    !FONTS.is_empty()
}

pub(crate) fn fonts() -> Result<&'static Fonts, Error> {
    if LOADED.all.is_empty() {
        return Err(Error::FontsMissing);
    }
    Ok(&LOADED)
}

impl Fonts {
    fn has(&self, c: char) -> bool {
        self.all.iter().any(|f| f.info().coverage.contains(u32::from(c)))
    }

    /// A text that every sign of can be set: a PDF for screen readers must not hold a sign without a shape.
    pub(crate) fn settable(&self, text: &str) -> String {
        text.chars()
            .filter_map(|c| match c {
                '\n' | ' ' => Some(c),
                // Variants and joiners of pictures, tones of skin: the plain picture stands.
                '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' => None,
                c if self.has(c) => Some(c),
                c if is_combining_mark(c) => None,
                _ => Some(INSTEAD),
            })
            .collect()
    }

    /// How wide a word is, in em of its size, without kerning: as the heaviest weight sets it.
    pub(crate) fn width(&self, word: &str) -> f64 {
        word.chars().map(|c| self.advance(c)).sum()
    }

    fn advance(&self, c: char) -> f64 {
        let width = self.heavy.as_ref().and_then(|heavy| {
            let glyph = heavy.ttf().glyph_index(c)?;
            Some(heavy.x_advance(glyph.0)?.get())
        });
        // What it has not comes from another font, and is hardly wider than high.
        width.unwrap_or(1.25)
    }
}
