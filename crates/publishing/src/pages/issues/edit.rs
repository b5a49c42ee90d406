//! One issue's page: one form, so that no button loses what was typed beside it.

use super::form::{self, Beside, Typed};
use crate::{
    Error,
    article::{self, picture},
    magazine::{self, IssueDraft, Line, Offer},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use db::{entity::issue::Model, prelude::ConnectionTrait};
use domain::{
    ArticleId, IssueId, Lang,
    state::{
        article::ArticleState,
        issue::{CoverTone, IssueState},
    },
};
use std::collections::HashMap;
use web::{App, Choice, Chrome, Errors, MultipartForm, auth::Editor};

type Fields = Vec<(String, String)>;

/// Articles that are offered at once; a search among their titles finds the others.
const OFFERS: u64 = 40;

#[derive(askama::Template)]
#[template(path = "desk/issue.html")]
struct Edit {
    c: Chrome,
    row: Model,
    version: i32,
    d: IssueDraft,
    number: String,
    b: Beside,
    rows: Vec<Row>,
    offers: Vec<Choice>,
    langs: Vec<Choice>,
    tones: Vec<Choice>,
    /// The picture's address for its editors, once it is saved.
    picture: Option<String>,
    errors: Errors,
    /// Somebody else saved first.
    overtaken: bool,
}

/// A line of the contents.
struct Row {
    id: String,
    head: String,
    /// A section's; what was typed.
    section: Option<String>,
    title: String,
    lang: Lang,
    state: Option<ArticleState>,
    article: Option<ArticleId>,
}

impl Row {
    fn field(&self) -> String {
        format!("title-{}", self.id)
    }
}

impl Edit {
    fn is_shown(&self) -> bool {
        self.row.state == IssueState::Shown
    }
    fn is_draft(&self) -> bool {
        self.row.state == IssueState::Draft
    }
    fn may_change_number(&self) -> bool {
        self.row.shown_at.is_none()
    }
}

async fn view(app: &App, c: Chrome, row: Model, typed: Typed, errors: Errors, overtaken: bool) -> Result<Edit, Error> {
    let conn = app.db.reader();
    let c = c.with(&crate::TEXTS);
    let Typed {
        version,
        draft,
        number,
        beside,
        ..
    } = typed;
    let articles = magazine::articles(conn, draft.articles()).await?;
    let rows = draft.items.iter().filter_map(|item| {
        let (id, head) = (item.id.to_string(), form::head(item));
        Some(match &item.line {
            Line::Section(title) => Row {
                id,
                head,
                section: Some(title.clone()),
                title: c.t("issue-section"),
                lang: draft.lang,
                state: None,
                article: None,
            },
            Line::Article(article) => {
                let known = articles.get(article)?;
                Row {
                    id,
                    head,
                    section: None,
                    title: known.title.clone(),
                    lang: known.lang,
                    state: Some(known.state),
                    article: Some(*article),
                }
            }
        })
    });
    let rows: Vec<Row> = rows.collect();
    let offers = offers(conn, &c, &row, &draft, &beside).await?;
    let picture = magazine::cover_asset(conn, &row).await?;
    let picture = picture.filter(|_| draft.cover == row.cover);
    Ok(Edit {
        langs: c.lang_choices(draft.lang),
        tones: CoverTone::ALL
            .iter()
            .map(|tone| Choice::new(tone, c.t(format!("issue-tone-{tone}"))).chosen(*tone == draft.tone))
            .collect(),
        picture: picture.map(|(file, ..)| format!("/desk/issues/{}/cover/{file}", row.id)),
        c,
        row,
        version,
        d: draft,
        number,
        b: beside,
        rows,
        offers,
        errors,
        overtaken,
    })
}

/// What may be added, and where it stands now.
async fn offers(
    conn: &impl ConnectionTrait,
    c: &Chrome,
    row: &Model,
    draft: &IssueDraft,
    beside: &Beside,
) -> Result<Vec<Choice>, Error> {
    let found = magazine::offers(conn, row.id, beside.find.trim(), OFFERS).await?;
    let places: HashMap<ArticleId, Model> = magazine::places(conn, found.iter().map(|o| o.id)).await?;
    let here: Vec<ArticleId> = draft.articles().collect();
    let offer = |offer: Offer| {
        let event = c.either(&offer.event, &offer.event_en).to_owned();
        let mut hint = format!("{event} · {}", c.t(format!("article-state-{}", offer.state)));
        if let Some(place) = places.get(&offer.id) {
            hint = format!("{hint} · {}", c.t1("issue-stands-in", "n", place.number));
        }
        Choice::new(offer.id, offer.title)
            .hint(hint)
            .chosen(beside.add.contains(&offer.id))
    };
    let left = found.into_iter().filter(|o| !here.contains(&o.id));
    Ok(left.map(offer).collect())
}

fn unchanged(row: &Model, draft: IssueDraft) -> Typed {
    Typed {
        version: row.version,
        number: draft.number.to_string(),
        draft,
        act: String::new(),
        at: None,
        beside: Beside::default(),
    }
}

pub(super) async fn page(State(app): State<App>, c: Chrome, _: Editor, Path(id): Path<IssueId>) -> web::Result {
    let (row, draft) = magazine::current(app.db.reader(), id).await?;
    let typed = unchanged(&row, draft);
    web::render(&view(&app, c, row, typed, Errors::new(), false).await?)
}

pub(super) async fn save(
    State(app): State<App>,
    c: Chrome,
    Editor(staff): Editor,
    Path(id): Path<IssueId>,
    form: MultipartForm<Fields>,
) -> web::Result {
    let (row, stored) = magazine::current(app.db.reader(), id).await?;
    let mut errors = Errors::new();
    let mut typed = form::read(&form.fields, &stored, &mut errors);
    match form.file("cover") {
        Some(file) => take_cover(&app, &mut typed, &file.bytes, &mut errors).await?,
        None => keep_cover(&app, &row, &mut typed).await?,
    }
    if typed.act == "find" {
        return web::render(&view(&app, c, row, typed, errors, false).await?);
    }
    if !errors.is_empty() {
        let page = view(&app, c, row, typed, errors, false).await?;
        return web::render_form(&page.errors, &page);
    }
    match magazine::save(&app, staff.id, id, typed.version, typed.draft.clone()).await {
        Ok(_) => Ok(after(id, &typed).into_response()),
        Err(Error::Fields(errors)) => {
            let page = view(&app, c, row, typed, errors, false).await?;
            web::render_form(&page.errors, &page)
        }
        Err(error) if error.is_stale() => overtaken(&app, c, id, typed).await,
        Err(error) => Err(error.into()),
    }
}

/// Where the pressed button leads once everything is saved.
fn after(id: IssueId, typed: &Typed) -> web::Redirect {
    let here = format!("/desk/issues/{id}");
    match (typed.act.as_str(), typed.at) {
        ("preview", _) => web::redirect(format!("{here}/preview")),
        (_, Some(line)) => {
            // A little above the line that moved, so that what stands around it is seen, too.
            let at = typed.draft.items.iter().position(|item| item.id == line);
            match at.and_then(|at| typed.draft.items.get(at.checked_sub(3)?)) {
                Some(above) => web::redirect(format!("{here}#i-{}", above.id)),
                None => web::redirect(format!("{here}#order-title")),
            }
        }
        _ => web::redirect(here).flash("saved"),
    }
}

/// What was typed stays in the form, but for articles that stand elsewhere by now; what came in meanwhile stands at the
/// end. Saving once more is a decision, not an accident.
async fn overtaken(app: &App, c: Chrome, id: IssueId, mut typed: Typed) -> web::Result {
    let (row, stored) = magazine::current(app.db.reader(), id).await?;
    let places = magazine::places(app.db.reader(), typed.draft.articles()).await?;
    typed.draft.items.retain(|item| match item.line {
        Line::Article(article) => {
            let added = typed.beside.add.contains(&article);
            added || places.get(&article).is_none_or(|issue| issue.id == id)
        }
        Line::Section(_) => true,
    });
    let there: Vec<ArticleId> = typed.draft.articles().collect();
    let came = stored.items.into_iter().filter(|item| match item.line {
        Line::Article(article) => !there.contains(&article),
        Line::Section(_) => false,
    });
    typed.draft.items.extend(came);
    typed.version = row.version;
    let page = view(app, c, row, typed, Errors::new(), true).await?;
    web::render_status(StatusCode::CONFLICT, &page)
}

/// A picture that came with a form which was refused; what is no picture of ours is none.
async fn keep_cover(app: &App, row: &Model, typed: &mut Typed) -> Result<(), Error> {
    let draft = Model {
        cover: typed.draft.cover.clone(),
        ..row.clone()
    };
    let new = draft.cover.is_some() && draft.cover != row.cover;
    if new && magazine::cover_asset(app.db.reader(), &draft).await?.is_none() {
        typed.draft.cover.clone_from(&row.cover);
    }
    Ok(())
}

async fn take_cover(app: &App, typed: &mut Typed, bytes: &[u8], errors: &mut Errors) -> Result<(), Error> {
    let picture = match picture::read(bytes) {
        Ok(picture) => picture,
        Err(message) => {
            errors.add("cover", message);
            return Ok(());
        }
    };
    let tx = app.db.begin_write().await?;
    typed.draft.cover = Some(article::picture::keep(&tx, app, picture).await?);
    tx.commit().await?;
    Ok(())
}
