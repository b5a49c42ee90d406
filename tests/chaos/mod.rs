//! `kill -9` at random moments: what was acknowledged stands, and nothing happens twice.

mod fetch;
mod process;
mod replies;
mod submissions;

use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::time::Duration;

/// The moments of the kills come from this; `MUNDAP_TEST_SEED` brings the same ones back.
fn dice() -> StdRng {
    let seed = std::env::var("MUNDAP_TEST_SEED").map_or_else(|_| rand::random(), |s| s.parse().expect("a number"));
    println!("chaos: MUNDAP_TEST_SEED={seed}");
    StdRng::seed_from_u64(seed)
}

/// `kills` moments within `1..=last`, in their order, each with a pause that lands it between two steps.
fn moments(dice: &mut StdRng, kills: usize, last: usize) -> Vec<(usize, Duration)> {
    let mut moments: Vec<_> = (0..kills)
        .map(|_| {
            (
                dice.random_range(1..=last),
                Duration::from_micros(dice.random_range(0..30_000)),
            )
        })
        .collect();
    moments.sort_unstable();
    moments
}
