//! A page that is one form: what it asks is a list, so all forms of this side look and behave alike.

use super::Fields;
use axum::http::StatusCode;
use web::{Choice, Chrome, Errors, Result, render, render_status};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The type of an `<input>`.
    Line(&'static str),
    Area,
    /// Several lines with the limit of a question.
    Question,
    Select,
    Radios,
    Checks,
    Check,
    Hidden,
}

/// One field of the form; its label is the text `field-NAME`.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) value: String,
    pub(super) hint: String,
    pub(super) needed: bool,
    pub(super) on: bool,
    pub(super) kind: Kind,
    pub(super) choices: Vec<Choice>,
    /// The label of the choice of nothing.
    pub(super) nothing: String,
}

impl Input {
    fn new(kind: Kind, c: &Chrome, fields: &Fields, name: &'static str) -> Self {
        let hint_key = format!("hint-{}", name.replace('_', "-"));
        Self {
            name,
            label: c.field_label(name),
            value: fields.get(name).to_owned(),
            hint: c.words.get(&hint_key).unwrap_or_default(),
            needed: true,
            on: fields.is_on(name),
            kind,
            choices: Vec::new(),
            nothing: String::new(),
        }
    }

    pub(super) fn line(c: &Chrome, fields: &Fields, name: &'static str) -> Self {
        Self::new(Kind::Line("text"), c, fields, name)
    }
    /// A line with another type of `<input>`.
    pub(super) fn typed(c: &Chrome, fields: &Fields, name: &'static str, html: &'static str) -> Self {
        Self::new(Kind::Line(html), c, fields, name)
    }
    pub(super) fn area(c: &Chrome, fields: &Fields, name: &'static str) -> Self {
        Self::new(Kind::Area, c, fields, name)
    }
    pub(super) fn question(c: &Chrome, fields: &Fields, name: &'static str) -> Self {
        Self::new(Kind::Question, c, fields, name)
    }
    pub(super) fn check(c: &Chrome, fields: &Fields, name: &'static str) -> Self {
        Self::new(Kind::Check, c, fields, name)
    }
    pub(super) fn hidden(c: &Chrome, fields: &Fields, name: &'static str) -> Self {
        Self::new(Kind::Hidden, c, fields, name)
    }
    pub(super) fn select(c: &Chrome, fields: &Fields, name: &'static str, choices: Vec<Choice>) -> Self {
        Self::choosing(Kind::Select, c, fields, name, choices)
    }
    pub(super) fn radios(c: &Chrome, fields: &Fields, name: &'static str, choices: Vec<Choice>) -> Self {
        Self::choosing(Kind::Radios, c, fields, name, choices)
    }
    pub(super) fn checks(c: &Chrome, fields: &Fields, name: &'static str, choices: Vec<Choice>) -> Self {
        Self::choosing(Kind::Checks, c, fields, name, choices)
    }

    fn choosing(kind: Kind, c: &Chrome, fields: &Fields, name: &'static str, choices: Vec<Choice>) -> Self {
        let choices = choices
            .into_iter()
            .map(|choice| {
                let chosen = fields.all(name).any(|value| value == choice.value);
                choice.chosen(chosen)
            })
            .collect();
        Self {
            choices,
            ..Self::new(kind, c, fields, name)
        }
    }

    #[must_use]
    pub(super) fn optional(self) -> Self {
        Self { needed: false, ..self }
    }
    /// May be left out, and then this is chosen.
    #[must_use]
    pub(super) fn or_nothing(self, label: String) -> Self {
        Self {
            needed: false,
            nothing: label,
            ..self
        }
    }
    #[must_use]
    pub(super) fn labelled(self, label: String) -> Self {
        Self { label, ..self }
    }
    #[must_use]
    pub(super) fn hinted(self, hint: String) -> Self {
        Self { hint, ..self }
    }
}

/// The page.
#[derive(askama::Template)]
#[template(path = "staff/sheet.html")]
pub(super) struct Sheet {
    pub(super) c: Chrome,
    pub(super) title: String,
    pub(super) lead: String,
    /// Where the form goes.
    pub(super) action: String,
    /// Where "cancel" goes.
    pub(super) back: String,
    pub(super) errors: Errors,
    pub(super) inputs: Vec<Input>,
    /// The address of a second form that takes the thing away, and the label of its button.
    pub(super) remove: Option<(String, String)>,
}

impl Sheet {
    /// The form, or the form once more with what is wrong (422).
    pub(super) fn show(&self) -> Result {
        if self.errors.is_empty() {
            render(self)
        } else {
            render_status(StatusCode::UNPROCESSABLE_ENTITY, self)
        }
    }
}
