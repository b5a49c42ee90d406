//! The day itself: who wanted to be where and came, where questions were asked and answered, and how long each stood on stage.

use db::{
    entity::{programme_part, sitting},
    people::in_lang,
    prelude::*,
    sql::Sql,
};
use domain::{EventId, Lang, PartId, SittingId, text};
use sea_orm::{DbErr, QueryResult};
use std::collections::HashMap;

/// Of a question, so many letters.
const EXCERPT: usize = 90;
/// What stood on stage longest; a day has no room for more.
const MOST: u64 = 60;

/// Seats of a sitting or of one part of its programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seats {
    pub(crate) name: String,
    /// A sitting's own row stands above those of its parts.
    pub(crate) sitting: bool,
    pub(crate) counts: Counts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Who said yes and has a place.
    pub(crate) coming: i64,
    /// Who said yes and was at the sitting.
    pub(crate) came: i64,
    /// Who said yes when all places were taken.
    pub(crate) waiting: i64,
}

/// Questions that came one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    /// The key of its name.
    pub(crate) key: &'static str,
    pub(crate) asked: i64,
    pub(crate) on_stage: i64,
    /// Answered, but not on stage.
    pub(crate) elsewhere: i64,
}

impl Way {
    pub(crate) const fn answered(&self) -> i64 {
        self.on_stage + self.elsewhere
    }
    pub(crate) const fn open(&self) -> i64 {
        self.asked - self.answered()
    }
}

/// A question that stood on stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Staged {
    pub(crate) text: String,
    pub(crate) lang: String,
    /// By its timer.
    pub(crate) seconds: i64,
    pub(crate) answered: bool,
    /// People who applauded on their telephones.
    pub(crate) applause: i64,
    /// People in the hall who wanted to hear the answer.
    pub(crate) votes: i64,
}

impl Staged {
    /// `4:05`.
    pub(crate) fn clock(&self) -> String {
        format!("{}:{:02}", self.seconds / 60, self.seconds % 60)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Day {
    /// Each sitting, and below it the parts of its programme.
    pub(crate) seats: Vec<Seats>,
    pub(crate) ways: Vec<Way>,
    /// What stood there longest first.
    pub(crate) staged: Vec<Staged>,
}

impl Day {
    pub(crate) const fn is_empty(&self) -> bool {
        self.seats.is_empty() && self.staged.is_empty()
    }
    pub(crate) fn most_seats(&self) -> i64 {
        let all = self.seats.iter().map(|row| row.counts.coming);
        all.chain([1]).max().unwrap_or(1)
    }
    pub(crate) fn most_asked(&self) -> i64 {
        self.ways.iter().map(|way| way.asked).chain([1]).max().unwrap_or(1)
    }
    pub(crate) fn longest(&self) -> i64 {
        self.staged.iter().map(|row| row.seconds).chain([1]).max().unwrap_or(1)
    }
}

/// Of one event.
pub(crate) async fn read(conn: &impl ConnectionTrait, event: EventId, lang: Lang) -> Result<Day, db::Error> {
    Ok(Day {
        seats: seats(conn, event, lang).await?,
        ways: ways(conn, event).await?,
        staged: staged(conn, event).await?,
    })
}

async fn seats(conn: &impl ConnectionTrait, event: EventId, lang: Lang) -> Result<Vec<Seats>, db::Error> {
    let sittings = sitting::Entity::find()
        .filter(sitting::Column::EventId.eq(event))
        .order_by_asc(sitting::Column::Position)
        .order_by_asc(sitting::Column::Id)
        .all(conn)
        .await?;
    let parts = programme_part::Entity::find()
        .filter(programme_part::Column::SittingId.is_in(sittings.iter().map(|sitting| sitting.id)))
        .order_by_asc(programme_part::Column::StartsAt)
        .order_by_asc(programme_part::Column::Id)
        .all(conn)
        .await?;
    let of_sittings: HashMap<SittingId, Counts> = counts(
        conn,
        event,
        "SELECT r.sitting_id, sum(CASE WHEN r.coming AND r.waits IS NULL THEN 1 ELSE 0 END), sum(CASE WHEN r.coming AND r.waits IS NOT NULL THEN 1 ELSE 0 END), sum(CASE WHEN r.coming AND r.came THEN 1 ELSE 0 END)
 FROM rsvp r JOIN sitting s ON s.id = r.sitting_id",
    )
    .await?;
    let of_parts: HashMap<PartId, Counts> = counts(
        conn,
        event,
        "SELECT i.part_id, sum(CASE WHEN i.waits IS NULL THEN 1 ELSE 0 END), sum(CASE WHEN i.waits IS NOT NULL THEN 1 ELSE 0 END), sum(CASE WHEN r.came THEN 1 ELSE 0 END)
 FROM rsvp_interest i JOIN programme_part p ON p.id = i.part_id JOIN sitting s ON s.id = p.sitting_id
 LEFT JOIN rsvp r ON r.invitation_id = i.invitation_id AND r.sitting_id = s.id",
    )
    .await?;
    if of_sittings.is_empty() && of_parts.is_empty() {
        // Before anybody answered there is nothing to compare.
        return Ok(Vec::new());
    }
    let mut rows = Vec::with_capacity(sittings.len() + parts.len());
    for sitting in &sittings {
        rows.push(Seats {
            name: in_lang(lang, &sitting.title, &sitting.title_en),
            sitting: true,
            counts: of_sittings.get(&sitting.id).copied().unwrap_or_default(),
        });
        let below = parts.iter().filter(|part| part.sitting_id == sitting.id);
        rows.extend(below.map(|part| Seats {
            name: in_lang(lang, &part.title, &part.title_en),
            sitting: false,
            counts: of_parts.get(&part.id).copied().unwrap_or_default(),
        }));
    }
    Ok(rows)
}

/// `select` gives an id and three sums; `s` is the sitting.
async fn counts<I>(conn: &impl ConnectionTrait, event: EventId, select: &str) -> Result<HashMap<I, Counts>, db::Error>
where
    I: std::hash::Hash + Eq + sea_orm::TryGetable,
{
    let mut sql = Sql::new(select);
    sql.add(" WHERE s.event_id = ").bind(event).add(" GROUP BY 1");
    let rows = conn.query_all_raw(sql.statement(conn.get_database_backend())).await?;
    let one = |row: &QueryResult| {
        let counts = Counts {
            coming: row.try_get_by_index(1)?,
            came: row.try_get_by_index(3)?,
            waiting: row.try_get_by_index(2)?,
        };
        Ok((row.try_get_by_index(0)?, counts))
    };
    Ok(rows.iter().map(one).collect::<Result<_, DbErr>>()?)
}

/// Ahead of the day, from the hall, and back: what the telephones showed, or what came when all others could ask no more,
/// came from the hall.
async fn ways(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<Way>, db::Error> {
    let backend = conn.get_database_backend();
    let mut sql = Sql::new(
        "SELECT way, count(*), sum(staged), sum(CASE WHEN staged = 0 THEN answered ELSE 0 END) FROM (SELECT
 CASE WHEN h.question_id IS NOT NULL OR q.received_at > e.closes_at THEN 1 ELSE 0 END AS way,
 CASE WHEN c.answered_at IS NOT NULL OR EXISTS (SELECT 1 FROM answer a WHERE a.question_id = q.id AND a.source = 'stage' AND a.state = 'approved') THEN 1 ELSE 0 END AS staged,
 CASE WHEN EXISTS (SELECT 1 FROM delivery d WHERE d.question_id = q.id) THEN 1 ELSE 0 END AS answered
 FROM question q JOIN event e ON e.id = q.event_id LEFT JOIN hall_question h ON h.question_id = q.id LEFT JOIN stage_cue c ON c.subject_id = q.id
 WHERE q.state IN ('received', 'live', 'routed', 'merged') AND q.received_at IS NOT NULL AND q.event_id = ",
    );
    sql.bind(event).add(
        " UNION ALL SELECT 2, CASE WHEN c.answered_at IS NULL THEN 0 ELSE 1 END,
 CASE WHEN EXISTS (SELECT 1 FROM answer a WHERE a.reverse_id = r.id AND a.state = 'approved') THEN 1 ELSE 0 END
 FROM reverse_question r LEFT JOIN stage_cue c ON c.subject_id = r.id WHERE r.state IN ('picked', 'sent') AND r.event_id = ",
    );
    sql.bind(event).add(") asked GROUP BY way ORDER BY way");
    let rows = conn.query_all_raw(sql.statement(backend)).await?;
    let way = |row: &QueryResult| {
        let way: i32 = row.try_get_by_index(0)?;
        Ok(Way {
            key: match way {
                0 => "insight-ahead",
                1 => "insight-hall",
                _ => "insight-back",
            },
            asked: row.try_get_by_index(1)?,
            on_stage: row.try_get_by_index(2)?,
            elsewhere: row.try_get_by_index(3)?,
        })
    };
    Ok(rows.iter().map(way).collect::<Result<_, DbErr>>()?)
}

async fn staged(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<Staged>, db::Error> {
    let mut sql = Sql::new(
        "SELECT coalesce(y.body, q.body, r.body), coalesce(q.lang, r.lang), c.used_ms / 1000, CASE WHEN c.answered_at IS NULL THEN 0 ELSE 1 END,
 coalesce(p.people, 0) + (SELECT count(*) FROM hall_clap l WHERE l.subject_id = c.subject_id),
 coalesce(h.votes, 0) + (SELECT count(*) FROM hall_vote v WHERE v.question_id = c.subject_id)
 FROM stage_cue c LEFT JOIN question q ON q.id = c.subject_id LEFT JOIN question_copy y ON y.question_id = q.id LEFT JOIN reverse_question r ON r.id = c.subject_id
 LEFT JOIN hall_applause p ON p.subject_id = c.subject_id LEFT JOIN hall_question h ON h.question_id = c.subject_id
 WHERE coalesce(q.body, r.body) IS NOT NULL AND (c.used_ms > 0 OR c.answered_at IS NOT NULL) AND c.event_id = ",
    );
    sql.bind(event)
        .add(&format!(" ORDER BY c.used_ms DESC, c.subject_id LIMIT {MOST}"));
    let rows = conn.query_all_raw(sql.statement(conn.get_database_backend())).await?;
    let one = |row: &QueryResult| {
        let body: String = row.try_get_by_index(0)?;
        let answered: i32 = row.try_get_by_index(3)?;
        Ok(Staged {
            text: text::excerpt(&body, EXCERPT),
            lang: row.try_get_by_index(1)?,
            seconds: row.try_get_by_index(2)?,
            answered: answered == 1,
            applause: row.try_get_by_index(4)?,
            votes: row.try_get_by_index(5)?,
        })
    };
    Ok(rows.iter().map(one).collect::<Result<_, DbErr>>()?)
}
