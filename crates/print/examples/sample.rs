//! Writes one of everything, to look at: `cargo run -p print --example sample -- FOLDER`.

mod content;

use print::{Badge, Code, Cover, Heading, Label, LabelSheet, Lang};
use std::{env, error::Error, fs, path::PathBuf, time::Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("usage: sample FOLDER")?);
    fs::create_dir_all(&folder)?;
    let from = Instant::now();
    let write = |name: &str, bytes: &[u8]| {
        println!("{name}: {} bytes after {} ms", bytes.len(), from.elapsed().as_millis());
        fs::write(folder.join(name), bytes)
    };
    write("article.pdf", &print::pdf::article(&content::conversation())?.bytes)?;
    write("report.pdf", &print::pdf::article(&content::report())?.bytes)?;
    write("english.pdf", &print::pdf::article(&content::english())?.bytes)?;
    let issue = print::pdf::issue(&content::issue(Cover::Drawn))?;
    println!("issue.pdf has {} pages", issue.pages);
    write("issue.pdf", &issue.bytes)?;
    let hills = content::picture("언덕", "");
    write(
        "issue-picture.pdf",
        &print::pdf::issue(&content::issue(Cover::Picture(hills)))?.bytes,
    )?;
    write("article.epub", &print::epub::article(&content::conversation())?)?;
    write("issue.epub", &print::epub::issue(&content::issue(Cover::Drawn))?)?;
    write("og.png", &print::open_graph(&content::card())?)?;
    let mut long = content::card();
    long.title = "반품이 들어왔을 때 배송비를 누가 내는지 더 분명하게 적어 주실 수 있느냐는 물음에 답하다".into();
    write("og-long.png", &print::open_graph(&long)?)?;
    let code = Code::new("https://onsaemi.example/r/k7p2")?;
    write("code.svg", code.svg().as_bytes())?;
    write("code.png", &code.png(8)?)?;
    let heading = Heading {
        lang: Lang::Ko,
        title: "3호 배포처 라벨".into(),
        publisher: "온새미".into(),
        date: content::day(2026, 12, 1),
    };
    let labels: Vec<Label> = (1..=30)
        .map(|n| Label {
            name: format!("누리빵집 {n}호점"),
            address: format!("서울특별시 종로구 은하로 {n}길 {}, 1층", n * 3),
            copies: Some(20 + n),
            note: "계산대 옆에 놓아 주세요".into(),
            code: Some(format!("https://onsaemi.example/r/{n}")),
        })
        .collect();
    write(
        "labels.pdf",
        &print::labels(&heading, LabelSheet::OF_24, &labels)?.bytes,
    )?;
    let badges: Vec<Badge> = content::people()
        .into_iter()
        .enumerate()
        .map(|(n, person)| Badge {
            person,
            event: "가까이에서, 2026 파트너 대화".into(),
            code: Some(format!("https://onsaemi.example/b/{n}")),
        })
        .collect();
    write("badges.pdf", &print::badges(&heading, &badges)?.bytes)?;
    let heading = Heading {
        title: "무대 진행 순서".into(),
        ..heading
    };
    write("run.pdf", &print::run_of_show(&heading, &content::cues())?.bytes)?;
    Ok(())
}
