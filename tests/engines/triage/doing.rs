//! A deed is done, by the services that the pages call or by the page itself.

use super::{
    deed::{Bulk, Deed, Freezing, Kind, OnMail, PLACES},
    table::Table,
};
use chrono::TimeDelta;
use db::{audit::Actor, entity, prelude::*};
use domain::{
    CompanyId, Lang, QuestionId,
    state::{
        decision::{DecisionKind, DecisionState},
        question::Board,
    },
};
use mail::outbox;
use moderation::{
    service::assign,
    stage::service as stage,
    triage::service::{
        decide::{self, Choice},
        freeze::{self, Freeze},
        propose,
        release::{self, When},
        reserves, route_rest,
        shortlist::{self, Move},
        undo,
    },
};
use std::collections::{BTreeMap, BTreeSet};

type Done = Result<usize, moderation::Error>;

impl Table<'_> {
    pub(super) fn id(&self, question: usize) -> QuestionId {
        self.questions[question].0
    }

    /// Does it; gives how many decisions one press each undoes, which must restore what was.
    pub(super) async fn does(&self, who: usize, deed: Deed) -> usize {
        let done = match deed {
            Deed::Release { drafts } => self.releases(who, drafts).await,
            Deed::RouteRest => route_rest::route_rest(&self.world.app, self.staff[who], self.event)
                .await
                .map(|_| 0),
            Deed::RouteReserves => reserves::route_all(&self.world.app, self.staff[who], self.event)
                .await
                .map(|_| 0),
            Deed::Withdraw(q) => {
                let (id, session) = &self.questions[q];
                // Refused once it has been decided on; then the jobs find nothing.
                let _ = intake::partner::service::question::withdraw(&self.world.app, session, *id).await;
                Ok(0)
            }
            Deed::Away(member, away) => {
                self.absent(member, away).await;
                Ok(0)
            }
            Deed::Answer(q) => self.answers(who, self.id(q)).await.map(|_| 0),
            Deed::Bulk(bulk) => self.bulk(who, bulk).await,
            Deed::Mail(_, OnMail::Sent) => {
                self.house.sender.run_due().await.expect("sends");
                Ok(0)
            }
            _ => self.in_one(who, deed).await,
        };
        self.work().await;
        match done {
            Ok(undoable) => undoable,
            Err(error) => {
                assert!(error.is_refusal(), "{deed:?}: {error}");
                0
            }
        }
    }

    /// What is one transaction.
    async fn in_one(&self, who: usize, deed: Deed) -> Done {
        let tx = self.world.app.db.begin_write().await.expect("begins");
        let done = self.within(&tx, who, deed).await;
        if done.is_ok() {
            tx.commit().await.expect("commits");
        } else {
            tx.rollback().await.expect("rolls back");
        }
        done
    }

    async fn within(&self, tx: &WriteTx, who: usize, deed: Deed) -> Done {
        let (app, staff) = (&self.world.app, self.staff[who]);
        match deed {
            Deed::Decide { question, kind, over } => {
                let id = self.id(question);
                let seen = if over { self.pending(id).await } else { None };
                let choice = self.choice(question, kind);
                decide::decide(tx, app, staff, id, seen, choice).await.map(|_| 1)
            }
            Deed::Drop(q) => {
                let seen = self.pending(self.id(q)).await;
                decide::drop_pending(tx, app, staff, self.id(q), seen).await.map(|()| 1)
            }
            Deed::Undo => undo::last(tx, app, staff, self.event).await.map(|_| 0),
            Deed::Again => undo::again(tx, app, staff, self.event).await.map(|_| 0),
            Deed::Correct(n) => {
                // One that was released, where there is one: else a correction would seldom meet anything.
                let decisions = self.decisions().await;
                let released = decisions.iter().filter(|d| d.state == DecisionState::Released);
                let released: Vec<QuestionId> = released.map(|d| d.question_id).collect();
                let meant = released.get(n % released.len().max(1)).copied();
                undo::released(tx, app, staff, meant.unwrap_or_else(|| self.id(n)))
                    .await
                    .map(|_| 0)
            }
            Deed::Move(q, to) => shortlist::reorder(tx, app, staff, self.id(q), Move::To(to))
                .await
                .map(|()| 0),
            Deed::NotReached(q) => {
                let decisions = self.decisions().await;
                let live = decisions
                    .iter()
                    .find(|d| d.question_id == self.id(q) && d.state == DecisionState::Released);
                stage::not_reached(tx, app, staff, self.id(q)).await?;
                self.missed.borrow_mut().extend(live.map(|d| d.id));
                Ok(0)
            }
            Deed::Propose => self.proposes(tx, who).await,
            Deed::Freeze(when) => {
                let now = app.clock.now();
                let what = match when {
                    Freezing::Now => Freeze::Now,
                    Freezing::Lift => Freeze::Lift,
                    Freezing::Due => Freeze::At(now - TimeDelta::minutes(1)),
                    Freezing::Planned => Freeze::At(now + TimeDelta::days(1)),
                };
                freeze::set(tx, app, staff, self.event, what).await.map(|()| 0)
            }
            Deed::PassOn(q) => match self.asked(self.id(q)).await {
                Some(asked) => assign::pass_on(tx, app, Actor::Staff(staff), &asked, None)
                    .await
                    .map(|_| 0),
                None => Ok(0),
            },
            Deed::Mail(n, act) => self.on_mail(tx, n, act).await,
            _ => unreachable!("more than one transaction"),
        }
    }

    fn choice(&self, question: usize, kind: Kind) -> Choice {
        match kind {
            Kind::Live => Choice::Live { speaker: None },
            Kind::Reserve => Choice::Reserve,
            Kind::Route { other } => Choice::Route {
                service: other.then(|| self.house.scene.services[(question + 1) % 2].id),
            },
            Kind::Decline => Choice::Decline {
                reason: "주제와 다릅니다.".into(),
            },
            Kind::Merge(into) => Choice::Merge { into: self.id(into) },
            Kind::Duplicate(of) => Choice::Duplicate { of: self.id(of) },
        }
    }

    /// Everything that waits is released or refused, and nothing else.
    async fn releases(&self, who: usize, drafts: bool) -> Done {
        let waited = self.decisions().await;
        let waited = waited.iter().filter(|d| d.state == DecisionState::Pending);
        let waited: Vec<_> = waited.filter(|d| d.kind != DecisionKind::Reserve).collect();
        let when = if drafts { When::ByHand } else { When::Now };
        let (app, staff) = (&self.world.app, self.staff[who]);
        let what = release::What::default();
        let release::Pressed::Done(done) = release::press_when(app, staff, self.event, &what, when).await? else {
            unreachable!("a few are released at once")
        };
        let refused: BTreeSet<QuestionId> = done.refused.iter().map(|(q, _)| *q).collect();
        assert_eq!(refused.len(), done.refused.len(), "each is refused once");
        let still: BTreeSet<QuestionId> = self
            .decisions()
            .await
            .iter()
            .filter(|d| d.state == DecisionState::Pending && d.kind != DecisionKind::Reserve)
            .map(|d| d.question_id)
            .collect();
        assert!(
            still.iter().all(|q| refused.contains(q)),
            "what stays pending was refused"
        );
        let gone = waited.iter().filter(|d| !still.contains(&d.question_id)).count();
        assert_eq!(gone as u64, done.released);
        Ok(0)
    }

    /// What is proposed is free, different, within the caps, and can all be taken.
    async fn proposes(&self, tx: &WriteTx, who: usize) -> Done {
        let app = &self.world.app;
        let event = entity::event::Entity::find_by_id(self.event)
            .one(tx)
            .await
            .expect("reads");
        let proposed = propose::propose(tx, &event.expect("there"), Lang::Ko).await?;
        let stands = self.stands().await;
        let placed: BTreeSet<QuestionId> = stands
            .iter()
            .filter(|(_, (.., own))| own.as_ref().is_some_and(|own| own.1.is_some()))
            .map(|(id, _)| *id)
            .collect();
        let new: BTreeSet<QuestionId> = proposed.iter().map(|p| p.question).collect();
        assert_eq!(new.len(), proposed.len(), "nothing is proposed twice");
        assert!(
            placed.len() + new.len() <= usize::try_from(PLACES).expect("few"),
            "no more than there are places"
        );
        let company = self.companies(tx).await;
        for question in &new {
            assert_eq!(stands[question].1, Some(Board::Inbox), "nobody decided about it");
            let own = company.get(question);
            let same = placed.iter().chain(&new).filter(|q| company.get(q) == own);
            assert!(own.is_none() || same.count() == 1, "one of a company");
        }
        for one in &proposed {
            decide::live(tx, app, self.staff[who], one.question, None)
                .await
                .expect("what is proposed can be taken");
        }
        Ok(proposed.len())
    }

    async fn companies(&self, tx: &WriteTx) -> BTreeMap<QuestionId, CompanyId> {
        let mut out = BTreeMap::new();
        for (id, session) in &self.questions {
            let partner = entity::partner::Entity::find_by_id(session.partner).one(tx).await;
            if let Some(company) = partner.expect("reads").and_then(|p| p.company_id) {
                out.insert(*id, company);
            }
        }
        out
    }

    async fn on_mail(&self, tx: &WriteTx, n: usize, act: OnMail) -> Done {
        let mails = self.mails().await;
        let Some(mail) = mails.get(n) else { return Ok(0) };
        let done = match act {
            OnMail::Queue => outbox::queue(tx, &self.world.app.clock, mail.id).await,
            // Staff who take back a mail that was dropped want it; that is no invariant's business.
            OnMail::Hold if mail.state == domain::state::mail::OutgoingState::Dropped => Ok(()),
            OnMail::Hold => outbox::hold(tx, mail.id).await,
            OnMail::Drop => outbox::drop(tx, mail.id).await,
            OnMail::Sent => unreachable!("sent by the sender"),
        };
        match done {
            Ok(()) => Ok(0),
            // It has gone, or is no draft.
            Err(mail::Error::Db(error)) if error.is_stale() => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    /// By the board's own form, on all that it finds; what somebody else decided stays.
    async fn bulk(&self, who: usize, bulk: Bulk) -> Done {
        let others = |decisions: Vec<entity::decision::Model>| -> Vec<_> {
            let pending = decisions.into_iter().filter(|d| d.state == DecisionState::Pending);
            let others = pending.filter(|d| d.decided_by != Some(self.staff[who]));
            others.map(|d| (d.id, d.kind, d.place)).collect()
        };
        let before = others(self.decisions().await);
        let path = format!("/desk/events/{}/triage", self.slug);
        let mut browser = self.house.browsers.borrow()[who].clone();
        let page = browser.get(&path).await.ok();
        let act = match bulk {
            Bulk::Route => "route-all",
            Bulk::Reserve => "reserve-all",
            Bulk::Decline => "decline-all",
        };
        let filled = page.forms("").into_iter().find(|f| f.value("csrf").is_some());
        let mut form = filled
            .expect("a form with our token")
            .set("act", act)
            .set("back", "state=all")
            .set("reason", "주제와 다릅니다.");
        form.action = path;
        let page = browser.send(&form).await;
        assert!(
            page.status.is_success() || page.status.as_u16() == 422,
            "{}",
            page.text()
        );
        self.house.browsers.borrow_mut()[who] = browser;
        self.work().await;
        let after = self.decisions().await;
        for (id, kind, place) in before {
            let still = after.iter().find(|d| d.id == id).expect("stays");
            // A reserve of theirs may have moved up since a place was left.
            let stands = still.state == DecisionState::Pending && still.place == place;
            assert!(
                stands || kind == DecisionKind::Reserve,
                "{bulk:?} took what another decided"
            );
        }
        Ok(0)
    }
}
