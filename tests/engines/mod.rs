//! What the database must hold on both engines, also when many come at once.

mod articles;
mod at_once;
mod batch;
mod board;
mod consent;
mod joined;
mod live;
mod release;
mod roster;
mod similar;
mod storm;
mod triage;
