//! One person of the roster: their facts and their link.

use super::{Fields, Input, Nothing, Reading, Sheet, open, refused};
use crate::{
    Error, Result,
    staff::{
        repo,
        service::{
            invitation,
            partner::{self, NewPartner, company_name},
            question,
        },
    },
};
use axum::{
    extract::{Path, State},
    response::IntoResponse,
    routing::{get, post},
};
use db::{
    entity,
    people::{self, Invitee},
    prelude::*,
    sight::Sight,
};
use domain::{InvitationId, Lang, text::excerpt};
use web::{App, Choice, Chrome, Errors, Form, auth::Moderator, redirect, render};

pub(super) fn routes() -> web::Router {
    web::Router::new()
        .route("/desk/events/{slug}/roster/new", get(blank).post(add))
        .route("/desk/events/{slug}/roster/{id}", get(show))
        .route("/desk/events/{slug}/roster/{id}/edit", get(edit).post(change))
        .route("/desk/events/{slug}/roster/{id}/invite", post(invite))
        .route("/desk/events/{slug}/roster/{id}/handed-over", post(handed_over))
        .route("/desk/events/{slug}/roster/{id}/new-link", post(new_link))
        .route(
            "/desk/events/{slug}/roster/{id}/unsubscribe",
            post(super::unsubscribe::note),
        )
        .route(
            "/desk/events/{slug}/roster/{id}/subscribe",
            post(super::unsubscribe::lift),
        )
}

type Posted = Form<Vec<(String, String)>>;
type Here = Path<(String, InvitationId)>;

pub(super) fn languages(c: &Chrome) -> Vec<Choice> {
    Lang::ALL
        .iter()
        .map(|lang| Choice::new(lang, c.t(format!("lang-{lang}"))))
        .collect()
}

async fn sheet(
    app: &App,
    c: Chrome,
    fields: &Fields,
    errors: Errors,
    slug: &str,
    id: Option<InvitationId>,
) -> Result<Sheet> {
    let base = format!("/desk/events/{slug}/roster");
    let all_fields = repo::fields(app.db.reader()).await?;
    let all_fields = all_fields
        .iter()
        .map(|f| Choice::new(f.id, c.either(&f.name, &f.name_en)))
        .collect();
    let services = people::services(app.db.reader(), c.lang()).await?;
    let services = services.into_iter().map(|(id, name)| Choice::new(id, name)).collect();
    let line = |name| Input::line(&c, fields, name);
    let back = id.map_or_else(|| base.clone(), |id| format!("{base}/{id}"));
    Ok(Sheet {
        title: c.t(if id.is_some() {
            "st-person-edit"
        } else {
            "st-person-new"
        }),
        lead: if id.is_some() {
            String::new()
        } else {
            c.t("st-person-lead")
        },
        action: id.map_or_else(|| format!("{base}/new"), |id| format!("{base}/{id}/edit")),
        back,
        errors,
        inputs: vec![
            line("name"),
            line("pen_name").optional(),
            line("company").optional(),
            line("job_title").optional(),
            line("group").optional(),
            Input::select(&c, fields, "field", all_fields).or_nothing(c.t("st-nothing")),
            Input::checks(&c, fields, "services", services),
            Input::typed(&c, fields, "email", "email").optional(),
            Input::radios(&c, fields, "lang", languages(&c)),
            line("display_line").optional(),
        ],
        remove: None,
        c,
    })
}

fn parse(fields: &Fields) -> (NewPartner, Errors) {
    let mut r = Reading::new(fields);
    let new = NewPartner {
        name: r.line("name", 100),
        pen_name: r.maybe("pen_name", 100),
        company: r.maybe("company", 100),
        title: r.maybe("job_title", 100),
        group: r.maybe("group", 100),
        field: r.one("field"),
        services: r.several("services"),
        email: r.email("email"),
        lang: r.must("lang").unwrap_or(Lang::Ko),
        display_line: r.maybe("display_line", 200),
    };
    (new, r.errors)
}

async fn blank(State(app): State<App>, Path(slug): Path<String>, _: Moderator, c: Chrome) -> web::Result {
    let (_, c) = open(&app, c, &slug).await?;
    sheet(
        &app,
        c,
        &Fields::default().with("lang", "ko"),
        Errors::new(),
        &slug,
        None,
    )
    .await?
    .show()
}

async fn add(
    State(app): State<App>,
    Path(slug): Path<String>,
    staff: Moderator,
    c: Chrome,
    Form(fields): Posted,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let fields = Fields::from(fields);
    let (new, mut errors) = parse(&fields);
    if errors.is_empty() {
        let tx = app.db.begin_write().await?;
        match partner::add(&tx, &app.clock, staff.actor(), event.id, new).await {
            Ok(id) => {
                tx.commit().await?;
                return Ok(redirect(format!("/desk/events/{slug}/roster/{id}"))
                    .flash("saved")
                    .into_response());
            }
            Err(error) => refused(error, &mut errors, "email")?,
        }
    }
    sheet(&app, c, &fields, errors, &slug, None).await?.show()
}

async fn filled(app: &App, event: &entity::event::Model, id: InvitationId) -> Result<Fields> {
    let reader = app.db.reader();
    let row = invitation::of_event(reader, event.id, id).await?;
    let person = entity::partner::Entity::find_by_id(row.partner_id)
        .one(reader)
        .await?
        .ok_or(Error::NotFound)?;
    let services = entity::partner_service::Entity::find()
        .filter(entity::partner_service::Column::PartnerId.eq(person.id))
        .all(reader)
        .await?;
    let fields = Fields::default()
        .with("name", person.name)
        .maybe("pen_name", person.pen_name)
        .maybe("company", company_name(reader, person.company_id).await?)
        .maybe("job_title", person.title)
        .maybe("group", person.group_name)
        .maybe("field", row.field_id)
        .maybe("email", person.email)
        .with("lang", person.lang.as_str())
        .maybe("display_line", person.display_line);
    Ok(services.iter().fold(fields, |fields, link| {
        fields.with("services", link.service_id.to_string())
    }))
}

async fn edit(State(app): State<App>, Path((slug, id)): Here, _: Moderator, c: Chrome) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let fields = filled(&app, &event, id).await?;
    sheet(&app, c, &fields, Errors::new(), &slug, Some(id)).await?.show()
}

async fn change(
    State(app): State<App>,
    Path((slug, id)): Here,
    staff: Moderator,
    c: Chrome,
    Form(fields): Posted,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let fields = Fields::from(fields);
    let (new, mut errors) = parse(&fields);
    if errors.is_empty() {
        let tx = app.db.begin_write().await?;
        match partner::change(&tx, &app.clock, staff.actor(), event.id, id, new).await {
            Ok(()) => {
                tx.commit().await?;
                return Ok(redirect(format!("/desk/events/{slug}/roster/{id}"))
                    .flash("saved")
                    .into_response());
            }
            Err(error) => refused(error, &mut errors, "email")?,
        }
    }
    sheet(&app, c, &fields, errors, &slug, Some(id)).await?.show()
}

#[derive(askama::Template)]
#[template(path = "staff/person.html")]
struct PersonPage {
    c: Chrome,
    event: entity::event::Model,
    invitation: entity::invitation::Model,
    person: Invitee,
    services: Vec<String>,
    field: String,
    link: String,
    mails: Vec<entity::outgoing_mail::Model>,
    unsubscribed: Option<entity::unsubscribed::Model>,
    /// Each sitting with what they said and whether they came.
    sittings: Vec<(String, &'static str, &'static str)>,
    interests: Vec<String>,
    questions: Vec<(entity::question::Model, String)>,
    /// So many wait for triage, which reads blind: they are not named beside their asker.
    covered: usize,
}

impl PersonPage {
    fn base(&self) -> String {
        format!("/desk/events/{}/roster/{}", self.event.slug, self.invitation.id)
    }
    fn lang_key(&self) -> String {
        format!("lang-{}", self.person.lang)
    }
    fn invite_key(&self) -> &'static str {
        if self.invitation.invited_at.is_some() {
            "st-invite-again"
        } else {
            "st-invite"
        }
    }
}

async fn show(State(app): State<App>, Path((slug, id)): Here, _: Moderator, c: Chrome) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    let page = load(&app, event, c, id).await?;
    render(&page)
}

async fn load(app: &App, event: entity::event::Model, c: Chrome, id: InvitationId) -> Result<PersonPage> {
    let reader = app.db.reader();
    let row = invitation::of_event(reader, event.id, id).await?;
    let person = people::invitee(reader, id, c.lang()).await?.ok_or(Error::NotFound)?;
    let rsvps = repo::rsvps(reader, std::slice::from_ref(&row)).await?;
    let said = |yes: Option<bool>| match yes {
        Some(true) => "st-yes",
        Some(false) => "st-no",
        None => "st-unknown",
    };
    let sittings = repo::sittings(reader, event.id).await?;
    let sittings = sittings
        .iter()
        .map(|s| {
            let rsvp = rsvps.get(&(id, s.id));
            let title = c.either(&s.title, &s.title_en).to_owned();
            (
                title,
                if rsvp.is_some_and(|r| r.waits.is_some()) {
                    "seats-waits"
                } else {
                    said(rsvp.and_then(|r| r.coming))
                },
                said(rsvp.and_then(|r| r.came)),
            )
        })
        .collect();
    let liked = repo::interests(reader, id).await?;
    let interests = repo::parts(reader, event.id)
        .await?
        .into_values()
        .flatten()
        .filter(|(part, _)| liked.contains(&part.id))
        .map(|(part, _)| c.either(&part.title, &part.title_en).to_owned())
        .collect();
    let all_fields = repo::fields(reader).await?;
    let field = all_fields.into_iter().find(|f| Some(f.id) == row.field_id);
    let sight = Sight::of(reader, [event.id]).await?;
    let questions = question::of_invitation(reader, id).await?;
    let (covered, questions): (Vec<_>, Vec<_>) = questions.into_iter().partition(|q| sight.covers(q));
    let services = match &person.person {
        domain::person::Person::Partner { services, .. } => services.clone(),
        domain::person::Person::Host { .. } => Vec::new(),
    };
    Ok(PersonPage {
        link: invitation::personal_url(app, &person),
        mails: repo::invitation_mails(reader, id).await?,
        unsubscribed: mail::unsubscribed::find(reader, id).await?,
        field: field
            .map(|f| c.either(&f.name, &f.name_en).to_owned())
            .unwrap_or_default(),
        questions: questions
            .into_iter()
            .map(|q| (excerpt(&q.body, 80), q))
            .map(|(text, q)| (q, text))
            .collect(),
        covered: covered.len(),
        c,
        event,
        invitation: row,
        person,
        services,
        sittings,
        interests,
    })
}

async fn invite(
    State(app): State<App>,
    Path((slug, id)): Here,
    staff: Moderator,
    c: Chrome,
    Form(Nothing {}): Form<Nothing>,
) -> web::Result {
    let (event, _) = open(&app, c, &slug).await?;
    let tx = app.db.begin_write().await?;
    let row = invitation::of_event(&tx, event.id, id).await?;
    if mail::unsubscribed::find(&tx, id).await.map_err(Error::from)?.is_some() {
        return Ok(redirect(format!("/desk/events/{slug}/roster/{id}"))
            .flash("st-not-invited-unsubscribed")
            .into_response());
    }
    let put = if row.invited_at.is_some() {
        invitation::send_again(&tx, &app, staff.actor(), id).await?
    } else {
        invitation::send(&tx, &app, staff.actor(), id).await?
    };
    tx.commit().await?;
    app.wake.notify();
    let flash = if put.is_some() {
        "st-invited-one"
    } else {
        "st-not-invited"
    };
    Ok(redirect(format!("/desk/events/{slug}/roster/{id}"))
        .flash(flash)
        .into_response())
}

async fn handed_over(
    State(app): State<App>,
    Path((slug, id)): Here,
    staff: Moderator,
    c: Chrome,
    Form(Nothing {}): Form<Nothing>,
) -> web::Result {
    let (event, _) = open(&app, c, &slug).await?;
    let tx = app.db.begin_write().await?;
    invitation::handed_over(&tx, &app, staff.actor(), event.id, id).await?;
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/roster/{id}"))
        .flash("saved")
        .into_response())
}

async fn new_link(
    State(app): State<App>,
    Path((slug, id)): Here,
    staff: Moderator,
    c: Chrome,
    Form(Nothing {}): Form<Nothing>,
) -> web::Result {
    let (event, _) = open(&app, c, &slug).await?;
    let tx = app.db.begin_write().await?;
    invitation::renew_link(&tx, &app, staff.actor(), event.id, id).await?;
    tx.commit().await?;
    Ok(redirect(format!("/desk/events/{slug}/roster/{id}"))
        .flash("st-link-renewed")
        .into_response())
}
