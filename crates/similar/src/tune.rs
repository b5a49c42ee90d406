//! How much each thing counts. Found by measuring on the development halves of `tests/data` and of a public set of everyday
//! questions and commands that is not kept here; `examples/measure.rs` shows what becomes of other values.

/// From which score on two questions of a survey may be of one group, unless somebody says otherwise: where groups are
/// best on the development half with groups of one to ten, whether there are ten of them or all.
pub const THRESHOLD: f32 = 0.6;

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
    /// How much of the score the company of two texts gives with each round.
    pub company: f32,
    /// The power of a neighbour's score as its weight in the company.
    pub closeness: f32,
    /// How many neighbours are company.
    pub neighbours: usize,
    /// How much less the last of them counts than the first.
    pub fading: f32,
    /// How often a survey takes it in.
    pub rounds: usize,
    /// How many of its neighbours, and how many of theirs, a survey considers beside its own.
    pub next: usize,
    /// How many direct neighbours are kept, mixed with what the company says, and answered at most.
    pub reach: usize,
}

impl Default for Tune {
    fn default() -> Self {
        Self {
            ending: 0.3,
            light: 0.5,
            polite: 0.1,
            classed: 0.2,
            class: 1.3,
            syllables: [1.0, 0.45, 0.45],
            letters: [1.0, 0.2, 0.3],
            views: [0.24, 0.18, 0.58],
            rarity: 0.8,
            company: 0.55,
            closeness: 0.9,
            neighbours: 16,
            fading: 1.0,
            rounds: 4,
            next: 8,
            reach: 36,
        }
    }
}
