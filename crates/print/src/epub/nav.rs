//! The book's contents, by section, article, part and question, and its landmarks.

use super::Book;
use crate::{clean::escape, html::Entry};
use std::fmt::Write as _;

pub(super) fn nav(b: &Book) -> String {
    let lang = b.lang.code();
    let title = b.lang.contents();
    let mut list = String::new();
    let mut open = false;
    for chapter in &b.chapters {
        if let Some(section) = &chapter.section {
            if open {
                list.push_str("</ol></li>\n");
            }
            open = true;
            let _ = writeln!(list, "<li><span>{}</span><ol>", escape(section));
        }
        let _ = write!(list, "<li><a href=\"{}\">{}</a>", chapter.file, escape(&chapter.title));
        entries(&mut list, &chapter.file, &chapter.contents);
        list.push_str("</li>\n");
    }
    if open {
        list.push_str("</ol></li>\n");
    }
    let first = b.chapters.first().map_or("cover.xhtml", |c| c.file.as_str());
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" \
         xmlns:epub=\"http://www.idpf.org/2007/ops\" lang=\"{lang}\" xml:lang=\"{lang}\">\n<head><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"style.css\"/></head>\n<body>\n<nav epub:type=\"toc\" role=\"doc-toc\" \
         id=\"toc\" aria-labelledby=\"toc-h\"><h1 id=\"toc-h\">{title}</h1>\n<ol>\n{list}</ol></nav>\n<nav \
         epub:type=\"landmarks\" hidden=\"hidden\" aria-label=\"{landmarks}\"><ol>\n<li><a epub:type=\"cover\" \
         href=\"cover.xhtml\">{cover}</a></li>\n<li><a epub:type=\"toc\" href=\"#toc\">{title}</a></li>\n<li><a \
         epub:type=\"bodymatter\" href=\"{first}\">{body}</a></li>\n</ol></nav>\n</body>\n</html>\n",
        landmarks = b.lang.pick("주요 위치", "Landmarks"),
        cover = b.lang.cover(),
        body = b.lang.pick("본문", "Text"),
    )
}

fn entries(list: &mut String, file: &str, of: &[Entry]) {
    if of.is_empty() {
        return;
    }
    list.push_str("<ol>");
    for entry in of {
        let _ = write!(list, "<li><a href=\"{file}#{}\">{}</a>", entry.id, escape(&entry.title));
        entries(list, file, &entry.beneath);
        list.push_str("</li>");
    }
    list.push_str("</ol>");
}
