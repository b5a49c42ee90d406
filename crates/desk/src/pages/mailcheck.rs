//! Whether our mail can be believed and can come back: the DNS records of our domains, and a test mail to oneself.

use crate::{TEXTS, pages::Nothing};
use axum::{
    extract::State,
    response::IntoResponse,
    routing::{get, post},
};
use db::audit;
use domain::{OutgoingId, state::mail::MailKind};
use mail::{
    Initial, Letter, NewMail, Refs,
    dns::{Finding, State as Found, check},
};
use std::time::Duration;
use web::{App, Chrome, Form, Result, auth::Moderator, limit, redirect, render};

pub(crate) fn routes() -> web::Router {
    web::Router::new()
        .route("/desk/mail", get(page))
        .route("/desk/mail/test", post(test))
}

#[derive(askama::Template)]
#[template(path = "mailcheck.html")]
struct Page {
    c: Chrome,
    findings: Vec<Finding>,
    email: String,
}

impl Page {
    fn record(&self, finding: &Finding) -> String {
        self.c.t(format!("mailcheck-{}", finding.record.as_str()))
    }
    fn state(&self, finding: &Finding) -> String {
        self.c.t(format!("mailcheck-{}", finding.state.as_str()))
    }
    fn is_bad(finding: &Finding) -> bool {
        matches!(finding.state, Found::Missing | Found::Wrong)
    }
    /// What to do about it.
    fn advice(&self, finding: &Finding) -> String {
        match (finding.record, finding.state) {
            (_, Found::Fine) => String::new(),
            (_, Found::Silent) => self.c.t("mailcheck-advice-silent"),
            (mail::dns::Record::Dkim, Found::Off) => self.c.t("mailcheck-advice-dkim-off"),
            (_, Found::Off) => self.c.t("mailcheck-advice-off"),
            (record, state) => self
                .c
                .t(format!("mailcheck-advice-{}-{}", record.as_str(), state.as_str())),
        }
    }
}

async fn page(State(app): State<App>, c: Chrome, staff: Moderator) -> Result {
    limit::check(&app, "mail-check", &staff.id.to_string(), 60, Duration::from_hours(1)).await?;
    render(&Page {
        c: c.with(&TEXTS),
        findings: check(&app.settings).await,
        email: staff.email.clone(),
    })
}

async fn test(State(app): State<App>, c: Chrome, staff: Moderator, Form(Nothing {}): Form<Nothing>) -> Result {
    limit::check(&app, "mail-test", &staff.id.to_string(), 10, Duration::from_hours(1)).await?;
    let c = c.with(&TEXTS);
    let mail = NewMail {
        kind: MailKind::StaffNotice,
        to_name: staff.name.clone(),
        to_email: domain::EmailAddress::parse(&staff.email).map_err(web::Error::internal)?,
        lang: c.lang(),
        letter: Letter::new(c.t("mailcheck-test-subject")).text(c.t("mailcheck-test-body")),
        state: Initial::Queued,
        dedup: format!("test:{}", OutgoingId::new()),
        reply: None,
        refs: Refs::default(),
    };
    let tx = app.db.begin_write().await?;
    let put = mail::outbox::put(&tx, &app.clock, &app.settings, mail).await;
    let put = put.map_err(db::Error::from)?;
    let entry = audit::Entry {
        event: None,
        actor: staff.actor(),
        action: "mail.tested",
        subject: ("outgoing_mail", put.map(OutgoingId::uuid)),
        details: serde_json::json!({}),
    };
    audit::record(&tx, &app.clock, entry).await?;
    tx.commit().await?;
    app.wake.notify();
    Ok(redirect("/desk/mail").flash("mailcheck-test-sent").into_response())
}
