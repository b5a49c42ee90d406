//! A question that the hall asked comes onto the stage by one press, and goes back by an undo.

use super::set::{RUN, Set, done, hall, press, set};
use crate::flow::scene::{ask, enter};
use db::{
    entity::{event, outgoing_mail, question, stage_line},
    prelude::*,
};
use domain::{
    Lang, QuestionId,
    state::{
        mail::{MailKind, OutgoingState},
        question::QuestionState,
    },
};
use moderation::triage::service::{decide, release};
use testkit::{Browser, Page};

const PHONES: &str = "/desk/events/talk/telephones";

/// The day, some hours after the deadline; the hall may ask.
async fn opened(set: &Set) -> Browser {
    let mut desk = set.world.signed_in("moderator").await;
    let page = desk.get(RUN).await.ok();
    _ = desk.send(&page.form("/run").set("act", "fill")).await.ok();
    let row = event::Entity::find_by_id(set.scene.event)
        .one(set.world.app.db.reader())
        .await;
    let closes = row.expect("reads").expect("is there").closes_at;
    set.world.app.clock.set(closes + chrono::TimeDelta::hours(1));
    let mut desk = set.world.signed_in("moderator").await;
    let page = desk.get(PHONES).await.ok();
    _ = desk.send(&page.form("/telephones").set("act", "asks")).await.ok();
    desk
}

async fn asks(set: &Set, text: &str) -> question::Model {
    let mut partner = enter(&set.world, set.scene.partners[3].invitation, Lang::Ko).await;
    ask(&mut partner, set.scene.services[0].id, text, "company").await;
    let last = question::Entity::find().order_by_desc(question::Column::Number);
    last.one(set.world.app.db.reader())
        .await
        .expect("reads")
        .expect("was taken")
}

async fn put(desk: &mut Browser, question: QuestionId) -> Page {
    let page = desk.get(PHONES).await.ok();
    let id = question.to_string();
    let mut forms = page.forms("/telephones").into_iter();
    let form = forms.find(|form| form.value("question") == Some(id.as_str()));
    desk.send(&form.expect("its form").set("act", "stage")).await
}

async fn state(set: &Set, question: QuestionId) -> QuestionState {
    let row = question::Entity::find_by_id(question)
        .one(set.world.app.db.reader())
        .await;
    row.expect("reads").expect("is there").state
}

async fn order(set: &Set) -> Vec<Option<QuestionId>> {
    let lines = stage_line::Entity::find().order_by_asc(stage_line::Column::Position);
    let lines = lines.all(set.world.app.db.reader()).await.expect("reads");
    lines.iter().map(|line| line.question_id).collect()
}

async fn told(set: &Set, question: QuestionId) -> Vec<OutgoingState> {
    let mails = outgoing_mail::Entity::find()
        .filter(outgoing_mail::Column::QuestionId.eq(question))
        .filter(outgoing_mail::Column::Kind.eq(MailKind::Outcome))
        .order_by_asc(outgoing_mail::Column::Id);
    let mails = mails.all(set.world.app.db.reader()).await.expect("reads");
    mails.iter().map(|mail| mail.state).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_press_decides_releases_and_puts_it_behind_what_is_on_and_an_undo_takes_all_of_it_back() {
    let set = set(2, 0).await;
    let mut desk = opened(&set).await;
    done(&mut desk, "next").await;
    let asked = asks(&set, "지금 들으니 궁금합니다. 해외 정산도 앞당겨지나요?").await;

    let page = put(&mut desk, asked.id).await.ok();
    assert!(page.text().contains("무대 순서에 넣었습니다."), "{}", page.text());
    assert_eq!(state(&set, asked.id).await, QuestionState::Live);
    let between = [Some(set.live[0]), Some(asked.id), Some(set.live[1])];
    assert_eq!(order(&set).await, between);
    assert!(hall(&mut desk).await.contains("1/3"), "what is on stays on");
    assert_eq!(told(&set, asked.id).await, [OutgoingState::Queued]);
    let again = put(&mut desk, asked.id).await;
    assert_eq!(again.status, 422);
    assert!(again.text().contains("이미 무대 순서에 있습니다."), "{}", again.text());

    // Taken back before the mail has gone: nobody was told, and it waits for triage.
    _ = press(&mut desk, "undo").await.ok();
    assert_eq!(state(&set, asked.id).await, QuestionState::Received);
    assert_eq!(order(&set).await, [Some(set.live[0]), Some(set.live[1])]);
    let mails = told(&set, asked.id).await;
    assert_eq!(
        mails,
        [OutgoingState::Dropped, OutgoingState::Draft],
        "a word for it waits for staff"
    );
    assert!(hall(&mut desk).await.contains("1/2"));

    // Once more, and the hall reads it next; from then on it stays.
    _ = put(&mut desk, asked.id).await.ok();
    done(&mut desk, "next").await;
    let shown = hall(&mut desk).await;
    assert!(shown.contains("2/3") && shown.contains("해외 정산도"), "{shown}");
    done(&mut desk, "undo").await;
    let refused = press(&mut desk, "undo").await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert_eq!(state(&set, asked.id).await, QuestionState::Live);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_live_is_refused_and_the_page_says_why() {
    let set = set(2, 0).await;
    let (world, scene) = (&set.world, &set.scene);
    let mut desk = opened(&set).await;
    done(&mut desk, "next").await;
    let asked = asks(&set, "지금 들으니 궁금합니다. 해외 정산도 앞당겨지나요?").await;
    let before = order(&set).await;

    // Who does not operate the stage changes no order.
    let mut second = world.signed_in("second").await;
    let refused = put(&mut second, asked.id).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains("다른 분이 진행하고 있습니다."),
        "{}",
        refused.text()
    );

    // All places are taken.
    let places = async |many: i32| {
        let tx = world.app.db.begin_write().await.expect("begins");
        event::Entity::update_many()
            .col_expr(event::Column::LivePlaces, Expr::value(many))
            .exec(&tx)
            .await
            .expect("has so many");
        tx.commit().await.expect("commits");
    };
    places(2).await;
    let refused = put(&mut desk, asked.id).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("2자리가 모두"), "{}", refused.text());
    assert_eq!(state(&set, asked.id).await, QuestionState::Received);
    places(10).await;

    // It is with its crew already: the page offers no button, and an old page's press says why.
    let old = desk.get(PHONES).await.ok();
    let tx = world.app.db.begin_write().await.expect("begins");
    decide::route(&tx, &world.app, scene.moderator, asked.id, None)
        .await
        .expect("decides");
    tx.commit().await.expect("commits");
    release::all(&world.app, scene.moderator, scene.event)
        .await
        .expect("releases");
    let id = asked.id.to_string();
    let mut forms = old.forms("/telephones").into_iter();
    let form = forms.find(|form| form.value("question") == Some(id.as_str()));
    let refused = desk.send(&form.expect("its form").set("act", "stage")).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("크루가 답함"), "{}", refused.text());
    assert!(!refused.body.contains("value=\"stage\""), "no button");
    assert_eq!(order(&set).await, before);
    assert!(hall(&mut desk).await.contains("1/2"));
}
