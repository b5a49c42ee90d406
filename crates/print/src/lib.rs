//! What is printed and carried away: PDF, EPUB, feeds, the picture behind a link, codes, labels and badges.
//!
//! A plain [`Document`] or [`Issue`] goes in, with everybody as they may stand; bytes come out. Nothing here reads a disk,
//! a network or a clock: the same document makes the same bytes, so they can be kept by their content. Texts are data to
//! the typesetter and to the book alike, never markup, and [`limits`] says how much is set in one piece.
//!
//! Each function works for a while (an article some tenths of a second, an issue some seconds) and belongs on a thread
//! that may be busy, not on one that serves requests.

mod card;
mod clean;
mod code;
mod document;
pub mod epub;
mod error;
pub mod feeds;
mod fonts;
mod html;
mod image;
mod layout;
pub mod limits;
mod list;
pub mod pdf;
mod prose;
mod sheets;
mod texts;
mod words;
mod world;

pub use card::{Card, open_graph};
pub use code::Code;
pub use document::{
    Block, Correction, Cover, Document, Exchange, Figures, Issue, Lang, Person, Picture, Said, Section, Side,
};
pub use error::Error;
pub use fonts::are_here as has_fonts;
pub use list::{Column, list};
pub use pdf::Pdf;
pub use sheets::{Badge, Cue, Heading, Label, LabelSheet, badges, labels, run_of_show};
