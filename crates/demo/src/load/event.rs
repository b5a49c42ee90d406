//! What all three events share: the event itself, its programme, speakers, guests and questions.

use super::{Cast, at};
use crate::{
    Error,
    content::{self, People, Question, Rsvp, Sitting},
};
use chrono::{DateTime, Days, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::{Asia::Seoul, Tz};
use db::{audit::Actor, entity::invitation, prelude::*};
use domain::{
    EmailAddress, EventId, InvitationId, PartId, QuestionId, SittingId, SpeakerId,
    state::question::{Naming, Prefers},
    text::QuestionText,
};
use intake::{
    partner::service::{
        consent::Consents,
        question::{Draft, NewQuestion, save_draft, submit},
        rsvp as partner_rsvp,
    },
    staff::service::{
        event::{self, NewEvent},
        invitation as invite,
        part::{self, NewPart},
        partner::{self, NewPartner},
        question::{OnBehalf, on_behalf},
        sitting::{self, NewSitting},
        speaker::{self, NewSpeaker},
    },
};
use std::collections::HashMap;
use web::{App, auth::PartnerSession};

const ZONE: Tz = Seoul;

/// When an event's things happen, told from the demo's first start.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    pub(crate) opens: DateTime<Utc>,
    pub(crate) closes: DateTime<Utc>,
    pub(crate) first_day: NaiveDate,
}

impl Times {
    /// Days before (negative) or after now; opening at 9 and closing at 18 o'clock in Seoul.
    pub(crate) fn around(now: DateTime<Utc>, opens: i64, closes: i64, first_day: i64) -> Result<Self, Error> {
        let today = now.with_timezone(&ZONE).date_naive();
        let day = |days: i64| today + Duration::days(days);
        Ok(Self {
            opens: moment(day(opens), "09:00")?,
            closes: moment(day(closes), "18:00")?,
            first_day: day(first_day),
        })
    }
}

/// A time of day in Seoul, which knows no summer time.
pub(crate) fn moment(day: NaiveDate, time: &str) -> Result<DateTime<Utc>, Error> {
    let time = NaiveTime::parse_from_str(time, "%H:%M").map_err(|_| Error::content(format!("{time} is no time")))?;
    let local = ZONE.from_local_datetime(&day.and_time(time)).single();
    local
        .map(|l| l.to_utc())
        .ok_or_else(|| Error::content("a time that does not exist"))
}

/// A guest as the rest of the loader needs them.
#[derive(Clone, Copy)]
pub(crate) struct Guest {
    pub(crate) who: PartnerSession,
    pub(crate) mailable: bool,
}

/// A loaded event.
pub(crate) struct Scene {
    pub(crate) event: EventId,
    pub(crate) times: Times,
    pub(crate) sittings: Vec<(SittingId, Vec<PartId>)>,
    pub(crate) speakers: HashMap<String, SpeakerId>,
    pub(crate) guests: HashMap<String, Guest>,
}

impl Scene {
    /// Event, programme, speakers, guests who were invited the day it opened.
    pub(crate) async fn set(
        app: &App,
        cast: &Cast,
        people: &People,
        (slug, content): (&str, &content::Event),
        times: Times,
    ) -> Result<Self, Error> {
        let app = &at(app, times.opens - Duration::days(10));
        let (clock, actor) = (&app.clock, Actor::Staff(cast.moderator));
        let tx = app.db.begin_write().await?;
        let about = &content.event;
        let new = NewEvent {
            slug: slug.to_owned(),
            title: about.title.clone(),
            title_en: about.title_en.clone(),
            host_name: cast.name.clone(),
            host_name_en: cast.name_en.clone(),
            intro: about.intro.trim().to_owned(),
            intro_en: about.intro_en.trim().to_owned(),
            time_zone: ZONE,
            opens_at: times.opens,
            closes_at: times.closes,
            live_places: 10,
            reverse_places: 8,
            max_questions: app.settings.events.max_questions_per_partner,
            answer_days: i32::from(app.settings.events.answer_days),
        };
        let event = event::create(&tx, clock, actor, new).await?;
        let mut sittings = Vec::new();
        for content in &content.sitting {
            sittings.push(programme(&tx, app, actor, event, times.first_day, content).await?);
        }
        let mut speakers = HashMap::new();
        for s in &content.speaker {
            let new = NewSpeaker {
                nickname: s.nickname.clone(),
                name: s.name.clone(),
                title: s.title.clone(),
                team: s.team.clone(),
                affiliate: s.affiliate.clone(),
                email: s.email.as_deref().map(EmailAddress::parse).transpose()?,
            };
            speakers.insert(s.key.clone(), speaker::add(&tx, clock, actor, event, new).await?);
        }
        let ids = roster(&tx, app, cast, people, event).await?;
        let rows: HashMap<InvitationId, _> = invitation::Entity::find()
            .filter(invitation::Column::EventId.eq(event))
            .all(&tx)
            .await?
            .into_iter()
            .map(|row| (row.id, row.partner_id))
            .collect();
        tx.commit().await?;
        let guests = ids.into_iter().filter_map(|(key, id, mailable)| {
            let who = PartnerSession {
                invitation: id,
                event,
                partner: *rows.get(&id)?,
            };
            Some((key, Guest { who, mailable }))
        });
        let scene = Self {
            event,
            times,
            sittings,
            speakers,
            guests: guests.collect(),
        };
        invite::send_all(&at(app, times.opens), actor, event).await?;
        Ok(scene)
    }

    pub(crate) fn guest(&self, key: &str) -> Result<Guest, Error> {
        self.guests
            .get(key)
            .copied()
            .ok_or_else(|| Error::content(format!("nobody is called {key}")))
    }

    pub(crate) fn speaker(&self, key: &str) -> Result<SpeakerId, Error> {
        self.speakers
            .get(key)
            .copied()
            .ok_or_else(|| Error::content(format!("no speaker is called {key}")))
    }

    /// Who comes, and what interests them: the talk on stage, and one more part, another one for each.
    pub(crate) async fn rsvp(&self, app: &App, people: &People) -> Result<(), Error> {
        let app = at(app, self.times.opens + Duration::days(1));
        let today = self.times.opens.date_naive();
        let tx = app.db.begin_write().await?;
        for (n, partner) in people.partner.iter().enumerate() {
            let coming = match partner.rsvp {
                Rsvp::None => continue,
                rsvp => rsvp == Rsvp::Yes,
            };
            let mut answer = partner_rsvp::Answer::default();
            for (sitting, parts) in self.of(partner) {
                answer.sittings.push((*sitting, coming));
                if coming {
                    answer.parts.extend(parts.get(n % Ord::max(parts.len(), 1)));
                    answer.parts.extend(parts.get((n + 3) % Ord::max(parts.len(), 1)));
                }
            }
            answer.parts.sort_unstable();
            answer.parts.dedup();
            let who = self.guest(&partner.key)?.who;
            partner_rsvp::write(&tx, &app.clock, &who, today, &answer).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The sittings that somebody was invited to; an event with fewer sittings takes everybody into its last one.
    pub(crate) fn of<'a>(
        &'a self,
        partner: &'a content::Partner,
    ) -> impl Iterator<Item = &'a (SittingId, Vec<PartId>)> + 'a {
        let last = self.sittings.len().saturating_sub(1);
        partner
            .sittings
            .iter()
            .filter_map(move |n| self.sittings.get(Ord::min(n.saturating_sub(1), last)))
    }

    /// The questions as they came in, one after the other between opening and deadline.
    pub(crate) async fn ask(
        &self,
        app: &App,
        cast: &Cast,
        questions: &[Question],
    ) -> Result<Vec<(u32, QuestionId)>, Error> {
        let until = Ord::min(self.times.closes, app.clock.now());
        let step = (until - self.times.opens) / i32::try_from(questions.len() + 1).unwrap_or(i32::MAX);
        let mut when = self.times.opens;
        let mut ids = Vec::new();
        for question in questions {
            when += step;
            ids.push((question.n, self.ask_one(&at(app, when), cast, question).await?));
        }
        Ok(ids)
    }

    async fn ask_one(&self, app: &App, cast: &Cast, q: &Question) -> Result<QuestionId, Error> {
        let guest = self.guest(&q.partner)?;
        let (id, service) = (QuestionId::new(), cast.service(&q.service)?);
        if q.draft {
            let draft = Draft {
                id,
                body: q.text.clone(),
                service: Some(service),
                lang: q.language,
                prefers: q.prefers,
                naming: q.naming,
            };
            save_draft(app, &guest.who, &draft).await?;
            return Ok(id);
        }
        let body = QuestionText::parse(&q.text)?;
        if !guest.mailable {
            let new = OnBehalf {
                id,
                invitation: guest.who.invitation,
                body,
                service,
                lang: q.language,
                prefers: q.prefers,
                naming: q.naming,
                agreed: true,
            };
            let tx = app.db.begin_write().await?;
            on_behalf(&tx, app, cast.moderator, self.event, new).await?;
            tx.commit().await?;
            return Ok(id);
        }
        // A few do not want to be printed at all, none of those whom the stage is likely to take.
        let print = q.naming != Naming::Nameless || q.prefers != Prefers::Written;
        let consents = Consents {
            required: true,
            print,
            newsletter: q.n.is_multiple_of(3),
            read_in: q.language,
        };
        let new = NewQuestion {
            id,
            body,
            service,
            lang: q.language,
            prefers: q.prefers,
            naming: q.naming,
            consents,
        };
        submit(app, &guest.who, &new).await?;
        Ok(id)
    }
}

async fn programme(
    tx: &WriteTx,
    app: &App,
    actor: Actor,
    event: EventId,
    event_day: NaiveDate,
    content: &Sitting,
) -> Result<(SittingId, Vec<PartId>), Error> {
    let first_day = event_day + Duration::days(content.offset_day);
    let new = NewSitting {
        title: content.title.clone(),
        title_en: content.title_en.clone(),
        place: content.place.clone(),
        place_en: content.place_en.clone(),
        first_day,
        last_day: first_day + Duration::days(content.days - 1),
        capacity: content.capacity,
        remind_days: Some(1),
    };
    let id = sitting::add(tx, &app.clock, actor, event, new).await?;
    let mut parts = Vec::new();
    for p in &content.part {
        let day = first_day + Days::new(u64::try_from(p.day).unwrap_or_default());
        let new = NewPart {
            title: p.title.clone(),
            title_en: p.title_en.clone(),
            kind: p.kind,
            starts_at: moment(day, &p.start)?,
            ends_at: moment(day, &p.end)?,
            place: p.place.clone(),
            place_en: p.place_en.clone(),
            capacity: p.capacity,
        };
        parts.push(part::add(tx, &app.clock, actor, event, id, new).await?);
    }
    Ok((id, parts))
}

async fn roster(
    tx: &WriteTx,
    app: &App,
    cast: &Cast,
    people: &People,
    event: EventId,
) -> Result<Vec<(String, InvitationId, bool)>, Error> {
    let companies: HashMap<&str, &str> = people
        .company
        .iter()
        .map(|c| (c.key.as_str(), c.name.as_str()))
        .collect();
    let mut ids = Vec::new();
    for p in &people.partner {
        let company = p
            .company
            .as_deref()
            .and_then(|key| companies.get(key))
            .map(|name| (*name).to_owned());
        let services = p
            .services
            .iter()
            .map(|key| cast.service(key))
            .collect::<Result<_, _>>()?;
        let new = NewPartner {
            company,
            title: p.title.clone(),
            name: p.name.clone(),
            pen_name: p.pen_name.clone(),
            group: p.group.clone(),
            field: cast.fields.get(&p.field).copied(),
            services,
            email: p.email.as_deref().map(EmailAddress::parse).transpose()?,
            lang: p.language,
            display_line: None,
        };
        let mailable = new.email.is_some();
        let id = partner::add(tx, &app.clock, Actor::Staff(cast.moderator), event, new).await?;
        ids.push((p.key.clone(), id, mailable));
    }
    Ok(ids)
}
