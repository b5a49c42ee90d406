use crate::{Parts, health, live};
use axum::extract::FromRef;
use domain::{Clock, token::Keys};
use settings::Settings;
use std::sync::Arc;

/// What handlers work with; cheap to clone.
#[derive(Clone)]
pub struct App {
    pub db: db::Db,
    pub settings: Arc<Settings>,
    pub clock: Clock,
    pub keys: Keys,
    pub live: live::Bus,
    /// `wake.notify()` tells the workers of this process that there is work.
    pub wake: db::Wake,
    /// Only then do the routes below `/dev` exist.
    pub demo: bool,
    /// What a floor above keeps once for each process.
    pub parts: Parts,
    pub(crate) health: health::Cache,
}

impl App {
    pub fn new(db: db::Db, settings: Arc<Settings>, clock: Clock, keys: Keys, wake: db::Wake, demo: bool) -> Self {
        Self {
            db,
            settings,
            clock,
            keys,
            live: live::Bus::default(),
            wake,
            demo,
            parts: Parts::default(),
            health: health::Cache::default(),
        }
    }

    /// The address of a local path as it stands in mails and links that are copied.
    pub fn public_url(&self, path: &str) -> String {
        format!("{}{path}", self.settings.web.public_url)
    }

    /// `__Host-` binds a cookie to this very host, but browsers take it only over https.
    pub(crate) fn cookie_name(&self, name: &str) -> String {
        if self.settings.web.is_https() {
            format!("__Host-{name}")
        } else {
            name.to_owned()
        }
    }
}

impl FromRef<App> for Clock {
    fn from_ref(app: &App) -> Self {
        app.clock.clone()
    }
}
