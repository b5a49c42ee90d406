//! What every page knows about its surroundings; a page struct holds one, named `c`.

use crate::{
    App, Error, Message, assets,
    auth::{PartnerSession, Staff, Who},
    browser::Browser,
    csrf,
    form::Choice,
    health::Health,
    lang::{Arg, Moment, Words, Zone},
};
use axum::{extract::FromRequestParts, http::request::Parts};
use chrono::{DateTime, Utc};
use domain::{Lang, role::Role, token::Keys};
use fluent_templates::StaticLoader;
use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
};

/// The event that a page is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventContext {
    pub slug: String,
    pub title: String,
}

/// One link of the navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    pub href: String,
    pub label: String,
    pub current: bool,
}

/// The page's context: language and texts, form token, who is there, flash, navigation.
#[derive(Clone)]
pub struct Chrome {
    pub words: Words,
    pub staff: Option<Staff>,
    pub partner: Option<PartnerSession>,
    /// The mail queue; there for staff only.
    pub health: Option<Health>,
    pub event: Option<EventContext>,
    pub demo: bool,
    /// The time at which this page is made.
    pub now: DateTime<Utc>,
    /// `https://host` of this installation, without a slash at its end.
    pub public_url: String,
    keys: Keys,
    browser: Arc<Browser>,
}

impl FromRequestParts<App> for Chrome {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let browser = csrf::browser(parts)?;
        let who = Who::of(parts, app).await?;
        let mut chrome = Self::bare(app, &browser);
        chrome.words = Words::chrome(browser.lang(who.lang));
        chrome.staff.clone_from(&who.staff);
        chrome.partner = who.partner;
        if who.staff.is_some() {
            chrome.health = app.health.read(app).await;
        }
        Ok(chrome)
    }
}

impl Chrome {
    /// Without anybody: for the error page, which must not ask the database.
    pub(crate) fn bare(app: &App, browser: &Arc<Browser>) -> Self {
        Self {
            words: Words::chrome(browser.lang(None)),
            staff: None,
            partner: None,
            health: None,
            event: None,
            demo: app.demo,
            now: app.clock.now(),
            public_url: app.settings.web.public_url.clone(),
            keys: app.keys.clone(),
            browser: Arc::clone(browser),
        }
    }

    #[cfg(test)]
    pub(crate) fn for_test(lang: Lang) -> Self {
        Self {
            words: Words::chrome(lang),
            staff: None,
            partner: None,
            health: None,
            event: None,
            demo: false,
            now: DateTime::UNIX_EPOCH,
            public_url: "https://mundap.example".into(),
            keys: Keys::from_random([1; 32]),
            browser: Arc::new(Browser::for_test("f", "s")),
        }
    }

    /// Binds a slice's texts: `chrome.with(&crate::TEXTS)`.
    #[must_use]
    pub fn with(mut self, texts: &'static StaticLoader) -> Self {
        self.words = self.words.with(texts);
        self
    }

    /// Tells this browser apart from others for as long as it keeps its form cookie; the page must show a form token.
    pub fn browser_id(&self) -> &str {
        &self.browser.form_cookie
    }

    /// Names the event that the page is about: header, navigation.
    #[must_use]
    pub fn for_event(mut self, slug: impl Into<String>, title: impl Into<String>) -> Self {
        self.event = Some(EventContext {
            slug: slug.into(),
            title: title.into(),
        });
        self
    }

    /// In another language than the browser's: a page that is about one text in one language.
    #[must_use]
    pub fn in_lang(mut self, lang: Lang) -> Self {
        self.words.lang = lang;
        self
    }

    pub fn lang(&self) -> Lang {
        self.words.lang
    }
    pub fn is_ko(&self) -> bool {
        self.words.lang == Lang::Ko
    }
    pub fn t(&self, key: impl AsRef<str>) -> String {
        self.words.t(key)
    }
    pub fn t1(&self, key: impl AsRef<str>, name: &str, value: impl Arg) -> String {
        self.words.t1(key, name, value)
    }
    pub fn t2(&self, key: impl AsRef<str>, name: &str, value: impl Arg, name2: &str, value2: impl Arg) -> String {
        self.words.t2(key, name, value, name2, value2)
    }
    pub fn ta(&self, key: impl AsRef<str>, args: &[(&str, &dyn Arg)]) -> String {
        self.words.ta(key, args)
    }
    pub fn date(&self, at: impl Moment, zone: impl Zone) -> String {
        self.words.date(at, zone)
    }
    pub fn datetime(&self, at: impl Moment, zone: impl Zone) -> String {
        self.words.datetime(at, zone)
    }
    pub fn time(&self, at: impl Moment, zone: impl Zone) -> String {
        self.words.time(at, zone)
    }
    pub fn short(&self, at: impl Moment, zone: impl Zone) -> String {
        self.words.short(at, zone)
    }
    pub fn ago(&self, at: impl Moment) -> String {
        self.words.ago(at, self.now)
    }
    pub fn number(&self, n: impl std::fmt::Display) -> String {
        self.words.number(n)
    }
    /// The machine's form, for `<time datetime>`.
    pub fn iso(&self, at: impl Moment) -> String {
        at.utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }
    /// The text of a message.
    pub fn m(&self, message: &Message) -> String {
        message.text(&self.words)
    }

    /// The language's own text of two: what staff wrote in Korean and, perhaps, in English.
    pub fn either<'a>(&self, ko: &'a str, en: &'a str) -> &'a str {
        if self.is_ko() || en.is_empty() { ko } else { en }
    }

    /// The label of a field for the summary of errors, where the slice wrote one: key `field-NAME`.
    pub fn field_label(&self, field: &str) -> String {
        self.words
            .get(&format!("field-{}", field.replace('_', "-")))
            .unwrap_or_default()
    }

    /// A token for this page's forms.
    pub fn csrf(&self) -> String {
        csrf::issue(
            &self.keys,
            &self.browser,
            self.staff.is_some() || self.partner.is_some(),
        )
    }

    pub fn path(&self) -> &str {
        &self.browser.path
    }

    /// Whether the page is `path` or stands below it.
    pub fn is_at(&self, path: &str) -> bool {
        let rest = self.browser.path.strip_prefix(path);
        rest.is_some_and(|r| r.is_empty() || r.starts_with('/'))
    }

    /// This page in another language.
    pub fn lang_href(&self, lang: &str) -> String {
        let query = self.browser.query.as_deref().unwrap_or_default();
        let kept = query.split('&').filter(|p| !p.is_empty() && !p.starts_with("lang="));
        let query = kept
            .map(str::to_owned)
            .chain([format!("lang={lang}")])
            .collect::<Vec<_>>()
            .join("&");
        format!("{}?{query}", self.browser.path)
    }

    /// The message that the last page left, once.
    pub fn flash(&self) -> Option<String> {
        let flash = self.browser.flash.as_ref()?;
        self.browser.flash_shown.store(true, Ordering::Relaxed);
        match flash.n {
            // With its number at once: a text that misses its argument counts as not written.
            Some(n) => self
                .words
                .lookup(&flash.key, Some(&HashMap::from([("n".into(), n.arg())]))),
            None => self.words.get(&flash.key),
        }
    }

    /// The words of the line about work that was given up and the mail queue.
    pub fn health_line(&self) -> String {
        let Some(health) = &self.health else {
            return String::new();
        };
        let mut parts = Vec::new();
        if health.failed_jobs > 0 {
            parts.push(self.t1("health-jobs", "n", health.failed_jobs));
        }
        if health.silent {
            parts.push(self.t("health-silent"));
            return parts.join(" · ");
        }
        parts.push(self.t1("health-waiting", "n", health.waiting));
        if health.uncertain > 0 {
            parts.push(self.t1("health-uncertain", "n", health.uncertain));
        }
        parts.push(self.t1("health-failed", "n", health.failed));
        if health.clock {
            parts.push(self.t("health-clock"));
        }
        if health.returned > 0 {
            parts.push(self.t1("health-returned", "n", health.returned));
        }
        if let Some(at) = health.oldest_at
            && health.waiting > 0
        {
            parts.push(self.t1("health-oldest", "ago", self.ago(at)));
        }
        if health.paused {
            parts.push(self.t("health-paused"));
        }
        parts.join(" · ")
    }

    pub fn may(&self, role: Role) -> bool {
        self.staff.as_ref().is_some_and(|s| s.may(role))
    }

    fn nav(&self, items: &[(&str, &str, Option<&[Role]>)], base: &str) -> Vec<NavItem> {
        let allowed = items
            .iter()
            .filter(|(_, _, roles)| roles.is_none_or(|r| r.iter().any(|r| self.may(*r))));
        allowed
            .map(|(path, key, _)| {
                let href = format!("{base}{path}");
                let current = if path.is_empty() {
                    self.path() == href
                } else {
                    self.is_at(&href)
                };
                NavItem {
                    current,
                    label: self.t(key),
                    href,
                }
            })
            .collect()
    }

    /// The desk's pages that need no event, as far as this person may open them.
    pub fn nav_desk(&self) -> Vec<NavItem> {
        let mail = Some(&[Role::Moderator, Role::Editor][..]);
        let admin = Some(&[Role::Administrator][..]);
        self.nav(
            &[
                ("", "nav-home", None),
                ("/outbox", "nav-outbox", mail),
                ("/quarantine", "nav-quarantine", mail),
                ("/issues", "nav-issues", Some(&[Role::Editor])),
                ("/comments", "nav-comments", Some(&[Role::Editor])),
                ("/insight", "nav-insight", None),
                ("/services", "nav-services", admin),
                ("/staff", "nav-staff", admin),
                ("/audit", "nav-audit", admin),
            ],
            "/desk",
        )
    }

    /// The pages of the event in context, in the order in which a question passes them.
    pub fn nav_event(&self) -> Vec<NavItem> {
        let Some(event) = &self.event else { return Vec::new() };
        let moderator = Some(&[Role::Moderator][..]);
        self.nav(
            &[
                ("", "nav-overview", None),
                ("/programme", "nav-programme", moderator),
                ("/speakers", "nav-speakers", moderator),
                ("/roster", "nav-roster", moderator),
                ("/read", "nav-read", moderator),
                ("/triage", "nav-triage", moderator),
                ("/similar", "nav-similar", moderator),
                ("/shortlist", "nav-shortlist", moderator),
                ("/routing", "nav-routing", moderator),
                ("/run", "nav-run", Some(&[Role::Stage, Role::Moderator])),
                ("/door", "nav-door", Some(&[Role::Stage, Role::Moderator])),
                ("/stage", "nav-stage", Some(&[Role::Stage, Role::Moderator])),
                ("/telephones", "nav-telephones", Some(&[Role::Stage, Role::Moderator])),
                ("/answers", "nav-answers", Some(&[Role::Moderator, Role::Editor])),
                ("/reverse", "nav-reverse", moderator),
                ("/article", "nav-article", Some(&[Role::Editor])),
                ("/ledger", "nav-ledger", None),
                ("/insight", "nav-insight", None),
            ],
            &format!("/desk/events/{}", event.slug),
        )
    }

    /// Both languages for a select.
    pub fn lang_choices(&self, chosen: Lang) -> Vec<Choice> {
        Lang::ALL
            .iter()
            .map(|l| Choice::new(l, self.t(format!("lang-{l}"))).chosen(*l == chosen))
            .collect()
    }

    pub fn css(&self) -> &'static str {
        assets::css_url()
    }
    pub fn js(&self) -> &'static str {
        assets::js_url()
    }
    /// The script of the pages that are kept on a phone.
    pub fn door_js(&self) -> &'static str {
        assets::door_url()
    }
    pub fn icon(&self) -> &'static str {
        assets::icon_url()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Errors, Message};
    use askama::Template;

    #[derive(Template)]
    #[template(
        ext = "html",
        source = r#"{% extends "desk.html" %}{% import "parts/form.html" as form %}{% block content %}
{% call form::summary(errors) %}{% endcall %}
{% call form::text(errors, "name", label, name, hint=hint) %}{% endcall %}
{% call form::textarea(errors, "text", c.t("field-name"), value, max=2000) %}{% endcall %}
{% call form::select(errors, "lang", "L", options, empty="-", required=false) %}{% endcall %}
{% call form::radios(errors, "choice", "L", options) %}{% endcall %}
{% call form::checkboxes(errors, "many", "L", options, hint="H") %}{% endcall %}
{% call form::checkbox(errors, "yes", "L", true) %}{% endcall %}
{% call form::file(errors, "file", "L", ".csv") %}{% endcall %}
{% call form::submit("Go") %}{% endcall %}
{% call form::action("/x", "Do", key="d") %}{% endcall %}
{% call form::meter(n, 50, "L") %}{% endcall %}
{{ c.t1("ago-minutes", "n", n) }} {{ c.short(at, zone) }}
{% endblock %}"#
    )]
    struct Page {
        c: Chrome,
        errors: Errors,
        label: String,
        name: String,
        value: String,
        hint: &'static str,
        options: Vec<Choice>,
        n: i64,
        at: DateTime<Utc>,
        zone: String,
    }

    #[test]
    fn a_refused_form_keeps_what_was_typed_and_names_each_error_at_its_field() {
        let mut errors = Errors::new();
        errors.add("name", "error-required");
        errors.add("choice", Message::new("error-choose"));
        let page = Page {
            c: Chrome::for_test(Lang::En).for_event("spring", "Spring <talk>"),
            errors,
            label: "A label".into(),
            name: "typed \"name\"".into(),
            value: "\nfirst line".into(),
            hint: "A hint",
            options: vec![Choice::new("a", "Aa"), Choice::new("b", "Bb").chosen(true).hint("why")],
            n: 7,
            at: DateTime::UNIX_EPOCH,
            zone: "Asia/Seoul".into(),
        };
        let html = page.render().expect("renders");
        for part in [
            r##"<a href="#name">Name: Write something here.</a>"##,
            r#"value="typed &#34;name&#34;""#,
            r#"<label for="name">A label</label>"#,
            r#"aria-describedby="name-hint name-error" aria-invalid="true""#,
            r#"id="choice" name="choice" value="a""#,
            r#"id="choice-2" name="choice" value="b" checked"#,
            r#"<option value="b" selected>Bb</option>"#,
            "7 min ago 1 Jan 09:00",
            "Spring &#60;talk&#62;",
        ] {
            assert!(html.contains(part), "{part}\n{html}");
        }
    }
}
