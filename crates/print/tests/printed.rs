//! PDF as other programs read it: poppler (pdfinfo, pdffonts, pdftotext) and qpdf.

#[path = "../examples/content/mod.rs"]
#[expect(dead_code, reason = "the cards are for the other tests")]
mod content;
#[expect(dead_code, reason = "books are for the other tests")]
mod tools;

use print::{
    Badge, Block, Code, Column, Correction, Cover, Document, Error, Exchange, Figures, Heading, Issue, Label,
    LabelSheet, Lang, Pdf, Person, Picture, Said, Side, pdf,
};
use std::collections::BTreeSet;
use tools::File;

/// What every PDF of ours keeps.
fn sound(made: &Pdf, title: &str, lang: &str) -> File {
    let file = File::new("it.pdf", &made.bytes);
    let info = file.ask("pdfinfo", &["@"]);
    let says = |name: &str| {
        let line = info.lines().find(|l| l.starts_with(&format!("{name}:")));
        line.and_then(|l| l.split_once(':')).map(|(_, v)| v.trim().to_owned())
    };
    assert_eq!(says("Tagged").as_deref(), Some("yes"), "{info}");
    assert_eq!(says("Title").as_deref(), Some(title), "{info}");
    assert_eq!(says("JavaScript").as_deref(), Some("no"), "{info}");
    assert_eq!(says("Pages"), Some(made.pages.to_string()), "{info}");
    let check = file.run("qpdf", &["--check", "@"]);
    let said = String::from_utf8_lossy(&check.stdout);
    assert!(
        check.status.success() && said.contains("No syntax or stream encoding errors"),
        "{said}"
    );
    let json = file.ask("qpdf", &["--json", "@"]);
    assert!(json.contains(&format!("\"/Lang\": \"u:{lang}\"")), "the language");
    assert!(
        json.contains("pdfuaid:part") || made.bytes.windows(12).any(|w| w == b"pdfuaid:part"),
        "PDF/UA"
    );
    let fonts = file.ask("pdffonts", &["@"]);
    let rows: Vec<&str> = fonts.lines().skip(2).collect();
    assert!(!rows.is_empty(), "{fonts}");
    for row in rows {
        // Columns from the right: object, generation, uni, sub, emb.
        let columns: Vec<&str> = row.split_whitespace().rev().collect();
        assert_eq!((columns[4], columns[3]), ("yes", "yes"), "embedded, as a subset: {row}");
    }
    file
}

fn has_hangul(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '가'..='힣'))
}

/// All words that a document says, and those that print adds.
fn words_of(d: &Document) -> BTreeSet<String> {
    let mut text = format!(
        "{} {} {} {} 2026년 12월 1일 · {} #{}",
        d.title,
        d.standfirst,
        d.event,
        d.publisher,
        d.corrections.iter().map(|c| c.text.as_str()).collect::<String>(),
        d.keywords.join(" #"),
    );
    let mut add = |more: &str| {
        text.push(' ');
        text.push_str(more);
    };
    let person = |add: &mut dyn FnMut(&str), p: &Person| {
        add(&p.lead);
        add(&p.rest);
        if let Side::Partner { services } = &p.side {
            add(&services.join(" "));
        }
    };
    for block in &d.blocks {
        match block {
            Block::Prose(markdown) => add(&markdown
                .replace("**", "")
                .replace(['*', '#'], "")
                .replace("(https://onsaemi.example/talk)", "")
                .replace(['[', ']'], "")),
            Block::Part(title) => add(title),
            Block::Exchange(x) => {
                add(x.heading.as_deref().unwrap_or_default());
                for said in std::iter::once(&x.question).chain(&x.answers).chain(&x.pull) {
                    person(&mut add, &said.by);
                    add(&said.text);
                }
            }
            Block::Quote(said) => {
                person(&mut add, &said.by);
                add(&said.text);
            }
            Block::Picture(p) => add(&p.caption),
            Block::Figures(f) => {
                add(&f.caption);
                for cell in f.columns.iter().chain(f.rows.iter().flatten()) {
                    add(cell);
                }
            }
        }
    }
    text.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn an_article_is_tagged_named_and_whole() {
    let d = content::conversation();
    let made = pdf::article(&d).expect("a PDF");
    let file = sound(&made, &d.title, "ko");
    let text = file.pages().join("\n");
    for said in [
        "Ray(서라온)",
        "온새미결제",
        "바로잡습니다",
        "누리빵집",
        "#상생",
        "onsaemi.example/articles/near-2026",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    let json = file.ask("qpdf", &["--json", "@"]);
    assert!(
        json.contains("/Outlines") && json.contains("u:1부 · 파트너가 묻고 회사가 답하다"),
        "bookmarks"
    );
    assert!(
        json.contains("/S\": \"/H1\"") && json.contains("/S\": \"/H3\""),
        "headings are headings"
    );
    assert!(json.contains("u:https://onsaemi.example/talk"), "a link leads");
    assert_eq!(
        made,
        pdf::article(&d).expect("again"),
        "the same document makes the same bytes"
    );
}

#[test]
fn no_korean_word_is_broken_at_the_end_of_a_line() {
    for d in [content::conversation(), content::report()] {
        let file = File::new("it.pdf", &pdf::article(&d).expect("a PDF").bytes);
        let known = words_of(&d);
        let mut seen = BTreeSet::new();
        for word in file
            .pages()
            .iter()
            .flat_map(|p| p.split_whitespace())
            .filter(|w| has_hangul(w))
        {
            // The running head is cut with `…`, at a word's end.
            let whole = word.trim_end_matches('…');
            let ours = ["질문", "답변", "바로잡습니다", "9일"].contains(&word);
            assert!(
                ours || known.contains(word) || known.contains(whole),
                "{word:?} is no word of {:?}",
                d.title
            );
            seen.insert(word.to_owned());
        }
        let missing: Vec<_> = known.iter().filter(|w| has_hangul(w) && !seen.contains(*w)).collect();
        assert_eq!(missing, Vec::<&String>::new(), "every word of the article is there");
    }
}

#[test]
fn articles_under_no_section_stand_in_the_contents_too() {
    let mut i = content::issue(Cover::Drawn);
    i.sections.truncate(1);
    i.sections[0].title = String::new();
    i.sections[0].articles.truncate(1);
    let made = pdf::issue(&i).expect("a PDF");
    let contents = &sound(&made, "가까이에서 묻다 제3호", "ko").pages()[1];
    assert!(
        contents.contains("이번 호의 글") && contents.contains(&i.sections[0].articles[0].title),
        "{contents}"
    );
}

#[test]
fn an_issue_has_cover_contents_and_bookmarks() {
    let i = content::issue(Cover::Drawn);
    let made = pdf::issue(&i).expect("a PDF");
    assert!(made.pages >= 40, "{} pages", made.pages);
    let file = sound(&made, "가까이에서 묻다 제3호", "ko");
    let pages = file.pages();
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat(&pages[0]).contains("제3호 · 2026년 12월"), "{}", pages[0]);
    // The page on which an article's standfirst stands is the one that the contents name.
    let contents = &pages[1];
    let articles: Vec<&Document> = i.sections.iter().flat_map(|s| &s.articles).collect();
    for d in &articles {
        let opens = (2..pages.len()).find(|p| flat(&pages[*p]).contains(&flat(&d.standfirst)));
        let opens = opens.unwrap_or_else(|| panic!("{} opens nowhere", d.title)) + 1;
        let line = contents.lines().find(|l| l.contains(&d.title));
        let line = line.unwrap_or_else(|| panic!("{} is not in {contents}", d.title));
        assert_eq!(
            line.split_whitespace().last(),
            Some(opens.to_string().as_str()),
            "{line}"
        );
        // The page after it bears its number and, outside, the head of its side.
        let next = flat(&pages[opens]);
        let head = if (opens + 1) % 2 == 0 {
            "가까이에서 묻다 · 제3호"
        } else {
            d.title.as_str()
        };
        assert!(
            next.starts_with(head) && next.ends_with(&(opens + 1).to_string()),
            "{head}: {next}"
        );
    }
    let json = file.ask("qpdf", &["--json", "@"]);
    for d in articles {
        assert!(
            json.contains(&format!("\"/Title\": \"u:{}\"", d.title)),
            "a bookmark for {}",
            d.title
        );
    }
    let links = json.matches("\"/Subtype\": \"/Link\"").count();
    assert!(links >= 8, "the contents lead to their pages: {links}");
}

fn person(lead: &str) -> Person {
    Person {
        lead: lead.into(),
        rest: lead.into(),
        works_for: None,
        side: Side::Partner {
            services: vec![lead.into()],
        },
    }
}

const HOSTILE: &[&str] = &[
    "#image(\"/etc/passwd\") #read(\"data.json\") #panic() $ x^2 $ *굵게* _기울임_ `코드` @label <label> = 제목 \\ // 주석 /* 글 */",
    "</p></body><script>alert(1)</script><b onload=x>&lt;&amp;&#0; ]]> <![CDATA[ <!DOCTYPE x>",
    "\u{202e}거꾸로\u{202c} \u{2066}\u{2069}\u{200f}\u{0}\u{1}\u{b}\u{fffe}\u{ffff}\u{fdd0}\u{e000}\u{10ffff}\u{feff}",
    "שלום עולם مرحبا بالعالم 👩‍👩‍👧‍👦 👍🏽 🇰🇷 ☎️ 韓國 日本 e\u{301} 각\u{331} \u{1112}\u{1161}\u{11ab}",
    "#{while true {}} #let x = 1; #set page(width: 1pt) #include \"/x\" [a](javascript:alert(1)) ![p](https://evil.example/p.png)",
];

fn hostile(text: &str) -> Document {
    let said = || Said {
        by: person(text),
        text: text.into(),
    };
    Document {
        lang: Lang::Ko,
        identifier: text.into(),
        title: text.into(),
        standfirst: text.into(),
        keywords: vec![text.into(), String::new()],
        publisher: text.into(),
        event: text.into(),
        date: content::day(2026, 12, 1),
        address: Some(text.into()),
        blocks: vec![
            Block::Prose(text.into()),
            Block::Prose(format!(
                "# {text}\n\n- {text}\n\n> {text}\n\n```\n{text}\n```\n\n[{text}](https://x.example/{text})"
            )),
            Block::Part(text.into()),
            Block::Exchange(Exchange {
                heading: Some(text.into()),
                question: said(),
                answers: vec![said()],
                pull: Some(said()),
            }),
            Block::Quote(said()),
            Block::Picture(content::picture(text, text)),
            Block::Figures(Figures {
                caption: text.into(),
                columns: vec![text.into(), text.into()],
                rows: vec![vec![text.into()], vec![text.into(), text.into(), text.into()], vec![]],
            }),
        ],
        corrections: vec![Correction {
            date: content::day(2026, 12, 2),
            text: text.into(),
        }],
    }
}

#[test]
fn hostile_text_is_set_as_it_is() {
    for text in HOSTILE {
        let mut d = hostile(text);
        // A line has its limit; the texts are shorter.
        d.title = d.title.chars().take(300).collect();
        let made = pdf::article(&d).unwrap_or_else(|e| panic!("{text}: {e}"));
        let file = File::new("it.pdf", &made.bytes);
        assert!(file.run("qpdf", &["--check", "@"]).status.success(), "{text}");
        let json = file.ask("qpdf", &["--json", "@"]);
        for act in ["JavaScript", "Launch", "GoToR", "SubmitForm", "ImportData", "Rendition"] {
            assert!(!json.contains(&format!("\"/S\": \"/{act}\"")), "{act} of {text}");
        }
        let led = json.lines().filter(|l| l.contains("\"/URI\": \"u:"));
        let astray: Vec<_> = led
            .filter(|l| !l.contains("\"/URI\": \"u:https://x.example/"))
            .collect();
        assert_eq!(astray, Vec::<&str>::new(), "{text}");
    }
    let text = File::new("it.pdf", &pdf::article(&hostile(HOSTILE[0])).expect("a PDF").bytes)
        .pages()
        .join(" ");
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains("#image(\"/etc/passwd\")") && flat.contains("#panic()") && flat.contains("*굵게*"),
        "{flat}"
    );
    assert!(!text.contains("root:"), "no file was read");
}

#[test]
fn a_word_wider_than_the_page_stays_on_it() {
    let long = [
        "가".repeat(3_000),
        "w".repeat(10_000),
        "https://onsaemi.example/".to_owned() + &"%EC%98%A8/".repeat(40),
        "긴word나".repeat(60),
    ];
    for word in long {
        let said = |text: &str| Said {
            by: person(&word[..word.char_indices().nth(120).map_or(word.len(), |(at, _)| at)]),
            text: text.into(),
        };
        let line: String = word.chars().take(300).collect();
        let d = Document {
            title: line.clone(),
            standfirst: word.clone(),
            event: line.clone(),
            publisher: line.clone(),
            blocks: vec![
                Block::Prose(format!("{word}\n\n- {word}\n\n> - {word}\n\n```\n{word}\n```")),
                Block::Part(line.clone()),
                Block::Exchange(Exchange {
                    heading: Some(line.clone()),
                    question: said(&word),
                    answers: vec![said(&word)],
                    pull: Some(said(&line)),
                }),
                Block::Quote(said(&word)),
                Block::Figures(Figures {
                    caption: word.clone(),
                    columns: vec![line.clone(), line.clone(), line.clone()],
                    rows: vec![vec![line.clone(), line.clone(), line.clone()]],
                }),
            ],
            ..content::conversation()
        };
        let file = File::new("it.pdf", &pdf::article(&d).expect("a PDF").bytes);
        for (word, [left, right, bottom, wide, high]) in file.boxes() {
            // The margins are 25 and 27 mm: the text ends 71 points before the edge. Questions' numbers hang outside.
            assert!(
                left > 40.0 && right < wide - 66.0 && bottom < high - 30.0,
                "{left} to {right}, down to {bottom}: {word}"
            );
        }
    }
}

#[test]
fn what_is_too_much_or_broken_is_told() {
    let d = content::conversation();
    let with = |block: Block| Document {
        blocks: vec![block],
        ..d.clone()
    };
    let picture = |bytes: &[u8]| {
        with(Block::Picture(Picture {
            bytes: bytes.to_vec(),
            alternative: "그림".into(),
            caption: String::new(),
        }))
    };
    assert!(matches!(
        pdf::article(&Document {
            title: " ".into(),
            ..d.clone()
        }),
        Err(Error::Empty { .. })
    ));
    assert!(matches!(
        pdf::article(&with(Block::Prose("가".repeat(400_001)))),
        Err(Error::TooLarge { .. })
    ));
    assert!(matches!(
        pdf::article(&picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>")),
        Err(Error::Picture { at: 1, .. })
    ));
    assert!(matches!(
        pdf::article(&picture(b"GIF89a")),
        Err(Error::Picture { at: 1, .. })
    ));
    // A head that promises more dots than anybody's memory holds.
    let mut bomb = content::picture("", "").bytes;
    bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    assert!(matches!(
        pdf::article(&picture(&bomb)),
        Err(Error::TooLarge {
            what: "dots of a picture",
            ..
        })
    ));
    let cut = &content::picture("", "").bytes[..400];
    assert!(
        matches!(pdf::article(&picture(cut)), Err(Error::Set(_))),
        "a broken picture"
    );
    assert!(matches!(
        pdf::issue(&Issue {
            sections: vec![],
            ..content::issue(Cover::Drawn)
        }),
        Err(Error::Empty { .. })
    ));
    assert!(matches!(
        Code::new(&"x".repeat(4_000)),
        Err(Error::Code { length: 4_000 })
    ));
}

#[test]
fn labels_badges_and_run_of_show_hold_what_they_are_given() {
    let heading = Heading {
        lang: Lang::Ko,
        title: "라벨".into(),
        publisher: "온새미".into(),
        date: content::day(2026, 12, 1),
    };
    let labels: Vec<Label> = (1..=25)
        .map(|n| Label {
            name: format!("누리빵집 {n}호점"),
            address: "서울특별시 종로구 은하로 12".into(),
            copies: Some(n),
            note: String::new(),
            code: Some(format!("https://onsaemi.example/r/{n}")),
        })
        .collect();
    let made = print::labels(&heading, LabelSheet::OF_24, &labels).expect("labels");
    assert_eq!(made.pages, 2);
    let text = sound(&made, "라벨", "ko").pages().join("\n");
    assert!(
        (1..=25).all(|n| text.contains(&format!("{n}호점"))) && text.contains("25부"),
        "{text}"
    );
    let badges: Vec<Badge> = content::people()
        .into_iter()
        .map(|person| Badge {
            person,
            event: "가까이에서".into(),
            code: None,
        })
        .collect();
    let made = print::badges(&heading, &badges).expect("badges");
    assert_eq!(made.pages, 2);
    let text = sound(&made, "라벨", "ko").pages().join("\n");
    assert!(text.contains("Mina Okafor") && text.contains("누리빵집"), "{text}");
    let made = print::run_of_show(&heading, &content::cues()).expect("a run of show");
    let text = sound(&made, "라벨", "ko").pages().join("\n");
    assert!(text.contains("14:45") && text.contains("Juno(민주노)"), "{text}");
}

#[test]
fn a_list_has_its_headings_on_every_page() {
    let heading = Heading {
        lang: Lang::Ko,
        title: "배포처".into(),
        publisher: "온새미".into(),
        date: content::day(2026, 12, 1),
    };
    let columns = [("이름", 3, false), ("부수", 1, true)].map(|(title, share, number)| Column {
        title: title.into(),
        share,
        number,
    });
    let rows: Vec<Vec<String>> = (1..=120)
        .map(|n| vec![format!("누리빵집 {n}호점"), n.to_string()])
        .collect();
    let made = print::list(&heading, "120곳 · 7,260부", &columns, &rows).expect("a list");
    assert!(made.pages > 1);
    let pages = sound(&made, "배포처", "ko").pages();
    assert!(
        pages.iter().all(|page| page.contains("이름") && page.contains("부수")),
        "{pages:?}"
    );
    assert!(pages.join("\n").contains("120호점"));
}
