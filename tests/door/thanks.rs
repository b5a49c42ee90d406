//! Thanks after the event.

use super::Door;
use crate::flow::scene;
use db::{audit::Actor, entity, prelude::*};
use domain::{
    AnswerId, DeliveryId,
    state::{
        answer::{AnswerSource, AnswerState},
        delivery::DeliveryState,
        mail::{MailKind, OutgoingState},
    },
};
use intake::staff::service::rsvp;

const ASKED: &str = "언제 다시 만나나요? 기다리겠습니다.";
const OPEN: &str = "아직 아무도 답하지 않은 질문입니다.";
const ANSWER: &str = "봄에 다시 모시겠습니다.";

impl Door {
    /// The one question of this partner has an answer that was delivered to them.
    async fn answered(&self, n: usize) {
        let now = self.world.app.clock.now();
        let tx = self.world.app.db.begin_write().await.expect("begins");
        let question = entity::question::Entity::find()
            .filter(entity::question::Column::InvitationId.eq(self.id(n)))
            .one(&tx)
            .await
            .expect("reads")
            .expect("one");
        let answer = AnswerId::new();
        let row = entity::answer::ActiveModel {
            id: Set(answer),
            event_id: Set(self.scene.event),
            question_id: Set(Some(question.id)),
            reverse_id: Set(None),
            assignment_id: Set(None),
            source: Set(AnswerSource::Staff),
            crew_member_id: Set(None),
            speaker_id: Set(None),
            invitation_id: Set(None),
            staff_id: Set(Some(self.scene.moderator)),
            incoming_id: Set(None),
            original: Set(ANSWER.into()),
            body: Set(ANSWER.into()),
            state: Set(AnswerState::Approved),
            position: Set(0),
            version: Set(1),
            received_at: Set(now),
            reviewed_by: Set(None),
            reviewed_at: Set(None),
        };
        entity::answer::Entity::insert(row)
            .exec_without_returning(&tx)
            .await
            .expect("inserts");
        let row = entity::delivery::ActiveModel {
            id: Set(DeliveryId::new()),
            event_id: Set(self.scene.event),
            answer_id: Set(answer),
            question_id: Set(question.id),
            invitation_id: Set(self.id(n)),
            state: Set(DeliveryState::Accepted),
            outgoing_id: Set(None),
            proof: Set(None),
            created_at: Set(now),
            accepted_at: Set(Some(now)),
            seen_at: Set(None),
        };
        entity::delivery::Entity::insert(row)
            .exec_without_returning(&tx)
            .await
            .expect("inserts");
        tx.commit().await.expect("commits");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_came_are_thanked_once_and_only_after_staff_have_seen_it() {
    let d = Door::new(3).await;
    let app = &d.world.app;
    let mut partner = scene::enter(&d.world, d.id(0), domain::Lang::Ko).await;
    scene::ask(&mut partner, d.scene.services[0].id, ASKED, "full").await;
    d.answered(0).await;
    scene::ask(&mut partner, d.scene.services[0].id, OPEN, "full").await;
    let mut desk = d.world.signed_in("moderator").await;
    let path = "/desk/events/talk/thanks";
    let page = desk.get(path).await.ok();
    assert!(
        page.text().contains("온 것으로 표시한 분이 아직 없습니다"),
        "{}",
        page.text()
    );
    let tx = app.db.begin_write().await.expect("begins");
    let by = Actor::Staff(d.scene.moderator);
    let came = [(d.id(0), Some(true)), (d.id(1), Some(true)), (d.id(2), Some(false))];
    rsvp::note_came(&tx, app, by, d.scene.event, d.sitting, &came)
        .await
        .expect("notes");
    tx.commit().await.expect("commits");

    let page = desk.get(path).await.ok();
    assert!(page.text().contains("함께해 주셔서 고맙습니다"), "{}", page.text());
    let form = page
        .forms("")
        .into_iter()
        .find(|f| f.value("act") == Some("draft"))
        .expect("a button");
    let page = desk.send(&form).await.ok();
    let _ = desk.send(&form).await.ok();
    let states = || async {
        let rows = entity::outgoing_mail::Entity::find()
            .filter(entity::outgoing_mail::Column::Kind.eq(MailKind::Thanks))
            .all(app.db.reader())
            .await
            .expect("reads");
        rows.into_iter().map(|r| r.state).collect::<Vec<_>>()
    };
    assert_eq!(
        states().await,
        [OutgoingState::Draft; 2],
        "pressed twice, one each; who did not come has none"
    );
    let send = page
        .forms("")
        .into_iter()
        .find(|f| f.value("act") == Some("queue"))
        .expect("a button");
    let _ = desk.send(&send).await.ok();
    let again = desk.send(&send).await.ok();
    assert_eq!(states().await, [OutgoingState::Queued; 2]);
    assert!(again.text().contains("보냄"), "{}", again.text());
    // Their own question stands in it with its answer; what was not answered, and the others', does not.
    let mail = entity::outgoing_mail::Entity::find()
        .filter(entity::outgoing_mail::Column::InvitationId.eq(d.id(0)))
        .filter(entity::outgoing_mail::Column::Kind.eq(MailKind::Thanks))
        .one(app.db.reader())
        .await
        .expect("reads")
        .expect("a mail");
    let letter = mail.letter.to_string();
    assert!(letter.contains(ASKED) && letter.contains(ANSWER), "{letter}");
    assert!(!letter.contains(OPEN), "{letter}");
}
