//! The board: what a search finds, how pages follow each other, deeds on many, and the index of words.

use crate::{browser::Browser, story::Story};
use db::{
    entity::{board_view, bulk_run, company, partner, question, question_count, question_tag},
    prelude::*,
};
use domain::{CompanyId, QuestionId, job::Job, state::question::Board};
use moderation::triage::{board::follow, service::decide};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

const TRIAGE: &str = "/desk/events/talk/triage";

/// The numbers of the page's rows, in their order.
fn numbers(page: &str) -> Vec<i32> {
    let rows = page.split("<tr data-row id=\"q").skip(1);
    rows.map(|row| row.split('"').next().unwrap_or_default().parse().expect("a number"))
        .collect()
}

/// Another text for a question, as a change of its asker counts it.
async fn rewrite(story: &Story, question: usize, body: &str) {
    let tx = story.app.db.begin_write().await.expect("begins");
    let count = question_count::Entity::find_by_id(story.event)
        .one(&tx)
        .await
        .expect("reads");
    let changes = count.as_ref().map_or(0, |c| c.changes) + 1;
    if count.is_none() {
        let row = question_count::ActiveModel {
            event_id: Set(story.event),
            taken: Set(i32::try_from(story.questions.len()).expect("few")),
            changes: Set(changes),
        };
        question_count::Entity::insert(row)
            .exec_without_returning(&tx)
            .await
            .expect("inserts");
    } else {
        question_count::Entity::update_many()
            .col_expr(question_count::Column::Changes, Expr::value(changes))
            .filter(question_count::Column::EventId.eq(story.event))
            .exec(&tx)
            .await
            .expect("counts");
    }
    question::Entity::update_many()
        .col_expr(question::Column::Body, Expr::value(body))
        .col_expr(question::Column::ChangeSeq, Expr::value(changes))
        .filter(question::Column::Id.eq(story.questions[question]))
        .exec(&tx)
        .await
        .expect("writes");
    tx.commit().await.expect("commits");
}

/// Everything in the index of words.
async fn index(story: &Story) -> Vec<String> {
    let conn = story.app.db.reader();
    let backend = conn.get_database_backend();
    if backend == DbBackend::Postgres {
        let sql = "SELECT number || ' ' || words::text FROM question_words ORDER BY number";
        let rows = conn
            .query_all_raw(Statement::from_string(backend, sql))
            .await
            .expect("reads");
        return rows.iter().map(|row| row.try_get_by_index(0).expect("text")).collect();
    }
    let tx = story.app.db.begin_write().await.expect("begins");
    for sql in [
        "DROP TABLE IF EXISTS temp.words_seen",
        "CREATE VIRTUAL TABLE temp.words_seen USING fts5vocab('main', 'question_words', 'instance')",
    ] {
        tx.execute_unprepared(sql).await.expect("makes");
    }
    let sql = "SELECT doc || ' ' || offset || ' ' || term FROM temp.words_seen ORDER BY doc, offset, term";
    let rows = tx
        .query_all_raw(Statement::from_string(backend, sql))
        .await
        .expect("reads");
    let out = rows.iter().map(|row| row.try_get_by_index(0).expect("text")).collect();
    tx.commit().await.expect("commits");
    out
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_finds_inside_words_in_both_languages_and_follows_every_change() {
    let story = Story::new(60).await;
    rewrite(
        &story,
        2,
        "해외결제대금의 지급 시기를 미리 알 수 있나요? Settlement API v2, 50% 할인",
    )
    .await;
    rewrite(&story, 6, "돈은 언제 들어오나요").await;
    let mut browser = Browser::signed_in(&story.app, 0).await;
    let mut found = async |q: &str| {
        let query = serde_html_form::to_string([("q", q), ("state", "all")]).expect("a query");
        numbers(&browser.get(&format!("{TRIAGE}?{query}")).await)
    };
    assert_eq!(found("대금").await, [3], "two syllables in the middle of a word");
    assert_eq!(found("결제대").await, [3]);
    assert_eq!(found("대결").await, [0; 0], "the same syllables in another order");
    assert_eq!(found("돈").await, [7], "a word of one syllable");
    assert_eq!(found("settle").await, [3], "the beginning of an English word");
    assert_eq!(found("SETTLEMENT 할인").await, [3], "all words, in any case");
    assert_eq!(found("정산").await.len(), 50, "a whole page of the rest");
    assert_eq!(found("#12").await, [12]);
    assert_eq!(found("12").await, [12], "and not 120, nor what has 12 in another word");
    assert_eq!(found("파트너 9").await, [9], "whoever asked it");
    assert_eq!(found("100%").await, [0; 0], "a percent sign is no wildcard");
    assert_eq!(found("\"*' OR 1").await, [0; 0], "nor is anything else");

    // Withdrawn, renamed, a company that renames itself: the index follows.
    let app = &story.app;
    let tx = app.db.begin_write().await.expect("begins");
    let firm = company::ActiveModel {
        id: Set(CompanyId::new()),
        name: Set("달빛상회".into()),
        created_at: Set(app.clock.now()),
    };
    let id = *firm.id.as_ref();
    company::Entity::insert(firm)
        .exec_without_returning(&tx)
        .await
        .expect("inserts");
    partner::Entity::update_many()
        .col_expr(partner::Column::PenName, Expr::value("초록고래"))
        .col_expr(partner::Column::CompanyId, Expr::value(id))
        .filter(partner::Column::Name.eq("파트너 5"))
        .exec(&tx)
        .await
        .expect("renames");
    tx.commit().await.expect("commits");
    assert_eq!(found("초록고래").await, [5]);
    assert_eq!(found("달빛").await, [5]);
    let tx = app.db.begin_write().await.expect("begins");
    company::Entity::update_many()
        .col_expr(company::Column::Name, Expr::value("별빛상회"))
        .filter(company::Column::Id.eq(id))
        .exec(&tx)
        .await
        .expect("renames");
    tx.commit().await.expect("commits");
    assert_eq!((found("달빛").await, found("별빛상회").await), (vec![], vec![5]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_index_of_words_after_a_kill_and_after_two_nodes_is_that_of_a_rebuild() {
    let story = Story::new(60).await;
    let db = &story.app.db;
    follow::step(db, story.event, 7).await.expect("a part");
    rewrite(&story, 2, "먼저 적어 둔 질문을 고쳤습니다").await;
    // Killed in the middle: the work is not committed, nor is the cursor.
    let killed = tokio::time::timeout(std::time::Duration::ZERO, follow::step(db, story.event, 20)).await;
    drop(killed);
    rewrite(&story, 40, "아직 읽지 않은 질문도 고쳤습니다").await;
    let both = async || {
        for _ in 0..30 {
            follow::step(db, story.event, 5).await.expect("a part");
        }
    };
    tokio::join!(both(), both());
    assert!(follow::catch_up(db, story.event).await.expect("reads"));
    let followed = index(&story).await;
    follow::forget(db, story.event).await.expect("forgets");
    assert_eq!(index(&story).await, Vec::<String>::new());
    follow::all(db, story.event).await.expect("rebuilds");
    assert!(followed.len() >= 60, "{}", followed.len());
    assert_eq!(followed, index(&story).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_two_syllable_search_is_answered_from_the_index() {
    let story = Story::new(60).await;
    follow::all(&story.app.db, story.event).await.expect("reads");
    let conn = story.app.db.reader();
    let backend = conn.get_database_backend();
    let sql = if backend == DbBackend::Postgres {
        // Sixty rows are read faster from end to end; the question is whether the index can answer.
        "SET enable_seqscan = off; EXPLAIN SELECT w.number FROM question_words w WHERE (w.event_id = w.event_id) IS TRUE AND w.words @@ CAST('(''정산'')' AS tsquery)"
    } else {
        "EXPLAIN QUERY PLAN SELECT w.rowid FROM question_words w WHERE w.question_words MATCH '\"정산\"' AND w.rowid > 1 ORDER BY w.rowid"
    };
    let tx = story.app.db.begin_write().await.expect("begins");
    let mut plan = String::new();
    for sql in sql.split("; ") {
        for row in tx
            .query_all_raw(Statement::from_string(backend, sql))
            .await
            .expect("explains")
        {
            let line: String = row
                .try_get_by_index(if backend == DbBackend::Postgres { 0 } else { 3 })
                .expect("text");
            plan.push_str(&line);
        }
    }
    tx.rollback().await.expect("ends");
    let index = if backend == DbBackend::Postgres {
        "question_words_words"
    } else {
        "VIRTUAL TABLE INDEX"
    };
    assert!(plan.contains(index), "{plan}");
    assert!(!plan.contains("TEMP B-TREE"), "in the order of the index: {plan}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_follow_each_other_both_ways_in_every_order() {
    let story = Story::new(120).await;
    let tx = story.app.db.begin_write().await.expect("begins");
    for (n, id) in story.questions.iter().enumerate().filter(|(n, _)| n % 3 > 0) {
        let n = i32::try_from(n).expect("few");
        let sql = "INSERT INTO question_score (question_id, event_id, readers, scored, mean_milli, median_milli, spread_milli) VALUES ($1, $2, $3, $4, $5, $5, $6)";
        let scored = n % 3 == 1;
        let values: [sea_orm::Value; 6] = [
            (*id).into(),
            story.event.into(),
            (n % 4 + 1).into(),
            i32::from(scored).into(),
            scored.then_some(1_000 + n % 7 * 500).into(),
            scored.then_some(n % 5 * 100).into(),
        ];
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
        tx.execute_raw(statement).await.expect("scores");
    }
    tx.commit().await.expect("commits");
    let mut browser = Browser::signed_in(&story.app, 0).await;
    for (sort, query) in [
        ("number", "정산"),
        ("newest", ""),
        ("newest", "정산"),
        ("score", ""),
        ("spread", ""),
        ("least-read", ""),
    ] {
        let query = serde_html_form::to_string([("q", query), ("sort", sort), ("state", "all")]).expect("a query");
        let mut address = format!("{TRIAGE}?{query}");
        let mut pages = Vec::new();
        let last = loop {
            let page = browser.get(&address).await;
            pages.push(numbers(&page));
            match link(&page, "next") {
                Some(next) => address = next,
                None => break page,
            }
        };
        let sizes: Vec<usize> = pages.iter().map(Vec::len).collect();
        assert_eq!(sizes, [50, 50, 20], "{sort}");
        let mut all = pages.concat();
        all.sort_unstable();
        assert_eq!(all, (1..=120).collect::<Vec<_>>(), "{sort}: each once");
        let mut page = last;
        for expected in pages.iter().rev().skip(1) {
            page = browser.get(&link(&page, "prev").expect("a page before")).await;
            assert_eq!(&numbers(&page), expected, "{sort}: back");
        }
        assert_eq!(link(&page, "prev"), None, "{sort}: the first");
    }
    let first = numbers(&browser.get(&format!("{TRIAGE}?sort=newest")).await);
    assert_eq!(first[0], 120);
}

fn link(page: &str, rel: &str) -> Option<String> {
    let before = page.split(&format!("\" rel=\"{rel}\"")).next()?;
    if before.len() == page.len() {
        return None;
    }
    Some(before.rsplit("href=\"").next()?.replace("&#38;", "&"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deed_on_all_that_match_takes_those_that_match_now_and_leaves_what_others_decided() {
    let story = Story::new(130).await;
    let tx = story.app.db.begin_write().await.expect("begins");
    let choice = decide::Choice::Decline {
        reason: "먼저 정했습니다".into(),
    };
    decide::decide(&tx, &story.app, story.staff[1], story.questions[9], None, choice)
        .await
        .expect("decides");
    tx.commit().await.expect("commits");
    let mut browser = Browser::signed_in(&story.app, 0).await;
    let back = serde_html_form::to_string([("q", "정산"), ("state", "all")]).expect("a query");
    let act = [("act", "reserve-all"), ("back", back.as_str())];
    assert_eq!(browser.submit(TRIAGE, TRIAGE, &act).await.0, 303);
    let page = browser.get(TRIAGE).await;
    assert!(page.contains("모두 예비로 · 0개 처리"), "{page}");
    run_jobs(&story).await;
    let conn = story.app.db.reader();
    let run = bulk_run::Entity::find().one(conn).await.expect("reads").expect("a run");
    assert_eq!((run.state.as_str(), run.done, run.refused), ("done", 129, 1));
    let reserve = question::Entity::find().filter(question::Column::Board.eq(Board::Reserve));
    assert_eq!(reserve.count(conn).await.expect("counts"), 129);
    assert!(browser.get(TRIAGE).await.contains("<span class=\"num\">129</span>"));

    // Tags: on a selection, as a filter, on one, and away again.
    let picks: Vec<String> = story.questions[..2].iter().map(|id| format!("{id}:")).collect();
    let put = [
        ("act", "tag-picked"),
        ("tag", "무대 후보"),
        ("pick", &*picks[0]),
        ("pick", &*picks[1]),
    ];
    assert_eq!(browser.submit(TRIAGE, TRIAGE, &put).await.0, 303);
    let tagged = format!("{TRIAGE}?state=all&tag=%EB%AC%B4%EB%8C%80+%ED%9B%84%EB%B3%B4");
    assert_eq!(numbers(&browser.get(&tagged).await), [1, 2]);
    let panel = format!("/desk/events/talk/questions/{}", story.questions[0]);
    let take = [("take", "무대 후보")];
    assert_eq!(browser.submit(&panel, &format!("{panel}/tags"), &take).await.0, 303);
    assert_eq!(numbers(&browser.get(&tagged).await), [2]);
    assert_eq!(question_tag::Entity::find().count(conn).await.expect("counts"), 1);
    let none = [("act", "tag-picked"), ("tag", " "), ("pick", &*picks[0])];
    assert_eq!(browser.submit(TRIAGE, TRIAGE, &none).await.0, 422);
}

async fn run_jobs(story: &Story) {
    let app = &story.app;
    let handlers = vec![moderation::jobs(app.clone())];
    let worker = jobs::Worker::new(app.db.clone(), app.clock.clone(), app.wake.clone(), handlers);
    while worker.run_due().await.expect("runs") > 0 {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bulk_that_is_run_once_more_after_a_kill_does_nothing_twice() {
    let story = Story::new(60).await;
    let mut browser = Browser::signed_in(&story.app, 0).await;
    let act = [("act", "route-all"), ("back", "")];
    assert_eq!(browser.submit(TRIAGE, TRIAGE, &act).await.0, 303);
    let run = bulk_run::Entity::find()
        .one(story.app.db.reader())
        .await
        .expect("reads")
        .expect("a run");
    // The second process got the same job, since the first gave no sign of life.
    let job = Job::Bulk { bulk: run.id };
    let handler = moderation::jobs(story.app.clone());
    let (one, two) = tokio::join!(handler.run(&job), handler.run(&job));
    assert!(one.is_some_and(|r| r.is_ok()) && two.is_some_and(|r| r.is_ok()));
    run_jobs(&story).await;
    let conn = story.app.db.reader();
    let routed = question::Entity::find().filter(question::Column::Board.eq(Board::Crew));
    assert_eq!(routed.count(conn).await.expect("counts"), 60);
    let decisions = db::entity::decision::Entity::find()
        .filter(db::entity::decision::Column::State.eq(domain::state::decision::DecisionState::Pending));
    assert_eq!(decisions.count(conn).await.expect("counts"), 60);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn views_are_ones_own_or_everybodys_and_undo_takes_back_the_last() {
    let story = Story::new(5).await;
    let mut one = Browser::signed_in(&story.app, 0).await;
    let mut two = Browser::signed_in(&story.app, 1).await;
    let to = format!("{TRIAGE}/views");
    let keep = |name, shared: bool| {
        let mut fields = vec![("name", name), ("back", "prefers=either&after=3")];
        if shared {
            fields.push(("shared", "1"));
        }
        fields
    };
    assert_eq!(one.submit(TRIAGE, &to, &keep("내 것", false)).await.0, 303);
    assert_eq!(one.submit(TRIAGE, &to, &keep("함께", true)).await.0, 303);
    assert_eq!(one.submit(TRIAGE, &to, &keep(" ", true)).await.0, 422);
    let theirs = two.get(TRIAGE).await;
    assert!(theirs.contains(">함께</a>") && !theirs.contains("내 것"), "{theirs}");
    assert!(theirs.contains("triage?prefers=either\">함께"), "without its page");
    let shared = board_view::Entity::find()
        .filter(board_view::Column::Name.eq("함께"))
        .one(story.app.db.reader())
        .await
        .expect("reads")
        .expect("a view");
    let forget = shared.id.to_string();
    assert_eq!(
        two.submit(TRIAGE, &to, &[("forget", &forget)]).await.0,
        404,
        "somebody else's"
    );
    assert_eq!(one.submit(TRIAGE, &to, &[("forget", &forget)]).await.0, 303);

    for n in [0, 1] {
        let act = format!("live:{}:", story.questions[n]);
        assert_eq!(one.submit(TRIAGE, TRIAGE, &[("act", &act)]).await.0, 303);
    }
    assert_eq!(one.submit(TRIAGE, TRIAGE, &[("act", "undo")]).await.0, 303);
    assert_eq!(
        numbers(&one.get(&format!("{TRIAGE}?state=live")).await),
        [1],
        "the second is back"
    );
    // Two decide the same: the slower reads who was first.
    let act = format!("live:{}:", story.questions[0]);
    let (status, page) = two.submit(TRIAGE, TRIAGE, &[("act", &act)]).await;
    assert!(status == 422 && page.contains("운영자 0"), "{status} {page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_a_question_is_seen_by_others_and_not_by_oneself() {
    let story = Story::new(3).await;
    let mut one = Browser::signed_in(&story.app, 0).await;
    let mut two = Browser::signed_in(&story.app, 1).await;
    let panel = format!("/desk/events/talk/questions/{}", story.questions[1]);
    let mut told = story.app.live.subscribe(&format!("triage:{}", story.event));
    assert_eq!(one.submit(&panel, &format!("{panel}/here"), &[]).await.0, 204);
    assert!(told.next().await.is_some(), "the board reads again");
    assert!(two.get(TRIAGE).await.contains("운영자 0 님이 보고 있음"));
    assert!(two.get(&panel).await.contains("운영자 0 님이 보고 있음"));
    assert!(!one.get(TRIAGE).await.contains("보고 있음"));
    assert_eq!(
        one.submit(&panel, &format!("{panel}/here"), &[("leaves", "1")]).await.0,
        204
    );
    assert!(!two.get(TRIAGE).await.contains("보고 있음"));
    let other = format!("/desk/events/talk/questions/{}/here", QuestionId::new());
    assert_eq!(one.submit(&panel, &other, &[]).await.0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_export_has_the_filters_of_the_board_and_no_formula() {
    let story = Story::new(60).await;
    rewrite(&story, 3, "=HYPERLINK(\"http://evil.example\",\"정산\") 을 눌러 주세요").await;
    let mut browser = Browser::signed_in(&story.app, 0).await;
    let json = browser.get(&format!("{TRIAGE}/board.json?q=%EC%A0%95%EC%82%B0")).await;
    let rows: serde_json::Value = serde_json::from_str(&json).expect("json");
    assert_eq!(rows.as_array().map(Vec::len), Some(60), "all pages");
    let json = browser.get(&format!("{TRIAGE}/board.json?q=%23{}", 4)).await;
    let rows: serde_json::Value = serde_json::from_str(&json).expect("json");
    assert_eq!(rows[0]["number"], 4);
    let bytes = browser.bytes(&format!("{TRIAGE}/board.xlsx?q=%234")).await;
    let mut book: calamine::Xlsx<_> = calamine::Reader::new(std::io::Cursor::new(bytes)).expect("a workbook");
    let cells = calamine::Reader::worksheet_range_at(&mut book, 0)
        .expect("a sheet")
        .expect("reads");
    let text = cells.get_value((1, 1)).map(ToString::to_string).expect("a question");
    assert!(
        text.starts_with("=HYPERLINK("),
        "what was asked stands as it is: {text}"
    );
    assert_eq!(cells.height(), 2, "the head and the one that was filtered");
    let formulas = calamine::Reader::worksheet_formula(&mut book, "Sheet1").expect("reads");
    assert!(
        formulas.used_cells().all(|(_, _, formula)| formula.is_empty()),
        "and nothing is computed"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_are_declined_by_a_reason_of_the_list_each_in_their_askers_language() {
    use moderation::triage::service::reasons;
    let story = Story::new(8).await;
    let mut browser = Browser::signed_in(&story.app, 0).await;
    let page = browser.get(TRIAGE).await;
    assert!(page.contains("<select id=\"picked\" name=\"picked\">"), "{page}");
    let list = reasons::defaults();
    // Nothing picked and nothing written is no reason, and what was picked is not lost.
    let (one, two) = (format!("{}:", story.questions[0]), format!("{}:", story.questions[1]));
    let nothing = [("act", "decline-picked"), ("pick", one.as_str()), ("picked", "")];
    assert_eq!(browser.submit(TRIAGE, TRIAGE, &nothing).await.0, 422);
    let none = [("act", "decline-picked"), ("picked", "2")];
    let (status, page) = browser.submit(TRIAGE, TRIAGE, &none).await;
    assert!(
        status == 422 && page.contains("<option value=\"2\" selected>"),
        "{page}"
    );
    let some = [
        ("act", "decline-picked"),
        ("pick", one.as_str()),
        ("pick", two.as_str()),
        ("picked", "2"),
        ("reason", "내년에 다시 여쭤 주세요."),
    ];
    assert_eq!(browser.submit(TRIAGE, TRIAGE, &some).await.0, 303);
    let all = [("act", "decline-all"), ("picked", "1"), ("reason", "")];
    assert_eq!(browser.submit(TRIAGE, TRIAGE, &all).await.0, 303);
    run_jobs(&story).await;
    for (n, question) in story.questions.iter().enumerate() {
        let made = db::entity::decision::Entity::find()
            .filter(db::entity::decision::Column::QuestionId.eq(*question))
            .one(story.app.db.reader())
            .await
            .expect("reads")
            .expect("declined");
        // The askers of even numbers read English.
        let listed = &list[usize::from(n < 2)];
        let mut reason = if n % 2 == 1 {
            listed.en.clone()
        } else {
            listed.ko.clone()
        };
        if n < 2 {
            reason.push_str("\n내년에 다시 여쭤 주세요.");
        }
        assert_eq!(made.reason.as_deref(), Some(reason.as_str()));
    }
}
