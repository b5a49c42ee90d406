//! The form of a score, on the panel and in the queue; beside it what the others say.

use crate::triage::reading::{repo, service::settings};
use chrono::{DateTime, Utc};
use db::entity::{criterion, question_score, review};
use domain::{CriterionId, Lang, QuestionId, StaffId};
use std::collections::{BTreeMap, HashMap};
use web::App;

/// What was typed into it.
#[derive(Clone, Debug, Default)]
pub(in crate::triage) struct Typed {
    pub(super) marks: BTreeMap<CriterionId, i32>,
    pub(super) comment: Option<String>,
}

/// One criterion with the five values.
pub(in crate::triage) struct Row {
    pub(in crate::triage) id: CriterionId,
    pub(in crate::triage) name: String,
    pub(in crate::triage) weight: i32,
    chosen: Option<i32>,
}

impl Row {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template passes by reference")]
    pub(in crate::triage) fn is(&self, value: &i32) -> bool {
        self.chosen == Some(*value)
    }
    /// The name of its radio buttons.
    pub(in crate::triage) fn field(&self) -> String {
        format!("mark-{}", self.id)
    }
}

/// What another moderator says.
pub(in crate::triage) struct Other {
    pub(in crate::triage) name: String,
    /// `None` after an abstention.
    pub(in crate::triage) score: Option<i32>,
    /// By criterion, in the order of the rows.
    pub(in crate::triage) marks: String,
    pub(in crate::triage) comment: Option<String>,
}

pub(in crate::triage) struct ScoreForm {
    pub(in crate::triage) rows: Vec<Row>,
    pub(in crate::triage) comment: String,
    pub(in crate::triage) version: i32,
    /// Their own score, and when.
    pub(in crate::triage) own: Option<(i32, DateTime<Utc>)>,
    pub(in crate::triage) abstained: bool,
    pub(in crate::triage) readers: i32,
    /// `None` while one's own word comes first.
    pub(in crate::triage) figures: Option<question_score::Model>,
    pub(in crate::triage) others: Vec<Other>,
    /// Others' scores wait for one's own.
    pub(in crate::triage) hidden: bool,
}

impl ScoreForm {
    /// All there is about this question for this moderator. Makes the criteria where the event has none.
    pub(in crate::triage) async fn of(
        app: &App,
        event: domain::EventId,
        question: QuestionId,
        staff: StaffId,
        lang: Lang,
        typed: Typed,
    ) -> Result<Self, crate::Error> {
        let criteria = settings::criteria(app, event).await?;
        let conn = app.db.reader();
        let setting = repo::settings(conn, event).await?;
        let reviews = repo::reviews(conn, question).await?;
        let marks = repo::marks(conn, reviews.iter().map(|r| r.id)).await?;
        let mut given: HashMap<_, BTreeMap<CriterionId, i32>> = HashMap::new();
        for mark in marks {
            given
                .entry(mark.review_id)
                .or_default()
                .insert(mark.criterion_id, mark.value);
        }
        let mine = reviews.iter().find(|r| r.staff_id == staff);
        let own_marks = mine.and_then(|r| given.get(&r.id)).cloned().unwrap_or_default();
        let rows = criteria.iter().map(|c| Row {
            id: c.id,
            name: db::people::in_lang(lang, &c.name, &c.name_en),
            weight: c.weight,
            chosen: typed.marks.get(&c.id).or_else(|| own_marks.get(&c.id)).copied(),
        });
        let hidden = setting.own_first && mine.is_none_or(|r| !r.abstained && r.scored_at.is_none());
        let figures = repo::score(conn, question).await?;
        let own_comment = mine.and_then(|r| r.comment.clone()).unwrap_or_default();
        Ok(Self {
            rows: rows.collect(),
            comment: typed.comment.unwrap_or(own_comment),
            // Who has not read it yet scores the first version, which their score makes.
            version: mine.map_or(1, |r| r.version),
            own: mine.and_then(|r| Some((r.score_milli?, r.scored_at?))),
            abstained: mine.is_some_and(|r| r.abstained),
            readers: figures.as_ref().map_or(0, |f| f.readers),
            others: if hidden {
                Vec::new()
            } else {
                others(app, &criteria, &reviews, &given, staff).await?
            },
            figures: figures.filter(|_| !hidden),
            hidden,
        })
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template passes by reference")]
    pub(in crate::triage) fn milli(value: &i32) -> String {
        super::milli(*value)
    }

    /// The figures in their order, as `(key of the name, value)`.
    pub(in crate::triage) fn shown(&self) -> Vec<(&'static str, String)> {
        let Some(figures) = &self.figures else {
            return Vec::new();
        };
        [
            ("score-mean", figures.mean_milli),
            ("score-median", figures.median_milli),
            ("score-spread", figures.spread_milli),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key, super::milli(value?))))
        .collect()
    }
}

async fn others(
    app: &App,
    criteria: &[criterion::Model],
    reviews: &[review::Model],
    given: &HashMap<domain::ReviewId, BTreeMap<CriterionId, i32>>,
    me: StaffId,
) -> Result<Vec<Other>, crate::Error> {
    let said = |r: &&review::Model| r.staff_id != me && (r.abstained || r.scored_at.is_some());
    let rows: Vec<&review::Model> = reviews.iter().filter(said).collect();
    let hosts = db::people::hosts(app.db.reader(), [], [], rows.iter().map(|r| r.staff_id)).await?;
    let marks_of = |r: &review::Model| {
        let marks = given.get(&r.id);
        let values = criteria.iter().map(|c| marks.and_then(|m| m.get(&c.id)));
        let values = values.map(|v| v.map_or_else(|| "–".to_owned(), i32::to_string));
        values.collect::<Vec<_>>().join(" · ")
    };
    Ok(rows
        .into_iter()
        .map(|r| Other {
            name: hosts
                .staff
                .get(&r.staff_id)
                .map(domain::person::Person::name)
                .unwrap_or_default(),
            score: r.score_milli,
            marks: if r.abstained { String::new() } else { marks_of(r) },
            comment: r.comment.clone(),
        })
        .collect())
}
