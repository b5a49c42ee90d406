//! Mails that were queued by the schema before this one.

use db::{entity, prelude::*};
use domain::state::mail::OutgoingState;
use migrations::MigratorTrait;
use sea_orm::PaginatorTrait;
use sea_orm::{Database, DbBackend, Statement};
use std::collections::HashMap;
use testkit::{Fresh, Postfix, eventually, free_port};

const MAILS: usize = 1_000;
/// The last step before the ways in.
const BEFORE: &str = "m0014_words";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_mails_of_the_schema_before_are_sent_once_each() {
    let postfix = Postfix::start("reply.localhost.example", free_port());
    let fresh = Fresh::new().await;
    queue(&fresh).await;
    let world = testkit::World::over(fresh, domain::Clock::system(), |s| {
        s.mail.out.port = postfix.port;
        s.mail.out.concurrency = 8;
        // All go to one domain.
        (s.mail.out.per_domain, s.mail.out.per_domain_minute) = (8, 0);
    })
    .await;
    let running = world.run().await;
    let mut left = u64::try_from(MAILS).expect("a number");
    while left > 0 {
        left = eventually("some more to be sent", async || {
            let now = entity::outgoing_mail::Entity::find()
                .filter(entity::outgoing_mail::Column::State.ne(OutgoingState::Sent))
                .count(world.app.db.reader())
                .await
                .expect("counts");
            (now < left).then_some(now)
        })
        .await;
    }
    eventually("the mail server to be idle", async || postfix.is_idle().then_some(())).await;
    running.stop().await;
    let mut by_id: HashMap<String, usize> = HashMap::new();
    for letter in postfix.letters() {
        *by_id.entry(letter.message_id).or_default() += 1;
    }
    assert_eq!(by_id.len(), MAILS);
    assert!(by_id.values().all(|copies| *copies == 1), "once each");
}

/// As a process of the version before has left them: some queued, some that it was just sending when it was stopped.
async fn queue(fresh: &Fresh) {
    let connection = Database::connect(&format!(
        "{}{}",
        fresh.url,
        if fresh.url.starts_with("sqlite") {
            "?mode=rwc"
        } else {
            ""
        }
    ))
    .await
    .expect("opens");
    let steps = migrations::Migrator::migrations();
    let steps = steps.iter().position(|s| s.name() == BEFORE).expect("the step") + 1;
    migrations::Migrator::up(&connection, Some(u32::try_from(steps).expect("few")))
        .await
        .expect("the schema of before");
    let backend = connection.get_database_backend();
    let letter =
        serde_json::to_string(&mail::Letter::new("안내").text("업그레이드 전에 줄을 선 메일입니다.")).expect("JSON");
    let (cast_json, cast_time) = match backend {
        DbBackend::Postgres => ("::jsonb", "::timestamptz"),
        _ => ("", ""),
    };
    for chunk in 0..MAILS / 100 {
        let rows: Vec<String> = (0..100)
            .map(|n| {
                let n = chunk * 100 + n;
                let id = uuid::Uuid::now_v7();
                // SQLite keeps an id as its octets.
                let key = match backend {
                    DbBackend::Postgres => format!("'{id}'::uuid"),
                    _ => format!("x'{}'", id.simple()),
                };
                format!(
                    "({key}, 'staff_notice', 'queued', '받는 이 {n}', 'p{n}@host.example', 'ko', '{letter}'{cast_json}, \
                     '{id}@reply.localhost.example', 'upgrade:{n}', '2026-11-01T00:00:00+00:00'{cast_time}, 1, '2026-11-01T00:00:00+00:00'{cast_time})"
                )
            })
            .collect();
        let sql = format!(
            "INSERT INTO outgoing_mail (id, kind, state, to_name, to_email, lang, letter, message_id, dedup, next_attempt_at, version, created_at) VALUES {}",
            rows.join(", ")
        );
        connection
            .execute_raw(Statement::from_string(backend, sql))
            .await
            .expect("inserts");
    }
    connection.close().await.expect("closes");
}
