//! The Korean words of the tables, found in running text: which parts of a word are known words, which are not known,
//! and which are only endings.
//!
//! *저녁회의가* is 저녁 and 회의 and a particle, *환불신청* is what *환불 신청* is. A verb is found in the forms that its
//! stem takes before endings: 바꾸, 바꿔; 켜, 켠; 빠르, 빨라; 덥, 더워.

use crate::{
    korean::{self, Behind, FINAL},
    text::letters,
    trie::Trie,
    words::{self, Tier},
};
use std::sync::LazyLock;

/// In longer words, known ones are cut out wherever they stand: a sentence without a blank.
const UNSPACED: usize = 8;

/// What stands behind nouns and is a word with them.
const AFTER: &str = "서 금 율 률 일 권 장 법 용 료 비 실 사 기 점 함 팀 중 때 들 값 별 식 형 성 력 량 액 자 증 표 망 전 후 간 내 외 상 하 님 방 집 가 관 소 처 국 측 물 품";
/// What stands before nouns and is a word with them.
const BEFORE: &str = "재 신 미 총 각 매 전 본 새 첫 현 타 당 부 대 소 초 무 비";

#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) tier: Tier,
    pub(crate) class: Option<u32>,
    /// Which word it is, whatever form it takes.
    pub(crate) lemma: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    Known(Known),
    Unknown,
    Ending,
}

/// A part of a word, by syllables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    pub(crate) from: usize,
    /// Where what is behind it begins: its endings, or nothing.
    pub(crate) to: usize,
    /// Where the next piece begins.
    pub(crate) end: usize,
    pub(crate) what: What,
}

struct Lexicon {
    nouns: Trie<Known>,
    /// And whether a final consonant may follow.
    verbs: Trie<(Known, bool)>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon {
        nouns: Trie::default(),
        verbs: Trie::default(),
    };
    for (lemma, (word, class, tier)) in (0..).zip(words::korean_words()) {
        let known = Known { tier, class, lemma };
        if let Some(stem) = word.strip_suffix('-') {
            for (form, open) in forms(&spelled(stem)) {
                lexicon.verbs.set(&form, (known, open));
            }
        } else {
            lexicon.nouns.set(&spelled(word), known);
        }
    }
    lexicon
});

static SUFFIXES: LazyLock<Vec<Vec<u32>>> = LazyLock::new(|| AFTER.split_whitespace().map(spelled).collect());

fn spelled(word: &str) -> Vec<u32> {
    let mut long = Vec::new();
    korean::written_out(&word.chars().collect::<Vec<_>>(), &mut long);
    let mut spelled = Vec::new();
    for char in long {
        letters(char, &mut spelled);
    }
    spelled
}

/// The forms of a verb's stem before endings, and whether one may begin with a final consonant: 보낸 is 보내 and ㄴ, but
/// after 바꿔 none follows.
fn forms(stem: &[u32]) -> Vec<(Vec<u32>, bool)> {
    let short = |cut: usize, more: &[u32]| [&stem[..stem.len() - cut], more].concat();
    let mut forms = vec![(stem.to_vec(), true)];
    match *stem {
        // 르: 빠르, 빨라 or 불러.
        [.., 0x1105, 0x1173] => {
            forms.push((short(2, &[0x11af, 0x1105, 0x1161]), false));
            forms.push((short(2, &[0x11af, 0x1105, 0x1165]), false));
        }
        [.., 0x1173] => {
            forms.push((short(1, &[0x1165]), false));
            forms.push((short(1, &[0x1161]), false));
        }
        [.., 0x116e] => forms.push((short(1, &[0x116f]), false)),
        [.., 0x1169] => forms.push((short(1, &[0x116a]), false)),
        [.., 0x1175] => forms.push((short(1, &[0x1167]), false)),
        // ㅂ: 덥, 더우, 더워; of 잡 these are no words.
        [.., 0x11b8] => {
            forms.push((short(1, &[0x110b, 0x116e]), true));
            forms.push((short(1, &[0x110b, 0x116f]), false));
        }
        // ㄹ goes before ㄴ, ㅂ and ㅅ; ㅎ before a vowel. Of one syllable too little would remain.
        [.., 0x11af | 0x11c2] if stem.len() > 3 => forms.push((short(1, &[]), true)),
        _ => {}
    }
    forms
}

#[derive(Clone, Copy)]
struct Match {
    /// In letters.
    end: usize,
    known: Known,
    syllables: usize,
    behind: Behind,
    noun: bool,
}

struct Spelled {
    letters: Vec<u32>,
    /// Where each syllable begins, and the end.
    starts: Vec<usize>,
    /// Whether a syllable begins at a letter.
    bounds: Vec<bool>,
}

impl Spelled {
    fn of(word: &[char]) -> Self {
        let mut spelled = Self {
            letters: Vec::with_capacity(word.len() * 3),
            starts: Vec::with_capacity(word.len() + 1),
            bounds: Vec::new(),
        };
        for &char in word {
            spelled.starts.push(spelled.letters.len());
            letters(char, &mut spelled.letters);
        }
        spelled.starts.push(spelled.letters.len());
        spelled.bounds = vec![false; spelled.letters.len() + 1];
        for start in &spelled.starts {
            spelled.bounds[*start] = true;
        }
        spelled
    }

    /// How many syllables begin before a letter.
    fn before(&self, letter: usize) -> usize {
        self.starts.partition_point(|start| *start < letter)
    }

    fn only_endings(&self, from: usize, to: usize, behind: Behind) -> bool {
        korean::only_endings(&self.letters[from..to], &self.bounds[from..to], behind)
    }

    /// Whether more words may follow in the same word: 정산 and 서 or 시간, but not 페이 and 스북.
    fn goes_on(&self, found: &Match) -> bool {
        let next = self.before(found.end);
        let rest = self.starts.len() - 1 - next;
        if rest == 0 || rest > UNSPACED || !found.noun {
            return rest > 0;
        }
        let begin = self.starts[next];
        let syllable = &self.letters[begin..self.starts[next + 1]];
        let suffix = SUFFIXES.iter().any(|suffix| suffix == syllable);
        suffix || found.syllables > 2 || self.known(next, true).is_some()
    }

    /// The known word at a syllable: the longest with which the word is whole, else the longest of two syllables and more.
    fn known(&self, at: usize, whole: bool) -> Option<Match> {
        let begin = self.starts[at];
        let all = &self.letters[begin..];
        let mut found: Vec<Match> = Vec::new();
        let mut add = |taken: usize, known: Known, noun: bool, open: bool| {
            let end = begin + taken;
            if !(self.bounds[end] || open && self.letters[end] >= FINAL) {
                return;
            }
            let syllables = self.before(end) - at;
            let behind = if noun && syllables == 1 {
                Behind::Particles
            } else {
                Behind::Anything
            };
            found.push(Match {
                end,
                known,
                syllables,
                behind,
                noun,
            });
        };
        LEXICON.nouns.walk(all, |taken, known| add(taken, known, true, false));
        LEXICON
            .verbs
            .walk(all, |taken, (known, open)| add(taken, known, false, open));
        // Behind another word, one syllable is a part of it: the 비 of 광고비 is no rain.
        found.retain(|found| found.syllables > 1 || at == 0);
        found.sort_by_key(|found| std::cmp::Reverse(found.end));
        let last = self.letters.len();
        let complete = found
            .iter()
            .find(|found| self.only_endings(found.end, last, found.behind));
        let longest = found
            .iter()
            .find(|found| found.syllables > 1 && !whole && self.goes_on(found));
        complete.or(longest).copied()
    }
}

/// What a word is made of, in order; `glued` when it follows a number or a foreign word without a blank, where it may be
/// a particle alone.
pub(crate) fn pieces(word: &[char], glued: bool) -> Vec<Piece> {
    let spelled = Spelled::of(word);
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < word.len() {
        let inside = glued || at > 0;
        let last = spelled.letters.len();
        if inside && spelled.only_endings(spelled.starts[at], last, Behind::Anything) {
            pieces.push(ending(at, word.len()));
            break;
        }
        if let Some(found) = spelled.known(at, false) {
            let (piece, whole) = known(&spelled, at, &found);
            at = piece.end;
            pieces.push(piece);
            if whole {
                break;
            }
            continue;
        }
        let next = (at + 1..word.len()).find(|next| {
            let found = spelled.known(*next, word.len() <= UNSPACED);
            // One syllable before it is more often the beginning of another word.
            let prefix = *next > at + 1 || before(word[at]);
            found.is_some_and(|found| found.syllables > if prefix { 1 } else { 2 })
        });
        let end = next.unwrap_or(word.len());
        let (from, to) = (spelled.starts[at], spelled.starts[end]);
        if inside && spelled.only_endings(from, to, Behind::Anything) {
            pieces.push(ending(at, end));
        } else {
            pieces.push(Piece {
                from: at,
                to: end,
                end,
                what: What::Unknown,
            });
        }
        at = end;
    }
    pieces
}

fn before(char: char) -> bool {
    BEFORE.contains(char)
}

fn ending(from: usize, end: usize) -> Piece {
    Piece {
        from,
        to: from,
        end,
        what: What::Ending,
    }
}

fn known(spelled: &Spelled, from: usize, found: &Match) -> (Piece, bool) {
    let to = spelled.before(found.end);
    let whole = spelled.only_endings(found.end, spelled.letters.len(), found.behind);
    let end = if whole { spelled.starts.len() - 1 } else { to };
    let what = What::Known(found.known);
    (Piece { from, to, end, what }, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The classes and the unknown parts of a word.
    fn told(word: &str) -> Vec<String> {
        let mut long = Vec::new();
        korean::written_out(&word.chars().collect::<Vec<_>>(), &mut long);
        let told = |piece: Piece| match piece.what {
            What::Known(Known { class: Some(class), .. }) => Some(class.to_string()),
            What::Known(_) => Some("-".to_owned()),
            What::Unknown => Some(long[piece.from..piece.to].iter().collect()),
            What::Ending => None,
        };
        pieces(&long, false).into_iter().filter_map(told).collect()
    }

    #[test]
    fn a_verb_is_one_in_all_its_forms() {
        for (one, other) in [
            ("보내다", "보냈습니까"),
            ("보낼", "보내줘"),
            ("바꿔주세요", "바꿀수있나요"),
            ("켜져있는지", "켰어"),
            ("꺼줘", "끌까요"),
            ("빨라요", "빠른가요"),
            ("더워질까", "덥습니까"),
            ("만드는", "만들어주세요"),
            ("취소하고", "취소해야하나요"),
        ] {
            assert_eq!(told(one), told(other), "{one} {other}");
            assert_eq!(told(one).len(), 1, "{one} {:?}", told(one));
        }
    }

    #[test]
    fn known_words_are_found_inside() {
        assert_eq!(told("저녁회의가"), [told("저녁"), told("회의")].concat());
        assert_eq!(told("환불신청은"), [told("환불"), told("신청")].concat());
        assert_eq!(told("정산서는")[0], told("정산")[0]);
        assert_eq!(told("페이스북은"), ["페이스북은"]);
        assert_eq!(told("구월"), ["구월"]);
        assert_eq!(told("수수료율은")[0], told("수수료")[0]);
    }

    #[test]
    fn one_syllable_is_a_word_only_before_particles() {
        assert_eq!(told("비가"), told("비"));
        assert_eq!(told("비둘기"), ["비둘기"]);
        assert_eq!(told("눈은"), told("눈"));
        assert_eq!(told("광고비는"), [told("광고").concat(), "비는".to_owned()]);
    }
}
