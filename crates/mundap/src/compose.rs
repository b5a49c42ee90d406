//! Which routes and which handlers of work there are.

use axum::{
    body::Body,
    http::{Request, Response},
};
use std::{
    convert::Infallible,
    future::{Future, Ready, ready},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tower::{Service, ServiceExt};
use web::App;

/// All pages, wrapped in what stands around every handler; a published article is served before all of it.
pub fn compose(app: App) -> axum::Router {
    let cache = publishing::Cache::default();
    let mut routes = web::Router::new()
        .merge(intake::routes())
        .merge(moderation::routes())
        .merge(publishing::routes_with(cache.clone()))
        .merge(desk::routes());
    if app.demo {
        routes = routes.merge(demo::routes());
    }
    let behind = web::layers(routes, app);
    axum::Router::new().fallback_service(Front { cache, behind })
}

/// Who runs which jobs.
pub fn handlers(app: &App) -> Vec<Arc<dyn jobs::Handler>> {
    vec![
        intake::jobs(app.clone()),
        moderation::jobs(app.clone()),
        publishing::jobs(app.clone()),
    ]
}

/// Asks the cache of published articles before any routing.
#[derive(Clone)]
struct Front {
    cache: publishing::Cache,
    behind: axum::Router,
}

impl Service<Request<Body>> for Front {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Answer {
        match self
            .cache
            .lookup(request.method(), request.uri().path(), request.headers())
        {
            Some(response) => Answer::Ready(ready(Ok(response.map(Body::new)))),
            None => Answer::Behind(Box::pin(self.behind.clone().oneshot(request))),
        }
    }
}

type Boxed = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

enum Answer {
    Ready(Ready<Result<Response<Body>, Infallible>>),
    Behind(Boxed),
}

impl Future for Answer {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Ready(ready) => Pin::new(ready).poll(cx),
            Self::Behind(behind) => behind.as_mut().poll(cx),
        }
    }
}
