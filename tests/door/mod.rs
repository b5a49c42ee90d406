//! Places that are few, the programme, the code, and the door.

mod calendar;
mod codes;
mod marks;
mod seats;
mod thanks;

use crate::flow::scene::{self, Scene, Size};
use chrono::NaiveDate;
use db::{audit::Actor, entity, prelude::*};
use domain::{InvitationId, SittingId};
use intake::{
    partner::service::rsvp::{self, Answer, Outcome},
    staff::service::sitting,
};
use testkit::World;
use web::auth::PartnerSession;

/// A day before the scene's sitting.
const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2029, 12, 1).expect("a day");

struct Door {
    world: World,
    scene: Scene,
    sitting: SittingId,
}

impl Door {
    /// With so many partners, all of one service, and one sitting.
    async fn new(partners: usize) -> Self {
        Self::over(World::new().await, partners).await
    }

    async fn over(world: World, partners: usize) -> Self {
        let scene = scene::set(&world, Size::small(partners)).await;
        let sitting = entity::sitting::Entity::find()
            .one(world.app.db.reader())
            .await
            .expect("reads")
            .expect("one")
            .id;
        Self { world, scene, sitting }
    }

    async fn row(&self) -> entity::sitting::Model {
        let found = entity::sitting::Entity::find_by_id(self.sitting);
        found
            .one(self.world.app.db.reader())
            .await
            .expect("reads")
            .expect("one")
    }

    /// The sitting with other places and days of reminding.
    async fn change(&self, how: impl FnOnce(&mut sitting::NewSitting)) -> Result<(), intake::Error> {
        let row = self.row().await;
        let mut new = sitting::NewSitting {
            title: row.title,
            title_en: row.title_en,
            place: row.place,
            place_en: row.place_en,
            first_day: row.first_day,
            last_day: row.last_day,
            capacity: row.capacity,
            remind_days: row.remind_days,
        };
        how(&mut new);
        let app = &self.world.app;
        let tx = app.db.begin_write().await.expect("begins");
        let by = Actor::Staff(self.scene.moderator);
        let done = sitting::change(&tx, app, by, self.scene.event, self.sitting, new).await;
        if done.is_ok() {
            tx.commit().await.expect("commits");
        }
        done
    }

    async fn who(&self, n: usize) -> PartnerSession {
        let invitation = self.scene.partners[n].invitation;
        let row = entity::invitation::Entity::find_by_id(invitation)
            .one(self.world.app.db.reader())
            .await
            .expect("reads")
            .expect("is there");
        PartnerSession {
            invitation,
            event: self.scene.event,
            partner: row.partner_id,
        }
    }

    async fn says(&self, n: usize, answer: &Answer) -> Outcome {
        let (app, who) = (&self.world.app, self.who(n).await);
        let tx = app.db.begin_write().await.expect("begins");
        let outcome = rsvp::answer(&tx, app, &who, TODAY, answer).await.expect("answers");
        tx.commit().await.expect("commits");
        outcome
    }

    async fn comes(&self, n: usize, coming: bool) -> Outcome {
        let answer = Answer {
            sittings: vec![(self.sitting, coming)],
            parts: Vec::new(),
        };
        self.says(n, &answer).await
    }

    fn id(&self, n: usize) -> InvitationId {
        self.scene.partners[n].invitation
    }

    /// Subjects of the mails of these kinds to one partner, oldest first.
    async fn subjects(&self, n: usize, kind: domain::state::mail::MailKind) -> Vec<String> {
        let rows = entity::outgoing_mail::Entity::find()
            .filter(entity::outgoing_mail::Column::InvitationId.eq(self.id(n)))
            .filter(entity::outgoing_mail::Column::Kind.eq(kind))
            .order_by_asc(entity::outgoing_mail::Column::Id)
            .all(self.world.app.db.reader())
            .await
            .expect("reads");
        rows.iter()
            .map(|row| row.letter["subject"].as_str().unwrap_or_default().to_owned())
            .collect()
    }
}
