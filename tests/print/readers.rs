//! What readers do with an article: they read it, say whether it was of use, and say something below it.

use super::Print;
use crate::flow::scene::enter;
use axum::http::StatusCode;
use db::{entity, prelude::*};
use domain::{Lang, state::comment::CommentState};
use publishing::{approval, article, useful};
use testkit::{Browser, Page, Wire, World, eventually};
use tokio::sync::oneshot;

const PERSON: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const ROBOT: &str = "Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)";

impl Print {
    pub(super) async fn published() -> Self {
        Self::new().await.out().await
    }

    /// With its article published; comments are taken below it.
    pub(super) async fn out(self) -> Self {
        let p = self;
        let (app, staff) = (&p.world.app, p.scene.moderator);
        p.edit(|d| d.comments = true).await;
        approval::note_approved(app, staff, p.id, None).await.expect("notes");
        article::publish(app, staff, p.id).await.expect("publishes");
        p
    }

    fn path(&self) -> String {
        format!("/articles/{}", self.scene.slug)
    }

    /// Reads, and those to whom it was and was not of use, over all days.
    async fn figures(&self) -> (i64, i64, i64) {
        let days = entity::article_day::Entity::find()
            .filter(entity::article_day::Column::ArticleId.eq(self.id))
            .all(self.world.app.db.reader())
            .await
            .expect("reads");
        days.iter().fold((0, 0, 0), |(reads, yes, no), day| {
            (reads + day.reads, yes + day.useful, no + day.useless)
        })
    }

    async fn comments(&self) -> Vec<entity::comment::Model> {
        let all = entity::comment::Entity::find()
            .order_by_asc(entity::comment::Column::At)
            .order_by_asc(entity::comment::Column::Id);
        all.all(self.world.app.db.reader()).await.expect("reads")
    }

    /// Writes something below the article.
    async fn comment(&self, browser: &mut Browser, fields: &[(&str, &str)]) -> Page {
        let path = format!("{}/comments", self.path());
        // Beside it stand forms by which one deletes what one said.
        let forms = browser.get(&path).await.ok().forms(&path);
        let mut form = forms.into_iter().find(|form| form.action == path).expect("a form");
        for (name, value) in fields {
            form = form.set(name, value);
        }
        browser.send(&form).await
    }

    /// Presses a button at the desk about the comment with these words.
    async fn decide(&self, editor: &mut Browser, body: &str, act: &str, reason: &str) -> Page {
        let row = self.comments().await.into_iter().find(|row| row.body == body);
        let row = row.expect("was written");
        let show = match row.state {
            CommentState::Held => "held",
            CommentState::Shown => "shown",
            _ => "gone",
        };
        let desk = editor.get(&format!("/desk/comments?show={show}")).await.ok();
        let mut form = desk.form(&format!("/desk/comments/{}", row.id)).set("act", act);
        if act == "refuse" {
            form = form.set(&format!("reason-{}", row.id), reason);
        }
        editor.send(&form).await
    }
}

/// A node of its own over the same database; ends when told.
async fn node(world: &World) -> (std::net::SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let mut app = world.app.clone();
    app.db = world.fresh.open().await;
    let bound = mundap::Bound::bind(&app, mundap::Only::Web).await.expect("binds");
    let at = bound.web_address().expect("listens");
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(async move {
        let stopped = async {
            let _ = stopped.await;
        };
        Box::pin(bound.run(app, stopped)).await.expect("serves");
    });
    (at, stop, task)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_of_all_nodes_add_up_and_outlive_a_restart() {
    let p = Print::published().await;
    let (one, stop_one, ended_one) = node(&p.world).await;
    let (two, stop_two, ended_two) = node(&p.world).await;
    for (at, agent, times) in [
        (one, Some(PERSON), 3),
        (two, Some(PERSON), 2),
        (one, Some(ROBOT), 4),
        (two, None, 4),
    ] {
        let mut wire = Wire::new(at);
        wire.agent = agent;
        for _ in 0..times {
            assert_eq!(wire.get(&p.path()).await.expect("answers").status, 200);
        }
    }
    for (stop, ended) in [(stop_one, ended_one), (stop_two, ended_two)] {
        stop.send(()).expect("runs");
        ended.await.expect("stops gently");
    }
    assert_eq!(p.figures().await.0, 5, "each person's read, once");

    // The next process goes on from there, and does not wait for its end to tell.
    let (again, stop, ended) = node(&p.world).await;
    let mut wire = Wire::new(again);
    wire.agent = Some(PERSON);
    wire.get(&p.path()).await.expect("answers");
    eventually("the read to be told", async || (p.figures().await.0 == 6).then_some(())).await;
    stop.send(()).expect("runs");
    ended.await.expect("stops gently");
    assert_eq!(p.figures().await.0, 6);
    let mut desk = p.world.signed_in("moderator").await;
    let text = desk.get("/desk/insight").await.ok().text();
    assert!(text.contains("읽힌 횟수 6"), "{text}");
    let file = desk.get("/desk/insight/file").await.ok();
    assert_eq!(file.bytes[..2], *b"PK");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_reader_says_once_a_day_whether_it_was_of_use() {
    let p = Print::published().await;
    let mut reader = p.world.browser();
    let form = reader.get(&p.path()).await.ok().form("/useful");
    assert!(form.fields.is_empty(), "the page is everybody's: it holds no token");
    let say = |word: &str| vec![("useful".to_owned(), word.to_owned())];
    for _ in 0..3 {
        let thanks = reader.post(&form.action, &say("yes")).await.ok().text();
        assert!(thanks.contains("고마워요"), "{thanks}");
    }
    assert_eq!(p.figures().await, (0, 1, 0));
    // They change their mind, and say why.
    let page = reader.post(&form.action, &say("no")).await.ok();
    assert_eq!(p.figures().await, (0, 0, 1));
    let why = page.form("/useful/why").set("why", "표가 더 있으면 좋겠어요");
    drop(reader.send(&why).await.ok());
    let empty = reader.send(&why.clone().set("why", " ")).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);

    // A partner behind the same address is somebody else, in whatever browser; so is another address.
    for _ in 0..2 {
        let mut partner = enter(&p.world, p.scene.partners[0].invitation, Lang::Ko).await;
        drop(partner.post(&form.action, &say("yes")).await.ok());
    }
    let mut other = p.world.browser().living_at([203, 0, 113, 9]);
    drop(other.post(&form.action, &say("yes")).await.ok());
    assert_eq!(p.figures().await, (0, 2, 1));
    // From another site nobody speaks for a reader.
    let mut lured = p.world.browser().living_at([203, 0, 113, 10]).coming_from("cross-site");
    assert_eq!(lured.post(&form.action, &say("yes")).await.status, StatusCode::CONFLICT);
    assert_eq!(p.figures().await, (0, 2, 1));

    // What stands there for them tells nothing, and is gone the next day.
    let votes = || async {
        let all = entity::article_vote::Entity::find();
        all.all(p.world.app.db.reader()).await.expect("reads")
    };
    assert!(votes().await.iter().all(|vote| vote.voter.len() == 32));
    useful::forget(&p.world.app).await.expect("forgets");
    assert_eq!(votes().await.len(), 3);
    p.world.app.clock.advance(chrono::TimeDelta::hours(25));
    useful::forget(&p.world.app).await.expect("forgets");
    assert_eq!(votes().await.len(), 0);
    drop(reader.post(&form.action, &say("yes")).await.ok());
    assert_eq!(p.figures().await, (0, 3, 1), "a new day, a new word");

    let mut desk = p.world.signed_in("moderator").await;
    let text = desk.get("/desk/events/talk/insight").await.ok().text();
    assert!(
        text.contains("도움이 됨 3") && text.contains("표가 더 있으면 좋겠어요"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_comment_is_read_by_an_editor_before_anybody_else_reads_it() {
    let p = Print::published().await;
    let running = p.world.run().await;
    let seen = async |text: &str| {
        let reply = Wire::new(running.web).get(&p.path()).await.expect("answers");
        assert_eq!(reply.status, 200);
        String::from_utf8_lossy(&reply.body).contains(text)
    };
    assert!(!seen("첫 댓글").await, "and the page lies in memory");
    let mut reader = p.world.browser();
    let path = format!("{}/comments", p.path());
    // What is wrong is said at its field, and nothing typed is lost.
    let refused = p
        .comment(&mut reader, &[("comment", "정산이 빨라져 반가워요"), ("name", "")])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.form(&path).value("comment"), Some("정산이 빨라져 반가워요"));
    let words = "첫 댓글 <b>굵게</b> https://example.com\n\n둘째 문단";
    let form = reader.get(&path).await.ok().form(&path);
    let form = form.set("comment", words).set("name", "지나가던 이");
    for _ in 0..2 {
        drop(reader.send(&form).await.ok());
    }
    assert_eq!(p.comments().await.len(), 1, "the same form twice is one comment");
    // A program that fills in all there is hears what everybody hears.
    let spam = [("comment", "싸게 팝니다"), ("name", "상인"), ("leave_empty", "x")];
    drop(p.comment(&mut reader, &spam).await.ok());
    assert_eq!(p.comments().await.len(), 1);
    assert!(!seen("첫 댓글").await);

    let mut editor = p.world.signed_in("moderator").await;
    let home = editor.get("/desk").await.ok().text();
    assert!(home.contains("읽을 댓글 1개"), "{home}");
    drop(p.decide(&mut editor, words, "show", "").await.ok());
    assert!(seen("첫 댓글 &#60;b&#62;굵게").await, "as text, and at once");
    assert!(
        !seen("href=\"https://example.com").await,
        "nobody writes here for a link's sake"
    );
    drop(p.decide(&mut editor, words, "hide", "").await.ok());
    assert!(!seen("첫 댓글").await, "and away at once");
    drop(p.decide(&mut editor, words, "undo", "").await.ok());
    assert!(seen("첫 댓글").await);
    // Another node's decision is seen within a moment.
    let elsewhere = p.world.fresh.open().await;
    let tx = elsewhere.begin_write().await.expect("begins");
    entity::comment::Entity::update_many()
        .col_expr(entity::comment::Column::State, Expr::value(CommentState::Hidden))
        .exec(&tx)
        .await
        .expect("hides");
    tx.commit().await.expect("commits");
    eventually("the page to be made anew", async || {
        (!seen("첫 댓글").await).then_some(())
    })
    .await;
    drop(p.decide(&mut editor, words, "undo", "").await.ok());
    assert!(seen("첫 댓글").await);

    // With comments switched off there is nothing to read and nothing to write.
    p.edit(|d| d.comments = false).await;
    eventually("the switch to be seen", async || (!seen("첫 댓글").await).then_some(())).await;
    assert_eq!(reader.get(&path).await.status, StatusCode::NOT_FOUND);
    p.edit(|d| d.comments = true).await;
    eventually("the switch to be seen", async || seen("첫 댓글").await.then_some(())).await;
    article::withdraw(&p.world.app, p.scene.moderator, p.id)
        .await
        .expect("withdraws");
    assert_eq!(reader.get(&path).await.status, StatusCode::GONE);
    assert_eq!(reader.send(&form).await.status, StatusCode::GONE);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_stands_by_their_line_reads_the_reason_and_may_delete_what_they_said() {
    let p = Print::published().await;
    let mut partner = enter(&p.world, p.scene.partners[3].invitation, Lang::Ko).await;
    let path = format!("{}/comments", p.path());
    let page = partner.get(&path).await.ok();
    assert!(
        page.text().contains("파트너 3 · 대표 · 회사 1") && page.form(&path).value("name").is_none(),
        "they see how they will stand: {}",
        page.text()
    );
    drop(
        p.comment(&mut partner, &[("comment", "함께해서 좋았어요"), ("naming", "full")])
            .await
            .ok(),
    );
    drop(
        p.comment(
            &mut partner,
            &[("comment", "상담 창구도 늘려 주세요"), ("naming", "company")],
        )
        .await
        .ok(),
    );
    let mut editor = p.world.signed_in("moderator").await;
    let first = p.decide(&mut editor, "상담 창구도 늘려 주세요", "refuse", "").await;
    assert_eq!(first.status, StatusCode::UNPROCESSABLE_ENTITY, "a reason is needed");
    drop(
        p.decide(
            &mut editor,
            "상담 창구도 늘려 주세요",
            "refuse",
            "질문으로 보내 주시면 답해 드립니다",
        )
        .await
        .ok(),
    );
    drop(p.decide(&mut editor, "함께해서 좋았어요", "show", "").await.ok());
    let stale = publishing::comments::refuse(&p.world.app, p.scene.moderator, p.comments().await[0].id, "늦었다").await;
    assert!(stale.is_err_and(|error| error.is_stale()), "one decision at a time");
    let own = partner.get(&path).await.ok();
    assert!(own.text().contains("질문으로 보내 주시면"), "{}", own.text());
    let article = p.page().await.ok().text();
    assert!(
        article.contains("파트너 3 · 대표 · 회사 1 파트너") && article.contains("함께해서 좋았어요"),
        "{article}"
    );
    let names: Vec<String> = p.comments().await.into_iter().map(|c| c.name).collect();
    assert_eq!(names, ["파트너 3 · 대표 · 회사 1", "회사 1"]);
    // Somebody else's cannot be deleted; their own can, from the page, too.
    let id = p.comments().await[0].id;
    let withdraw = own.form(&format!("{id}/withdraw"));
    let mut other = enter(&p.world, p.scene.partners[0].invitation, Lang::Ko).await;
    let theirs = other.get(&path).await.ok().form(&path);
    let mut forged = withdraw.clone();
    forged.fields = vec![("csrf".into(), theirs.value("csrf").expect("a token").into())];
    assert_eq!(other.send(&forged).await.status, StatusCode::NOT_FOUND);
    drop(partner.send(&withdraw).await.ok());
    assert_eq!(p.comments().await.len(), 1);
    assert!(!p.page().await.ok().text().contains("함께해서 좋았어요"));
    let left_after = async |days| {
        p.world.app.clock.advance(chrono::TimeDelta::days(days));
        publishing::comments::forget(&p.world.app).await.expect("forgets");
        p.comments().await.len()
    };
    assert_eq!(
        (left_after(89).await, left_after(2).await),
        (1, 0),
        "what nobody sees is not kept for ever"
    );
    for (action, n) in [("comment.shown", 1), ("comment.refused", 1), ("comment.withdrawn", 1)] {
        assert_eq!(p.world.audited(action).await, n, "{action}");
    }
}
