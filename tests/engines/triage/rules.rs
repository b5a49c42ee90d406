//! What holds after every step, whoever took it.

use super::{
    deed::{CREW, Deed, PLACES, QUESTIONS},
    table::Table,
};
use db::entity;
use domain::{
    DecisionId, QuestionId, ServiceId,
    state::{
        answer::AnswerState,
        assignment::AssignmentState,
        decision::{DecisionKind, DecisionState},
        mail::{MailKind, OutgoingState},
        question::{Board, QuestionState},
    },
};
use moderation::triage::service::freeze;
use std::collections::{BTreeMap, BTreeSet};

/// What a step is compared with.
pub(super) struct Before {
    frozen: bool,
    decisions: BTreeMap<DecisionId, entity::decision::Model>,
    assignments: BTreeSet<domain::AssignmentId>,
    dropped_mails: BTreeSet<domain::OutgoingId>,
}

impl Table<'_> {
    pub(super) async fn before(&self) -> Before {
        let app = &self.world.app;
        let decisions = self.decisions().await.into_iter().map(|d| (d.id, d));
        let dropped = self.mails().await.into_iter();
        let dropped = dropped.filter(|m| m.state == OutgoingState::Dropped);
        Before {
            frozen: freeze::frozen(app.db.reader(), app, self.event).await.expect("reads"),
            decisions: decisions.collect(),
            assignments: self.assignments().await.iter().map(|a| a.id).collect(),
            dropped_mails: dropped.map(|m| m.id).collect(),
        }
    }

    async fn assignments(&self) -> Vec<entity::assignment::Model> {
        use entity::assignment::{Column, Entity};
        self.rows::<Entity>(Column::EventId, Column::Id).await
    }

    async fn questions(&self) -> Vec<entity::question::Model> {
        use entity::question::{Column, Entity};
        self.rows::<Entity>(Column::EventId, Column::Id).await
    }

    /// What a step may change, and how.
    pub(super) async fn stepped_rightly(&self, before: &Before, deed: Deed) {
        for decision in self.decisions().await {
            let Some(was) = before.decisions.get(&decision.id) else {
                assert_eq!(decision.after_freeze, before.frozen, "marked when it is frozen");
                continue;
            };
            let moved = (was.place, was.rank) != (decision.place, decision.rank);
            let newly = decision.after_freeze && !was.after_freeze;
            assert!(decision.after_freeze || !was.after_freeze, "a mark stays");
            assert!(
                !newly || before.frozen && matches!(deed, Deed::Move(..)) && moved,
                "only what is moved is marked"
            );
            assert!(
                was.state != DecisionState::Dropped || decision.state == was.state,
                "what was dropped stays so"
            );
            if let Deed::Move(q, _) = deed
                && moved
                && before.frozen
                && decision.question_id == self.id(q)
            {
                assert!(decision.after_freeze, "a move is marked");
            }
        }
        self.reserves_moved_up(before, deed).await;
        let questions = self.questions().await;
        for new in self.assignments().await {
            if before.assignments.contains(&new.id) {
                continue;
            }
            let question = questions.iter().find(|q| Some(q.id) == new.question_id).expect("there");
            self.goes_the_right_way(&new, question, deed).await;
        }
        for mail in self.mails().await {
            let was = before.dropped_mails.contains(&mail.id);
            assert!(
                !was || mail.state == OutgoingState::Dropped,
                "what was dropped does not go"
            );
        }
    }

    /// No place is left empty while somebody waited for it.
    async fn reserves_moved_up(&self, before: &Before, deed: Deed) {
        if !matches!(deed, Deed::Decide { .. } | Deed::Drop(_)) {
            return;
        }
        let held = |d: &&entity::decision::Model| d.state != DecisionState::Dropped && d.place.is_some();
        let now = self.decisions().await;
        let waits = now.iter().any(|d| {
            let waited = before.decisions.get(&d.id).is_some_and(|was| was.rank.is_some());
            waited && d.state == DecisionState::Pending && d.rank.is_some()
        });
        let (were, are) = (
            before.decisions.values().filter(held).count(),
            now.iter().filter(held).count(),
        );
        assert!(are >= were || !waits, "a reserve moves up when a place frees");
    }

    /// The first crew while anybody of it is there, else the second; never somebody who is away.
    async fn goes_the_right_way(
        &self,
        asked: &entity::assignment::Model,
        question: &entity::question::Model,
        deed: Deed,
    ) {
        let services: Vec<ServiceId> = self.house.scene.services.iter().map(|s| s.id).collect();
        let away = self.away.get();
        let there = |service: ServiceId| (0..CREW).any(|m| self.house.crew[m].service == service && !away[m]);
        let member = (0..CREW).find(|m| Some(self.house.crew[*m].id) == asked.crew_member_id);
        let member = member.expect("one of the crews");
        assert!(!away[member], "somebody who is there");
        assert_eq!(Some(self.house.crew[member].service), asked.service_id);
        if matches!(deed, Deed::PassOn(_)) {
            return;
        }
        let decided = self.decisions().await.into_iter().find(|d| {
            d.question_id == question.id && d.state == DecisionState::Released && d.kind == DecisionKind::Route
        });
        let wanted = decided.and_then(|d| d.service_id).unwrap_or(question.service_id);
        let way = if wanted == services[0] && !there(wanted) {
            services[1]
        } else {
            wanted
        };
        assert_eq!(asked.service_id, Some(way), "the crew of the rule");
    }

    pub(super) async fn keeps_the_rules(&self) {
        let questions = self.questions().await;
        let decisions = self.decisions().await;
        let holds: Vec<_> = decisions.iter().filter(|d| d.state != DecisionState::Dropped).collect();
        let places: Vec<i32> = holds.iter().filter_map(|d| d.place).collect();
        let distinct: BTreeSet<i32> = places.iter().copied().collect();
        assert_eq!(places.len(), distinct.len(), "one question a place");
        assert!(
            distinct.iter().all(|p| (1..=PLACES).contains(p)),
            "never more than {PLACES}: {distinct:?}"
        );
        let mut ranks: Vec<i32> = holds.iter().filter_map(|d| d.rank).collect();
        ranks.sort_unstable();
        let wanted: Vec<i32> = (1..).take(ranks.len()).collect();
        assert_eq!(ranks, wanted, "ranks from 1 without a gap");
        let mut columns: BTreeMap<Board, usize> = BTreeMap::new();
        for q in &questions {
            let own: Vec<_> = holds.iter().filter(|d| d.question_id == q.id).collect();
            let pending: Vec<_> = own.iter().filter(|d| d.state == DecisionState::Pending).collect();
            assert!(own.len() <= 1, "one decision stands");
            assert_eq!(
                q.pending,
                pending.first().map(|d| d.kind),
                "what the board shows of {:?}",
                q.number
            );
            assert_eq!(
                q.board.is_none(),
                q.state == QuestionState::Withdrawn,
                "exactly one column"
            );
            if let Some(board) = q.board {
                *columns.entry(board).or_default() += 1;
            }
            if let Some(lead) = pending.iter().find(|d| d.kind.joins()).and_then(|d| d.merged_into) {
                let leaves = |d: &&&entity::decision::Model| {
                    d.question_id == lead && (d.kind.joins() || d.kind == DecisionKind::Decline)
                };
                assert!(!holds.iter().any(|d| leaves(&d)), "who leads is joined to nothing");
            }
            let released = own.iter().find(|d| d.state == DecisionState::Released);
            let missed = self.missed.borrow();
            let missed = decisions
                .iter()
                .any(|d| d.question_id == q.id && missed.contains(&d.id));
            stands_where_it_was_put(q, released.map(|d| d.kind), missed, &questions);
        }
        let sum: usize = columns.values().sum();
        let gone = questions.iter().filter(|q| q.state == QuestionState::Withdrawn).count();
        assert_eq!(sum + gone, questions.len(), "the columns add up");
        let app = &self.world.app;
        let ledger = desk::ledger::read(app.db.reader(), self.event, app.clock.now());
        let ledger = ledger.await.expect("reads");
        let leaves: u64 = desk::ledger::Leaf::ALL.iter().map(|leaf| ledger.leaf(*leaf)).sum();
        assert_eq!(leaves, QUESTIONS as u64, "the ledger adds up");
        self.mails_and_crews(&questions, &decisions).await;
        self.answers_arrive(&questions).await;
    }

    async fn mails_and_crews(&self, questions: &[entity::question::Model], decisions: &[entity::decision::Model]) {
        let assignments = self.assignments().await;
        for q in questions {
            let asked = assignments
                .iter()
                .filter(|a| a.question_id == Some(q.id) && !AssignmentState::LEFT.contains(&a.state));
            let wanted = usize::from(q.state == QuestionState::Routed);
            assert_eq!(
                asked.count(),
                wanted,
                "one crew member is asked for what is routed: {:?}",
                q.number
            );
        }
        let mails = self.mails().await;
        let missed = self.missed.borrow();
        let told = |d: &&entity::decision::Model| d.released_at.is_some();
        let taken_back =
            |d: &&entity::decision::Model| told(d) && d.state == DecisionState::Dropped && !missed.contains(&d.id);
        let mut wanted: BTreeSet<String> = BTreeSet::new();
        wanted.extend(decisions.iter().filter(told).map(|d| format!("outcome:{}", d.id)));
        wanted.extend(
            decisions
                .iter()
                .filter(taken_back)
                .map(|d| format!("correction:{}", d.id)),
        );
        wanted.extend(assignments.iter().map(|a| format!("assignment:{}", a.id)));
        let left = assignments.iter().filter(|a| a.state == AssignmentState::Withdrawn);
        wanted.extend(left.map(|a| format!("withdrawn:{}", a.id)));
        let written = mails.iter().filter(|m| m.kind != MailKind::Delivery);
        let written: Vec<String> = written.map(|m| m.dedup.clone()).collect();
        let once: BTreeSet<String> = written.iter().cloned().collect();
        assert_eq!(once.len(), written.len(), "no mail twice");
        let differ: Vec<&String> = once.symmetric_difference(&wanted).collect();
        assert!(differ.is_empty(), "one mail for each cause: {differ:?}");
        for q in questions {
            self.in_their_order(q, &mails, decisions);
        }
    }

    /// Asker by asker: an outcome, its correction, the next outcome. What waits says what holds.
    fn in_their_order(
        &self,
        q: &entity::question::Model,
        mails: &[entity::outgoing_mail::Model],
        decisions: &[entity::decision::Model],
    ) {
        let own = mails
            .iter()
            .filter(|m| m.question_id == Some(q.id) && m.kind == MailKind::Outcome);
        let mut last: Option<&str> = None;
        for mail in own {
            let (kind, of) = mail.dedup.split_once(':').expect("says for what");
            if kind == "outcome" {
                assert!(last.is_none(), "an outcome after what was corrected");
                last = Some(of);
            } else {
                assert_eq!(last, Some(of), "corrected is what was told last");
                last = None;
            }
            let decision = decisions.iter().find(|d| d.id.to_string() == of).expect("there");
            let waits = matches!(mail.state, OutgoingState::Draft | OutgoingState::Queued);
            let holds = decision.state == DecisionState::Released || self.missed.borrow().contains(&decision.id);
            assert!(
                kind != "outcome" || !waits || holds,
                "a mail waits that no longer holds"
            );
        }
    }

    /// Everybody who asked an answered question, or was joined to one, has each answer once.
    async fn answers_arrive(&self, questions: &[entity::question::Model]) {
        let answers = {
            use entity::answer::{Column, Entity};
            self.rows::<Entity>(Column::EventId, Column::Id).await
        };
        let deliveries = {
            use entity::delivery::{Column, Entity};
            self.rows::<Entity>(Column::EventId, Column::Id).await
        };
        let mut wanted: BTreeSet<(domain::AnswerId, QuestionId)> = BTreeSet::new();
        for answer in answers.iter().filter(|a| a.state == AnswerState::Approved) {
            let lead = answer.question_id.expect("of a question");
            let joined = questions.iter().filter(|q| q.merged_into == Some(lead));
            wanted.extend(joined.map(|q| (answer.id, q.id)).chain([(answer.id, lead)]));
        }
        let has: Vec<_> = deliveries.iter().map(|d| (d.answer_id, d.question_id)).collect();
        let once: BTreeSet<_> = has.iter().copied().collect();
        assert_eq!(once.len(), has.len(), "no answer twice");
        assert_eq!(once, wanted, "every asker has the answer");
        let mails = self.mails().await;
        let mails = mails.iter().filter(|m| m.kind == MailKind::Delivery).count();
        assert_eq!(mails, has.len(), "one mail for each");
    }
}

fn stands_where_it_was_put(
    q: &entity::question::Model,
    released: Option<DecisionKind>,
    missed: bool,
    questions: &[entity::question::Model],
) {
    match q.state {
        QuestionState::Draft => unreachable!("all were sent"),
        QuestionState::Received | QuestionState::Withdrawn => assert_eq!(released, None),
        QuestionState::Live => assert_eq!(released, Some(DecisionKind::Live)),
        QuestionState::Routed => assert!(released == Some(DecisionKind::Route) || released.is_none() && missed),
        QuestionState::Declined => {
            assert_eq!(released, Some(DecisionKind::Decline));
            assert!(q.decline_reason.is_some());
        }
        QuestionState::Merged => {
            assert!(released.is_some_and(DecisionKind::joins));
            let lead = questions
                .iter()
                .find(|l| Some(l.id) == q.merged_into)
                .expect("names its lead");
            assert_ne!(lead.id, q.id);
            assert!(
                !matches!(
                    lead.state,
                    QuestionState::Merged | QuestionState::Declined | QuestionState::Withdrawn
                ),
                "no chain"
            );
        }
    }
    assert_eq!(q.merged_into.is_some(), q.state == QuestionState::Merged);
}
