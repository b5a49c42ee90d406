//! How alike two questions are: an index over many, in Korean and English, without a network, a model or a dictionary.
//!
//! A text becomes weighted grams in three views (`sketch`): syllables in a row, letters in a row, and stems with the
//! classes of words that mean nearly the same and the fields of words that are spoken of together. Particles, endings and
//! polite words count less (`korean`, `words`). How rare a gram is among texts of its language (`language`) says how
//! much it counts, and is taken from what the index holds at that moment. The mean of the three cosines is the direct score (`search`); two texts with the same
//! neighbours come nearer to each other (`company`), and a survey asks for more where many are alike (`level`).
//!
//! ```
//! use similar::{Asked, Index};
//!
//! let mut index = Index::default();
//! index.insert(1, "정산은 언제 되나요?");
//! index.insert(2, "정산 날짜가 궁금합니다");
//! index.insert(3, "주차할 수 있나요?");
//! let nearest = index.nearest(Asked::Text("정산일이 언제인가요"), 2);
//! assert_eq!(nearest[0].0, 1);
//! ```

mod company;
mod group;
mod index;
mod korean;
mod language;
mod level;
mod lexicon;
mod nearest;
mod search;
mod second;
mod sketch;
mod survey;
mod text;
mod trie;
mod tune;
mod words;

pub use crate::{
    index::{Index, Key},
    language::Language,
    nearest::Asked,
    search::Effort,
    second::SecondOpinion,
    sketch::Sketch,
    survey::Survey,
    tune::{THRESHOLD, Tune},
};
