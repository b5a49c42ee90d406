//! An editor's Markdown as a tree, from which every output is made by its own means; nothing is pasted as markup.

use crate::clean;
use comrak::{
    Arena, Options, format_commonmark,
    nodes::{AstNode, ListType, NodeValue},
    parse_document,
};
use std::sync::Arc;

/// Lists in lists in quotations: deeper than this, what is left stands as one paragraph.
const DEEPEST: usize = 8;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Paragraph(Vec<Run>),
    Heading(Vec<Run>),
    List {
        /// Its first number, when it is numbered.
        start: Option<usize>,
        items: Vec<Vec<Piece>>,
    },
    Quote(Vec<Piece>),
    /// Lines that stay as they are.
    Code(String),
    Rule,
}

/// A stretch of text in one look. `\n` in it ends a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) look: Look,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) strong: bool,
    pub(crate) emphasis: bool,
    pub(crate) code: bool,
    pub(crate) link: Option<Arc<str>>,
}

impl Run {
    pub(crate) fn plain(text: String) -> Self {
        Self {
            text,
            look: Look::default(),
        }
    }
}

/// Markdown → tree. Raw HTML is left out; a picture leaves its alternative text.
pub(crate) fn tree(markdown: &str) -> Vec<Piece> {
    let arena = Arena::new();
    let root = parse_document(&arena, &clean::clean(markdown), &Options::default());
    blocks(root, 0)
}

/// The same Markdown without what could run or fetch something elsewhere: raw HTML stands as text, a picture leaves its
/// alternative text, and a link that leads to no page and no mailbox leaves its words.
pub(crate) fn plain(markdown: &str) -> String {
    let text = clean::clean(markdown);
    let (arena, options) = (Arena::new(), Options::default());
    let root = parse_document(&arena, &text, &options);
    let all: Vec<_> = root.descendants().collect();
    for node in all {
        let value = node.data.borrow().value.clone();
        match value {
            NodeValue::HtmlInline(html) => node.data.borrow_mut().value = NodeValue::Text(html.into()),
            NodeValue::HtmlBlock(html) => {
                let words = arena.alloc(NodeValue::Text(html.literal.trim_end().replace('\n', " ").into()).into());
                node.data.borrow_mut().value = NodeValue::Paragraph;
                node.append(words);
            }
            NodeValue::Image(_) => lift(node),
            NodeValue::Link(link) if clean::address(&link.url).is_none() => lift(node),
            _ => {}
        }
    }
    let mut out = String::new();
    // Writing to a String does not fail.
    let _ = format_commonmark(root, &options, &mut out);
    out
}

/// What stands in it stands in its place.
fn lift<'a>(node: &'a AstNode<'a>) {
    let children: Vec<_> = node.children().collect();
    for child in children {
        node.insert_before(child);
    }
    node.detach();
}

fn blocks<'a>(node: &'a AstNode<'a>, depth: usize) -> Vec<Piece> {
    node.children().filter_map(|child| block(child, depth)).collect()
}

fn block<'a>(node: &'a AstNode<'a>, depth: usize) -> Option<Piece> {
    if depth > DEEPEST {
        let mut runs = Vec::new();
        inlines(node, &Look::default(), &mut runs);
        return (!runs.is_empty()).then_some(Piece::Paragraph(runs));
    }
    let text = |node| {
        let mut runs = Vec::new();
        for child in AstNode::children(node) {
            inlines(child, &Look::default(), &mut runs);
        }
        runs
    };
    match &node.data.borrow().value {
        NodeValue::Paragraph => Some(Piece::Paragraph(text(node))),
        NodeValue::Heading(_) => Some(Piece::Heading(text(node))),
        NodeValue::BlockQuote => Some(Piece::Quote(blocks(node, depth + 1))),
        NodeValue::CodeBlock(code) => Some(Piece::Code(code.literal.trim_end().to_owned())),
        NodeValue::ThematicBreak => Some(Piece::Rule),
        NodeValue::List(list) => Some(Piece::List {
            start: (list.list_type == ListType::Ordered).then_some(list.start),
            items: node.children().map(|item| blocks(item, depth + 1)).collect(),
        }),
        _ => None,
    }
    .filter(|piece| !is_empty(piece))
}

fn is_empty(piece: &Piece) -> bool {
    match piece {
        Piece::Paragraph(runs) | Piece::Heading(runs) => runs.iter().all(|r| r.text.trim().is_empty()),
        Piece::List { items, .. } => items.iter().all(Vec::is_empty),
        Piece::Quote(pieces) => pieces.is_empty(),
        Piece::Code(text) => text.trim().is_empty(),
        Piece::Rule => false,
    }
}

/// What a node says; a stack of its own, since marks can be nested as deep as the text is long.
fn inlines<'a>(node: &'a AstNode<'a>, look: &Look, runs: &mut Vec<Run>) {
    let mut stack = vec![(node, look.clone())];
    while let Some((node, mut look)) = stack.pop() {
        let mut push = |text: &str, look: &Look| match runs.last_mut() {
            Some(last) if last.look == *look => last.text.push_str(text),
            _ => runs.push(Run {
                text: text.to_owned(),
                look: look.clone(),
            }),
        };
        match &node.data.borrow().value {
            NodeValue::Text(text) => push(text, &look),
            NodeValue::Code(code) => push(
                &code.literal,
                &Look {
                    code: true,
                    ..look.clone()
                },
            ),
            NodeValue::SoftBreak => push(" ", &look),
            NodeValue::LineBreak => push("\n", &look),
            NodeValue::Strong => look.strong = true,
            NodeValue::Emph => look.emphasis = true,
            NodeValue::Link(link) => look.link = clean::address(&link.url).map(Into::into).or(look.link),
            _ => {}
        }
        let children: Vec<_> = node.children().collect();
        stack.extend(children.into_iter().rev().map(|child| (child, look.clone())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that runs say, without their looks.
    fn text(runs: &[Run]) -> String {
        runs.iter().map(|r| r.text.as_str()).collect()
    }

    #[test]
    fn marks_become_looks_and_blocks_a_tree() {
        let tree = tree("# 제목\n\n**나래**는 *정말* [답](https://narae.example/)했다.\n\n1. 하나\n2. 둘\n   - 안");
        assert!(matches!(&tree[0], Piece::Heading(runs) if text(runs) == "제목"));
        let Piece::Paragraph(runs) = &tree[1] else {
            panic!("{tree:?}")
        };
        assert_eq!(text(runs), "나래는 정말 답했다.");
        assert!(runs[0].look.strong && runs[2].look.emphasis, "{runs:?}");
        assert_eq!(runs[4].look.link.as_deref(), Some("https://narae.example/"));
        let Piece::List { start: Some(1), items } = &tree[2] else {
            panic!("{tree:?}")
        };
        assert!(matches!(&items[1][1], Piece::List { start: None, .. }));
    }

    #[test]
    fn html_and_remote_pictures_leave_nothing_behind() {
        let tree = tree("앞 <b onload=x>굵게</b> ![대체](https://evil.example/x.png) 뒤\n\n<script>alert(1)</script>");
        assert_eq!(tree.len(), 1, "{tree:?}");
        assert!(matches!(&tree[0], Piece::Paragraph(runs) if text(runs) == "앞 굵게 대체 뒤"));
        let deep = "> ".repeat(5_000) + "밑";
        assert!(format!("{:?}", super::tree(&deep)).contains("밑"));
        let marks = "*".repeat(20_000) + "가";
        assert!(!super::tree(&marks).is_empty());
    }
}
