//! The package document: what the book is, what it holds, in which order, and for whom it can be read.

use super::Book;
use crate::clean::escape;
use std::fmt::Write as _;

pub(super) const CONTAINER: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"#;

pub(super) fn opf(b: &Book) -> String {
    let lang = b.lang.code();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<package xmlns=\"http://www.idpf.org/2007/opf\" version=\"3.0\" \
         unique-identifier=\"id\" xml:lang=\"{lang}\" prefix=\"a11y: http://www.idpf.org/epub/vocab/package/a11y/#\">\n\
         <metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n"
    );
    let mut line = |tag: &str, attributes: &str, text: &str| {
        if !text.is_empty() {
            // Writing to a String does not fail.
            let _ = writeln!(out, "<{tag}{attributes}>{}</{tag}>", escape(text));
        }
    };
    line("dc:identifier", " id=\"id\"", &b.identifier);
    line("dc:title", "", &b.title);
    line("dc:language", "", lang);
    line("dc:creator", "", &b.publisher);
    line("dc:publisher", "", &b.publisher);
    line("dc:date", "", &b.date.to_string());
    line("dc:description", "", &b.description);
    for keyword in &b.keywords {
        line("dc:subject", "", keyword);
    }
    for chapter in &b.chapters {
        line("dc:source", "", chapter.address.as_deref().unwrap_or_default());
    }
    let mut meta = |property: &str, text: &str| line("meta", &format!(" property=\"{property}\""), text);
    meta("dcterms:modified", &format!("{}T00:00:00Z", b.changed));
    accessibility(b, &mut meta);
    line(
        "meta",
        " property=\"dcterms:conformsTo\" id=\"conforms\"",
        "EPUB Accessibility 1.1 - WCAG 2.1 Level AA",
    );
    line(
        "meta",
        " property=\"a11y:certifiedBy\" refines=\"#conforms\"",
        &b.publisher,
    );
    out.push_str("<meta name=\"cover\" content=\"cover-image\"/>\n</metadata>\n<manifest>\n");
    let mut item = |id: &str, file: &str, mime: &str, properties: &str| {
        let _ = write!(out, "<item id=\"{id}\" href=\"{file}\" media-type=\"{mime}\"");
        if !properties.is_empty() {
            let _ = write!(out, " properties=\"{properties}\"");
        }
        out.push_str("/>\n");
    };
    item("nav", "nav.xhtml", "application/xhtml+xml", "nav");
    item("style", "style.css", "text/css", "");
    item("cover-image", "cover.png", "image/png", "cover-image");
    item("cover", "cover.xhtml", "application/xhtml+xml", "");
    for (n, chapter) in b.chapters.iter().enumerate() {
        item(&format!("c{n}"), &chapter.file, "application/xhtml+xml", "");
        for (p, picture) in chapter.pictures.iter().enumerate() {
            item(&format!("c{n}p{p}"), &picture.file, picture.kind.mime(), "");
        }
    }
    out.push_str("</manifest>\n<spine>\n<itemref idref=\"cover\"/>\n<itemref idref=\"nav\"/>\n");
    for n in 0..b.chapters.len() {
        let _ = writeln!(out, "<itemref idref=\"c{n}\"/>");
    }
    out.push_str("</spine>\n</package>\n");
    out
}

/// What a reader who does not see, or not well, may expect.
fn accessibility(b: &Book, meta: &mut impl FnMut(&str, &str)) {
    let mut pictures = b.chapters.iter().flat_map(|c| &c.pictures).peekable();
    let shown = pictures.peek().is_some();
    meta("schema:accessMode", "textual");
    // The cover's picture, at least.
    meta("schema:accessMode", "visual");
    meta("schema:accessModeSufficient", "textual");
    let features = [
        "structuralNavigation",
        "tableOfContents",
        "readingOrder",
        "displayTransformability",
        "alternativeText",
    ];
    for feature in features {
        meta("schema:accessibilityFeature", feature);
    }
    meta("schema:accessibilityHazard", "none");
    let all_described = pictures.all(|p| p.described);
    let ko = match (shown, all_described) {
        (false, _) => "모든 내용이 글로 되어 있고, 제목으로 옮겨 다닐 수 있습니다.",
        (true, true) => "모든 내용이 글로 되어 있거나 그림에 대체 글이 있고, 제목으로 옮겨 다닐 수 있습니다.",
        (true, false) => {
            "모든 내용이 글로 되어 있고, 대체 글이 없는 그림은 꾸밈일 뿐입니다. 제목으로 옮겨 다닐 수 있습니다."
        }
    };
    let en = match (shown, all_described) {
        (false, _) => "All content is text, and its headings can be jumped to.",
        (true, true) => "All content is text or has a text alternative, and its headings can be jumped to.",
        (true, false) => {
            "All content is text; pictures without an alternative only decorate. Headings can be jumped to."
        }
    };
    meta("schema:accessibilitySummary", b.lang.pick(ko, en));
}
