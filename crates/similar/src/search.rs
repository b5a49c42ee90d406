//! Direct likeness: candidates by postings, then the cosine of each view.

use crate::{
    index::{Entry, Index, Key, Term, finds},
    language::{LANGUAGES, Language},
    nearest::Asked,
    sketch::{Gram, Sketch, VIEWS},
};
use std::borrow::Cow;

/// At most so many entries of posting lists are read for one text, from the rarest gram on; the last list is read
/// to its end. What only shares common grams is not alike.
const MOST_POSTINGS: usize = 30_000;
/// So many candidates are compared in full, unless more are to be answered.
const MOST_CANDIDATES: usize = 96;
/// Counts below it are looked up.
const SMALL: usize = 1_024;
/// A gram of a text that no text in the index has.
const UNKNOWN: u32 = u32::MAX;

/// Slots and scores.
pub(crate) type List = Vec<(u32, f32)>;

/// What the work was, without a clock.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Effort {
    /// Entries of posting lists that were read.
    pub postings: usize,
    /// Grams that were compared.
    pub compared: usize,
}

impl std::ops::Add for Effort {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            postings: self.postings + other.postings,
            compared: self.compared + other.compared,
        }
    }
}

/// A text that is looked for.
pub(crate) struct Probe<'a, Id> {
    views: [Cow<'a, [Term]>; VIEWS],
    pub(crate) language: Language,
    /// Where it stands when it is in the index; else it is weighed as if it were.
    slot: Option<u32>,
    asked: Asked<'a, Id>,
}

impl<'a, Id: Key> Probe<'a, Id> {
    pub(crate) fn inside(slot: u32, entry: &'a Entry<Id>) -> Self {
        Self {
            views: std::array::from_fn(|view| Cow::Borrowed(&*entry.views[view])),
            language: entry.language,
            slot: Some(slot),
            asked: Asked::Id(entry.id),
        }
    }

    pub(crate) fn outside(text: &'a str, sketch: &Sketch, index: &Index<Id>) -> Self {
        let term = |gram: &Gram| Term {
            number: index.number(gram.key).unwrap_or(UNKNOWN),
            weight: gram.weight,
        };
        Self {
            views: std::array::from_fn(|view| sketch.views[view].iter().map(term).collect()),
            language: sketch.language,
            slot: None,
            asked: Asked::Text(text),
        }
    }
}

/// Rarities and lengths worked out once, for asking many times while nothing changes.
pub(crate) struct Known {
    /// By language.
    rarity: [Vec<f32>; LANGUAGES],
    /// Of each text's length in each view.
    squares: Vec<[f32; VIEWS]>,
}

impl Known {
    pub(crate) fn of<Id: Key>(index: &Index<Id>) -> Self {
        let rarity: [Vec<f32>; LANGUAGES] = std::array::from_fn(|language| {
            let each = |counts: &[u32; LANGUAGES]| match counts[language] {
                0 => 0.0,
                count => rarity(index, index.totals[language], count as usize),
            };
            index.counts.iter().map(each).collect()
        });
        let squares = |terms: &[Term], language: Language| -> f32 {
            terms
                .iter()
                .map(|term| (term.weight * rarity[language.at()][term.number as usize]).powi(2))
                .sum()
        };
        let squares = index.entries.iter().map(|entry| match entry {
            Some(entry) => std::array::from_fn(|view| squares(&entry.views[view], entry.language)),
            None => [0.0; VIEWS],
        });
        let squares = squares.collect();
        Self { rarity, squares }
    }
}

/// One thread's searching: the room it works in is kept from one text to the next.
pub(crate) struct Searcher<'a, Id> {
    index: &'a Index<Id>,
    known: Option<&'a Known>,
    /// By language, for a text that is in the index, and for one that is weighed as if it were.
    rarities: [[Rarities; 2]; LANGUAGES],
    /// The probe's weight of each term, rarity in it; 0 where it has not the term.
    weights: Vec<f32>,
    reached: Vec<f32>,
    touched: Vec<u32>,
    pub(crate) effort: Effort,
}

impl<'a, Id: Key> Searcher<'a, Id> {
    pub(crate) fn new(index: &'a Index<Id>, known: Option<&'a Known>) -> Self {
        Self {
            index,
            known,
            rarities: std::array::from_fn(|language| {
                [0, 1].map(|own| Rarities::new(index, index.totals[language] + own))
            }),
            weights: vec![0.0; index.counts.len()],
            reached: vec![0.0; index.entries.len()],
            touched: Vec::new(),
            effort: Effort::default(),
        }
    }

    /// The `top` most alike, best first; the smaller id first among equals.
    pub(crate) fn direct(&mut self, probe: &Probe<'_, Id>, top: usize) -> List {
        let own = usize::from(probe.slot.is_none());
        let mut norms = [0.0; VIEWS];
        // (how many texts have it, view, position)
        let mut order: Vec<(usize, usize, usize)> = Vec::new();
        for (view, terms) in probe.views.iter().enumerate() {
            let mut squares = 0.0;
            for (at, term) in terms.iter().enumerate() {
                let counts = if term.number == UNKNOWN {
                    [0; LANGUAGES]
                } else {
                    self.index.counts[term.number as usize]
                };
                let count = counts[probe.language.at()] as usize + own;
                let weight = term.weight * self.rarity(term.number, probe.language, own, count);
                squares += weight * weight;
                if term.number != UNKNOWN {
                    self.weights[term.number as usize] = weight;
                    if finds(view) {
                        order.push((counts.iter().map(|count| *count as usize).sum(), view, at));
                    }
                }
            }
            norms[view] = f32::sqrt(squares);
        }
        order.sort_unstable();
        let candidates = self.candidates(probe, &order);
        let mut found: Vec<(u32, f32)> = candidates
            .into_iter()
            .map(|slot| (slot, self.score(probe, slot, &norms)))
            .filter(|(_, score)| *score > 0.0)
            .collect();
        for term in probe
            .views
            .iter()
            .flat_map(|terms| terms.iter())
            .filter(|term| term.number != UNKNOWN)
        {
            self.weights[term.number as usize] = 0.0;
        }
        self.index.best(&mut found, top);
        found
    }

    fn rarity(&self, number: u32, language: Language, own: usize, count: usize) -> f32 {
        match self.known {
            Some(known) if number != UNKNOWN => known.rarity[language.at()][number as usize],
            _ => self.rarities[language.at()][own].of(self.index, count),
        }
    }

    fn candidates(&mut self, probe: &Probe<'_, Id>, order: &[(usize, usize, usize)]) -> Vec<u32> {
        let mut read = 0;
        let shares = *self.index.tune.shares(probe.language, probe.language);
        for (count, view, at) in order {
            if read > 0 && read + count > MOST_POSTINGS {
                break;
            }
            let number = probe.views[*view][*at].number as usize;
            // The other text's weight is not looked up: it is near enough to the probe's own.
            let weight = self.weights[number] * self.weights[number] * shares[*view];
            for slot in &self.index.postings[number] {
                let reached = &mut self.reached[*slot as usize];
                if *reached == 0.0 {
                    self.touched.push(*slot);
                }
                *reached += weight;
            }
            read += count;
        }
        self.effort.postings += read;
        let mut found: Vec<(u32, f32)> = Vec::with_capacity(self.touched.len());
        for slot in self.touched.drain(..) {
            let reached = std::mem::take(&mut self.reached[slot as usize]);
            if probe.slot != Some(slot) {
                found.push((slot, reached / self.index.lengths[slot as usize]));
            }
        }
        self.index.best(&mut found, MOST_CANDIDATES.max(self.index.tune.reach));
        let mut found: Vec<u32> = found.into_iter().map(|(slot, _)| slot).collect();
        if let Some(second) = self.index.second.as_deref() {
            let others = second.candidates(probe.asked).into_iter().take(MOST_CANDIDATES);
            found.extend(
                others
                    .filter_map(|id| self.index.slot(id))
                    .filter(|slot| probe.slot != Some(*slot)),
            );
            found.sort_unstable();
            found.dedup();
        }
        found
    }

    fn score(&mut self, probe: &Probe<'_, Id>, slot: u32, norms: &[f32; VIEWS]) -> f32 {
        let own = self.cosines(slot, norms, probe.language, probe.slot.is_none());
        let Some(second) = self.index.second.as_deref() else {
            return own;
        };
        let opinion = self
            .index
            .entry(slot)
            .and_then(|entry| second.alike(probe.asked, entry.id));
        opinion.map_or(own, |opinion| {
            let share = second.share().clamp(0.0, 1.0);
            own * (1.0 - share) + opinion.clamp(0.0, 1.0) * share
        })
    }

    /// The mean of the views' cosines; a view that is empty in both says nothing. A text that is asked about from
    /// `outside` is counted with the others of its language.
    fn cosines(&mut self, slot: u32, norms: &[f32; VIEWS], asked: Language, outside: bool) -> f32 {
        let index = self.index;
        let Some(entry) = index.entry(slot) else { return 0.0 };
        let language = entry.language.at();
        let own = usize::from(outside && asked == entry.language);
        let given = index.tune.shares(asked, entry.language);
        let mut score = 0.0;
        let mut shares = 0.0;
        for (view, terms) in entry.views.iter().enumerate() {
            let share = given[view];
            if terms.is_empty() && norms[view] == 0.0 {
                continue;
            }
            shares += share;
            let mut dot = 0.0;
            let mut squares = 0.0;
            self.effort.compared += terms.len();
            if let Some(known) = self.known {
                for term in terms {
                    let theirs = self.weights[term.number as usize];
                    if theirs > 0.0 {
                        dot += theirs * (term.weight * known.rarity[language][term.number as usize]);
                    }
                }
                squares = known.squares[slot as usize][view];
            } else {
                for term in terms {
                    let theirs = self.weights[term.number as usize];
                    let more = if theirs > 0.0 { own } else { 0 };
                    let count = index.counts[term.number as usize][language] as usize + more;
                    let weight = term.weight * self.rarities[language][own].of(index, count);
                    dot += theirs * weight;
                    squares += weight * weight;
                }
            }
            let norm = norms[view] * squares.sqrt();
            if norm > 0.0 {
                score += share * (dot / norm).min(1.0);
            }
        }
        if shares > 0.0 { score / shares } else { 0.0 }
    }
}

impl<Id: Key> Index<Id> {
    /// Best first; the smaller id first among equals.
    pub(crate) fn sort(&self, list: &mut List) {
        list.sort_unstable_by(|one, other| self.order(*one, *other));
    }

    pub(crate) fn best(&self, found: &mut List, top: usize) {
        if found.len() > top && top > 0 {
            found.select_nth_unstable_by(top - 1, |one, other| self.order(*one, *other));
        }
        found.truncate(top);
        self.sort(found);
    }

    fn order(&self, one: (u32, f32), other: (u32, f32)) -> std::cmp::Ordering {
        let id = |slot: u32| self.entry(slot).map(|entry| entry.id);
        other.1.total_cmp(&one.1).then_with(|| id(one.0).cmp(&id(other.0)))
    }
}

/// Rarities of the counts that most grams have, for one search.
struct Rarities {
    small: Vec<f32>,
    total: usize,
}

impl Rarities {
    fn new<Id: Key>(index: &Index<Id>, total: usize) -> Self {
        let small = (0..SMALL.min(total + 1))
            .map(|count| rarity(index, total, count))
            .collect();
        Self { small, total }
    }

    fn of<Id: Key>(&self, index: &Index<Id>, count: usize) -> f32 {
        self.small
            .get(count)
            .copied()
            .unwrap_or_else(|| rarity(index, self.total, count))
    }
}

/// How much a gram says that `count` of `total` texts have.
fn rarity<Id: Key>(index: &Index<Id>, total: usize, count: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a ratio, roughly")]
    let ratio = total as f32 / count.max(1) as f32;
    let rarity = (1.0 + ratio).ln();
    if (index.tune.rarity - 1.0).abs() < f32::EPSILON {
        rarity
    } else {
        rarity.powf(index.tune.rarity)
    }
}
