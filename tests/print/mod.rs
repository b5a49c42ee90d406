//! From exchanges to print: an article is put together, approved by those whose words it holds, and goes out.

mod approval;
mod canary;
mod compose;
mod insight;
mod made;
mod magazine;
mod newsletter;
mod places;
mod readers;
mod schedule;
mod upgrade;

use crate::flow::scene::{self, Scene, Size, ask, enter};
use db::{entity, prelude::*};
use domain::{
    AnswerId, ArticleId, Clock, InvitationId, Lang, QuestionId, SpeakerId,
    state::answer::{AnswerSource, AnswerState},
};
use moderation::triage::service::{decide, release};
use publishing::article::{self, Draft};
use testkit::{Browser, Filled, Page, World};

/// An event at which three partners asked, a speaker answered each on stage, and an article that is still a draft.
struct Print {
    world: World,
    scene: Scene,
    id: ArticleId,
    questions: Vec<QuestionId>,
}

const ASKED: [&str; 3] = [
    "물음-하나-끝: 정산을 앞당길 계획이 있나요?",
    "물음-둘-끝: 수수료는 그대로인가요?",
    "물음-셋-끝: 상담 창구가 늘어나나요?",
];

impl Print {
    async fn new() -> Self {
        // A Monday.
        Self::on(Clock::frozen("2026-11-02T01:00:00Z".parse().expect("a moment")), |_| {}).await
    }

    async fn on(clock: Clock, change: impl FnOnce(&mut settings::Settings)) -> Self {
        let world = World::with(clock, change).await;
        let size = Size {
            partners: 4,
            services: 1,
            ..Size::default()
        };
        let scene = scene::set(&world, size).await;
        let app = &world.app;
        for (n, text) in ASKED.iter().enumerate() {
            let mut partner = enter(&world, scene.partners[n].invitation, Lang::Ko).await;
            ask(&mut partner, scene.services[0].id, text, "full").await;
        }
        let questions: Vec<QuestionId> = entity::question::Entity::find()
            .order_by_asc(entity::question::Column::Number)
            .all(app.db.reader())
            .await
            .expect("reads")
            .into_iter()
            .map(|q| q.id)
            .collect();
        for (n, question) in questions.iter().enumerate() {
            let text = format!("대답-{n}-끝입니다. 다음 달부터 됩니다.");
            answered(&world, &scene, *question, scene.speakers[n], &text).await;
        }
        release::all(app, scene.moderator, scene.event).await.expect("releases");
        let tx = app.db.begin_write().await.expect("begins");
        let id = article::create_from_event(&tx, app, scene.moderator, scene.event).await;
        tx.commit().await.expect("commits");
        Self {
            id: id.expect("composes"),
            world,
            scene,
            questions,
        }
    }

    async fn current(&self) -> (i32, Draft) {
        article::current(self.world.app.db.reader(), self.id)
            .await
            .expect("reads")
    }

    /// Changes the draft as one editor does.
    async fn edit(&self, change: impl FnOnce(&mut Draft)) -> i32 {
        let (version, mut draft) = self.current().await;
        change(&mut draft);
        article::update(&self.world.app, self.scene.moderator, self.id, version, draft)
            .await
            .expect("saves")
    }

    fn asked(&self, n: usize) -> article::Asked {
        article::Asked::Question(self.questions[n])
    }

    async fn row(&self) -> entity::article::Model {
        let row = entity::article::Entity::find_by_id(self.id)
            .one(self.world.app.db.reader())
            .await;
        row.expect("reads").expect("is there")
    }

    /// What readers see.
    async fn page(&self) -> Page {
        self.world
            .browser()
            .get(&format!("/articles/{}", self.scene.slug))
            .await
    }

    /// The path of somebody's page, as their mail has it.
    async fn link(&self, who: article::Who) -> String {
        let rows = entity::approver::Entity::find()
            .filter(entity::approver::Column::ArticleId.eq(self.id))
            .all(self.world.app.db.reader())
            .await
            .expect("reads");
        let row = rows.iter().find(|r| match who {
            article::Who::Partner(id) => r.invitation_id == Some(id),
            article::Who::Speaker(id) => r.speaker_id == Some(id),
            article::Who::Crew(id) => r.crew_member_id == Some(id),
        });
        publishing::approval::path(&self.world.app, row.expect("was asked").id)
    }

    fn partner(&self, n: usize) -> article::Who {
        article::Who::Partner(self.scene.partners[n].invitation)
    }

    /// Their mails of this kind.
    async fn mails(&self, kind: domain::state::mail::MailKind) -> Vec<entity::outgoing_mail::Model> {
        entity::outgoing_mail::Entity::find()
            .filter(entity::outgoing_mail::Column::Kind.eq(kind))
            .order_by_asc(entity::outgoing_mail::Column::Id)
            .all(self.world.app.db.reader())
            .await
            .expect("reads")
    }

    /// Everything that is due, as the worker of another process would run it.
    async fn work(&self) {
        let app = &self.world.app;
        let worker = jobs::Worker::new(
            app.db.clone(),
            app.clock.clone(),
            app.wake.clone(),
            mundap::handlers(app),
        );
        while worker.run_due().await.expect("runs") > 0 {}
    }
}

/// The editor's form, as browsers send one that may hold a file.
async fn send(editor: &mut Browser, form: &Filled) -> Page {
    editor.upload(form, "picture", "", b"").await
}

async fn answered(world: &World, scene: &Scene, question: QuestionId, speaker: SpeakerId, text: &str) {
    let app = &world.app;
    let tx = app.db.begin_write().await.expect("begins");
    decide::live(&tx, app, scene.moderator, question, Some(speaker))
        .await
        .expect("a place");
    said(&tx, world, scene, question, Some(speaker), text).await;
    tx.commit().await.expect("commits");
}

/// An approved answer, of a speaker on stage or by the editors' hand.
async fn said(
    tx: &impl ConnectionTrait,
    world: &World,
    scene: &Scene,
    question: QuestionId,
    speaker: Option<SpeakerId>,
    text: &str,
) {
    let row = entity::answer::ActiveModel {
        id: Set(AnswerId::new()),
        event_id: Set(scene.event),
        question_id: Set(Some(question)),
        reverse_id: Set(None),
        assignment_id: Set(None),
        source: Set(if speaker.is_some() {
            AnswerSource::Stage
        } else {
            AnswerSource::Staff
        }),
        crew_member_id: Set(None),
        speaker_id: Set(speaker),
        invitation_id: Set(None),
        staff_id: Set(None),
        incoming_id: Set(None),
        original: Set(text.into()),
        body: Set(text.into()),
        state: Set(AnswerState::Approved),
        position: Set(0),
        version: Set(1),
        received_at: Set(world.app.clock.now()),
        reviewed_by: Set(None),
        reviewed_at: Set(None),
    };
    entity::answer::Entity::insert(row)
        .exec_without_returning(tx)
        .await
        .expect("inserts");
}

/// Notes that they came.
async fn came(world: &World, scene: &Scene, who: &[InvitationId]) {
    let app = &world.app;
    let tx = app.db.begin_write().await.expect("begins");
    let sitting = entity::sitting::Entity::find()
        .one(&tx)
        .await
        .expect("reads")
        .expect("one");
    let people: Vec<_> = who.iter().map(|id| (*id, Some(true))).collect();
    let by = db::audit::Actor::Staff(scene.moderator);
    intake::staff::service::rsvp::note_came(&tx, app, by, scene.event, sitting.id, &people)
        .await
        .expect("notes");
    tx.commit().await.expect("commits");
}
