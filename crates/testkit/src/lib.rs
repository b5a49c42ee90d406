//! What the stories are told with: a fresh database on either engine, a frozen or real clock, a browser without a
//! window, a real Postfix, a real Dovecot.
//!
//! The engine is chosen by `MUNDAP_TEST_ENGINE` (`sqlite`, the default, or `postgres`, which wants
//! `MUNDAP_TEST_POSTGRES`, an address that may create databases; `make test` sets both).

mod browser;
pub mod crowd;
mod database;
mod dovecot;
mod greylist;
mod postfix;
pub mod rows;
mod wire;
mod world;
mod zone;

pub use browser::{Browser, Filled, Page};
pub use database::{Fresh, engine};
pub use dovecot::{Dovecot, Manner};
pub use greylist::Greylist;
pub use postfix::{Letterbox, Postfix};
pub use wire::{Events, Reply, Wire};
pub use world::{Running, World, free_port};
pub use zone::{Zone, sign};

/// The short form of a long test runs in `make test`, the long one in `make chaos`.
pub fn long() -> bool {
    std::env::var_os("MUNDAP_TEST_LONG").is_some()
}

/// Waits until `ready` gives something, at most a minute.
///
/// # Panics
/// When it never does: the story cannot go on.
pub async fn eventually<T>(what: &str, mut ready: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..1_200 {
        if let Some(value) = ready().await {
            return value;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("waited a minute for {what}");
}
