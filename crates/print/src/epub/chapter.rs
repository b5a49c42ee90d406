//! One article as XHTML. Every text is escaped; nothing that somebody wrote is markup.

use super::{Book, Chapter, Entry, Shown};
use crate::{
    Block, Document, Exchange, Figures, Lang, Person, Picture, Said,
    clean::{self, escape},
    document::paragraphs,
    layout,
    prose::{self, Piece, Run},
};
use std::fmt::Write as _;

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
    let title = clean::line(&d.title);
    let mut writer = Writer {
        lang: d.lang,
        n,
        out: String::new(),
        contents: Vec::new(),
        pictures: Vec::new(),
        questions: 0,
        parts: 0,
    };
    writer.article(d, &title, section.as_deref());
    Chapter {
        file: format!("article-{n}.xhtml"),
        xhtml: page(d.lang, &title, "bodymatter", &writer.out),
        title,
        section,
        contents: writer.contents,
        pictures: writer.pictures,
        address: d.address.as_deref().and_then(clean::address),
    }
}

struct Writer {
    lang: Lang,
    n: usize,
    out: String,
    contents: Vec<Entry>,
    pictures: Vec<Shown>,
    questions: usize,
    parts: usize,
}

impl Writer {
    fn article(&mut self, d: &Document, title: &str, section: Option<&str>) {
        self.out
            .push_str("<section epub:type=\"chapter\" role=\"doc-chapter\" aria-labelledby=\"title\">\n<header>\n");
        if let Some(section) = section {
            self.tag("p", " class=\"section\"", section);
        }
        self.tag("h1", " id=\"title\"", title);
        for p in paragraphs(&clean::clean(&d.standfirst)) {
            self.tag("p", " class=\"standfirst\"", p);
        }
        let day = self.lang.day(d.date);
        let facts = [clean::line(&d.event), clean::line(&d.publisher), day];
        let facts: Vec<String> = facts.into_iter().filter(|f| !f.is_empty()).collect();
        self.tag("p", " class=\"facts\"", &facts.join("\n"));
        self.out.push_str("</header>\n");
        for block in &d.blocks {
            self.block(block);
        }
        self.closing(d);
        self.out.push_str("</section>\n");
    }

    /// A text, its line ends kept.
    fn tag(&mut self, tag: &str, attributes: &str, text: &str) {
        let _ = writeln!(self.out, "<{tag}{attributes}>{}</{tag}>", lines(text));
    }

    /// The level of a heading of the article's own blocks.
    const fn level(&self) -> usize {
        if self.parts == 0 { 2 } else { 3 }
    }

    fn entry(&mut self, id: String, title: String, part: bool) {
        let entry = Entry {
            id,
            title,
            beneath: Vec::new(),
        };
        match self.contents.last_mut() {
            Some(last) if !part && self.parts > 0 => last.beneath.push(entry),
            _ => self.contents.push(entry),
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Prose(markdown) => self.pieces(&prose::tree(markdown)),
            Block::Part(title) => {
                let title = clean::line(title);
                // What stood before the first part is no part of it.
                self.entry(format!("part-{}", self.parts + 1), title.clone(), true);
                self.parts += 1;
                let attributes = format!(" class=\"part\" id=\"part-{}\"", self.parts);
                self.tag("h2", &attributes, &title);
            }
            Block::Exchange(x) => self.exchange(x),
            Block::Quote(said) => {
                self.out.push_str("<figure class=\"spoken\">\n<figcaption>");
                self.person(&said.by);
                self.out.push_str("</figcaption>\n");
                self.quotation(&said.text);
                self.out.push_str("</figure>\n");
            }
            Block::Picture(picture) => self.picture(picture),
            Block::Figures(figures) => self.figures(figures),
        }
    }

    fn exchange(&mut self, x: &Exchange) {
        self.questions += 1;
        let n = self.questions;
        let own = x.heading.as_deref().filter(|h| !h.trim().is_empty());
        let heading = clean::clean(own.unwrap_or(&x.question.text));
        self.entry(
            format!("q{n}"),
            format!("{n}. {}", layout::shortened(&heading, 64)),
            false,
        );
        let _ = writeln!(self.out, "<section class=\"qa\" aria-labelledby=\"q{n}\">");
        let level = self.level();
        let (tag, attributes) = (format!("h{level}"), format!(" id=\"q{n}\""));
        if own.is_some() {
            self.tag(&tag, &attributes, &heading);
            self.who(&x.question.by, self.lang.asks());
            self.out.push_str("<div class=\"ask\">\n");
            self.paragraphs(&x.question.text);
            self.out.push_str("</div>\n");
        } else {
            self.who(&x.question.by, self.lang.asks());
            self.tag(&tag, &attributes, heading.trim());
        }
        for answer in &x.answers {
            self.out.push_str("<div class=\"answer\">\n");
            self.who(&answer.by, self.lang.answers());
            self.paragraphs(&answer.text);
            self.out.push_str("</div>\n");
        }
        if let Some(pull) = &x.pull {
            self.pull(pull);
        }
        self.out.push_str("</section>\n");
    }

    fn pull(&mut self, said: &Said) {
        // Words that stand in the answer already: whoever listens has heard them.
        self.out
            .push_str("<aside class=\"pull\" epub:type=\"pullquote\" role=\"doc-pullquote\">\n");
        self.quotation(&said.text);
        self.out.push_str("<p class=\"who\">");
        self.person(&said.by);
        self.out.push_str("</p>\n</aside>\n");
    }

    fn quotation(&mut self, text: &str) {
        self.out.push_str("<blockquote>\n");
        self.paragraphs(text);
        self.out.push_str("</blockquote>\n");
    }

    fn paragraphs(&mut self, text: &str) {
        for p in paragraphs(&clean::clean(text)) {
            self.tag("p", "", p);
        }
    }

    fn who(&mut self, by: &Person, verb: &str) {
        let _ = write!(self.out, "<p class=\"who\"><span class=\"verb\">{verb}</span> ");
        self.person(by);
        self.out.push_str("</p>\n");
    }

    fn person(&mut self, by: &Person) {
        let side = if by.is_partner() { "partner" } else { "host" };
        let _ = write!(self.out, "<b class=\"{side}\">{}</b>", lines(&clean::line(&by.lead)));
        let rest = clean::line(&by.rest);
        if !rest.is_empty() {
            let _ = write!(self.out, " <span>{}</span>", lines(&rest));
        }
        for service in by.services() {
            let _ = write!(
                self.out,
                " <span class=\"meets\">{}</span>",
                lines(&clean::line(service))
            );
        }
    }

    fn picture(&mut self, p: &Picture) {
        let Some(kind) = p.kind() else { return };
        let file = format!("picture-{}-{}.{}", self.n, self.pictures.len() + 1, kind.extension());
        let alternative = clean::line(&p.alternative);
        let _ = write!(self.out, "<figure><img src=\"{file}\" alt=\"{}\"", escape(&alternative));
        if alternative.is_empty() {
            self.out.push_str(" role=\"presentation\"");
        }
        self.out.push_str("/>");
        let caption = clean::line(&p.caption);
        if !caption.is_empty() {
            self.tag("figcaption", "", &caption);
        }
        self.out.push_str("</figure>\n");
        self.pictures.push(Shown {
            file,
            kind,
            bytes: p.bytes.clone(),
            described: !alternative.is_empty(),
        });
    }

    fn figures(&mut self, f: &Figures) {
        if f.columns.is_empty() {
            return;
        }
        self.out.push_str("<table>\n");
        if !f.caption.trim().is_empty() {
            self.tag("caption", "", &clean::line(&f.caption));
        }
        self.out.push_str("<thead><tr>");
        for c in &f.columns {
            self.tag("th", " scope=\"col\"", &clean::line(c));
        }
        self.out.push_str("</tr></thead>\n<tbody>\n");
        for row in &f.rows {
            self.out.push_str("<tr>");
            for x in 0..f.columns.len() {
                let cell = row.get(x).map(|c| clean::line(c)).unwrap_or_default();
                let (tag, attributes) = if x == 0 { ("th", " scope=\"row\"") } else { ("td", "") };
                self.tag(tag, attributes, &cell);
            }
            self.out.push_str("</tr>\n");
        }
        self.out.push_str("</tbody>\n</table>\n");
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            match piece {
                Piece::Paragraph(of) => self.marked("p", of),
                Piece::Heading(of) => {
                    let tag = format!("h{}", self.level());
                    self.marked(&tag, of);
                }
                Piece::Quote(of) => {
                    self.out.push_str("<blockquote>\n");
                    // A heading in a quotation is the quotation's, not ours.
                    self.pieces(of);
                    self.out.push_str("</blockquote>\n");
                }
                Piece::List { start, items } => {
                    let (open, close) = match start {
                        Some(1) => ("<ol>".to_owned(), "</ol>"),
                        Some(n) => (format!("<ol start=\"{n}\">"), "</ol>"),
                        None => ("<ul>".to_owned(), "</ul>"),
                    };
                    self.out.push_str(&open);
                    for item in items {
                        self.out.push_str("<li>");
                        self.pieces(item);
                        self.out.push_str("</li>\n");
                    }
                    self.out.push_str(close);
                    self.out.push('\n');
                }
                Piece::Code(text) => {
                    let _ = writeln!(self.out, "<pre><code>{}</code></pre>", escape(text));
                }
                Piece::Rule => self.out.push_str("<hr/>\n"),
            }
        }
    }

    fn marked(&mut self, tag: &str, runs: &[Run]) {
        let _ = write!(self.out, "<{tag}>");
        for run in runs {
            let mut open = String::new();
            let mut close = String::new();
            if let Some(url) = &run.look.link {
                let _ = write!(open, "<a href=\"{}\">", escape(url));
                close.insert_str(0, "</a>");
            }
            for (is, name) in [
                (run.look.strong, "strong"),
                (run.look.emphasis, "em"),
                (run.look.code, "code"),
            ] {
                if is {
                    let _ = write!(open, "<{name}>");
                    close.insert_str(0, &format!("</{name}>"));
                }
            }
            let _ = write!(self.out, "{open}{}{close}", lines(&run.text));
        }
        let _ = writeln!(self.out, "</{tag}>");
    }

    fn closing(&mut self, d: &Document) {
        if !d.corrections.is_empty() {
            self.out
                .push_str("<section class=\"corrections\" aria-labelledby=\"corrections\">\n");
            self.tag("h2", " id=\"corrections\"", self.lang.corrections());
            for c in &d.corrections {
                let (day, text) = (self.lang.day(c.date), lines(&clean::line(&c.text)));
                let _ = writeln!(self.out, "<p><time datetime=\"{}\">{day}</time> {text}</p>", c.date);
            }
            self.out.push_str("</section>\n");
        }
        let keywords: Vec<String> = d
            .keywords
            .iter()
            .map(|k| clean::line(k))
            .filter(|k| !k.is_empty())
            .collect();
        if !keywords.is_empty() {
            let _ = writeln!(
                self.out,
                "<ul class=\"keywords\" aria-label=\"{}\">",
                self.lang.keywords()
            );
            for keyword in &keywords {
                self.tag("li", "", keyword);
            }
            self.out.push_str("</ul>\n");
        }
        if let Some(url) = d.address.as_deref().and_then(clean::address) {
            let url = escape(&url);
            let _ = writeln!(self.out, "<p class=\"facts\"><a href=\"{url}\">{url}</a></p>");
        }
    }
}

fn lines(text: &str) -> String {
    escape(text).replace('\n', "<br/>")
}
