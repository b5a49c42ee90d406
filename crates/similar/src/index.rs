//! The index: which text has which grams.

use crate::{
    language::{LANGUAGES, Language},
    second::SecondOpinion,
    sketch::{Gram, LETTERS, Sketch, VIEWS},
    tune::Tune,
};
use rustc_hash::FxHashMap;
use std::{fmt::Debug, hash::Hash};

/// What names a text: small, and in an order that settles ties.
pub trait Key: Copy + Debug + Eq + Hash + Ord + Send + Sync {}

impl<T: Copy + Debug + Eq + Hash + Ord + Send + Sync> Key for T {}

/// A gram of a text in the index. Its term's number is this process's own; texts keep their grams in the order of the
/// grams' keys, so that sums come out to the last bit the same however the index came to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Term {
    pub(crate) number: u32,
    pub(crate) weight: f32,
}

#[derive(Debug)]
pub(crate) struct Entry<Id> {
    pub(crate) id: Id,
    pub(crate) views: [Box<[Term]>; VIEWS],
    pub(crate) language: Language,
    /// The same in texts of the same grams; 0 when there are none.
    pub(crate) print: u64,
}

/// Texts by their ids, and who is like whom.
///
/// After any inserts and removes it answers as if it had been built from what it holds, in whatever order.
#[derive(Debug)]
pub struct Index<Id> {
    pub(crate) tune: Tune,
    pub(crate) second: Option<Box<dyn SecondOpinion<Id>>>,
    numbers: FxHashMap<u64, u32>,
    keys: Vec<u64>,
    unused: Vec<u32>,
    /// How many texts of each language have a term.
    pub(crate) counts: Vec<[u32; LANGUAGES]>,
    /// How many texts there are of each.
    pub(crate) totals: [usize; LANGUAGES],
    /// Which texts have it, by slot and in no order; empty for letters, which only compare and never find.
    pub(crate) postings: Vec<Vec<u32>>,
    pub(crate) entries: Vec<Option<Entry<Id>>>,
    /// By slot, the square root of how many grams a text has that find candidates: roughly how long it is.
    pub(crate) lengths: Vec<f32>,
    slots: FxHashMap<Id, u32>,
    free: Vec<u32>,
}

impl<Id: Key> Default for Index<Id> {
    fn default() -> Self {
        Self::new(Tune::default())
    }
}

impl<Id: Key> Index<Id> {
    pub fn new(tune: Tune) -> Self {
        Self {
            tune,
            second: None,
            numbers: FxHashMap::default(),
            keys: Vec::new(),
            unused: Vec::new(),
            counts: Vec::new(),
            totals: [0; LANGUAGES],
            postings: Vec::new(),
            entries: Vec::new(),
            lengths: Vec::new(),
            slots: FxHashMap::default(),
            free: Vec::new(),
        }
    }

    /// The same index, in which another judge has a say.
    #[must_use]
    pub fn seconded(mut self, second: Box<dyn SecondOpinion<Id>>) -> Self {
        self.second = Some(second);
        self
    }

    pub fn len(&self) -> usize {
        self.slots.len()
    }

    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    pub fn contains(&self, id: Id) -> bool {
        self.slots.contains_key(&id)
    }

    /// Adds a text, or replaces the one that has this id.
    pub fn insert(&mut self, id: Id, text: &str) {
        let sketch = Sketch::tuned(text, None, &self.tune);
        self.insert_sketch(id, &sketch);
    }

    /// As `insert`, of a text whose asker says what language it is in.
    pub fn insert_in(&mut self, id: Id, text: &str, language: Language) {
        let sketch = Sketch::tuned(text, Some(language), &self.tune);
        self.insert_sketch(id, &sketch);
    }

    /// As `insert`, with a sketch made elsewhere: outside of a lock, or by several threads.
    pub fn insert_sketch(&mut self, id: Id, sketch: &Sketch) {
        self.remove(id);
        let slot = self.free.pop().unwrap_or_else(|| {
            self.entries.push(None);
            self.lengths.push(1.0);
            narrow(self.entries.len() - 1)
        });
        let mut length = 0;
        let views = std::array::from_fn(|view| {
            let grams = &sketch.views[view];
            if finds(view) {
                length += grams.len();
            }
            let admit = |gram| self.admit(view, gram, slot, sketch.language);
            grams.iter().map(admit).collect()
        });
        #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
        let root = (length.max(1) as f32).sqrt();
        self.lengths[slot as usize] = root;
        self.totals[sketch.language.at()] += 1;
        self.entries[slot as usize] = Some(Entry {
            id,
            views,
            language: sketch.language,
            print: sketch.print(),
        });
        self.slots.insert(id, slot);
    }

    /// Takes a text out; false when there is none of this id.
    pub fn remove(&mut self, id: Id) -> bool {
        let Some(slot) = self.slots.remove(&id) else {
            return false;
        };
        let Some(entry) = self.entries[slot as usize].take() else {
            return false;
        };
        for (view, terms) in entry.views.iter().enumerate() {
            for term in terms {
                self.dismiss(view, term.number, slot, entry.language);
            }
        }
        self.totals[entry.language.at()] -= 1;
        self.free.push(slot);
        true
    }

    pub(crate) fn slot(&self, id: Id) -> Option<u32> {
        self.slots.get(&id).copied()
    }

    pub(crate) fn entry(&self, slot: u32) -> Option<&Entry<Id>> {
        self.entries.get(slot as usize).and_then(Option::as_ref)
    }

    pub(crate) fn number(&self, key: u64) -> Option<u32> {
        self.numbers.get(&key).copied()
    }

    fn admit(&mut self, view: usize, gram: &Gram, slot: u32, language: Language) -> Term {
        // A gram of letters and one of syllables are two, even when their keys meet.
        let number = *self.numbers.entry(gram.key).or_insert_with(|| {
            self.unused.pop().unwrap_or_else(|| {
                self.keys.push(0);
                self.counts.push([0; LANGUAGES]);
                self.postings.push(Vec::new());
                narrow(self.keys.len() - 1)
            })
        });
        let at = number as usize;
        self.keys[at] = gram.key;
        self.counts[at][language.at()] += 1;
        if finds(view) {
            self.postings[at].push(slot);
        }
        Term {
            number,
            weight: gram.weight,
        }
    }

    fn dismiss(&mut self, view: usize, number: u32, slot: u32, language: Language) {
        let at = number as usize;
        self.counts[at][language.at()] -= 1;
        if finds(view) {
            let list = &mut self.postings[at];
            if let Some(found) = list.iter().position(|other| *other == slot) {
                list.swap_remove(found);
            }
        }
        if self.counts[at] == [0; LANGUAGES] {
            self.numbers.remove(&self.keys[at]);
            self.postings[at] = Vec::new();
            self.unused.push(number);
        }
    }
}

/// Whether the grams of a view find candidates.
pub(crate) const fn finds(view: usize) -> bool {
    view != LETTERS
}

pub(crate) fn narrow(number: usize) -> u32 {
    u32::try_from(number).expect("fewer than four thousand million")
}
