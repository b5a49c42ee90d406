//! Two editors at once: what each changed is kept, and only where both changed the same thing somebody must choose.

use super::draft::{BlockDraft, Draft, digest};
use domain::BlockId;
use std::collections::{HashMap, HashSet};

/// What an editor had before them when they began to type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// All of this version: whoever was faster wins.
    Version(i32),
    Seen {
        version: i32,
        was: Seen,
    },
}

/// A draft in digests: names of fields, then ids of blocks in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen(Vec<(String, String)>);

impl Seen {
    pub fn of(draft: &Draft) -> Self {
        let fields = fields(draft).map(|(name, value)| (name.to_owned(), value));
        let blocks = draft.blocks.iter().map(|b| (b.id.to_string(), b.digest()));
        Self(fields.into_iter().chain(blocks).collect())
    }

    /// `name:digest`, one for each, as forms carry it.
    pub fn lines(&self) -> Vec<String> {
        self.0.iter().map(|(name, digest)| format!("{name}:{digest}")).collect()
    }

    pub fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let pair = |line: &str| line.split_once(':').map(|(a, b)| (a.to_owned(), b.to_owned()));
        Self(lines.filter_map(pair).collect())
    }

    /// What the form of somebody who typed `mine` may take as read, now that `saved` stands: where another's words came
    /// in, the form still shows the old ones.
    #[must_use]
    pub fn after(&self, mine: &Draft, saved: &Draft) -> Self {
        let (old, mine) = (self.map(), Self::of(mine));
        let mine = mine.map();
        let known = |(name, digest): (String, String)| {
            if mine.get(name.as_str()) == Some(&digest.as_str()) {
                return Some((name, digest));
            }
            let before = (*old.get(name.as_str())?).to_owned();
            Some((name, before))
        };
        Self(Self::of(saved).0.into_iter().filter_map(known).collect())
    }

    fn map(&self) -> HashMap<&str, &str> {
        self.0.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect()
    }

    fn order(&self) -> Vec<BlockId> {
        self.0.iter().filter_map(|(name, _)| name.parse().ok()).collect()
    }
}

fn fields(draft: &Draft) -> [(&'static str, String); 6] {
    [
        ("title", digest(&draft.title)),
        ("standfirst", digest(&draft.standfirst)),
        ("keywords", digest(&draft.keywords)),
        ("slug", digest(&draft.slug)),
        ("lang", digest(&draft.lang)),
        ("comments", digest(&draft.comments)),
    ]
}

/// What becomes of two drafts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Merged {
    /// Where both changed the same, it has `mine`.
    pub(super) draft: Draft,
    /// Names of fields and ids of blocks that both changed.
    pub(super) conflicts: Vec<String>,
}

/// `theirs` stands; `mine` was typed over what `base` describes.
pub(super) fn merge(base: &Seen, theirs: &Draft, mine: Draft) -> Merged {
    let was = base.map();
    let mut conflicts = Vec::new();
    let mut draft = mine;
    let (here, there) = (fields(&draft), fields(theirs));
    for ((name, here), (_, there)) in here.into_iter().zip(there) {
        let was = was.get(name).copied().unwrap_or_default();
        if here == there || there == was {
            continue;
        }
        if here != was {
            conflicts.push(name.to_owned());
            continue;
        }
        match name {
            "title" => draft.title.clone_from(&theirs.title),
            "standfirst" => draft.standfirst.clone_from(&theirs.standfirst),
            "keywords" => draft.keywords.clone_from(&theirs.keywords),
            "slug" => draft.slug.clone_from(&theirs.slug),
            "lang" => draft.lang = theirs.lang,
            _ => draft.comments = theirs.comments,
        }
    }
    draft.blocks = blocks(base, &theirs.blocks, &draft.blocks, &mut conflicts);
    Merged { draft, conflicts }
}

fn blocks(base: &Seen, theirs: &[BlockDraft], mine: &[BlockDraft], conflicts: &mut Vec<String>) -> Vec<BlockDraft> {
    let was = base.map();
    let find = |all: &[BlockDraft], id: BlockId| all.iter().find(|b| b.id == id).cloned();
    let mut kept: HashMap<BlockId, BlockDraft> = HashMap::new();
    for id in theirs.iter().chain(mine).map(|b| b.id) {
        let name = id.to_string();
        let was = was.get(name.as_str()).copied();
        let block = match (find(mine, id), find(theirs, id)) {
            (Some(mine), Some(theirs)) => {
                let (here, there) = (mine.digest(), theirs.digest());
                if here == there || was == Some(here.as_str()) {
                    theirs
                } else {
                    if was != Some(there.as_str()) && !conflicts.contains(&name) {
                        conflicts.push(name);
                    }
                    mine
                }
            }
            // Taken out by the other, unless it was changed here: a change outweighs.
            (Some(mine), None) if was != Some(mine.digest().as_str()) => mine,
            (None, Some(theirs)) if was != Some(theirs.digest().as_str()) => theirs,
            _ => continue,
        };
        kept.insert(id, block);
    }
    let order = base.order();
    let common =
        |all: &[BlockDraft]| -> Vec<BlockId> { all.iter().map(|b| b.id).filter(|id| order.contains(id)).collect() };
    let (here, there) = (common(mine), common(theirs));
    let moved = {
        let both: HashSet<BlockId> = here.iter().copied().filter(|id| there.contains(id)).collect();
        let only = |all: &[BlockId]| -> Vec<BlockId> { all.iter().copied().filter(|id| both.contains(id)).collect() };
        only(&here) != only(&order)
    };
    // Who moved something decides about the order; what only the other has stands behind what it stood behind.
    let (first, second) = if moved { (mine, theirs) } else { (theirs, mine) };
    let mut ids: Vec<BlockId> = first.iter().map(|b| b.id).collect();
    let mut before = None;
    for block in second {
        if !ids.contains(&block.id) {
            let at = before
                .and_then(|id| ids.iter().position(|i| *i == id))
                .map_or(0, |at| at + 1);
            ids.insert(at, block.id);
        }
        before = Some(block.id);
    }
    ids.into_iter().filter_map(|id| kept.remove(&id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::draft::BlockBody;
    use domain::Lang;

    fn draft(texts: &[&str]) -> Draft {
        Draft {
            lang: Lang::Ko,
            title: "글".into(),
            standfirst: String::new(),
            keywords: String::new(),
            slug: "talk".into(),
            comments: false,
            blocks: texts.iter().map(|t| BlockDraft::new(BlockBody::prose(*t))).collect(),
        }
    }

    fn texts(draft: &Draft) -> Vec<&str> {
        draft
            .blocks
            .iter()
            .map(|b| match &b.body {
                BlockBody::Prose { text } => text.as_str(),
                _ => "",
            })
            .collect()
    }

    #[test]
    fn what_each_changed_elsewhere_is_kept() {
        let base = draft(&["하나", "둘", "셋"]);
        let seen = Seen::read(Seen::of(&base).lines().iter().map(String::as_str));
        let (mut theirs, mut mine) = (base.clone(), base.clone());
        theirs.title = "새 제목".into();
        theirs.blocks[0].body = BlockBody::prose("하나!");
        theirs.blocks.insert(1, BlockDraft::new(BlockBody::prose("사이")));
        mine.standfirst = "요지".into();
        mine.blocks[2].body = BlockBody::prose("셋!");
        mine.blocks.remove(1);
        let merged = merge(&seen, &theirs, mine.clone());
        assert!(merged.conflicts.is_empty(), "{:?}", merged.conflicts);
        assert_eq!(texts(&merged.draft), ["하나!", "사이", "셋!"]);
        assert_eq!(
            (merged.draft.title.as_str(), merged.draft.standfirst.as_str()),
            ("새 제목", "요지")
        );
        // The form still shows the old first block: typing on elsewhere does not bring it back.
        let after = seen.after(&mine, &merged.draft);
        let mut on = mine;
        on.standfirst = "요지입니다".into();
        let again = merge(&after, &merged.draft, on);
        assert!(again.conflicts.is_empty());
        assert_eq!(texts(&again.draft), ["하나!", "사이", "셋!"]);
    }

    #[test]
    fn the_same_changed_by_both_is_for_somebody_to_choose() {
        let base = draft(&["하나", "둘"]);
        let seen = Seen::of(&base);
        let (mut theirs, mut mine) = (base.clone(), base.clone());
        theirs.blocks[0].body = BlockBody::prose("그들");
        mine.blocks[0].body = BlockBody::prose("나");
        (theirs.title, mine.title) = ("A".into(), "B".into());
        let merged = merge(&seen, &theirs, mine.clone());
        assert_eq!(merged.conflicts, ["title".to_owned(), base.blocks[0].id.to_string()]);
        assert_eq!(texts(&merged.draft), ["나", "둘"]);
        // The same change is none to choose about.
        theirs.blocks[0].body = BlockBody::prose("나");
        theirs.title = "B".into();
        assert!(merge(&seen, &theirs, mine).conflicts.is_empty());
    }

    #[test]
    fn a_block_changed_here_outlives_its_being_taken_out_there() {
        let base = draft(&["하나", "둘", "셋"]);
        let seen = Seen::of(&base);
        let (mut theirs, mut mine) = (base.clone(), base.clone());
        theirs.blocks.remove(1);
        mine.blocks[1].body = BlockBody::prose("둘!");
        mine.blocks.swap(0, 2);
        assert_eq!(texts(&merge(&seen, &theirs, mine).draft), ["셋", "둘!", "하나"]);
    }
}
