//! The chrome that all rooms share: session and sign-in, form tokens, forms and their errors, the error page, language,
//! layouts and assets, live updates, security headers, the server.
//!
//! A slice brings `routes() -> axum::Router<App>`, page structs that hold one [`Chrome`] named `c`, and its texts;
//! the binary joins the routes and wraps them in [`layers`].

mod app;
pub mod assets;
pub mod auth;
mod browser;
mod chrome;
pub mod csrf;
pub mod diff;
mod error;
mod first_admin;
pub mod form;
mod front;
mod fronts;
pub mod health;
pub mod lang;
mod layers;
pub mod limit;
pub mod live;
mod parts;
pub mod password;
mod ready;
mod redirect;
mod render;
mod serve;
mod session;
mod shelf;
mod sign_in;

pub use app::App;
pub use browser::Peer;
pub use chrome::{Chrome, EventContext, NavItem};
pub use csrf::{Form, MultipartForm, Upload};
pub use error::Error;
pub use first_admin::first_admin_link;
pub use form::{Choice, Errors, Message};
pub use lang::{TEXTS, Texts, Words};
pub use layers::{UPLOAD_LIMIT, layers, uploads};
pub use parts::Parts;
pub use ready::{Answer, Asked, Ready};
pub use redirect::{Redirect, local_path, redirect};
pub use render::{attachment, render, render_form, render_status};
pub use serve::serve;
pub use session::delete_expired;
pub use shelf::Shelf;
pub use sign_in::{forgotten, role_choices};
pub use tower_sessions::Session;

/// What every slice's `routes()` gives.
pub type Router = axum::Router<App>;

/// What every handler gives.
pub type Result<T = axum::response::Response> = std::result::Result<T, Error>;
