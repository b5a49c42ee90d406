//! One whole Mundap for one story.

use crate::{Browser, Fresh};
use axum::Router;
use db::audit;
use domain::{Clock, StaffId, role::Role, token::Keys};
use sea_orm::{ActiveValue::Set, EntityTrait};
use settings::Settings;
use std::{net::SocketAddr, sync::Arc};
use tokio::{sync::watch, task::JoinHandle};
use web::App;

/// A Mundap with an empty database. Nothing runs in the background before [`World::run`].
pub struct World {
    pub app: App,
    pub router: Router,
    pub fresh: Fresh,
}

/// The whole process in a task: web, worker, sender, listeners. Stop it, or it goes with the test.
pub struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    /// Where the pages are served.
    pub web: SocketAddr,
    pub smtp: SocketAddr,
    pub lmtp: SocketAddr,
}

/// A port of loopback that is free now.
///
/// # Panics
/// When there is none.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|l| l.local_addr())
        .expect("a free port")
        .port()
}

impl World {
    /// On the machine's clock.
    pub async fn new() -> Self {
        Self::with(Clock::system(), |_| {}).await
    }

    /// # Panics
    /// When the database or the configuration does not open.
    pub async fn with(clock: Clock, change: impl FnOnce(&mut Settings)) -> Self {
        let fresh = Fresh::new().await;
        let db = fresh.open().await;
        let mut settings = Settings::embedded().expect("the embedded default");
        fresh.dir.path().clone_into(&mut settings.data_dir);
        settings.database.url.clone_from(&fresh.url);
        settings.web.bind = ([127, 0, 0, 1], 0).into();
        settings.mail.inbound.smtp_bind = ([127, 0, 0, 1], free_port()).into();
        settings.mail.inbound.lmtp_bind = ([127, 0, 0, 1], free_port()).into();
        // A story that wants DNS brings its own.
        settings.mail.inbound.dns = settings::Dns::Off;
        change(&mut settings);
        let app = App::new(
            db,
            Arc::new(settings),
            clock,
            Keys::from_random([7; 32]),
            db::Wake::default(),
            false,
        );
        Self {
            router: mundap::compose(app.clone()),
            app,
            fresh,
        }
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.router.clone(), &self.app.settings.web.public_url)
    }

    /// An account with these roles; its password is [`World::PASSWORD`].
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn staff(&self, name: &str, roles: &[Role]) -> StaffId {
        let id = StaffId::new();
        let row = db::entity::staff::ActiveModel {
            id: Set(id),
            email: Set(domain::EmailAddress::parse(&format!("{name}@host.example")).expect("an address")),
            name: Set(name.to_owned()),
            password_hash: Set(web::password::hash(Self::PASSWORD.into()).await.expect("hashes")),
            roles: Set(domain::role::join(roles)),
            disabled_at: Set(None),
            created_at: Set(self.app.clock.now()),
        };
        let tx = self.app.db.begin_write().await.expect("begins");
        db::entity::staff::Entity::insert(row)
            .exec_without_returning(&tx)
            .await
            .expect("inserts");
        tx.commit().await.expect("commits");
        id
    }

    pub const PASSWORD: &'static str = "correct horse battery staple";

    /// A browser that has signed in as the staff member of this name.
    ///
    /// # Panics
    /// When signing in fails.
    pub async fn signed_in(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        let page = browser.get("/sign-in").await.ok();
        let form = page
            .form("/sign-in")
            .set("email", &format!("{name}@host.example"))
            .set("password", Self::PASSWORD);
        let page = browser.send(&form).await.ok();
        assert!(page.path.starts_with("/desk"), "signed in: {}", page.text());
        browser
    }

    /// Starts everything that `mundap serve` runs.
    ///
    /// # Panics
    /// When a port is taken.
    pub async fn run(&self) -> Running {
        let (stop, mut stopped) = watch::channel(false);
        let bound = mundap::Bound::bind(&self.app, mundap::Only::All).await.expect("binds");
        let web = bound.web_address().expect("the web listens");
        let (smtp, lmtp) = bound.mail_addresses().expect("the mail listeners listen");
        let app = self.app.clone();
        let task = tokio::spawn(async move {
            let stopped = async move {
                let _ = stopped.wait_for(|s| *s).await;
            };
            Box::pin(bound.run(app, stopped)).await.expect("serves");
        });
        Running {
            stop,
            task,
            web,
            smtp,
            lmtp,
        }
    }

    /// Entries of the audit log with this action.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn audited(&self, action: &str) -> u64 {
        use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter};
        db::entity::audit_entry::Entity::find()
            .filter(db::entity::audit_entry::Column::Action.eq(action))
            .count(self.app.db.reader())
            .await
            .expect("counts")
    }

    /// The actor of things that the story does by itself.
    pub const fn nobody() -> audit::Actor {
        audit::Actor::System
    }
}

impl Running {
    /// Stops as SIGTERM does: what is at hand is finished first.
    ///
    /// # Panics
    /// When something in it did.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        self.task.await.expect("stops gently");
    }
}
