//! One's own score before the others', on a board that is read along its indexes.

use db::{entity, prelude::*};
use domain::role::Role;
use moderation::triage::reading::service::review::{self, Given};
use testkit::{World, crowd};

/// More than are read whole.
const QUESTIONS: usize = 3_000;

fn numbers(page: &str) -> Vec<i32> {
    let rows = page.split("<tr data-row id=\"q").skip(1);
    rows.map(|row| row.split('"').next().unwrap_or_default().parse().expect("a number"))
        .collect()
}

/// Where a link of the pager leads.
fn link(page: &str, rel: &str) -> Option<String> {
    let (head, _) = page.split_once(&format!("rel=\"{rel}\""))?;
    let href = head.rsplit("href=\"").next()?.split('"').next()?;
    Some(href.replace("&#38;", "&").replace("&amp;", "&"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_scored_stands_first_and_the_rest_by_number_on_every_page_there_and_back() {
    let world = World::new().await;
    let app = &world.app;
    let made = crowd::crowd(&app.db, app.clock.now(), "many", QUESTIONS)
        .await
        .expect("a crowd");
    let me = world.staff("moderator", &[Role::Moderator]).await;
    let inbox = entity::question::Entity::find()
        .filter(entity::question::Column::EventId.eq(made.event))
        .filter(entity::question::Column::Board.eq(domain::state::question::Board::Inbox))
        .order_by_asc(entity::question::Column::Number)
        .all(app.db.reader())
        .await
        .expect("reads");
    // Sixty of them, more than a page, from the last to the first, worse and worse.
    let mine: Vec<i32> = (0..60)
        .map(|n| inbox[inbox.len() - 1 - n * 7].number.unwrap_or_default())
        .collect();
    for (n, number) in mine.iter().enumerate() {
        let question = inbox.iter().find(|q| q.number == Some(*number)).expect("there");
        let tx = app.db.begin_write().await.expect("begins");
        let given = Given::Overall(5 - i32::try_from(n / 12).expect("small"));
        review::give(&tx, app, me, question, None, &given, None)
            .await
            .expect("scores");
        tx.commit().await.expect("commits");
    }
    let mut browser = world.signed_in("moderator").await;
    let mut path = "/desk/events/many/triage?sort=score".to_owned();
    let (mut all, mut before): (Vec<i32>, Option<Vec<i32>>) = (Vec::new(), None);
    loop {
        let page = browser.get(&path).await.ok();
        let here = numbers(&page.body);
        if let Some(before) = before.replace(here.clone()) {
            let back = link(&page.body, "prev").expect("a way back");
            assert_eq!(numbers(&browser.get(&back).await.ok().body), before, "{back}");
        }
        all.extend(here);
        match link(&page.body, "next") {
            Some(next) => path = next,
            None => break,
        }
    }
    let (first, rest) = all.split_at(60);
    for (of_five, scored) in first.chunks(12).zip(mine.chunks(12)) {
        let (mut of_five, mut scored) = (of_five.to_vec(), scored.to_vec());
        of_five.sort_unstable();
        scored.sort_unstable();
        assert_eq!(of_five, scored, "the better before the worse");
    }
    assert_eq!(all.len(), inbox.len());
    assert!(rest.is_sorted() && rest.iter().all(|number| !mine.contains(number)));
    let good = browser.get("/desk/events/many/triage?score=4&state=all").await.ok();
    assert_eq!(numbers(&good.body).len(), 24, "the crowd's means are others'");
}
