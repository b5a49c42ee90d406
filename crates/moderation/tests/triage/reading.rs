//! Reading and scoring: what two moderators see of each other, and what none sees of the asker.

use crate::{browser::Browser, story::Story};
use db::{
    entity::{partner, question, question_score, review},
    prelude::*,
};
use moderation::{
    Error,
    triage::reading::service::{
        figures::{figures, weighted},
        review::{self as reading, Given},
        settings::{self, Wanted},
    },
};
use std::{collections::BTreeMap, sync::Arc};

pub(crate) async fn question(story: &Story, n: usize) -> question::Model {
    let found = question::Entity::find_by_id(story.questions[n])
        .one(story.app.db.reader())
        .await;
    found.expect("reads").expect("there")
}

async fn give(story: &Story, staff: usize, n: usize, given: &Given) -> Result<(), Error> {
    let question = question(story, n).await;
    let tx = story.app.db.begin_write().await?;
    reading::give(&tx, &story.app, story.staff[staff], &question, None, given, None).await?;
    Ok(tx.commit().await?)
}

async fn score(story: &Story, n: usize) -> question_score::Model {
    let found = question_score::Entity::find_by_id(story.questions[n])
        .one(story.app.db.reader())
        .await;
    found.expect("reads").expect("somebody has read it")
}

async fn switch(story: &Story, blind: bool, own_first: bool) {
    let wanted: Vec<Wanted> = settings::criteria(&story.app, story.event)
        .await
        .expect("criteria")
        .into_iter()
        .map(|c| Wanted {
            id: Some(c.id),
            name: c.name,
            name_en: c.name_en,
            weight: c.weight,
        })
        .collect();
    save(story, blind, own_first, &wanted).await;
}

async fn save(story: &Story, blind: bool, own_first: bool, wanted: &[Wanted]) {
    let tx = story.app.db.begin_write().await.expect("begins");
    settings::save(&tx, &story.app, story.staff[0], story.event, (blind, own_first), wanted)
        .await
        .expect("saves");
    tx.commit().await.expect("commits");
}

/// Every kept figure equals the one worked out from the marks.
async fn all_figures_hold(story: &Story) {
    let conn = story.app.db.reader();
    let criteria = settings::criteria(&story.app, story.event).await.expect("criteria");
    let weights: BTreeMap<_, _> = criteria.iter().map(|c| (c.id, c.weight)).collect();
    let marks = db::entity::mark::Entity::find().all(conn).await.expect("marks");
    for kept in question_score::Entity::find().all(conn).await.expect("figures") {
        let reviews = review::Entity::find()
            .filter(review::Column::QuestionId.eq(kept.question_id))
            .all(conn)
            .await
            .expect("reviews");
        let mut scores = Vec::new();
        for review in &reviews {
            let own = marks.iter().filter(|m| m.review_id == review.id);
            let score = weighted(own.map(|m| (m.value, weights[&m.criterion_id])));
            assert_eq!(score, review.score_milli);
            assert_eq!(review.scored_at.is_some(), score.is_some());
            scores.extend(score);
        }
        let fresh = figures(&scores);
        assert_eq!(usize::try_from(kept.readers).ok(), Some(reviews.len()));
        assert_eq!(usize::try_from(kept.scored).ok(), Some(scores.len()));
        assert_eq!(
            (kept.mean_milli, kept.median_milli, kept.spread_milli),
            (fresh.map(|f| f.mean), fresh.map(|f| f.median), fresh.map(|f| f.spread))
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_the_kept_figures_are_those_of_the_marks() {
    let story = Story::new(4).await;
    let mut criteria = settings::criteria(&story.app, story.event).await.expect("criteria");
    // Drawn by lot, always the same: sixty deeds of two moderators, with changes of the criteria between.
    let mut state = 7_u64;
    let mut draw = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for deed in 0..60 {
        let (staff, n) = (usize::from(draw(2) == 1), usize::try_from(draw(4)).expect("small"));
        match draw(8) {
            0 => give(&story, staff, n, &Given::Abstain).await.expect("abstains"),
            1 => {
                let question = question(&story, n).await;
                reading::note_read(&story.app, story.staff[staff], &question)
                    .await
                    .expect("reads");
            }
            2 => {
                let mut wanted: Vec<Wanted> = criteria
                    .iter()
                    .map(|c| Wanted {
                        id: Some(c.id),
                        name: c.name.clone(),
                        name_en: c.name_en.clone(),
                        weight: 1 + i32::try_from(draw(9)).expect("small"),
                    })
                    .collect();
                if wanted.len() > 2 {
                    wanted.remove(0);
                } else {
                    wanted.push(Wanted {
                        id: None,
                        name: format!("기준 {deed}"),
                        name_en: String::new(),
                        weight: 5,
                    });
                }
                save(&story, false, true, &wanted).await;
                criteria = settings::criteria(&story.app, story.event).await.expect("criteria");
            }
            _ => {
                let marks = criteria
                    .iter()
                    .map(|c| (c.id, 1 + i32::try_from(draw(5)).expect("small")));
                let marks = Given::Marks(marks.collect());
                give(&story, staff, n, &marks).await.expect("scores");
            }
        }
        all_figures_hold(&story).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_score_at_once_are_both_counted() {
    let story = Arc::new(Story::new(12).await);
    let tasks: Vec<_> = (0..24)
        .map(|n| {
            let story = Arc::clone(&story);
            let value = 1 + i32::try_from(n % 2 * 4).expect("small");
            tokio::spawn(async move { give(&story, n % 2, n / 2, &Given::Overall(value)).await })
        })
        .collect();
    for task in tasks {
        task.await.expect("runs").expect("scores");
    }
    for n in 0..12 {
        let kept = score(&story, n).await;
        assert_eq!((kept.readers, kept.scored), (2, 2));
        assert_eq!((kept.mean_milli, kept.spread_milli), (Some(3000), Some(2000)));
    }
    let audited = db::entity::audit_entry::Entity::find()
        .filter(db::entity::audit_entry::Column::Action.eq("review.scored"))
        .count(story.app.db.reader())
        .await;
    assert_eq!(audited.expect("counts"), 24);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn marks_out_of_range_or_missing_are_refused_and_change_nothing() {
    let story = Story::new(1).await;
    let criteria = settings::criteria(&story.app, story.event).await.expect("criteria");
    give(&story, 0, 0, &Given::Overall(4)).await.expect("scores");
    let some = Given::Marks(BTreeMap::from([(criteria[0].id, 3)]));
    for given in [Given::Overall(0), Given::Overall(6), some] {
        let refused = give(&story, 0, 0, &given).await.expect_err("refused");
        assert!(matches!(refused, Error::Refused("refused-marks")), "{refused}");
    }
    assert_eq!(score(&story, 0).await.mean_milli, Some(4000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_scores_show_after_ones_own() {
    let story = Story::new(1).await;
    let panel = format!("/desk/events/talk/questions/{}", story.questions[0]);
    let (to, mut other) = (format!("{panel}/score"), Browser::signed_in(&story.app, 1).await);
    let said = [("value", "2"), ("comment", "무대에는 너무 좁은 질문입니다.")];
    assert_eq!(other.submit(&panel, &to, &said).await.0, 303);
    let mut browser = Browser::signed_in(&story.app, 0).await;
    let page = browser.get(&panel).await;
    assert!(page.contains("2명이 읽음"), "opening it is reading it: {page}");
    for hidden in ["2.00", "너무 좁은", "<dl class=\"stats\">"] {
        assert!(!page.contains(hidden), "{hidden} shows before one's own score");
    }
    // A form that is incomplete comes back with what was typed.
    let criteria = settings::criteria(&story.app, story.event).await.expect("criteria");
    let mark = format!("mark-{}", criteria[0].id);
    let typed = [
        ("act", "score"),
        (mark.as_str(), "5"),
        ("comment", "좋습니다 <b>"),
        ("seen", "1"),
    ];
    let (status, page) = browser.submit(&panel, &to, &typed).await;
    assert_eq!(status, 422);
    assert!(page.contains(&format!("name=\"{mark}\" value=\"5\" checked")), "{page}");
    assert!(page.contains("좋습니다 &#60;b&#62;"), "{page}");
    assert_eq!(
        browser
            .submit(&panel, &to, &[("act", "abstain"), ("seen", "1")])
            .await
            .0,
        303
    );
    let page = browser.get(&panel).await;
    for shown in ["2.00", "너무 좁은", "<dl class=\"stats\">"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    // The same form again, from another window: not overwritten unseen.
    let (status, page) = browser.submit(&panel, &to, &[("value", "5"), ("seen", "1")]).await;
    assert_eq!(status, 422);
    assert!(page.contains("다른 창에서"), "{page}");
    // The board's key has no form to be old.
    assert_eq!(browser.submit(&panel, &to, &[("value", "5")]).await.0, 303);
    assert_eq!(score(&story, 0).await.mean_milli, Some(3500));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_queue_scores_what_its_reader_never_opened() {
    let story = Story::new(1).await;
    let mut browser = Browser::signed_in(&story.app, 0).await;
    let queue = "/desk/events/talk/read";
    let to = format!("/desk/events/talk/questions/{}/score", story.questions[0]);
    let page = browser.get(queue).await;
    let seen = page.split("name=\"seen\" value=\"").nth(1);
    let seen = seen.and_then(|rest| rest.split('"').next()).expect("what it has seen");
    let form = |value| [("seen", seen), ("then", "read"), ("value", value)];
    assert_eq!(browser.submit(queue, &to, &form("4")).await.0, 303);
    // The same page in another window, from before: the score is not overwritten unseen.
    let (status, page) = browser.submit(queue, &to, &form("1")).await;
    assert_eq!(status, 422);
    assert!(page.contains("다른 창에서"), "{page}");
    assert_eq!(score(&story, 0).await.mean_milli, Some(4000));
}

const NAME: &str = "카나리아 씨";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blind_readers_are_not_sent_the_name() {
    let story = Story::new(1).await;
    let tx = story.app.db.begin_write().await.expect("begins");
    partner::Entity::update_many()
        .col_expr(partner::Column::Name, Expr::value(NAME))
        .col_expr(partner::Column::GroupName, Expr::value("종달새모임"))
        .exec(&tx)
        .await
        .expect("names");
    question::Entity::update_many()
        .col_expr(
            question::Column::Body,
            Expr::value(format!("종달새모임의 {NAME}입니다. 정산은 언제 빨라지나요?")),
        )
        .exec(&tx)
        .await
        .expect("signs");
    tx.commit().await.expect("commits");
    let mut browser = Browser::signed_in(&story.app, 0).await;
    let panel = format!("/desk/events/talk/questions/{}", story.questions[0]);
    let queue = "/desk/events/talk/read";
    assert!(browser.get(queue).await.contains(NAME), "seen while not blind");
    switch(&story, true, true).await;
    let note = [("memo", format!("{NAME} 님은 누구죠?"))];
    let note: Vec<_> = note.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let queued = browser.get(queue).await;
    let noted = browser.submit(queue, &format!("{panel}/notes"), &note).await;
    assert_eq!(noted.0, 303);
    let refused = browser
        .submit(&panel, &format!("{panel}/score"), &[("value", "9"), ("then", "read")])
        .await;
    assert_eq!(refused.0, 422);
    for page in [queued, browser.get(&panel).await, refused.1] {
        assert!(page.contains("정산은 언제"), "{page}");
        for canary in [NAME, "종달새모임"] {
            assert!(!page.contains(canary), "{canary}: {page}");
        }
    }
    switch(&story, false, true).await;
    assert!(browser.get(&panel).await.contains(NAME), "and again when it is off");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_queue_gives_the_least_read_and_each_their_own_order() {
    let story = Story::new(30).await;
    let mut browsers = [
        Browser::signed_in(&story.app, 0).await,
        Browser::signed_in(&story.app, 1).await,
    ];
    let queue = "/desk/events/talk/read";
    let shown = |page: &str| -> String {
        let rest = page.split("/questions/").nth(1).expect("a question");
        rest.split(['/', '"']).next().expect("an id").to_owned()
    };
    let first = browsers[0].get(queue).await;
    assert!(first.contains("30건 중 0건 읽음"), "{first}");
    assert_eq!(
        shown(&first),
        shown(&browsers[0].get(queue).await),
        "it stays while nobody scores"
    );
    // Both in turns: the first thirty turns meet thirty questions, none twice.
    let mut met = std::collections::BTreeSet::new();
    for turn in 0..30 {
        let page = browsers[turn % 2].get(queue).await;
        let id = shown(&page);
        let to = format!("/desk/events/talk/questions/{id}/score");
        let act: &[(&str, &str)] = match turn % 3 {
            0 => &[("value", "4"), ("then", "read")],
            1 => &[("act", "abstain"), ("then", "read")],
            _ => &[("act", "read"), ("then", "read")],
        };
        assert_eq!(browsers[turn % 2].submit(queue, &to, act).await.0, 303);
        assert!(met.insert(id), "turn {turn}: read while others were not");
    }
    let page = browsers[0].get(queue).await;
    assert!(page.contains("30건 중 15건 읽음"), "{page}");
    assert!(met.contains(&shown(&page)), "then what the other has read");
    for _ in 0..15 {
        let page = browsers[0].get(queue).await;
        let to = format!("/desk/events/talk/questions/{}/score", shown(&page));
        assert_eq!(
            browsers[0]
                .submit(queue, &to, &[("value", "3"), ("then", "read")])
                .await
                .0,
            303
        );
    }
    assert!(browsers[0].get(queue).await.contains("모두 읽었습니다"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_are_saved_and_a_wrong_row_is_said_at_its_field() {
    let story = Story::new(1).await;
    let page = "/desk/events/talk/reading";
    let mut browser = Browser::signed_in(&story.app, 0).await;
    assert!(browser.get(page).await.contains("무대 적합성"));
    let rows = [("id", ""), ("name", ""), ("name_en", "Only English"), ("weight", "3")];
    let (status, body) = browser.submit(page, page, &rows).await;
    assert_eq!(status, 422);
    assert!(body.contains("name-1-error") && body.contains("Only English"), "{body}");
    let (status, body) = browser
        .submit(page, page, &[("name", ""), ("name_en", ""), ("weight", "1")])
        .await;
    assert_eq!(status, 422, "{body}");
    let rows = [
        ("id", ""),
        ("name", "재미 <i>"),
        ("name_en", ""),
        ("weight", "9"),
        ("blind", "true"),
    ];
    assert_eq!(browser.submit(page, page, &rows).await.0, 303);
    let body = browser.get(page).await;
    assert!(
        body.contains("재미 &#60;i&#62;") && !body.contains("무대 적합성"),
        "{body}"
    );
    let audited = db::entity::audit_entry::Entity::find()
        .filter(db::entity::audit_entry::Column::Action.is_in(["reading.blinded", "reading.changed"]))
        .count(story.app.db.reader())
        .await;
    assert_eq!(audited.expect("counts"), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_read_all_is_given_what_came_or_came_back_since_and_nothing_else() {
    use db::entity::read_mark;
    let story = Story::new(5).await;
    let (app, queue) = (&story.app, "/desk/events/talk/read");
    let mut browser = Browser::signed_in(app, 0).await;
    story.live(1, 4).await.expect("a place");
    for n in 0..4 {
        give(&story, 0, n, &Given::Abstain).await.expect("reads");
    }
    let empty = |page: &str| page.contains("이미 다른 운영자가 결정했습니다");
    assert!(empty(&browser.get(queue).await), "the last one is decided");
    let mark = async || {
        let found = read_mark::Entity::find_by_id((story.event, story.staff[0]));
        found
            .one(app.db.reader())
            .await
            .expect("reads")
            .map(|m| (m.number, m.act))
    };
    let first = mark().await.expect("a mark");
    assert_eq!(first.0, 5);
    assert!(empty(&browser.get(queue).await));
    assert_eq!(mark().await, Some(first), "it moves when something happened");

    // Taken off the stage, the unread one waits again; it was asked long before the mark.
    let tx = app.db.begin_write().await.expect("begins");
    moderation::triage::service::decide::drop_pending(&tx, app, story.staff[1], story.questions[4], None)
        .await
        .expect("drops");
    tx.commit().await.expect("commits");
    let page = browser.get(queue).await;
    assert!(page.contains(&story.questions[4].to_string()), "{page}");
    // A new one comes: nobody has read either, and both are offered until they are read.
    let tx = app.db.begin_write().await.expect("begins");
    let invitation = story.asker(&tx, 6).await;
    let late = domain::QuestionId::new();
    let mut row = question(&story, 0).await;
    (row.id, row.invitation_id, row.number) = (late, invitation, Some(6));
    let mut row = sea_orm::IntoActiveModel::into_active_model(row).reset_all();
    row.board = NotSet;
    question::Entity::insert(row)
        .exec_without_returning(&tx)
        .await
        .expect("asks");
    tx.commit().await.expect("commits");
    let mut met = std::collections::BTreeSet::new();
    for _ in 0..2 {
        let page = browser.get(queue).await;
        let id = [story.questions[4], late]
            .into_iter()
            .find(|id| page.contains(&id.to_string()));
        let id = id.unwrap_or_else(|| panic!("{page}"));
        assert!(met.insert(id));
        let to = format!("/desk/events/talk/questions/{id}/score");
        assert_eq!(
            browser.submit(queue, &to, &[("value", "4"), ("then", "read")]).await.0,
            303
        );
    }
    assert!(browser.get(queue).await.contains("모두 읽었습니다"));
    let last = mark().await.expect("a mark");
    assert!(last.0 == 6 && last.1 > first.1, "{last:?}");
    // The other moderator has a mark of their own.
    let mut other = Browser::signed_in(app, 1).await;
    assert!(other.get(queue).await.contains("/score"));
}
