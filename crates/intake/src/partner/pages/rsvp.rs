//! Whether one comes, by sitting, and what interests one.

use super::view;
use crate::{
    partner::{Error, repo, service::rsvp},
    seats::Hall,
};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use domain::SittingId;
use web::{App, Choice, Chrome, Errors, Form, Result, auth::PartnerSession, redirect, render_status};

struct SittingForm {
    /// The name of its radios.
    field: String,
    title: String,
    place: String,
    days: String,
    over: bool,
    /// How many places there are and where they stand, when they are few.
    seat: String,
    options: Vec<Choice>,
    parts: Vec<Choice>,
}

#[derive(askama::Template)]
#[template(path = "partner/rsvp.html")]
struct Page {
    c: Chrome,
    errors: Errors,
    sittings: Vec<SittingForm>,
}

/// Names and values as they were sent: a sitting's answer is `sitting-ID`, parts repeat as `part`.
type Fields = Vec<(String, String)>;

fn field(id: SittingId) -> String {
    format!("sitting-{id}")
}

fn parse(fields: &Fields) -> Option<rsvp::Answer> {
    let mut answer = rsvp::Answer::default();
    for (name, value) in fields {
        if let Some(id) = name.strip_prefix("sitting-") {
            match value.as_str() {
                "yes" => answer.sittings.push((id.parse().ok()?, true)),
                "no" => answer.sittings.push((id.parse().ok()?, false)),
                _ => {}
            }
        } else if name == "part" {
            answer.parts.push(value.parse().ok()?);
        }
    }
    Some(answer)
}

pub(super) async fn show(State(app): State<App>, who: PartnerSession, c: Chrome) -> Result {
    page(&app, &who, c, StatusCode::OK, Errors::new(), None).await
}

pub(super) async fn answer(
    State(app): State<App>,
    who: PartnerSession,
    c: Chrome,
    Form(fields): Form<Fields>,
) -> Result {
    let Some(answer) = parse(&fields) else {
        return Err(web::Error::NotFound);
    };
    let (own, c) = view::begin(&app, &who, c).await?;
    let today = view::today(app.clock.now(), &own.event.time_zone);
    let tx = app.db.begin_write().await?;
    match rsvp::answer(&tx, &app, &who, today, &answer).await {
        Ok(outcome) => {
            tx.commit().await?;
            app.wake.notify();
            let to = redirect("/my");
            let to = match outcome.waits() {
                Some(rank) => to.flash_n("my-rsvp-saved-waits", rank),
                None => to.flash("my-rsvp-saved"),
            };
            Ok(to.into_response())
        }
        Err(Error::Refused(refusal)) => {
            tx.rollback().await?;
            let errors = Errors::form(view::refused(&c, &own.event.time_zone, refusal));
            page(&app, &who, c, StatusCode::CONFLICT, errors, Some(&answer)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// With what was typed, or with what stands.
async fn page(
    app: &App,
    who: &PartnerSession,
    c: Chrome,
    status: StatusCode,
    errors: Errors,
    typed: Option<&rsvp::Answer>,
) -> Result {
    let (own, c) = view::begin(app, who, c).await?;
    let conn = app.db.reader();
    let mut coming = repo::coming(conn, who).await?;
    let mut interests = repo::interests(conn, who).await?;
    if let Some(typed) = typed {
        coming.extend(typed.sittings.iter().copied());
        interests = typed.parts.iter().copied().collect();
    }
    let zone = &own.event.time_zone;
    let today = view::today(c.now, zone);
    let sittings = repo::programme(conn, who.event).await?;
    let stands = view::stands(conn, who, &sittings).await?;
    let sittings = sittings.into_iter().map(|(s, parts)| {
        let said = coming.get(&s.id).copied();
        let option = |value: &str, key: &str, yes| Choice::new(value, c.t(key)).chosen(said == Some(yes));
        let parts = parts.iter().map(|p| {
            let place = c.either(&p.place, &p.place_en).to_owned();
            let few = view::few(&c, p.capacity, stands.get(&Hall::Part(p.id)).copied());
            let hint = [c.datetime(p.starts_at, zone), place, few];
            let hint = hint
                .iter()
                .filter(|t| !t.is_empty())
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(" · ");
            let label = format!(
                "{} ({})",
                c.either(&p.title, &p.title_en),
                c.t(format!("my-part-{}", p.kind))
            );
            Choice::new(p.id, label).hint(hint).chosen(interests.contains(&p.id))
        });
        SittingForm {
            field: field(s.id),
            title: c.either(&s.title, &s.title_en).to_owned(),
            place: c.either(&s.place, &s.place_en).to_owned(),
            days: view::days(&c, &s),
            over: s.last_day < today,
            seat: view::few(&c, s.capacity, stands.get(&Hall::Sitting(s.id)).copied()),
            options: vec![option("yes", "my-rsvp-yes", true), option("no", "my-rsvp-no", false)],
            parts: parts.collect(),
        }
    });
    let sittings = sittings.collect();
    render_status(status, &Page { c, errors, sittings })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::PartId;

    #[test]
    fn an_answer_is_read_by_its_names_and_what_is_no_id_is_refused() {
        let (sitting, part) = (SittingId::new(), PartId::new());
        let fields = vec![
            ("csrf".to_owned(), "x".to_owned()),
            (field(sitting), "no".to_owned()),
            ("part".to_owned(), part.to_string()),
        ];
        let want = rsvp::Answer {
            sittings: vec![(sitting, false)],
            parts: vec![part],
        };
        assert_eq!(parse(&fields), Some(want));
        assert_eq!(parse(&vec![("part".to_owned(), "1".to_owned())]), None);
    }
}
