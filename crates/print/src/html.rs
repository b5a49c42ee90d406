//! An article as XHTML, for a book and for a feed. Every text is escaped; nothing that somebody wrote is markup.

use crate::{
    Block, Document, Exchange, Figures, Lang, Person, Picture, Said,
    clean::{self, escape},
    document::paragraphs,
    image::Kind,
    layout,
    prose::{self, Piece, Run},
};
use std::fmt::Write as _;

/// Writes an article from top to bottom.
pub(crate) struct Writer<'a> {
    place: Place<'a>,
    lang: Lang,
    pub(crate) out: String,
    pub(crate) contents: Vec<Entry>,
    pub(crate) pictures: Vec<Shown>,
    /// Pictures so far.
    shown: usize,
    questions: usize,
    parts: usize,
}

/// Where the article will stand.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    /// Its number in a book, which holds its pictures, and the section that it opens.
    Chapter { n: usize, section: Option<&'a str> },
    /// Where its pictures are, in their order.
    Feed { pictures: &'a [String] },
}

/// A heading that can be jumped to.
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) title: String,
    /// What stands beneath it: questions of a part.
    pub(crate) beneath: Vec<Entry>,
}

/// A picture, as a book keeps it.
pub(crate) struct Shown {
    pub(crate) file: String,
    pub(crate) kind: Kind,
    pub(crate) bytes: Vec<u8>,
    pub(crate) described: bool,
}

impl<'a> Writer<'a> {
    pub(crate) const fn new(lang: Lang, place: Place<'a>) -> Self {
        Self {
            place,
            lang,
            out: String::new(),
            contents: Vec::new(),
            pictures: Vec::new(),
            shown: 0,
            questions: 0,
            parts: 0,
        }
    }

    /// All of it; a feed has title and standfirst of its own.
    pub(crate) fn article(&mut self, d: &Document) {
        if let Place::Chapter { section, .. } = self.place {
            self.out
                .push_str("<section epub:type=\"chapter\" role=\"doc-chapter\" aria-labelledby=\"title\">\n");
            self.head(d, section);
        }
        for block in &d.blocks {
            self.block(block);
        }
        self.corrections(d);
        if let Place::Chapter { .. } = self.place {
            self.closing(d);
            self.out.push_str("</section>\n");
        }
    }

    fn head(&mut self, d: &Document, section: Option<&str>) {
        self.out.push_str("<header>\n");
        if let Some(section) = section {
            self.tag("p", " class=\"section\"", section);
        }
        self.tag("h1", " id=\"title\"", &clean::line(&d.title));
        for p in paragraphs(&clean::clean(&d.standfirst)) {
            self.tag("p", " class=\"standfirst\"", p);
        }
        let facts = [clean::line(&d.event), clean::line(&d.publisher), self.lang.day(d.date)];
        let facts: Vec<String> = facts.into_iter().filter(|f| !f.is_empty()).collect();
        self.tag("p", " class=\"facts\"", &facts.join("\n"));
        self.out.push_str("</header>\n");
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
        let kind = match self.place {
            Place::Chapter { .. } => " epub:type=\"pullquote\" role=\"doc-pullquote\"",
            Place::Feed { .. } => "",
        };
        let _ = writeln!(self.out, "<aside class=\"pull\"{kind}>");
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
        let at = self.shown;
        self.shown += 1;
        // A feed leads to its pictures, so it needs no bytes of them.
        let held = match self.place {
            Place::Chapter { .. } => p.kind(),
            Place::Feed { .. } => None,
        };
        let file = match (self.place, held) {
            (Place::Chapter { n, .. }, Some(kind)) => Some(format!("picture-{n}-{}.{}", at + 1, kind.extension())),
            (Place::Chapter { .. }, None) => return,
            (Place::Feed { pictures }, _) => pictures.get(at).and_then(|address| clean::address(address)),
        };
        let (alternative, caption) = (clean::line(&p.alternative), clean::line(&p.caption));
        self.out.push_str("<figure>");
        if let Some(file) = &file {
            let role = if alternative.is_empty() {
                " role=\"presentation\""
            } else {
                ""
            };
            let (file, alternative) = (escape(file), escape(&alternative));
            let _ = write!(self.out, "<img src=\"{file}\" alt=\"{alternative}\"{role}/>");
        } else {
            // Where it cannot be shown, it is told.
            self.tag("p", "", &alternative);
        }
        if !caption.is_empty() {
            self.tag("figcaption", "", &caption);
        }
        self.out.push_str("</figure>\n");
        if let Some(kind) = held {
            self.pictures.push(Shown {
                file: file.unwrap_or_default(),
                kind,
                bytes: p.bytes.clone(),
                described: !alternative.is_empty(),
            });
        }
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

    fn corrections(&mut self, d: &Document) {
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
    }

    fn closing(&mut self, d: &Document) {
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
