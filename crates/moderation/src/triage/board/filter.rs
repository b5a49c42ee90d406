//! What the board shows: columns, filters, order, and where a page begins.

use super::words::Search;
use chrono::{DateTime, Utc};
use domain::{
    CompanyId, FieldId, Lang, QuestionId, ServiceId, StaffId, TagId,
    state::question::{Board, Prefers},
};
use std::{fmt, str::FromStr};

/// The columns of the board; a question stands in exactly one. Drafts and withdrawn questions stand in none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Column {
    /// Received, and nobody decided.
    #[default]
    Inbox,
    Live,
    Reserve,
    Crew,
    Merged,
    Declined,
    All,
}

impl Column {
    pub(crate) const ALL: [Self; 7] = [
        Self::Inbox,
        Self::Live,
        Self::Reserve,
        Self::Crew,
        Self::Merged,
        Self::Declined,
        Self::All,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Live => "live",
            Self::Reserve => "reserve",
            Self::Crew => "crew",
            Self::Merged => "merged",
            Self::Declined => "declined",
            Self::All => "all",
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|c| c.as_str() == text).unwrap_or_default()
    }

    pub(super) const fn boards(self) -> &'static [Board] {
        match self {
            Self::Inbox => &[Board::Inbox],
            Self::Live => &[Board::Live],
            Self::Reserve => &[Board::Reserve],
            Self::Crew => &[Board::Crew],
            Self::Merged => &[Board::Merged],
            Self::Declined => &[Board::Declined],
            Self::All => Board::ALL,
        }
    }
}

/// The order of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    #[default]
    Number,
    Newest,
    /// The highest mean first; last what nobody scored, or, where one's own score comes first, what one has not.
    Score,
    /// Where the moderators' scores lie farthest apart first.
    Spread,
    LeastRead,
}

impl Sort {
    pub(crate) const ALL: [Self; 5] = [Self::Number, Self::Newest, Self::Score, Self::Spread, Self::LeastRead];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Newest => "newest",
            Self::Score => "score",
            Self::Spread => "spread",
            Self::LeastRead => "least-read",
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|s| s.as_str() == text).unwrap_or_default()
    }

    pub(crate) const fn by_number(self) -> bool {
        matches!(self, Self::Number | Self::Newest)
    }
    pub(super) const fn descends(self) -> bool {
        matches!(self, Self::Newest | Self::Score | Self::Spread)
    }
}

/// The place of a row in its order: what is sorted by and, where that is not the number, the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(super) value: i64,
    pub(super) id: Option<QuestionId>,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.id {
            Some(id) => write!(f, "{}.{id}", self.value),
            None => write!(f, "{}", self.value),
        }
    }
}

impl FromStr for Key {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (value, id) = match text.split_once('.') {
            Some((value, id)) => (value, Some(id.parse().map_err(|_| ())?)),
            None => (text, None),
        };
        let value = value.parse().map_err(|_| ())?;
        Ok(Self { value, id })
    }
}

/// Where the page begins, or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    After(Key),
    Before(Key),
}

/// What the board shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) column: Column,
    pub(crate) search: Option<Search>,
    pub(crate) number: Option<i32>,
    pub(crate) service: Option<ServiceId>,
    pub(crate) field: Option<FieldId>,
    /// One of these; none of them when it is empty.
    pub(crate) companies: Option<Vec<CompanyId>>,
    pub(crate) prefers: Option<Prefers>,
    pub(crate) lang: Option<Lang>,
    pub(crate) tag: Option<TagId>,
    pub(crate) unread_by: Option<StaffId>,
    /// Its crew should have answered by then.
    pub(crate) late: Option<DateTime<Utc>>,
    /// The mean, in thousandths.
    pub(crate) score: Option<i32>,
    /// The spread, in thousandths.
    pub(crate) spread: Option<i32>,
    /// In a proposed group of similar questions.
    pub(crate) similar: bool,
    pub(crate) sort: Sort,
    pub(crate) edge: Option<Edge>,
    /// Who reads blind: the asker of what is not released is nobody to them.
    pub(crate) blind: bool,
    /// Whose own score comes first: what they have not scored has no mean for them.
    pub(crate) own_first: Option<StaffId>,
    /// Only what has no mean for this moderator; the board's own.
    pub(super) untold_to: Option<StaffId>,
    /// No higher number: what came after something was pressed.
    pub(crate) up_to: Option<i32>,
}

impl Filter {
    /// Whether others' scores decide what is shown, or in which order.
    pub(crate) const fn asks_for_scores(&self) -> bool {
        self.score.is_some() || self.spread.is_some() || matches!(self.sort, Sort::Score | Sort::Spread)
    }
}

#[cfg(test)]
mod tests {
    use super::Key;
    use domain::QuestionId;

    #[test]
    fn a_key_reads_as_it_is_written() {
        let id = QuestionId::new();
        for key in [
            Key { value: 50, id: None },
            Key {
                value: -1,
                id: Some(id),
            },
        ] {
            assert_eq!(key.to_string().parse(), Ok(key));
        }
        assert_eq!("50".parse(), Ok(Key { value: 50, id: None }));
        assert_eq!("x.y".parse::<Key>(), Err(()));
    }
}
