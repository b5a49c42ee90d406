//! How often somebody may ask while they write. In memory: a search costs a hundredth of a second, a row more than that.

use chrono::{DateTime, TimeDelta, Utc};
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

/// Askers that are remembered; beyond it those who paused are forgotten.
const REMEMBERED: usize = 4_096;

/// So many in a window of a minute for each asker.
#[derive(Debug)]
pub struct Pace<Who> {
    most: u32,
    seen: Mutex<HashMap<Who, (DateTime<Utc>, u32)>>,
}

impl<Who: Eq + Hash> Pace<Who> {
    pub fn new(most: u32) -> Self {
        Self {
            most,
            seen: Mutex::default(),
        }
    }

    /// Counts one; false when it was one too many.
    pub fn allows(&self, who: Who, now: DateTime<Utc>) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let over = |begun: DateTime<Utc>| now - begun >= TimeDelta::minutes(1);
        if seen.len() >= REMEMBERED && !seen.contains_key(&who) {
            seen.retain(|_, (begun, _)| !over(*begun));
            if seen.len() >= REMEMBERED {
                return false;
            }
        }
        let (begun, count) = seen.entry(who).or_insert((now, 0));
        if over(*begun) {
            (*begun, *count) = (now, 0);
        }
        *count += 1;
        *count <= self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_asker_has_a_window_of_their_own() {
        let pace = Pace::new(2);
        let now = DateTime::UNIX_EPOCH;
        assert!(pace.allows(1, now) && pace.allows(1, now) && !pace.allows(1, now));
        assert!(pace.allows(2, now));
        assert!(pace.allows(1, now + TimeDelta::minutes(1)));
    }

    #[test]
    fn what_it_remembers_is_bounded() {
        let pace = Pace::new(2);
        let now = DateTime::UNIX_EPOCH;
        for who in 0..REMEMBERED {
            assert!(pace.allows(who, now));
        }
        assert!(!pace.allows(REMEMBERED, now));
        assert!(pace.allows(REMEMBERED, now + TimeDelta::minutes(1)));
    }
}
