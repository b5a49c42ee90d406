//! Measures on the sets in `tests/data`: P@1, recall@9 and the best pairwise F1 over a threshold.
//!
//! `cargo run --release -p similar --example measure -- LANG|FILE dev|held|all|GROUPS [COPIES] [NAME=VALUE…]`; COPIES of
//! each question with another thing in the place of its own stand in the index beside it, to be taken for it. A FILE is
//! any other set, of lines {"text","group"}; GROUPS takes as many of it.

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
    if args.first().is_some_and(|arg| arg == "search") {
        let sets: Vec<Set> = args[1..]
            .iter()
            .filter_map(|arg| arg.split_once(':'))
            .map(|(lang, half)| read(lang, half, 0))
            .collect();
        let mut tune = Tune::default();
        for (name, value) in args.iter().filter_map(|arg| arg.split_once('=')) {
            set(&mut tune, name, value);
        }
        return search(&sets, tune);
    }
    let lang = args.first().map_or("ko", String::as_str);
    let half = args.get(1).map_or("dev", String::as_str);
    let copies: usize = args.get(2).and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut tune = Tune::default();
    for (name, value) in args.iter().filter_map(|arg| arg.split_once('=')) {
        set(&mut tune, name, value);
    }
    if args.iter().any(|arg| arg == "table") {
        let mut all = 0.0;
        for (lang, half) in [
            ("/work/tmp/sim/dev.jsonl", "all"),
            ("/work/tmp/sim/dev.jsonl", "all-mixed"),
            ("ko", "dev"),
            ("ko", "all"),
            ("ko", "all-mixed"),
            ("en", "all"),
        ] {
            let f = measure(&read(lang, half, 0), tune.clone());
            all += f.sum();
            print!("{:.3} {:.3} {:.3} @{:.2} | ", f.first, f.recall, f.f1, f.threshold);
        }
        println!("{all:.3} {}", args[3..].join(" "));
        return;
    }
    let set = read(lang, half, copies);
    let begun = Instant::now();
    let figures = measure(&set, tune.clone());
    println!("{lang} {half} +{copies}: {} ({:?})", figures.line(), begun.elapsed());
    if args.iter().any(|arg| arg == "groups") {
        groups(&set, tune.clone());
    }
    if args.iter().any(|arg| arg == "wrong") {
        wrong(&set, tune);
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
        "neighbours" => tune.neighbours = value.parse().expect("a number"),
        _ => panic!("{name}?"),
    }
}

struct Set {
    texts: Vec<String>,
    /// None is a copy with another thing in it.
    groups: Vec<Option<usize>>,
}

fn read(lang: &str, half: &str, copies: usize) -> Set {
    let path = if lang.contains('.') {
        Path::new(lang).to_owned()
    } else {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/{lang}.jsonl"))
    };
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut set = Set {
        texts: Vec::new(),
        groups: Vec::new(),
    };
    let mut seed = 7u64;
    let mut next = |below: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).expect("fits") % below
    };
    let half_mixed = half.ends_with("-mixed");
    let mut counts: HashMap<usize, usize> = HashMap::new();
    let things: Vec<&str> = THINGS.split_whitespace().collect();
    for line in fs::read_to_string(path).expect("the set").lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("a line");
        let count = numbers.len();
        let group = *numbers
            .entry(line["group"].as_str().expect("a group").to_owned())
            .or_insert(count);
        let wanted = match half.trim_end_matches("-mixed") {
            "dev" => group.is_multiple_of(2),
            "held" => group % 2 == 1,
            "all" => true,
            first => group < first.parse().expect("dev, held, all or how many groups"),
        };
        // Groups of one to ten, as questions really come: most things are asked once or twice.
        let size = counts.entry(group).or_insert(0usize);
        *size += 1;
        if !wanted || half_mixed && *size > 1 + group / 2 * 7 % 10 {
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

fn lists(set: &Set, tune: Tune) -> Vec<(usize, Vec<(usize, f32)>)> {
    let mut index = Index::new(tune);
    for (id, text) in set.texts.iter().enumerate() {
        index.insert(id, text);
    }
    index.survey(NonZero::new(2).expect("two")).nearest(10).collect()
}

fn measure(set: &Set, tune: Tune) -> Figures {
    let mut pairs: HashMap<(usize, usize), f32> = HashMap::new();
    let (mut asked, mut first, mut recalled, mut all) = (0usize, 0usize, 0usize, 0usize);
    let mut sizes: HashMap<usize, usize> = HashMap::new();
    for group in set.groups.iter().flatten() {
        *sizes.entry(*group).or_default() += 1;
    }
    for (id, list) in lists(set, tune) {
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

/// The F1 of pairs that stand in one proposed group, by threshold.
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
    for step in 4..=14 {
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
            "  groups from {threshold:.2}: F1 {:.3}",
            2.0 * right as f64 / (told + truth) as f64
        );
    }
}

/// Groups of one to three words of nonsense about things: as many questions as are wanted, alike and not.
fn many(count: usize) {
    let things: Vec<&str> = THINGS.split_whitespace().collect();
    let base = read("ko", "all", 0);
    let mut seed = 3u64;
    let mut next = |below: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).expect("fits") % below
    };
    let mut index = Index::default();
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
fn search(sets: &[Set], mut tune: Tune) {
    let measure =
        |tune: &Tune| sets.iter().map(|set| measure(set, tune.clone()).sum()).sum::<f64>() / sets.len() as f64;
    let mut best = measure(&tune);
    println!("{best:.4}");
    let mut seed = 11u64;
    for _ in 0..250 {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let mut other = tune.clone();
        let by = [0.6, 0.8, 1.25, 1.6][(seed >> 40) as usize % 4];
        let which = (seed >> 50) as usize % 18;
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
