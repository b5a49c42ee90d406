//! When each line begins, and whether all of them fit into the sitting's part.

use chrono::{DateTime, TimeDelta, Utc};
use db::{entity::programme_part, prelude::*};
use domain::{SittingId, state::people::PartKind};

/// The times of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Of each line, in minutes after the first one begins.
    pub offsets: Vec<i32>,
    /// All lines, in minutes.
    pub total: i32,
    /// When the first one begins, and how many minutes its part of the programme has.
    pub begins: Option<DateTime<Utc>>,
    pub room: Option<i64>,
}

impl Times {
    pub fn at(&self, line: usize) -> Option<DateTime<Utc>> {
        let offset = self.offsets.get(line)?;
        Some(self.begins? + TimeDelta::minutes((*offset).into()))
    }

    /// How many minutes it is longer than its part.
    pub fn over(&self) -> Option<i64> {
        Some(i64::from(self.total) - self.room?).filter(|over| *over > 0)
    }
}

/// `starts_at` as it was planned, else the beginning of the talk in the sitting's programme.
///
/// # Errors
/// When the database refuses.
pub async fn times(
    conn: &impl ConnectionTrait,
    sitting: Option<SittingId>,
    starts_at: Option<DateTime<Utc>>,
    minutes: impl IntoIterator<Item = i32>,
) -> Result<Times, Error> {
    let part = match sitting {
        Some(sitting) => {
            programme_part::Entity::find()
                .filter(programme_part::Column::SittingId.eq(sitting))
                .filter(programme_part::Column::Kind.eq(PartKind::Talk))
                .order_by_asc(programme_part::Column::StartsAt)
                .one(conn)
                .await?
        }
        None => None,
    };
    let (offsets, total) = sums(minutes);
    Ok(Times {
        offsets,
        total,
        begins: starts_at.or(part.as_ref().map(|p| p.starts_at)),
        room: part.map(|p| (p.ends_at - starts_at.unwrap_or(p.starts_at)).num_minutes()),
    })
}

fn sums(minutes: impl IntoIterator<Item = i32>) -> (Vec<i32>, i32) {
    let mut total = 0;
    let offsets = minutes.into_iter().map(|n| {
        let at = total;
        total += n;
        at
    });
    (offsets.collect(), total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_begins_where_the_one_before_ends() {
        let (offsets, total) = sums([5, 0, 10, 7]);
        let begins = DateTime::from_timestamp(1_800_000_000, 0).expect("a moment");
        let times = Times {
            offsets,
            total,
            begins: Some(begins),
            room: Some(20),
        };
        assert_eq!(times.offsets, [0, 5, 5, 15]);
        assert_eq!(times.at(3), Some(begins + TimeDelta::minutes(15)));
        assert_eq!(times.at(4), None);
        assert_eq!(times.over(), Some(2));
    }
}
