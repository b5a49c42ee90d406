//! Markdown of editors → HTML that can do nothing: no raw HTML, no script, no picture from elsewhere.

use ammonia::Builder;
use comrak::{Arena, Options, format_html, nodes::NodeValue, parse_document};
use std::{collections::HashSet, sync::LazyLock};

static CLEAN: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let tags = [
        "p",
        "br",
        "strong",
        "em",
        "a",
        "ul",
        "ol",
        "li",
        "blockquote",
        "h2",
        "code",
        "pre",
        "hr",
    ];
    let mut builder = Builder::default();
    builder
        .tags(HashSet::from(tags))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer"));
    builder
});

/// HTML that is safe to stand in a page. Headings become second-level ones: the article's title is the first.
pub(crate) fn html(markdown: &str) -> String {
    let options = Options::default();
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options);
    for node in root.descendants() {
        if let NodeValue::Heading(heading) = &mut node.data.borrow_mut().value {
            heading.level = 2;
        }
    }
    let mut out = String::new();
    if format_html(root, &options, &mut out).is_err() {
        // Writing to a String does not fail; were it so, the text stands without its marks.
        out = ammonia::clean_text(markdown);
    }
    CLEAN.clean(&out).to_string()
}

/// The words alone, a line for each piece: what is searched and quoted.
pub(crate) fn words(markdown: &str) -> String {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &Options::default());
    let mut out = String::new();
    for node in root.descendants() {
        match &node.data.borrow().value {
            NodeValue::Text(text) => out.push_str(text),
            NodeValue::Code(code) => out.push_str(&code.literal),
            NodeValue::CodeBlock(code) => out.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => out.push(' '),
            value if value.block() && !out.is_empty() && !out.ends_with('\n') => out.push('\n'),
            _ => {}
        }
    }
    out.trim_end().to_owned()
}

/// The paragraphs of a plain text; lines within one stay lines.
pub(crate) fn paragraphs(text: &str) -> Vec<&str> {
    text.split("\n\n").map(str::trim).filter(|p| !p.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_words_are_what_is_read_and_no_address() {
        let out = words("# 제목\n\n무대에서 **답했다**.\n\n- 하나\n- [둘](https://narae.example/)");
        assert_eq!(out, "제목\n무대에서 답했다.\n하나\n둘");
    }

    #[test]
    fn what_editors_write_keeps_its_form() {
        let out = html("# 제목\n\n무대에서 **답했다**.\n\n- 하나\n- [둘](https://narae.example/)");
        assert!(
            out.contains("<h2>제목</h2>") && out.contains("<strong>답했다</strong>"),
            "{out}"
        );
        assert!(
            out.contains("href=\"https://narae.example/\"") && out.contains("noopener"),
            "{out}"
        );
    }

    #[test]
    fn script_odd_links_and_remote_pictures_are_inert() {
        for evil in [
            "<script>alert(1)</script>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt&#58;alert(1))",
            "![x](https://evil.example/pixel.png)",
            "<img src=x onerror=alert(1)>",
            "<svg onload=alert(1)>",
            "[x](data:text/html;base64,PHNjcmlwdD4=)",
            "<a href=\"javascript:alert(1)\">x</a>",
            "[x]: javascript:alert(1)\n\n[x]",
        ] {
            let out = html(evil).to_lowercase();
            for bad in [
                "<script",
                "javascript:",
                "<img",
                "evil.example",
                "onerror",
                "<svg",
                "data:",
            ] {
                assert!(!out.contains(bad), "{evil:?} → {out:?}");
            }
        }
    }

    #[test]
    fn a_plain_text_has_paragraphs() {
        assert_eq!(paragraphs("하나\n둘\n\n\n셋\n"), ["하나\n둘", "셋"]);
    }
}
