//! An invented magazine: a company, its partners, what they asked each other. Nobody in it exists.

use chrono::NaiveDate;
use print::{
    Block, Card, Correction, Cover, Cue, Document, Exchange, Figures, Issue, Lang, Person, Picture, Said, Section, Side,
};

pub fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).expect("a day")
}

const QUESTIONS: &[&str] = &[
    "정산 주기를 지금의 보름에서 일주일로 줄일 계획이 있으신가요?",
    "작은 가게가 첫 화면에 오를 수 있는 길은 무엇인가요?",
    "반품이 들어왔을 때 배송비를 누가 내는지 더 분명하게 적어 주실 수 있나요? 같은 사정인데도 상담하시는 분마다 다르게 말씀하셔서, 손님께 무엇이라 안내해야 할지 늘 망설이게 됩니다.",
    "수수료는 어떤 기준으로 정해지나요?",
    "해외로 보내는 주문을 시작하려 합니다. 서류를 대신 챙겨 주는 서비스가 나올까요?",
    "장터에서 손님이 남긴 후기에 답글을 한꺼번에 달 수 있게 해 주세요.",
    "파트너 교육을 저녁이나 주말에도 열 생각이 있으신가요?",
    "포장재를 바꾸면 비용이 오릅니다. 함께 나눌 방법이 있을까요?",
    "새 기능을 미리 써 보고 의견을 드리고 싶습니다. 어디로 말씀드리면 되나요?",
    "지역 행사에 온새미가 직접 와 주실 수 있나요?",
    "Could the partner API return the settlement date together with each order?",
    "올해 가장 아쉬웠던 결정은 무엇이었나요?",
];

const BACK: &[&str] = &[
    "온새미와 일하면서 가장 먼저 바꾸고 싶은 한 가지는 무엇인가요?",
    "단골손님은 어떻게 생겨나던가요?",
    "힘들었던 시기를 어떻게 지나오셨나요?",
    "처음 장터에 문을 열던 날을 기억하시나요?",
    "다음 세대에게 가게를 물려준다면 무엇을 함께 건네고 싶으세요?",
    "일을 쉬는 날에는 무엇을 하시나요?",
    "우리 서비스에서 끝내 쓰지 않게 된 기능은 무엇인가요?",
    "내년에 꼭 해 보고 싶은 일은요?",
];

const SENTENCES: &[&str] = &[
    "먼저 기다리게 해 드려 죄송하다는 말씀부터 드리고 싶습니다.",
    "저희가 숫자만 들여다보는 동안 가게마다 사정이 다르다는 것을 놓쳤습니다.",
    "지난봄부터 여섯 곳의 가게와 함께 새로운 방식을 시험해 보고 있습니다.",
    "결과는 생각보다 빨리 나왔고, 무엇보다 문의가 절반으로 줄었습니다.",
    "다만 모든 분께 한꺼번에 적용하기에는 아직 확인할 것이 남아 있습니다.",
    "그래서 내년 1월에는 신청하신 분부터, 3월에는 모든 파트너께 열어 드리려 합니다.",
    "바뀌는 내용은 시행하기 한 달 전에 메일과 화면으로 두 번 알려 드리겠습니다.",
    "손님이 왜 돌아섰는지 묻지 않으면 우리는 끝내 알 수 없습니다.",
    "가게 문을 닫고 나서야 비로소 하루치 주문을 다시 들여다볼 시간이 생깁니다.",
    "한 번은 새벽 네 시에 전화를 주신 분이 계셨는데, 그때 들은 이야기가 지금의 화면이 되었습니다.",
    "작은 가게일수록 한 번의 실수가 오래 남는다는 것을 잘 알고 있습니다.",
    "기준을 공개하면 악용될까 걱정하는 목소리도 있었지만, 감추는 쪽이 더 큰 비용이라고 판단했습니다.",
    "무엇을 먼저 할지는 저희가 아니라 여러분이 정해 주시는 것이 옳다고 생각합니다.",
    "제가 직접 포장해 보니 상자 하나에 테이프를 세 번 감게 되더군요.",
    "그 작은 불편이 하루 백 번 쌓이면 누군가의 저녁을 빼앗게 됩니다.",
    "숫자로 말씀드리면, 지난해 1,204건이던 오배송이 올해는 388건으로 줄었습니다.",
    "담당하는 크루가 바뀌더라도 같은 답을 들으실 수 있도록 안내문을 하나로 모았습니다.",
    "솔직히 말씀드리면 그 결정은 너무 늦었고, 늦은 값을 파트너들께서 치르셨습니다.",
    "앞으로는 결정하기 전에 먼저 여쭙겠습니다.",
    "단골이라는 말은 오래 보았다는 뜻이기도 하지만, 서로 봐준다는 뜻이기도 합니다.",
    "비가 오는 날이면 일부러 찾아오시는 손님이 있어서, 우산꽂이를 하나 더 놓았습니다.",
    "돌이켜 보면 잘된 날보다 함께 버틴 날이 더 선명합니다.",
    "그때 옆 가게 사장님이 나눠 주신 얼음 한 포대를 아직도 잊지 못합니다.",
    "배움은 늘 현장에서 시작된다고 믿습니다.",
    "저희는 그 질문을 회의실 벽에 그대로 붙여 두었습니다.",
    "답을 찾는 데 석 달이 걸렸지만, 그동안 질문을 주신 분께 매주 경과를 알려 드렸습니다.",
    "온새미길 배송망을 쓰시면 오후 세 시 이전 주문은 그날 나갑니다.",
    "서류는 저희가 대신 쓰고, 확인만 해 주시면 되는 방식으로 준비하고 있습니다.",
    "영문 안내서는 서른 쪽 남짓으로, 연말까지 누구나 내려받으실 수 있게 하겠습니다.",
    "이름을 불러 주시는 손님이 한 분씩 늘어나는 것, 그게 저에게는 매출표보다 분명한 소식입니다.",
    "기다림에도 예의가 있다고 배웠습니다.",
    "내년 이맘때 같은 질문을 다시 받는다면, 그때는 다르게 답할 수 있기를 바랍니다.",
];

const PULLS: &[&str] = &[
    "감추는 쪽이 더 큰 비용이라고 판단했습니다.",
    "결정하기 전에 먼저 여쭙겠습니다.",
    "잘된 날보다 함께 버틴 날이 더 선명합니다.",
    "단골이라는 말은 서로 봐준다는 뜻이기도 합니다.",
];

fn partner(n: usize) -> Person {
    let all = [
        ("한누리", "대표 · 누리빵집", "온새미장터"),
        ("도담", "점주 · 도담서점", "온새미장터"),
        ("윤슬기", "이사 · 푸른들식품", "온새미길"),
        ("박가온", "개인택시", "온새미길"),
        ("이든솔", "대표 · 솔바람공방", "온새미결제"),
        ("Mina Okafor", "Founder · Harbour Tea", "온새미장터"),
        ("조아라", "팀장 · 한빛물류", "온새미길"),
        ("필명 초록달", "그림 작가", "온새미이야기"),
    ];
    let (lead, rest, service) = all[n % all.len()];
    Person {
        lead: lead.into(),
        rest: rest.into(),
        works_for: rest.split_once(" · ").map(|(_, company)| company.to_owned()),
        side: Side::Partner {
            services: vec![service.into()],
        },
    }
}

fn host(n: usize) -> Person {
    let all = [
        ("Ray(서라온)", "공동대표"),
        ("Juno(민주노)", "장터부문장"),
        ("Sol(한솔이)", "결제팀"),
        ("Wave(강물결)", "배송운영팀 · 온새미길"),
        ("Ann(안나래)", "파트너지원팀"),
    ];
    let (lead, rest) = all[n % all.len()];
    Person {
        lead: lead.into(),
        rest: rest.into(),
        works_for: None,
        side: Side::Host,
    }
}

fn sentences(from: usize, count: usize) -> String {
    let each = (0..count).map(|k| SENTENCES[(from * 7 + k * 5 + k * k) % SENTENCES.len()]);
    each.collect::<Vec<_>>().join(" ")
}

fn answer(from: usize, paragraphs: usize) -> String {
    let each = (0..paragraphs).map(|p| sentences(from + p * 3, 4 + (from + p) % 3));
    each.collect::<Vec<_>>().join("\n\n")
}

fn exchange(n: usize, back: bool) -> Block {
    let asks = |n| if back { host(n) } else { partner(n) };
    let answers = |n| if back { partner(n) } else { host(n) };
    let list = if back { BACK } else { QUESTIONS };
    let mut answered = vec![Said {
        by: answers(n + 1),
        text: answer(n, 2 + n % 2),
    }];
    if n % 5 == 2 {
        answered.push(Said {
            by: answers(n + 3),
            text: answer(n + 11, 1),
        });
    }
    Block::Exchange(Exchange {
        heading: (n % 4 == 3).then(|| "늦은 결정의 값을 누가 치렀는가".to_owned()),
        question: Said {
            by: asks(n),
            text: list[n % list.len()].into(),
        },
        pull: (n % 3 == 1).then(|| Said {
            by: answered[0].by.clone(),
            text: PULLS[n % PULLS.len()].into(),
        }),
        answers: answered,
    })
}

const INTRO: &str = "지난 11월, 서울의 오래된 극장에 **파트너 서른여섯 곳**의 여든다섯 분이 모였습니다. \
    미리 받은 쉰 개의 질문 가운데 열 개를 무대에서 묻고 답했고, 나머지 마흔 개에는 담당 크루가 한 분 한 분께 답을 드렸습니다.\n\n\
    이 글은 그날의 기록입니다. 말은 되도록 하신 그대로 옮겼고, 실린 분들께서 모두 미리 읽고 확인해 주셨습니다. \
    더 긴 이야기는 [온새미 이야기](https://onsaemi.example/talk)에서 읽으실 수 있습니다.";

const CLOSING: &str = "## 다음 만남\n\n다음 대화는 봄에 부산에서 이어집니다. 그때까지 *묻고 싶은 것이 생기면* 언제든 개인 링크로 남겨 주세요.\n\n\
    - 질문은 한 분이 세 개까지 보내실 수 있습니다.\n- 답은 메일과 ‘내 질문’ 화면으로 전해 드립니다.\n- 잡지는 파트너 가게 200곳에서 나눠 드립니다.";

/// A conversation in two parts: the company answers, then the partners do.
pub fn conversation() -> Document {
    let mut blocks = vec![
        Block::Prose(INTRO.into()),
        Block::Part("1부 · 파트너가 묻고 회사가 답하다".into()),
    ];
    blocks.extend((0..10).map(|n| exchange(n, false)));
    blocks.push(Block::Part("2부 · 회사가 묻고 파트너가 답하다".into()));
    blocks.extend((0..8).map(|n| exchange(n + 20, true)));
    blocks.push(Block::Prose(CLOSING.into()));
    Document {
        lang: Lang::Ko,
        identifier: "urn:uuid:0192f0c0-0000-7000-8000-000000000001".into(),
        title: "묻는 사람이 먼저 알고 있었다".into(),
        standfirst:
            "파트너 쉰 분의 질문과 회사의 답, 그리고 회사가 되물은 여덟 가지. 늦은 밤까지 이어진 대화를 옮긴다.".into(),
        keywords: vec!["상생".into(), "정산".into(), "작은 가게".into()],
        publisher: "온새미".into(),
        event: "가까이에서, 2026 파트너 대화 · 2026년 11월 22일 · 서울 은하극장".into(),
        date: day(2026, 12, 1),
        address: Some("https://onsaemi.example/articles/near-2026".into()),
        blocks,
        corrections: vec![Correction {
            date: day(2026, 12, 9),
            text: "한누리 대표의 가게 이름을 ‘누리베이커리’로 잘못 적어 ‘누리빵집’으로 바로잡습니다.".into(),
        }],
    }
}

/// A picture of nothing in particular: hills under a sky.
pub fn picture(alternative: &str, caption: &str) -> Picture {
    let (wide, high) = (720_u16, 400_u16);
    let mut dots = Vec::new();
    for y in (0..high).map(f32::from) {
        for x in (0..wide).map(f32::from) {
            let hill = |base: f32, wave: f32, by: f32| base + wave * (x / by).sin();
            let dot: [u8; 3] = if y > hill(300.0, 40.0, 90.0) {
                [31, 58, 104]
            } else if y > hill(230.0, 50.0, 140.0) {
                [179, 84, 30]
            } else if (x - 540.0).hypot(y - 110.0) < 50.0 {
                [250, 226, 170]
            } else {
                [241, 238, 230]
            };
            dots.extend(dot);
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, wide.into(), high.into());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder
        .write_header()
        .and_then(|mut w| w.write_image_data(&dots))
        .expect("a picture");
    Picture {
        bytes,
        alternative: alternative.into(),
        caption: caption.into(),
    }
}

/// A report in prose, with figures, pictures and quotes.
pub fn report() -> Document {
    let row = |cells: &[&str]| cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
    let mut blocks = vec![Block::Prose(format!(
        "{}\n\n{}\n\n{}",
        sentences(3, 6),
        sentences(8, 5),
        sentences(12, 6)
    ))];
    blocks.push(Block::Picture(picture(
        "해 질 무렵의 언덕. 앞쪽은 짙은 푸른빛, 뒤쪽은 붉은빛이다.",
        "첫날 저녁, 참가자들이 걸은 남쪽 언덕. 그림 온새미",
    )));
    blocks.push(Block::Prose(format!(
        "# 이틀 동안 열두 분야가 모였다\n\n{}\n\n{}",
        sentences(15, 6),
        sentences(18, 5)
    )));
    blocks.push(Block::Figures(Figures {
        caption: "분야별로 오신 회사와 사람, 그리고 관심을 보인 순서".into(),
        columns: row(&["분야", "회사", "사람", "시설 둘러보기", "기술 이야기"]),
        rows: vec![
            row(&["먹거리와 식재료", "9", "21", "17", "12"]),
            row(&["포장과 배송", "7", "18", "15", "16"]),
            row(&["생활용품", "6", "14", "8", "9"]),
            row(&["책과 문구", "5", "11", "6", "10"]),
            row(&["공예", "5", "12", "9", "4"]),
            row(&["여행과 이동", "4", "9", "7", "8"]),
            row(&["모두", "36", "85", "62", "59"]),
        ],
    }));
    blocks.push(Block::Quote(Said {
        by: partner(2),
        text: "창고를 함께 걸어 보니 우리가 보낸 상자가 어디에서 구겨지는지 한눈에 보였습니다. 그 자리에서 포장을 바꾸기로 했어요.".into(),
    }));
    blocks.push(Block::Prose(format!(
        "{}\n\n> {}\n\n{}",
        sentences(21, 6),
        SENTENCES[19],
        sentences(24, 6)
    )));
    blocks.push(Block::Quote(Said {
        by: host(3),
        text: "다음번에는 저희가 여러분의 일터로 찾아가겠습니다.".into(),
    }));
    blocks.push(Block::Prose(format!(
        "1. {}\n2. {}\n3. {}\n\n{}",
        SENTENCES[5],
        SENTENCES[6],
        SENTENCES[12],
        sentences(27, 5)
    )));
    Document {
        lang: Lang::Ko,
        title: "상자가 구겨지는 자리를 함께 보다".into(),
        standfirst: "열두 분야의 협력사 서른여섯 곳이 이틀 동안 물류센터를 걸었다.".into(),
        keywords: vec!["협력사".into(), "물류".into(), "현장".into()],
        publisher: "온새미".into(),
        event: "협력사의 날 · 2026년 10월 15일과 16일 · 이천 온새미길 센터".into(),
        date: day(2026, 12, 1),
        address: Some("https://onsaemi.example/articles/supplier-day".into()),
        blocks,
        ..Document::default()
    }
}

/// In English, with words that must be hyphenated.
pub fn english() -> Document {
    let text = "We had underestimated how differently each neighbourhood organises its deliveries. Internationalisation of \
        the partner programme therefore began with conversations rather than with specifications, and the responsibilities \
        were redistributed only afterwards. Nevertheless, the uncomfortable questions turned out to be the most \
        productive ones.";
    Document {
        lang: Lang::En,
        title: "What we learned from forty uncomfortable questions".into(),
        standfirst: "A short conversation with partners who sell abroad, in their own words.".into(),
        keywords: vec!["abroad".into(), "settlement".into()],
        publisher: "Onsaemi".into(),
        event: "Close by, the partner conversation · 22 November 2026 · Seoul".into(),
        date: day(2026, 12, 1),
        blocks: vec![
            Block::Prose(format!("{text}\n\n{text}")),
            Block::Exchange(Exchange {
                heading: None,
                question: Said {
                    by: partner(5),
                    text: "Could the partner API return the settlement date together with each order?".into(),
                },
                answers: vec![Said {
                    by: host(2),
                    text: format!("{text}\n\n{text}\n\n{text}"),
                }],
                pull: None,
            }),
        ],
        ..Document::default()
    }
}

fn short(n: usize, title: &str, standfirst: &str) -> Document {
    let mut blocks = vec![Block::Prose(sentences(n + 4, 5))];
    blocks.extend((0..5).map(|k| exchange(n * 5 + k, n % 2 == 1)));
    Document {
        title: title.into(),
        standfirst: standfirst.into(),
        keywords: vec!["사람".into()],
        publisher: "온새미".into(),
        event: "가까이에서, 2026 파트너 대화 · 서울 은하극장".into(),
        date: day(2026, 12, 1),
        blocks,
        ..Document::default()
    }
}

/// An issue of some forty pages.
pub fn issue(cover: Cover) -> Issue {
    let section = |title: &str, articles: Vec<Document>| Section {
        title: title.into(),
        articles,
    };
    Issue {
        lang: Lang::Ko,
        identifier: "urn:uuid:0192f0c0-0000-7000-8000-000000000003".into(),
        number: 3,
        title: "가까이에서 묻다".into(),
        publisher: "온새미".into(),
        date: day(2026, 12, 1),
        address: Some("https://onsaemi.example/issues/3".into()),
        cover,
        sections: vec![
            section(
                "대화",
                vec![
                    conversation(),
                    short(3, "빵집에서 배운 정산의 시간", "새벽에 문을 여는 사람들의 하루"),
                ],
            ),
            section(
                "현장",
                vec![
                    report(),
                    short(4, "상자 하나, 테이프 세 번", "포장을 바꾸기까지 석 달의 기록"),
                    short(5, "비 오는 날의 손님", "단골은 어떻게 생겨나는가"),
                ],
            ),
            section(
                "바깥에서",
                vec![
                    english(),
                    short(6, "서른 쪽의 안내서", "해외로 나가는 작은 가게를 위하여"),
                    short(8, "기다림에도 예의가 있다", "답을 기다린 마흔 분께 드리는 편지"),
                ],
            ),
        ],
    }
}

pub fn card() -> Card {
    Card {
        lang: Lang::Ko,
        title: "묻는 사람이 먼저 알고 있었다".into(),
        event: "가까이에서, 2026 파트너 대화".into(),
        host: "온새미".into(),
    }
}

/// Ten questions on stage.
pub fn cues() -> Vec<Cue> {
    let cue = |n: usize| Cue {
        at: format!("14:{:02}", n * 5),
        minutes: 5,
        question: QUESTIONS[n].into(),
        asker: partner(n),
        speakers: if n % 4 == 1 {
            vec![host(n), host(n + 1)]
        } else {
            vec![host(n)]
        },
        note: if n.is_multiple_of(3) {
            "자료 화면 있음".into()
        } else {
            String::new()
        },
    };
    (0..10).map(cue).collect()
}

/// Everybody.
pub fn people() -> Vec<Person> {
    (0..8).map(partner).chain((0..5).map(host)).collect()
}
