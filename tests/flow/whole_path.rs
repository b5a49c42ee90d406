use super::{
    replies::reply,
    scene::{self, Scene, Size, ask, enter},
};
use db::{entity, prelude::*};
use desk::ledger::{self, Show};
use domain::{
    Lang, QuestionId,
    state::{
        answer::AnswerState, decision::DecisionKind, delivery::DeliveryState, mail::OutgoingState,
        question::QuestionState,
    },
    text::{AnswerText, QuestionText},
};
use moderation::{answers, reverse, stage, triage};
use sea_orm::PaginatorTrait;
use testkit::{Postfix, World, eventually, free_port};

const QUESTIONS: usize = 50;
const LIVE: usize = 10;

/// The words of the n-th question: found again in mails and in the article.
fn wording(n: usize) -> String {
    format!("{n}번째 질문입니다. 정산 주기를 앞당길 계획이 있는지 궁금합니다. 표지-{n}-끝")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_questions_find_their_answers_and_the_conversation_stands_published() {
    let lmtp = free_port();
    let postfix = Postfix::start("reply.localhost.example", lmtp);
    let world = World::with(domain::Clock::system(), |s| {
        s.mail.out.port = postfix.port;
        s.mail.inbound.lmtp_bind = ([127, 0, 0, 1], lmtp).into();
    })
    .await;
    let scene = scene::set(&world, Size::default()).await;
    let running = world.run().await;

    invitations_go_out(&world, &scene, &postfix).await;
    partners_ask(&world, &scene).await;
    let live = moderators_decide(&world, &scene).await;
    crews_reply_by_mail(&postfix).await;
    the_stage_answers(&world, &scene, &live).await;
    everything_is_reviewed(&world, &scene, QUESTIONS).await;
    fifty_deliveries_arrive(&world, &scene, &postfix).await;
    partners_see_their_answers(&world, &scene).await;
    the_host_asks_back(&world, &scene, &postfix).await;
    the_article_stands(&world, &scene, &live).await;
    the_ledger_adds_up(&world, &scene).await;
    nothing_waits(&world).await;
    running.stop().await;
}

async fn invitations_go_out(world: &World, scene: &Scene, postfix: &Postfix) {
    let actor = db::audit::Actor::Staff(scene.moderator);
    let sent = intake::staff::service::invitation::send_all(&world.app, actor, scene.event)
        .await
        .expect("queues");
    assert_eq!(sent, QUESTIONS);
    world.app.wake.notify();
    eventually("fifty invitations", async || {
        (postfix.letters().len() >= QUESTIONS).then_some(())
    })
    .await;
    let letters = postfix.letters();
    let link = letters[0]
        .text
        .split_whitespace()
        .find(|w| w.contains("/i/"))
        .expect("a personal link in the text")
        .to_owned();
    // A mail scanner opens the link: no session, and the link still works for its owner.
    let mut scanner = world.browser();
    let landing = scanner.get(&link).await.ok();
    assert!(
        scanner.get("/my").await.status.is_client_error(),
        "a GET began no session"
    );
    let home = scanner.send(&landing.form("/i/")).await.ok();
    assert_eq!(home.path, "/my");
}

async fn partners_ask(world: &World, scene: &Scene) {
    for (n, partner) in scene.partners.iter().enumerate() {
        let mut browser = enter(world, partner.invitation, partner.lang).await;
        let naming = ["full", "company", "none"][n % 3];
        ask(
            &mut browser,
            scene.services[n % scene.services.len()].id,
            &wording(n),
            naming,
        )
        .await;
    }
    let received = count_questions(world, QuestionState::Received).await;
    assert_eq!(received, QUESTIONS as u64);
}

async fn count_questions(world: &World, state: QuestionState) -> u64 {
    entity::question::Entity::find()
        .filter(entity::question::Column::State.eq(state))
        .count(world.app.db.reader())
        .await
        .expect("counts")
}

async fn moderators_decide(world: &World, scene: &Scene) -> Vec<QuestionId> {
    let app = &world.app;
    let questions = entity::question::Entity::find()
        .order_by_asc(entity::question::Column::Number)
        .all(app.db.reader())
        .await
        .expect("reads");
    let mut live = Vec::new();
    for (n, question) in questions.iter().enumerate().filter(|(n, _)| n % 5 == 0) {
        let tx = app.db.begin_write().await.expect("begins");
        let speaker = scene.speakers[n % scene.speakers.len()];
        triage::service::decide::live(&tx, app, scene.moderator, question.id, Some(speaker))
            .await
            .expect("a place");
        tx.commit().await.expect("commits");
        live.push(question.id);
    }
    assert_eq!(live.len(), LIVE);
    let tx = app.db.begin_write().await.expect("begins");
    let one_more = triage::service::decide::live(&tx, app, scene.moderator, questions[1].id, None).await;
    assert!(
        matches!(one_more, Err(moderation::Error::NoPlace { .. })),
        "the eleventh has no place: {one_more:?}"
    );
    tx.rollback().await.expect("rolls back");

    let routed = triage::service::route_rest::route_rest(app, scene.moderator, scene.event)
        .await
        .expect("routes");
    assert_eq!(routed, (QUESTIONS - LIVE) as u64);
    assert_eq!(
        count_questions(world, QuestionState::Received).await,
        QUESTIONS as u64,
        "nothing shows before the release"
    );
    let released = triage::service::release::all(app, scene.moderator, scene.event)
        .await
        .expect("releases");
    assert_eq!((released.released, released.refused.len()), (QUESTIONS as u64, 0));
    let mails = entity::outgoing_mail::Entity::find()
        .count(app.db.reader())
        .await
        .expect("counts");
    let again = triage::service::release::all(app, scene.moderator, scene.event)
        .await
        .expect("releases nothing");
    assert_eq!(again.released, 0);
    assert_eq!(
        entity::outgoing_mail::Entity::find()
            .count(app.db.reader())
            .await
            .expect("counts"),
        mails,
        "no mail twice"
    );
    app.wake.notify();
    live
}

async fn crews_reply_by_mail(postfix: &Postfix) {
    let is_assignment =
        |l: &testkit::Letterbox| l.to.iter().any(|to| to.ends_with("@crew.example")) && l.reply_to.is_some();
    eventually("forty assignments", async || {
        (postfix.letters().iter().filter(|l| is_assignment(l)).count() == QUESTIONS - LIVE).then_some(())
    })
    .await;
    for letter in postfix.letters().iter().filter(|l| is_assignment(l)) {
        let mark = letter
            .text
            .split("표지-")
            .nth(1)
            .and_then(|t| t.split('-').next())
            .expect("the question stands in the mail");
        reply(
            postfix.port,
            letter,
            &format!("안녕하세요.\n\n{mark}번 질문에 답드립니다. 다음 분기부터 매주 정산합니다.\n\n감사합니다."),
        )
        .await;
    }
}

async fn the_stage_answers(world: &World, scene: &Scene, live: &[QuestionId]) {
    let app = &world.app;
    for (n, question) in live.iter().enumerate() {
        stage::service::show(app, scene.moderator, scene.event, *question)
            .await
            .expect("the hall sees it");
        let tx = app.db.begin_write().await.expect("begins");
        stage::service::note_answer(
            &tx,
            app,
            scene.moderator,
            *question,
            None,
            &format!("무대에서 {n}번째로 답했습니다."),
        )
        .await
        .expect("noted");
        tx.commit().await.expect("commits");
    }
}

async fn answers_in_review(world: &World) -> Vec<entity::answer::Model> {
    entity::answer::Entity::find()
        .filter(entity::answer::Column::State.eq(AnswerState::InReview))
        .all(world.app.db.reader())
        .await
        .expect("reads")
}

async fn everything_is_reviewed(world: &World, scene: &Scene, expected: usize) {
    let app = &world.app;
    let answers = eventually("all answers in review", async || {
        let answers = answers_in_review(world).await;
        (answers.len() >= expected).then_some(answers)
    })
    .await;
    for answer in answers {
        assert!(!answer.body.contains("님이 작성"), "the quote is cut: {}", answer.body);
        assert!(!answer.body.contains("> "), "the quote is cut: {}", answer.body);
        let tx = app.db.begin_write().await.expect("begins");
        let body = AnswerText::parse(&answer.body).expect("text");
        answers::service::approve(&tx, app, scene.moderator, answer.id, body, answer.version)
            .await
            .expect("approves");
        tx.commit().await.expect("commits");
    }
    app.wake.notify();
}

async fn fifty_deliveries_arrive(world: &World, scene: &Scene, postfix: &Postfix) {
    let app = &world.app;
    eventually("fifty deliveries accepted", async || {
        let accepted = entity::delivery::Entity::find()
            .filter(entity::delivery::Column::State.eq(DeliveryState::Accepted))
            .count(app.db.reader())
            .await
            .expect("counts");
        (accepted == QUESTIONS as u64).then_some(())
    })
    .await;
    let ids: Vec<String> = entity::outgoing_mail::Entity::find()
        .filter(entity::outgoing_mail::Column::DeliveryId.is_not_null())
        .all(app.db.reader())
        .await
        .expect("reads")
        .into_iter()
        .map(|m| m.message_id)
        .collect();
    let arrived = eventually("fifty deliveries in the Maildir", async || {
        let arrived: Vec<_> = postfix
            .letters()
            .into_iter()
            .filter(|l| ids.contains(&l.message_id))
            .collect();
        (arrived.len() >= QUESTIONS).then_some(arrived)
    })
    .await;
    assert_eq!(arrived.len(), QUESTIONS);
    for (n, partner) in scene.partners.iter().enumerate() {
        let email = partner.email.as_deref().expect("an address");
        let mine: Vec<_> = arrived.iter().filter(|l| l.to == [email]).collect();
        assert_eq!(mine.len(), 1, "partner {n} has one delivery");
        assert!(mine[0].text.contains(&format!("표지-{n}-끝")), "it quotes the question");
        assert!(
            mine[0].text.contains("정산합니다") || mine[0].text.contains("무대에서"),
            "it holds the answer"
        );
        assert!(mine[0].html.contains("<html"), "it has an HTML part");
    }
}

async fn partners_see_their_answers(world: &World, scene: &Scene) {
    let mut browser = enter(world, scene.partners[3].invitation, Lang::Ko).await;
    let home = browser.get("/my").await.ok();
    let question = home
        .links()
        .into_iter()
        .find(|l| l.starts_with("/my/questions/") && !l.ends_with("new"))
        .expect("a question");
    let page = browser.get(&question).await.ok();
    assert!(
        page.text().contains("정산합니다") || page.text().contains("무대에서"),
        "the answer stands there: {}",
        page.text()
    );
    let seen = entity::delivery::Entity::find()
        .filter(entity::delivery::Column::SeenAt.is_not_null())
        .count(world.app.db.reader())
        .await
        .expect("counts");
    assert_eq!(seen, 1, "being seen is noted");
    // Somebody else's question is not there.
    let mut other = enter(world, scene.partners[4].invitation, Lang::Ko).await;
    assert_eq!(other.get(&question).await.status.as_u16(), 404);
}

async fn the_host_asks_back(world: &World, scene: &Scene, postfix: &Postfix) {
    let app = &world.app;
    for n in 0..8_usize {
        let tx = app.db.begin_write().await.expect("begins");
        let proposal = reverse::service::Proposal {
            event: scene.event,
            service: Some(scene.services[n].id),
            body: QuestionText::parse(&format!(
                "저희가 여쭙습니다. {n}번 서비스에서 가장 아쉬운 점은 무엇인가요? 되물음-{n}-끝"
            ))
            .expect("text"),
            lang: Lang::Ko,
            asker: reverse::service::Asker::Crew(scene.services[n].lead),
            entered_by: None,
        };
        let id = reverse::service::propose(&tx, app, proposal).await.expect("proposes");
        reverse::service::pick(&tx, app, scene.moderator, scene.event, id)
            .await
            .expect("picks");
        let mut partners = vec![scene.partners[n].invitation];
        if n == 0 {
            partners.push(scene.partners[20].invitation);
        }
        reverse::service::send(&tx, app, scene.moderator, scene.event, id, &partners)
            .await
            .expect("sends");
        tx.commit().await.expect("commits");
    }
    app.wake.notify();
    let asked = eventually("nine questions back", async || {
        let asked: Vec<_> = postfix
            .letters()
            .into_iter()
            .filter(|l| l.text.contains("되물음-") && l.reply_to.is_some())
            .collect();
        (asked.len() >= 9).then_some(asked)
    })
    .await;
    assert_eq!(asked.len(), 9);
    for letter in &asked {
        let who = &letter.to[0];
        reply(
            postfix.port,
            letter,
            &format!("{who} 입니다. 화면 글자가 조금 더 컸으면 합니다. 되답"),
        )
        .await;
    }
    everything_is_reviewed(world, scene, 9).await;
}

async fn the_article_stands(world: &World, scene: &Scene, live: &[QuestionId]) {
    let app = &world.app;
    let tx = app.db.begin_write().await.expect("begins");
    let article = publishing::article::create_from_event(&tx, app, scene.moderator, scene.event)
        .await
        .expect("composes");
    tx.commit().await.expect("commits");
    let slug = entity::article::Entity::find_by_id(article)
        .one(app.db.reader())
        .await
        .expect("reads")
        .expect("is there")
        .slug;
    let mut reader = world.browser();
    let before = reader.get(&format!("/articles/{slug}")).await;
    assert_eq!(before.status.as_u16(), 404, "a draft is nowhere to be read");
    publishing::approval::note_approved(app, scene.moderator, article, None)
        .await
        .expect("everybody agrees");
    publishing::article::publish(app, scene.moderator, article)
        .await
        .expect("publishes");
    let page = reader.get(&format!("/articles/{slug}")).await.ok();
    let text = page.text();
    let decisions = entity::decision::Entity::find()
        .filter(entity::decision::Column::Kind.eq(DecisionKind::Live))
        .count(app.db.reader())
        .await
        .expect("counts");
    assert_eq!(decisions, live.len() as u64);
    for n in 0..LIVE {
        assert!(
            text.contains(&format!("표지-{}-끝", n * 5)),
            "exchange {n} stands in the article"
        );
        assert!(text.contains(&format!("무대에서 {n}번째로")), "with its answer");
    }
    for n in 0..8 {
        assert!(
            text.contains(&format!("되물음-{n}-끝")),
            "question back {n} stands in the article"
        );
    }
    assert_eq!(text.matches("되답").count(), 9, "nine answers to eight questions");
    // Question 10 was asked by somebody who may be named fully, 5 by the company only, 15 … of 20 not at all.
    assert!(!text.contains("파트너 5 "), "the company only");
    let front = reader.get("/").await.ok();
    assert!(
        front.links().iter().any(|l| l.ends_with(&slug)),
        "the front page leads to it"
    );
}

async fn the_ledger_adds_up(world: &World, scene: &Scene) {
    let app = &world.app;
    let ledger = ledger::read(app.db.reader(), scene.event, app.clock.now())
        .await
        .expect("reads");
    assert!(ledger.adds_up());
    assert_eq!(ledger.count(Show::In), QUESTIONS as u64);
    assert_eq!(ledger.count(Show::Live), LIVE as u64);
    assert_eq!(ledger.count(Show::Routed), (QUESTIONS - LIVE) as u64);
    assert_eq!(ledger.count(Show::Delivered), QUESTIONS as u64);
    assert!(ledger.is_settled());
    let mut desk = world.signed_in("moderator").await;
    let page = desk.get(&format!("/desk/events/{}/ledger", scene.slug)).await.ok();
    assert!(page.text().contains("50"));
}

/// Every story ends like this: no mail waits, no job waits, none failed, nothing is in quarantine.
pub async fn nothing_waits(world: &World) {
    let conn = world.app.db.reader();
    eventually("an empty outbox", async || {
        let open = entity::outgoing_mail::Entity::find()
            .filter(entity::outgoing_mail::Column::State.is_not_in([OutgoingState::Sent, OutgoingState::Dropped]))
            .count(conn)
            .await
            .expect("counts");
        (open == 0).then_some(())
    })
    .await;
    let jobs = entity::job::Entity::find()
        .filter(entity::job::Column::State.ne(domain::state::job::JobState::Done))
        .all(conn)
        .await
        .expect("reads");
    assert!(jobs.is_empty(), "{jobs:?}");
    let held = entity::incoming_mail::Entity::find()
        .filter(entity::incoming_mail::Column::State.ne(domain::state::mail::IncomingState::Processed))
        .all(conn)
        .await
        .expect("reads");
    assert!(
        held.is_empty(),
        "{:?}",
        held.iter().map(|m| (&m.class, &m.reason)).collect::<Vec<_>>()
    );
}
