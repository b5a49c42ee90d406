//! Articles that were made by the schema before this one.

use db::prelude::*;
use domain::{ArticleId, BlockId, EventId, ReverseId};
use migrations::MigratorTrait;
use publishing::article::{self, Asked, BlockBody};
use sea_orm::{Database, DbBackend, Statement};
use testkit::Fresh;

/// The last step before articles were lists of blocks.
const BEFORE: &str = "m0024_delivery_words";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_article_in_two_parts_becomes_one_list() {
    let fresh = Fresh::new().await;
    let sqlite = fresh.url.starts_with("sqlite");
    let connection = Database::connect(&format!("{}{}", fresh.url, if sqlite { "?mode=rwc" } else { "" }))
        .await
        .expect("opens");
    let steps = migrations::Migrator::migrations();
    let steps = steps.iter().position(|s| s.name() == BEFORE).expect("the step") + 1;
    migrations::Migrator::up(&connection, Some(u32::try_from(steps).expect("few")))
        .await
        .expect("the schema of before");
    let backend = connection.get_database_backend();
    // SQLite keeps an id as its octets.
    let key = |id: uuid::Uuid| match backend {
        DbBackend::Postgres => format!("'{id}'::uuid"),
        _ => format!("x'{}'", id.simple()),
    };
    let moment = |day: &str| match backend {
        DbBackend::Postgres => format!("'{day}T00:00:00+00:00'::timestamptz"),
        _ => format!("'{day}T00:00:00+00:00'"),
    };
    let (at, later) = (moment("2026-11-01"), moment("2026-11-08"));
    let (event, id) = (EventId::new(), ArticleId::new());
    let (one, two) = (ReverseId::new(), ReverseId::new());
    let exchange = BlockId::new();
    let (event_key, id_key) = (key(event.uuid()), key(id.uuid()));
    let mut all = vec![format!(
        "INSERT INTO event (id, slug, title, title_en, host_name, host_name_en, intro, intro_en, time_zone, opens_at, closes_at, \
         live_places, reverse_places, max_questions, answer_days, created_at) VALUES \
         ({event_key}, 'old', '옛 행사', '', '나래', '', '', '', 'Asia/Seoul', {at}, {later}, 10, 8, 5, 7, {at})"
    )];
    for (n, reverse) in [one, two].iter().enumerate() {
        all.push(format!(
            "INSERT INTO reverse_question (id, event_id, body, lang, state, place, version, created_at) VALUES \
             ({}, {event_key}, '바라는 것은요?', 'ko', 'sent', {}, 1, {at})",
            key(reverse.uuid()),
            n + 1
        ));
    }
    all.push(format!(
        "INSERT INTO article (id, event_id, slug, lang, title, intro, closing, state, version, created_at, updated_at) VALUES \
         ({id_key}, {event_key}, 'old', 'ko', '옛 글', '머리말', '맺음말', 'draft', 7, {at}, {at})"
    ));
    for (block, part, reverse, pull) in [
        (BlockId::new(), "partners", one, "NULL"),
        (exchange, "company", two, "'뽑은 말'"),
    ] {
        all.push(format!(
            "INSERT INTO article_exchange (id, article_id, part, position, reverse_id, pull) VALUES \
             ({}, {id_key}, '{part}', 1, {}, {pull})",
            key(block.uuid()),
            key(reverse.uuid())
        ));
    }
    for sql in all {
        connection
            .execute_raw(Statement::from_string(backend, sql))
            .await
            .expect("inserts");
    }
    connection.close().await.expect("closes");

    let db = fresh.open().await;
    let (version, draft) = article::current(db.reader(), id).await.expect("reads");
    assert_eq!(version, 7);
    let [intro, company, first, partners, second, closing] = &draft.blocks[..] else {
        panic!("{:?}", draft.blocks)
    };
    assert_eq!(intro.body, BlockBody::prose("머리말"));
    assert_eq!(closing.body, BlockBody::prose("맺음말"));
    for part in [company, partners] {
        assert!(matches!(&part.body, BlockBody::Part { heading, side: Some(_) } if heading.is_empty()));
    }
    assert_eq!((first.id, first.body.asked()), (exchange, Some(Asked::Reverse(two))));
    assert!(matches!(&first.body, BlockBody::Exchange(x) if x.pull == "뽑은 말"));
    assert_eq!(second.body.asked(), Some(Asked::Reverse(one)));
}
