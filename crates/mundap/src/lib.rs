//! (in the making) NOTE from the lead to the author: crates/testkit/src/world.rs calls
//! `mundap::compose(app: web::App) -> axum::Router` and
//! `mundap::background(app: &web::App, on_stop: impl Fn() -> F, tasks: &mut tokio::task::JoinSet<()>)` with
//! `F: Future<Output = ()> + Send + 'static`, which spawns worker, mail sender and mail listeners (serve uses the same).
