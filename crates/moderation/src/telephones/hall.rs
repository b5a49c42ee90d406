//! Whose telephones they are: the day's hall, or the rehearsal that is on. Each has its address.

use super::{rehearsed, service};
use crate::{
    Error, Result,
    stage::rehearsal::{self, Now, Rehearsal},
};
use db::{
    audit::Actor,
    entity::{event, question},
    prelude::*,
};
use domain::{Lang, QuestionId, StaffId};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use web::App;

pub(super) struct Hall {
    pub(super) event: event::Model,
    pub(super) rehearsal: Option<Rehearsal>,
}

impl Hall {
    /// By an address; `None` where there is none such, or its rehearsal is over.
    pub(super) async fn find(conn: &impl ConnectionTrait, code: &str) -> Result<Option<Self>> {
        let code = code.to_lowercase();
        let day = event::Entity::find().filter(event::Column::HallCode.eq(&code));
        if let Some(event) = day.one(conn).await? {
            let rehearsal = None;
            return Ok(Some(Self { event, rehearsal }));
        }
        let Some(rehearsal) = rehearsal::by_code(conn, &code).await? else {
            return Ok(None);
        };
        let event = event::Entity::find_by_id(rehearsal.event).one(conn).await?;
        Ok(event.map(|event| Self {
            event,
            rehearsal: Some(rehearsal),
        }))
    }

    /// The one that is played now: what the desk's page is about.
    pub(super) async fn played(conn: &impl ConnectionTrait, event: event::Model) -> Result<Self> {
        let rehearsal = rehearsal::of(conn, event.id).await?;
        Ok(Self { event, rehearsal })
    }

    pub(super) const fn is_open(&self) -> bool {
        self.rehearsal.is_some() || self.event.hall_from.is_some()
    }

    pub(super) fn code(&self) -> Option<&str> {
        match &self.rehearsal {
            Some(rehearsal) => Some(&rehearsal.hall_code),
            None => self.event.hall_code.as_deref().filter(|_| self.is_open()),
        }
    }

    /// What its telephones are told stands, in one language.
    pub(super) fn topic(&self, lang: Lang) -> String {
        let stage = crate::stage::topic(self.event.id);
        match &self.rehearsal {
            Some(rehearsal) => format!("{stage}/{}/{lang}", rehearsal.id),
            None => format!("{stage}/{lang}"),
        }
    }

    /// What it sees; the day's hall sees nothing of a rehearsal.
    pub(super) async fn now(&self, conn: &impl ConnectionTrait) -> Result<Now> {
        Now::of(conn, self.event.id, self.rehearsal.clone()).await
    }

    pub(super) async fn questions(&self, conn: &impl ConnectionTrait) -> Result<Vec<question::Model>> {
        match &self.rehearsal {
            Some(_) => rehearsed::questions(conn, self.event.id).await,
            None => service::questions(conn, &self.event).await,
        }
    }

    pub(super) async fn shown(&self, conn: &impl ConnectionTrait) -> Result<HashSet<QuestionId>> {
        match &self.rehearsal {
            Some(rehearsal) => Ok(rehearsal.book.shown.iter().copied().collect()),
            None => Ok(service::shown(conn, self.event.id).await?.into_keys().collect()),
        }
    }

    pub(super) async fn votes(&self, conn: &impl ConnectionTrait) -> Result<HashMap<QuestionId, i32>> {
        match &self.rehearsal {
            Some(_) => rehearsed::votes(conn, self.event.id).await,
            None => service::votes(conn, self.event.id).await,
        }
    }

    pub(super) async fn applause(&self, conn: &impl ConnectionTrait, subject: Uuid) -> Result<i32> {
        match &self.rehearsal {
            Some(_) => rehearsed::applause(conn, self.event.id, subject).await,
            None => service::applause(conn, subject).await,
        }
    }

    pub(super) async fn done(&self, conn: &impl ConnectionTrait, voter: &str) -> Result<Vec<Uuid>> {
        match &self.rehearsal {
            Some(_) => rehearsed::done(conn, self.event.id, voter).await,
            None => service::done(conn, voter).await,
        }
    }

    pub(super) async fn clap(&self, app: &App, subject: Uuid, voter: &str) -> Result<()> {
        match &self.rehearsal {
            Some(rehearsal) => rehearsed::clap(app, rehearsal, subject, voter).await,
            None => service::clap(app, self.event.id, subject, voter).await,
        }
    }

    pub(super) async fn vote(&self, app: &App, question: QuestionId, voter: &str) -> Result<()> {
        match &self.rehearsal {
            Some(rehearsal) => rehearsed::vote(app, rehearsal, question, voter).await,
            None => service::vote(app, self.event.id, question, voter).await,
        }
    }

    /// Lets its telephones read a question, or no more.
    pub(super) async fn show(&self, app: &App, staff: StaffId, question: QuestionId, shown: bool) -> Result<()> {
        match &self.rehearsal {
            Some(rehearsal) => rehearsed::show(app, rehearsal, question, shown).await,
            None => service::show(app, staff, &self.event, question, shown).await,
        }
    }

    /// # Errors
    /// While a rehearsal is on, the day's telephones stay as they are.
    pub(super) async fn open(&self, app: &App, staff: StaffId, asks: bool) -> Result<()> {
        self.of_day()?;
        service::open(app, staff, self.event.id, asks).await
    }

    /// # Errors
    /// See [`Self::open`].
    pub(super) async fn close(&self, app: &App, staff: StaffId) -> Result<()> {
        self.of_day()?;
        service::close(app, Actor::Staff(staff), self.event.id).await
    }

    const fn of_day(&self) -> Result<()> {
        if self.rehearsal.is_some() {
            Err(Error::Refused("refused-rehearsal-changed"))
        } else {
            Ok(())
        }
    }
}
