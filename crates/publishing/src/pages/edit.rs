//! The editor's page: one form, so that no button loses what was typed beside it.

use crate::{
    Error,
    article::{self, Draft, ExchangeDraft},
    repo::{self, Asked, Material},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use db::entity::{article::Model, article_exchange};
use domain::{
    ArticleId, ExchangeId, Lang, StaffId,
    state::article::{ArticlePart, ArticleState},
    text::excerpt,
};
use serde::Deserialize;
use web::{App, Chrome, Errors, Form, auth::Editor, form::Choice};

#[derive(askama::Template)]
#[template(path = "desk/edit.html")]
struct Edit {
    c: Chrome,
    article: Model,
    zone: String,
    version: i32,
    d: Draft,
    langs: Vec<Choice>,
    parts: Vec<Part>,
    crew: Vec<Choice>,
    others: Vec<Choice>,
    errors: Errors,
    overtaken: bool,
}

/// One of the two conversations.
struct Part {
    which: ArticlePart,
    key: String,
    rows: Vec<Row>,
}

/// One exchange.
struct Row {
    n: usize,
    x: ExchangeDraft,
    first: bool,
    last: bool,
    asked: Option<article::Said>,
    answers: Vec<article::Said>,
    heading_error: Option<String>,
    pull_error: Option<String>,
}

impl Edit {
    fn may_change_slug(&self) -> bool {
        self.article.published_at.is_none()
    }
    fn is_out(&self) -> bool {
        matches!(self.article.state, ArticleState::Published | ArticleState::Corrected)
    }
    fn is_withdrawn(&self) -> bool {
        self.article.state == ArticleState::Withdrawn
    }
    /// Saved, but not what readers see.
    fn differs(&self) -> bool {
        self.is_out()
            && self.article.updated_at
                > self
                    .article
                    .corrected_at
                    .or(self.article.published_at)
                    .unwrap_or_default()
    }
}

/// A text as the editor recognises it.
fn short(text: &str) -> String {
    excerpt(text, 160)
}

pub(super) async fn page(State(app): State<App>, c: Chrome, _: Editor, Path(id): Path<ArticleId>) -> web::Result {
    let row = repo::article(app.db.reader(), id).await?;
    let exchanges = repo::exchanges(app.db.reader(), id).await?;
    let draft = Draft::of(&row, &exchanges);
    let view = view(&app, c, row, &exchanges, draft, Errors::new()).await?;
    web::render(&view)
}

async fn view(
    app: &App,
    c: Chrome,
    row: Model,
    exchanges: &[article_exchange::Model],
    draft: Draft,
    errors: Errors,
) -> Result<Edit, Error> {
    let conn = app.db.reader();
    let event = repo::event(conn, row.event_id).await?;
    let material = repo::material(conn, event.id).await?;
    let cast = article::cast(conn, &material, exchanges, &event, row.lang).await?;
    let title = c.either(&event.title, &event.title_en).to_owned();
    let c = c.with(&crate::TEXTS).for_event(event.slug.clone(), title);
    let mut parts = Vec::new();
    let mut n = 0;
    for part in [ArticlePart::CompanyAnswers, ArticlePart::PartnersAnswer] {
        let here = draft
            .exchanges
            .iter()
            .filter_map(|x| Some((x, exchanges.iter().find(|r| r.id == x.id)?)));
        let here: Vec<_> = here.filter(|(_, r)| r.part == part).collect();
        let count = here.len();
        let rows = here.into_iter().enumerate().map(|(at, (x, stored))| {
            n += 1;
            let exchange = cast.exchange(stored);
            let error = |field: &str| errors.get(&format!("{field}-{}", x.id)).map(|m| c.m(m));
            Row {
                n,
                x: x.clone(),
                first: at == 0,
                last: at + 1 == count,
                heading_error: error("heading"),
                pull_error: error("pull"),
                asked: exchange.as_ref().map(|e| e.question.clone()),
                answers: exchange.map(|e| e.answers).unwrap_or_default(),
            }
        });
        parts.push(Part {
            which: part,
            key: article::render::part_key(part),
            rows: rows.collect(),
        });
    }
    let (crew, others) = offers(&c, &material, exchanges, &draft);
    Ok(Edit {
        langs: c.lang_choices(draft.lang),
        c,
        zone: event.time_zone.clone(),
        version: row.version,
        article: row,
        d: draft,
        parts,
        crew,
        others,
        errors,
        overtaken: false,
    })
}

/// What could come in: crew answers, and the rest (live and asked back).
fn offers(
    c: &Chrome,
    material: &Material,
    exchanges: &[article_exchange::Model],
    draft: &Draft,
) -> (Vec<Choice>, Vec<Choice>) {
    let there: Vec<Asked> = exchanges.iter().filter_map(Asked::of).collect();
    let choice = |asked: Asked| {
        let (value, label) = match asked {
            Asked::Question(id) => {
                let q = material.questions.get(&id)?;
                (
                    format!("q{id}"),
                    format!("{}. {}", q.number.unwrap_or_default(), excerpt(&q.body, 90)),
                )
            }
            Asked::Reverse(id) => {
                let r = material.reverses.get(&id)?;
                let label = c.t1("article-reverse-n", "n", r.place.unwrap_or_default());
                (format!("r{id}"), format!("{label} {}", excerpt(&r.body, 90)))
            }
        };
        (!there.contains(&asked)).then(|| Choice::new(value, label).chosen(draft.add.contains(&asked)))
    };
    let crew = material
        .crew
        .iter()
        .filter_map(|q| choice(Asked::Question(*q)))
        .collect();
    let live = material.live.iter().map(|q| Asked::Question(*q));
    let others = live
        .chain(material.reverse.iter().map(|r| Asked::Reverse(*r)))
        .filter_map(choice)
        .collect();
    (crew, others)
}

/// The whole form. `exchange`, `heading` and `pull` repeat, one of each for every exchange.
#[derive(Deserialize)]
pub(super) struct Input {
    version: i32,
    lang: Lang,
    title: String,
    #[serde(default)]
    standfirst: String,
    #[serde(default)]
    intro: String,
    #[serde(default)]
    closing: String,
    #[serde(default)]
    keywords: String,
    #[serde(default)]
    slug: String,
    #[serde(default)]
    exchange: Vec<String>,
    #[serde(default)]
    heading: Vec<String>,
    #[serde(default)]
    pull: Vec<String>,
    #[serde(default)]
    add: Vec<String>,
    /// `save`, `preview`, `publish`, or `up:ID`, `down:ID`, `remove:ID`.
    #[serde(default)]
    act: String,
}

impl Input {
    /// The draft as it was typed, with the button's own change made.
    fn draft(&self, parts: &[article_exchange::Model]) -> Draft {
        let texts = self.heading.iter().zip(&self.pull);
        let mut exchanges: Vec<ExchangeDraft> = self
            .exchange
            .iter()
            .zip(texts)
            .filter_map(|(id, (heading, pull))| {
                Some(ExchangeDraft {
                    id: id.parse().ok()?,
                    heading: heading.clone(),
                    pull: pull.clone(),
                })
            })
            .collect();
        if let Some((verb, id)) = self.act.split_once(':')
            && let Ok(id) = id.parse::<ExchangeId>()
        {
            arrange(&mut exchanges, parts, verb, id);
        }
        Draft {
            lang: self.lang,
            title: self.title.clone(),
            standfirst: self.standfirst.clone(),
            intro: self.intro.clone(),
            closing: self.closing.clone(),
            keywords: self.keywords.clone(),
            slug: self.slug.clone(),
            exchanges,
            add: self.add.iter().filter_map(|text| asked(text)).collect(),
        }
    }
}

fn asked(text: &str) -> Option<Asked> {
    let id = text.get(1..)?;
    match text.as_bytes().first()? {
        b'q' => id.parse().ok().map(Asked::Question),
        b'r' => id.parse().ok().map(Asked::Reverse),
        _ => None,
    }
}

/// Moves an exchange past its neighbour of the same part, or takes it out.
fn arrange(exchanges: &mut Vec<ExchangeDraft>, stored: &[article_exchange::Model], verb: &str, id: ExchangeId) {
    let part = |id: ExchangeId| stored.iter().find(|r| r.id == id).map(|r| r.part);
    let Some(at) = exchanges.iter().position(|x| x.id == id) else {
        return;
    };
    let same = |x: &ExchangeDraft| part(x.id) == part(id);
    let other = match verb {
        "remove" => {
            exchanges.remove(at);
            return;
        }
        "up" => exchanges[..at].iter().rposition(same),
        "down" => exchanges[at + 1..].iter().position(same).map(|i| at + 1 + i),
        _ => None,
    };
    if let Some(other) = other {
        exchanges.swap(at, other);
    }
}

pub(super) async fn save(
    State(app): State<App>,
    c: Chrome,
    Editor(staff): Editor,
    Path(id): Path<ArticleId>,
    Form(input): Form<Input>,
) -> web::Result {
    use axum::response::IntoResponse;
    let exchanges = repo::exchanges(app.db.reader(), id).await?;
    let draft = input.draft(&exchanges);
    match article::update(&app, staff.id, id, input.version, draft.clone()).await {
        Ok(_) => Ok(after(&app, staff.id, id, &input.act).await?.into_response()),
        Err(Error::Fields(errors)) => {
            let row = repo::article(app.db.reader(), id).await?;
            let mut view = view(&app, c, row, &exchanges, draft, errors).await?;
            view.version = input.version;
            web::render_status(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
        // What was typed stays in the form, over what stands now: saving once more is a decision, not an accident.
        Err(Error::Overtaken(row)) if row.state != ArticleState::Withdrawn => {
            let mut view = view(&app, c, *row, &exchanges, draft, Errors::new()).await?;
            view.overtaken = true;
            web::render_status(StatusCode::CONFLICT, &view)
        }
        Err(error) => Err(error.into()),
    }
}

/// Where the pressed button leads once everything is saved.
async fn after(app: &App, staff: StaffId, id: ArticleId, act: &str) -> Result<web::Redirect, Error> {
    let here = format!("/desk/articles/{id}");
    Ok(match act {
        "publish" => match article::publish(app, staff, id).await {
            Ok(()) => web::redirect(here).flash("article-published"),
            Err(Error::Empty) => web::redirect(here).flash("article-empty"),
            Err(error) => return Err(error),
        },
        "preview" => web::redirect(format!("{here}/preview")),
        _ => match act.split_once(':') {
            Some((_, x)) if x.parse::<ExchangeId>().is_ok() && !act.starts_with("remove") => {
                web::redirect(format!("{here}#x-{x}"))
            }
            _ => web::redirect(here).flash("saved"),
        },
    })
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn withdraw(
    State(app): State<App>,
    Editor(staff): Editor,
    Path(id): Path<ArticleId>,
    Form(Nothing {}): Form<Nothing>,
) -> web::Result<web::Redirect> {
    article::withdraw(&app, staff.id, id).await?;
    Ok(web::redirect(format!("/desk/articles/{id}")).flash("article-withdrawn"))
}

pub(super) async fn redraft(
    State(app): State<App>,
    Editor(staff): Editor,
    Path(id): Path<ArticleId>,
    Form(Nothing {}): Form<Nothing>,
) -> web::Result<web::Redirect> {
    article::redraft(&app, staff.id, id).await?;
    Ok(web::redirect(format!("/desk/articles/{id}")).flash("article-redrafted"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_moves_within_its_part_alone() {
        let row = |part| article_exchange::Model {
            id: ExchangeId::new(),
            article_id: ArticleId::new(),
            part,
            position: 1,
            question_id: None,
            reverse_id: None,
            heading: None,
            pull: None,
        };
        let stored = [
            row(ArticlePart::CompanyAnswers),
            row(ArticlePart::CompanyAnswers),
            row(ArticlePart::PartnersAnswer),
        ];
        let [a, b, c] = stored.each_ref().map(|r| r.id);
        let draft = |id| ExchangeDraft {
            id,
            heading: String::new(),
            pull: String::new(),
        };
        let after = |verb, id| {
            let mut list = vec![draft(a), draft(b), draft(c)];
            arrange(&mut list, &stored, verb, id);
            list.into_iter().map(|x| x.id).collect::<Vec<_>>()
        };
        assert_eq!(after("down", a), [b, a, c]);
        assert_eq!(after("up", a), [a, b, c]);
        assert_eq!(after("up", c), [a, b, c]);
        assert_eq!(after("remove", b), [a, c]);
    }
}
