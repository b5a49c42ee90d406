//! Routing and release: who gets what, what is said to whom and when, and the button that makes it true.

mod preview;
mod reasons;
mod record;
mod release;
mod rest;
mod rows;
mod rules;
mod show;
mod templates;

pub(super) use rows::why;

use axum::routing::{get, post};
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use domain::{ServiceId, state::decision::DecisionKind};
use serde::Deserialize;
use web::lang::Zone;

use crate::triage::service::release::What;

pub(super) fn routes() -> web::Router {
    web::Router::new()
        .route("/desk/events/{slug}/routing", get(show::show))
        .route("/desk/events/{slug}/routing/rest", post(rest::route_rest))
        .route("/desk/events/{slug}/routing/propose", post(rest::follow))
        .route("/desk/events/{slug}/routing/release", post(release::release))
        .route("/desk/events/{slug}/routing/live", get(rest::live))
        .route("/desk/events/{slug}/routing/preview", get(preview::show))
        .route("/desk/events/{slug}/routing/rules", get(rules::show).post(rules::save))
        .route("/desk/events/{slug}/routing/releases/{id}", get(record::show))
        .route("/desk/events/{slug}/routing/releases/{id}/send", post(record::send))
        .route("/desk/events/{slug}/reasons", get(reasons::show).post(reasons::save))
        .route("/desk/events/{slug}/templates", get(templates::list))
        .route(
            "/desk/events/{slug}/templates/{kind}/{lang}",
            get(templates::show).post(templates::act),
        )
}

/// Which pending decisions an address means: empty fields mean all.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Pending {
    to: String,
    kind: String,
}

impl Pending {
    fn service(&self) -> Option<ServiceId> {
        self.to.parse().ok()
    }
    fn kind(&self) -> Option<DecisionKind> {
        self.kind.parse().ok()
    }
    fn what(&self) -> What {
        What {
            service: self.service(),
            kind: self.kind(),
            only: None,
        }
    }
    fn query(&self) -> String {
        let pairs = [
            ("to", self.service().map(|s| s.to_string())),
            ("kind", self.kind().map(|k| k.to_string())),
        ];
        let kept = pairs
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}={}", value?)));
        kept.collect::<Vec<_>>().join("&")
    }
}

/// A moment of the event's clock, as `<input type="datetime-local">` gives it. In the hour that a clock change repeats, the
/// first one.
fn moment(text: &str, zone: impl Zone) -> Option<DateTime<Utc>> {
    let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text.trim(), format).ok())?;
    Some(zone.tz().from_local_datetime(&local).earliest()?.to_utc())
}
