//! The picture of an article that is shown where somebody passes on its address (Open Graph): 1200 × 630 dots.

use crate::{
    Error, Lang, clean, fonts,
    layout::{self, Setter},
    words::Room,
    world,
};
use chrono::NaiveDate;
use serde_json::json;
use typst::utils::Scalar;
use typst_layout::PagedDocument;
use typst_render::RenderOptions;

/// What stands on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    pub lang: Lang,
    pub title: String,
    pub event: String,
    pub host: String,
}

/// Room of the title, in points, which are dots here: a line's width, and the height of all lines.
const WIDE: f64 = 690.0;

/// The picture, as PNG. What is too long is cut, with `…`.
pub fn open_graph(card: &Card) -> Result<Vec<u8>, Error> {
    let fonts = fonts::fonts()?;
    let setter = Setter::new(fonts);
    let title = layout::shortened(&card.title, 90);
    // The largest size in which it has no more lines than there is room for.
    let em = fonts.width(&title);
    let fits = |(size, lines): &(f64, f64)| em * size * 1.08 <= WIDE * (lines - 0.3);
    let sizes = [(78.0, 3.0), (68.0, 4.0), (58.0, 5.0), (50.0, 6.0)];
    let size = sizes.into_iter().find(fits).map_or(44.0, |(size, _)| size);
    let data = json!({
        "lang": card.lang.code(),
        "title": title,
        "publisher": clean::line(&card.host),
        "description": "",
        "keywords": [],
        "date": layout::ymd(NaiveDate::default()),
        "size": size,
        "heading": setter.line(&title, Room::of(WIDE, size)),
        "masthead": setter.line(&layout::shortened(&card.host, 30), Room::of(600.0, 28.0)),
        "event": setter.line(&layout::shortened(&card.event, 60), Room::of(WIDE, 26.0)),
    });
    let png = world::set("card.typ", &data, &[]).and_then(|set| png(&set, 1.0));
    world::forget();
    png
}

/// The first page as a picture, so many dots for a point.
pub(crate) fn png(set: &PagedDocument, scale: f64) -> Result<Vec<u8>, Error> {
    let page = set.pages().first().ok_or(Error::Empty { what: "the page" })?;
    let options = RenderOptions {
        pixel_per_pt: Scalar::new(scale),
        render_bleed: false,
    };
    let dots = typst_render::render(page, &options);
    dots.encode_png().map_err(|e| Error::Set(e.to_string()))
}
