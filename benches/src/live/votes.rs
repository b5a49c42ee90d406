//! A hall that votes: each telephone presses twice, and counts once.

use super::{READERS, desk, field};
use anyhow::{Context, Result, ensure};
use db::{
    Db,
    entity::{event, hall_vote, question},
    prelude::*,
};
use domain::{QuestionId, state::question::QuestionState};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use testkit::Wire;
use tokio::task::JoinSet;

pub(super) const PHONES: usize = 2_000;

/// A question that the hall asks and the telephones show.
pub(super) async fn ask(db: &Db, staff: &mut Wire, slug: &str) -> Result<QuestionId> {
    let from = event::Entity::find()
        .filter(event::Column::Slug.eq(slug))
        .one(db.reader())
        .await?
        .and_then(|event| event.hall_from)
        .context("the page is open")?;
    let asked = question::Entity::find()
        .filter(question::Column::State.eq(QuestionState::Received))
        .order_by_desc(question::Column::Number)
        .one(db.reader())
        .await?
        .context("a question")?
        .id;
    let tx = db.begin_write().await?;
    question::Entity::update_many()
        .col_expr(question::Column::ReceivedAt, Expr::value(from))
        .filter(question::Column::Id.eq(asked))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    let page = format!("/desk/events/{slug}/telephones");
    desk(
        staff,
        &page,
        &page,
        &[("act", "show"), ("question", &asked.to_string())],
    )
    .await?;
    Ok(asked)
}

/// Votes on the nodes in turn, everybody at the same moment. How long it took until the last one was told, and the
/// longest that one telephone waited.
///
/// # Errors
/// When a vote is refused, or is not counted exactly once.
pub(super) async fn cast(db: &Db, nodes: &[SocketAddr], code: &str, asked: QuestionId) -> Result<(Duration, Duration)> {
    let path = format!("/now/{code}");
    let mut phones = Vec::with_capacity(PHONES);
    for n in 0..PHONES {
        let mut wire = Wire::new(nodes[n % nodes.len()]);
        let page = wire.get(&path).await.with_context(|| format!("telephone {n}"))?.body;
        let csrf = field(&page, "csrf").context("a token")?;
        let vote = asked.to_string();
        phones.push((wire, serde_html_form::to_string([("csrf", csrf), ("vote", vote)])?));
    }
    let before = votes(db, asked).await?;
    let begun = Instant::now();
    let mut all = JoinSet::new();
    for (mut wire, form) in phones {
        let path = path.clone();
        all.spawn(async move {
            let begun = Instant::now();
            // A thumb that presses twice.
            for _ in 0..2 {
                let status = wire.post(&path, &form).await?.status;
                ensure!(status == 303, "a vote answers {status}");
            }
            anyhow::Ok(begun.elapsed())
        });
    }
    let mut longest = Duration::ZERO;
    while let Some(waited) = all.join_next().await {
        longest = longest.max(waited??);
    }
    let took = begun.elapsed();
    let counted = votes(db, asked).await? - before;
    ensure!(
        counted == u64::try_from(PHONES)?,
        "{counted} votes of {PHONES} telephones, {READERS} reading"
    );
    Ok((took, longest))
}

async fn votes(db: &Db, asked: QuestionId) -> Result<u64> {
    let of_question = hall_vote::Entity::find().filter(hall_vote::Column::QuestionId.eq(asked));
    Ok(of_question.count(db.reader()).await?)
}
