//! Groups of texts that seem to say the same.

use crate::{index::Key, survey::Survey};
use rustc_hash::FxHashMap;

/// Of the threshold: the mean likeness of all pairs of two groups that become one. Without it, a chain of half-alike
/// texts would be one group.
const MEAN: f32 = 0.6;

impl<Id: Key> Survey<Id> {
    /// Groups of two and more, each in the order of ids, the groups in the order of their first.
    ///
    /// The most alike come together first. Two groups become one when a pair between them reaches the threshold and all
    /// pairs between them are, in the mean, not far below it.
    pub fn groups(&self, threshold: f32) -> Vec<Vec<Id>> {
        let (node_of, names) = self.nodes();
        let pairs = self.pairs(&node_of, threshold);
        let mut clusters = Clusters::new(names.len(), &pairs);
        let mut order: Vec<_> = pairs.into_iter().filter(|(_, score)| *score >= threshold).collect();
        order.sort_unstable_by(|((a, b), one), ((c, d), other)| {
            let pair = |one: usize, other: usize| (names[one].min(names[other]), names[one].max(names[other]));
            other.total_cmp(one).then_with(|| pair(*a, *b).cmp(&pair(*c, *d)))
        });
        for ((one, other), _) in order {
            clusters.meet(one, other, threshold * MEAN);
        }
        let mut groups: FxHashMap<usize, Vec<Id>> = FxHashMap::default();
        for (slot, id) in self.ids.iter().enumerate() {
            if let (Some(id), Some(node)) = (id, node_of[slot]) {
                groups.entry(clusters.root(node)).or_default().push(*id);
            }
        }
        let mut groups: Vec<Vec<Id>> = groups.into_values().filter(|group| group.len() > 1).collect();
        for group in &mut groups {
            group.sort_unstable();
        }
        groups.sort_unstable();
        groups
    }

    /// Texts of the same grams are one node, however many they are: their lists have no room for one another.
    fn nodes(&self) -> (Vec<Option<usize>>, Vec<Id>) {
        let mut first: FxHashMap<u64, usize> = FxHashMap::default();
        let mut names: Vec<Id> = Vec::new();
        let mut node_of = Vec::with_capacity(self.ids.len());
        for (id, print) in self.ids.iter().zip(&self.prints) {
            node_of.push(id.filter(|_| *print != 0).map(|id| {
                let node = *first.entry(*print).or_insert(names.len());
                if node == names.len() {
                    names.push(id);
                }
                names[node] = names[node].min(id);
                node
            }));
        }
        (node_of, names)
    }

    /// Pairs of nodes and their likeness; what is below half of the threshold counts as nothing.
    fn pairs(&self, node_of: &[Option<usize>], threshold: f32) -> FxHashMap<(usize, usize), f32> {
        let mut pairs: FxHashMap<(usize, usize), f32> = FxHashMap::default();
        for (slot, list) in self.lists.iter().enumerate() {
            for (other, score) in list {
                let (Some(one), Some(other)) = (node_of[slot], node_of[*other as usize]) else {
                    continue;
                };
                if one != other && *score >= threshold * 0.5 {
                    let known = pairs.entry((one.min(other), one.max(other))).or_default();
                    *known = known.max(*score);
                }
            }
        }
        pairs
    }
}

struct Clusters {
    parents: Vec<usize>,
    sizes: Vec<usize>,
    /// Of a root: the sums of likeness to other roots.
    near: Vec<FxHashMap<usize, f64>>,
}

impl Clusters {
    fn new(count: usize, pairs: &FxHashMap<(usize, usize), f32>) -> Self {
        let mut near: Vec<FxHashMap<usize, f64>> = vec![FxHashMap::default(); count];
        for ((one, other), score) in pairs {
            near[*one].insert(*other, f64::from(*score));
            near[*other].insert(*one, f64::from(*score));
        }
        Self {
            parents: (0..count).collect(),
            sizes: vec![1; count],
            near,
        }
    }

    fn root(&mut self, node: usize) -> usize {
        let mut at = node;
        while self.parents[at] != at {
            self.parents[at] = self.parents[self.parents[at]];
            at = self.parents[at];
        }
        at
    }

    /// Makes one of the clusters of two nodes if their mean likeness allows.
    fn meet(&mut self, one: usize, other: usize, least: f32) {
        let (mut into, mut from) = (self.root(one), self.root(other));
        if into == from {
            return;
        }
        if self.near[into].len() < self.near[from].len() {
            std::mem::swap(&mut into, &mut from);
        }
        let sum = self.near[into].get(&from).copied().unwrap_or(0.0);
        #[expect(clippy::cast_precision_loss, reason = "a mean")]
        let count = (self.sizes[into] * self.sizes[from]) as f64;
        // A hair of tolerance: the sum's order is not the same in every process.
        if sum / count + 1e-6 < f64::from(least) {
            return;
        }
        self.parents[from] = into;
        self.sizes[into] += self.sizes[from];
        for (third, sum) in std::mem::take(&mut self.near[from]) {
            self.near[third].remove(&from);
            if third != into {
                *self.near[into].entry(third).or_default() += sum;
                *self.near[third].entry(into).or_default() += sum;
            }
        }
        self.near[into].remove(&from);
    }
}
