//! PDF of an article and of an issue: tagged, with bookmarks, language and title, checked against PDF/UA-1 as it is made.

use crate::{Document, Error, Issue, clean, fonts, layout::Setter, limits, world};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use typst::foundations::{Bytes, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// A PDF file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pdf {
    pub bytes: Vec<u8>,
    pub pages: usize,
}

/// An article by itself.
pub fn article(d: &Document) -> Result<Pdf, Error> {
    limits::document(d)?;
    let mut setter = Setter::new(fonts::fonts()?);
    let data = setter.article(d);
    made("single.typ", &data, &setter.pictures, &d.identifier)
}

/// A whole issue: cover, contents, articles, who made it.
pub fn issue(i: &Issue) -> Result<Pdf, Error> {
    limits::issue(i)?;
    let mut setter = Setter::new(fonts::fonts()?);
    let data = setter.issue(i);
    made("issue.typ", &data, &setter.pictures, &i.identifier)
}

/// Sets a template and writes it out; the same data makes the same bytes.
pub(crate) fn made(template: &str, data: &Value, pictures: &[Bytes], identifier: &str) -> Result<Pdf, Error> {
    let pdf = world::set(template, data, pictures).and_then(|document| written(&document, data, identifier));
    world::forget();
    pdf
}

fn written(document: &PagedDocument, data: &Value, identifier: &str) -> Result<Pdf, Error> {
    let standards = PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|e| Error::Set(e.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(ident(identifier, data)),
        creator: Smart::Custom(Some("Mundap".to_owned())),
        standards,
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(document, &options).map_err(|errors| world::said(&errors))?;
    Ok(Pdf {
        bytes,
        pages: document.pages().len(),
    })
}

/// What names a file for ever, also when the caller gave no name.
pub(crate) fn ident(given: &str, data: &Value) -> String {
    let given = clean::line(given);
    if given.is_empty() {
        return urn(data.to_string().as_bytes());
    }
    given
}

/// A name made of what is named.
pub(crate) fn urn(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(bytes).iter().take(16) {
        // Writing to a String does not fail.
        let _ = write!(hex, "{byte:02x}");
    }
    // The version and variant that say: made by whoever named it.
    format!(
        "urn:uuid:{}-{}-8{}-a{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}
