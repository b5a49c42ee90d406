//! Who is nearest to one text.

use crate::{
    company::{Profile, company, mixed, profile},
    index::{Index, Key},
    language::Language,
    search::{Effort, List, Probe, Searcher},
    sketch::Sketch,
};
use rustc_hash::FxHashMap;

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a, Id> {
    /// A text of the index, which is not among its own neighbours.
    Id(Id),
    /// Any text, weighed as if it stood in the index.
    Text(&'a str),
}

/// Stands for a text that is not in the index.
const OUTSIDE: u32 = u32::MAX;

impl<Id: Key> Index<Id> {
    /// The `top` nearest with scores from 0 to 1, best first; the smaller id first among equals. Nothing for an id that
    /// is not there and for a text without a word.
    ///
    /// One search for the text and one for each of its direct neighbours, so tens of milliseconds among many: for a page
    /// that is opened. While somebody types, `quick` is the first of them alone.
    pub fn nearest(&self, asked: Asked<'_, Id>, top: usize) -> Vec<(Id, f32)> {
        self.nearest_measured(asked, top).0
    }

    /// As `nearest`, and what the work was.
    pub fn nearest_measured(&self, asked: Asked<'_, Id>, top: usize) -> (Vec<(Id, f32)>, Effort) {
        let mut searcher = Searcher::new(self, None);
        let Some((slot, probe)) = self.probe(asked) else {
            return (Vec::new(), Effort::default());
        };
        let direct = searcher.direct(&probe, self.tune.reach);
        // A text from outside makes its language's texts one more.
        let own = usize::from(slot == OUTSIDE);
        let count = |language: Language| {
            let more = if language == probe.language { own } else { 0 };
            company(self.totals[language.at()] + more, &self.tune)
        };
        let own = profile(slot, &direct, count(probe.language), &self.tune);
        let mut profiles: FxHashMap<u32, Profile> = FxHashMap::default();
        for (near, score) in &direct {
            let Some(entry) = self.entry(*near) else { continue };
            let mut list = searcher.direct(&Probe::inside(*near, entry), self.tune.reach);
            if slot == OUTSIDE {
                // Where it would stand in its neighbour's list.
                let at = list.partition_point(|(_, other)| other >= score);
                list.insert(at, (slot, *score));
            }
            profiles.insert(*near, profile(*near, &list, count(entry.language), &self.tune));
        }
        let mut list = mixed(&own, &direct, |near| &profiles[&near], &self.tune);
        self.sort(&mut list);
        (self.named(&list, top), searcher.effort)
    }

    /// The `top` most alike by themselves, without their company: one search. Its scores are on a scale of their own.
    pub fn quick(&self, asked: Asked<'_, Id>, top: usize) -> Vec<(Id, f32)> {
        let Some((_, probe)) = self.probe(asked) else {
            return Vec::new();
        };
        let list = Searcher::new(self, None).direct(&probe, top.min(self.tune.reach));
        self.named(&list, top)
    }

    fn probe<'a>(&'a self, asked: Asked<'a, Id>) -> Option<(u32, Probe<'a, Id>)> {
        match asked {
            Asked::Id(id) => {
                let slot = self.slot(id)?;
                Some((slot, Probe::inside(slot, self.entry(slot)?)))
            }
            Asked::Text(text) => {
                let sketch = Sketch::tuned(text, None, &self.tune);
                (!sketch.is_empty()).then(|| (OUTSIDE, Probe::outside(text, &sketch, self)))
            }
        }
    }

    fn named(&self, list: &List, top: usize) -> Vec<(Id, f32)> {
        let named = list
            .iter()
            .filter_map(|(slot, score)| Some((self.entry(*slot)?.id, *score)));
        named.take(top).collect()
    }
}
