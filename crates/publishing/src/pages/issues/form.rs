//! The issue's form: fields that repeat for each line, and the button's own change.

use crate::{
    magazine::{IssueDraft, Item, Line},
    pages::fields::Fields,
};
use domain::{ArticleId, IssueItemId, state::issue::CoverTone};
use web::Errors;

/// What a form brought.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub(super) version: i32,
    /// As it was typed, with the button's own change made.
    pub(super) draft: IssueDraft,
    /// As it was typed, since it may be no number.
    pub(super) number: String,
    pub(super) act: String,
    /// The line that the button made or moved.
    pub(super) at: Option<IssueItemId>,
    pub(super) beside: Beside,
}

/// What stands in the form beside the draft.
#[derive(Clone, Debug, Default)]
pub(super) struct Beside {
    pub(super) section: String,
    /// What is looked for among the articles that may be added.
    pub(super) find: String,
    pub(super) add: Vec<ArticleId>,
}

/// Reads the form over `stored`, the issue as it stands; what is wrong with the button's own fields goes into `errors`.
pub(super) fn read(fields: &[(String, String)], stored: &IssueDraft, errors: &mut Errors) -> Typed {
    let f = Fields(fields);
    let number = if f.all("number").next().is_some() {
        f.get("number").trim().to_owned()
    } else {
        stored.number.to_string()
    };
    let draft = IssueDraft {
        // What is no number is refused by the check like one out of bounds.
        number: number.parse().unwrap_or_default(),
        lang: f.get("lang").parse().unwrap_or(stored.lang),
        title: f.get("title").to_owned(),
        standfirst: f.get("standfirst").to_owned(),
        tone: f.get("tone").parse().unwrap_or(CoverTone::Ink),
        cover: Some(f.get("kept").to_owned()).filter(|name| !name.is_empty()),
        cover_alt: f.get("cover_alt").to_owned(),
        items: f.all("item").filter_map(|head| item(&f, head)).collect(),
    };
    let mut typed = Typed {
        version: f.get("version").parse().unwrap_or_default(),
        draft,
        number,
        act: f.get("act").to_owned(),
        at: None,
        beside: Beside {
            section: f.get("section").to_owned(),
            find: f.get("find").to_owned(),
            add: f.all("add").filter_map(|id| id.parse().ok()).collect(),
        },
    };
    press(&mut typed, errors);
    typed
}

/// `ID:` and the article, or nothing where a section begins.
fn item(f: &Fields<'_>, head: &str) -> Option<Item> {
    let (id, article) = head.split_once(':')?;
    let line = if article.is_empty() {
        Line::Section(f.of("title", id))
    } else {
        Line::Article(article.parse().ok()?)
    };
    Some(Item {
        id: id.parse().ok()?,
        line,
    })
}

/// The head of a line, as it stands in the form.
pub(super) fn head(item: &Item) -> String {
    match &item.line {
        Line::Section(_) => format!("{}:", item.id),
        Line::Article(article) => format!("{}:{article}", item.id),
    }
}

fn press(typed: &mut Typed, errors: &mut Errors) {
    let act = typed.act.clone();
    let items = &mut typed.draft.items;
    if let Some((verb, rest)) = act.split_once(':') {
        let id: Option<IssueItemId> = rest.trim_end_matches(':').parse().ok();
        let Some(at) = items.iter().position(|item| Some(item.id) == id) else {
            return;
        };
        let to = match verb {
            "up" => at.checked_sub(1),
            "down" => Some(at + 1),
            "remove" => {
                items.remove(at);
                return;
            }
            // Dragged to the place of another, counted from 1.
            _ => verb
                .strip_prefix("to-")
                .and_then(|place| place.parse::<usize>().ok())
                .and_then(|place| place.checked_sub(1)),
        };
        if let Some(to) = to.filter(|to| *to < items.len()) {
            let moved = items.remove(at);
            items.insert(to, moved);
        }
        typed.at = id;
        return;
    }
    match act.as_str() {
        "add-section" if typed.beside.section.trim().is_empty() => errors.add("section", "error-required"),
        "add-section" => {
            let item = Item::new(Line::Section(std::mem::take(&mut typed.beside.section)));
            typed.at = Some(item.id);
            items.push(item);
        }
        "add-articles" if typed.beside.add.is_empty() => errors.add("add", "issue-error-choose"),
        "add-articles" => {
            for id in typed.beside.add.clone() {
                if typed.draft.articles().all(|there| there != id) {
                    let item = Item::new(Line::Article(id));
                    typed.at = typed.at.or(Some(item.id));
                    typed.draft.items.push(item);
                }
            }
        }
        "no-cover" => {
            typed.draft.cover = None;
            typed.draft.cover_alt.clear();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Lang;

    fn draft() -> IssueDraft {
        let section = |title: &str| Item::new(Line::Section(title.to_owned()));
        IssueDraft {
            number: 3,
            lang: Lang::Ko,
            title: "호".into(),
            standfirst: String::new(),
            tone: CoverTone::Pine,
            cover: Some("abc".into()),
            cover_alt: "그림".into(),
            items: vec![
                section("하나"),
                Item::new(Line::Article(ArticleId::new())),
                section("둘"),
            ],
        }
    }

    fn fields(draft: &IssueDraft, act: &str) -> Vec<(String, String)> {
        let beside = [
            ("version", "4"),
            ("title", "새 제목"),
            ("tone", "plum"),
            ("kept", "abc"),
            ("act", act),
        ];
        let mut fields: Vec<(String, String)> = beside.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        for item in &draft.items {
            fields.push(("item".into(), head(item)));
            if let Line::Section(title) = &item.line {
                fields.push((format!("title-{}", item.id), title.clone()));
            }
        }
        fields
    }

    fn order(typed: &Typed, draft: &IssueDraft) -> Vec<usize> {
        let place = |item: &Item| draft.items.iter().position(|d| d == item).unwrap_or(9);
        typed.draft.items.iter().map(place).collect()
    }

    #[test]
    fn a_press_moves_one_line_and_loses_nothing_that_was_typed() {
        let draft = draft();
        let press = |act: &str| read(&fields(&draft, act), &draft, &mut Errors::new());
        let id = |n: usize| draft.items[n].id;
        let up = press(&format!("up:{}", id(2)));
        assert_eq!(order(&up, &draft), [0, 2, 1]);
        assert_eq!(
            (up.version, up.number.as_str(), up.draft.title.as_str()),
            (4, "3", "새 제목")
        );
        assert_eq!(up.draft.cover.as_deref(), Some("abc"));
        assert_eq!(
            order(&press(&format!("down:{}", id(2))), &draft),
            [0, 1, 2],
            "it is the last"
        );
        assert_eq!(order(&press(&format!("to-1:{}:", id(2))), &draft), [2, 0, 1]);
        assert_eq!(order(&press(&format!("to-9:{}:", id(0))), &draft), [0, 1, 2]);
        assert_eq!(order(&press(&format!("remove:{}", id(1))), &draft), [0, 2]);
        assert_eq!(press("no-cover").draft.cover, None);
    }

    #[test]
    fn what_is_there_already_is_not_added_twice() {
        let draft = draft();
        let Line::Article(there) = draft.items[1].line else {
            panic!("an article")
        };
        let other = ArticleId::new();
        let mut fields = fields(&draft, "add-articles");
        let mut errors = Errors::new();
        assert_eq!(read(&fields, &draft, &mut errors).draft.items.len(), 3);
        assert!(errors.has("add"));
        fields.extend([("add".into(), there.to_string()), ("add".into(), other.to_string())]);
        let typed = read(&fields, &draft, &mut Errors::new());
        assert_eq!(typed.draft.articles().collect::<Vec<_>>(), [there, other]);
    }
}
