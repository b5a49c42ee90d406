//! Ten and eight are played: held, taken back, left to a crew, and gone on with after a restart.

use super::set::{STAGE, Set, done, hall, main_form, press, set};
use db::{
    entity::{answer, assignment, outgoing_mail, question, stage_cue},
    prelude::*,
};
use domain::state::{
    answer::{AnswerSource, AnswerState},
    assignment::AssignmentState,
    mail::OutgoingState,
    question::QuestionState,
};
use moderation::stage::service::{self as stage, Deed, Seen};
use testkit::World;

async fn state(set: &Set, n: usize) -> QuestionState {
    let found = question::Entity::find_by_id(set.live[n])
        .one(set.world.app.db.reader())
        .await;
    found.expect("reads").expect("is there").state
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_and_eight_are_played_with_a_hold_an_undo_and_one_that_goes_to_its_crew() {
    let set = set(10, 8).await;
    let mut operator = set.world.signed_in("moderator").await;
    assert!(!hall(&mut operator).await.contains("정산 주기"), "the event's title");

    done(&mut operator, "next").await;
    let shown = hall(&mut operator).await;
    assert!(
        shown.contains("1/10") && shown.contains("1번째로 여쭙습니다."),
        "{shown}"
    );
    assert!(!shown.contains("파트너 0"), "they stand by their company: {shown}");

    // The timer stands while it is held, and the hall reads the title.
    set.later(65);
    assert!(hall(&mut operator).await.contains("1:05"));
    done(&mut operator, "hold").await;
    set.later(600);
    assert!(!hall(&mut operator).await.contains("여쭙습니다"), "held");
    let backstage = operator.get("/hall/talk/backstage").await.ok().text();
    assert!(
        backstage.contains("1:05") && backstage.contains("2번째로"),
        "{backstage}"
    );
    done(&mut operator, "resume").await;
    set.later(5);
    assert!(hall(&mut operator).await.contains("1:10"));

    // A press too many is taken back: the question, its timer and its mark are as if it had not been.
    done(&mut operator, "answered").await;
    done(&mut operator, "next").await;
    set.later(3);
    assert!(hall(&mut operator).await.contains("2/10"));
    let page = press(&mut operator, "undo").await.ok();
    assert!(page.text().contains("마지막 동작을 되돌렸습니다."), "{}", page.text());
    let shown = hall(&mut operator).await;
    assert!(shown.contains("1/10") && shown.contains("1:13"), "{shown}");
    let answered = async || {
        let marks = stage_cue::Entity::find().filter(stage_cue::Column::AnsweredAt.is_not_null());
        marks.count(set.world.app.db.reader()).await.expect("counts")
    };
    assert_eq!(answered().await, 1);
    done(&mut operator, "undo").await;
    assert_eq!(answered().await, 0, "the mark, too");

    // Back on the first, its timer goes on where it was.
    done(&mut operator, "next").await;
    set.later(40);
    done(&mut operator, "back").await;
    assert!(hall(&mut operator).await.contains("1:13"));

    one_is_not_reached(&set, &mut operator).await;
    to_the_end(&set, &mut operator).await;
}

async fn one_is_not_reached(set: &Set, operator: &mut testkit::Browser) {
    done(operator, "next").await;
    let page = press(operator, "not-reached").await.ok();
    assert!(
        page.text().contains("질문을 담당 크루에 넘겼습니다."),
        "{}",
        page.text()
    );
    assert_eq!(state(set, 1).await, QuestionState::Routed);
    let shown = hall(operator).await;
    assert!(
        shown.contains("2/9") && shown.contains("3번째로"),
        "the next one: {shown}"
    );

    // The crew's mail has not gone: all of it comes back.
    done(operator, "undo").await;
    assert_eq!(state(set, 1).await, QuestionState::Live);
    let shown = hall(operator).await;
    assert!(shown.contains("2/10") && shown.contains("2번째로"), "{shown}");
    let db = set.world.app.db.reader();
    let open = assignment::Entity::find().filter(assignment::Column::State.ne(AssignmentState::Withdrawn));
    assert_eq!(open.clone().count(db).await.expect("counts"), 0);
    let mails = outgoing_mail::Entity::find().filter(outgoing_mail::Column::AssignmentId.is_not_null());
    let mails = mails.all(db).await.expect("reads");
    assert!(
        mails.iter().all(|mail| mail.state == OutgoingState::Dropped),
        "it does not go"
    );

    // Once the mail has gone, it stays with the crew, and the page says why.
    done(operator, "not-reached").await;
    let asked = open.one(db).await.expect("reads").expect("is asked");
    let tx = set.world.app.db.begin_write().await.expect("begins");
    outgoing_mail::Entity::update_many()
        .col_expr(outgoing_mail::Column::State, Expr::value(OutgoingState::Sent))
        .filter(outgoing_mail::Column::AssignmentId.eq(asked.id))
        .exec(&tx)
        .await
        .expect("sends");
    tx.commit().await.expect("commits");
    let refused = press(operator, "undo").await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("메일이 이미 나가서"), "{}", refused.text());
    assert_eq!(state(set, 1).await, QuestionState::Routed);
}

async fn to_the_end(set: &Set, operator: &mut testkit::Browser) {
    // 3 is on; seven more of the ten, then the eight.
    for n in 4..=10 {
        done(operator, "answered").await;
        done(operator, "next").await;
        assert!(hall(operator).await.contains(&format!("{}/9", n - 1)));
    }
    for n in 1..=8 {
        done(operator, "next").await;
        let shown = hall(operator).await;
        assert!(
            shown.contains(&format!("{n}/8")) && shown.contains("파트너에게 묻습니다"),
            "{shown}"
        );
        let page = operator.get(STAGE).await.ok();
        for partner in &set.scene.partners[..if n == 1 { 2 } else { 1 }] {
            let form = page
                .form("/stage/note")
                .set("partner", &partner.invitation.to_string())
                .set("version", "0")
                .set("text", "저희는 이렇게 하고 있습니다.");
            _ = operator.send(&form).await.ok();
        }
    }
    done(operator, "next").await;
    assert!(!hall(operator).await.contains("되묻습니다"), "the event's title again");
    let db = set.world.app.db.reader();
    let notes = answer::Entity::find()
        .filter(answer::Column::Source.eq(AnswerSource::Stage))
        .filter(answer::Column::State.eq(AnswerState::InReview))
        .all(db)
        .await
        .expect("reads");
    assert_eq!(notes.len(), 9, "eight questions have nine answers");
    assert!(
        notes
            .iter()
            .all(|note| note.invitation_id.is_some() && note.reverse_id.is_some())
    );
    let first: Vec<i32> = notes
        .iter()
        .filter(|n| n.reverse_id == Some(set.back[0]))
        .map(|n| n.position)
        .collect();
    assert_eq!(first.len(), 2);
    assert_ne!(first[0], first[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_starts_again_goes_on_at_the_second_where_it_was() {
    let set = set(2, 0).await;
    let mut operator = set.world.signed_in("moderator").await;
    done(&mut operator, "next").await;
    set.later(30);
    done(&mut operator, "hold").await;
    set.later(100);
    done(&mut operator, "resume").await;
    set.later(91);
    let before = hall(&mut operator).await;
    assert!(before.contains("2:01"), "{before}");

    let World { fresh, app, router } = set.world;
    let clock = app.clock.clone();
    drop((router, operator));
    app.db.close().await;
    let again = World::over(fresh, clock, |_| {}).await;
    let mut operator = again.signed_in("moderator").await;
    assert_eq!(hall(&mut operator).await, before);
    again
        .app
        .clock
        .set(again.app.clock.now() + chrono::TimeDelta::seconds(9));
    assert!(hall(&mut operator).await.contains("2:10"), "and counts on");
    let page = press(&mut operator, "undo").await.ok();
    assert!(
        page.text().contains("마지막 동작을 되돌렸습니다."),
        "what came before it can be undone"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_presses_second_sees_what_the_first_did_and_may_take_over() {
    let set = set(3, 0).await;
    let mut first = set.world.signed_in("moderator").await;
    let mut second = set.world.signed_in("second").await;
    let old = first.get(STAGE).await.ok();
    done(&mut first, "next").await;
    let late = first.send(&main_form(&old).set("act", "next")).await.ok();
    assert!(
        late.text().contains("다른 진행자가 먼저 눌렀습니다."),
        "{}",
        late.text()
    );
    assert_eq!(set.stands().await.version, 1, "the old page moved nothing");

    let page = second.get(STAGE).await.ok();
    assert!(
        page.text().contains("지금은 moderator 님이 진행합니다."),
        "{}",
        page.text()
    );
    let refused = press(&mut second, "next").await;
    assert_eq!(refused.status, 422);
    let taken = press(&mut second, "take").await.ok();
    assert!(taken.text().contains("이제 진행을 맡았습니다."), "{}", taken.text());
    done(&mut second, "next").await;
    assert!(hall(&mut second).await.contains("2/3"));
    assert_eq!(
        press(&mut first, "next").await.status,
        422,
        "the first one operates no longer"
    );

    // Two at the same moment with the same page: one act.
    let (app, event) = (&set.world.app, set.scene.event);
    let stands = set.stands().await;
    let (staff, version) = (stands.operator_id.expect("operates"), stands.version);
    let seen = Seen {
        version,
        rehearsal: None,
    };
    let acts = (
        stage::act(app, staff, event, seen, Deed::Next),
        stage::act(app, staff, event, seen, Deed::Next),
    );
    let (a, b) = tokio::join!(acts.0, acts.1);
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    assert_eq!(set.stands().await.version, version + 1);
}
