//! One deed on all questions that the filters find: more than a page can wait for, so a job does it part by part, and
//! its row says how far it is.

use super::{Address, Edge, Key, PAGE, Sort, page, tags, topic};
use crate::{
    Result,
    triage::service::{
        decide::{self, Choice},
        reasons,
    },
};
use db::{
    audit::{self, Actor},
    entity::{bulk_run, question},
    people,
    prelude::*,
};
use domain::{BulkId, EventId, Lang, QuestionId, StaffId, job::Job};
use serde::{Deserialize, Serialize};
use serde_json::json;
use web::App;

/// What is done with each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    Route,
    Reserve,
    Decline(Reasoned),
    Tag(String),
    Untag(String),
}

/// A reason in both languages: each asker reads their own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Reasoned {
    ko: String,
    en: String,
}

impl Reasoned {
    /// Picked from the list (by its place, from 1), in words, or both; as the list stands now.
    ///
    /// # Errors
    /// When it is empty or too long, or the database refuses.
    pub(crate) async fn compose(
        conn: &impl ConnectionTrait,
        event: EventId,
        picked: &str,
        words: &str,
    ) -> Result<Self> {
        let of = async |lang| decide::checked_reason(&reasons::compose(conn, event, picked, words, lang).await?);
        Ok(Self {
            ko: of(Lang::Ko).await?,
            en: of(Lang::En).await?,
        })
    }

    /// As a run keeps it; what ran before there was a list kept words alone.
    fn parse(argument: &str) -> Result<Self> {
        if let Ok(both) = serde_json::from_str(argument) {
            return Ok(both);
        }
        let words = decide::checked_reason(argument)?;
        Ok(Self {
            ko: words.clone(),
            en: words,
        })
    }

    /// In the language of the question's asker.
    async fn of(&self, tx: &WriteTx, question: QuestionId) -> Result<String> {
        if self.ko == self.en {
            return Ok(self.ko.clone());
        }
        let found = question::Entity::find_by_id(question).one(tx).await?;
        let question = found.ok_or(crate::Error::NotFound)?;
        let asker = people::invitee(tx, question.invitation_id, question.lang).await?;
        Ok(match asker.map_or(question.lang, |a| a.lang) {
            Lang::Ko => &self.ko,
            Lang::En => &self.en,
        }
        .clone())
    }
}

impl Deed {
    /// As a run keeps it.
    ///
    /// # Errors
    /// When the reason or the name of the tag is none.
    pub(crate) fn parse(deed: &str, argument: &str) -> Result<Option<Self>> {
        Ok(Some(match deed {
            "route" => Self::Route,
            "reserve" => Self::Reserve,
            "decline" => Self::Decline(Reasoned::parse(argument)?),
            "tag" => Self::Tag(tags::checked(argument)?),
            "untag" => Self::Untag(tags::checked(argument)?),
            _ => return Ok(None),
        }))
    }

    pub(crate) const fn as_str(&self) -> &'static str {
        match self {
            Self::Route => "route",
            Self::Reserve => "reserve",
            Self::Decline(_) => "decline",
            Self::Tag(_) => "tag",
            Self::Untag(_) => "untag",
        }
    }

    fn argument(&self) -> String {
        match self {
            Self::Route | Self::Reserve => String::new(),
            Self::Decline(reason) => json!(reason).to_string(),
            Self::Tag(text) | Self::Untag(text) => text.clone(),
        }
    }

    /// Does it to one question in the caller's transaction; `seen` is the pending decision that the page showed.
    pub(crate) async fn on(
        &self,
        tx: &WriteTx,
        app: &App,
        staff: StaffId,
        event: EventId,
        question: QuestionId,
        seen: Option<domain::DecisionId>,
    ) -> Result<()> {
        let choice = match self {
            Self::Route => Choice::Route { service: None },
            Self::Reserve => Choice::Reserve,
            Self::Decline(reason) => Choice::Decline {
                reason: reason.of(tx, question).await?,
            },
            Self::Tag(name) => return tags::put(tx, app, staff, event, name, &[question]).await.map(drop),
            Self::Untag(name) => return tags::take(tx, app, staff, event, name, &[question]).await.map(drop),
        };
        decide::decide(tx, app, staff, question, seen, choice).await.map(drop)
    }
}

/// Begins it for all that the address finds now.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn begin(app: &App, staff: StaffId, event: EventId, address: &Address, deed: &Deed) -> Result<()> {
    let tx = app.db.begin_write().await?;
    let last = question::Entity::find()
        .filter(question::Column::EventId.eq(event))
        .filter(question::Column::Number.is_not_null())
        .order_by_desc(question::Column::Number)
        .one(&tx)
        .await?;
    let bulk = BulkId::new();
    // By number: what is done with leaves the filter, and must not shift the rest.
    let query = Address {
        sort: String::new(),
        ..address.first()
    };
    let row = bulk_run::ActiveModel {
        id: Set(bulk),
        event_id: Set(event),
        staff_id: Set(staff),
        deed: Set(deed.as_str().to_owned()),
        argument: Set(deed.argument()),
        query: Set(query.query()),
        after_number: Set(0),
        up_to: Set(last.and_then(|q| q.number).unwrap_or_default()),
        done: Set(0),
        refused: Set(0),
        state: Set("running".to_owned()),
        created_at: Set(app.clock.now()),
    };
    bulk_run::Entity::insert(row).exec_without_returning(&tx).await?;
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action: "bulk.begun",
        subject: ("event", Some(event.uuid())),
        details: json!({ "deed": deed.as_str(), "query": address.query() }),
    };
    audit::record(&tx, &app.clock, entry).await?;
    jobs::enqueue(&tx, &app.clock, &Job::Bulk { bulk }, app.clock.now()).await?;
    app.live.commit(tx, &topic(event)).await?;
    app.wake.notify();
    Ok(())
}

/// What runs now, and what the last of them came to.
pub(crate) async fn running(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<bulk_run::Model>, db::Error> {
    let find = bulk_run::Entity::find()
        .filter(bulk_run::Column::EventId.eq(event))
        .filter(bulk_run::Column::State.eq("running"));
    Ok(find.order_by_asc(bulk_run::Column::CreatedAt).all(conn).await?)
}

/// A job's share: one page of questions; the rest is enqueued behind what waits already. Begun again after a kill, it
/// goes on behind the last page that was finished, and a deed that was done already is refused or changes nothing.
///
/// # Errors
/// When the database refuses; what was done until then stays done.
pub(crate) async fn part(app: &App, id: BulkId) -> Result<()> {
    let Some(run) = bulk_run::Entity::find_by_id(id).one(app.db.reader()).await? else {
        return Ok(());
    };
    let Some(deed) = Deed::parse(&run.deed, &run.argument)? else {
        return Ok(());
    };
    if run.state != "running" {
        return Ok(());
    }
    let (event, conn) = (run.event_id, app.db.reader());
    super::follow::all(&app.db, event).await?;
    let address = Address::parse(&run.query);
    let mut filter = address.filter(conn, event, run.staff_id, run.created_at).await?;
    filter.sort = Sort::Number;
    filter.up_to = Some(run.up_to);
    filter.edge = Some(Edge::After(Key {
        value: run.after_number.into(),
        id: None,
    }));
    let found = page(conn, event, &filter, PAGE).await?;
    let (mut done, mut refused) = (0, 0);
    for question in &found.ids {
        let tx = app.db.begin_write().await?;
        match deed.on(&tx, app, run.staff_id, event, *question, None).await {
            Ok(()) => {
                tx.commit().await?;
                done += 1;
            }
            Err(error) if error.is_refusal() => {
                tx.rollback().await?;
                refused += 1;
            }
            Err(error) => return Err(error),
        }
    }
    let tx = app.db.begin_write().await?;
    let mut moved = bulk_run::Entity::update_many()
        .col_expr(bulk_run::Column::Done, Expr::col(bulk_run::Column::Done).add(done))
        .col_expr(
            bulk_run::Column::Refused,
            Expr::col(bulk_run::Column::Refused).add(refused),
        );
    moved = match found.after {
        Some(key) => moved.col_expr(
            bulk_run::Column::AfterNumber,
            Expr::value(i32::try_from(key.value).unwrap_or(i32::MAX)),
        ),
        None => moved.col_expr(bulk_run::Column::State, Expr::value("done")),
    };
    let moved = moved
        .filter(bulk_run::Column::Id.eq(id))
        .filter(bulk_run::Column::AfterNumber.eq(run.after_number))
        .filter(bulk_run::Column::State.eq("running"))
        .exec(&tx)
        .await?;
    if moved.rows_affected == 1 && found.after.is_some() {
        jobs::enqueue(&tx, &app.clock, &Job::Bulk { bulk: id }, app.clock.now()).await?;
    }
    app.live.commit(tx, &topic(event)).await?;
    crate::stage::service::commit(app, app.db.begin_write().await?, event).await
}
