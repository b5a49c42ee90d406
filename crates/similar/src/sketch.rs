//! What is kept of a text: weighted grams, in three views.

use crate::{
    korean,
    language::Language,
    lexicon::{self, What},
    text::{self, Script, Word},
    tune::Tune,
    words::{self, Tier},
};
use rustc_hash::FxHashMap;

/// Syllables, one to three in a row; spacing does not matter to them. A foreign word counts as one syllable.
pub(crate) const SYLLABLES: usize = 0;
/// Letters (jamo), three to five in a row: what remains alike when endings and spelling change.
pub(crate) const LETTERS: usize = 1;
/// Stems and the classes of words that mean nearly the same; their order does not matter.
pub(crate) const STEMS: usize = 2;
pub(crate) const VIEWS: usize = 3;

/// How much less each field of a class counts when there are many of them, as a power of their number.
const CROWD: f32 = 0.6;

/// What share of their fields' weight foreign words give to their class.
const GIVEN: f32 = 0.3;

/// A longer text is represented by as many of its grams, drawn by their keys: the same grams from like texts, whatever
/// their order and whatever stands in the index.
pub(crate) const MOST_GRAMS: usize = 384;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Gram {
    pub(crate) key: u64,
    pub(crate) weight: f32,
}

/// A text made ready for comparing.
#[derive(Clone, Debug)]
pub struct Sketch {
    /// By key, each once.
    pub(crate) views: [Vec<Gram>; VIEWS],
    pub(crate) language: Language,
    steps: usize,
}

impl Sketch {
    /// In time linear in the text, whatever the text is.
    pub fn of(text: &str) -> Self {
        Self::tuned(text, None, &Tune::default())
    }

    /// The same of a text whose asker says what language it is in.
    pub fn in_language(text: &str, language: Language) -> Self {
        Self::tuned(text, Some(language), &Tune::default())
    }

    pub(crate) fn tuned(text: &str, language: Option<Language>, tune: &Tune) -> Self {
        let words = text::words(text);
        let mut draft = Draft::new(tune);
        draft.read(&words);
        draft.grams(Language::of(&words, language))
    }

    /// Nothing in it can be compared.
    pub fn is_empty(&self) -> bool {
        self.views.iter().all(Vec::is_empty)
    }

    /// The same for texts of the same grams; 0 when there are none.
    pub(crate) fn print(&self) -> u64 {
        if self.is_empty() {
            return 0;
        }
        let grams = self.views.iter().flatten();
        hash(5, grams.flat_map(|gram| [gram.key, u64::from(gram.weight.to_bits())])).max(1)
    }

    /// How many grams were looked at: what the work was, without a clock.
    pub fn steps(&self) -> usize {
        self.steps
    }
}

#[derive(Clone, Copy)]
struct Unit {
    /// A character, or the hash of a foreign word.
    sign: u64,
    weight: f32,
}

struct Draft<'a> {
    tune: &'a Tune,
    syllables: Vec<Unit>,
    letters: Vec<Unit>,
    stems: Vec<Unit>,
}

impl<'a> Draft<'a> {
    fn new(tune: &'a Tune) -> Self {
        Self {
            tune,
            syllables: Vec::new(),
            letters: Vec::new(),
            stems: Vec::new(),
        }
    }

    fn read(&mut self, words: &[Word]) {
        let mut long = Vec::new();
        for word in words {
            match word.script {
                Script::Hangul => {
                    long.clear();
                    korean::written_out(&word.chars, &mut long);
                    self.korean(&long, word.glued);
                }
                Script::Digit => self.number(&word.chars),
                Script::Other => self.foreign(&word.chars),
            }
        }
    }

    fn korean(&mut self, word: &[char], glued: bool) {
        for piece in lexicon::pieces(word, glued) {
            let part = &word[piece.from..piece.end];
            match piece.what {
                What::Known(known) => {
                    let weight = match known.tier {
                        Tier::Full if known.verb => self.tune.verb,
                        tier => self.tier(tier),
                    };
                    self.spell(part, piece.to - piece.from, weight);
                    self.stem(hash(1, [u64::from(known.lemma)]), weight, known.class, false);
                }
                What::Unknown => {
                    let stem = korean::stem(part);
                    self.spell(part, stem.syllables, 1.0);
                    let sign = hash(6, stem.letters.iter().map(|letter| u64::from(*letter)));
                    self.stem(sign, self.tune.unknown, None, false);
                }
                What::Ending => self.spell(part, 0, 1.0),
            }
        }
    }

    /// Syllables and letters: the first `own` have a weight of their own, the rest are endings.
    fn spell(&mut self, part: &[char], own: usize, weight: f32) {
        let mut spelled = Vec::with_capacity(3);
        for (at, &char) in part.iter().enumerate() {
            let weight = if at < own { weight } else { self.tune.ending };
            let sign = u64::from(char);
            self.syllables.push(Unit { sign, weight });
            spelled.clear();
            text::letters(char, &mut spelled);
            self.letters.extend(spelled.iter().map(|letter| Unit {
                sign: u64::from(*letter),
                weight,
            }));
        }
    }

    /// A stem, its class and its fields. Of what a field says, `foreign` words give a part to their class: in short questions
    /// of few forms it says more.
    fn stem(&mut self, sign: u64, weight: f32, class: Option<u32>, foreign: bool) {
        let own = if class.is_some() { self.tune.classed } else { 1.0 };
        self.stems.push(Unit {
            sign,
            weight: weight * own,
        });
        let Some(class) = class else { return };
        let fields = words::fields(class);
        let tune = self.tune;
        let given = if foreign { GIVEN } else { 0.0 };
        let (whole, shared) = if fields.is_empty() {
            (tune.class, 0.0)
        } else {
            let whole = tune.fielded * (1.0 - given) + tune.class * given;
            (whole, tune.field * (1.0 - given))
        };
        self.stems.push(Unit {
            sign: hash(2, [u64::from(class)]),
            weight: weight * whole,
        });
        #[expect(clippy::cast_precision_loss, reason = "a dozen")]
        let share = shared / (fields.len().max(1) as f32).powf(CROWD);
        self.stems.extend(fields.iter().map(|field| Unit {
            sign: hash(7, [u64::from(*field)]),
            weight: weight * share,
        }));
    }

    fn tier(&self, tier: Tier) -> f32 {
        match tier {
            Tier::Full => 1.0,
            Tier::Light => self.tune.light,
            Tier::Polite => self.tune.polite,
        }
    }

    fn number(&mut self, digits: &[char]) {
        let sign = hash(3, digits.iter().map(|digit| u64::from(*digit)));
        let weight = 1.0;
        self.syllables.push(Unit { sign, weight });
        self.letters.push(Unit { sign, weight });
        let said: String = digits.iter().collect();
        self.stem(sign, weight, words::class(&said), false);
    }

    fn foreign(&mut self, word: &[char]) {
        let said: String = word.iter().collect();
        let stem = words::english(&said);
        let weight = match words::tier(&said) {
            Tier::Light => self.tune.small,
            tier => self.tier(tier),
        };
        let sign = hash(4, stem.chars().map(u64::from));
        self.syllables.push(Unit { sign, weight });
        // A bound at each end: `end` in `end` is not `end` in `spending`.
        let bound = Unit { sign: 1, weight };
        self.letters.push(bound);
        self.letters.extend(word.iter().map(|char| Unit {
            sign: u64::from(*char),
            weight,
        }));
        self.letters.push(bound);
        let class = words::class(stem);
        self.stem(sign, weight, class, true);
    }

    fn grams(self, language: Language) -> Sketch {
        let mut steps = 0;
        let views = [
            rows(SYLLABLES, &self.syllables, 1, &self.tune.syllables, &mut steps),
            rows(LETTERS, &self.letters, 3, &self.tune.letters, &mut steps),
            rows(STEMS, &self.stems, 1, &[1.0], &mut steps),
        ];
        Sketch { views, language, steps }
    }
}

/// Grams of `shortest` units and more; `shares` weighs each length.
fn rows(view: usize, units: &[Unit], shortest: usize, shares: &[f32], steps: &mut usize) -> Vec<Gram> {
    let mut found: FxHashMap<u64, f32> = FxHashMap::default();
    for (size, share) in (shortest..).zip(shares) {
        if *share <= 0.0 {
            continue;
        }
        for row in units.windows(size) {
            *steps += size;
            let total: f32 = row.iter().map(|unit| unit.weight).sum();
            #[expect(clippy::cast_precision_loss, reason = "five at most")]
            let weight = share * total / size as f32;
            *found
                .entry(hash((view * 8 + size) as u64, row.iter().map(|unit| unit.sign)))
                .or_default() += weight;
        }
    }
    // Twice is a little more than once, not double.
    let mut grams: Vec<Gram> = found
        .into_iter()
        .map(|(key, weight)| Gram {
            key,
            weight: damp(weight),
        })
        .collect();
    if grams.len() > MOST_GRAMS {
        grams.select_nth_unstable_by_key(MOST_GRAMS, |gram| gram.key);
        grams.truncate(MOST_GRAMS);
    }
    grams.sort_unstable_by_key(|gram| gram.key);
    grams
}

fn damp(weight: f32) -> f32 {
    if weight > 1.0 { 1.0 + weight.ln() } else { weight }
}

/// The same on every machine and in every process: sketches of several nodes are compared.
fn hash(kind: u64, signs: impl IntoIterator<Item = u64>) -> u64 {
    let mut state = kind.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for sign in signs {
        state = (state ^ sign).wrapping_mul(0xff51_afd7_ed55_8ccd);
        state ^= state >> 32;
        state = state.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        state ^= state >> 29;
    }
    state
}
