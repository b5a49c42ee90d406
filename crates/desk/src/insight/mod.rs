//! What the conversations came to: questions by service and field, how many were answered and after how many days, and
//! how many of those answers were read. One query counts them; everything shown is summed from its rows.

mod book;
pub(crate) mod day;
pub(crate) mod readers;

pub(crate) use book::book;

use chrono::Datelike;
use db::{
    entity::{event, field, service},
    people::in_lang,
    prelude::*,
    sql::Sql,
};
use domain::{EventId, FieldId, Lang, ServiceId};
use sea_orm::DbBackend;
use std::collections::{BTreeMap, HashMap};
use web::lang::Zone;

/// How long it took: the most whole days that still belong to it.
pub(crate) const SPANS: [(&str, i64); 6] = [
    ("insight-in-day", 0),
    ("insight-in-3", 2),
    ("insight-in-week", 6),
    ("insight-in-two-weeks", 13),
    ("insight-in-month", 29),
    ("insight-longer", i64::MAX),
];

/// Questions of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    /// Sent in, and neither taken back nor declined: what the host owes an answer.
    pub(crate) asked: i64,
    /// Whose answer is on its way to its asker, or there.
    pub(crate) answered: i64,
    /// Whose answer was opened on its asker's page.
    pub(crate) read: i64,
    /// Whole days from the question to its answer, and how many took so many.
    days: BTreeMap<i64, i64>,
}

impl Sum {
    /// In hundredths of what was asked.
    pub(crate) fn answered_share(&self) -> i64 {
        share(self.answered, self.asked)
    }

    /// In hundredths of what was answered.
    pub(crate) fn read_share(&self) -> i64 {
        share(self.read, self.answered)
    }

    /// Half of the answers took no longer than so many days.
    pub(crate) fn median(&self) -> Option<i64> {
        let half = (self.answered + 1) / 2;
        let mut seen = 0;
        self.days.iter().find_map(|(days, n)| {
            seen += n;
            (seen >= half && half > 0).then_some(*days)
        })
    }

    /// How many took so long, in the order of [`SPANS`].
    pub(crate) fn spans(&self) -> Vec<i64> {
        let mut from = i64::MIN;
        SPANS
            .iter()
            .map(|(_, to)| {
                let within = self.days.iter().filter(|(days, _)| (from..=*to).contains(*days));
                let n = within.map(|(_, n)| n).sum();
                from = to.saturating_add(1);
                n
            })
            .collect()
    }

    fn add(&mut self, row: &Row) {
        self.asked += row.n;
        if let Some(days) = row.days {
            self.answered += row.n;
            self.read += row.read;
            *self.days.entry(days).or_default() += row.n;
        }
    }
}

fn share(part: i64, of: i64) -> i64 {
    if of == 0 { 0 } else { part * 100 / of }
}

/// A sum under its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: String,
    /// Where it leads, where it does.
    pub(crate) href: String,
    pub(crate) sum: Sum,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Insight {
    pub(crate) all: Sum,
    /// The latest first; none of a single event.
    pub(crate) years: Vec<Named>,
    /// The latest first; none of a single event.
    pub(crate) events: Vec<Named>,
    /// In their order; without those about which nobody asked.
    pub(crate) services: Vec<Named>,
    pub(crate) fields: Vec<Named>,
}

/// Questions of one event, service and field that took as many days; `None`: not answered.
struct Row {
    event: EventId,
    service: ServiceId,
    field: Option<FieldId>,
    days: Option<i64>,
    n: i64,
    read: i64,
}

async fn rows(conn: &impl ConnectionTrait, event: Option<EventId>) -> Result<Vec<Row>, db::Error> {
    let backend = conn.get_database_backend();
    let days = if backend == DbBackend::Postgres {
        "CAST(floor(extract(epoch FROM d.at - q.received_at) / 86400) AS bigint)"
    } else {
        "CAST(julianday(d.at) - julianday(q.received_at) AS integer)"
    };
    let mut sql = Sql::new("SELECT q.event_id, q.service_id, i.field_id, ");
    sql.add(days).add(" AS days, count(*), CAST(coalesce(sum(d.seen), 0) AS bigint) FROM question q JOIN invitation i ON i.id = q.invitation_id
 LEFT JOIN (SELECT question_id, min(created_at) AS at, max(CASE WHEN seen_at IS NULL THEN 0 ELSE 1 END) AS seen FROM delivery");
    if let Some(event) = event {
        sql.add(" WHERE event_id = ").bind(event);
    }
    sql.add(" GROUP BY question_id) d ON d.question_id = q.id WHERE q.state IN ('received', 'live', 'routed', 'merged') AND q.received_at IS NOT NULL");
    if let Some(event) = event {
        sql.add(" AND q.event_id = ").bind(event);
    }
    sql.add(" GROUP BY q.event_id, q.service_id, i.field_id, days");
    let found = conn.query_all_raw(sql.statement(backend)).await?;
    let row = |row: &sea_orm::QueryResult| {
        Ok(Row {
            event: row.try_get_by_index(0)?,
            service: row.try_get_by_index(1)?,
            field: row.try_get_by_index(2)?,
            days: row.try_get_by_index(3)?,
            n: row.try_get_by_index(4)?,
            read: row.try_get_by_index(5)?,
        })
    };
    Ok(found.iter().map(row).collect::<Result<_, sea_orm::DbErr>>()?)
}

/// Of one event, or of all of them.
pub(crate) async fn read(
    conn: &impl ConnectionTrait,
    event: Option<EventId>,
    lang: Lang,
    no_field: &str,
) -> Result<Insight, db::Error> {
    let rows = rows(conn, event).await?;
    let mut all = Sum::default();
    let mut by_event: HashMap<EventId, Sum> = HashMap::new();
    let mut by_service: HashMap<ServiceId, Sum> = HashMap::new();
    let mut by_field: HashMap<Option<FieldId>, Sum> = HashMap::new();
    for row in &rows {
        all.add(row);
        by_event.entry(row.event).or_default().add(row);
        by_service.entry(row.service).or_default().add(row);
        by_field.entry(row.field).or_default().add(row);
    }
    let named = |name: String, sum: Sum| Named {
        name,
        href: String::new(),
        sum,
    };
    let services = service::Entity::find()
        .order_by_asc(service::Column::Position)
        .order_by_asc(service::Column::Id)
        .all(conn)
        .await?;
    let services = services.into_iter().filter_map(|s| {
        let sum = by_service.remove(&s.id)?;
        Some(named(in_lang(lang, &s.name, &s.name_en), sum))
    });
    let services = services.collect();
    let fields = field::Entity::find()
        .order_by_asc(field::Column::Position)
        .order_by_asc(field::Column::Id)
        .all(conn)
        .await?;
    let fields = fields
        .into_iter()
        .map(|f| (Some(f.id), in_lang(lang, &f.name, &f.name_en)))
        .chain([(None, no_field.to_owned())]);
    let fields: Vec<Named> = fields
        .filter_map(|(id, name)| Some(named(name, by_field.remove(&id)?)))
        .collect();
    let (years, events) = if event.is_none() {
        events(conn, &rows, by_event, lang).await?
    } else {
        (Vec::new(), Vec::new())
    };
    Ok(Insight {
        all,
        years,
        events,
        services,
        // Where no field was ever noted, there is nothing to compare.
        fields: if fields.len() > 1 { fields } else { Vec::new() },
    })
}

async fn events(
    conn: &impl ConnectionTrait,
    rows: &[Row],
    mut by_event: HashMap<EventId, Sum>,
    lang: Lang,
) -> Result<(Vec<Named>, Vec<Named>), db::Error> {
    let all = event::Entity::find()
        .order_by_desc(event::Column::OpensAt)
        .order_by_desc(event::Column::Id)
        .all(conn)
        .await?;
    let year_of: HashMap<EventId, i32> = all
        .iter()
        .map(|e| (e.id, e.opens_at.with_timezone(&e.time_zone.tz()).year()))
        .collect();
    let mut by_year: BTreeMap<i32, Sum> = BTreeMap::new();
    for row in rows {
        if let Some(year) = year_of.get(&row.event) {
            by_year.entry(*year).or_default().add(row);
        }
    }
    let years = by_year.into_iter().rev().map(|(year, sum)| Named {
        name: year.to_string(),
        href: String::new(),
        sum,
    });
    let events = all.into_iter().filter_map(|e| {
        Some(Named {
            name: in_lang(lang, &e.title, &e.title_en),
            href: format!("/desk/events/{}/insight", e.slug),
            sum: by_event.remove(&e.id)?,
        })
    });
    Ok((years.collect(), events.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(days: Option<i64>, n: i64, read: i64) -> Row {
        Row {
            event: EventId::new(),
            service: ServiceId::new(),
            field: None,
            days,
            n,
            read,
        }
    }

    #[test]
    fn sums_add_up_and_the_median_is_a_day_that_there_was() {
        let mut sum = Sum::default();
        assert_eq!((sum.median(), sum.answered_share(), sum.read_share()), (None, 0, 0));
        for row in [
            row(Some(0), 2, 1),
            row(Some(3), 3, 2),
            row(Some(40), 1, 0),
            row(None, 2, 0),
        ] {
            sum.add(&row);
        }
        assert_eq!((sum.asked, sum.answered, sum.read), (8, 6, 3));
        assert_eq!(
            (sum.median(), sum.answered_share(), sum.read_share()),
            (Some(3), 75, 50)
        );
        assert_eq!(sum.spans(), [2, 0, 3, 0, 0, 1]);
        assert_eq!(sum.spans().iter().sum::<i64>(), sum.answered);
    }
}
