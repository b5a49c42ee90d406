//! One event of its own for each sequence, and how it stands.

use super::deed::{ANSWERED, CREW, PLACES, QUESTIONS};
use crate::{engines::at_once::whoever, flow::scene::Scene};
use chrono::TimeDelta;
use db::{audit::Actor, entity, prelude::*};
use domain::{
    CrewMemberId, DecisionId, EventId, QuestionId, ServiceId, SpeakerId, StaffId,
    state::{
        assignment::AssignmentState,
        decision::{DecisionKind, DecisionState},
        mail::OutgoingState,
        question::{Board, QuestionState},
    },
    text::AnswerText,
};
use intake::staff::service::crew::{self, Absence};
use moderation::{
    answers::service::{approve, receive},
    triage::service::{
        decide, release,
        rules::{self, Rule},
        undo::{self, Undone},
    },
};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
};
use testkit::{Browser, Postfix, World, rows};
use web::auth::PartnerSession;

pub(super) struct Member {
    pub(super) id: CrewMemberId,
    pub(super) service: ServiceId,
}

/// What all sequences share.
pub(super) struct House {
    pub(super) world: World,
    pub(super) scene: Scene,
    pub(super) staff: [StaffId; 3],
    pub(super) browsers: RefCell<Vec<Browser>>,
    pub(super) crew: Vec<Member>,
    pub(super) sender: mail::Sender,
}

pub(super) struct Table<'a> {
    pub(super) house: &'a House,
    pub(super) world: &'a World,
    pub(super) event: EventId,
    pub(super) slug: String,
    pub(super) staff: [StaffId; 3],
    pub(super) questions: Vec<(QuestionId, PartnerSession)>,
    pub(super) away: Cell<[bool; CREW]>,
    /// What was on the list of the stage and not reached there: dropped, and corrected by no mail.
    pub(super) missed: RefCell<BTreeSet<DecisionId>>,
}

/// Where a question stands: what an undo must bring back.
pub(super) type Stand = (
    QuestionState,
    Option<Board>,
    Option<QuestionId>,
    Option<(
        DecisionKind,
        Option<i32>,
        Option<i32>,
        Option<SpeakerId>,
        Option<ServiceId>,
        Option<QuestionId>,
        Option<String>,
    )>,
);

impl<'a> Table<'a> {
    pub(super) async fn set(house: &'a House, n: usize) -> Self {
        let world = &house.world;
        let app = &world.app;
        let now = app.clock.now();
        let row = entity::event::Entity::find_by_id(house.scene.event)
            .one(app.db.reader())
            .await
            .expect("reads")
            .expect("there");
        let (event, slug) = (EventId::new(), format!("talk-{n}"));
        let mut people = Vec::new();
        for n in 0..QUESTIONS {
            people.push(whoever(world, &house.scene, n).await.partner);
        }
        let tx = app.db.begin_write().await.expect("begins");
        let mut row: entity::event::ActiveModel = row.into();
        row.id = Set(event);
        row.slug = Set(slug.clone());
        row.live_places = Set(PLACES);
        entity::event::Entity::insert(row)
            .exec_without_returning(&tx)
            .await
            .expect("an event");
        let mut questions = Vec::new();
        for (n, partner) in people.into_iter().enumerate() {
            let row = rows::invitation(event, partner, now);
            let invitation = *row.id.as_ref();
            entity::invitation::Entity::insert(row)
                .exec_without_returning(&tx)
                .await
                .expect("an invitation");
            let service = house.scene.services[n % 2].id;
            let body = format!("{n}번째 질문에 답을 기다립니다.");
            let mut row = rows::question(event, invitation, service, body, now);
            row.number = Set(Some(i32::try_from(n).expect("few") + 1));
            let id = *row.id.as_ref();
            entity::question::Entity::insert(row)
                .exec_without_returning(&tx)
                .await
                .expect("a question");
            questions.push((
                id,
                PartnerSession {
                    invitation,
                    event,
                    partner,
                },
            ));
        }
        // The first service has a second crew, the other has none.
        let [first, second] = [0, 1].map(|n| house.scene.services[n].id);
        let rule = Rule {
            service: first,
            crew: first,
            second: Some(second),
        };
        rules::save(&tx, app, house.staff[0], Some(event), &[rule])
            .await
            .expect("a rule");
        tx.commit().await.expect("commits");
        let table = Self {
            house,
            world,
            event,
            slug,
            staff: house.staff,
            questions,
            away: Cell::new([true; CREW]),
            missed: RefCell::default(),
        };
        for member in 0..CREW {
            table.absent(member, false).await;
        }
        table.begin_answered().await;
        table
    }

    async fn begin_answered(&self) {
        let app = &self.world.app;
        let id = self.questions[ANSWERED].0;
        let tx = app.db.begin_write().await.expect("begins");
        decide::route(&tx, app, self.staff[0], id, None).await.expect("routes");
        tx.commit().await.expect("commits");
        let done = release::all(app, self.staff[0], self.event).await.expect("releases");
        assert_eq!(done.released, 1);
        assert!(self.answers(0, id).await.expect("is asked"));
        self.work().await;
    }

    /// The crew answers and it is approved; false when nobody is asked.
    pub(super) async fn answers(&self, who: usize, question: QuestionId) -> Result<bool, moderation::Error> {
        let app = &self.world.app;
        let Some(asked) = self.asked(question).await else {
            return Ok(false);
        };
        let text = || AnswerText::parse("매주 수요일입니다.").expect("a text");
        let tx = app.db.begin_write().await.expect("begins");
        let answer = receive::receive_staff(&tx, app, self.staff[who], asked.id, text()).await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return tx.rollback().await.map(|()| Err(error)).expect("rolls back"),
        };
        match approve::approve(&tx, app, self.staff[who], answer, text(), 1).await {
            Ok(()) => tx.commit().await.map(|()| Ok(true)).expect("commits"),
            Err(error) => tx.rollback().await.map(|()| Err(error)).expect("rolls back"),
        }
    }

    /// Whoever is asked for the question's answer now.
    pub(super) async fn asked(&self, question: QuestionId) -> Option<entity::assignment::Model> {
        let found = entity::assignment::Entity::find()
            .filter(entity::assignment::Column::QuestionId.eq(question))
            .filter(entity::assignment::Column::State.is_not_in(AssignmentState::LEFT.iter().copied()));
        found.one(self.world.app.db.reader()).await.expect("reads")
    }

    pub(super) async fn absent(&self, member: usize, away: bool) {
        let app = &self.world.app;
        let yesterday = (app.clock.now() - TimeDelta::days(2)).date_naive();
        let absence = Absence {
            from: away.then_some(yesterday),
            ..Absence::default()
        };
        let Member { id, service } = self.house.crew[member];
        let tx = app.db.begin_write().await.expect("begins");
        crew::absent(&tx, &app.clock, Actor::Staff(self.staff[0]), service, id, absence)
            .await
            .expect("is noted");
        tx.commit().await.expect("commits");
        let mut all = self.away.get();
        all[member] = away;
        self.away.set(all);
    }

    pub(super) async fn pending(&self, question: QuestionId) -> Option<DecisionId> {
        let found = entity::decision::Entity::find()
            .filter(entity::decision::Column::QuestionId.eq(question))
            .filter(entity::decision::Column::State.eq(DecisionState::Pending));
        found
            .one(self.world.app.db.reader())
            .await
            .expect("reads")
            .map(|d| d.id)
    }

    /// All rows of this event of one kind, in the order in which they were made.
    pub(super) async fn rows<E>(&self, event: E::Column, id: E::Column) -> Vec<E::Model>
    where
        E: EntityTrait<Model: Send + Sync>,
    {
        let found = E::find().filter(event.eq(self.event)).order_by_asc(id);
        found.all(self.world.app.db.reader()).await.expect("reads")
    }

    pub(super) async fn decisions(&self) -> Vec<entity::decision::Model> {
        use entity::decision::{Column, Entity};
        self.rows::<Entity>(Column::EventId, Column::Id).await
    }

    pub(super) async fn mails(&self) -> Vec<entity::outgoing_mail::Model> {
        use entity::outgoing_mail::{Column, Entity};
        self.rows::<Entity>(Column::EventId, Column::Id).await
    }

    pub(super) async fn stands(&self) -> BTreeMap<QuestionId, Stand> {
        use entity::question::{Column, Entity};
        let questions = self.rows::<Entity>(Column::EventId, Column::Id).await;
        let decisions = self.decisions().await;
        let own = |q: QuestionId| {
            let holds = decisions.iter().filter(|d| d.state != DecisionState::Dropped);
            let d = holds.into_iter().find(|d| d.question_id == q)?.clone();
            Some((
                d.kind,
                d.place,
                d.rank,
                d.speaker_id,
                d.service_id,
                d.merged_into,
                d.reason,
            ))
        };
        questions
            .into_iter()
            .map(|q| (q.id, (q.state, q.board, q.merged_into, own(q.id))))
            .collect()
    }

    pub(super) async fn work(&self) {
        let app = &self.world.app;
        let worker = jobs::Worker::new(
            app.db.clone(),
            app.clock.clone(),
            app.wake.clone(),
            mundap::handlers(app),
        );
        while worker.run_due().await.expect("runs") > 0 {}
    }

    pub(super) async fn presses(&self, who: usize, again: bool) -> Undone {
        let (app, staff) = (&self.world.app, self.staff[who]);
        let tx = app.db.begin_write().await.expect("begins");
        let undone = if again {
            undo::again(&tx, app, staff, self.event).await
        } else {
            undo::last(&tx, app, staff, self.event).await
        };
        let undone = undone.expect("what was just done can be undone");
        tx.commit().await.expect("commits");
        undone
    }
}

/// The crews, service by service.
pub(super) async fn crew(world: &World) -> Vec<Member> {
    let rows = entity::crew_member::Entity::find()
        .order_by_asc(entity::crew_member::Column::Id)
        .all(world.app.db.reader())
        .await
        .expect("reads");
    let crew: Vec<Member> = rows
        .into_iter()
        .map(|m| Member {
            id: m.id,
            service: m.service_id,
        })
        .collect();
    assert_eq!(crew.len(), CREW);
    crew
}

/// What the mail server got: each mail that counts as sent, once.
pub(super) async fn no_letter_twice(house: &House, postfix: &Postfix) {
    use entity::outgoing_mail::{Column, Entity};
    let sent = Entity::find().filter(Column::State.eq(OutgoingState::Sent));
    let sent = sent.all(house.world.app.db.reader()).await.expect("reads");
    let letters = testkit::eventually("the mail server to have put all away", async || {
        (postfix.is_idle() && postfix.arrived() >= sent.len()).then(|| postfix.letters())
    })
    .await;
    let arrived: BTreeSet<String> = letters.iter().map(|l| l.message_id.clone()).collect();
    assert_eq!(arrived.len(), letters.len(), "no letter twice");
    assert_eq!(arrived.len(), sent.len(), "what was sent arrived");
    println!("{} letters, each once", letters.len());
}
