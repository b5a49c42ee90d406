//! The board: columns, search, filters, and one page of questions.

use super::enter;
use crate::triage::board::{self, Address, Column, Counts, FEW, Row, Sort, follow};
use askama::Template;
use axum::extract::{Path, Query, State};
use db::{
    entity::{board_view, bulk_run, company, event, field, invitation, partner, tag},
    people::{self, in_lang},
    prelude::*,
};
use domain::{EventId, Lang, StaffId, state::question::Prefers};
use sea_orm::{JoinType, QueryTrait, RelationTrait};
use web::{App, Choice, Chrome, Errors, auth::Moderator, render_form};

struct Tab {
    label: String,
    query: String,
    count: i64,
    current: bool,
}

/// What stands in the forms around the list.
#[derive(Debug, Default)]
pub(super) struct Typed {
    pub(super) errors: Errors,
    pub(super) reason_picked: String,
    pub(super) reason: String,
    pub(super) tag: String,
    pub(super) name: String,
    pub(super) picked: Vec<String>,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "what the page shows or not, each by itself"
)]
#[derive(Template)]
#[template(path = "triage/list.html")]
struct ListPage {
    c: Chrome,
    event: event::Model,
    address: Address,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    next: Option<String>,
    previous: Option<String>,
    found: Option<i64>,
    services: Vec<Choice>,
    fields: Vec<Choice>,
    prefers: Vec<Choice>,
    languages: Vec<Choice>,
    tags: Vec<Choice>,
    sorts: Vec<Choice>,
    scores: Vec<Choice>,
    reasons: Vec<Choice>,
    companies: Vec<String>,
    views: Vec<board_view::Model>,
    running: Vec<bulk_run::Model>,
    used: i64,
    counts: Counts,
    /// The words of the newest questions are not in the index yet.
    behind: bool,
    undo: bool,
    blind: bool,
    /// What one has not scored oneself is left out of a filter by scores, and stands last in their order.
    own_first: bool,
    typed: Typed,
    me: StaffId,
}

impl ListPage {
    fn base(&self) -> String {
        format!("/desk/events/{}", self.event.slug)
    }
    fn is_picked(&self, row: &Row) -> bool {
        let id = row.line.question.id.to_string();
        self.typed.picked.iter().any(|p| p.starts_with(&id))
    }
    /// Whether the pending decision is of this kind: its button would change nothing.
    fn pending_is(row: &Row, kind: &str) -> bool {
        row.line.pending.as_ref().is_some_and(|d| d.kind.as_str() == kind)
    }
    fn full(&self) -> bool {
        i64::from(self.event.live_places) <= self.used
    }
    /// Counted no further than a thousand.
    fn many(&self, count: i64) -> String {
        let number = self.c.number(Ord::min(count, FEW));
        if count > FEW { format!("{number}+") } else { number }
    }
    /// What the filters find, in words.
    fn found_line(&self) -> String {
        match self.found {
            Some(n) => self.c.t1("board-found", "n", self.many(n)),
            None => self.c.t1("board-found", "n", format!("{}+", self.rows.len())),
        }
    }
    fn views_of_mine(&self) -> impl Iterator<Item = &board_view::Model> {
        self.views.iter().filter(|v| v.staff_id == self.me)
    }
    fn is_view(&self, view: &board_view::Model) -> bool {
        self.address.first().query() == view.query
    }
}

pub(super) async fn show(
    State(app): State<App>,
    staff: Moderator,
    c: Chrome,
    Path(slug): Path<String>,
    Query(address): Query<Address>,
) -> web::Result {
    page(&app, c, &slug, staff.id, address, Typed::default()).await
}

pub(super) async fn page(
    app: &App,
    c: Chrome,
    slug: &str,
    staff: StaffId,
    address: Address,
    typed: Typed,
) -> web::Result {
    let (event, c) = enter(app, c, slug).await?;
    let (conn, lang) = (app.db.reader(), c.lang());
    let filter = address.filter(conn, event.id, staff, c.now).await?;
    // What is searched for may have come this second; the orders by scores want every question's figures.
    let wants = filter.search.is_some() || !filter.sort.by_number();
    let behind = wants && !follow::catch_up(&app.db, event.id).await?;
    let found = board::page(conn, event.id, &filter, board::PAGE).await?;
    let rows = board::rows(conn, event.id, &found.ids, staff, c.now, lang).await?;
    let counts = board::counts(conn, event.id).await?;
    let tabs = Column::ALL.into_iter().map(|column| Tab {
        label: c.t(format!("column-{}", column.as_str())),
        query: address.column(column),
        count: counts.of(column),
        current: column == filter.column,
    });
    let services = people::services(conn, lang).await?;
    let fields = field::Entity::find()
        .order_by_asc(field::Column::Position)
        .all(conn)
        .await?;
    let page = ListPage {
        tabs: tabs.collect(),
        next: found.after.map(|key| address.after(&key)),
        previous: found.before.map(|key| address.before(&key)),
        found: found.found,
        rows,
        services: choices(
            services.into_iter().map(|(id, name)| (id.to_string(), name)),
            &address.service,
        ),
        fields: choices(
            fields
                .iter()
                .map(|f| (f.id.to_string(), in_lang(lang, &f.name, &f.name_en))),
            &address.field,
        ),
        prefers: choices(
            Prefers::ALL
                .iter()
                .map(|p| (p.to_string(), c.t(format!("prefers-{p}")))),
            &address.prefers,
        ),
        languages: choices(
            Lang::ALL.iter().map(|l| (l.to_string(), c.t(format!("written-{l}")))),
            &address.written,
        ),
        tags: choices(tags_of(conn, event.id).await?, &address.tag),
        sorts: choices(
            Sort::ALL
                .iter()
                .map(|s| (s.as_str().to_owned(), c.t(format!("sort-{}", s.as_str())))),
            filter.sort.as_str(),
        ),
        scores: choices(
            ["2", "3", "3.5", "4", "4.5"].map(|s| (s.to_owned(), c.t1("score-from", "n", s))),
            &address.score,
        ),
        reasons: super::reason_choices(conn, event.id, lang, &typed.reason_picked).await?,
        companies: companies_of(conn, event.id).await?,
        views: board::views::of(conn, event.id, staff).await?,
        running: board::bulk::running(conn, event.id).await?,
        used: board::places(conn, event.id).await?,
        undo: super::list_act::has_acts(conn, event.id, staff).await?,
        blind: filter.blind,
        own_first: filter.own_first.is_some() && filter.asks_for_scores(),
        counts,
        behind,
        c,
        event,
        address,
        typed,
        me: staff,
    };
    render_form(&page.typed.errors, &page)
}

fn choices(all: impl IntoIterator<Item = (String, String)>, chosen: &str) -> Vec<Choice> {
    all.into_iter()
        .map(|(value, label)| {
            let chosen = value == chosen;
            Choice::new(value, label).chosen(chosen)
        })
        .collect()
}

async fn tags_of(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<(String, String)>, Error> {
    let tags: Vec<tag::Model> = board::tags::all(conn, event).await?;
    Ok(tags.into_iter().map(|t| (t.name.clone(), t.name)).collect())
}

/// So many companies are proposed while somebody types; any other can be typed.
const PROPOSED: u64 = 200;

async fn companies_of(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<String>, Error> {
    let invited = invitation::Entity::find()
        .select_only()
        .column(partner::Column::CompanyId)
        .join(JoinType::InnerJoin, invitation::Relation::Partner.def())
        .filter(invitation::Column::EventId.eq(event))
        .limit(PROPOSED)
        .into_query();
    Ok(company::Entity::find()
        .select_only()
        .column(company::Column::Name)
        .filter(company::Column::Id.in_subquery(invited))
        .order_by_asc(company::Column::Name)
        .into_tuple()
        .all(conn)
        .await?)
}
