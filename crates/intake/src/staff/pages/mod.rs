//! The staff's pages before and around an event.

mod attendance;
mod behalf;
mod door;
mod event;
mod field;
mod import;
mod invitations;
mod person;
mod programme;
mod reading;
mod roster;
mod seats;
mod selection;
mod service;
mod sheet;
mod speaker;
mod thanks;
mod unsubscribe;

use crate::{Error, TEXTS, staff::repo};
use db::entity;
use reading::{Fields, Reading};
use sheet::{Input, Sheet};
use web::{App, Chrome, Errors};

pub(super) fn routes() -> web::Router {
    web::Router::new()
        .merge(event::routes())
        .merge(programme::routes())
        .merge(speaker::routes())
        .merge(service::routes())
        .merge(field::routes())
        .merge(roster::routes())
        .merge(person::routes())
        .merge(behalf::routes())
        .merge(import::routes())
        .merge(invitations::routes())
        .merge(attendance::routes())
        .merge(seats::routes())
        .merge(door::routes())
        .merge(thanks::routes())
        .merge(selection::routes())
}

/// The event of the address, and the page's surroundings within it.
async fn open(app: &App, c: Chrome, slug: &str) -> Result<(entity::event::Model, Chrome), Error> {
    let event = repo::event(app.db.reader(), slug).await?;
    let title = c.either(&event.title, &event.title_en).to_owned();
    Ok((event, c.with(&TEXTS).for_event(slug, title)))
}

/// What a service said no to stands at `field`; anything else stays an error.
fn refused(error: Error, errors: &mut Errors, field: &'static str) -> Result<(), Error> {
    match error {
        Error::Refused(message) => {
            errors.add(field, message);
            Ok(())
        }
        other => Err(other),
    }
}

/// Goes to a page; when a service said no, with its words.
fn back_to(path: &str, done: Result<(), Error>, flash: &str) -> Result<web::Redirect, Error> {
    match done {
        Ok(()) => Ok(web::redirect(path).flash(flash)),
        Err(Error::Refused(message)) => Ok(web::redirect(path).flash(message.key())),
        Err(other) => Err(other),
    }
}

/// A form that is one button.
#[derive(serde::Deserialize)]
struct Nothing {}
