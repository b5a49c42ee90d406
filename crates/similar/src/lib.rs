//! How alike two questions are.

mod company;
mod group;
mod index;
mod korean;
mod search;
mod sketch;
mod survey;
mod text;
mod tune;
mod words;

pub use crate::{
    index::{Index, Key},
    search::Effort,
    sketch::Sketch,
    survey::Survey,
    tune::Tune,
};
