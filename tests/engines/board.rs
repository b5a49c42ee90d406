//! A board with more than is read whole, page by page, there and back.

use db::{entity, prelude::*};
use domain::{
    role::Role,
    state::question::{Board, Prefers},
};
use moderation::triage::reading::service::review::{self, Given};
use testkit::{Browser, World, crowd};

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

/// The numbers of all pages from `path` on; each page's way back leads to the page before.
async fn walked(browser: &mut Browser, mut path: String) -> Vec<i32> {
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
            None => return all,
        }
    }
}

/// Too many for the few, and too few of all for a frequent word: on PostgreSQL the list of words is gone along.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_word_of_more_than_a_thousand_is_paged_without_a_gap() {
    let world = World::new().await;
    let app = &world.app;
    let made = crowd::crowd(&app.db, app.clock.now(), "many", 1_900)
        .await
        .expect("a crowd");
    world.staff("moderator", &[Role::Moderator]).await;
    let mut hold = entity::question::Entity::find()
        .filter(entity::question::Column::EventId.eq(made.event))
        .order_by_asc(entity::question::Column::Number)
        .all(app.db.reader())
        .await
        .expect("reads");
    hold.retain(|q| q.body.contains(crowd::FREQUENT));
    assert!(hold.len() > 1_000, "{}", hold.len());
    let mut browser = world.signed_in("moderator").await;
    let board = format!("/desk/events/many/triage?q={}", crowd::FREQUENT);
    let number = |q: &entity::question::Model| q.number.expect("it was sent");
    let all: Vec<i32> = hold.iter().map(number).collect();
    assert_eq!(walked(&mut browser, format!("{board}&state=all")).await, all);
    let inbox: Vec<i32> = hold
        .iter()
        .filter(|q| q.board == Some(Board::Inbox))
        .map(number)
        .rev()
        .collect();
    assert!(inbox.len() < all.len());
    assert_eq!(walked(&mut browser, format!("{board}&sort=newest")).await, inbox);
    let stage: Vec<i32> = hold
        .iter()
        .filter(|q| q.prefers == Prefers::Stage)
        .map(number)
        .collect();
    assert_eq!(
        walked(&mut browser, format!("{board}&state=all&prefers=stage")).await,
        stage
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_scored_stands_first_and_the_rest_by_number_on_every_page_there_and_back() {
    let world = World::new().await;
    let app = &world.app;
    let made = crowd::crowd(&app.db, app.clock.now(), "many", 3_000)
        .await
        .expect("a crowd");
    let me = world.staff("moderator", &[Role::Moderator]).await;
    let inbox = entity::question::Entity::find()
        .filter(entity::question::Column::EventId.eq(made.event))
        .filter(entity::question::Column::Board.eq(Board::Inbox))
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
    let all = walked(&mut browser, "/desk/events/many/triage?sort=score".to_owned()).await;
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
