//! From fifty questions to a released stage: what must hold when many press at once.

mod board;
mod browser;
mod decide;
mod pages;
mod reading;
mod routing;
mod routing_pages;
mod sight;
mod stage;
mod story;
mod undo;
mod words;
