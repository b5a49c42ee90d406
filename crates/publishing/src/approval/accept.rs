//! An editor takes what somebody would rather say: into the article, never into the answer itself.

use super::{ask, insert_approved, sheet};
use crate::{
    Error,
    article::{
        BlockBody, BlockDraft, Draft, How, QUESTION, QUOTE, QuoteBy, Who, Words, note_revision, says, store, words,
    },
    repo,
};
use db::{
    entity::{answer, approval, approver},
    prelude::*,
};
use domain::{
    AnswerId, ApprovalId, ArticleId, StaffId,
    state::article::{ApprovalState, ArticleState},
    text,
};

/// Puts the suggested words into the article. They are approved with that, when they stand there as they were suggested.
///
/// # Errors
/// [`Error::NotFound`] when nothing is suggested; stale when the words changed meanwhile.
pub async fn accept(app: &web::App, staff: StaffId, id: ArticleId, of: ApprovalId) -> Result<(), Error> {
    let tx = app.db.begin_write().await?;
    let row = repo::article(&tx, id).await?;
    let stands = Draft::of(&row, repo::blocks(&tx, id).await?);
    let wish = approval::Entity::find_by_id(of)
        .one(&tx)
        .await?
        .ok_or(Error::NotFound)?;
    let by = approver::Entity::find_by_id(wish.approver_id).one(&tx).await?;
    let by = by.filter(|by| by.article_id == id).ok_or(Error::NotFound)?;
    let who = repo::who(&by).ok_or(Error::NotFound)?;
    let suggestion = super::pieces(wish.suggestion.as_ref());
    if wish.state != ApprovalState::ChangeWanted || suggestion.is_empty() || row.state == ArticleState::Withdrawn {
        return Err(Error::NotFound);
    }
    let (source, whole, _) = sheet(&tx, &row, stands.clone()).await?;
    let theirs = |all: Vec<Words>| all.into_iter().find(|w| w.about == wish.about && w.who == who);
    let Some(now) = theirs(words(&whole)).filter(|w| w.hash() == wish.hash) else {
        return Err(db::Error::Stale { what: "approval" }.into());
    };
    let mut draft = stands.clone();
    if let Some(block) = draft.blocks.iter_mut().find(|b| b.id == now.block) {
        for piece in &suggestion {
            take(block, &piece.part, text::tidy(&piece.text), who);
        }
        if let BlockBody::Exchange(x) = &mut block.body {
            // What stood out may be said no longer.
            let answers = source.material.answers_to(x.asked);
            let said = |a: &&answer::Model| says(x.texts.get(&a.id.to_string()).unwrap_or(&a.body), &x.pull);
            if !answers.iter().any(said) {
                x.pull.clear();
            }
        }
    }
    store(&tx, app, &row, &draft).await?;
    note_revision(&tx, app, staff, &row, (&stands, &draft), row.version + 1, How::Pressed).await?;
    ask::note(&tx, app, staff, &row, "approval.accepted", serde_json::json!({})).await?;
    let (_, _, after) = sheet(&tx, &row, draft).await?;
    let item = after
        .items()
        .find(|i| i.words.about == wish.about && i.words.who == who);
    let as_wished = |w: &Words| {
        let said = |part: &str| suggestion.iter().find(|p| p.part == part).map(|p| text::tidy(&p.text));
        w.line == wish.line && w.pieces.iter().all(|p| said(&p.part).is_none_or(|text| text == p.text))
    };
    if let Some(item) = item.filter(|i| i.row.is_none() && as_wished(&i.words)) {
        insert_approved(&tx, app, by.id, item).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn take(block: &mut BlockDraft, part: &str, new: String, who: Who) {
    if new.is_empty() {
        return;
    }
    match &mut block.body {
        BlockBody::Exchange(x) if part == QUESTION || part.parse::<AnswerId>().is_ok() => {
            x.texts.insert(part.to_owned(), new);
        }
        BlockBody::Quote { by, text, .. } if part == QUOTE => {
            // No longer the words of an answer, but theirs all the same.
            *by = match who {
                Who::Partner(id) => QuoteBy::Partner(id),
                Who::Speaker(id) => QuoteBy::Speaker(id),
                Who::Crew(id) => QuoteBy::Crew(id),
            };
            *text = new;
        }
        _ => {}
    }
}
