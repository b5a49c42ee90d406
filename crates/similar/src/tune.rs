//! How much each thing counts. Found by measuring on the development half of `tests/data`; `examples/measure.rs` shows
//! what becomes of other values.

/// From which score on two questions may be of one group, unless somebody says otherwise: where the pairwise F1 is best
/// on the development half.
pub const THRESHOLD: f32 = 0.28;

/// The weights.
#[derive(Clone, Debug)]
pub struct Tune {
    /// Particles and endings, against 1 for a stem.
    pub ending: f32,
    /// Words that point, or hold a sentence together.
    pub light: f32,
    /// Words that ask, and say nothing of what.
    pub polite: f32,
    /// A stem whose class counts as well.
    pub classed: f32,
    /// The class of a stem.
    pub class: f32,
    /// One, two and three syllables in a row.
    pub syllables: [f32; 3],
    /// Three, four and five letters in a row.
    pub letters: [f32; 3],
    /// What the views give to the score: syllables, letters, stems. They add up to 1.
    pub views: [f32; 3],
    /// The power of the inverse document frequency.
    pub rarity: f32,
    /// How much of the score the company of two texts gives (see `survey`).
    pub company: f32,
    /// The power of a neighbour's score as its weight in the company.
    pub closeness: f32,
    /// How many neighbours are company.
    pub neighbours: usize,
    /// How much less the last of them counts than the first.
    pub fading: f32,
    /// How many direct neighbours are kept, mixed with what the company says, and answered at most.
    pub reach: usize,
}

impl Default for Tune {
    fn default() -> Self {
        Self {
            ending: 0.25,
            light: 0.25,
            polite: 0.1,
            classed: 0.35,
            class: 1.0,
            syllables: [1.0, 0.9, 0.7],
            letters: [1.3, 1.0, 0.5],
            views: [0.4, 0.2, 0.4],
            rarity: 1.0,
            company: 0.7,
            closeness: 0.5,
            neighbours: 14,
            fading: 0.5,
            reach: 32,
        }
    }
}
