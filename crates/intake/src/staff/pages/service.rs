//! The host's services and their crews.

use super::{Fields, Input, Nothing, Reading, Sheet, refused};
use crate::{
    Error, Result, TEXTS,
    staff::{
        repo,
        service::{
            crew::{self, Absence, NewCrewMember},
            service::{self, NewService},
        },
    },
};
use axum::{
    extract::{Path, State},
    response::IntoResponse,
    routing::{get, post},
};
use db::{entity, people::crew_person, prelude::EntityTrait};
use domain::{CrewMemberId, ServiceId};
use web::{App, Choice, Chrome, Errors, Form, auth::Administrator, redirect, render};

pub(super) fn routes() -> web::Router {
    web::Router::new()
        .route("/desk/services", get(list))
        .route("/desk/services/new", get(blank).post(add))
        .route("/desk/services/{id}", get(edit).post(change))
        .route("/desk/services/{id}/crew/new", get(new_member).post(add_member))
        .route(
            "/desk/services/{id}/crew/{member}",
            get(edit_member).post(change_member),
        )
        .route("/desk/services/{id}/crew/{member}/remove", post(remove_member))
}

type Posted = Form<Vec<(String, String)>>;

struct Shown {
    service: entity::service::Model,
    crew: Vec<(entity::crew_member::Model, String)>,
}

#[derive(askama::Template)]
#[template(path = "staff/services.html")]
struct ListPage {
    c: Chrome,
    services: Vec<Shown>,
}

async fn list(State(app): State<App>, _: Administrator, c: Chrome) -> web::Result {
    let page = load(&app, c.with(&TEXTS)).await?;
    render(&page)
}

async fn load(app: &App, c: Chrome) -> Result<ListPage> {
    let mut crews = repo::crews(app.db.reader()).await?;
    let services = repo::services(app.db.reader()).await?;
    let services = services
        .into_iter()
        .map(|service| {
            let crew = crews.remove(&service.id).unwrap_or_default();
            let crew = crew
                .into_iter()
                .map(|m| (crew_person(&m).line(), m))
                .map(|(line, m)| (m, line))
                .collect();
            Shown { service, crew }
        })
        .collect();
    Ok(ListPage { c, services })
}

async fn found(app: &App, id: ServiceId) -> Result<entity::service::Model> {
    let row = entity::service::Entity::find_by_id(id).one(app.db.reader()).await?;
    row.ok_or(Error::NotFound)
}

fn sheet(c: Chrome, fields: &Fields, errors: Errors, id: Option<ServiceId>) -> Sheet {
    let line = |name| Input::line(&c, fields, name);
    Sheet {
        title: c.t(if id.is_some() {
            "st-service-edit"
        } else {
            "st-service-new"
        }),
        lead: String::new(),
        action: id.map_or_else(|| "/desk/services/new".to_owned(), |id| format!("/desk/services/{id}")),
        back: "/desk/services".into(),
        errors,
        inputs: vec![
            line("name"),
            line("name_en").optional(),
            line("blurb").optional(),
            line("blurb_en").optional(),
        ],
        remove: None,
        c,
    }
}

fn parse(fields: &Fields) -> (NewService, Errors) {
    let mut r = Reading::new(fields);
    let new = NewService {
        name: r.line("name", 60),
        name_en: r.maybe("name_en", 60).unwrap_or_default(),
        blurb: r.maybe("blurb", 200).unwrap_or_default(),
        blurb_en: r.maybe("blurb_en", 200).unwrap_or_default(),
    };
    (new, r.errors)
}

async fn blank(_: Administrator, c: Chrome) -> web::Result {
    sheet(c.with(&TEXTS), &Fields::default(), Errors::new(), None).show()
}

async fn add(State(app): State<App>, staff: Administrator, c: Chrome, Form(fields): Posted) -> web::Result {
    let fields = Fields::from(fields);
    let (new, mut errors) = parse(&fields);
    if errors.is_empty() {
        let tx = app.db.begin_write().await?;
        match service::add(&tx, &app.clock, staff.actor(), new).await {
            Ok(_) => {
                tx.commit().await?;
                return Ok(redirect("/desk/services").flash("saved").into_response());
            }
            Err(error) => refused(error, &mut errors, "name")?,
        }
    }
    sheet(c.with(&TEXTS), &fields, errors, None).show()
}

async fn edit(State(app): State<App>, Path(id): Path<ServiceId>, _: Administrator, c: Chrome) -> web::Result {
    let row = found(&app, id).await?;
    let fields = Fields::default()
        .with("name", row.name)
        .with("name_en", row.name_en)
        .with("blurb", row.blurb)
        .with("blurb_en", row.blurb_en);
    sheet(c.with(&TEXTS), &fields, Errors::new(), Some(id)).show()
}

async fn change(
    State(app): State<App>,
    Path(id): Path<ServiceId>,
    staff: Administrator,
    c: Chrome,
    Form(fields): Posted,
) -> web::Result {
    let fields = Fields::from(fields);
    let (new, mut errors) = parse(&fields);
    if errors.is_empty() {
        let tx = app.db.begin_write().await?;
        match service::change(&tx, &app.clock, staff.actor(), id, new).await {
            Ok(()) => {
                tx.commit().await?;
                return Ok(redirect("/desk/services").flash("saved").into_response());
            }
            Err(error) => refused(error, &mut errors, "name")?,
        }
    }
    sheet(c.with(&TEXTS), &fields, errors, Some(id)).show()
}

fn member_sheet(
    c: Chrome,
    fields: &Fields,
    errors: Errors,
    service: &entity::service::Model,
    id: Option<CrewMemberId>,
) -> Sheet {
    let base = format!("/desk/services/{}/crew", service.id);
    let line = |name| Input::line(&c, fields, name);
    Sheet {
        title: c.t1(
            if id.is_some() { "st-crew-edit" } else { "st-crew-new" },
            "service",
            c.either(&service.name, &service.name_en),
        ),
        lead: c.t("st-crew-lead"),
        action: id.map_or_else(|| format!("{base}/new"), |id| format!("{base}/{id}")),
        remove: id.map(|id| (format!("{base}/{id}/remove"), c.t("st-crew-remove"))),
        back: "/desk/services".into(),
        errors,
        inputs: vec![
            line("nickname").optional(),
            line("name"),
            line("team").optional(),
            Input::typed(&c, fields, "email", "email"),
            Input::check(&c, fields, "is_lead"),
        ],
        c,
    }
}

fn parse_member(fields: &Fields) -> (Option<NewCrewMember>, Errors) {
    let mut r = Reading::new(fields);
    let (nickname, name, team) = (r.maybe("nickname", 50), r.line("name", 100), r.maybe("team", 100));
    let email = r.email("email");
    if email.is_none() && !r.errors.has("email") {
        r.errors.add("email", "error-required");
    }
    let new = email.filter(|_| r.errors.is_empty()).map(|email| NewCrewMember {
        nickname,
        name,
        team,
        email,
        is_lead: fields.is_on("is_lead"),
    });
    (new, r.errors)
}

async fn new_member(State(app): State<App>, Path(id): Path<ServiceId>, _: Administrator, c: Chrome) -> web::Result {
    let service = found(&app, id).await?;
    member_sheet(c.with(&TEXTS), &Fields::default(), Errors::new(), &service, None).show()
}

async fn add_member(
    State(app): State<App>,
    Path(id): Path<ServiceId>,
    staff: Administrator,
    c: Chrome,
    Form(fields): Posted,
) -> web::Result {
    let service = found(&app, id).await?;
    let fields = Fields::from(fields);
    let (new, mut errors) = parse_member(&fields);
    if let Some(new) = new {
        let tx = app.db.begin_write().await?;
        match crew::add(&tx, &app.clock, staff.actor(), id, new).await {
            Ok(_) => {
                tx.commit().await?;
                return Ok(redirect("/desk/services").flash("saved").into_response());
            }
            Err(error) => refused(error, &mut errors, "email")?,
        }
    }
    member_sheet(c.with(&TEXTS), &fields, errors, &service, None).show()
}

/// The days away and the deputy; behind the fields that every member has.
fn absence_inputs(sheet: &mut Sheet, fields: &Fields, deputies: Vec<Choice>) {
    let (c, inputs) = (&sheet.c, &mut sheet.inputs);
    inputs.push(Input::typed(c, fields, "absent_from", "date").optional());
    inputs.push(Input::typed(c, fields, "absent_until", "date").optional());
    inputs.push(Input::select(c, fields, "deputy", deputies).or_nothing(c.t("st-no-deputy")));
}

/// Other addresses of theirs, which staff confirmed when a mail came from one; each can be taken away.
async fn address_inputs(app: &App, sheet: &mut Sheet, fields: &Fields, member: CrewMemberId) -> Result<(), Error> {
    let known = crew::addresses(app.db.reader(), member).await?;
    if !known.is_empty() {
        let choices = known.iter().map(|a| Choice::new(a.id, a.email.as_str()));
        let input = Input::checks(&sheet.c, fields, "drop_address", choices.collect());
        sheet.inputs.push(input);
    }
    Ok(())
}

fn parse_absence(fields: &Fields, errors: &mut Errors) -> Absence {
    let mut r = Reading::new(fields);
    let absence = Absence {
        from: r.one("absent_from"),
        until: r.one("absent_until"),
        deputy: r.one("deputy"),
    };
    for (field, message) in r.errors.iter() {
        let message = if field == "deputy" {
            message.clone()
        } else {
            "error-date".into()
        };
        errors.add(field.to_owned(), message);
    }
    if absence.until.is_some() && (absence.from.is_none() || absence.until < absence.from) && errors.is_empty() {
        errors.add("absent_until", "st-absent-days");
    }
    absence
}

/// Everybody of all crews who could stand in.
async fn deputies(app: &App, c: &Chrome, but: CrewMemberId) -> Result<Vec<Choice>> {
    let mut crews = repo::crews(app.db.reader()).await?;
    let mut choices = Vec::new();
    for service in repo::services(app.db.reader()).await? {
        for member in crews.remove(&service.id).unwrap_or_default() {
            if member.id != but {
                let name = crew_person(&member).line();
                let of = c.either(&service.name, &service.name_en);
                choices.push(Choice::new(member.id, format!("{name} · {of}")));
            }
        }
    }
    Ok(choices)
}

async fn edit_member(
    State(app): State<App>,
    Path((id, member)): Path<(ServiceId, CrewMemberId)>,
    _: Administrator,
    c: Chrome,
) -> web::Result {
    let service = found(&app, id).await?;
    let mut crews = repo::crews(app.db.reader()).await?;
    let crew = crews.remove(&id).unwrap_or_default();
    let row = crew.into_iter().find(|m| m.id == member).ok_or(Error::NotFound)?;
    let fields = Fields::default()
        .maybe("nickname", row.nickname)
        .with("name", row.name)
        .maybe("team", row.team)
        .with("email", row.email.as_str())
        .with("is_lead", row.is_lead.to_string())
        .maybe("absent_from", row.absent_from)
        .maybe("absent_until", row.absent_until)
        .maybe("deputy", row.deputy_id);
    let choices = deputies(&app, &c, member).await?;
    let mut sheet = member_sheet(c.with(&TEXTS), &fields, Errors::new(), &service, Some(member));
    absence_inputs(&mut sheet, &fields, choices);
    address_inputs(&app, &mut sheet, &fields, member).await?;
    sheet.show()
}

async fn change_member(
    State(app): State<App>,
    Path((id, member)): Path<(ServiceId, CrewMemberId)>,
    staff: Administrator,
    c: Chrome,
    Form(fields): Posted,
) -> web::Result {
    let service = found(&app, id).await?;
    let fields = Fields::from(fields);
    let (new, mut errors) = parse_member(&fields);
    let absence = parse_absence(&fields, &mut errors);
    if let Some(new) = new.filter(|_| errors.is_empty()) {
        let tx = app.db.begin_write().await?;
        let changed = match crew::change(&tx, &app.clock, staff.actor(), id, member, new).await {
            Ok(()) => crew::absent(&tx, &app.clock, staff.actor(), id, member, absence)
                .await
                .map_err(|e| (e, "deputy")),
            Err(error) => Err((error, "email")),
        };
        match changed {
            Ok(()) => {
                for address in fields.all("drop_address").filter_map(|a| a.parse().ok()) {
                    crew::drop_address(&tx, &app.clock, staff.actor(), id, member, address).await?;
                }
                tx.commit().await?;
                return Ok(redirect("/desk/services").flash("saved").into_response());
            }
            Err((error, field)) => refused(error, &mut errors, field)?,
        }
    }
    let choices = deputies(&app, &c, member).await?;
    let mut sheet = member_sheet(c.with(&TEXTS), &fields, errors, &service, Some(member));
    absence_inputs(&mut sheet, &fields, choices);
    address_inputs(&app, &mut sheet, &fields, member).await?;
    sheet.show()
}

async fn remove_member(
    State(app): State<App>,
    Path((id, member)): Path<(ServiceId, CrewMemberId)>,
    staff: Administrator,
    Form(Nothing {}): Form<Nothing>,
) -> web::Result {
    let tx = app.db.begin_write().await?;
    crew::remove(&tx, &app.clock, staff.actor(), id, member).await?;
    tx.commit().await?;
    Ok(redirect("/desk/services").flash("st-removed").into_response())
}
