//! What stands at a form's fields: messages, choices. The macros of `parts/form.html` print both.

use crate::lang::{Arg, Words};
use domain::text::TextError;
use fluent_templates::fluent_bundle::FluentValue;
use std::{borrow::Cow, collections::HashMap};

/// A message by key, with its arguments; it becomes text in the reader's language when it is printed.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    key: Cow<'static, str>,
    args: Vec<(Cow<'static, str>, FluentValue<'static>)>,
}

impl Message {
    pub fn new(key: impl Into<Cow<'static, str>>) -> Self {
        Self {
            key: key.into(),
            args: Vec::new(),
        }
    }

    #[must_use]
    pub fn arg(mut self, name: impl Into<Cow<'static, str>>, value: impl Arg) -> Self {
        self.args.push((name.into(), value.arg()));
        self
    }

    pub fn key(&self) -> &str {
        &self.key
    }

    pub fn text(&self, words: &Words) -> String {
        let args: HashMap<_, _> = self.args.iter().cloned().collect();
        words.find(&self.key, Some(&args))
    }
}

impl From<&'static str> for Message {
    fn from(key: &'static str) -> Self {
        Self::new(key)
    }
}

impl From<TextError> for Message {
    fn from(error: TextError) -> Self {
        match error {
            TextError::Empty => Self::new("error-required"),
            TextError::TooShort { least, has } => Self::new("error-too-short").arg("least", least).arg("has", has),
            TextError::TooLong { most, has } => Self::new("error-too-long").arg("most", most).arg("has", has),
            TextError::Control => Self::new("error-control"),
        }
    }
}

impl From<domain::email::NotAnAddress> for Message {
    fn from(_: domain::email::NotAnAddress) -> Self {
        Self::new("error-email")
    }
}

/// What is wrong with a form, by field and in the order of the checks; the empty field name is the form itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Errors(Vec<(Cow<'static, str>, Message)>);

impl Errors {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, message: impl Into<Message>) {
        self.0.push((field.into(), message.into()));
    }

    /// A message about the form as a whole.
    pub fn form(message: impl Into<Message>) -> Self {
        Self(vec![("".into(), message.into())])
    }

    pub fn get(&self, field: &str) -> Option<&Message> {
        self.0.iter().find(|(f, _)| f == field).map(|(_, m)| m)
    }

    pub fn has(&self, field: &str) -> bool {
        self.get(field).is_some()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them stands at a field; else what was asked for could not be done.
    pub fn in_fields(&self) -> bool {
        self.0.iter().any(|(field, _)| !field.is_empty())
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Message)> {
        self.0.iter().map(|(f, m)| (&**f, m))
    }

    /// Takes the value, or notes the error at the field and gives `None`.
    pub fn check<T, E: Into<Message>>(&mut self, field: &'static str, result: Result<T, E>) -> Option<T> {
        result.map_err(|e| self.add(field, e)).ok()
    }

    /// Adds what `validator` found. Only codes and bounds are taken over: its errors hold the value, too, which may
    /// be a password.
    pub fn extend(&mut self, errors: &validator::ValidationErrors) {
        let mut fields: Vec<_> = errors.field_errors().into_iter().collect();
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        for (field, errors) in fields {
            for error in errors {
                let mut message = match (&error.message, &*error.code) {
                    (Some(key), _) => Message::new(key.clone()),
                    (None, "length") => length_message(error),
                    (None, "email" | "url" | "range" | "required" | "must_match") => {
                        Message::new(format!("error-{}", error.code.replace('_', "-")))
                    }
                    (None, _) => Message::new("error-invalid"),
                };
                for name in ["min", "max"] {
                    if let Some(bound) = error.params.get(name).and_then(serde_json::Value::as_i64) {
                        message = message.arg(name, bound);
                    }
                }
                self.add(field.clone(), message);
            }
        }
    }
}

fn length_message(error: &validator::ValidationError) -> Message {
    let number = |name: &str| error.params.get(name).and_then(serde_json::Value::as_u64);
    let has = error
        .params
        .get("value")
        .and_then(|v| v.as_str())
        .map_or(0, domain::text::char_count);
    match (number("min"), number("max")) {
        (Some(_), _) if has == 0 => Message::new("error-required"),
        (Some(least), _) if (has as u64) < least => Message::new("error-too-short").arg("least", least).arg("has", has),
        (_, Some(most)) => Message::new("error-too-long").arg("most", most).arg("has", has),
        _ => Message::new("error-invalid"),
    }
}

impl From<validator::ValidationErrors> for Errors {
    fn from(errors: validator::ValidationErrors) -> Self {
        let mut out = Self::default();
        out.extend(&errors);
        out
    }
}

/// One option of a select, a group of radios or of check boxes. Its label is text, not a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub hint: String,
    pub chosen: bool,
}

impl Choice {
    pub fn new(value: impl std::fmt::Display, label: impl Into<String>) -> Self {
        Self {
            value: value.to_string(),
            label: label.into(),
            ..Self::default()
        }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    #[must_use]
    pub fn chosen(mut self, chosen: bool) -> Self {
        self.chosen = chosen;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Lang;
    use validator::Validate;

    #[derive(Validate)]
    struct Input {
        #[validate(length(min = 1, max = 5))]
        title: String,
    }

    #[test]
    fn a_validator_error_stands_at_its_field_in_both_languages() {
        let errors = Errors::from(
            Input {
                title: "너무 긴 제목".into(),
            }
            .validate()
            .expect_err("too long"),
        );
        let message = errors.get("title").expect("at its field");
        assert_eq!(
            message.text(&Words::chrome(Lang::En)),
            "Use at most 5 characters. There are 7."
        );
        assert_eq!(
            message.text(&Words::chrome(Lang::Ko)),
            "5자까지 쓸 수 있어요. 지금은 7자예요."
        );
        let errors = Errors::from(Input { title: String::new() }.validate().expect_err("empty"));
        assert_eq!(errors.get("title").map(Message::key), Some("error-required"));
    }
}
