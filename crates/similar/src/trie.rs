//! Words by their letters, found from any place of a text in one walk.

use rustc_hash::FxHashMap;

#[derive(Debug)]
pub(crate) struct Trie<T> {
    edges: FxHashMap<(u32, u32), u32>,
    values: Vec<Option<T>>,
}

impl<T> Default for Trie<T> {
    fn default() -> Self {
        Self {
            edges: FxHashMap::default(),
            values: vec![None],
        }
    }
}

impl<T: Copy> Trie<T> {
    /// The first value of a word stays.
    pub(crate) fn set(&mut self, word: &[u32], value: T) {
        let mut node = 0;
        for letter in word {
            let new = u32::try_from(self.values.len()).expect("some thousands");
            node = *self.edges.entry((node, *letter)).or_insert(new);
            if node == new {
                self.values.push(None);
            }
        }
        self.values[node as usize].get_or_insert(value);
    }

    /// Every word that stands at the beginning of `letters`, the shortest first: its length and value.
    pub(crate) fn walk(&self, letters: &[u32], mut found: impl FnMut(usize, T)) {
        let mut node = 0;
        for (at, letter) in letters.iter().enumerate() {
            let Some(next) = self.edges.get(&(node, *letter)) else {
                return;
            };
            node = *next;
            if let Some(value) = self.values[node as usize] {
                found(at + 1, value);
            }
        }
    }
}
