//! What the demo must never be mixed with.

use crate::Error;
use db::{
    entity::{audit_entry, event},
    prelude::*,
};
use settings::{Dns, Settings, Tls};

/// Noted first and last while the demo is loaded.
pub(crate) const BEGUN: &str = "demo.begun";
pub(crate) const LOADED: &str = "demo.loaded";

/// Where the sink listens, unless `mail.out.port` names another port than the usual 25.
const SINK_PORT: u16 = 2526;

/// Points outgoing mail at the demo's sink.
///
/// # Errors
/// When the public address is https: then this is no demo.
pub fn adjust(mut settings: Settings) -> Result<Settings, Error> {
    if settings.web.is_https() {
        return Err(Error::Https);
    }
    let out = &mut settings.mail.out;
    "127.0.0.1".clone_into(&mut out.host);
    out.port = if out.port == 25 { SINK_PORT } else { out.port };
    out.tls = Tls::None;
    out.username.clear();
    // Its people are invented, and so are their domains.
    settings.mail.inbound.dns = Dns::Off;
    Ok(settings)
}

/// Whether the database and the demo go together.
///
/// # Errors
/// With what to do, when they do not.
pub async fn check_database(conn: &impl ConnectionTrait, demo: bool, https: bool) -> Result<(), Error> {
    let begun = noted(conn, BEGUN).await?;
    if !demo {
        return if begun && https { Err(Error::DemoData) } else { Ok(()) };
    }
    if begun && !noted(conn, LOADED).await? {
        return Err(Error::Interrupted);
    }
    if !begun && event::Entity::find().count(conn).await? > 0 {
        return Err(Error::Occupied);
    }
    Ok(())
}

pub(crate) async fn noted(conn: &impl ConnectionTrait, action: &str) -> Result<bool, Error> {
    let found = audit_entry::Entity::find()
        .filter(audit_entry::Column::Action.eq(action))
        .one(conn)
        .await?;
    Ok(found.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_sends_to_its_own_sink_and_never_runs_behind_https() {
        let settings = Settings::embedded().expect("settings");
        let adjusted = adjust(settings.clone()).expect("http");
        assert_eq!(
            (adjusted.mail.out.host.as_str(), adjusted.mail.out.port),
            ("127.0.0.1", SINK_PORT)
        );
        let mut public = settings;
        public.web.public_url = "https://talk.narae.example".into();
        assert!(matches!(adjust(public), Err(Error::Https)));
    }
}
