//! All neighbours of all texts at once.

use crate::{
    company::{Profile, company, mixed, profile},
    index::{Index, Key, narrow},
    search::{Effort, Known, List, Probe, Searcher},
};
use std::{
    num::NonZero,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// Texts that one thread takes at a time.
const STRIDE: usize = 64;

/// Every text's neighbours, worked out together.
#[derive(Debug)]
pub struct Survey<Id> {
    /// By slot.
    pub(crate) ids: Vec<Option<Id>>,
    pub(crate) lists: Vec<List>,
    /// What is the same in two texts with the same grams.
    pub(crate) prints: Vec<u64>,
    effort: Effort,
}

impl<Id: Key> Index<Id> {
    /// The neighbours of every text, with what their company says taken in several times over (`Tune::rounds`): surer than
    /// `nearest` of each, which does so once, and much quicker than asking for each.
    pub fn survey(&self, threads: NonZero<usize>) -> Survey<Id> {
        let known = Known::of(self);
        let slots = self.entries.len();
        let direct = |searcher: &mut Searcher<'_, Id>, slot: u32| match self.entry(slot) {
            Some(entry) => searcher.direct(&Probe::inside(slot, entry), self.tune.reach),
            None => List::new(),
        };
        let (direct, searchers) = each(slots, threads, || Searcher::new(self, Some(&known)), direct);
        let effort = searchers
            .iter()
            .fold(Effort::default(), |sum, searcher| sum + searcher.effort);
        let levelled = self.levelled(&direct);
        let mut lists = levelled.clone();
        for _ in 0..self.tune.rounds {
            let profiles: Vec<Profile> = (0u32..)
                .zip(&lists)
                .map(|(slot, list)| profile(slot, list, self.company(slot), &self.tune))
                .collect();
            let list = |(): &mut (), slot: u32| {
                let at = slot as usize;
                let wide = self.wide(slot, &lists);
                let mut list = mixed(&profiles[at], &wide, |other| &profiles[other as usize], &self.tune);
                self.best(&mut list, self.tune.reach);
                list
            };
            lists = each(slots, threads, || (), list).0;
        }
        self.doubt(&mut lists, &levelled);
        Survey {
            ids: self
                .entries
                .iter()
                .map(|entry| entry.as_ref().map(|entry| entry.id))
                .collect(),
            prints: self
                .entries
                .iter()
                .map(|entry| entry.as_ref().map_or(0, |entry| entry.print))
                .collect(),
            lists,
            effort,
        }
    }
}

impl<Id: Key> Index<Id> {
    /// How many are company to this text.
    pub(crate) fn company(&self, slot: u32) -> usize {
        let total = self.entry(slot).map_or(0, |entry| self.totals[entry.language.at()]);
        company(total, &self.tune)
    }

    /// Where company is few it decides little: a pair that nothing else makes alike is less so, and one that is plainly alike
    /// needs none.
    fn doubt(&self, lists: &mut [List], alone: &[List]) {
        if self.tune.doubt <= 0.0 {
            return;
        }
        #[expect(clippy::cast_precision_loss, reason = "a dozen")]
        let few = |slot: u32| 1.0 - self.company(slot) as f32 / self.tune.neighbours as f32;
        for (slot, list) in (0u32..).zip(lists) {
            let own = few(slot);
            for (other, score) in list.iter_mut() {
                // The sum first: the same from either side.
                let few = f32::midpoint(own, few(*other));
                if few <= 0.0 {
                    continue;
                }
                let found = |one: u32, other: u32| alone[one as usize].iter().find(|(slot, _)| *slot == other);
                let alike = found(slot, *other).or_else(|| found(*other, slot));
                let alike = alike.map_or(0.0, |(_, score)| *score);
                let sure = (alike / self.tune.doubt).min(1.0);
                *score = (*score * (1.0 - few * (1.0 - sure))).max(few.sqrt() * alike);
            }
            self.sort(list);
        }
    }

    /// The list of a text and those next to its next: they may say the same without a gram in common.
    fn wide(&self, slot: u32, lists: &[List]) -> List {
        let own = &lists[slot as usize];
        let mut wide = own.clone();
        let steps = own.iter().take(self.tune.next);
        let mut far: Vec<u32> = steps
            .flat_map(|(near, _)| lists[*near as usize].iter().take(self.tune.next).map(|(far, _)| *far))
            .filter(|far| *far != slot)
            .collect();
        far.sort_unstable();
        far.dedup();
        let mut known: Vec<u32> = own.iter().map(|(near, _)| *near).collect();
        known.sort_unstable();
        far.retain(|far| known.binary_search(far).is_err());
        wide.extend(far.into_iter().map(|far| {
            // The other may have this one in its list: a pair has one score, from either side.
            let back = lists[far as usize].iter().find(|(back, _)| *back == slot);
            (far, back.map_or(0.0, |(_, score)| *score))
        }));
        wide
    }
}

impl<Id: Key> Survey<Id> {
    /// Each text with its `top` nearest, best first; in no order.
    pub fn nearest(&self, top: usize) -> impl Iterator<Item = (Id, Vec<(Id, f32)>)> + '_ {
        self.ids.iter().zip(&self.lists).filter_map(move |(id, list)| {
            let named = list
                .iter()
                .take(top)
                .filter_map(|(slot, score)| Some((self.ids[*slot as usize]?, *score)));
            Some(((*id)?, named.collect()))
        })
    }

    /// What the work was, without a clock.
    pub fn effort(&self) -> Effort {
        self.effort
    }
}

/// Does `work` for each number below `count`, in several threads, each with a room of its own.
fn each<T: Send, Room: Send>(
    count: usize,
    threads: NonZero<usize>,
    room: impl Fn() -> Room + Sync,
    work: impl Fn(&mut Room, u32) -> T + Sync,
) -> (Vec<T>, Vec<Room>) {
    let next = AtomicUsize::new(0);
    let run = || {
        let mut room = room();
        let mut parts = Vec::new();
        loop {
            let from = next.fetch_add(STRIDE, Ordering::Relaxed);
            if from >= count {
                return (parts, room);
            }
            let to = (from + STRIDE).min(count);
            let part: Vec<T> = (from..to).map(|at| work(&mut room, narrow(at))).collect();
            parts.push((from, part));
        }
    };
    let threads = threads.get().min(count.div_ceil(STRIDE)).max(1);
    let mut parts = Vec::new();
    let mut rooms = Vec::new();
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        for thread in running {
            match thread.join() {
                Ok((part, room)) => {
                    parts.extend(part);
                    rooms.push(room);
                }
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    parts.sort_unstable_by_key(|(from, _)| *from);
    (parts.into_iter().flat_map(|(_, part)| part).collect(), rooms)
}
