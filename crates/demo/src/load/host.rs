//! The host: services, crews, fields, staff.

use crate::{Error, PASSWORD, content::Host};
use db::{audit::Actor, entity::staff, prelude::*};
use domain::{
    CrewMemberId, EmailAddress, FieldId, ServiceId, StaffId,
    role::{self, Role},
};
use intake::staff::service::{
    crew::{self, NewCrewMember},
    field::{self, NewField},
    service::{self, NewService},
};
use std::collections::HashMap;
use web::{App, password};

/// Everybody of the host, by their keys in the files.
pub(crate) struct Cast {
    pub(crate) name: String,
    pub(crate) name_en: String,
    pub(crate) services: HashMap<String, ServiceId>,
    pub(crate) fields: HashMap<String, FieldId>,
    /// By address, with the service they answer for.
    pub(crate) crew: HashMap<String, (CrewMemberId, ServiceId)>,
    pub(crate) moderator: StaffId,
    pub(crate) stage: StaffId,
    pub(crate) editor: StaffId,
}

impl Cast {
    pub(crate) fn service(&self, key: &str) -> Result<ServiceId, Error> {
        self.services
            .get(key)
            .copied()
            .ok_or_else(|| Error::content(format!("there is no service {key}")))
    }
}

pub(crate) async fn load(app: &App, host: Host) -> Result<Cast, Error> {
    // One hash for all of them: the password is the same, and hashing is slow on purpose.
    let hash = password::hash(PASSWORD.into()).await?;
    let (clock, actor) = (&app.clock, Actor::System);
    let tx = app.db.begin_write().await?;
    let mut services = HashMap::new();
    for s in host.service {
        let new = NewService {
            name: s.name,
            name_en: s.name_en,
            blurb: s.blurb,
            blurb_en: s.blurb_en,
        };
        services.insert(s.key, service::add(&tx, clock, actor, new).await?);
    }
    let mut fields = HashMap::new();
    for f in host.field {
        let new = NewField {
            name: f.name,
            name_en: f.name_en,
        };
        fields.insert(f.key, field::add(&tx, clock, actor, new).await?);
    }
    let mut crew = HashMap::new();
    for c in host.crew {
        let Some(service) = services.get(&c.service).copied() else {
            return Err(Error::content(format!("there is no service {}", c.service)));
        };
        let email = EmailAddress::parse(&c.email)?;
        let new = NewCrewMember {
            nickname: c.nickname,
            name: c.name,
            team: c.team,
            email,
            is_lead: c.lead,
        };
        crew.insert(c.email, (crew::add(&tx, clock, actor, service, new).await?, service));
    }
    let mut accounts = Vec::new();
    for s in host.staff {
        let id = StaffId::new();
        let row = staff::ActiveModel {
            id: Set(id),
            email: Set(EmailAddress::parse(&s.email)?),
            name: Set(s.name),
            password_hash: Set(hash.clone()),
            roles: Set(role::join(&s.roles)),
            disabled_at: Set(None),
            created_at: Set(clock.now()),
        };
        staff::Entity::insert(row).exec_without_returning(&tx).await?;
        accounts.push((id, s.roles));
    }
    tx.commit().await?;
    let holder = |role: Role| {
        let found = accounts.iter().find(|(_, roles)| roles.contains(&role));
        found
            .map(|(id, _)| *id)
            .ok_or_else(|| Error::content(format!("nobody is {role}")))
    };
    Ok(Cast {
        name: host.host.name,
        name_en: host.host.name_en,
        services,
        fields,
        crew,
        moderator: holder(Role::Moderator)?,
        stage: holder(Role::Stage)?,
        editor: holder(Role::Editor)?,
    })
}
