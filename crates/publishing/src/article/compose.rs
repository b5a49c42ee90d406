//! An article is put together from what was asked and answered.

use super::snapshot::says;
use crate::{
    Error,
    repo::{self, Asked, Material},
};
use db::{
    audit,
    entity::{article, article_exchange, event},
    prelude::*,
};
use domain::{
    ArticleId, EventId, ExchangeId, Lang, StaffId,
    state::article::{ArticlePart, ArticleState},
    text::{self, TextError},
};
use sea_orm::sea_query::OnConflict;
use std::collections::{HashMap, HashSet};
use web::{Errors, Message};

const TITLE: usize = 120;
const STANDFIRST: usize = 300;
const PROSE: usize = 20_000;
const HEADING: usize = 120;
const PULL: usize = 300;
const KEYWORDS: usize = 3;

/// An article as its editor types it; nothing is checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub lang: Lang,
    pub title: String,
    pub standfirst: String,
    /// Markdown.
    pub intro: String,
    /// Markdown.
    pub closing: String,
    /// Up to three, parted by commas.
    pub keywords: String,
    /// The last part of its address; can change until it was first published.
    pub slug: String,
    /// The exchanges that stay, each part in this order; whoever is missing leaves the article.
    pub exchanges: Vec<ExchangeDraft>,
    /// What comes in, at the end of its part.
    pub add: Vec<Asked>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeDraft {
    pub id: ExchangeId,
    /// Empty: the question itself is the heading.
    pub heading: String,
    /// Empty, or words of one of the answers.
    pub pull: String,
}

/// A draft with the questions that were answered on stage and those that were asked back, in their places, as far as
/// their answers are approved. `tx` is the caller's; commit it.
///
/// # Errors
/// When there is no such event.
pub async fn create_from_event(
    tx: &impl ConnectionTrait,
    app: &web::App,
    staff: StaffId,
    event: EventId,
) -> Result<ArticleId, Error> {
    let event = repo::event(tx, event).await?;
    let material = repo::material(tx, event.id).await?;
    let id = ArticleId::new();
    insert(tx, app, id, &event).await?;
    let live = material.live.iter().map(|q| Asked::Question(*q));
    let back = material.reverse.iter().map(|r| Asked::Reverse(*r));
    let mut places: HashMap<ArticlePart, i32> = HashMap::new();
    for asked in live.chain(back) {
        let place = places.entry(asked.part()).or_default();
        *place += 1;
        insert_exchange(tx, id, asked, *place).await?;
    }
    note(tx, app, staff, event.id, id, "article.created").await?;
    Ok(id)
}

/// The article's row under the first free address: the event's own, then with a number.
async fn insert(tx: &impl ConnectionTrait, app: &web::App, id: ArticleId, event: &event::Model) -> Result<(), Error> {
    let now = app.clock.now();
    for n in 1.. {
        let slug = if n == 1 {
            event.slug.clone()
        } else {
            format!("{}-{n}", event.slug)
        };
        let row = article::ActiveModel {
            id: Set(id),
            event_id: Set(event.id),
            slug: Set(slug),
            lang: Set(Lang::Ko),
            title: Set(event.title.clone()),
            standfirst: Set(String::new()),
            intro: Set(String::new()),
            closing: Set(String::new()),
            keywords: Set(String::new()),
            state: Set(ArticleState::Draft),
            snapshot: Set(None),
            publish_at: Set(None),
            published_at: Set(None),
            corrected_at: Set(None),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
        };
        let free = OnConflict::column(article::Column::Slug).do_nothing().to_owned();
        if article::Entity::insert(row)
            .on_conflict(free)
            .exec_without_returning(tx)
            .await?
            > 0
        {
            break;
        }
    }
    Ok(())
}

async fn insert_exchange(
    tx: &impl ConnectionTrait,
    article: ArticleId,
    asked: Asked,
    position: i32,
) -> Result<(), Error> {
    let (question, reverse) = match asked {
        Asked::Question(id) => (Some(id), None),
        Asked::Reverse(id) => (None, Some(id)),
    };
    let row = article_exchange::ActiveModel {
        id: Set(ExchangeId::new()),
        article_id: Set(article),
        part: Set(asked.part()),
        position: Set(position),
        question_id: Set(question),
        reverse_id: Set(reverse),
        heading: Set(None),
        pull: Set(None),
    };
    // One that stands there already stays as it is.
    let once = OnConflict::new().do_nothing().to_owned();
    article_exchange::Entity::insert(row)
        .on_conflict(once)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// The article as it stands, to be edited.
///
/// # Errors
/// When there is none.
pub async fn current(conn: &impl ConnectionTrait, id: ArticleId) -> Result<(i32, Draft), Error> {
    let row = repo::article(conn, id).await?;
    let exchanges = repo::exchanges(conn, id).await?;
    Ok((row.version, Draft::of(&row, &exchanges)))
}

impl Draft {
    pub(crate) fn of(row: &article::Model, exchanges: &[article_exchange::Model]) -> Self {
        Self {
            lang: row.lang,
            title: row.title.clone(),
            standfirst: row.standfirst.clone(),
            intro: row.intro.clone(),
            closing: row.closing.clone(),
            keywords: super::keywords(row).join(", "),
            slug: row.slug.clone(),
            exchanges: exchanges
                .iter()
                .map(|x| ExchangeDraft {
                    id: x.id,
                    heading: x.heading.clone().unwrap_or_default(),
                    pull: x.pull.clone().unwrap_or_default(),
                })
                .collect(),
            add: Vec::new(),
        }
    }
}

/// Saves what the editor typed over `version`, the one they read; gives the new version. What readers see stays as it
/// is until [`super::publish`].
///
/// # Errors
/// [`Error::Fields`] when something typed does not hold; [`Error::Overtaken`] when somebody else saved first.
pub async fn update(app: &web::App, staff: StaffId, id: ArticleId, version: i32, draft: Draft) -> Result<i32, Error> {
    let tx = app.db.begin_write().await?;
    let row = repo::article(&tx, id).await?;
    let material = repo::material(&tx, row.event_id).await?;
    let rows = repo::exchanges(&tx, id).await?;
    let draft = check(draft, &row, &rows, &material).map_err(Error::Fields)?;
    let update = article::Entity::update_many()
        .col_expr(article::Column::Lang, Expr::value(draft.lang))
        .col_expr(article::Column::Title, Expr::value(&draft.title))
        .col_expr(article::Column::Standfirst, Expr::value(&draft.standfirst))
        .col_expr(article::Column::Intro, Expr::value(&draft.intro))
        .col_expr(article::Column::Closing, Expr::value(&draft.closing))
        .col_expr(article::Column::Keywords, Expr::value(&draft.keywords))
        .col_expr(article::Column::Slug, Expr::value(&draft.slug))
        .col_expr(article::Column::UpdatedAt, Expr::value(app.clock.now()))
        .col_expr(article::Column::Version, Expr::value(version + 1))
        .filter(article::Column::Id.eq(id))
        .filter(article::Column::Version.eq(version))
        .filter(article::Column::State.ne(ArticleState::Withdrawn));
    let result = update.exec(&tx).await.map_err(|error| match db::conflict(&error) {
        Some(db::Conflict::Unique) => Error::Fields(at("slug", "error-taken")),
        _ => error.into(),
    })?;
    if result.rows_affected != 1 {
        return Err(Error::Overtaken(Box::new(row)));
    }
    arrange(&tx, id, &rows, &draft).await?;
    note(&tx, app, staff, row.event_id, id, "article.saved").await?;
    tx.commit().await?;
    Ok(version + 1)
}

/// Exchanges leave, take their order, come in.
async fn arrange(
    tx: &impl ConnectionTrait,
    article: ArticleId,
    rows: &[article_exchange::Model],
    draft: &Draft,
) -> Result<(), Error> {
    let kept: HashSet<ExchangeId> = draft.exchanges.iter().map(|x| x.id).collect();
    let gone: Vec<ExchangeId> = rows.iter().map(|r| r.id).filter(|id| !kept.contains(id)).collect();
    if !gone.is_empty() {
        let leaving = article_exchange::Entity::delete_many().filter(article_exchange::Column::Id.is_in(gone));
        leaving.exec(tx).await?;
    }
    let mut places: HashMap<ArticlePart, i32> = HashMap::new();
    for x in &draft.exchanges {
        let Some(row) = rows.iter().find(|r| r.id == x.id) else {
            continue;
        };
        let place = places.entry(row.part).or_default();
        *place += 1;
        let some = |text: &String| Some(text.clone()).filter(|t| !t.is_empty());
        let (heading, pull) = (some(&x.heading), some(&x.pull));
        if row.position == *place && row.heading == heading && row.pull == pull {
            continue;
        }
        article_exchange::Entity::update_many()
            .col_expr(article_exchange::Column::Position, Expr::value(*place))
            .col_expr(article_exchange::Column::Heading, Expr::value(heading))
            .col_expr(article_exchange::Column::Pull, Expr::value(pull))
            .filter(article_exchange::Column::Id.eq(x.id))
            .exec(tx)
            .await?;
    }
    for asked in &draft.add {
        let place = places.entry(asked.part()).or_default();
        *place += 1;
        insert_exchange(tx, article, *asked, *place).await?;
    }
    Ok(())
}

/// The draft with its texts tidied, or what is wrong with it.
fn check(
    mut draft: Draft,
    row: &article::Model,
    rows: &[article_exchange::Model],
    material: &Material,
) -> Result<Draft, Errors> {
    let mut errors = Errors::new();
    let needed = |t: String| if t.is_empty() { Err(TextError::Empty) } else { Ok(t) };
    draft.title = errors
        .check("title", text::line(&draft.title, TITLE).and_then(needed))
        .unwrap_or_default();
    draft.standfirst = errors
        .check("standfirst", text::line(&draft.standfirst, STANDFIRST))
        .unwrap_or_default();
    draft.intro = errors.check("intro", prose(&draft.intro)).unwrap_or_default();
    draft.closing = errors.check("closing", prose(&draft.closing)).unwrap_or_default();
    draft.keywords = errors.check("keywords", keywords(&draft.keywords)).unwrap_or_default();
    if row.published_at.is_some() || draft.slug.trim() == row.slug {
        // An address that was given away never changes.
        draft.slug.clone_from(&row.slug);
    } else {
        let slug = draft.slug.trim().to_owned();
        draft.slug = slug;
        if draft.slug.is_empty() || draft.slug.len() > 80 || text::slug(&draft.slug) != draft.slug {
            errors.add("slug", "article-error-slug");
        }
    }
    draft.add.retain(|asked| material.has(*asked));
    draft.exchanges.retain(|x| rows.iter().any(|r| r.id == x.id));
    for x in &mut draft.exchanges {
        check_exchange(&mut errors, x, rows, material);
    }
    if errors.is_empty() { Ok(draft) } else { Err(errors) }
}

fn check_exchange(errors: &mut Errors, x: &mut ExchangeDraft, rows: &[article_exchange::Model], material: &Material) {
    match text::line(&x.heading, HEADING) {
        Ok(heading) => x.heading = heading,
        Err(error) => errors.add(format!("heading-{}", x.id), error),
    }
    match text::line(&text::tidy(&x.pull).replace('\n', " "), PULL) {
        Ok(pull) => x.pull = pull,
        Err(error) => errors.add(format!("pull-{}", x.id), error),
    }
    if x.pull.is_empty() {
        return;
    }
    let asked = rows.iter().find(|r| r.id == x.id).and_then(Asked::of);
    let said = asked.is_some_and(|a| material.answers_to(a).iter().any(|answer| says(&answer.body, &x.pull)));
    if !said {
        errors.add(format!("pull-{}", x.id), "article-error-pull");
    }
}

fn prose(input: &str) -> Result<String, TextError> {
    let text = text::tidy(input);
    let has = text::char_count(&text);
    if has > PROSE {
        Err(TextError::TooLong { most: PROSE, has })
    } else {
        Ok(text)
    }
}

fn keywords(input: &str) -> Result<String, Message> {
    let words: Vec<String> = input.split(',').map(|k| text::line(k, 30)).collect::<Result<_, _>>()?;
    let words: Vec<String> = words.into_iter().filter(|k| !k.is_empty()).collect();
    if words.len() > KEYWORDS {
        return Err(Message::new("article-error-keywords").arg("most", KEYWORDS));
    }
    Ok(words.join(","))
}

fn at(field: &'static str, key: &'static str) -> Errors {
    let mut errors = Errors::new();
    errors.add(field, key);
    errors
}

async fn note(
    tx: &impl ConnectionTrait,
    app: &web::App,
    staff: StaffId,
    event: EventId,
    id: ArticleId,
    action: &'static str,
) -> Result<(), Error> {
    let entry = audit::Entry {
        event: Some(event),
        actor: audit::Actor::Staff(staff),
        action,
        subject: ("article", Some(id.uuid())),
        details: serde_json::json!({}),
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_keywords_and_no_more() {
        assert_eq!(keywords(" 상생, 문답 ,, "), Ok("상생,문답".to_owned()));
        assert!(keywords("a,b,c,d").is_err());
        assert!(keywords("a\nb").is_err());
    }
}
