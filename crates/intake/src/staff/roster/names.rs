//! Names as people write them: with other spaces, another case, a slip of the hand.

use std::collections::HashMap;

/// What is known by name.
#[derive(Clone, Debug)]
pub struct Names<T> {
    by_bare: HashMap<String, T>,
    shown: Vec<String>,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self {
            by_bare: HashMap::new(),
            shown: Vec::new(),
        }
    }
}

impl<T: Copy> Names<T> {
    pub fn add(&mut self, id: T, name: &str) {
        if !name.is_empty() {
            self.by_bare.insert(bare(name), id);
            self.shown.push(name.to_owned());
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<T> {
        self.by_bare.get(&bare(name)).copied()
    }

    /// What was probably meant.
    pub(super) fn nearest(&self, name: &str) -> Option<String> {
        let given = bare(name);
        let near = self
            .shown
            .iter()
            .map(|n| (distance(&given, &bare(n)), n))
            .min_by_key(|(d, _)| *d)?;
        let longest = given.chars().count().max(bare(near.1).chars().count());
        (near.0 * 2 <= longest).then(|| near.1.clone())
    }
}

fn bare(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// How many characters must change (Levenshtein); names are short.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(100).collect();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(100).enumerate() {
        let mut diagonal = i;
        last[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != *y);
            diagonal = last[j + 1];
            last[j + 1] = change.min(diagonal + 1).min(last[j] + 1);
        }
    }
    last[b.len()]
}
