//! Who is there: staff by account, partners by their personal link. Extractors that let in or turn away.

use crate::{
    App, Error, Session,
    csrf::browser,
    session::{Invited, Known, PARTNER, PARTNER_IDLE, STAFF_IDLE, Store},
};
use axum::{
    extract::FromRequestParts,
    http::{Method, request::Parts},
};
use chrono::{DateTime, TimeDelta, Utc};
use db::entity::{invitation, staff};
use domain::{EventId, InvitationId, Lang, PartnerId, StaffId, role::Role};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tower_sessions::Expiry;

/// Somebody of the host who is signed in.
#[derive(Clone, Debug)]
pub struct Staff {
    pub id: StaffId,
    pub name: String,
    pub email: String,
    pub roles: Vec<Role>,
}

impl Staff {
    /// Whether they hold the role; an administrator holds all.
    pub fn may(&self, role: Role) -> bool {
        self.roles.iter().any(|r| *r == role || *r == Role::Administrator)
    }

    /// Themselves, for the audit log.
    pub fn actor(&self) -> db::audit::Actor {
        db::audit::Actor::Staff(self.id)
    }
}

/// A partner within one event; every query of theirs is scoped by these ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartnerSession {
    pub invitation: InvitationId,
    pub event: EventId,
    pub partner: PartnerId,
}

impl PartnerSession {
    /// Themselves, for the audit log.
    pub fn actor(&self) -> db::audit::Actor {
        db::audit::Actor::Partner(self.invitation)
    }
}

#[derive(Serialize, Deserialize)]
struct StaffMark {
    id: StaffId,
    /// A changed password ends all sessions that began with the old one.
    password: String,
    seen: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
struct PartnerMark {
    invitation: InvitationId,
    /// A new link (a higher version) ends the sessions of the old one.
    version: i32,
    lang: Lang,
    seen: DateTime<Utc>,
}

/// Staff sign in anew on a shared machine: the cookie ends with the browser.
const STAFF_COOKIE: Expiry = Expiry::OnSessionEnd;
pub(crate) const PARTNER_COOKIE: Expiry = Expiry::OnInactivity(tower_sessions::cookie::time::Duration::days(30));

const STAFF: &str = "staff";

/// Begins a partner's session under a new id. Call it after your own transaction has committed.
pub async fn enter_partner(
    app: &App,
    session: &Session,
    invitation: &invitation::Model,
    lang: Lang,
) -> Result<(), Error> {
    session.cycle_id().await?;
    let (version, seen) = (invitation.link_version, app.clock.now());
    session
        .insert(
            PARTNER,
            PartnerMark {
                invitation: invitation.id,
                version,
                lang,
                seen,
            },
        )
        .await?;
    session.set_expiry(Some(PARTNER_COOKIE));
    Ok(())
}

/// Begins a staff session under a new id. Call it after your own transaction has committed.
pub async fn sign_in_staff(app: &App, session: &Session, account: &staff::Model) -> Result<(), Error> {
    session.cycle_id().await?;
    let mark = StaffMark {
        id: account.id,
        password: password_mark(account),
        seen: app.clock.now(),
    };
    session.insert(STAFF, mark).await?;
    session.set_expiry(Some(STAFF_COOKIE));
    Ok(())
}

/// Ends the whole session, of staff and of a partner.
pub async fn leave(session: &Session) -> Result<(), Error> {
    Ok(session.flush().await?)
}

fn password_mark(account: &staff::Model) -> String {
    domain::token::fingerprint(account.password_hash.as_bytes())[..16].to_owned()
}

/// Everybody whom this browser's session stands for; read once a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Who {
    pub(crate) staff: Option<Staff>,
    pub(crate) partner: Option<PartnerSession>,
    pub(crate) lang: Option<Lang>,
}

impl Who {
    pub(crate) const fn is_somebody(&self) -> bool {
        self.staff.is_some() || self.partner.is_some()
    }

    pub(crate) async fn of(parts: &mut Parts, app: &App) -> Result<Arc<Self>, Error> {
        if let Some(known) = parts.extensions.get::<Arc<Self>>() {
            return Ok(Arc::clone(known));
        }
        let has_cookie = !browser(parts)?.session_cookie.is_empty();
        let who = match parts.extensions.get::<Session>().cloned() {
            Some(session) if has_cookie => Self::read(app, &session).await?,
            _ => Self::default(),
        };
        let who = Arc::new(who);
        parts.extensions.insert(Arc::clone(&who));
        Ok(who)
    }

    async fn read(app: &App, session: &Session) -> Result<Self, Error> {
        let mut who = Self::default();
        let now = app.clock.now();
        let known = match session.id() {
            Some(id) => Store::of(app).known(&id).await?,
            None => None,
        };
        let Some(known) = known else {
            // The session's layer learns so, too, and takes the cookie back.
            session.get_value(PARTNER).await?;
            session.set_expiry(Some(STAFF_COOKIE));
            return Ok(who);
        };
        if let Some(mark) = mark::<StaffMark>(&known, STAFF)
            && now - mark.seen < STAFF_IDLE
        {
            let account = staff::Entity::find_by_id(mark.id).one(app.db.reader()).await?;
            who.staff = account
                .filter(|a| a.disabled_at.is_none() && password_mark(a) == mark.password)
                .map(|a| Staff {
                    id: a.id,
                    name: a.name,
                    email: a.email.to_string(),
                    roles: domain::role::split(&a.roles),
                });
            // An idle time-out needs a note of the last visit; one write in ten minutes is enough for twelve hours.
            if who.staff.is_some() && now - mark.seen > TimeDelta::minutes(10) {
                session.insert(STAFF, StaffMark { seen: now, ..mark }).await?;
            }
        }
        if let Some(mark) = mark::<PartnerMark>(&known, PARTNER)
            && now - mark.seen < PARTNER_IDLE
        {
            let same = |i: &Invited| i.invitation == mark.invitation && i.version == mark.version;
            who.partner = known.invited.filter(same).map(|i| PartnerSession {
                invitation: i.invitation,
                event: i.event,
                partner: i.partner,
            });
            who.lang = who.partner.map(|_| mark.lang);
            if who.partner.is_some() && now - mark.seen > TimeDelta::days(1) {
                session.insert(PARTNER, PartnerMark { seen: now, ..mark }).await?;
            }
        }
        if who.partner.is_none() {
            session.set_expiry(Some(STAFF_COOKIE));
        }
        Ok(who)
    }
}

/// A mark that does not read (an older version wrote it) counts as none.
fn mark<T: serde::de::DeserializeOwned>(known: &Known, key: &str) -> Option<T> {
    T::deserialize(known.marks.get(key)?).ok()
}

impl FromRequestParts<App> for Staff {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        if let Some(staff) = &Who::of(parts, app).await?.staff {
            return Ok(staff.clone());
        }
        // Whoever posted cannot come back to a POST.
        let next = if parts.method == Method::GET {
            parts.uri.path_and_query().map(ToString::to_string)
        } else {
            None
        };
        Err(Error::SignIn {
            next: next.unwrap_or_else(|| "/desk".to_owned()),
        })
    }
}

impl FromRequestParts<App> for PartnerSession {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        Who::of(parts, app).await?.partner.ok_or(Error::NeedsLink)
    }
}

macro_rules! role_extractors {
    ($($(#[$doc:meta])* $name:ident: $($role:ident)|+;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub Staff);

        impl FromRequestParts<App> for $name {
            type Rejection = Error;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
                let staff = Staff::from_request_parts(parts, app).await?;
                if $(staff.may(Role::$role))||+ { Ok(Self(staff)) } else { Err(Error::Forbidden) }
            }
        }

        impl std::ops::Deref for $name {
            type Target = Staff;
            fn deref(&self) -> &Staff {
                &self.0
            }
        }
    )*};
}

role_extractors! {
    Moderator: Moderator;
    /// Who may run the stage and tick people off at the door: stage operators, and moderators who stand in for them.
    Operator: Stage | Moderator;
    Editor: Editor;
    Administrator: Administrator;
    /// Who may read and review answers: moderators and editors.
    Reviewer: Moderator | Editor;
}
