//! What the database must hold on both engines, also when many come at once.

mod at_once;
mod batch;
mod consent;
mod joined;
mod live;
mod own_first;
mod release;
mod roster;
mod similar;
mod storm;
mod triage;
