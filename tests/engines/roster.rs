//! A roster comes as XLSX or as what Excel in Korea calls CSV.

use crate::flow::scene::{self, Size};
use db::{entity, prelude::*};
use intake::staff::roster::import_file;
use sea_orm::PaginatorTrait;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::World;

const HEAD: [&str; 7] = ["회사", "직함", "이름", "분야", "서비스", "이메일", "언어"];

fn rows(count: usize) -> Vec<[String; 7]> {
    (0..count)
        .map(|n| {
            [
                format!("상사 {}", n / 3),
                "대리".into(),
                format!("사람 {n}"),
                "콘텐츠".into(),
                format!("서비스 {}; 서비스 {}", n % 8, (n + 1) % 8),
                format!("person{n}@roster.example"),
                if n % 10 == 0 { "en".into() } else { "ko".into() },
            ]
        })
        .collect()
}

fn xlsx(rows: &[[String; 7]]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in HEAD.iter().enumerate() {
        sheet
            .write_string(0, u16::try_from(column).expect("few"), *name)
            .expect("writes");
    }
    for (n, row) in rows.iter().enumerate() {
        for (column, value) in row.iter().enumerate() {
            let (line, column) = (u32::try_from(n + 1).expect("few"), u16::try_from(column).expect("few"));
            sheet.write_string(line, column, value).expect("writes");
        }
    }
    book.save_to_buffer().expect("a book")
}

async fn people(world: &World) -> u64 {
    entity::invitation::Entity::find()
        .count(world.app.db.reader())
        .await
        .expect("counts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_rows_import_with_progress_and_importing_twice_changes_nothing() {
    let world = World::new().await;
    let scene = scene::set(
        &world,
        Size {
            partners: 0,
            ..Size::default()
        },
    )
    .await;
    let (db, clock) = (&world.app.db, &world.app.clock);
    let file = xlsx(&rows(5_000));

    let dry = import_file(db, clock, scene.event, &file, true, |_, _| {})
        .await
        .expect("reads");
    assert_eq!((dry.new, dry.wrong), (5_000, 0));
    assert_eq!(people(&world).await, 0, "a dry run writes nothing");

    let steps = AtomicUsize::new(0);
    let first = import_file(db, clock, scene.event, &file, false, |done, total| {
        assert!(done <= total);
        steps.fetch_add(1, Ordering::Relaxed);
    })
    .await
    .expect("imports");
    assert_eq!(first.new, 5_000);
    assert!(steps.load(Ordering::Relaxed) > 5, "progress was told");
    assert_eq!(people(&world).await, 5_000);

    let again = import_file(db, clock, scene.event, &file, false, |_, _| {})
        .await
        .expect("imports");
    assert_eq!((again.new, again.changed, again.unchanged), (0, 0, 5_000));
    assert_eq!(people(&world).await, 5_000);

    let mut moved = rows(5_000);
    moved[17][1] = "과장".into();
    let changed = import_file(db, clock, scene.event, &xlsx(&moved), false, |_, _| {})
        .await
        .expect("imports");
    assert_eq!((changed.new, changed.changed, changed.unchanged), (0, 1, 4_999));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_cp949_file_with_twenty_bad_rows_the_good_ones_come_in_and_each_bad_one_has_its_reason() {
    let world = World::new().await;
    let scene = scene::set(
        &world,
        Size {
            partners: 0,
            ..Size::default()
        },
    )
    .await;
    let mut people_in = rows(100);
    for n in 0..5 {
        people_in[n][5] = "주소가 아님".into();
        people_in[10 + n][4] = "없는 서비스".into();
        people_in[20 + n][2] = String::new();
        people_in[30 + n][6] = "klingon".into();
    }
    let mut text = HEAD.join(",") + "\r\n";
    for row in &people_in {
        text += &(row.join(",") + "\r\n");
    }
    let (bytes, _, lost) = encoding_rs::EUC_KR.encode(&text);
    assert!(!lost, "every syllable fits CP949");

    let summary = import_file(&world.app.db, &world.app.clock, scene.event, &bytes, false, |_, _| {})
        .await
        .expect("imports");
    assert_eq!((summary.new, summary.wrong), (80, 20));
    assert_eq!(summary.problems.len(), 20);
    assert!(summary.problems.iter().all(|(_, problems)| !problems.is_empty()));
    assert_eq!(people(&world).await, 80);
}
