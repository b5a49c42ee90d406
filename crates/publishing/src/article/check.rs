//! What an editor typed, checked once: against bounds, and against what there is.

use super::{
    draft::{BlockBody, BlockDraft, Draft, QUESTION, QuoteBy},
    figures,
};
use crate::{
    Error,
    repo::{self, Material},
};
use db::{
    entity::{article, asset, crew_member, invitation, speaker},
    prelude::*,
};
use domain::{
    CrewMemberId, EventId, InvitationId, SpeakerId,
    state::article::BlockKind,
    text::{self, TextError},
};
use std::collections::HashSet;
use web::{Errors, Message};

const TITLE: usize = 120;
const STANDFIRST: usize = 300;
const PROSE: usize = 20_000;
const HEADING: usize = 120;
const PULL: usize = 300;
const QUOTE: usize = 1_000;
const ALT: usize = 300;
const CAPTION: usize = 300;
const KEYWORDS: usize = 3;
/// What an article may hold.
pub(crate) const BLOCKS: usize = 120;

/// What a draft is checked against.
pub(super) struct Known {
    material: Material,
    assets: HashSet<String>,
    partners: HashSet<InvitationId>,
    speakers: HashSet<SpeakerId>,
    crew: HashSet<CrewMemberId>,
    has_figures: bool,
}

impl Known {
    pub(super) async fn of(conn: &impl ConnectionTrait, event: EventId, draft: &Draft) -> Result<Self, Error> {
        let (mut assets, mut partners, mut speakers, mut crew) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for block in &draft.blocks {
            match &block.body {
                BlockBody::Picture { asset, .. } => assets.push(asset.clone()),
                BlockBody::Quote { by, .. } => match by {
                    QuoteBy::Partner(id) => partners.push(*id),
                    QuoteBy::Speaker(id) => speakers.push(*id),
                    QuoteBy::Crew(id) => crew.push(*id),
                    QuoteBy::Answer(_) => {}
                },
                _ => {}
            }
        }
        let assets: Vec<String> = asset::Entity::find()
            .select_only()
            .column(asset::Column::Sha256)
            .filter(asset::Column::Sha256.is_in(assets))
            .into_tuple()
            .all(conn)
            .await?;
        let partners: Vec<InvitationId> = invitation::Entity::find()
            .select_only()
            .column(invitation::Column::Id)
            .filter(invitation::Column::Id.is_in(partners))
            .filter(invitation::Column::EventId.eq(event))
            .into_tuple()
            .all(conn)
            .await?;
        let speakers: Vec<SpeakerId> = speaker::Entity::find()
            .select_only()
            .column(speaker::Column::Id)
            .filter(speaker::Column::Id.is_in(speakers))
            .filter(speaker::Column::EventId.eq(event))
            .into_tuple()
            .all(conn)
            .await?;
        let crew: Vec<CrewMemberId> = crew_member::Entity::find()
            .select_only()
            .column(crew_member::Column::Id)
            .filter(crew_member::Column::Id.is_in(crew))
            .into_tuple()
            .all(conn)
            .await?;
        Ok(Self {
            material: repo::material(conn, event, draft).await?,
            assets: assets.into_iter().collect(),
            partners: partners.into_iter().collect(),
            speakers: speakers.into_iter().collect(),
            crew: crew.into_iter().collect(),
            has_figures: draft.blocks.iter().any(|b| b.body.kind() == BlockKind::Figures)
                && figures::of(conn, event, draft.lang).await?.people > 0,
        })
    }

    fn knows(&self, by: QuoteBy) -> bool {
        match by {
            QuoteBy::Answer(id) => self.material.answers.iter().any(|a| a.id == id),
            QuoteBy::Partner(id) => self.partners.contains(&id),
            QuoteBy::Speaker(id) => self.speakers.contains(&id),
            QuoteBy::Crew(id) => self.crew.contains(&id),
        }
    }
}

/// Whether everything must be there that readers need, or an editor still writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    AsFarAsItIs,
    Whole,
}

/// The draft with its texts tidied and without what is not there (any more), or what is wrong with it.
pub(super) fn check(mut draft: Draft, row: &article::Model, known: &Known, wanted: Wanted) -> Result<Draft, Errors> {
    let mut errors = Errors::new();
    let needed = |t: String| if t.is_empty() { Err(TextError::Empty) } else { Ok(t) };
    draft.title = errors
        .check("title", text::line(&draft.title, TITLE).and_then(needed))
        .unwrap_or_default();
    draft.standfirst = errors
        .check("standfirst", text::line(&draft.standfirst, STANDFIRST))
        .unwrap_or_default();
    draft.keywords = errors.check("keywords", keywords(&draft.keywords)).unwrap_or_default();
    if row.published_at.is_some() || draft.slug.trim() == row.slug {
        // An address that was given away never changes.
        draft.slug.clone_from(&row.slug);
    } else {
        let slug = draft.slug.trim().to_owned();
        draft.slug = slug;
        if draft.slug.is_empty() || draft.slug.len() > 80 || text::slug(&draft.slug) != draft.slug {
            errors.add("slug", "article-error-slug");
        }
    }
    if draft.blocks.len() > BLOCKS {
        errors.add("", Message::new("compose-error-many").arg("most", BLOCKS));
    }
    let (mut asked, mut figures, mut ids) = (HashSet::new(), false, HashSet::new());
    draft.blocks.retain(|block| {
        ids.insert(block.id)
            && match &block.body {
                // What stands there already stays, also when its answer was taken back: the page says so.
                BlockBody::Exchange(x) => asked.insert(x.asked) && known.material.knows(x.asked),
                BlockBody::Quote { by, .. } => known.knows(*by) || matches!(by, QuoteBy::Answer(_)),
                BlockBody::Picture { asset, .. } => known.assets.contains(asset),
                BlockBody::Figures { .. } => !std::mem::replace(&mut figures, true),
                BlockBody::Prose { .. } | BlockBody::Part { .. } => true,
            }
    });
    for block in &mut draft.blocks {
        check_block(&mut errors, block, known, wanted);
    }
    if errors.is_empty() { Ok(draft) } else { Err(errors) }
}

fn check_block(errors: &mut Errors, block: &mut BlockDraft, known: &Known, wanted: Wanted) {
    let id = block.id;
    let mut put = |field: &str, into: &mut String, result: Result<String, TextError>| match result {
        Ok(text) => *into = text,
        Err(error) => errors.add(format!("{field}-{id}"), error),
    };
    let flat = |t: &str| text::tidy(t).replace('\n', " ");
    match &mut block.body {
        BlockBody::Prose { text } => {
            let checked = prose(text, PROSE);
            put("text", text, checked);
        }
        BlockBody::Part { heading, side } => {
            let checked = text::line(heading, HEADING);
            put("heading", heading, checked);
            if heading.is_empty() && side.is_none() && wanted == Wanted::Whole {
                errors.add(format!("heading-{id}"), TextError::Empty);
            }
        }
        BlockBody::Exchange(x) => {
            let checked = text::line(&x.heading, HEADING);
            put("heading", &mut x.heading, checked);
            let checked = text::line(&flat(&x.pull), PULL);
            put("pull", &mut x.pull, checked);
            let answers = known.material.answers_to(x.asked);
            x.texts
                .retain(|key, _| key == QUESTION || answers.iter().any(|a| a.id.to_string() == *key));
            for (key, text) in &mut x.texts {
                match prose(text, PROSE) {
                    Ok(tidied) if tidied.is_empty() => errors.add(format!("words-{id}-{key}"), TextError::Empty),
                    Ok(tidied) => *text = tidied,
                    Err(error) => errors.add(format!("words-{id}-{key}"), error),
                }
            }
            let said = |a: &&db::entity::answer::Model| {
                let stands = x.texts.get(&a.id.to_string()).unwrap_or(&a.body);
                super::snapshot::says(stands, &x.pull)
            };
            // An answer that was taken back says nothing; its words stay in the form.
            if !x.pull.is_empty() && !answers.is_empty() && !answers.iter().any(said) {
                errors.add(format!("pull-{id}"), "article-error-pull");
            }
        }
        BlockBody::Quote { by, text, .. } => {
            let checked = prose(text, QUOTE);
            put("text", text, checked);
            let answer = known.material.answers.iter().find(|a| QuoteBy::Answer(a.id) == *by);
            if text.is_empty() && wanted == Wanted::Whole {
                errors.add(format!("text-{id}"), TextError::Empty);
            } else if answer.is_some_and(|a| !super::snapshot::says(&a.body, text)) {
                errors.add(format!("text-{id}"), "article-error-pull");
            }
        }
        BlockBody::Picture { alt, caption, .. } => {
            let checked = text::line(&flat(alt), ALT);
            put("text", alt, checked);
            let checked = text::line(&flat(caption), CAPTION);
            put("caption", caption, checked);
            if alt.is_empty() && wanted == Wanted::Whole {
                errors.add(format!("text-{id}"), "compose-error-alt");
            }
        }
        BlockBody::Figures { caption } => {
            let checked = text::line(&flat(caption), CAPTION);
            put("caption", caption, checked);
            if !known.has_figures && wanted == Wanted::Whole {
                errors.add(format!("caption-{id}"), "compose-error-figures");
            }
        }
    }
}

fn prose(input: &str, most: usize) -> Result<String, TextError> {
    let text = text::tidy(input);
    let has = text::char_count(&text);
    if has > most {
        Err(TextError::TooLong { most, has })
    } else {
        Ok(text)
    }
}

fn keywords(input: &str) -> Result<String, Message> {
    let words: Vec<String> = input.split(',').map(|k| text::line(k, 30)).collect::<Result<_, _>>()?;
    let words: Vec<String> = words.into_iter().filter(|k| !k.is_empty()).collect();
    if words.len() > KEYWORDS {
        return Err(Message::new("article-error-keywords").arg("most", KEYWORDS));
    }
    Ok(words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_keywords_and_no_more() {
        assert_eq!(keywords(" 상생, 문답 ,, "), Ok("상생, 문답".to_owned()));
        assert!(keywords("a,b,c,d").is_err());
        assert!(keywords("a\nb").is_err());
    }
}
