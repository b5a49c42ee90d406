//! From fifty questions to a released stage: what must hold when many press at once.

mod board;
mod decide;
mod pages;
mod stage;
mod story;
