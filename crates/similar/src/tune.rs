//! How much each thing counts. Found by measuring on the development halves of `tests/data` and of a public set of everyday
//! questions and commands that is not kept here; `examples/measure.rs` shows what becomes of other values.

use crate::language::Language;

/// From which score on two questions of a survey may be of one group, unless somebody says otherwise: between where groups
/// are best on the development half when all have ten (0.65) and when they have one to ten (0.8).
pub const THRESHOLD: f32 = 0.7;

/// The weights.
#[derive(Clone, Debug)]
pub struct Tune {
    /// Particles and endings, against 1 for a stem.
    pub ending: f32,
    /// Words that point, or hold a sentence together.
    pub light: f32,
    /// The same of foreign words, which have whole words where Korean has endings.
    pub small: f32,
    /// Words that ask, and say nothing of what.
    pub polite: f32,
    /// Verbs and adjectives: what is done says less than what it is done with.
    pub verb: f32,
    /// A stem that no table knows.
    pub unknown: f32,
    /// A stem whose class counts as well.
    pub classed: f32,
    /// The class of a stem, when it is in no field.
    pub class: f32,
    /// The class of a stem that is in a field.
    pub fielded: f32,
    /// The fields of a class, together.
    pub field: f32,
    /// One, two and three syllables in a row.
    pub syllables: [f32; 3],
    /// Three, four and five letters in a row.
    pub letters: [f32; 3],
    /// What the views give to the score: syllables, letters, stems. They add up to 1.
    pub views: [f32; 3],
    /// The same when neither text is Korean: there a syllable is a word, which the stems have already, and letters keep
    /// what is left of a word that no table knows.
    pub foreign: [f32; 3],
    /// The power of the inverse document frequency.
    pub rarity: f32,
    /// How much of the score the company of two texts gives with each round.
    pub company: f32,
    /// The power of a neighbour's score as its weight in the company.
    pub closeness: f32,
    /// How many neighbours are company.
    pub neighbours: usize,
    /// And of how many texts of a language one, where those are fewer: when all are company of all, nobody is told apart.
    pub among: usize,
    /// Below this score without company a survey does not trust the company of few: two texts of a dozen are company to each
    /// other whatever they say. 0 trusts all.
    pub doubt: f32,
    /// How much less the last of them counts than the first.
    pub fading: f32,
    /// The power with which a survey sets a score against what is usual around its two texts; 0 leaves it as it is.
    pub level: f32,
    /// How often a survey takes it in.
    pub rounds: usize,
    /// How many of its neighbours, and how many of theirs, a survey considers beside its own.
    pub next: usize,
    /// How many direct neighbours are kept, mixed with what the company says, and answered at most.
    pub reach: usize,
}

impl Tune {
    /// What the views give when texts of these two languages are compared.
    pub(crate) fn shares(&self, one: Language, other: Language) -> &[f32; 3] {
        if one == Language::Korean || other == Language::Korean {
            &self.views
        } else {
            &self.foreign
        }
    }
}

impl Default for Tune {
    fn default() -> Self {
        Self {
            ending: 0.3,
            light: 0.5,
            small: 0.3,
            polite: 0.1,
            verb: 0.75,
            unknown: 1.15,
            classed: 0.2,
            class: 1.3,
            fielded: 0.56,
            field: 1.9,
            syllables: [1.0, 0.45, 0.45],
            letters: [1.0, 0.2, 0.3],
            views: [0.24, 0.18, 0.58],
            foreign: [0.1, 0.3, 0.6],
            rarity: 0.8,
            company: 0.55,
            closeness: 0.9,
            neighbours: 16,
            among: 6,
            doubt: 0.26,
            fading: 1.0,
            level: 1.0,
            rounds: 4,
            next: 8,
            reach: 36,
        }
    }
}
