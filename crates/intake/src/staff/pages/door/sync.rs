//! What a phone sends when it has a connection again, and what it is told.

use super::{NAME, open};
use crate::{
    Result,
    staff::service::door::{self as service, By, MOST, Mark, WalkIn},
};
use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use db::{entity::rsvp, prelude::*};
use domain::{InvitationId, MarkId, SittingId, WalkInId, text::line};
use serde::Deserialize;
use web::{App, Chrome, Form, auth::Operator};

#[derive(Deserialize)]
pub(super) struct Asked {
    sitting: SittingId,
}

/// Who came by now, how many notes there are, and a token for the next form: the page's own may be hours old.
pub(super) async fn state(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    _: Operator,
    c: Chrome,
) -> web::Result<Response> {
    let (event, c) = open(&app, c, &slug).await?;
    let at = service::sitting(app.db.reader(), event.id, asked.sitting).await?;
    Ok(Json(told(&app, &c, at.id).await?).into_response())
}

async fn told(app: &App, c: &Chrome, sitting: SittingId) -> Result<serde_json::Value> {
    let conn = app.db.reader();
    let rows: Vec<(InvitationId, Option<bool>)> = rsvp::Entity::find()
        .select_only()
        .column(rsvp::Column::InvitationId)
        .column(rsvp::Column::Came)
        .filter(rsvp::Column::SittingId.eq(sitting))
        .filter(rsvp::Column::Came.is_not_null())
        .into_tuple()
        .all(conn)
        .await?;
    let came: serde_json::Map<String, serde_json::Value> = rows
        .into_iter()
        .map(|(who, came)| (who.to_string(), serde_json::Value::Bool(came == Some(true))))
        .collect();
    let guests = service::walk_ins(conn, sitting).await?.len();
    Ok(serde_json::json!({ "csrf": c.csrf(), "came": came, "guests": guests }))
}

/// What a phone kept: its time now, and two lists in JSON.
#[derive(Deserialize)]
pub(super) struct Kept {
    sitting: SittingId,
    /// By the phone's clock, in milliseconds: how far it is from ours is taken off every time below.
    now: i64,
    #[serde(default)]
    device: String,
    #[serde(default)]
    marks: String,
    #[serde(default)]
    guests: String,
}

#[derive(Deserialize)]
struct KeptMark {
    id: MarkId,
    who: InvitationId,
    came: bool,
    at: i64,
}

#[derive(Deserialize)]
struct KeptGuest {
    id: WalkInId,
    name: String,
    #[serde(default)]
    company: String,
    at: i64,
}

/// Takes what was kept. Whatever of it does not read is refused as a whole, and stays on the phone.
pub(super) async fn take(
    State(app): State<App>,
    Path(slug): Path<String>,
    staff: Operator,
    c: Chrome,
    Form(kept): Form<Kept>,
) -> web::Result<Response> {
    let (event, c) = open(&app, c, &slug).await?;
    let (marks, guests) = read(&kept, app.clock.now())?;
    let by = By::staff(staff.id, &kept.device);
    let tx = app.db.begin_write().await?;
    service::take(&tx, &app, &by, (event.id, kept.sitting), &marks, &guests).await?;
    tx.commit().await?;
    Ok(Json(told(&app, &c, kept.sitting).await?).into_response())
}

fn read(kept: &Kept, now: DateTime<Utc>) -> web::Result<(Vec<Mark>, Vec<WalkIn>)> {
    let phone = moment(kept.now)?;
    let ahead = phone - now;
    let marks = list::<KeptMark>(&kept.marks)?;
    let guests = list::<KeptGuest>(&kept.guests)?;
    if marks.len() + guests.len() > MOST {
        return Err(wrong());
    }
    let at = |ms: i64| -> web::Result<DateTime<Utc>> {
        let at = moment(ms)? - ahead;
        // Nobody stood at this door long ago: a clock that was set right meanwhile, not a time to believe.
        Ok(at.clamp(now - TimeDelta::days(30), now))
    };
    let marks = marks
        .into_iter()
        .map(|m| {
            Ok(Mark {
                id: m.id,
                who: m.who,
                came: m.came,
                at: at(m.at)?,
            })
        })
        .collect::<web::Result<_>>()?;
    let guests = guests
        .into_iter()
        .map(|g| {
            // Nothing is lost for its length: a name is cut rather than refused, since nobody is there to mend it.
            let cut = |text: &str| line(&text.chars().take(NAME).collect::<String>(), NAME).map_err(|_| wrong());
            let name = cut(&g.name)?;
            Ok(WalkIn {
                id: g.id,
                name: if name.is_empty() { "?".to_owned() } else { name },
                company: cut(&g.company)?,
                at: at(g.at)?,
            })
        })
        .collect::<web::Result<_>>()?;
    Ok((marks, guests))
}

fn list<T: serde::de::DeserializeOwned>(text: &str) -> web::Result<Vec<T>> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    serde_json::from_str(text).map_err(|_| wrong())
}

fn moment(ms: i64) -> web::Result<DateTime<Utc>> {
    DateTime::from_timestamp_millis(ms).ok_or_else(wrong)
}

fn wrong() -> web::Error {
    web::Error::BadRequest("oops-bad-request-body".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_s_clock_is_set_right_by_ours() {
        let now = DateTime::from_timestamp_millis(1_795_000_000_000).expect("a moment");
        // The phone is an hour ahead; the mark was made five minutes ago, and another one lies ahead of all clocks.
        let phone = 1_795_000_000_000 + 3_600_000;
        let id = || MarkId::new().uuid();
        let who = InvitationId::new().uuid();
        let kept = Kept {
            sitting: SittingId::new(),
            now: phone,
            device: String::new(),
            marks: serde_json::json!([
                { "id": id(), "who": who, "came": true, "at": phone - 300_000 },
                { "id": id(), "who": who, "came": false, "at": phone + 900_000 },
            ])
            .to_string(),
            guests: String::new(),
        };
        let (marks, guests) = read(&kept, now).expect("reads");
        let at: Vec<i64> = marks.iter().map(|m| (now - m.at).num_seconds()).collect();
        assert_eq!((at, guests.len()), (vec![300, 0], 0));
        for wrong in ["{}", "[1]", "x"] {
            let kept = Kept {
                marks: wrong.to_owned(),
                sitting: kept.sitting,
                now: phone,
                device: String::new(),
                guests: String::new(),
            };
            assert!(read(&kept, now).is_err(), "{wrong}");
        }
    }
}
