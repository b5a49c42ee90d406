//! Every quoted partner, speaker and crew member says whether their words may stand as they will.
//!
//! An `approval` is about exactly these words under exactly this name: its hash. So an edit of somebody's words makes
//! theirs, and nobody else's, open again, and going back to what was approved needs no new word.

mod accept;
mod ask;
mod contact;
mod decide;
mod letter;
mod remind;

pub use accept::accept;
pub use ask::{Asks, ask, note_approved};
pub use decide::{Decision, decide};
pub use remind::remind;

use ask::insert_approved;
pub(crate) use contact::{Contact, contacts};
pub(crate) use letter::correction;

use crate::{
    Error,
    article::{BlockBody, BlockDraft, Draft, Piece, Snapshot, Source, Verdict, Verdicts, Who, Words, words},
    repo,
};
use chrono::{DateTime, Utc};
use db::{
    audit::Actor,
    entity::{approval, approver, article},
    prelude::*,
};
use domain::{
    ApproverId,
    state::article::{ApprovalState, Unapproved},
    token::{Purpose, day_stamp_after},
};
use std::collections::HashMap;
use uuid::Uuid;

/// Days for which a link counts: words can be taken back long after they were printed.
const LINK_DAYS: u64 = 365;

/// How it stands with somebody's words in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nobody asked yet.
    Missing,
    /// The words changed since they were shown.
    Reopened,
    Asked,
    Approved,
    ChangeWanted,
    Withdrawn,
}

impl Status {
    pub const ALL: [Self; 6] = [
        Self::Missing,
        Self::Reopened,
        Self::Asked,
        Self::ChangeWanted,
        Self::Withdrawn,
        Self::Approved,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Reopened => "reopened",
            Self::Asked => "asked",
            Self::Approved => "approved",
            Self::ChangeWanted => "change_wanted",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Somebody's words in one place, and what they say to them.
#[derive(Clone, Debug)]
pub struct Item {
    pub words: Words,
    pub status: Status,
    /// The row about exactly these words.
    pub row: Option<approval::Model>,
    /// What becomes of them when the article goes out now.
    pub verdict: Verdict,
    /// They took back words in this place, and approved none since.
    pub withdrawn: bool,
}

impl Item {
    /// What they would rather say: part and text.
    pub fn suggestion(&self) -> Vec<Piece> {
        let row = self.row.as_ref().filter(|row| row.state == ApprovalState::ChangeWanted);
        pieces(row.and_then(|row| row.suggestion.as_ref()))
    }
}

/// Everybody who is quoted, each with their words, in the order of the article.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub people: Vec<(Who, Option<approver::Model>, Vec<Item>)>,
}

impl Sheet {
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.people.iter().flat_map(|(_, _, items)| items)
    }

    pub fn count(&self, status: Status) -> usize {
        self.items().filter(|i| i.status == status).count()
    }

    pub(crate) fn count_verdict(&self, verdict: Verdict) -> usize {
        self.items().filter(|i| i.verdict == verdict).count()
    }

    pub(crate) fn verdicts(&self) -> Verdicts {
        self.items()
            .map(|i| ((i.words.about, i.words.who), i.verdict))
            .collect()
    }
}

/// The pieces that a row keeps as JSON.
pub(crate) fn pieces(json: Option<&serde_json::Value>) -> Vec<Piece> {
    json.and_then(|json| serde_json::from_value(json.clone()).ok())
        .unwrap_or_default()
}

/// What the article is made of, what it would say with everybody's leave, and what its people say.
pub(crate) async fn sheet(
    conn: &impl ConnectionTrait,
    article: &article::Model,
    draft: Draft,
) -> Result<(Source, Snapshot, Sheet), Error> {
    let source = Source::of(conn, article, draft).await?;
    let whole = source.snapshot(&Verdicts::new());
    let approvers = repo::approvers(conn, article.id).await?;
    let rows = repo::approvals(conn, approvers.iter().map(|a| a.id)).await?;
    let choices = choices(&source.draft);
    let mut sheet = Sheet::default();
    for words in words(&whole) {
        let approver = approvers.iter().find(|a| repo::who(a) == Some(words.who));
        let said: Vec<&approval::Model> = rows
            .iter()
            .filter(|r| approver.is_some_and(|a| a.id == r.approver_id) && r.about == words.about)
            .collect();
        let (status, row) = status(&said, &words.hash());
        let verdict = verdict(status, &said, choices.get(&words.block.uuid()).copied());
        let item = Item {
            withdrawn: taken_back(status, &said),
            status,
            row: row.cloned(),
            verdict,
            words,
        };
        match sheet.people.iter_mut().find(|(who, _, _)| *who == item.words.who) {
            Some((_, _, items)) => items.push(item),
            None => sheet.people.push((item.words.who, approver.cloned(), vec![item])),
        }
    }
    Ok((source, whole, sheet))
}

/// What the article would say with the leave of everybody who took nothing back.
pub(crate) async fn without_withdrawn(
    conn: &impl ConnectionTrait,
    article: &article::Model,
) -> Result<Snapshot, Error> {
    let draft = Draft::of(article, repo::blocks(conn, article.id).await?);
    let (source, _, sheet) = sheet(conn, article, draft).await?;
    let withdrawn = sheet.items().filter(|i| i.withdrawn);
    let out: Verdicts = withdrawn
        .map(|i| ((i.words.about, i.words.who), Verdict::Out))
        .collect();
    Ok(source.snapshot(&out))
}

/// Everybody who is quoted in this draft of the article, and what they say.
///
/// # Errors
/// When the database refuses.
pub async fn people(conn: &impl ConnectionTrait, article: &article::Model, draft: Draft) -> Result<Sheet, Error> {
    Ok(sheet(conn, article, draft).await?.2)
}

fn choices(draft: &Draft) -> HashMap<Uuid, Unapproved> {
    let choice = |b: &BlockDraft| match &b.body {
        BlockBody::Exchange(x) => Some((b.id.uuid(), x.unapproved)),
        BlockBody::Quote { unapproved, .. } => Some((b.id.uuid(), *unapproved)),
        _ => None,
    };
    draft.blocks.iter().filter_map(choice).collect()
}

fn status<'a>(said: &[&'a approval::Model], hash: &str) -> (Status, Option<&'a approval::Model>) {
    let row = said.iter().copied().find(|r| r.hash == hash);
    let status = match row.map(|r| r.state) {
        Some(ApprovalState::Asked) => Status::Asked,
        Some(ApprovalState::Approved) => Status::Approved,
        Some(ApprovalState::ChangeWanted) => Status::ChangeWanted,
        Some(ApprovalState::Withdrawn) => Status::Withdrawn,
        None if said.iter().any(|r| r.state == ApprovalState::Withdrawn) => Status::Withdrawn,
        None if said.is_empty() => Status::Missing,
        None => Status::Reopened,
    };
    (status, row)
}

/// Words that were taken back stay out, in whatever form, until other ones are approved in their place.
fn verdict(status: Status, said: &[&approval::Model], choice: Option<Unapproved>) -> Verdict {
    if status == Status::Approved {
        Verdict::Stand
    } else if taken_back(status, said) {
        Verdict::Out
    } else if choice == Some(Unapproved::Anonymise) {
        Verdict::Anonymous
    } else {
        Verdict::Out
    }
}

fn taken_back(status: Status, said: &[&approval::Model]) -> bool {
    status != Status::Approved && said.iter().any(|r| r.state == ApprovalState::Withdrawn)
}

impl Who {
    pub(crate) const fn actor(self) -> Actor {
        match self {
            Self::Partner(id) => Actor::Partner(id),
            Self::Speaker(id) => Actor::Speaker(id),
            Self::Crew(id) => Actor::Crew(id),
        }
    }
}

/// The path of somebody's page, for staff who send it by another way.
pub fn path(app: &web::App, id: ApproverId) -> String {
    let stamp = until(app.clock.now());
    format!("/w/{}", app.keys.sign(Purpose::Approval, id.uuid(), stamp))
}

fn until(now: DateTime<Utc>) -> u16 {
    day_stamp_after(now, LINK_DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ApprovalId;

    fn row(hash: &str, state: ApprovalState) -> approval::Model {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("time");
        approval::Model {
            id: ApprovalId::new(),
            approver_id: ApproverId::new(),
            about: Uuid::nil(),
            hash: hash.into(),
            line: String::new(),
            words: serde_json::json!([]),
            state,
            suggestion: None,
            remark: String::new(),
            asked_at: now,
            decided_at: (state != ApprovalState::Asked).then_some(now),
            noted_by: None,
        }
    }

    #[test]
    fn other_words_open_an_approval_and_the_same_ones_close_it() {
        let rows = [row("a", ApprovalState::Approved)];
        let said: Vec<&approval::Model> = rows.iter().collect();
        assert_eq!(status(&said, "a").0, Status::Approved);
        assert_eq!(status(&said, "b").0, Status::Reopened);
        assert_eq!(status(&[], "a").0, Status::Missing);
        let choice = Some(Unapproved::Anonymise);
        assert_eq!(verdict(Status::Approved, &said, choice), Verdict::Stand);
        assert_eq!(verdict(Status::Reopened, &said, choice), Verdict::Anonymous);
        assert_eq!(verdict(Status::Reopened, &said, None), Verdict::Out);
    }

    #[test]
    fn what_was_taken_back_stays_out_until_other_words_are_approved() {
        let rows = [row("a", ApprovalState::Withdrawn), row("b", ApprovalState::Asked)];
        let said: Vec<&approval::Model> = rows.iter().collect();
        let choice = Some(Unapproved::Anonymise);
        assert_eq!(status(&said, "c").0, Status::Withdrawn);
        assert_eq!(verdict(status(&said, "b").0, &said, choice), Verdict::Out);
        let rows = [row("a", ApprovalState::Withdrawn), row("b", ApprovalState::Approved)];
        let said: Vec<&approval::Model> = rows.iter().collect();
        assert_eq!(verdict(status(&said, "b").0, &said, choice), Verdict::Stand);
    }
}
