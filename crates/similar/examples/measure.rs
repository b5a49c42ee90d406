//! Measures on the sets in `tests/data`, or on another file of lines {"text","group"}: P@1, recall@9 and the best pairwise
//! F1 over a threshold.
//!
//! `cargo run --release -p similar --example measure -- SET:PART… [NAME=VALUE…] [nearest] [groups] [precision] [wrong] [search]`, as in
//! `ko:dev`, `en:held-mixed`, `FILE.jsonl:200`; `many COUNT` measures time and memory instead.

#![expect(clippy::cast_precision_loss, reason = "figures of some thousands")]

use similar::{Asked, Index, Tune};
use std::{collections::HashMap, fs, num::NonZero, path::Path, time::Instant};

const THINGS: &str = "정산 계약 번역 저작권 환불 배송 앱 쿠폰 포인트 비밀번호 계정 수수료 세금계산서 원고 연재 휴재 알림 광고 댓글 심사 \
    점검 행사 주차 회의 메일 날씨 여권 대출 보일러 세탁기 와이파이 병원 버스 데이터 통계 개인정보 결제 고객센터 작품 독자 굿즈 정책 \
    담당자 회원 주문 택배 자료 발표 사진 동영상 신용카드 보험 연차 급여 출장 견적 재고 영수증 도메인 서버 백업 라이선스 상표 특허 \
    면접 이력서 수강 시험 성적 도서관 기숙사 장학금 식당 냉장고 에어컨 청소기 조명 커튼 현관문 자동차 렌터카 호텔 항공권 콘서트 영화";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.first().is_some_and(|arg| arg == "many") {
        return many(args.get(1).and_then(|n| n.parse().ok()).unwrap_or(20_000));
    }
    let mut tune = Tune::default();
    for (name, value) in args.iter().filter_map(|arg| arg.split_once('=')) {
        set(&mut tune, name, value);
    }
    let told = |what: &str| args.iter().any(|arg| arg == what);
    let sets: Vec<(&String, Set)> = args
        .iter()
        .filter_map(|arg| Some((arg, arg.split_once(':')?)))
        .map(|(arg, (set, part))| (arg, read(set, part)))
        .collect();
    for (name, set) in &sets {
        let begun = Instant::now();
        println!("{name}: {} ({:?})", measure(set, tune.clone()).line(), begun.elapsed());
        if told("nearest") {
            println!("  nearest: {}", figures(set, asked(set, tune.clone())).line());
        }
        if told("groups") {
            groups(set, tune.clone());
        }
        if told("precision") {
            precision(set, &tune);
        }
        if told("wrong") {
            wrong(set, tune.clone());
        }
    }
    if told("few") {
        let [(_, many), (_, rare)] = &*sets else {
            panic!("few: of which two sets?")
        };
        few(many, rare, &tune);
    }
    if told("search") {
        search(&sets, tune);
    }
}

/// A handful of texts of the second set among many of the first, as questions in the rarer language come: how many pairs of
/// them stand in one proposed group, rightly and wrongly, by threshold. Some of them say the same as one other.
fn few(many: &Set, rare: &Set, tune: &Tune) {
    const EVENTS: usize = 60;
    let mut told = [[0usize; 2]; 10];
    let (mut truth, mut pairs) = (0, 0);
    let mut next = numbers_from(5);
    for event in 0..EVENTS {
        let mut index = Index::new(tune.clone());
        let mut groups: Vec<Option<usize>> = Vec::new();
        for _ in 0..40 {
            index.insert(groups.len(), &many.texts[next(many.texts.len())]);
            groups.push(None);
        }
        let mut taken: HashMap<usize, usize> = HashMap::new();
        while taken.values().sum::<usize>() < 4 + event % 9 {
            let at = next(rare.texts.len());
            let group = rare.groups[at].expect("a group");
            let known = taken.entry(group).or_default();
            // Every third has its like beside it.
            let wanted = if group.is_multiple_of(3) { 2 } else { 1 };
            let others = (0..rare.texts.len()).filter(|other| rare.groups[*other] == Some(group));
            let others: Vec<usize> = others.collect();
            if *known > 0 {
                continue;
            }
            for n in 0..wanted {
                let start = others.iter().position(|other| *other == at).expect("there");
                index.insert(groups.len(), &rare.texts[others[(start + n * 3) % others.len()]]);
                groups.push(Some(group));
                *known += 1;
            }
        }
        truth += taken.values().filter(|count| **count == 2).count();
        let own = taken.values().sum::<usize>();
        pairs += own * (own - 1) / 2;
        let survey = index.survey(NonZero::new(2).expect("two"));
        for (step, told) in told.iter_mut().enumerate() {
            for group in survey.groups(0.4 + step as f32 * 0.05) {
                for (at, one) in group.iter().enumerate() {
                    for other in &group[..at] {
                        if let (Some(one), Some(other)) = (groups[*one], groups[*other]) {
                            told[usize::from(one != other)] += 1;
                        }
                    }
                }
            }
        }
    }
    println!("few: {EVENTS} events, {truth} pairs say the same of {pairs}");
    for (step, [right, wrong]) in told.iter().enumerate() {
        println!(
            "  groups from {:.2}: {right} right, {wrong} wrong",
            0.4 + step as f32 * 0.05
        );
    }
}

fn set(tune: &mut Tune, name: &str, value: &str) {
    let numbers: Vec<f32> = value.split(',').map(|n| n.parse().expect("a number")).collect();
    let three = || [numbers[0], numbers[1], numbers[2]];
    match name {
        "ending" => tune.ending = numbers[0],
        "light" => tune.light = numbers[0],
        "polite" => tune.polite = numbers[0],
        "classed" => tune.classed = numbers[0],
        "field" => tune.field = numbers[0],
        "level" => tune.level = numbers[0],
        "verb" => tune.verb = numbers[0],
        "unknown" => tune.unknown = numbers[0],
        "fielded" => tune.fielded = numbers[0],
        "class" => tune.class = numbers[0],
        "syllables" => tune.syllables = three(),
        "letters" => tune.letters = three(),
        "views" => tune.views = three(),
        "rarity" => tune.rarity = numbers[0],
        "company" => tune.company = numbers[0],
        "closeness" => tune.closeness = numbers[0],
        "rounds" => tune.rounds = value.parse().expect("a number"),
        "next" => tune.next = value.parse().expect("a number"),
        "fading" => tune.fading = numbers[0],
        "reach" => tune.reach = value.parse().expect("a number"),
        "foreign" => tune.foreign = three(),
        "doubt" => tune.doubt = numbers[0],
        "among" => tune.among = value.parse().expect("a number"),
        "small" => tune.small = numbers[0],
        "neighbours" => tune.neighbours = value.parse().expect("a number"),
        _ => panic!("{name}?"),
    }
}

struct Set {
    texts: Vec<String>,
    /// None is a copy with another thing in it.
    groups: Vec<Option<usize>>,
}

/// A set in `tests/data`, or of another file; `part` is dev, held, all or how many groups, then `-mixed` for groups of
/// one to ten, and `+N` for so many copies of each text with another thing in it.
fn read(set: &str, part: &str) -> Set {
    let path = if set.contains('.') {
        Path::new(set).to_owned()
    } else {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/{set}.jsonl"))
    };
    let (part, copies) = part.split_once('+').unwrap_or((part, "0"));
    let copies: usize = copies.parse().expect("how many copies");
    let (part, mixed) = part.strip_suffix("-mixed").map_or((part, false), |part| (part, true));
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut set = Set {
        texts: Vec::new(),
        groups: Vec::new(),
    };
    let mut next = numbers_from(7);
    let mut counts: HashMap<usize, usize> = HashMap::new();
    let things: Vec<&str> = THINGS.split_whitespace().collect();
    for line in fs::read_to_string(path).expect("the set").lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("a line");
        let count = numbers.len();
        let group = *numbers
            .entry(line["group"].as_str().expect("a group").to_owned())
            .or_insert(count);
        let wanted = match part {
            "all" => true,
            "dev" | "held" => line["half"] == part,
            first => group < first.parse().expect("dev, held, all or how many groups"),
        };
        // Groups of one to ten, as questions really come: most things are asked once or twice.
        let size = counts.entry(group).or_insert(0usize);
        *size += 1;
        if !wanted || mixed && *size > 1 + group * 7 % 10 {
            continue;
        }
        let text = line["text"].as_str().expect("a text");
        set.texts.push(text.to_owned());
        set.groups.push(Some(group));
        let own: Vec<&&str> = things.iter().filter(|thing| text.contains(**thing)).collect();
        for _ in 0..copies {
            let Some(own) = own.first() else { break };
            set.texts.push(text.replace(**own, things[next(things.len())]));
            set.groups.push(None);
        }
    }
    set
}

fn numbers_from(mut seed: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).expect("fits") % below
    }
}

#[derive(Clone, Copy)]
struct Figures {
    first: f64,
    recall: f64,
    f1: f64,
    threshold: f32,
}

impl Figures {
    fn line(&self) -> String {
        format!(
            "P@1 {:.3}  R@9 {:.3}  F1 {:.3} at {:.3}",
            self.first, self.recall, self.f1, self.threshold
        )
    }
    fn sum(&self) -> f64 {
        self.first + self.recall * 1.5 + self.f1 * 1.5
    }
}

fn asked(set: &Set, tune: Tune) -> Vec<(usize, Vec<(usize, f32)>)> {
    let mut index = Index::new(tune);
    for (id, text) in set.texts.iter().enumerate() {
        index.insert(id, text);
    }
    (0..set.texts.len())
        .map(|id| (id, index.nearest(Asked::Id(id), 10)))
        .collect()
}

fn lists(set: &Set, tune: Tune) -> Vec<(usize, Vec<(usize, f32)>)> {
    let mut index = Index::new(tune);
    for (id, text) in set.texts.iter().enumerate() {
        index.insert(id, text);
    }
    index.survey(NonZero::new(2).expect("two")).nearest(10).collect()
}

fn measure(set: &Set, tune: Tune) -> Figures {
    figures(set, lists(set, tune))
}

fn figures(set: &Set, lists: Vec<(usize, Vec<(usize, f32)>)>) -> Figures {
    let mut pairs: HashMap<(usize, usize), f32> = HashMap::new();
    let (mut asked, mut first, mut recalled, mut all) = (0usize, 0usize, 0usize, 0usize);
    let mut sizes: HashMap<usize, usize> = HashMap::new();
    for group in set.groups.iter().flatten() {
        *sizes.entry(*group).or_default() += 1;
    }
    for (id, list) in lists {
        let Some(group) = set.groups[id] else { continue };
        let good = |other: usize| set.groups[other] == Some(group);
        if sizes[&group] < 2 {
            continue;
        }
        asked += 1;
        first += usize::from(list.first().is_some_and(|(other, _)| good(*other)));
        recalled += list.iter().take(9).filter(|(other, _)| good(*other)).count();
        all += sizes[&group] - 1;
        for (other, score) in list {
            let pair = pairs.entry((id.min(other), id.max(other))).or_default();
            *pair = pair.max(score);
        }
    }
    let mut pairs: Vec<(f32, bool)> = pairs
        .into_iter()
        .map(|((one, other), score)| (score, set.groups[one].is_some() && set.groups[one] == set.groups[other]))
        .collect();
    pairs.sort_by(|one, other| other.0.total_cmp(&one.0));
    let truth = all as f64 / 2.0;
    let (mut best, mut threshold, mut right) = (0.0, 0.0, 0.0);
    for (at, (score, good)) in pairs.iter().enumerate() {
        right += f64::from(u8::from(*good));
        let f1 = 2.0 * right / ((at + 1) as f64 + truth);
        if f1 > best {
            (best, threshold) = (f1, *score);
        }
    }
    Figures {
        first: first as f64 / asked as f64,
        recall: recalled as f64 / all as f64,
        f1: best,
        threshold,
    }
}

/// The F1 of pairs that stand in one proposed group, and which share of those is right, by threshold.
fn groups(set: &Set, tune: Tune) {
    let mut index = Index::new(tune);
    for (id, text) in set.texts.iter().enumerate() {
        index.insert(id, text);
    }
    let survey = index.survey(NonZero::new(2).expect("two"));
    let mut sizes: HashMap<usize, usize> = HashMap::new();
    for group in set.groups.iter().flatten() {
        *sizes.entry(*group).or_default() += 1;
    }
    let truth: usize = sizes.values().map(|size| size * (size - 1) / 2).sum();
    for step in 8..=17 {
        let threshold = step as f32 * 0.05;
        let (mut right, mut told) = (0, 0);
        for group in survey.groups(threshold) {
            for (at, one) in group.iter().enumerate() {
                told += at;
                right += group[..at]
                    .iter()
                    .filter(|other| set.groups[*one].is_some() && set.groups[*one] == set.groups[**other])
                    .count();
            }
        }
        println!(
            "  groups from {threshold:.2}: F1 {:.3}, right {:.3}",
            2.0 * right as f64 / (told + truth) as f64,
            right as f64 / told.max(1) as f64
        );
    }
}

/// How many bytes of memory this process has, where the system says so.
fn resident() -> Option<usize> {
    let pages = fs::read_to_string("/proc/self/statm").ok()?;
    Some(pages.split(' ').nth(1)?.parse::<usize>().ok()? * 4096)
}

/// Groups of one to three words of nonsense about things: as many questions as are wanted, alike and not.
fn many(count: usize) {
    let things: Vec<&str> = THINGS.split_whitespace().collect();
    let base = read("ko", "all");
    let mut next = numbers_from(3);
    let mut index = Index::default();
    let before = resident();
    let begun = Instant::now();
    for id in 0..count {
        let (one, other) = (&base.texts[next(base.texts.len())], &base.texts[next(base.texts.len())]);
        let half: String = other.split(' ').skip(1).collect::<Vec<_>>().join(" ");
        index.insert(
            id,
            &format!(
                "{} {} {one} {half}",
                things[next(things.len())],
                things[next(things.len())]
            ),
        );
    }
    println!(
        "{count} inserted: {:?} each",
        begun.elapsed() / u32::try_from(count).expect("fits")
    );
    if let (Some(before), Some(after)) = (before, resident()) {
        println!("  in memory: {} bytes each", (after - before) / count);
    }
    let begun = Instant::now();
    for id in 0..100 {
        index.insert(
            id * 7,
            "정산 일자가 바뀌면 미리 알려 주시나요? 해외 매출도 같은 날에 들어오는지 궁금합니다.",
        );
    }
    println!("  replaced: {:?} each", begun.elapsed() / 100);
    let begun = Instant::now();
    for id in 0..100 {
        index.quick(Asked::Id(id * 31), 10);
    }
    println!("  quick: {:?} each", begun.elapsed() / 100);
    let begun = Instant::now();
    for id in 0..20 {
        index.nearest(Asked::Id(id * 31), 10);
    }
    println!("  nearest: {:?} each", begun.elapsed() / 20);
    if count <= 20_000 {
        let begun = Instant::now();
        let survey = index.survey(NonZero::new(2).expect("two"));
        println!("  survey: {:?} {:?}", begun.elapsed(), survey.effort());
        let groups = survey.groups(0.4);
        println!("  and {} groups: {:?}", groups.len(), begun.elapsed());
    }
}

/// What share of the pairs are right from a score on: of the survey, of `nearest`, of `quick`.
fn precision(set: &Set, tune: &Tune) {
    let mut index = Index::new(tune.clone());
    for (id, text) in set.texts.iter().enumerate() {
        index.insert(id, text);
    }
    let survey: HashMap<usize, Vec<(usize, f32)>> = index.survey(NonZero::new(2).expect("two")).nearest(10).collect();
    let ids: Vec<usize> = (0..set.texts.len()).step_by(1 + set.texts.len() / 800).collect();
    let told = |name: &str, list: &dyn Fn(usize) -> Vec<(usize, f32)>| {
        let mut pairs: Vec<(f32, bool)> = ids
            .iter()
            .flat_map(|id| list(*id).into_iter().map(move |(other, score)| (id, other, score)))
            .map(|(id, other, score)| (score, set.groups[*id].is_some() && set.groups[*id] == set.groups[other]))
            .collect();
        pairs.sort_by(|one, other| other.0.total_cmp(&one.0));
        print!("  {name}:");
        for wanted in [0.95, 0.9, 0.8, 0.7, 0.5, 0.3] {
            let (mut right, mut from, mut kept) = (0, 1.0, 0);
            for (at, (score, good)) in pairs.iter().enumerate() {
                right += usize::from(*good);
                if right as f64 >= wanted * (at + 1) as f64 {
                    (from, kept) = (*score, right);
                }
            }
            print!("  {:.0}% {from:.2} ({kept})", wanted * 100.0);
        }
        println!();
    };
    told("survey ", &|id| survey[&id].clone());
    told("nearest", &|id| index.nearest(Asked::Id(id), 10));
    told("quick  ", &|id| index.quick(Asked::Id(id), 10));
}

fn wrong(set: &Set, tune: Tune) {
    for (id, list) in lists(set, tune) {
        if set.groups[id].is_none() {
            continue;
        }
        let bad = list
            .iter()
            .take(9)
            .filter(|(other, _)| set.groups[*other] != set.groups[id])
            .count();
        if bad >= 5 {
            println!("\n{} [{bad} wrong]", set.texts[id]);
            for (other, score) in list.iter().take(9) {
                println!(
                    "   {} {score:.3} {}",
                    if set.groups[*other] == set.groups[id] { "+" } else { "-" },
                    set.texts[*other]
                );
            }
        }
    }
}

/// Walks from value to value and keeps what is better on the sets together.
fn search(sets: &[(&String, Set)], mut tune: Tune) {
    let measure = |tune: &Tune| {
        let sums = sets.iter().map(|(_, set)| measure(set, tune.clone()).sum());
        sums.sum::<f64>() / sets.len() as f64
    };
    let mut best = measure(&tune);
    println!("{best:.4}");
    let mut next = numbers_from(11);
    for _ in 0..250 {
        let mut other = tune.clone();
        let by = [0.6, 0.8, 1.25, 1.6][next(4)];
        let which = next(22);
        match which {
            0 => other.ending *= by,
            1 => other.light *= by,
            2 => other.classed *= by,
            3 => other.class *= by,
            4..=6 => other.syllables[which - 4] *= by,
            7..=9 => other.letters[which - 7] *= by,
            10..=12 => other.views[which - 10] *= by,
            13 => other.rarity *= f32::midpoint(by, 1.0),
            14 => other.closeness *= by,
            15 => other.fading = (other.fading + by - 0.95).clamp(0.0, 1.0),
            16 => other.polite *= by,
            17 => other.field *= by,
            18 => other.fielded *= by,
            19 => other.verb = (other.verb * f32::midpoint(by, 1.0)).min(1.0),
            20 => other.unknown *= f32::midpoint(by, 1.0),
            21 => other.level *= by,
            _ => other.company = (other.company + (by - 0.95) / 3.0).clamp(0.0, 0.9),
        }
        let figures = measure(&other);
        if figures > best + 0.0005 {
            best = figures;
            tune = other;
            println!("{best:.4} {tune:?}");
        }
    }
}
