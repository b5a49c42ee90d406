//! The editor's form: fields that repeat for each block, and the button's own change.

use crate::{
    article::{
        Asked, BlockBody, BlockDraft, Draft, ExchangeDraft, QUESTION, QuoteBy, Seen, compose::part, draft::digest,
    },
    pages::fields::Fields,
};
use domain::{
    BlockId,
    state::article::{ArticlePart, Unapproved},
};
use std::collections::BTreeMap;
use web::Errors;

/// What a form brought.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub(super) version: i32,
    pub(super) was: Seen,
    /// As it was typed, with the button's own change made.
    pub(super) draft: Draft,
    pub(super) act: String,
    /// The block that the button made or moved.
    pub(super) at: Option<BlockId>,
    pub(super) beside: Beside,
}

/// What stands in the form beside the draft.
#[derive(Clone, Debug, Default)]
pub(super) struct Beside {
    /// Behind which block new ones come in; empty: at the end.
    pub(super) after: String,
    pub(super) add: Vec<Asked>,
    /// What the questions hold that are looked for.
    pub(super) find: String,
    pub(super) quote_by: String,
    pub(super) quote_text: String,
    pub(super) picture_alt: String,
    pub(super) publish_at: String,
    pub(super) correction: String,
}

/// The name of the field for one text of an exchange.
pub(super) fn words_field(id: BlockId, key: &str) -> String {
    format!("words-{id}-{key}")
}

/// Reads the form over `stored`, the draft as it stands; what is wrong with the button's own fields goes into `errors`.
pub(super) fn read(fields: &[(String, String)], stored: &Draft, errors: &mut Errors) -> Typed {
    let f = Fields(fields);
    let draft = Draft {
        lang: f.get("lang").parse().unwrap_or(stored.lang),
        title: f.get("title").to_owned(),
        standfirst: f.get("standfirst").to_owned(),
        keywords: f.get("keywords").to_owned(),
        slug: if f.all("slug").next().is_some() {
            f.get("slug").to_owned()
        } else {
            stored.slug.clone()
        },
        // An empty one stands beside the box: so a box that is off is told from a form without one.
        comments: if f.all("comments").next().is_some() {
            f.all("comments").any(|box_| box_ == "true")
        } else {
            stored.comments
        },
        blocks: f.all("block").filter_map(|head| block(&f, head, stored)).collect(),
    };
    let beside = Beside {
        after: f.get("after").to_owned(),
        add: f.all("add").filter_map(|text| text.parse().ok()).collect(),
        find: f.get("find").to_owned(),
        quote_by: f.get("quote_by").to_owned(),
        quote_text: f.get("quote_text").to_owned(),
        picture_alt: f.get("picture_alt").to_owned(),
        publish_at: f.get("publish_at").to_owned(),
        correction: f.get("correction").to_owned(),
    };
    let mut typed = Typed {
        version: f.get("version").parse().unwrap_or_default(),
        was: Seen::read(f.all("was")),
        draft,
        act: f.get("act").to_owned(),
        at: None,
        beside,
    };
    press(&mut typed, stored, errors);
    typed
}

/// `ID:kind:what it is about`.
fn block(f: &Fields<'_>, head: &str, stored: &Draft) -> Option<BlockDraft> {
    let mut parts = head.splitn(3, ':');
    let (id, kind, about) = (parts.next()?.parse::<BlockId>().ok()?, parts.next()?, parts.next()?);
    let unapproved = f.of("unapproved", id).parse().unwrap_or(Unapproved::LeaveOut);
    let body = match kind {
        "prose" => BlockBody::Prose { text: f.of("text", id) },
        "part" => BlockBody::Part {
            heading: f.of("heading", id),
            side: about.parse::<ArticlePart>().ok(),
        },
        "exchange" => BlockBody::Exchange(ExchangeDraft {
            asked: about.parse().ok()?,
            heading: f.of("heading", id),
            pull: f.of("pull", id),
            texts: texts(f, id, stored),
            unapproved,
        }),
        "quote" => BlockBody::Quote {
            by: about.parse().ok()?,
            text: f.of("text", id),
            unapproved,
        },
        "picture" => BlockBody::Picture {
            asset: about.to_owned(),
            alt: f.of("text", id),
            caption: f.of("caption", id),
        },
        "figures" => BlockBody::Figures {
            caption: f.of("caption", id),
        },
        _ => return None,
    };
    Some(BlockDraft { id, body })
}

/// The article's own wording: a text that stands as its answer has it is none, also where it was one before.
fn texts(f: &Fields<'_>, id: BlockId, stored: &Draft) -> BTreeMap<String, String> {
    let known = stored.blocks.iter().find_map(|b| match &b.body {
        BlockBody::Exchange(x) if b.id == id => Some(x.texts.clone()),
        _ => None,
    });
    let mut texts = known.unwrap_or_default();
    let prefix = format!("words-{id}-");
    for (name, value) in f.0 {
        let Some(key) = name.strip_prefix(&prefix) else {
            continue;
        };
        let value = domain::text::tidy(value);
        if f.get(&format!("seen-{id}-{key}")) == seen(&value, false) {
            texts.remove(key);
        } else {
            texts.insert(key.to_owned(), value);
        }
    }
    if f.get("act") == format!("original:{id}") {
        texts.clear();
    }
    texts.retain(|key, _| key == QUESTION || key.parse::<domain::AnswerId>().is_ok());
    texts
}

/// What a form remembers of a text that it shows, and whether that is the article's own wording.
pub(super) fn seen(text: &str, own: bool) -> String {
    let mark = if own { 't' } else { 'o' };
    format!("{mark}{}", digest(&text))
}

fn press(typed: &mut Typed, stored: &Draft, errors: &mut Errors) {
    let act = typed.act.clone();
    if let Some((verb, name)) = act.split_once(':') {
        let id = name.parse::<BlockId>().ok();
        match (verb, id) {
            ("theirs", id) => theirs(&mut typed.draft, stored, name, id),
            (_, Some(id)) => arrange(&mut typed.draft.blocks, verb, id),
            _ => {}
        }
        typed.at = id.filter(|_| verb != "remove");
        return;
    }
    let new: Vec<BlockBody> = match act.as_str() {
        "add-prose" => vec![BlockBody::prose("")],
        "add-part" => vec![BlockBody::Part {
            heading: String::new(),
            side: None,
        }],
        "add-company" => vec![part(ArticlePart::CompanyAnswers)],
        "add-partners" => vec![part(ArticlePart::PartnersAnswer)],
        "add-figures" => vec![BlockBody::Figures { caption: String::new() }],
        "add-exchanges" => {
            let add = typed.beside.add.iter().copied();
            let there = |asked: &Asked| typed.draft.blocks.iter().any(|b| b.body.asked() == Some(*asked));
            let new: Vec<BlockBody> = add.filter(|a| !there(a)).map(BlockBody::exchange).collect();
            if new.is_empty() {
                errors.add("add-o", "compose-error-choose");
            }
            new
        }
        "add-quote" => match typed.beside.quote_by.parse::<QuoteBy>() {
            Ok(by) if !typed.beside.quote_text.trim().is_empty() => vec![BlockBody::Quote {
                by,
                text: typed.beside.quote_text.clone(),
                unapproved: Unapproved::LeaveOut,
            }],
            Ok(_) => {
                errors.add("quote_text", "error-required");
                Vec::new()
            }
            Err(_) => {
                errors.add("quote_by", "compose-error-person");
                Vec::new()
            }
        },
        _ => Vec::new(),
    };
    for body in new {
        let block = BlockDraft::new(body);
        typed.insert(block);
    }
}

impl Typed {
    /// Puts a new block where its editor wants it.
    pub(super) fn insert(&mut self, block: BlockDraft) {
        let blocks = &mut self.draft.blocks;
        let after = self.at.or_else(|| self.beside.after.parse().ok());
        let at = match after.and_then(|id| blocks.iter().position(|b| b.id == id)) {
            Some(at) => at + 1,
            None if self.beside.after == "top" => 0,
            None => blocks.len(),
        };
        self.at = Some(block.id);
        blocks.insert(at, block);
    }
}

/// Takes what the other editor saved.
fn theirs(draft: &mut Draft, stored: &Draft, name: &str, id: Option<BlockId>) {
    match name {
        "title" => draft.title.clone_from(&stored.title),
        "standfirst" => draft.standfirst.clone_from(&stored.standfirst),
        "keywords" => draft.keywords.clone_from(&stored.keywords),
        "slug" => draft.slug.clone_from(&stored.slug),
        "lang" => draft.lang = stored.lang,
        "comments" => draft.comments = stored.comments,
        _ => {
            let there = stored.blocks.iter().find(|b| Some(b.id) == id);
            let here = draft.blocks.iter_mut().find(|b| Some(b.id) == id);
            if let (Some(here), Some(there)) = (here, there) {
                *here = there.clone();
            }
        }
    }
}

/// Moves a block past its neighbour, or takes it out.
fn arrange(blocks: &mut Vec<BlockDraft>, verb: &str, id: BlockId) {
    let Some(at) = blocks.iter().position(|b| b.id == id) else {
        return;
    };
    match verb {
        "remove" => {
            blocks.remove(at);
        }
        "up" if at > 0 => blocks.swap(at, at - 1),
        "down" if at + 1 < blocks.len() => blocks.swap(at, at + 1),
        _ => {}
    }
}

/// What stands in `block` before its fields: its id, its kind, what it is about.
pub(super) fn head(block: &BlockDraft) -> String {
    let about = match &block.body {
        BlockBody::Prose { .. } | BlockBody::Figures { .. } => String::new(),
        BlockBody::Part { side, .. } => side.map(|s| s.to_string()).unwrap_or_default(),
        BlockBody::Exchange(x) => x.asked.to_string(),
        BlockBody::Quote { by, .. } => by.to_string(),
        BlockBody::Picture { asset, .. } => asset.clone(),
    };
    format!("{}:{}:{about}", block.id, block.body.kind())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::QuestionId;

    fn stored() -> Draft {
        let exchange = BlockBody::exchange(Asked::Question(QuestionId::new()));
        Draft {
            lang: domain::Lang::Ko,
            title: "글".into(),
            standfirst: String::new(),
            keywords: String::new(),
            slug: "talk".into(),
            comments: false,
            blocks: vec![
                BlockDraft::new(BlockBody::prose("하나")),
                BlockDraft::new(exchange),
                BlockDraft::new(BlockBody::prose("둘")),
            ],
        }
    }

    fn fields(draft: &Draft, act: &str) -> Vec<(String, String)> {
        let mut all = vec![
            ("title".to_owned(), draft.title.clone()),
            ("lang".into(), "ko".into()),
            ("act".into(), act.into()),
        ];
        for block in &draft.blocks {
            all.push(("block".into(), head(block)));
            if let BlockBody::Prose { text } = &block.body {
                all.push((format!("text-{}", block.id), text.clone()));
            }
        }
        all
    }

    #[test]
    fn a_form_that_nobody_touched_is_the_draft() {
        let stored = stored();
        let typed = read(&fields(&stored, "save"), &stored, &mut Errors::new());
        assert_eq!(typed.draft, stored);
    }

    #[test]
    fn a_button_moves_adds_and_takes_out() {
        let stored = stored();
        let [a, b, c] = [0, 1, 2].map(|n| stored.blocks[n].id);
        let after = |act: &str, more: &[(&str, String)]| {
            let mut all = fields(&stored, act);
            all.extend(more.iter().map(|(n, v)| ((*n).to_owned(), v.clone())));
            let mut errors = Errors::new();
            let typed = read(&all, &stored, &mut errors);
            (typed.draft.blocks.iter().map(|b| b.id).collect::<Vec<_>>(), errors)
        };
        assert_eq!(after(&format!("down:{a}"), &[]).0, [b, a, c]);
        assert_eq!(after(&format!("up:{a}"), &[]).0, [a, b, c]);
        assert_eq!(after(&format!("remove:{b}"), &[]).0, [a, c]);
        let (ids, _) = after("add-prose", &[("after", a.to_string())]);
        assert_eq!((ids.len(), ids[0], ids[2]), (4, a, b));
        let (ids, errors) = after("add-quote", &[("quote_text", "말".into())]);
        assert!(ids.len() == 3 && errors.has("quote_by"));
    }

    #[test]
    fn words_that_were_not_touched_stay_the_answers_own() {
        let stored = stored();
        let id = stored.blocks[1].id;
        let mut all = fields(&stored, "save");
        all.push((words_field(id, QUESTION), "왜요?\r\n".into()));
        all.push((format!("seen-{id}-{QUESTION}"), seen("왜요?", false)));
        let texts = |all: &[(String, String)]| {
            let mut typed = read(all, &stored, &mut Errors::new());
            let x = typed.draft.exchanges().next().expect("an exchange");
            x.texts.clone()
        };
        assert!(texts(&all).is_empty());
        let at = all
            .iter()
            .position(|(n, _)| *n == words_field(id, QUESTION))
            .expect("there");
        all[at].1 = "왜일까요?".into();
        assert_eq!(texts(&all).get(QUESTION).map(String::as_str), Some("왜일까요?"));
    }
}
