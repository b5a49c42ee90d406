//! When an event reminds: by working days around the due moment, at the beginning of the day's work.

use crate::Result;
use chrono::{DateTime, Utc};
use db::{
    entity::{event, reminder_rule},
    prelude::*,
};
use domain::state::assignment::ReminderStep;
use mail::Hours;
use sea_orm::sea_query::OnConflict;
use settings::Holidays;

/// Most days of a step.
pub(crate) const MOST_DAYS: u32 = 30;

/// The rule of one event. Days are working days; 0 leaves a step out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub enabled: bool,
    pub before_days: u32,
    pub on_day: bool,
    pub after_days: u32,
    pub lead_days: u32,
    pub moderator_days: u32,
    pub hours: Hours,
}

impl Rule {
    /// What an event starts with.
    pub fn usual(event: &event::Model) -> Self {
        Self {
            enabled: true,
            before_days: 2,
            on_day: true,
            after_days: 2,
            lead_days: 4,
            moderator_days: 6,
            hours: Hours {
                zone: event.time_zone.clone(),
                from: 9,
                to: 18,
                every_day: false,
            },
        }
    }

    /// # Errors
    /// When the database refuses.
    pub async fn of(conn: &impl ConnectionTrait, event: &event::Model) -> Result<Self> {
        let row = reminder_rule::Entity::find_by_id(event.id).one(conn).await?;
        let n = |days: i32| u32::try_from(days).unwrap_or_default();
        Ok(row.map_or_else(
            || Self::usual(event),
            |row| Self {
                enabled: row.enabled,
                before_days: n(row.before_days),
                on_day: row.on_day,
                after_days: n(row.after_days),
                lead_days: n(row.lead_days),
                moderator_days: n(row.moderator_days),
                hours: Hours {
                    zone: event.time_zone.clone(),
                    from: n(row.from_hour),
                    to: n(row.to_hour),
                    every_day: false,
                },
            },
        ))
    }

    /// Makes it the event's own.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn store(&self, tx: &WriteTx, event: &event::Model) -> Result<()> {
        use reminder_rule::Column;
        let n = |days: u32| i32::try_from(days).unwrap_or_default();
        let row = reminder_rule::ActiveModel {
            event_id: Set(event.id),
            enabled: Set(self.enabled),
            before_days: Set(n(self.before_days)),
            on_day: Set(self.on_day),
            after_days: Set(n(self.after_days)),
            lead_days: Set(n(self.lead_days)),
            moderator_days: Set(n(self.moderator_days)),
            from_hour: Set(n(self.hours.from)),
            to_hour: Set(n(self.hours.to)),
        };
        reminder_rule::Entity::insert(row)
            .on_conflict(
                OnConflict::column(Column::EventId)
                    .update_columns([
                        Column::Enabled,
                        Column::BeforeDays,
                        Column::OnDay,
                        Column::AfterDays,
                        Column::LeadDays,
                        Column::ModeratorDays,
                        Column::FromHour,
                        Column::ToHour,
                    ])
                    .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
        Ok(())
    }

    /// The steps of something that is due at this moment, in the order of time.
    pub(crate) fn steps(&self, due: DateTime<Utc>, holidays: &Holidays) -> Vec<(ReminderStep, DateTime<Utc>)> {
        let day = self.hours.day(due);
        let mut steps = Vec::new();
        if self.before_days > 0 {
            steps.push((ReminderStep::Before, holidays.before(day, self.before_days)));
        }
        if self.on_day {
            steps.push((ReminderStep::Due, day));
        }
        for (step, days) in [
            (ReminderStep::After, self.after_days),
            (ReminderStep::Lead, self.lead_days),
            (ReminderStep::Moderator, self.moderator_days),
        ] {
            if days > 0 {
                steps.push((step, holidays.after(day, days)));
            }
        }
        let mut steps: Vec<_> = steps
            .into_iter()
            .map(|(step, day)| (step, self.hours.opening(day)))
            .collect();
        // Staff may have told the lead before they remind once more.
        steps.sort_by_key(|(_, at)| *at);
        steps
    }

    /// The step that stands now for something that was asked for at `asked`: the last one that came after that. One that was
    /// missed, since nothing ran, is not made up for.
    pub(crate) fn step(
        &self,
        asked: DateTime<Utc>,
        due: DateTime<Utc>,
        now: DateTime<Utc>,
        holidays: &Holidays,
    ) -> Option<ReminderStep> {
        let mut came = self.steps(due, holidays).into_iter();
        came.rfind(|(_, at)| *at > asked && *at <= now).map(|(step, _)| step)
    }
}
