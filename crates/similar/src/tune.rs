//! How much each thing counts. Found by measuring on the development half of `tests/data`; `examples/measure.rs` shows
//! what becomes of other values.

/// The weights.
#[derive(Clone, Debug)]
pub struct Tune {
    /// Particles and endings, against 1 for a stem.
    pub ending: f32,
    /// Words that ask politely, point, or hold a sentence together.
    pub light: f32,
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
            light: 0.3,
            classed: 0.7,
            class: 0.7,
            syllables: [0.5, 1.0, 0.7],
            letters: [1.0, 1.0, 1.0],
            views: [0.4, 0.3, 0.3],
            rarity: 1.0,
            company: 0.6,
            closeness: 0.5,
            neighbours: 14,
            fading: 0.0,
            reach: 32,
        }
    }
}
