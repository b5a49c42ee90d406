//! What the conversations came to, of one event and across all of them.

use crate::{
    TEXTS,
    insight::{
        self, Insight, Named, SPANS,
        day::{self, Day},
        readers::{self, IN_BOOK, ON_PAGE, Readers},
    },
    repo,
};
use axum::{
    extract::{Path, State},
    routing::get,
};
use db::entity::event;
use web::{App, Chrome, Error, Result, attachment, auth::Staff, render};

pub(crate) fn routes() -> web::Router {
    web::Router::new()
        .route("/desk/insight", get(across))
        .route("/desk/insight/file", get(across_file))
        .route("/desk/events/{slug}/insight", get(of_event))
        .route("/desk/events/{slug}/insight/file", get(of_event_file))
}

#[derive(askama::Template)]
#[template(path = "insight.html")]
struct Page {
    c: Chrome,
    insight: Insight,
    readers: Readers,
    /// Of one event alone.
    day: Day,
    /// How long answers took: the text's key, how many, and the bar's length in hundredths.
    spans: Vec<(&'static str, i64, i64)>,
    file: String,
}

impl Page {
    fn new(c: Chrome, insight: Insight, readers: Readers, day: Day, file: String) -> Self {
        let counts = insight.all.spans();
        let most = counts.iter().copied().max().unwrap_or_default().max(1);
        let spans = SPANS.iter().zip(counts).map(|((key, _), n)| (*key, n, n * 100 / most));
        Self {
            spans: spans.collect(),
            c,
            insight,
            readers,
            day,
            file,
        }
    }

    /// Those that have anything to compare.
    fn tables(&self) -> Vec<Table<'_>> {
        let i = &self.insight;
        let all = [
            ("insight-years", &i.years),
            ("insight-events", &i.events),
            ("insight-services", &i.services),
            ("insight-fields", &i.fields),
        ];
        all.into_iter()
            .filter(|(_, rows)| !rows.is_empty())
            .map(|(key, rows)| Table {
                key,
                rows,
                most: rows.iter().map(|r| r.sum.asked).max().unwrap_or_default().max(1),
            })
            .collect()
    }

    /// The length of a bar, in hundredths.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        clippy::unused_self,
        reason = "a template passes by reference"
    )]
    fn part(&self, n: &i64, most: i64) -> i64 {
        n * 100 / most
    }
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template passes by reference")]
    fn day(&self, day: &chrono::NaiveDate) -> String {
        self.c.date(day.and_time(chrono::NaiveTime::MIN).and_utc(), "UTC")
    }

    fn median(&self, row: &Named) -> String {
        row.sum
            .median()
            .map(|days| self.c.t1("insight-days", "n", days))
            .unwrap_or_default()
    }
}

/// Figures of one kind beside each other.
struct Table<'a> {
    key: &'static str,
    rows: &'a [Named],
    /// What the longest bar stands for.
    most: i64,
}

impl Table<'_> {
    /// The length of a bar, in hundredths.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template passes by reference")]
    fn part(&self, n: &i64) -> i64 {
        n * 100 / self.most
    }
}

async fn across(State(app): State<App>, c: Chrome, _: Staff) -> Result {
    let c = c.with(&TEXTS);
    let insight = insight::read(app.db.reader(), None, c.lang(), &c.t("insight-no-field")).await?;
    let readers = readers::read(app.db.reader(), None, ON_PAGE).await?;
    render(&Page::new(
        c,
        insight,
        readers,
        Day::default(),
        "/desk/insight/file".into(),
    ))
}

async fn across_file(State(app): State<App>, c: Chrome, _: Staff) -> Result {
    let c = c.with(&TEXTS);
    let insight = insight::read(app.db.reader(), None, c.lang(), &c.t("insight-no-field")).await?;
    let readers = readers::read(app.db.reader(), None, IN_BOOK).await?;
    file(&c, &insight, &readers, &Day::default(), "mundap")
}

async fn of_event(State(app): State<App>, c: Chrome, _: Staff, Path(slug): Path<String>) -> Result {
    let (c, event, insight) = one(&app, c, &slug).await?;
    let readers = readers::read(app.db.reader(), Some(event.id), ON_PAGE).await?;
    let day = day::read(app.db.reader(), event.id, c.lang()).await?;
    render(&Page::new(
        c,
        insight,
        readers,
        day,
        format!("/desk/events/{}/insight/file", event.slug),
    ))
}

async fn of_event_file(State(app): State<App>, c: Chrome, _: Staff, Path(slug): Path<String>) -> Result {
    let (c, event, insight) = one(&app, c, &slug).await?;
    let readers = readers::read(app.db.reader(), Some(event.id), IN_BOOK).await?;
    let day = day::read(app.db.reader(), event.id, c.lang()).await?;
    file(&c, &insight, &readers, &day, &event.slug)
}

async fn one(app: &App, c: Chrome, slug: &str) -> Result<(Chrome, event::Model, Insight)> {
    let event = repo::event_by_slug(app.db.reader(), slug).await?;
    let title = c.either(&event.title, &event.title_en).to_owned();
    let c = c.with(&TEXTS).for_event(&event.slug, title);
    let insight = insight::read(app.db.reader(), Some(event.id), c.lang(), &c.t("insight-no-field")).await?;
    Ok((c, event, insight))
}

fn file(c: &Chrome, insight: &Insight, readers: &Readers, day: &Day, stem: &str) -> Result {
    let bytes = insight::book(insight, readers, day, &c.words).map_err(Error::internal)?;
    let name = format!("{stem}-insight.xlsx");
    Ok(attachment(
        &name,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        bytes,
    ))
}
