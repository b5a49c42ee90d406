//! Chance for the tests of hostile input, and how long they go on.
//!
//! With `MUNDAP_TEST_LONG` each target goes on for ten minutes, or for `MUNDAP_TEST_SECONDS`, from a seed that it prints
//! and that `MUNDAP_TEST_SEED` brings back; without, it takes a fixed number of inputs, always the same.

use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_mins(10);

/// A small generator (splitmix64), so that a finding can be repeated from its number.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(sides.max(1)).expect("small")).expect("small")
    }

    pub(crate) fn octet(&mut self) -> u8 {
        u8::try_from(self.roll(256)).expect("an octet")
    }
}

/// One target's run; when it ends, also by a finding, it prints what it took.
pub(crate) struct Run {
    target: &'static str,
    seed: u64,
    short: u64,
    /// `None` = the short form.
    long: Option<Duration>,
    start: Instant,
    inputs: u64,
    octets: usize,
}

impl Run {
    /// The short form takes `short` inputs from `seed`.
    pub(crate) fn of(target: &'static str, seed: u64, short: u64) -> Self {
        let number = |variable| Some(std::env::var(variable).ok()?.parse::<u64>().expect("a number"));
        let long = std::env::var_os("MUNDAP_TEST_LONG")
            .is_some()
            .then(|| number("MUNDAP_TEST_SECONDS").map_or(LONG, Duration::from_secs));
        let seed = long.map_or(seed, |_| {
            let now = domain::Clock::system().now().timestamp_micros();
            number("MUNDAP_TEST_SEED").unwrap_or_else(|| now.unsigned_abs())
        });
        if let Some(until) = long {
            println!("{target}: {} s, MUNDAP_TEST_SEED={seed}", until.as_secs());
        }
        Self {
            target,
            seed,
            short,
            long,
            start: Instant::now(),
            inputs: 0,
            octets: 0,
        }
    }

    /// The next input's number and its dice; `None` when it was enough.
    pub(crate) fn next(&mut self) -> Option<(u64, Dice)> {
        let goes_on = self
            .long
            .map_or(self.inputs < self.short, |until| self.start.elapsed() < until);
        goes_on.then(|| {
            let number = self.inputs;
            self.inputs += 1;
            (number, Dice(self.seed ^ number << 20))
        })
    }

    /// So long is the input that is about to be taken.
    pub(crate) fn takes(&mut self, octets: usize) {
        self.octets += octets;
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let found = if std::thread::panicking() {
            format!("1 finding, input {} of MUNDAP_TEST_SEED={}", self.inputs - 1, self.seed)
        } else {
            "no finding".to_owned()
        };
        println!(
            "{}: {} inputs of {} octets in {} s, {found}",
            self.target,
            self.inputs,
            self.octets,
            self.start.elapsed().as_secs()
        );
    }
}
