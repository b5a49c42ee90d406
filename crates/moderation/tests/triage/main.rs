//! From fifty questions to a released stage: what must hold when many press at once.

mod decide;
mod pages;
mod routing;
mod routing_pages;
mod stage;
mod story;
