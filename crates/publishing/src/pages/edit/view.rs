//! What the editor's page shows.

use super::{
    form::{Beside, head, seen, words_field},
    offers::{OFFERS, offers, quotable},
};
use crate::{
    Error,
    approval::{self, Sheet, Status},
    article::{
        self, Asked, Block, BlockBody, BlockDraft, Draft, Figures, QUESTION, Said, Seen, Source, Verdict, Verdicts,
        figures,
    },
    repo,
};
use chrono::DateTime;
use db::entity::article::Model;
use domain::{
    BlockId,
    state::article::{ArticleState, BlockKind, Unapproved},
    text::excerpt,
};
use web::{App, Choice, Chrome, Errors, diff, lang::Zone as _};

/// What stands above the form, and in it beside the draft.
#[derive(Default)]
pub(super) struct Above {
    pub(super) errors: Errors,
    /// Version and digests that the form had, when nothing was saved.
    pub(super) kept: Option<(i32, Seen)>,
    pub(super) overtaken: bool,
    pub(super) conflicts: Vec<Conflict>,
}

/// Something that somebody else changed, too.
pub(super) struct Conflict {
    /// Of the field or block.
    name: String,
    label: String,
    pieces: Vec<diff::Piece>,
}

impl Conflict {
    fn href(&self) -> String {
        let id = self.name.parse::<BlockId>();
        id.map_or_else(|_| format!("#{}", self.name), |id| format!("#x-{id}"))
    }
}

impl Above {
    /// Both texts of everything that both changed.
    pub(super) fn overtaken(c: &Chrome, theirs: &Draft, mine: &Draft, conflicts: &[String]) -> Self {
        let c = c.clone().with(&crate::TEXTS);
        let conflict = |name: &String| {
            let (before, after) = (plain_of(theirs, name), plain_of(mine, name));
            let block = mine.blocks.iter().find(|b| b.id.to_string() == *name);
            Conflict {
                label: block.map_or_else(|| c.t(format!("field-{name}")), |b| label(&c, b, mine)),
                name: name.clone(),
                pieces: diff::words(&before, &after),
            }
        };
        Self {
            overtaken: true,
            conflicts: conflicts.iter().map(conflict).collect(),
            ..Self::default()
        }
    }
}

/// A field or a block as text: what differences are shown of.
pub(in crate::pages) fn plain_of(draft: &Draft, name: &str) -> String {
    match name {
        "title" => draft.title.clone(),
        "standfirst" => draft.standfirst.clone(),
        "keywords" => draft.keywords.clone(),
        "slug" => draft.slug.clone(),
        "lang" => draft.lang.to_string(),
        "comments" => draft.comments.to_string(),
        _ => {
            let block = draft.blocks.iter().find(|b| b.id.to_string() == name);
            block.map(plain).unwrap_or_default()
        }
    }
}

/// A block's own texts, a line each.
fn plain(block: &BlockDraft) -> String {
    let lines: Vec<&str> = match &block.body {
        BlockBody::Prose { text } | BlockBody::Quote { text, .. } => vec![text],
        BlockBody::Part { heading, .. } => vec![heading],
        BlockBody::Exchange(x) => [x.heading.as_str(), x.pull.as_str()]
            .into_iter()
            .chain(x.texts.values().map(String::as_str))
            .collect(),
        BlockBody::Picture { alt, caption, .. } => vec![alt, caption],
        BlockBody::Figures { caption } => vec![caption],
    };
    lines
        .into_iter()
        .filter(|l| !l.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// What a block is called: `문답 3`, `글`.
pub(in crate::pages) fn label(c: &Chrome, block: &BlockDraft, draft: &Draft) -> String {
    let kind = block.body.kind();
    let before = draft.blocks.iter().take_while(|b| b.id != block.id);
    let n = before.filter(|b| b.body.kind() == kind).count() + 1;
    match (&block.body, kind) {
        (BlockBody::Part { heading, .. }, _) if !heading.is_empty() => {
            c.t1("compose-part-named", "name", heading.clone())
        }
        (BlockBody::Part { side: Some(side), .. }, _) => {
            c.t1("compose-part-named", "name", c.t(article::render::part_key(*side)))
        }
        (_, BlockKind::Figures) => c.t("compose-figures"),
        _ => c.t1(format!("compose-{kind}-n"), "n", n),
    }
}

#[derive(askama::Template)]
#[template(path = "desk/edit.html")]
pub(super) struct Edit {
    c: Chrome,
    article: Model,
    zone: String,
    version: i32,
    was: Vec<String>,
    d: Draft,
    b: Beside,
    langs: Vec<Choice>,
    rows: Vec<Row>,
    places: Vec<Choice>,
    crew: Vec<Choice>,
    others: Vec<Choice>,
    /// There are more answers by crews than are offered.
    more: bool,
    people: Vec<Choice>,
    said: Vec<Choice>,
    /// The event has figures, and they do not stand here yet.
    may_have_figures: bool,
    sheet: Sheet,
    preview_url: Option<String>,
    above: Above,
}

/// One block.
struct Row {
    block: BlockDraft,
    label: String,
    head: String,
    first: bool,
    last: bool,
    asked: Option<Said>,
    answers: Vec<Said>,
    /// Whose words a quote is.
    line: Option<String>,
    words: Vec<Field>,
    /// The article's wording is not that of the answers.
    reworded: bool,
    figures: Option<Figures>,
    unapproved: Vec<Choice>,
    statuses: Vec<(Status, usize)>,
    usual: String,
    src: String,
}

/// A text of an exchange, to be changed for this article alone.
struct Field {
    name: String,
    seen_name: String,
    seen: String,
    line: String,
    text: String,
}

impl Row {
    fn kind(&self) -> &'static str {
        self.block.body.kind().as_str()
    }
    fn id(&self) -> BlockId {
        self.block.id
    }
    fn field(&self, name: &str) -> String {
        format!("{name}-{}", self.block.id)
    }
    fn heading(&self) -> &str {
        match &self.block.body {
            BlockBody::Part { heading, .. } => heading,
            BlockBody::Exchange(x) => &x.heading,
            _ => "",
        }
    }
    fn text(&self) -> &str {
        match &self.block.body {
            BlockBody::Prose { text } | BlockBody::Quote { text, .. } => text,
            BlockBody::Picture { alt, .. } => alt,
            _ => "",
        }
    }
    fn pull(&self) -> &str {
        match &self.block.body {
            BlockBody::Exchange(x) => &x.pull,
            _ => "",
        }
    }
    /// Something is not as an exchange comes in, or needs attention.
    fn shaped(&self, errors: &Errors) -> bool {
        let BlockBody::Exchange(x) = &self.block.body else {
            return false;
        };
        let fields = ["heading", "pull"].map(|name| self.field(name));
        let set = !x.heading.is_empty() || !x.pull.is_empty() || x.unapproved != Unapproved::LeaveOut;
        set || self.reworded
            || fields
                .iter()
                .chain(self.words.iter().map(|w| &w.name))
                .any(|f| errors.has(f))
    }
    fn caption(&self) -> &str {
        match &self.block.body {
            BlockBody::Picture { caption, .. } | BlockBody::Figures { caption } => caption,
            _ => "",
        }
    }
}

impl Edit {
    fn may_change_slug(&self) -> bool {
        self.article.published_at.is_none()
    }
    fn is_out(&self) -> bool {
        matches!(self.article.state, ArticleState::Published | ArticleState::Corrected)
    }
    fn is_withdrawn(&self) -> bool {
        self.article.state == ArticleState::Withdrawn
    }
    fn is_scheduled(&self) -> bool {
        self.article.state == ArticleState::Scheduled
    }
    /// Its moment came, and nothing was left to read.
    fn missed(&self) -> Option<DateTime<chrono::Utc>> {
        self.article
            .publish_at
            .filter(|_| self.article.state == ArticleState::Draft)
    }
    /// Saved, but not what readers see.
    fn differs(&self) -> bool {
        let seen = self.article.corrected_at.or(self.article.published_at);
        self.is_out() && self.article.updated_at > seen.unwrap_or_default()
    }
    /// What becomes of the words of its people when it goes out now.
    fn forecast(&self) -> String {
        let (approved, anonymous, out) = (
            self.sheet.count(Status::Approved),
            self.sheet.count_verdict(Verdict::Anonymous),
            self.sheet.count_verdict(Verdict::Out),
        );
        let args: [(&str, &dyn web::lang::Arg); 3] =
            [("approved", &approved), ("anonymous", &anonymous), ("out", &out)];
        self.c.ta("approval-forecast", &args)
    }
    fn all_approved(&self) -> bool {
        self.sheet.items().all(|i| i.status == Status::Approved)
    }
    fn src(&self, row: &Row) -> String {
        format!("/desk/articles/{}/pictures/{}", self.article.id, row.src)
    }
}

/// A text as the editor recognises it.
fn short(text: &str) -> String {
    excerpt(text, 160)
}

pub(super) async fn view(
    app: &App,
    c: Chrome,
    row: Model,
    draft: Draft,
    mut beside: Beside,
    above: Above,
) -> Result<Edit, Error> {
    let conn = app.db.reader();
    let event = repo::event(conn, row.event_id).await?;
    let (source, _, sheet) = approval::sheet(conn, &row, draft.clone()).await?;
    let title = c.either(&event.title, &event.title_en).to_owned();
    let c = c.with(&crate::TEXTS).for_event(event.slug.clone(), title);
    let figures = figures::of(conn, event.id, draft.lang).await?;
    let has_figures = draft.blocks.iter().any(|b| b.body.kind() == BlockKind::Figures);
    let pictures = draft.blocks.iter().filter_map(|b| match &b.body {
        BlockBody::Picture { asset, .. } => Some(asset.clone()),
        _ => None,
    });
    let assets = repo::asset_facts(conn, pictures.collect()).await?;
    let last = draft.blocks.len().saturating_sub(1);
    let rows: Vec<Row> = draft
        .blocks
        .iter()
        .enumerate()
        .map(|(at, block)| {
            let mut row = make_row(&c, &source, &sheet, block, &draft);
            (row.first, row.last) = (at == 0, at == last);
            row.figures = Some(figures.clone()).filter(|_| block.body.kind() == BlockKind::Figures);
            if let BlockBody::Picture { asset, .. } = &block.body
                && let Some((kind, _, _)) = assets.get(asset)
            {
                row.src = format!("{asset}.{}", article::picture::extension(kind));
            }
            row
        })
        .collect();
    let (material, more) = repo::offered(conn, event.id, beside.find.trim(), OFFERS).await?;
    let (crew, others) = offers(&c, &material, &draft, &beside.add);
    let chosen = beside.after.clone();
    let places = std::iter::once(Choice::new("top", c.t("compose-at-top")).chosen(chosen == "top"))
        .chain(rows.iter().map(|r| {
            let label = c.t1("compose-after", "what", r.label.clone());
            Choice::new(r.id(), label).chosen(chosen == r.id().to_string())
        }))
        .collect();
    let (people, said) = quotable(conn, &c, &event, &material, &beside.quote_by).await?;
    // Saved once more, it goes over what stands now.
    let stored = Draft::of(&row, repo::blocks(conn, row.id).await?);
    let (version, was) = above.kept.clone().unwrap_or_else(|| (row.version, Seen::of(&stored)));
    if beside.publish_at.is_empty()
        && let Some(at) = row.publish_at
    {
        let local = at.with_timezone(&event.time_zone.tz());
        beside.publish_at = local.format("%Y-%m-%dT%H:%M").to_string();
    }
    Ok(Edit {
        langs: c.lang_choices(draft.lang),
        c,
        zone: event.time_zone.clone(),
        version,
        was: was.lines(),
        preview_url: article::preview_url(app, &row),
        article: row,
        d: draft,
        b: beside,
        rows,
        places,
        crew,
        others,
        more,
        people,
        said,
        may_have_figures: figures.people > 0 && !has_figures,
        sheet,
        above,
    })
}

fn make_row(c: &Chrome, source: &Source, sheet: &Sheet, block: &BlockDraft, draft: &Draft) -> Row {
    let shown = source.block(block, &Verdicts::new());
    let (mut asked, mut answers, mut line, mut words, mut reworded) = (None, Vec::new(), None, Vec::new(), false);
    match (&block.body, shown) {
        (BlockBody::Exchange(x), shown) => {
            reworded = !x.texts.is_empty();
            if let Some(Block::Exchange(shown)) = shown {
                words = fields(source, block.id, x, &shown.question, &shown.answers);
                (asked, answers) = (Some(shown.question), shown.answers);
            }
        }
        (_, Some(Block::Quote { said, .. })) => line = Some(said.by.line),
        _ => {}
    }
    let unapproved = match &block.body {
        BlockBody::Exchange(x) => Some(x.unapproved),
        BlockBody::Quote { unapproved, .. } => Some(*unapproved),
        _ => None,
    };
    let choices = unapproved.map(|chosen| {
        let choice = |u: &Unapproved| {
            Choice::new(u, c.t(format!("unapproved-{}", u.as_str().replace('_', "-")))).chosen(*u == chosen)
        };
        Unapproved::ALL.iter().map(choice).collect()
    });
    let here: Vec<Status> = sheet
        .items()
        .filter(|i| i.words.block == block.id)
        .map(|i| i.status)
        .collect();
    let count = |status: &Status| (*status, here.iter().filter(|s| *s == status).count());
    let usual = match &block.body {
        BlockBody::Part { side: Some(side), .. } => {
            c.t1("compose-usual", "heading", c.t(article::render::part_key(*side)))
        }
        _ => String::new(),
    };
    Row {
        label: label(c, block, draft),
        head: head(block),
        block: block.clone(),
        first: false,
        last: false,
        asked,
        answers,
        line,
        words,
        reworded,
        figures: None,
        unapproved: choices.unwrap_or_default(),
        statuses: Status::ALL.iter().map(count).filter(|(_, n)| *n > 0).collect(),
        usual,
        src: String::new(),
    }
}

/// The texts of an exchange as they stand in the article, without any name taken out of them.
fn fields(source: &Source, id: BlockId, x: &article::ExchangeDraft, question: &Said, answers: &[Said]) -> Vec<Field> {
    let field = |key: &str, line: &str, original: &str| {
        let text = x.texts.get(key).map_or(original, String::as_str).to_owned();
        Field {
            name: words_field(id, key),
            seen_name: format!("seen-{id}-{key}"),
            seen: seen(&domain::text::tidy(&text), x.texts.contains_key(key)),
            line: line.to_owned(),
            text,
        }
    };
    let asked = match x.asked {
        Asked::Question(id) => source.material.questions.get(&id).map(|q| q.body.as_str()),
        Asked::Reverse(id) => source.material.reverses.get(&id).map(|r| r.body.as_str()),
    };
    let mut fields: Vec<Field> = asked
        .map(|text| field(QUESTION, &question.by.line, text))
        .into_iter()
        .collect();
    for answer in source.material.answers_to(x.asked) {
        let said = answers.iter().find(|a| a.answer == Some(answer.id));
        fields.extend(said.map(|s| field(&answer.id.to_string(), &s.by.line, &answer.body)));
    }
    fields
}
