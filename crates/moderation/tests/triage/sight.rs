//! Who may see whom, and whose scores: the same on every page, in every file, in every search.

use crate::{browser::Browser, story::Story};
use db::{
    entity::{company, decision, field, invitation, partner, question, question_copy},
    prelude::*,
};
use domain::{CompanyId, DecisionId, FieldId, state::decision::DecisionState, text::QuestionText};
use moderation::triage::{
    reading::service::{
        copy, note,
        review::{self, Given},
        settings::{self, Wanted},
    },
    service::{decide, release},
};

const BASE: &str = "/desk/events/talk";
const NAME: &str = "카나리아씨";
const FIRM: &str = "종달새상회";
const GROUP: &str = "직박구리모임";

async fn read(story: &Story, blind: bool, own_first: bool) {
    let criteria = settings::criteria(&story.app, story.event).await.expect("criteria");
    let wanted: Vec<Wanted> = criteria
        .into_iter()
        .map(|c| Wanted {
            id: Some(c.id),
            name: c.name,
            name_en: c.name_en,
            weight: c.weight,
        })
        .collect();
    let tx = story.app.db.begin_write().await.expect("begins");
    settings::save(
        &tx,
        &story.app,
        story.staff[0],
        story.event,
        (blind, own_first),
        &wanted,
    )
    .await
    .expect("saves");
    tx.commit().await.expect("commits");
}

async fn row(story: &Story, n: usize) -> question::Model {
    let found = question::Entity::find_by_id(story.questions[n]);
    found.one(story.app.db.reader()).await.expect("reads").expect("there")
}

/// The first question is signed by its asker, who has a company, a group and a field.
async fn sign(story: &Story) -> FieldId {
    let (app, asked) = (&story.app, row(story, 0).await);
    let tx = app.db.begin_write().await.expect("begins");
    let (firm, theirs) = (CompanyId::new(), FieldId::new());
    let named = company::ActiveModel {
        id: Set(firm),
        name: Set(FIRM.into()),
        created_at: Set(app.clock.now()),
    };
    company::Entity::insert(named)
        .exec_without_returning(&tx)
        .await
        .expect("a firm");
    let of = field::ActiveModel {
        id: Set(theirs),
        name: Set("조류".into()),
        name_en: Set("Birds".into()),
        position: Set(1),
    };
    field::Entity::insert(of)
        .exec_without_returning(&tx)
        .await
        .expect("a field");
    let invited = invitation::Entity::find_by_id(asked.invitation_id).one(&tx).await;
    let invited = invited.expect("reads").expect("there");
    invitation::Entity::update_many()
        .col_expr(invitation::Column::FieldId, Expr::value(theirs))
        .filter(invitation::Column::Id.eq(invited.id))
        .exec(&tx)
        .await
        .expect("of the field");
    partner::Entity::update_many()
        .col_expr(partner::Column::Name, Expr::value(NAME))
        .col_expr(partner::Column::GroupName, Expr::value(GROUP))
        .col_expr(partner::Column::CompanyId, Expr::value(firm))
        .filter(partner::Column::Id.eq(invited.partner_id))
        .exec(&tx)
        .await
        .expect("a name");
    question::Entity::update_many()
        .col_expr(
            question::Column::Body,
            Expr::value(format!("{FIRM}의 {NAME}입니다. 정산 주기를 앞당길 수 있나요?")),
        )
        .filter(question::Column::Id.eq(asked.id))
        .exec(&tx)
        .await
        .expect("signed");
    tx.commit().await.expect("commits");
    theirs
}

/// What of the asker stands on the page; whom the filter proposes is invited, and asked nothing yet.
fn names(page: &str) -> Vec<&'static str> {
    let (head, rest) = page.split_once("<datalist id=\"companies\">").unwrap_or((page, ""));
    let rest = rest.split_once("</datalist>").map_or("", |(_, rest)| rest);
    [NAME, FIRM, GROUP, "파트너 1<", "partner1@"]
        .into_iter()
        .filter(|name| head.contains(name) || rest.contains(name))
        .collect()
}

fn query(pairs: &[(&str, &str)]) -> String {
    format!("{BASE}/triage?{}", serde_html_form::to_string(pairs).expect("a query"))
}

fn rows(page: &str) -> usize {
    page.matches("<tr data-row id=\"q").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::too_many_lines, reason = "one walk through all that could tell a name")]
async fn nothing_tells_who_asks_until_it_is_released() {
    let story = Story::new(6).await;
    story.crew().await;
    let field = sign(&story).await;
    let (app, staff, event) = (&story.app, story.staff[0], story.event);
    // On the stage with a copy that is signed, too; a note that says the name and calls a colleague; a joined one.
    story.live(0, 0).await.expect("a place");
    let tx = app.db.begin_write().await.expect("begins");
    let copied = QuestionText::parse(&format!("{NAME}: 정산 주기는요?")).expect("a text");
    copy::save(&tx, app, staff, &row(&story, 0).await, 0, &copied)
        .await
        .expect("copies");
    note::add(
        &tx,
        app,
        staff,
        &row(&story, 0).await,
        &format!("{NAME} 님의 질문이죠?"),
        &[story.staff[1]],
    )
    .await
    .expect("notes");
    decide::merge(&tx, app, staff, story.questions[1], story.questions[0])
        .await
        .expect("joins");
    tx.commit().await.expect("commits");
    let pages = |story: &Story| {
        let panel = |n: usize| format!("{BASE}/questions/{}", story.questions[n]);
        vec![
            format!("{BASE}/triage?state=all"),
            format!("{BASE}/triage?state=live"),
            format!("{BASE}/triage/board.json?state=all"),
            panel(0),
            panel(1),
            panel(2),
            format!("{BASE}/read"),
            format!("{BASE}/shortlist"),
            format!("{BASE}/shortlist/sheet"),
            format!("{BASE}/shortlist/propose"),
            format!("{BASE}/similar"),
            format!("{BASE}/routing"),
            format!("{BASE}/routing/preview"),
            format!("{BASE}/templates/live/ko"),
            format!("{BASE}/templates/assignment/ko"),
            "/desk/notes".to_owned(),
        ]
    };
    let mut browser = Browser::signed_in(app, 1).await;
    let mut open = Vec::new();
    for path in pages(&story) {
        if !names(&browser.get(&path).await).is_empty() {
            open.push(path);
        }
    }
    assert!(open.len() >= 9, "names are there to be told: {open:?}");
    read(&story, true, false).await;
    for path in pages(&story) {
        let page = browser.get(&path).await;
        assert_eq!(names(&page), [""; 0], "{path}: {page}");
    }
    let bytes = browser.bytes(&format!("{BASE}/triage/board.xlsx?state=all")).await;
    let mut book: calamine::Xlsx<_> = calamine::Reader::new(std::io::Cursor::new(bytes)).expect("a workbook");
    let cells = calamine::Reader::worksheet_range_at(&mut book, 0)
        .expect("a sheet")
        .expect("reads");
    assert_eq!(cells.height(), 7);
    for (_, _, cell) in cells.used_cells() {
        assert_eq!(names(&cell.to_string()), [""; 0], "{cell}");
    }
    // Nor does a search, which finds the rest of the text all the same; nor a filter.
    for q in [NAME, FIRM, "종달새상회의", GROUP, "파트너 2"] {
        let page = browser.get(&query(&[("q", q), ("state", "all")])).await;
        assert_eq!(rows(&page), 0, "{q}");
    }
    let page = browser.get(&query(&[("q", "정산 주기를"), ("state", "live")])).await;
    assert_eq!(rows(&page), 1, "{page}");
    let of_field = field.to_string();
    for filter in [("company", FIRM), ("company", "종달새"), ("field", of_field.as_str())] {
        let page = browser.get(&query(&[filter, ("state", "all")])).await;
        assert!(rows(&page) == 0 && page.contains("블라인드 읽기 중"), "{filter:?}");
    }
    // The shortlist compares no companies, but says when one has two.
    let page = browser.get(&format!("{BASE}/shortlist")).await;
    assert!(
        !page.contains("질문한 경험</th>") && page.contains("견주지 않습니다"),
        "{page}"
    );

    // Released, it is answered under a name.
    release::all(app, staff, event).await.expect("releases");
    let panel = format!("{BASE}/questions/{}", story.questions[0]);
    assert!(browser.get(&panel).await.contains(NAME));
    let page = browser.get(&query(&[("company", FIRM), ("state", "all")])).await;
    assert_eq!(rows(&page), 1, "{page}");
    let page = browser.get(&format!("{BASE}/triage?state=all")).await;
    assert!(
        page.contains(NAME) && !page.contains("파트너 4<"),
        "the others still wait: {page}"
    );

    // And turned off, everybody is seen and found.
    read(&story, false, false).await;
    for (q, found) in [("종달새상회의 카나리아", 1), (GROUP, 1), ("파트너 4", 1)] {
        let page = browser.get(&query(&[("q", q), ("state", "all")])).await;
        assert_eq!(rows(&page), found, "{q}: {page}");
    }
    let kept = question_copy::Entity::find_by_id(story.questions[0])
        .one(app.db.reader())
        .await;
    assert!(
        kept.expect("reads").expect("there").body.contains(NAME),
        "nothing was changed"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_of_one_company_are_told_without_its_name() {
    let story = Story::new(2).await;
    sign(&story).await;
    let tx = story.app.db.begin_write().await.expect("begins");
    let firm = company::Entity::find().one(&tx).await.expect("reads").expect("a firm");
    partner::Entity::update_many()
        .col_expr(partner::Column::CompanyId, Expr::value(firm.id))
        .exec(&tx)
        .await
        .expect("of one company");
    tx.commit().await.expect("commits");
    story.live(0, 0).await.expect("a place");
    story.live(0, 1).await.expect("a place");
    read(&story, true, true).await;
    let mut browser = Browser::signed_in(&story.app, 0).await;
    let page = browser.get(&format!("{BASE}/shortlist")).await;
    assert!(page.contains("2건이 한 회사의 질문") && !page.contains(FIRM), "{page}");
}

async fn give(story: &Story, staff: usize, n: usize, given: &Given) {
    let asked = row(story, n).await;
    let tx = story.app.db.begin_write().await.expect("begins");
    review::give(&tx, &story.app, story.staff[staff], &asked, None, given, None)
        .await
        .expect("scores");
    tx.commit().await.expect("commits");
}

fn numbers(page: &str) -> Vec<i32> {
    let rows = page.split("<tr data-row id=\"q").skip(1);
    rows.map(|row| row.split('"').next().unwrap_or_default().parse().expect("a number"))
        .collect()
}

/// The numbers of all pages, forwards; each page's one before leads back to it.
async fn walk(browser: &mut Browser, start: &str) -> Vec<i32> {
    let (mut out, mut path) = (Vec::new(), start.to_owned());
    let mut before: Option<Vec<i32>> = None;
    loop {
        let page = browser.get(&path).await;
        let here = numbers(&page);
        if let Some(before) = before {
            let back = page
                .split("rel=\"prev\"")
                .next()
                .and_then(|p| p.rsplit("href=\"").next());
            let back = back
                .and_then(|p| p.split('"').next())
                .expect("a way back")
                .replace("&#38;", "&");
            assert_eq!(numbers(&browser.get(&back).await), before, "{back}");
        }
        out.extend(here.iter().copied());
        before = Some(here);
        let next = page.split("rel=\"next\"").next().filter(|head| head.len() < page.len());
        let Some(next) = next
            .and_then(|p| p.rsplit("href=\"").next())
            .and_then(|p| p.split('"').next())
        else {
            return out;
        };
        path = next.replace("&#38;", "&");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_has_not_scored_has_no_mean_in_no_order_filter_or_file() {
    let story = Story::new(130).await;
    // The other moderator scores every second question, the higher numbers better; one scores a few of those, and one alone.
    for n in (0..130).step_by(2) {
        give(&story, 1, n, &Given::Overall(if n < 60 { 2 } else { 4 })).await;
    }
    for (n, value) in [(10, 5), (100, 1), (20, 2), (3, 3)] {
        give(&story, 0, n, &Given::Overall(value)).await;
    }
    give(&story, 0, 40, &Given::Abstain).await;
    give(&story, 0, 41, &Given::Abstain).await;
    let mut browser = Browser::signed_in(&story.app, 0).await;
    let by_score = format!("{BASE}/triage?sort=score");
    let all = walk(&mut browser, &by_score).await;
    // 11: 3.5; 4: 3; 101: 2.5; 21 and 41: 2; the rest by number, whatever others say of it.
    let (first, rest) = all.split_at(5);
    assert_eq!(&first[..3], [11, 4, 101]);
    assert_eq!(first[3] + first[4], 62, "{first:?}");
    assert_eq!(all.len(), 130);
    assert!(rest.is_sorted(), "{rest:?}");
    let page = browser.get(&by_score).await;
    assert_eq!(
        page.matches("<td data-label=\"점수\" class=\"board-score\"><b>")
            .count(),
        5,
        "{page}"
    );
    // Where scores part, and what is filtered.
    let by_spread = walk(&mut browser, &format!("{BASE}/triage?sort=spread")).await;
    assert_eq!(
        (by_spread.len(), by_spread[0] == 11 || by_spread[0] == 101),
        (130, true)
    );
    let good = browser.get(&query(&[("score", "3")])).await;
    assert_eq!(numbers(&good), [4, 11]);
    let apart = browser.get(&query(&[("spread", "1")])).await;
    assert_eq!(numbers(&apart), [11, 101]);
    // The file says no more than the board.
    let json = browser.get(&format!("{BASE}/triage/board.json?sort=score")).await;
    let file: serde_json::Value = serde_json::from_str(&json).expect("json");
    let file = file.as_array().expect("rows");
    let told: Vec<_> = file.iter().filter(|row| row["mean"].as_f64().is_some()).collect();
    assert_eq!((file.len(), told.len(), file[0]["number"].as_i64()), (130, 5, Some(11)));

    // The proposal counts all scores, and names only what one knows.
    let page = browser.get(&format!("{BASE}/shortlist/propose")).await;
    assert!(page.contains("다른 운영자의 점수를 반영함"), "{page}");
    assert!(!page.contains("평균 점수 4.0"), "{page}");

    // Everybody's where the event does not ask for one's own first; also in pages beyond a thousandth's.
    read(&story, false, false).await;
    let all = walk(&mut browser, &by_score).await;
    assert_eq!(all.len(), 130);
    assert!(numbers(&browser.get(&query(&[("score", "4")])).await).len() > 20);
    let page = browser.get(&format!("{BASE}/shortlist/propose")).await;
    assert!(page.contains("평균 점수 4.0"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_of_two_hears_who_decided_and_how_long_ago_wherever_they_press() {
    let story = Story::new(2).await;
    let (app, panel) = (&story.app, format!("{BASE}/questions/{}", story.questions[0]));
    let mut two = Browser::signed_in(app, 1).await;
    story.live(0, 0).await.expect("a place");
    let tx = app.db.begin_write().await.expect("begins");
    decision::Entity::update_many()
        .col_expr(
            decision::Column::DecidedAt,
            Expr::value(app.clock.now() - chrono::TimeDelta::minutes(3)),
        )
        .exec(&tx)
        .await
        .expect("a while ago");
    tx.commit().await.expect("commits");
    // Each form was made before the other decided; none overwrites.
    let forms: [&[(&str, &str)]; 4] = [
        &[("act", "reserve"), ("seen", "")],
        &[("act", "route"), ("seen", "")],
        &[("act", "decline"), ("seen", ""), ("reason", "다른 주제입니다.")],
        &[("act", "merge"), ("seen", ""), ("into", "2")],
    ];
    for form in forms {
        let (status, page) = two.submit(&panel, &panel, form).await;
        assert_eq!(status, 422);
        assert!(
            page.contains("운영자 0 님이 3분 전 먼저 결정했습니다"),
            "{form:?}: {page}"
        );
    }
    let stands = decision::Entity::find()
        .filter(decision::Column::State.eq(DecisionState::Pending))
        .all(app.db.reader())
        .await
        .expect("reads");
    assert_eq!(stands.len(), 1);
    // Who has seen it may, also to the reserves, from the panel.
    let seen: DecisionId = stands[0].id;
    let form = [("act", "reserve"), ("seen", &seen.to_string())];
    assert_eq!(two.submit(&panel, &panel, &form).await.0, 303);
    let page = two.get(&panel).await;
    assert!(page.contains("예비") && !page.contains("value=\"reserve\""), "{page}");
}
