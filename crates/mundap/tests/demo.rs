//! The demo loads through the slices' services, once, and what the desk counts of it adds up.

use db::{entity::event, prelude::*};
use desk::ledger::{self, Leaf, Show};
use domain::Clock;
use settings::Settings;

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
    let refused = mundap::open(
        Settings {
            web: settings::Web {
                public_url: "https://talk.example".into(),
                ..settings(folder.path()).web
            },
            ..settings(folder.path())
        },
        Clock::system(),
        false,
    )
    .await;
    assert!(
        matches!(refused, Err(mundap::OpenError::Settings(_))),
        "known passwords behind a public address"
    );
}
