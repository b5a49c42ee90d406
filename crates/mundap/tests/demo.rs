//! The demo loads through the slices' services, once, and what the desk counts of it adds up.

use db::{
    entity::{self, event},
    prelude::*,
};
use desk::ledger::{self, Leaf, Show};
use domain::Clock;
use publishing::article;
use settings::Settings;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
};

fn settings(folder: &std::path::Path) -> Settings {
    let mut settings = Settings::embedded().expect("the default");
    folder.clone_into(&mut settings.data_dir);
    settings.database.url = format!("sqlite://{}", folder.join("demo.db").display());
    settings
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_loads_once_and_its_numbers_add_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = mundap::open(settings(folder.path()), Clock::system(), true)
        .await
        .expect("open");
    demo::load(&app).await.expect("load");
    let before = event::Entity::find().count(app.db.reader()).await.expect("count");
    let tour = demo::load(&app).await.expect("load again").to_string();
    assert_eq!(
        (
            before,
            event::Entity::find().count(app.db.reader()).await.expect("count")
        ),
        (3, 3)
    );
    for role in [
        "Moderator",
        "Stage operator",
        "Editor",
        "Administrator",
        "Partner",
        "Crew",
        "Reader",
    ] {
        assert!(tour.contains(role), "{role} in {tour}");
    }
    for (slug, asked, in_review, delivered) in [("open", 7, 0, 0), ("talk", 50, 4, 0), ("finished", 24, 0, 24)] {
        let row = event::Entity::find()
            .filter(event::Column::Slug.eq(slug))
            .one(app.db.reader())
            .await
            .expect("read");
        let row = row.expect("the event");
        let ledger = ledger::read(app.db.reader(), row.id, app.clock.now())
            .await
            .expect("ledger");
        assert!(ledger.adds_up());
        let numbers = (
            ledger.count(Show::In),
            ledger.leaf(Leaf::InReview),
            ledger.count(Show::Delivered),
        );
        assert_eq!(numbers, (asked, in_review, delivered), "{slug}");
        for show in Show::ALL {
            let list = ledger::list(
                app.db.reader(),
                row.id,
                app.clock.now(),
                (&ledger, *show),
                None,
                domain::Lang::Ko,
            );
            let list = list.await.expect("list");
            assert_eq!(list.rows.len() as u64, ledger.count(*show), "{slug} {}", show.as_str());
        }
        let export = desk::export::event(app.db.reader(), row.id)
            .await
            .expect("export")
            .expect("the event");
        assert_eq!(export["partners"].as_array().map(Vec::len), Some(85));
        assert!(!export.to_string().contains("argon2"));
    }
    app.db.close().await;
    let mut public = settings(folder.path());
    public.web.public_url = "https://talk.example".into();
    let refused = mundap::open(public, Clock::system(), false).await;
    assert!(
        matches!(refused, Err(mundap::OpenError::Settings(_))),
        "known passwords behind a public address"
    );
}

/// Status and body of one read, with the connection left open.
async fn read(stream: &mut TcpStream, path: &str) -> (u16, String) {
    let request = format!("GET {path} HTTP/1.1\r\nhost: talk\r\naccept: text/html\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("writes");
    let mut said = Vec::new();
    loop {
        assert_ne!(stream.read_buf(&mut said).await.expect("reads"), 0, "closed too early");
        let text = String::from_utf8_lossy(&said);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.lines().find_map(|l| l.strip_prefix("content-length: "));
        if length.is_some_and(|n| n == body.len().to_string()) || body.ends_with("\r\n0\r\n\r\n") {
            let status = head.split(' ').nth(1).and_then(|s| s.parse().ok());
            return (status.expect("a status"), body.to_owned());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_article_is_read_from_memory_until_the_moment_it_is_withdrawn() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = settings(folder.path());
    settings.web.bind = ([127, 0, 0, 1], 0).into();
    let app = mundap::open(settings, Clock::system(), true).await.expect("opens");
    demo::load(&app).await.expect("loads");
    let bound = mundap::Bound::bind(&app, mundap::Only::Web).await.expect("binds");
    let at = bound.web_address().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(Box::pin(bound.run(app.clone(), async {
        let _ = stopped.await;
    })));
    let row = entity::article::Entity::find()
        .filter(entity::article::Column::PublishedAt.is_not_null())
        .one(app.db.reader())
        .await
        .expect("reads");
    let row = row.expect("the demo's article");
    let path = format!("/articles/{}", row.slug);
    let connect = async || TcpStream::connect(at).await.expect("connects");

    let mut early = connect().await;
    let rendered = read(&mut early, &path).await;
    assert_eq!(rendered.0, 200);
    // A connection of its own: its first read is answered before hyper, and so are the others.
    let mut reader = connect().await;
    let mut still = connect().await;
    for _ in 0..3 {
        assert_eq!(read(&mut reader, &path).await, rendered);
        assert_eq!(read(&mut still, &path).await, rendered);
    }
    assert_eq!(read(&mut reader, "/sign-in").await.0, 200, "another page, by hyper");
    assert_eq!(read(&mut reader, &path).await, rendered);

    let staff = entity::staff::Entity::find().one(app.db.reader()).await.expect("reads");
    article::withdraw(&app, staff.expect("somebody").id, row.id)
        .await
        .expect("withdraws");
    for connection in [&mut still, &mut reader, &mut early] {
        assert_eq!(read(connection, &path).await.0, 410, "at once, for everybody");
    }
    stop.send(()).expect("still serves");
    serving.await.expect("no panic").expect("stops");
}
