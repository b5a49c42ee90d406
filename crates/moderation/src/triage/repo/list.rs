//! The list of triage: columns, filters, search, one page at a time.

use db::{
    entity::{company, decision, invitation, partner, question},
    page::Page,
    people::{self, Invitee},
    prelude::*,
};
use domain::{
    EventId, FieldId, Lang, QuestionId, ServiceId, StaffId,
    state::{
        decision::DecisionState,
        question::{Board, Prefers, QuestionState},
    },
};
use sea_orm::sea_query::{Func, LikeExpr, Query};
use std::collections::HashMap;

/// The columns of the board; a question stands in exactly one. Drafts and withdrawn questions stand in none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Column {
    /// Received, and nobody decided.
    #[default]
    Inbox,
    Live,
    Reserve,
    Crew,
    Merged,
    Declined,
    All,
}

impl Column {
    pub(crate) const ALL: [Self; 7] = [
        Self::Inbox,
        Self::Live,
        Self::Reserve,
        Self::Crew,
        Self::Merged,
        Self::Declined,
        Self::All,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Live => "live",
            Self::Reserve => "reserve",
            Self::Crew => "crew",
            Self::Merged => "merged",
            Self::Declined => "declined",
            Self::All => "all",
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|c| c.as_str() == text).unwrap_or_default()
    }

    const fn board(self) -> Option<Board> {
        match self {
            Self::Inbox => Some(Board::Inbox),
            Self::Live => Some(Board::Live),
            Self::Reserve => Some(Board::Reserve),
            Self::Crew => Some(Board::Crew),
            Self::Merged => Some(Board::Merged),
            Self::Declined => Some(Board::Declined),
            Self::All => None,
        }
    }

    fn condition(self) -> Expr {
        match self.board() {
            Some(board) => question::Column::Board.eq(board),
            None => question::Column::Board.is_not_null(),
        }
    }
}

/// What the list shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) column: Column,
    pub(crate) text: String,
    pub(crate) service: Option<ServiceId>,
    pub(crate) field: Option<FieldId>,
    pub(crate) prefers: Option<Prefers>,
    pub(crate) lang: Option<Lang>,
    /// The number after which the page begins.
    pub(crate) after: Option<i32>,
}

/// One question with what the list says about it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) question: question::Model,
    pub(crate) asker: Option<Invitee>,
    pub(crate) service: String,
    pub(crate) pending: Option<decision::Model>,
    pub(crate) decided_by: String,
}

impl Line {
    pub(crate) fn number(&self) -> i32 {
        self.question.number.unwrap_or_default()
    }
    pub(crate) fn excerpt(&self) -> String {
        domain::text::excerpt(&self.question.body, 160)
    }
    pub(crate) fn who(&self) -> String {
        self.asker.as_ref().map(Invitee::line).unwrap_or_default()
    }
    pub(crate) fn waiting(&self) -> bool {
        self.question.state == QuestionState::Received
    }
    /// What its badge says: pending while a decision waits for its release.
    pub(crate) fn state(&self) -> &'static str {
        if self.decision().is_some() {
            DecisionState::Pending.as_str()
        } else {
            self.question.state.as_str()
        }
    }
    pub(crate) fn state_key(&self) -> String {
        format!("state-{}", self.state())
    }
    pub(crate) fn decision_key(&self) -> Option<String> {
        self.decision().map(|d| format!("decision-{}", d.kind))
    }
    pub(crate) fn place(&self) -> Option<i32> {
        self.decision()?.place
    }
    fn decision(&self) -> Option<&decision::Model> {
        self.pending.as_ref().filter(|_| self.waiting())
    }
    /// What a form shows, so that another moderator's decision in between is noticed.
    pub(crate) fn seen(&self) -> String {
        self.pending.as_ref().map(|d| d.id.to_string()).unwrap_or_default()
    }
}

pub(crate) const PAGE: usize = 50;

pub(crate) async fn page(
    conn: &impl ConnectionTrait,
    event: EventId,
    filter: &Filter,
    lang: Lang,
) -> Result<Page<Line>, Error> {
    let mut find = question::Entity::find()
        .filter(question::Column::EventId.eq(event))
        .filter(filter.column.condition());
    if let Some(service) = filter.service {
        find = find.filter(question::Column::ServiceId.eq(service));
    }
    if let Some(field) = filter.field {
        let invited = Query::select()
            .column(invitation::Column::Id)
            .from(invitation::Entity)
            .and_where(invitation::Column::EventId.eq(event))
            .and_where(invitation::Column::FieldId.eq(field))
            .to_owned();
        find = find.filter(question::Column::InvitationId.in_subquery(invited));
    }
    if let Some(prefers) = filter.prefers {
        find = find.filter(question::Column::Prefers.eq(prefers));
    }
    if let Some(lang) = filter.lang {
        find = find.filter(question::Column::Lang.eq(lang));
    }
    if let Some(text) = search(event, &filter.text) {
        find = find.filter(text);
    }
    if let Some(after) = filter.after {
        find = find.filter(question::Column::Number.gt(after));
    }
    let rows = find
        .order_by_asc(question::Column::Number)
        .limit(PAGE as u64 + 1)
        .all(conn)
        .await?;
    let page = Page::from_overfull(rows, PAGE, |q| q.number.unwrap_or_default().to_string());
    Ok(Page {
        rows: lines(conn, page.rows, lang).await?,
        next: page.next,
    })
}

/// A number finds its question; other text is looked for in questions, names and companies.
fn search(event: EventId, text: &str) -> Option<Condition> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let like = like_pattern(text);
    let lower = |column: Expr| Expr::expr(Func::lower(column)).like(like.clone());
    let asked_by = Query::select()
        .column((invitation::Entity, invitation::Column::Id))
        .from(invitation::Entity)
        .inner_join(
            partner::Entity,
            Expr::col((partner::Entity, partner::Column::Id))
                .equals((invitation::Entity, invitation::Column::PartnerId)),
        )
        .left_join(
            company::Entity,
            Expr::col((company::Entity, company::Column::Id)).equals((partner::Entity, partner::Column::CompanyId)),
        )
        .and_where(Expr::col((invitation::Entity, invitation::Column::EventId)).eq(event))
        .cond_where(
            Condition::any()
                .add(lower(Expr::col((partner::Entity, partner::Column::Name))))
                .add(lower(Expr::col((partner::Entity, partner::Column::PenName))))
                .add(lower(Expr::col((company::Entity, company::Column::Name)))),
        )
        .to_owned();
    let mut found = Condition::any()
        .add(lower(Expr::col((question::Entity, question::Column::Body))))
        .add(question::Column::InvitationId.in_subquery(asked_by));
    if let Ok(number) = text.trim_start_matches('#').parse::<i32>() {
        found = found.add(question::Column::Number.eq(number));
    }
    Some(found)
}

/// `%`, `_` and the escape itself are searched for as they are.
fn like_pattern(text: &str) -> LikeExpr {
    let mut pattern = String::from("%");
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('\\')
}

/// These questions as lines, in the given order.
pub(crate) async fn lines_of(conn: &impl ConnectionTrait, ids: &[QuestionId], lang: Lang) -> Result<Vec<Line>, Error> {
    let mut rows = question::Entity::find()
        .filter(question::Column::Id.is_in(ids.iter().copied()))
        .all(conn)
        .await?;
    let at: HashMap<QuestionId, usize> = ids.iter().enumerate().map(|(n, id)| (*id, n)).collect();
    rows.sort_by_key(|q| at.get(&q.id).copied());
    lines(conn, rows, lang).await
}

pub(crate) async fn lines(
    conn: &impl ConnectionTrait,
    questions: Vec<question::Model>,
    lang: Lang,
) -> Result<Vec<Line>, Error> {
    let askers = people::invitees(conn, questions.iter().map(|q| q.invitation_id), lang).await?;
    let services = people::service_names(conn, lang).await?;
    let pending = decision::Entity::find()
        .filter(decision::Column::QuestionId.is_in(questions.iter().map(|q| q.id)))
        .filter(decision::Column::State.eq(DecisionState::Pending))
        .all(conn)
        .await?;
    let staff: Vec<StaffId> = pending.iter().filter_map(|d| d.decided_by).collect();
    let hosts = people::hosts(conn, [], [], staff).await?;
    let mut pending: HashMap<QuestionId, decision::Model> = pending.into_iter().map(|d| (d.question_id, d)).collect();
    let mut out = Vec::with_capacity(questions.len());
    for question in questions {
        let pending = pending.remove(&question.id);
        let by = pending.as_ref().and_then(|d| hosts.staff.get(&d.decided_by?));
        out.push(Line {
            service: services.get(&question.service_id).cloned().unwrap_or_default(),
            // Somebody may have asked several of these.
            asker: askers.get(&question.invitation_id).cloned(),
            decided_by: by.map(domain::person::Person::name).unwrap_or_default(),
            pending,
            question,
        });
    }
    Ok(out)
}

/// How many questions stand in each column.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts(HashMap<Board, i64>);

impl Counts {
    pub(crate) fn of(&self, column: Column) -> i64 {
        match column.board() {
            Some(board) => self.0.get(&board).copied().unwrap_or_default(),
            None => self.0.values().sum(),
        }
    }
}

pub(crate) async fn counts(conn: &impl ConnectionTrait, event: EventId) -> Result<Counts, Error> {
    let counts = question::Entity::find()
        .select_only()
        .column(question::Column::Board)
        .column_as(question::Column::Id.count(), "n")
        .filter(question::Column::EventId.eq(event))
        .filter(question::Column::Board.is_not_null())
        .group_by(question::Column::Board)
        .into_tuple::<(Board, i64)>()
        .all(conn)
        .await?;
    Ok(Counts(counts.into_iter().collect()))
}
