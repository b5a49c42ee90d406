//! A question that staff enter on behalf of a person of the roster.

use super::{Fields, Input, Reading, Sheet, open, person::languages, refused};
use crate::{
    Error, Result,
    staff::service::{
        invitation,
        question::{self, OnBehalf},
    },
};
use axum::{
    extract::{Path, State},
    response::IntoResponse,
    routing::get,
};
use db::people;
use domain::{
    InvitationId, QuestionId,
    state::question::{Naming, Prefers},
    text::QuestionText,
};
use web::{App, Choice, Chrome, Errors, Form, auth::Moderator, redirect};

pub(super) fn routes() -> web::Router {
    web::Router::new().route("/desk/events/{slug}/roster/{id}/question", get(ask).post(enter))
}

type Posted = Form<Vec<(String, String)>>;
type Here = Path<(String, InvitationId)>;

async fn ask_sheet(
    app: &App,
    c: Chrome,
    fields: &Fields,
    errors: Errors,
    slug: &str,
    id: InvitationId,
) -> Result<Sheet> {
    let person = people::invitee(app.db.reader(), id, c.lang())
        .await?
        .ok_or(Error::NotFound)?;
    let services = people::services(app.db.reader(), c.lang()).await?;
    let services = services.into_iter().map(|(id, name)| Choice::new(id, name)).collect();
    let prefers = Prefers::ALL
        .iter()
        .map(|p| Choice::new(p, c.t(format!("st-prefers-{p}"))))
        .collect();
    let naming = Naming::ALL
        .iter()
        .map(|n| Choice::new(n, c.t(format!("st-naming-{n}"))))
        .collect();
    Ok(Sheet {
        title: c.t1("st-question-for", "name", person.line()),
        lead: c.t("st-question-lead"),
        action: format!("/desk/events/{slug}/roster/{id}/question"),
        back: format!("/desk/events/{slug}/roster/{id}"),
        errors,
        inputs: vec![
            Input::hidden(&c, fields, "id"),
            Input::question(&c, fields, "question")
                .labelled(c.t("st-question"))
                .hinted(String::new()),
            Input::select(&c, fields, "service", services)
                .labelled(c.t("st-service"))
                .hinted(String::new()),
            Input::radios(&c, fields, "lang", languages(&c)),
            Input::radios(&c, fields, "prefers", prefers)
                .labelled(c.t("st-prefers"))
                .hinted(String::new()),
            Input::radios(&c, fields, "naming", naming)
                .labelled(c.t("st-naming"))
                .hinted(String::new()),
            Input::check(&c, fields, "agreed"),
        ],
        remove: None,
        c,
    })
}

async fn ask(State(app): State<App>, Path((slug, id)): Here, _: Moderator, c: Chrome) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    invitation::of_event(app.db.reader(), event.id, id).await?;
    let person = people::invitee(app.db.reader(), id, c.lang())
        .await
        .map_err(Error::from)?
        .ok_or(Error::NotFound)?;
    let fields = Fields::default()
        .with("id", QuestionId::new().to_string())
        .with("lang", person.lang.as_str())
        .with("prefers", Prefers::Either.as_str())
        .with("naming", Naming::Full.as_str());
    ask_sheet(&app, c, &fields, Errors::new(), &slug, id).await?.show()
}

fn parse_question(fields: &Fields, invitation: InvitationId) -> (Option<OnBehalf>, Errors) {
    let mut r = Reading::new(fields);
    let body = r.errors.check("question", QuestionText::parse(fields.get("question")));
    let service = r.must("service");
    let (lang, prefers, naming) = (r.must("lang"), r.must("prefers"), r.must("naming"));
    let id = r.must("id");
    let agreed = fields.is_on("agreed");
    let new = (|| {
        Some(OnBehalf {
            id: id?,
            invitation,
            body: body?,
            service: service?,
            lang: lang?,
            prefers: prefers?,
            naming: naming?,
            agreed,
        })
    })();
    (new, r.errors)
}

async fn enter(
    State(app): State<App>,
    Path((slug, id)): Here,
    staff: Moderator,
    c: Chrome,
    Form(fields): Posted,
) -> web::Result {
    let (event, c) = open(&app, c, &slug).await?;
    invitation::of_event(app.db.reader(), event.id, id).await?;
    let fields = Fields::from(fields);
    let (new, mut errors) = parse_question(&fields, id);
    if let Some(new) = new {
        let tx = app.db.begin_write().await?;
        match question::on_behalf(&tx, &app, staff.id, event.id, new).await {
            Ok(_) => {
                tx.commit().await?;
                let to = format!("/desk/events/{slug}/roster/{id}");
                return Ok(redirect(to).flash("st-question-entered").into_response());
            }
            Err(error) => refused(error, &mut errors, "agreed")?,
        }
    }
    ask_sheet(&app, c, &fields, errors, &slug, id).await?.show()
}
