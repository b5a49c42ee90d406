//! A short list of addresses, one for each role: printed at the start, and shown at `/dev`.

use crate::{Error, TEXTS, load::slug};
use axum::{extract::State, routing::get};
use db::{
    entity::{article, assignment, crew_member, delivery, event, invitation, issue, question, staff},
    people,
    prelude::*,
};
use domain::{
    Lang,
    role::{self, Role},
    state::{article::ArticleState, assignment::AssignmentState, issue::IssueState},
    token::{Purpose, day_stamp_after},
};
use intake::staff::service::invitation::personal_url;
use std::fmt;
use web::{App, Chrome, Words, render};

/// The password of every account of the demo.
pub const PASSWORD: &str = "narae-demo-2026";

/// One address: for whom, as whom, for what. Role and what are keys of texts.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    pub(crate) role: &'static str,
    pub(crate) who: String,
    pub(crate) what: &'static str,
    pub(crate) path: String,
}

/// What the start prints.
#[derive(Clone, Debug)]
pub struct Tour {
    pub(crate) stops: Vec<Stop>,
    public_url: String,
}

impl fmt::Display for Tour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = Words::new(Lang::En, &TEXTS);
        writeln!(
            f,
            "\nMundap demo: {}  (everything here is invented; a tour: {}/dev)\n",
            self.public_url, self.public_url
        )?;
        for stop in &self.stops {
            let role = words.t(stop.role);
            let what = words.t(stop.what);
            writeln!(
                f,
                "  {role:<15} {what}\n                  {}{}",
                self.public_url, stop.path
            )?;
            if !stop.who.is_empty() {
                writeln!(f, "                  {}", stop.who)?;
            }
        }
        writeln!(f, "\n  Every staff account has the password {PASSWORD}\n")
    }
}

pub(crate) fn routes() -> web::Router {
    web::Router::new().route("/dev", get(page))
}

#[derive(askama::Template)]
#[template(path = "tour.html")]
struct Page {
    c: Chrome,
    tour: Tour,
}

async fn page(State(app): State<App>, c: Chrome) -> web::Result {
    let tour = tour(&app).await.map_err(web::Error::internal)?;
    render(&Page {
        c: c.with(&TEXTS),
        tour,
    })
}

/// The addresses as they are now; a role without anything to show is left out.
pub(crate) async fn tour(app: &App) -> Result<Tour, Error> {
    let conn = app.db.reader();
    let mut stops = Vec::new();
    let accounts = staff::Entity::find()
        .order_by_asc(staff::Column::CreatedAt)
        .all(conn)
        .await?;
    let rooms = [
        (
            Role::Moderator,
            "dev-role-moderator",
            "dev-what-triage",
            format!("/desk/events/{}/triage", slug::TALK),
        ),
        (
            Role::Stage,
            "dev-role-stage",
            "dev-what-stage",
            format!("/desk/events/{}/stage", slug::FINISHED),
        ),
        (
            Role::Editor,
            "dev-role-editor",
            "dev-what-answers",
            format!("/desk/events/{}/answers", slug::TALK),
        ),
        (
            Role::Administrator,
            "dev-role-administrator",
            "dev-what-desk",
            "/desk".to_owned(),
        ),
    ];
    for (role, key, what, path) in rooms {
        if let Some(account) = accounts.iter().find(|a| role::split(&a.roles).contains(&role)) {
            stops.push(Stop {
                role: key,
                who: account.email.to_string(),
                what,
                path,
            });
        }
    }
    partners(app, &mut stops).await?;
    crew(app, &mut stops).await?;
    let published = article::Entity::find()
        .filter(article::Column::State.is_in([ArticleState::Published, ArticleState::Corrected]))
        .order_by_asc(article::Column::PublishedAt)
        .one(conn)
        .await?;
    if let Some(article) = published {
        let path = format!("/articles/{}", article.slug);
        stops.push(Stop {
            role: "dev-role-reader",
            who: String::new(),
            what: "dev-what-read",
            path,
        });
    }
    let shown = issue::Entity::find()
        .filter(issue::Column::State.eq(IssueState::Shown))
        .order_by_asc(issue::Column::Number)
        .one(conn)
        .await?;
    if let Some(issue) = shown {
        stops.push(Stop {
            role: "dev-role-reader",
            who: String::new(),
            what: "dev-what-magazine",
            path: format!("/magazine/{}", issue.number),
        });
    }
    let path = "/dev/mailbox".to_owned();
    stops.push(Stop {
        role: "dev-role-everybody",
        who: String::new(),
        what: "dev-what-mailbox",
        path,
    });
    Ok(Tour {
        stops,
        public_url: app.settings.web.public_url.clone(),
    })
}

/// One who may ask now and has not, and one whose question was answered.
async fn partners(app: &App, stops: &mut Vec<Stop>) -> Result<(), Error> {
    let conn = app.db.reader();
    let open = event::Entity::find()
        .filter(event::Column::Slug.eq(slug::OPEN))
        .one(conn)
        .await?;
    if let Some(open) = open {
        let asked = question::Entity::find()
            .select_only()
            .column(question::Column::InvitationId)
            .filter(question::Column::EventId.eq(open.id));
        let quiet = invitation::Entity::find()
            .filter(invitation::Column::EventId.eq(open.id))
            .filter(invitation::Column::Id.not_in_subquery(sea_orm::QueryTrait::into_query(asked)))
            .order_by_asc(invitation::Column::Id)
            .one(conn)
            .await?;
        if let Some(row) = quiet {
            stops.extend(partner(app, row.id, "dev-what-ask", "").await?);
        }
    }
    let answered = delivery::Entity::find()
        .order_by_asc(delivery::Column::Id)
        .one(conn)
        .await?;
    if let Some(row) = answered {
        let to = format!("?to=/my/questions/{}", row.question_id);
        stops.extend(partner(app, row.invitation_id, "dev-what-delivered", &to).await?);
    }
    Ok(())
}

async fn partner(app: &App, id: domain::InvitationId, what: &'static str, rest: &str) -> Result<Option<Stop>, Error> {
    let Some(invitee) = people::invitee(app.db.reader(), id, Lang::Ko).await? else {
        return Ok(None);
    };
    let url = personal_url(app, &invitee);
    let path = url.strip_prefix(&app.settings.web.public_url).unwrap_or(&url);
    Ok(Some(Stop {
        role: "dev-role-partner",
        who: invitee.line(),
        what,
        path: format!("{path}{rest}"),
    }))
}

/// A crew member who still owes an answer.
async fn crew(app: &App, stops: &mut Vec<Stop>) -> Result<(), Error> {
    let conn = app.db.reader();
    let found = assignment::Entity::find()
        .filter(assignment::Column::State.is_in(AssignmentState::OPEN.iter().copied()))
        .filter(assignment::Column::CrewMemberId.is_not_null())
        .order_by_asc(assignment::Column::Id)
        .find_also_related(crew_member::Entity)
        .one(conn)
        .await?;
    if let Some((row, Some(member))) = found {
        let token = app
            .keys
            .sign(Purpose::AnswerLink, row.id.uuid(), day_stamp_after(app.clock.now(), 30));
        let who = format!("{} · {}", people::crew_person(&member).line(), member.email);
        stops.push(Stop {
            role: "dev-role-crew",
            who,
            what: "dev-what-answer",
            path: format!("/a/{token}"),
        });
    }
    Ok(())
}
