//! Redaction: a passage or a name is cut out of what is delivered and printed. What came stays as it came.

use super::approve::{note, rewrite};
use crate::Error;
use db::prelude::*;
use domain::{AnswerId, StaffId, state::answer::AnswerState, text::AnswerText};
use serde_json::json;
use web::App;

/// What stands where something was cut out, in either language.
pub const GAP: &str = "[…]";

/// Most passages at once.
const MOST: usize = 50;

/// The passages of a form, one a line; the longest first, so that one within another leaves no rest.
pub(crate) fn passages(typed: &str) -> Vec<String> {
    let lines = typed.lines().map(str::trim).filter(|l| !l.is_empty());
    let mut found: Vec<String> = lines.take(MOST).map(str::to_owned).collect();
    found.sort_by_key(|p| std::cmp::Reverse(p.len()));
    found.dedup();
    found
}

/// The text without the passages, and how often one was cut out; the passage that does not stand in it otherwise.
pub(crate) fn without(body: &str, passages: &[String]) -> Result<(String, usize), String> {
    if let Some(absent) = passages.iter().find(|p| !body.contains(p.as_str())) {
        return Err(absent.clone());
    }
    let mut text = body.to_owned();
    let mut count = 0;
    for passage in passages {
        count += text.matches(passage.as_str()).count();
        text = text.replace(passage.as_str(), GAP);
    }
    Ok((text, count))
}

/// Keeps the redacted text of an answer in review, or of one that was approved: its asker's page and the next print show
/// it so at once. The record says how much was cut out, and never what.
///
/// # Errors
/// Stale when somebody else was faster.
pub async fn redact(
    tx: &WriteTx,
    app: &App,
    staff: StaffId,
    answer: AnswerId,
    (body, count): (AnswerText, usize),
    version: i32,
) -> Result<(), Error> {
    let states = [AnswerState::InReview, AnswerState::Approved];
    let row = rewrite(tx, app, staff, answer, body, version, &states).await?;
    note(
        tx,
        app,
        staff,
        &row,
        "answer.redacted",
        json!({ "passages": count, "state": row.state }),
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_goes_and_a_name_within_a_longer_one_leaves_no_rest() {
        let cut = passages(" 홍길동\n홍길동 부장\n\n010-1234-5678\n홍길동");
        let (text, count) = without("홍길동 부장이 답합니다. 홍길동, 010-1234-5678.", &cut).expect("all stand there");
        assert_eq!((text.as_str(), count), ("[…]이 답합니다. […], […].", 3));
        assert_eq!(without("아무도 없습니다.", &cut), Err("홍길동 부장".into()));
    }
}
