//! What a Korean word is made of: a stem that says what it is about, and particles and endings that say little.
//!
//! No dictionary: a list of endings, taken off from the right, letter by letter (됩니다 is 되 and ㅂ니다). A stem that
//! is cut a letter too short is no harm, since it is cut so wherever it stands and the letters count as well.

use crate::{text::letters, trie::Trie};
use rustc_hash::FxHashSet;
use std::sync::LazyLock;

/// Particles behind nouns.
const PARTICLES: &str = "은 는 이 가 을 를 의 도 만 에 에서 에서는 에서도 에는 에도 에만 에게 에게서 한테 한테서 께 께서 으로 로 \
    으로는 로는 으로도 로도 으로만 로만 으로서 로서 으로써 로써 와 과 랑 이랑 하고 까지 까지는 까지만 부터 부터는 보다 \
    처럼 같이 마다 밖에 조차 마저 이나 나 이라도 라도 이든 든 이란 란 이라는 라는 이라고 라고 이라면 라면 에다 에다가 \
    이며 이고 에요 예요 이에요 이예요 인가 인가요 인지 인지요 인데 인데요 입니까 입니다 이죠 죠 이지 이지요 이야 야 이냐 냐 \
    이니 일까 일까요 이었 였 들 들이 들은 들을 들의 들도 님 님이 님은 요 별 별로 쪽 에대해 에대한 에대해서 에관한 에관해 \
    말고 말고는 이랑은 와는 과는 에게는 한테는 만은 만이 만을 만의 으로부터 로부터 에따라 에따른";

/// Endings of verbs; a first letter that stands alone is a final consonant.
const ENDINGS: &str = "다 는다 ㄴ다 습니다 ㅂ니다 습니까 ㅂ니까 습니깐 ㅂ니당 습니당 나요 나 는가 는가요 은가 ㄴ가 은가요 ㄴ가요 \
    는지 는지요 은지 ㄴ지 은지요 ㄴ지요 을지 ㄹ지 을지요 ㄹ지요 을까 ㄹ까 을까요 ㄹ까요 을건가요 ㄹ건가요 을런지 ㄹ런지 \
    어 아 여 어요 아요 여요 지 지요 죠 네 네요 군요 구나 더라 더라고요 더라구요 던데 던데요 는데 는데요 은데 ㄴ데 은데요 ㄴ데요 \
    거든요 거든 니 냐 느냐 으냐 자 라 어라 아라 으라 세요 으세요 셔요 으셔요 시나요 으시나요 십니까 으십니까 시는지 신가요 으신가요 \
    실까요 시겠어요 시겠습니까 실수있 겠 겠어요 겠습니까 겠습니다 겠나요 었 았 였 었나요 았나요 였나요 었는데 았는데 였는데 \
    었는데요 았는데요 였는데요 었어요 았어요 였어요 었습니다 았습니다 였습니다 었는지 았는지 였는지 었을때 았을때 였을때 \
    었던 았던 였던 었으면 았으면 였으면 었다 았다 였다 었다고 았다고 였다고 었다면 았다면 였다면 었을 았을 였을 \
    고 며 으며 면 으면 면은 면서 으면서 려면 으려면 려고 으려고 러 으러 려 으려 려는데 으려는데 려고하 으려고하 \
    어서 아서 여서 니까 으니까 므로 으므로 어도 아도 여도 더라도 지만 다가 다면 는다면 ㄴ다면 라면 어야 아야 여야 \
    어야하 아야하 여야하 어야되 아야되 여야되 어야지 아야지 여야지 도록 게 게끔 게요 ㄹ게 을게 ㄹ게요 을게요 ㄹ래 을래 ㄹ래요 을래요 \
    는 은 ㄴ 을 ㄹ 던 는거 은거 ㄴ거 을거 ㄹ거 는건 은건 ㄴ건 는건가 는건가요 은건가요 ㄴ건가요 는건지 은건지 ㄴ건지 는거야 는거죠 ㄴ거죠 \
    는거예요 는거에요 ㄴ거예요 ㄴ거에요 는것 은것 ㄴ것 을것 ㄹ것 기 기는 기가 기를 기에 기도 기만 기위해 기위한 기전 기전에 ㅁ 음 \
    는법 는방법 을수 ㄹ수 을수있 ㄹ수있 을수없 ㄹ수없 을수가 ㄹ수가 는중 고있 고싶 어있 아있 어주 아주 여주 어줘 아줘 여줘 \
    어볼 아볼 여볼 어보 아보 여보 어봐 아봐 어야할 아야할 여야할 \
    대 는대 ㄴ대 대요 다는데 다는 ㄴ다는 는다는 다고 ㄴ다고 는다고 라고 다던데 다며 냐고 나고 달라고 \
    시 으시 신 으신 실 으실 시면 으시면 셨 으셨 셨나요 으셨나요 주세요 주십시오 주시 줘 줘요 줄래 줄래요 바랍니다 부탁드립니다 \
    하 되 하는 되는 하면 되면 하고 되고 하나 되나 하여 되어 하려 되려 하기 되기 한 된 할 될 함 됨 하지 되지 하게 되게 시키 당하 받으";

/// Verbs that only help another, behind it in the same word; and endings of plain and of commanding speech.
const HELPERS: &str = "주 보 두 놓 버리 버려 있 없 싶 않 못하 지않 지못하 주어 주었 보아 보았 놓아 두어 \
    는지마 지마 지말 지말고 지마라 마 거라 아라 어라 라고하 으라고 자고 ㅂ시다 읍시다 시오 시죠 시지 던가 더니 길래 느라 느라고 고서 \
    자마자 든지 든가 거나 으니 단 란 냔 냐는 자는 라는 으라는 래 랬 슴 음 임 임 인 일 인지 이라 도록하 게하 어지 아지 어졌 아졌 여지 \
    지면 게되 어버리 아버리 어놓 아놓 어두 아두 어드리 아드리 드리 드려 줄수 줄수있 볼수 볼수있 을거야 ㄹ거야 을건데 ㄹ건데 는게 은게 ㄴ게 \
    는데도 은데도 ㄹ텐데 을텐데 ㄹ려고 을려고 ㄹ려면 을려면 다니 냐니 라니 는군 구만 나봐 는가봐 는걸 은걸 ㄴ걸 한테로 에게로 에선 에서만 \
    까진 부턴 보단 에겐 한텐 하고는 이랑도 랑은 마다의 에서의 로의 으로의 말고 말고는 만큼 만큼은 대로 쯤 씩 짜리 끼리 치고 커녕 이랬 이더 이던";

/// At most so many, one after the other.
const TIMES: usize = 4;

struct Endings {
    /// Particles and endings; what the greedy cutting takes off.
    known: FxHashSet<Vec<u32>>,
    longest: usize,
    /// The same and helpers.
    all: Trie<()>,
    particles: Trie<()>,
}

static ENDING: LazyLock<Endings> = LazyLock::new(|| {
    let known: FxHashSet<Vec<u32>> = PARTICLES
        .split_whitespace()
        .chain(ENDINGS.split_whitespace())
        .map(spelled)
        .collect();
    let longest = known.iter().map(Vec::len).max().unwrap_or(0);
    let mut all = Trie::default();
    let mut particles = Trie::default();
    for ending in known.iter().cloned().chain(HELPERS.split_whitespace().map(spelled)) {
        all.set(&ending, ());
    }
    for particle in PARTICLES.split_whitespace() {
        particles.set(&spelled(particle), ());
    }
    Endings {
        known,
        longest,
        all,
        particles,
    }
});

/// What may stand behind a word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Behind {
    Particles,
    Anything,
}

/// Longer rests are more than endings.
const LONGEST_REST: usize = 42;

/// Whether letters are particles and endings, one behind the other, and nothing else. `bounds` says where syllables begin.
pub(crate) fn only_endings(letters: &[u32], bounds: &[bool], behind: Behind) -> bool {
    if letters.len() > LONGEST_REST {
        return false;
    }
    let trie = match behind {
        Behind::Particles => &ENDING.particles,
        Behind::Anything => &ENDING.all,
    };
    // By bit: up to where pieces reach.
    let mut reached = 1u64;
    for from in 0..letters.len() {
        let begins = bounds[from] || letters[from] >= FINAL;
        if reached >> from & 1 == 0 || !begins {
            continue;
        }
        trie.walk(&letters[from..], |taken, ()| reached |= 1 << (from + taken));
    }
    reached >> letters.len() & 1 == 1
}

/// The first final consonant.
pub(crate) const FINAL: u32 = 0x11a8;

fn spelled(ending: &str) -> Vec<u32> {
    let mut spelled = Vec::new();
    for char in ending.chars() {
        match char {
            'ㄴ' => spelled.push(0x11ab),
            'ㄹ' => spelled.push(0x11af),
            'ㅁ' => spelled.push(0x11b7),
            'ㅂ' => spelled.push(0x11b8),
            other => letters(other, &mut spelled),
        }
    }
    spelled
}

/// Short forms written out, so that endings are found: 돼 is 되어, 했 is 하였.
pub(crate) fn written_out(word: &[char], into: &mut Vec<char>) {
    for &char in word {
        let long: &[char] = match char {
            '돼' => &['되', '어'],
            '됐' => &['되', '었'],
            '됨' => &['되', '음'],
            '해' => &['하', '여'],
            '했' => &['하', '였'],
            '줘' => &['주', '어'],
            '줬' => &['주', '었'],
            '봐' => &['보', '아'],
            '봤' => &['보', '았'],
            '뭔' => &['무', '엇', '인'],
            '뭘' => &['무', '엇', '을'],
            '뭐' => &['무', '엇'],
            '머' if word.len() == 1 => &['무', '엇'],
            '건' if into.last() == Some(&'는') => &['것', '은'],
            '걸' if into.last() == Some(&'는') => &['것', '을'],
            '게' if into.last() == Some(&'는') => &['것', '이'],
            '거' if into.last() == Some(&'는') => &['것'],
            _ => &[],
        };
        if let Some(open) = past(char).filter(|_| long.is_empty()) {
            into.extend_from_slice(&[open, '었']);
        } else if long.is_empty() {
            into.push(char);
        } else {
            into.extend_from_slice(long);
        }
    }
}

/// 켰 is 켜 and 었: the syllable without its double ㅅ.
fn past(char: char) -> Option<char> {
    let at = u32::from(char).checked_sub(0xac00).filter(|at| *at < 11_172)?;
    let ends = at % 28 == 20 && !matches!(char, '있' | '겠' | '었' | '았' | '였');
    ends.then(|| char::from_u32(0xac00 + at - 20)).flatten()
}

/// How many syllables of the word, and how many letters of the next one, are its stem. A stem keeps one syllable at least.
pub(crate) fn stem(word: &[char]) -> Stem {
    let mut all = Vec::with_capacity(word.len() * 3);
    // Where each syllable's letters begin.
    let mut starts = Vec::with_capacity(word.len());
    for &char in word {
        starts.push(all.len());
        letters(char, &mut all);
    }
    let first = starts.get(1).copied().unwrap_or(all.len());
    // The first syllable may lose its final consonant, but not its vowel.
    let least = first.min(2);
    let mut end = all.len();
    for _ in 0..TIMES {
        let longest = ENDING.longest.min(end.saturating_sub(least));
        let Some(taken) = (1..=longest).rev().find(|taken| {
            let from = end - taken;
            // A particle is whole syllables, an ending begins with a final consonant or a syllable.
            let whole = starts.binary_search(&from).is_ok();
            (whole || all[from] >= FINAL) && ENDING.known.contains(&all[from..end])
        }) else {
            break;
        };
        end -= taken;
    }
    let syllables = starts.partition_point(|start| *start < end);
    all.truncate(end);
    Stem {
        letters: all,
        syllables,
    }
}

#[derive(Debug)]
pub(crate) struct Stem {
    pub(crate) letters: Vec<u32>,
    /// Syllables that belong to the stem, wholly or with all but a final consonant.
    pub(crate) syllables: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stem_of(word: &str) -> Vec<u32> {
        let mut long = Vec::new();
        written_out(&word.chars().collect::<Vec<_>>(), &mut long);
        stem(&long).letters
    }

    #[test]
    fn one_stem_for_what_is_said_in_many_ways() {
        for (one, other) in [
            ("정산은", "정산이"),
            ("정산일은", "정산일이"),
            ("받습니까", "받나요"),
            ("바뀝니까", "바뀌나요"),
            ("걸리나요", "걸릴까요"),
            ("가능한가요", "가능합니까"),
            ("정산되나요", "정산됩니까"),
            ("정산돼요", "정산될까요"),
            ("변경했는데요", "변경하면"),
        ] {
            assert_eq!(stem_of(one), stem_of(other), "{one} {other}");
        }
    }

    #[test]
    fn a_stem_is_never_empty() {
        for word in ["은", "는", "ㅋ", "가", "이가", "습니다"] {
            assert!(!stem_of(word).is_empty(), "{word}");
        }
    }
}
