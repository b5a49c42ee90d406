//! A newsletter as its reader gets it.

use super::Draft;
use crate::{
    Error,
    magazine::{self, Contents},
};
use chrono::{DateTime, Utc};
use db::{
    entity::{issue, newsletter},
    people::in_lang,
    prelude::*,
};
use domain::Lang;
use mail::{Letter, Link, newsletter::marked};
use web::Words;

/// What it is about.
pub(crate) struct Issue {
    row: issue::Model,
    contents: Contents,
}

impl Issue {
    /// With the articles that readers may see now.
    pub(crate) async fn read(
        conn: &impl ConnectionTrait,
        row: issue::Model,
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        let contents = magazine::contents(conn, &row, now, false).await?;
        Ok(Self { row, contents })
    }

    pub(crate) fn is_shown(&self) -> bool {
        magazine::is_shown(&self.row)
    }
}

pub(super) fn of(issue: &Issue, row: &newsletter::Model, lang: Lang) -> Letter {
    letter(issue, &Draft::of(row), lang)
}

/// In the language of its reader, as far as anybody wrote in it. Who sends it and how they are reached stands below: the
/// law asks for both, and for a way to refuse, which stands at the foot of every mail of the kind.
pub(crate) fn letter(issue: &Issue, draft: &Draft, lang: Lang) -> Letter {
    let w = Words::new(lang, &crate::TEXTS);
    let number = w.t1("magazine-no", "n", issue.row.number);
    let mut letter = Letter::new(marked(&in_lang(lang, &draft.subject, &draft.subject_en)))
        .text(in_lang(lang, &draft.words, &draft.words_en))
        .action(
            w.t("newsletter-read"),
            Link::Page {
                path: format!("/magazine/{}", issue.row.number),
            },
        )
        .text(w.t2(
            "newsletter-contents",
            "number",
            number,
            "title",
            issue.row.title.clone(),
        ));
    for section in &issue.contents.0 {
        if !section.title.is_empty() {
            letter = letter.text(section.title.clone());
        }
        letter = letter.ways(section.entries.iter().map(|entry| {
            let path = format!("/articles/{}", entry.slug);
            (entry.title.clone(), Link::Page { path })
        }));
    }
    letter.note(format!(
        "{}\n{}",
        w.t1("newsletter-from", "sender", draft.sender.clone()),
        draft.contact
    ))
}
