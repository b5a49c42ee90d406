//! An issue is made, filled and put in order.

use super::items;
use crate::{Error, cache};
use db::{
    audit::{self, Actor},
    entity::{article, issue, issue_item},
    prelude::*,
};
use domain::{
    ArticleId, IssueId, IssueItemId, Lang, StaffId,
    state::issue::{CoverTone, IssueState},
    text::{self, TextError},
};
use sea_orm::sea_query::OnConflict;
use std::collections::{BTreeSet, HashSet};
use web::{Errors, Message};

const TITLE: usize = 80;
const STANDFIRST: usize = 300;
const ALT: usize = 300;
/// Lines of one issue.
const LINES: usize = 200;
const NUMBERS: i32 = 9_999;

/// What an editor types of an issue, its contents included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueDraft {
    /// Stays as it is once readers have seen the issue: it is its address.
    pub number: i32,
    pub lang: Lang,
    pub title: String,
    pub standfirst: String,
    pub tone: CoverTone,
    /// A picture that is kept already, by the SHA-256 of its bytes.
    pub cover: Option<String>,
    pub cover_alt: String,
    pub items: Vec<Item>,
}

/// A line of its contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub id: IssueItemId,
    pub line: Line,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// The title of what begins here.
    Section(String),
    Article(ArticleId),
}

impl Item {
    pub fn new(line: Line) -> Self {
        Self {
            id: IssueItemId::new(),
            line,
        }
    }
}

impl IssueDraft {
    /// The articles in their order.
    pub fn articles(&self) -> impl Iterator<Item = ArticleId> + '_ {
        self.items.iter().filter_map(|item| match item.line {
            Line::Article(id) => Some(id),
            Line::Section(_) => None,
        })
    }
}

/// An empty issue in preparation, under the next number.
///
/// # Errors
/// [`Error::Fields`] when the title does not hold.
pub async fn create(app: &web::App, staff: StaffId, title: &str, lang: Lang) -> Result<IssueId, Error> {
    let title = line(title, TITLE).map_err(|message| fields("title", message))?;
    let now = app.clock.now();
    let tx = app.db.begin_write().await?;
    let id = IssueId::new();
    loop {
        let last: Option<Option<i32>> = issue::Entity::find()
            .select_only()
            .column_as(issue::Column::Number.max(), "last")
            .into_tuple()
            .one(&tx)
            .await?;
        let number = last.flatten().unwrap_or_default() + 1;
        let row = issue::ActiveModel {
            id: Set(id),
            number: Set(number),
            lang: Set(lang),
            title: Set(title.clone()),
            standfirst: Set(String::new()),
            tone: Set(CoverTone::ALL[usize::try_from(number - 1).unwrap_or_default() % CoverTone::ALL.len()]),
            cover: Set(None),
            cover_alt: Set(String::new()),
            state: Set(IssueState::Draft),
            shown_at: Set(None),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
        };
        let free = OnConflict::column(issue::Column::Number).do_nothing().to_owned();
        let rows = issue::Entity::insert(row)
            .on_conflict(free)
            .exec_without_returning(&tx)
            .await?;
        if rows > 0 {
            note(
                &tx,
                app,
                staff,
                id,
                "issue.created",
                serde_json::json!({ "number": number }),
            )
            .await?;
            tx.commit().await?;
            return Ok(id);
        }
    }
}

/// An issue and its version as they stand.
///
/// # Errors
/// When there is no such issue.
pub async fn current(conn: &impl ConnectionTrait, id: IssueId) -> Result<(issue::Model, IssueDraft), Error> {
    let row = super::issue(conn, id).await?;
    let items = items(conn, id).await?;
    let draft = of(&row, items);
    Ok((row, draft))
}

fn of(row: &issue::Model, items: Vec<issue_item::Model>) -> IssueDraft {
    let item = |row: issue_item::Model| Item {
        id: row.id,
        line: row.article_id.map_or(Line::Section(row.title), Line::Article),
    };
    IssueDraft {
        number: row.number,
        lang: row.lang,
        title: row.title.clone(),
        standfirst: row.standfirst.clone(),
        tone: row.tone,
        cover: row.cover.clone(),
        cover_alt: row.cover_alt.clone(),
        items: items.into_iter().map(item).collect(),
    }
}

/// Saves what was typed over `version`, the one that its editor read; gives the new one. An article that stood in another
/// issue leaves it; nobody is told.
///
/// # Errors
/// [`Error::Fields`] when something typed does not hold; stale when somebody else saved first.
pub async fn save(app: &web::App, staff: StaffId, id: IssueId, version: i32, draft: IssueDraft) -> Result<i32, Error> {
    let draft = check(draft).map_err(Error::Fields)?;
    let tx = app.db.begin_write().await?;
    let row = super::issue(&tx, id).await?;
    let wanted: BTreeSet<ArticleId> = draft.articles().collect();
    let known = known(&tx, &wanted).await?;
    let left = super::places(&tx, wanted.iter().copied()).await?;
    let mut others: BTreeSet<IssueId> = left.values().map(|issue| issue.id).collect();
    others.remove(&id);
    // In the order of their ids, so that two who move articles between the same issues wait for each other.
    for each in others.iter().copied().chain([id]).collect::<BTreeSet<_>>() {
        if each == id {
            put(&tx, app, &row, version, &draft).await?;
        } else {
            count_up(&tx, app, each).await?;
        }
    }
    let before: Vec<ArticleId> = items(&tx, id).await?.into_iter().filter_map(|i| i.article_id).collect();
    arrange(&tx, id, &wanted, &known, &draft).await?;
    super::step::settle(&tx, before.into_iter().chain(wanted)).await?;
    let moved: BTreeSet<i32> = left.values().filter(|i| i.id != id).map(|i| i.number).collect();
    let details = serde_json::json!({ "number": row.number, "moved_from": moved });
    note(&tx, app, staff, id, "issue.saved", details).await?;
    tx.commit().await?;
    cache::changed();
    Ok(version + 1)
}

async fn known(conn: &impl ConnectionTrait, wanted: &BTreeSet<ArticleId>) -> Result<HashSet<ArticleId>, Error> {
    let known: Vec<ArticleId> = article::Entity::find()
        .select_only()
        .column(article::Column::Id)
        .filter(article::Column::Id.is_in(wanted.iter().copied()))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(known.into_iter().collect())
}

async fn put(
    tx: &impl ConnectionTrait,
    app: &web::App,
    row: &issue::Model,
    version: i32,
    draft: &IssueDraft,
) -> Result<(), Error> {
    let number = if row.shown_at.is_some() {
        row.number
    } else {
        draft.number
    };
    let update = issue::Entity::update_many()
        .col_expr(issue::Column::Number, Expr::value(number))
        .col_expr(issue::Column::Lang, Expr::value(draft.lang))
        .col_expr(issue::Column::Title, Expr::value(&draft.title))
        .col_expr(issue::Column::Standfirst, Expr::value(&draft.standfirst))
        .col_expr(issue::Column::Tone, Expr::value(draft.tone))
        .col_expr(issue::Column::Cover, Expr::value(draft.cover.clone()))
        .col_expr(issue::Column::CoverAlt, Expr::value(&draft.cover_alt))
        .col_expr(issue::Column::UpdatedAt, Expr::value(app.clock.now()))
        .col_expr(issue::Column::Version, Expr::value(version + 1))
        .filter(issue::Column::Id.eq(row.id))
        .filter(issue::Column::Version.eq(version));
    let result = update.exec(tx).await.map_err(|error| match db::conflict(&error) {
        Some(db::Conflict::Unique) => fields("number", "error-taken".into()),
        _ => error.into(),
    })?;
    Ok(one_row(&result, "issue")?)
}

/// Another issue, which an article leaves: who has its page open is told when they save.
async fn count_up(tx: &impl ConnectionTrait, app: &web::App, id: IssueId) -> Result<(), Error> {
    issue::Entity::update_many()
        .col_expr(issue::Column::Version, Expr::col(issue::Column::Version).add(1))
        .col_expr(issue::Column::UpdatedAt, Expr::value(app.clock.now()))
        .filter(issue::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// The lines as they were typed, in place of those that stood.
async fn arrange(
    tx: &impl ConnectionTrait,
    id: IssueId,
    wanted: &BTreeSet<ArticleId>,
    known: &HashSet<ArticleId>,
    draft: &IssueDraft,
) -> Result<(), Error> {
    let stood = Condition::any()
        .add(issue_item::Column::IssueId.eq(id))
        .add(issue_item::Column::ArticleId.is_in(wanted.iter().copied()));
    issue_item::Entity::delete_many().filter(stood).exec(tx).await?;
    let mut seen = HashSet::new();
    let lines = draft.items.iter().filter(|item| match item.line {
        Line::Article(article) => known.contains(&article) && seen.insert(article),
        Line::Section(_) => true,
    });
    let rows: Vec<issue_item::ActiveModel> = (1..)
        .zip(lines)
        .map(|(position, item)| {
            let (title, article) = match &item.line {
                Line::Section(title) => (title.clone(), None),
                Line::Article(article) => (String::new(), Some(*article)),
            };
            issue_item::ActiveModel {
                id: Set(item.id),
                issue_id: Set(id),
                position: Set(position),
                title: Set(title),
                article_id: Set(article),
            }
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let inserted = issue_item::Entity::insert_many(rows).exec_without_returning(tx).await;
    inserted.map(drop).map_err(|error| match db::conflict(&error) {
        // Somebody put one of these into another issue at the same moment.
        Some(db::Conflict::Unique) => db::Error::Stale { what: "issue" }.into(),
        _ => error.into(),
    })
}

fn check(mut draft: IssueDraft) -> Result<IssueDraft, Errors> {
    let mut errors = Errors::new();
    if !(1..=NUMBERS).contains(&draft.number) {
        errors.add("number", Message::new("issue-error-number").arg("most", NUMBERS));
    }
    draft.title = errors.check("title", line(&draft.title, TITLE)).unwrap_or(draft.title);
    let standfirst = text::line(&draft.standfirst, STANDFIRST);
    draft.standfirst = errors.check("standfirst", standfirst).unwrap_or(draft.standfirst);
    draft.cover_alt = errors
        .check("cover_alt", text::line(&draft.cover_alt, ALT))
        .unwrap_or(draft.cover_alt);
    if draft.cover.is_some() && draft.cover_alt.is_empty() {
        errors.add("cover_alt", "compose-error-alt");
    }
    if draft.items.len() > LINES {
        errors.add("", Message::new("issue-error-many").arg("most", LINES));
    }
    for item in &mut draft.items {
        if let Line::Section(title) = &mut item.line {
            match line(title, TITLE) {
                Ok(tidy) => *title = tidy,
                Err(message) => errors.add(format!("title-{}", item.id), message),
            }
        }
    }
    if errors.is_empty() { Ok(draft) } else { Err(errors) }
}

/// One line that is not empty.
fn line(typed: &str, most: usize) -> Result<String, Message> {
    match text::line(typed, most) {
        Ok(line) if line.is_empty() => Err(TextError::Empty.into()),
        other => Ok(other?),
    }
}

fn fields(field: &'static str, message: Message) -> Error {
    let mut errors = Errors::new();
    errors.add(field, message);
    Error::Fields(errors)
}

pub(crate) async fn note(
    tx: &impl ConnectionTrait,
    app: &web::App,
    staff: StaffId,
    id: IssueId,
    action: &'static str,
    details: serde_json::Value,
) -> Result<(), Error> {
    let entry = audit::Entry {
        event: None,
        actor: Actor::Staff(staff),
        action,
        subject: ("issue", Some(id.uuid())),
        details,
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}
