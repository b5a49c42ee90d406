//! An event with many partners, made through the slices' own services.

use crate::process::Home;
use anyhow::{Context, Result};
use chrono::Duration;
use db::{Engine, audit::Actor, people};
use domain::{Clock, EmailAddress, EventId, InvitationId, Lang, ServiceId};
use intake::staff::service as staff;
use settings::Settings;

pub(crate) struct Scene {
    pub(crate) service: ServiceId,
    /// Links of partners with an address, who get a receipt for every question.
    pub(crate) with_mail: Vec<String>,
    pub(crate) without_mail: Vec<String>,
    /// An event and a partner of whom nobody asks anything: the bare rows are theirs.
    pub(crate) bare: (EventId, InvitationId),
}

/// An empty database of the engine.
pub(crate) async fn home(engine: Engine) -> Result<Home> {
    let mut home = Home::sqlite()?;
    if engine == Engine::Postgres {
        use sea_orm::{ConnectionTrait, Database};
        let admin =
            std::env::var("MUNDAP_TEST_POSTGRES").context("MUNDAP_TEST_POSTGRES is not set; run `make bench`")?;
        let name = format!("bench{}", uuid::Uuid::new_v4().simple());
        let connection = Database::connect(&admin).await?;
        connection
            .execute_unprepared(&format!("CREATE DATABASE {name}"))
            .await?;
        connection.close().await?;
        let (server, _) = admin.rsplit_once('/').context("an address with a database")?;
        home.url = format!("{server}/{name}");
    }
    Ok(home)
}

/// Fills it.
pub(crate) async fn set(home: &Home, with_mail: usize, without_mail: usize, each: i32) -> Result<Scene> {
    let mut settings = Settings::embedded()?;
    home.dir.path().clone_into(&mut settings.data_dir);
    settings.database.url.clone_from(&home.url);
    let app = mundap::open(settings, Clock::system(), false).await?;
    let clock = &app.clock;
    let tx = app.db.begin_write().await?;
    let service = staff::service::NewService {
        name: "나래웹툰".into(),
        name_en: "Narae Webtoon".into(),
        ..Default::default()
    };
    let service = staff::service::add(&tx, clock, Actor::System, service)
        .await
        .map_err(told)?;
    let mut events = Vec::new();
    for slug in ["talk", "bare"] {
        events.push(
            staff::event::create(&tx, clock, Actor::System, event(slug, each, clock))
                .await
                .map_err(told)?,
        );
    }
    let mut invitations = Vec::new();
    for n in 0..with_mail + without_mail {
        let email = (n < with_mail).then(|| EmailAddress::parse(&format!("partner{n}@company.example")));
        let new = partner(n, email.transpose()?, service);
        invitations.push(
            staff::partner::add(&tx, clock, Actor::System, events[0], new)
                .await
                .map_err(told)?,
        );
    }
    let silent = staff::partner::add(&tx, clock, Actor::System, events[1], partner(usize::MAX, None, service))
        .await
        .map_err(told)?;
    tx.commit().await?;
    let mut links = Vec::new();
    for id in invitations {
        let invitee = people::invitee(app.db.reader(), id, Lang::Ko)
            .await?
            .context("an invitee")?;
        let url = staff::invitation::personal_url(&app, &invitee);
        links.push(url.trim_start_matches(&app.settings.web.public_url).to_owned());
    }
    app.db.close().await;
    let rest = links.split_off(with_mail);
    Ok(Scene {
        service,
        with_mail: links,
        without_mail: rest,
        bare: (events[1], silent),
    })
}

/// The slice's error holds words that cannot travel between threads.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn told(error: intake::Error) -> anyhow::Error {
    anyhow::anyhow!("{error}")
}

fn event(slug: &str, each: i32, clock: &Clock) -> staff::event::NewEvent {
    staff::event::NewEvent {
        slug: slug.into(),
        title: "파트너와의 대화".into(),
        title_en: "A talk with partners".into(),
        host_name: "나래".into(),
        host_name_en: "Narae".into(),
        intro: String::new(),
        intro_en: String::new(),
        time_zone: chrono_tz::Asia::Seoul,
        opens_at: clock.now() - Duration::days(1),
        closes_at: clock.now() + Duration::days(7),
        live_places: 10,
        reverse_places: 8,
        max_questions: each,
        answer_days: 7,
    }
}

fn partner(n: usize, email: Option<EmailAddress>, service: ServiceId) -> staff::partner::NewPartner {
    staff::partner::NewPartner {
        company: Some(format!("회사 {}", n / 3)),
        title: Some("대표".into()),
        name: format!("파트너 {n}"),
        pen_name: None,
        group: None,
        field: None,
        services: vec![service],
        email,
        lang: Lang::Ko,
        display_line: None,
    }
}
