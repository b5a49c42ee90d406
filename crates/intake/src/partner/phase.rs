//! When an event takes questions.

use super::Refusal;
use chrono::{DateTime, Utc};
use db::entity::event;

/// Where an event is in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Questions may be prepared, not sent.
    Before,
    Open,
    /// The deadline is past, and questions are taken from the hall.
    Hall,
    Closed,
}

impl Phase {
    /// From the opening on and until right before the closing.
    pub fn at(opens: DateTime<Utc>, closes: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        if now < opens {
            Self::Before
        } else if now < closes {
            Self::Open
        } else {
            Self::Closed
        }
    }

    /// Open also while questions are taken from the hall.
    pub fn of(event: &event::Model, now: DateTime<Utc>) -> Self {
        let hall = event.hall_from.zip(event.hall_asks_until);
        match Self::at(event.opens_at, event.closes_at, now) {
            Self::Closed if hall.is_some_and(|(from, until)| from <= now && now < until) => Self::Hall,
            phase => phase,
        }
    }

    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Hall)
    }

    pub fn is_closed(self) -> bool {
        self == Self::Closed
    }

    /// The key of its words.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Before => "my-phase-before",
            Self::Open => "my-phase-open",
            Self::Hall => "my-phase-hall",
            Self::Closed => "my-phase-closed",
        }
    }
}

/// # Errors
/// Refused unless the event takes questions now.
pub(crate) fn must_be_open(event: &event::Model, now: DateTime<Utc>) -> Result<(), Refusal> {
    match Phase::of(event, now) {
        Phase::Before => Err(Refusal::Before(event.opens_at)),
        Phase::Open | Phase::Hall => Ok(()),
        Phase::Closed => Err(Refusal::Closed(event.closes_at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn the_opening_moment_is_open_and_the_closing_moment_is_closed() {
        let opens = DateTime::UNIX_EPOCH;
        let closes = opens + TimeDelta::days(1);
        let tick = TimeDelta::microseconds(1);
        assert_eq!(Phase::at(opens, closes, opens - tick), Phase::Before);
        assert_eq!(Phase::at(opens, closes, opens), Phase::Open);
        assert_eq!(Phase::at(opens, closes, closes - tick), Phase::Open);
        assert_eq!(Phase::at(opens, closes, closes), Phase::Closed);
    }
}
