//! The flow as a picture: in → where it was placed → where it is. Heights are numbers of questions.

use super::{Leaf, Ledger, Show};
use domain::state::question::QuestionState;
use std::fmt::Write as _;

/// Width and height of the drawing, in its own units.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 240.0;
const BAR: f64 = 12.0;
const GAP: f64 = 10.0;

/// One bar: what stands there and how many.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// The key of its text is `ledger-NAME`.
    pub name: &'static str,
    pub n: u64,
    pub x: f64,
    pub y: f64,
    pub height: f64,
    /// Where its label stands.
    pub label_x: f64,
    pub label_y: f64,
}

/// One band between two bars.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    pub column: u8,
    pub name: &'static str,
    pub n: u64,
    pub path: String,
}

/// The colour of a state, by its class in the stylesheet.
fn fill(name: &str) -> &'static str {
    match name {
        "live" => "fill-live",
        "accepted" | "page-only" => "fill-delivered",
        "merged" | "in-review" | "preparing" => "fill-answered",
        "late" | "unreached" | "bounced" => "fill-late",
        "declined" => "fill-quiet",
        _ => "fill-routed",
    }
}

impl Bar {
    pub fn fill(&self) -> &'static str {
        fill(self.name)
    }
}

impl Band {
    pub fn fill(&self) -> &'static str {
        fill(self.name)
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strip {
    pub bars: Vec<Bar>,
    pub bands: Vec<Band>,
}

const MIDDLE: [QuestionState; 5] = [
    QuestionState::Live,
    QuestionState::Routed,
    QuestionState::Merged,
    QuestionState::Received,
    QuestionState::Declined,
];

const END: [Leaf; 11] = [
    Leaf::Accepted,
    Leaf::PageOnly,
    Leaf::Queued,
    Leaf::Preparing,
    Leaf::InReview,
    Leaf::Waiting,
    Leaf::Late,
    Leaf::Unreached,
    Leaf::Bounced,
    Leaf::Received,
    Leaf::Declined,
];

struct Column {
    x: f64,
    tops: Vec<f64>,
    used: Vec<f64>,
}

#[expect(clippy::cast_precision_loss, reason = "a drawing; numbers of questions are small")]
fn size(n: u64) -> f64 {
    n as f64
}

impl Strip {
    pub fn of(ledger: &Ledger) -> Self {
        let total = ledger.count(Show::In);
        let mut strip = Self::default();
        if total == 0 {
            return strip;
        }
        let middle: Vec<(&'static str, u64)> = MIDDLE
            .iter()
            .map(|s| (s.as_str(), END.iter().map(|l| ledger.flow(*s, *l)).sum()))
            .collect();
        let end: Vec<(&'static str, u64)> = END.iter().map(|l| (l.as_str(), ledger.leaf(*l))).collect();
        let most_bars = [&middle, &end]
            .iter()
            .map(|c| c.iter().filter(|(_, n)| *n > 0).count())
            .max()
            .unwrap_or(1);
        let scale = (HEIGHT - GAP * size(most_bars.saturating_sub(1) as u64)) / size(total);
        let mut first = strip.column(0.0, scale, &[("in", total)], 0.0);
        let mut second = strip.column(WIDTH * 0.42, scale, &middle, 0.0);
        let mut third = strip.column(WIDTH - BAR - 130.0, scale, &end, 0.0);
        for (m, (name, n)) in middle.iter().enumerate() {
            strip.band(0, name, *n, scale, (&mut first, 0), (&mut second, m));
        }
        second.used.fill(0.0);
        for (m, state) in MIDDLE.iter().enumerate() {
            for (e, leaf) in END.iter().enumerate() {
                strip.band(
                    1,
                    leaf.as_str(),
                    ledger.flow(*state, *leaf),
                    scale,
                    (&mut second, m),
                    (&mut third, e),
                );
            }
        }
        strip
    }

    fn column(&mut self, x: f64, scale: f64, parts: &[(&'static str, u64)], top: f64) -> Column {
        let mut y = top;
        let mut tops = Vec::new();
        for (name, n) in parts {
            tops.push(y);
            if *n == 0 {
                continue;
            }
            let height = size(*n) * scale;
            let bar = Bar {
                name,
                n: *n,
                x,
                y,
                height,
                label_x: x + BAR + 6.0,
                label_y: y + height / 2.0 + 4.0,
            };
            self.bars.push(bar);
            y += height + GAP;
        }
        Column {
            x,
            used: vec![0.0; tops.len()],
            tops,
        }
    }

    fn band(
        &mut self,
        column: u8,
        name: &'static str,
        n: u64,
        scale: f64,
        (from, f): (&mut Column, usize),
        (to, t): (&mut Column, usize),
    ) {
        if n == 0 {
            return;
        }
        let height = size(n) * scale;
        let (x0, y0) = (from.x + BAR, from.tops[f] + from.used[f]);
        let (x1, y1) = (to.x, to.tops[t] + to.used[t]);
        from.used[f] += height;
        to.used[t] += height;
        let bend = f64::midpoint(x0, x1);
        let mut path = String::new();
        let _ = write!(
            path,
            "M{x0:.1} {y0:.1}C{bend:.1} {y0:.1} {bend:.1} {y1:.1} {x1:.1} {y1:.1}L{x1:.1} {:.1}C{bend:.1} {:.1} {bend:.1} {:.1} {x0:.1} {:.1}Z",
            y1 + height,
            y1 + height,
            y0 + height,
            y0 + height
        );
        self.bands.push(Band { column, name, n, path });
    }
}
