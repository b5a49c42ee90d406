//! Who of which crew is asked: the rule of the service, who is there, who stands in, and who has the least to do.

use crate::Error;
use chrono::{DateTime, NaiveDate, Utc};
use db::{
    entity::{assignment, crew_member, event, route_rule, service},
    prelude::*,
};
use domain::{CrewMemberId, ServiceId, state::assignment::AssignmentState};
use std::collections::{BTreeMap, HashMap, HashSet};
use web::lang::Zone;

/// Somebody who can be asked.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) member: crew_member::Model,
    /// The one of the crew who is absent.
    pub(crate) stands_in_for: Option<CrewMemberId>,
}

impl Candidate {
    pub(crate) const fn themselves(member: crew_member::Model) -> Self {
        Self {
            member,
            stands_in_for: None,
        }
    }
}

/// Where the questions about a service go today.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) crew: ServiceId,
    /// The first crew has nobody, this is the second one.
    pub(crate) second: bool,
    /// The lead first, then by how long they are in the crew. Never empty.
    pub(crate) candidates: Vec<Candidate>,
}

/// All crews and the rules of one event, on one day.
#[derive(Clone, Debug)]
pub(crate) struct Crews {
    rules: HashMap<ServiceId, (ServiceId, Option<ServiceId>)>,
    members: Vec<crew_member::Model>,
    today: NaiveDate,
}

impl Crews {
    pub(crate) async fn load(
        conn: &impl ConnectionTrait,
        event: &event::Model,
        at: DateTime<Utc>,
    ) -> Result<Self, Error> {
        let mut rules = route_rule::Entity::find()
            .filter(
                Condition::any()
                    .add(route_rule::Column::EventId.eq(event.id))
                    .add(route_rule::Column::EventId.is_null()),
            )
            .all(conn)
            .await?;
        // The event's own come last and so stand.
        rules.sort_by_key(|r| r.event_id.is_some());
        let rules = rules
            .into_iter()
            .map(|r| (r.service_id, (r.crew_service_id, r.second_service_id)));
        let members = crew_member::Entity::find()
            .filter(crew_member::Column::RemovedAt.is_null())
            .order_by_desc(crew_member::Column::IsLead)
            .order_by_asc(crew_member::Column::CreatedAt)
            .order_by_asc(crew_member::Column::Id)
            .all(conn)
            .await?;
        Ok(Self {
            rules: rules.collect(),
            members,
            today: at.with_timezone(&event.time_zone.tz()).date_naive(),
        })
    }

    /// The way of a service's questions; `None` when nobody can be asked.
    pub(crate) fn way(&self, service: ServiceId) -> Option<Way> {
        let (first, second) = self.rules.get(&service).copied().unwrap_or((service, None));
        let ways = [Some((first, false)), second.map(|s| (s, true))];
        ways.into_iter().flatten().find_map(|(crew, second)| {
            let candidates = self.candidates(crew);
            (!candidates.is_empty()).then_some(Way {
                crew,
                second,
                candidates,
            })
        })
    }

    /// Who of a crew can be asked: those who are there, and the deputies of those who are not.
    pub(crate) fn candidates(&self, crew: ServiceId) -> Vec<Candidate> {
        let mut seen = HashSet::new();
        let there = self.of(crew).filter(|m| !self.is_absent(m));
        let mut candidates: Vec<Candidate> = there.cloned().map(Candidate::themselves).collect();
        seen.extend(candidates.iter().map(|c| c.member.email.clone()));
        for absent in self.of(crew).filter(|m| self.is_absent(m)) {
            if let Some(deputy) = self.deputy(absent)
                && seen.insert(deputy.email.clone())
            {
                candidates.push(Candidate {
                    member: deputy.clone(),
                    stands_in_for: Some(absent.id),
                });
            }
        }
        candidates
    }

    fn of(&self, crew: ServiceId) -> impl Iterator<Item = &crew_member::Model> {
        self.members.iter().filter(move |m| m.service_id == crew)
    }

    pub(crate) fn is_absent(&self, member: &crew_member::Model) -> bool {
        member.absent_from.is_some_and(|from| from <= self.today)
            && member.absent_until.is_none_or(|until| self.today <= until)
    }

    /// Who stands in; a deputy who is absent has one, too, and a circle ends with nobody.
    fn deputy(&self, absent: &crew_member::Model) -> Option<&crew_member::Model> {
        let mut asked = HashSet::from([absent.id]);
        let mut next = absent.deputy_id;
        while let Some(id) = next {
            if !asked.insert(id) {
                return None;
            }
            let member = self.members.iter().find(|m| m.id == id)?;
            if !self.is_absent(member) {
                return Some(member);
            }
            next = member.deputy_id;
        }
        None
    }

    /// Of these the one with the fewest open assignments, counted by person and over all crews; the first of equals.
    pub(crate) async fn least_busy(
        &self,
        conn: &impl ConnectionTrait,
        candidates: &[Candidate],
        but: Option<CrewMemberId>,
    ) -> Result<Option<Candidate>, Error> {
        let load = self.load_of(conn, candidates).await?;
        let but = but.and_then(|id| self.members.iter().find(|m| m.id == id));
        let others = candidates
            .iter()
            .filter(|c| but.is_none_or(|but| but.email != c.member.email));
        Ok(others
            .min_by_key(|c| load.get(c.member.email.as_str()).copied().unwrap_or_default())
            .cloned())
    }

    /// Open assignments by address.
    async fn load_of<'a>(
        &'a self,
        conn: &impl ConnectionTrait,
        candidates: &[Candidate],
    ) -> Result<HashMap<&'a str, i64>, Error> {
        let people: HashSet<&str> = candidates.iter().map(|c| c.member.email.as_str()).collect();
        // Who serves several services has a row in each.
        let rows: HashMap<CrewMemberId, &str> = self
            .members
            .iter()
            .filter(|m| people.contains(m.email.as_str()))
            .map(|m| (m.id, m.email.as_str()))
            .collect();
        let open = assignment::Entity::find()
            .select_only()
            .column(assignment::Column::CrewMemberId)
            .column_as(assignment::Column::Id.count(), "open")
            .filter(assignment::Column::CrewMemberId.is_in(rows.keys().copied()))
            .filter(assignment::Column::State.is_in(AssignmentState::OPEN.iter().copied()))
            .group_by(assignment::Column::CrewMemberId)
            .into_tuple::<(CrewMemberId, i64)>()
            .all(conn)
            .await?;
        let mut load: HashMap<&str, i64> = HashMap::new();
        for (member, n) in open {
            if let Some(email) = rows.get(&member) {
                *load.entry(email).or_default() += n;
            }
        }
        Ok(load)
    }

    /// Who would get each of these, one after the other, if they were released now.
    pub(crate) async fn sequence(
        &self,
        conn: &impl ConnectionTrait,
        services: &[ServiceId],
    ) -> Result<Vec<Option<(ServiceId, Candidate)>>, Error> {
        let ways: HashMap<ServiceId, Option<Way>> = services.iter().map(|s| (*s, self.way(*s))).collect();
        let all: Vec<Candidate> = ways.values().flatten().flat_map(|w| w.candidates.clone()).collect();
        let mut load: HashMap<String, i64> = self
            .load_of(conn, &all)
            .await?
            .into_iter()
            .map(|(email, n)| (email.to_owned(), n))
            .collect();
        let chosen = services.iter().map(|service| {
            let way = ways.get(service)?.as_ref()?;
            let load_of = |c: &&Candidate| load.get(c.member.email.as_str()).copied().unwrap_or_default();
            let chosen = way.candidates.iter().min_by_key(load_of)?;
            *load.entry(chosen.member.email.as_str().to_owned()).or_default() += 1;
            Some((way.crew, chosen.clone()))
        });
        Ok(chosen.collect())
    }

    /// How many would go to whom if the pending routings and then the rest were released now, each by its service.
    pub(crate) async fn plan(
        &self,
        conn: &impl ConnectionTrait,
        pending: &[ServiceId],
        rest: &[ServiceId],
    ) -> Result<Plan, Error> {
        let services: Vec<ServiceId> = pending.iter().chain(rest).copied().collect();
        let chosen = self.sequence(conn, &services).await?;
        let people: Vec<Candidate> = chosen.iter().flatten().map(|(_, c)| c.clone()).collect();
        let open = self.load_of(conn, &people).await?;
        let mut plan = Plan::default();
        for (at, (service, chosen)) in services.iter().zip(chosen).enumerate() {
            let Some((crew, chosen)) = chosen else {
                *plan.nobody.entry(*service).or_default() += 1;
                continue;
            };
            let n = open.get(chosen.member.email.as_str()).copied().unwrap_or_default();
            let share = plan.shares.entry((crew, chosen.member.id)).or_insert_with(|| Share {
                crew,
                stands_in: chosen.stands_in_for.is_some(),
                open: n,
                pending: 0,
                rest: 0,
                member: chosen.member,
            });
            if at < pending.len() {
                share.pending += 1;
            } else {
                share.rest += 1;
            }
        }
        Ok(plan)
    }
}

/// What one person would get.
#[derive(Clone, Debug)]
pub(crate) struct Share {
    pub(crate) member: crew_member::Model,
    pub(crate) crew: ServiceId,
    pub(crate) stands_in: bool,
    pub(crate) open: i64,
    pub(crate) pending: usize,
    pub(crate) rest: usize,
}

/// A preview of the routing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    pub(crate) shares: BTreeMap<(ServiceId, CrewMemberId), Share>,
    /// Questions about services for which nobody can be asked.
    pub(crate) nobody: HashMap<ServiceId, usize>,
}

/// Keeps a crew to this transaction until it ends, so that two who count its open assignments at once count one after the
/// other. On SQLite there is one writer anyway. An update that leaves the key alone does not hinder who refers to it.
pub(crate) async fn hold(tx: &WriteTx, crew: ServiceId) -> Result<(), Error> {
    service::Entity::update_many()
        .col_expr(service::Column::Position, Expr::col(service::Column::Position))
        .filter(service::Column::Id.eq(crew))
        .exec(tx)
        .await?;
    Ok(())
}
