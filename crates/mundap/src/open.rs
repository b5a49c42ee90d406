//! From settings to an [`App`].

use crate::keys;
use domain::Clock;
use settings::Settings;
use std::sync::Arc;
use web::App;

/// Why it did not open, in words that say what to do.
#[derive(Debug)]
pub enum OpenError {
    /// The configuration is at fault: exit code 2.
    Settings(anyhow::Error),
    Failed(anyhow::Error),
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Settings(error) | Self::Failed(error) => write!(f, "{error:#}"),
        }
    }
}

impl std::error::Error for OpenError {}

/// Opens the database alone, as it is.
///
/// # Errors
/// When it cannot be reached.
pub async fn connect(settings: &Settings) -> anyhow::Result<db::Db> {
    let database = &settings.database;
    db::Db::connect(&database.url, database.max_connections)
        .await
        .map_err(|error| {
            anyhow::anyhow!("the database does not open: {error}; check database.url and run `mundap doctor`")
        })
}

/// Opens the database, brings its schema up to date, and loads the signing keys or makes one.
///
/// # Errors
/// When the database cannot be opened, or the demo and the installation do not go together.
pub async fn open(settings: Settings, clock: Clock, demo: bool) -> Result<App, OpenError> {
    let settings = if demo {
        demo::adjust(settings).map_err(|e| OpenError::Settings(e.into()))?
    } else {
        settings
    };
    let db = connect(&settings).await.map_err(OpenError::Failed)?;
    db.migrate()
        .await
        .map_err(|error| OpenError::Failed(anyhow::anyhow!("the schema could not be brought up to date: {error}")))?;
    demo::check_database(db.reader(), demo, settings.web.is_https())
        .await
        .map_err(|error| OpenError::Settings(error.into()))?;
    mail::Signer::load(&settings).map_err(|error| OpenError::Settings(error.into()))?;
    let keys = keys::load_or_make(&settings).map_err(OpenError::Settings)?;
    Ok(App::new(db, Arc::new(settings), clock, keys, db::Wake::default(), demo))
}
