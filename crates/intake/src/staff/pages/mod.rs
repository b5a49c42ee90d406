pub(super) fn routes() -> web::Router { web::Router::new() }
