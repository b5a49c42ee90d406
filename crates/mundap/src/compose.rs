//! Which routes and which handlers of work there are.

use std::sync::Arc;
use web::App;

/// All pages, wrapped in what stands around every handler.
pub fn compose(app: App) -> axum::Router {
    compose_over(app, publishing::Cache::default())
}

/// The same over `cache`, from which the server answers before all of it.
pub(crate) fn compose_over(app: App, cache: publishing::Cache) -> axum::Router {
    let mut routes = web::Router::new()
        .merge(intake::routes())
        .merge(moderation::routes())
        .merge(publishing::routes_with(cache))
        .merge(desk::routes());
    if app.demo {
        routes = routes.merge(demo::routes());
    }
    web::layers(routes, app)
}

/// Who runs which jobs.
pub fn handlers(app: &App) -> Vec<Arc<dyn jobs::Handler>> {
    vec![
        intake::jobs(app.clone()),
        moderation::jobs(app.clone()),
        publishing::jobs(app.clone()),
    ]
}
