//! An event whose ten are released and whose eight are picked.

use crate::flow::scene::{self, Scene, Size, ask, enter};
use chrono::{DateTime, TimeZone, Utc};
use db::{
    entity::{question, stage_run},
    prelude::*,
};
use domain::{Clock, Lang, QuestionId, ReverseId, role::Role, text::QuestionText};
use moderation::{
    reverse::service::{self as reverse, Asker, Proposal},
    triage::service::{decide, release},
};
use testkit::{Browser, World};

pub(super) const RUN: &str = "/desk/events/talk/run";
pub(super) const STAGE: &str = "/desk/events/talk/stage";

pub(super) struct Set {
    pub(super) world: World,
    pub(super) scene: Scene,
    pub(super) live: Vec<QuestionId>,
    pub(super) back: Vec<ReverseId>,
}

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 3, 0, 0).single().expect("a moment")
}

/// With a clock that stands until somebody moves it.
pub(super) async fn set(live: usize, back: usize) -> Set {
    let world = World::with(Clock::frozen(noon()), |_| {}).await;
    let scene = scene::set(&world, Size::small(live + 2)).await;
    world.staff("second", &[Role::Stage]).await;
    for n in 0..live {
        let mut partner = enter(&world, scene.partners[n].invitation, Lang::Ko).await;
        let text = format!("{}번째로 여쭙습니다. 정산 주기를 앞당길 계획이 있나요?", n + 1);
        ask(&mut partner, scene.services[0].id, &text, "company").await;
    }
    let app = &world.app;
    let questions = question::Entity::find()
        .order_by_asc(question::Column::Number)
        .all(app.db.reader())
        .await
        .expect("reads");
    for question in &questions {
        let tx = app.db.begin_write().await.expect("begins");
        decide::live(&tx, app, scene.moderator, question.id, Some(scene.speakers[0]))
            .await
            .expect("a place");
        tx.commit().await.expect("commits");
    }
    release::all(app, scene.moderator, scene.event).await.expect("releases");
    let mut asked_back = Vec::new();
    for n in 0..back {
        let tx = app.db.begin_write().await.expect("begins");
        let proposal = Proposal {
            event: scene.event,
            service: Some(scene.services[0].id),
            body: QuestionText::parse(&format!("{}번째로 되묻습니다. 무엇이 가장 불편하셨나요?", n + 1))
                .expect("holds"),
            lang: Lang::Ko,
            asker: Asker::Crew(scene.services[0].lead),
            entered_by: None,
        };
        let id = reverse::propose(&tx, app, proposal).await.expect("proposes");
        reverse::pick(&tx, app, scene.moderator, scene.event, id)
            .await
            .expect("picks");
        tx.commit().await.expect("commits");
        asked_back.push(id);
    }
    Set {
        live: questions.iter().map(|q| q.id).collect(),
        back: asked_back,
        world,
        scene,
    }
}

impl Set {
    pub(super) async fn stands(&self) -> stage_run::Model {
        let found = stage_run::Entity::find_by_id(self.scene.event)
            .one(self.world.app.db.reader())
            .await;
        found.expect("reads").expect("somebody acted")
    }

    pub(super) fn later(&self, seconds: i64) {
        self.world
            .app
            .clock
            .set(self.world.app.clock.now() + chrono::TimeDelta::seconds(seconds));
    }
}

/// Presses a button of the operator's page as it stands now; gives the page that follows.
pub(super) async fn press(browser: &mut Browser, act: &str) -> testkit::Page {
    let page = browser.get(STAGE).await.ok();
    let form = main_form(&page);
    browser.send(&form.set("act", act)).await
}

/// The same where nothing stands in the way.
pub(super) async fn done(browser: &mut Browser, act: &str) {
    _ = press(browser, act).await.ok();
}

/// The form with next and back: the first that is not the one of taking over.
pub(super) fn main_form(page: &testkit::Page) -> testkit::Filled {
    let at = page.body.find("id=\"act-next\"").expect("the button");
    let before = page.body[..at]
        .matches("action=\"/desk/events/talk/stage/act\"")
        .count();
    page.forms("/stage/act").into_iter().nth(before - 1).expect("its form")
}

/// What the hall reads now.
pub(super) async fn hall(browser: &mut Browser) -> String {
    browser.get("/hall/talk").await.ok().text()
}
