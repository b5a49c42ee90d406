//! What an article is found by: everything that its readers read, in the order of the page.

use crate::article::{Block, Said, Snapshot, markdown};

/// A piece of its text, and the number of the exchange in which it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Passage {
    pub(crate) exchange: Option<usize>,
    pub(crate) text: String,
}

pub(crate) fn passages(s: &Snapshot) -> Vec<Passage> {
    let mut out = Vec::new();
    let mut put = |exchange: Option<usize>, text: &str| {
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            out.push(Passage {
                exchange,
                text: line.to_owned(),
            });
        }
    };
    put(None, &s.title);
    put(None, &s.standfirst);
    // Numbered as the page numbers them.
    let mut n = 0;
    for block in &s.blocks {
        match block {
            Block::Prose { markdown } => put(None, &markdown::words(markdown)),
            Block::Part { heading, .. } => put(None, heading),
            Block::Quote { said, .. } => person(&mut put, None, said),
            Block::Picture(picture) => {
                put(None, &picture.alt);
                put(None, &picture.caption);
            }
            Block::Figures { caption, .. } => put(None, caption),
            Block::Exchange(x) => {
                n += 1;
                put(Some(n), x.heading.as_deref().unwrap_or_default());
                for said in std::iter::once(&x.question).chain(&x.answers) {
                    person(&mut put, Some(n), said);
                }
            }
        }
    }
    put(None, &s.event.title);
    for keyword in &s.keywords {
        put(None, keyword);
    }
    for correction in &s.corrections {
        put(None, &correction.text);
    }
    out
}

/// Words, and behind them whose they are.
fn person(put: &mut impl FnMut(Option<usize>, &str), exchange: Option<usize>, said: &Said) {
    put(exchange, &said.text);
    put(exchange, &said.by.line);
    for service in said.by.services() {
        put(exchange, service);
    }
}
