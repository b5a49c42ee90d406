//! The pages of the book: its cover and its articles.

use super::{Book, Chapter};
use crate::{
    Document, Lang,
    clean::{self, escape},
    html::{Place, Writer},
};

fn page(lang: Lang, title: &str, kind: &str, body: &str) -> String {
    let (lang, title) = (lang.code(), escape(title));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" \
         xmlns:epub=\"http://www.idpf.org/2007/ops\" lang=\"{lang}\" xml:lang=\"{lang}\">\n<head><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"style.css\"/></head>\n<body epub:type=\"{kind}\">\n{body}</body>\n</html>\n"
    )
}

pub(super) fn cover(b: &Book) -> String {
    let body = format!(
        "<section epub:type=\"cover\" class=\"cover\" aria-label=\"{}\"><img role=\"doc-cover\" src=\"cover.png\" \
         alt=\"{}\"/></section>\n",
        b.lang.cover(),
        escape(&b.cover_text)
    );
    page(b.lang, &b.title, "frontmatter", &body)
}

pub(super) fn chapter(d: &Document, n: usize, section: Option<String>) -> Chapter {
    let place = Place::Chapter {
        n,
        section: section.as_deref(),
    };
    let mut writer = Writer::new(d.lang, place);
    writer.article(d);
    let title = clean::line(&d.title);
    Chapter {
        file: format!("article-{n}.xhtml"),
        xhtml: page(d.lang, &title, "bodymatter", &writer.out),
        contents: writer.contents,
        pictures: writer.pictures,
        title,
        section,
        address: d.address.as_deref().and_then(clean::address),
    }
}
