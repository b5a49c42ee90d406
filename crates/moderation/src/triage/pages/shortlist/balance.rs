//! The ten beside all that were asked, as bars; and what somebody should look at.

use crate::triage::{
    repo::{self, Asked, Line},
    service,
};
use db::{
    entity::event,
    people::{self, Invitee},
};
use domain::{CompanyId, Lang};
use std::{collections::HashMap, hash::Hash};
use web::{App, Chrome};

/// So many asked without a place are worth a word.
const MANY: i64 = 30;

/// One bar: how many of the ten, and of all.
pub(super) struct Share {
    pub(super) name: String,
    pub(super) live: i64,
    pub(super) all: i64,
    of_live: i64,
    of_all: i64,
}

impl Share {
    /// Of all that have a place, in hundredths.
    pub(super) fn live_part(&self) -> i64 {
        self.live * 100 / Ord::max(self.of_live, 1)
    }
    pub(super) fn all_part(&self) -> i64 {
        self.all * 100 / Ord::max(self.of_all, 1)
    }
}

pub(super) struct Dimension {
    pub(super) title: String,
    pub(super) shares: Vec<Share>,
}

pub(super) struct Balance {
    /// Some dimensions are left out: the event reads blind.
    pub(super) blind: bool,
    pub(super) dimensions: Vec<Dimension>,
    pub(super) warnings: Vec<String>,
}

impl Balance {
    pub(super) async fn read(app: &App, event: &event::Model, ten: &[Line], c: &Chrome) -> Result<Self, db::Error> {
        let conn = app.db.reader();
        // Read anew: a line shows no asker while the event reads blind, and the ten are counted all the same.
        let known = people::invitees(conn, ten.iter().map(|line| line.question.invitation_id), c.lang()).await?;
        let askers: Vec<&Invitee> = ten
            .iter()
            .filter_map(|line| known.get(&line.question.invitation_id))
            .collect();
        let companies: Vec<Option<CompanyId>> = askers.iter().map(|a| a.company_id).collect();
        let partners: Vec<_> = askers.iter().map(|a| a.partner).collect();
        let blind = ten.iter().any(|line| line.veil.is_drawn());
        let asked = service::asked(app, event).await?;
        let firms: Vec<CompanyId> = companies.iter().flatten().copied().collect();
        let mut by_firm = asked.companies.clone();
        by_firm.extend(repo::asked_by(conn, event.id, &firms).await?);
        let returned = repo::returned(conn, event, &partners).await?;
        let field_names = repo::field_names(conn, c.lang()).await?;
        let services = people::services(conn, c.lang()).await?;
        let names = repo::company_names(conn, by_firm.keys().flatten().copied()).await?;
        let count = Count {
            live: i64::try_from(ten.len()).unwrap_or(i64::MAX),
            all: asked.all,
        };
        let nobody = c.t("balance-no-company");
        let by_service = count.shares(
            services.into_iter().map(|(id, name)| (Some(id), name)),
            &tally(ten.iter().map(|line| Some(line.question.service_id))),
            |id| id.and_then(|id| asked.services.get(&id).copied()),
        );
        let fields = field_names.iter().map(|(id, name)| (Some(*id), name.clone()));
        let by_field = count.shares(
            fields.chain([(None, c.t("balance-no-field"))]),
            &tally(askers.iter().map(|a| a.field)),
            |id| asked.fields.get(&id).copied(),
        );
        let mut by_company = count.shares(
            names
                .into_iter()
                .map(|(id, name)| (Some(id), name))
                .chain([(None, nobody)]),
            &tally(companies.iter().copied()),
            |id| by_firm.get(&id).copied(),
        );
        by_company.sort_by_key(|s| (std::cmp::Reverse(s.live), std::cmp::Reverse(s.all)));
        let by_language = count.shares(
            Lang::ALL.iter().map(|lang| (*lang, c.t(format!("lang-{lang}")))),
            &tally(ten.iter().map(|line| line.question.lang)),
            |lang| asked.languages.get(&lang).copied(),
        );
        let warnings = warnings(c, ten, blind, [&by_service, &by_field, &by_company, &by_language]);
        let returned = partners.iter().filter(|p| returned.contains(*p)).count();
        let first = first_time(c, &count, &asked, i64::try_from(returned).unwrap_or_default());
        let mut dimensions = vec![
            ("filter-service", by_service),
            ("balance-field", by_field),
            ("col-company", by_company),
            ("balance-language", by_language),
            ("balance-first", first),
        ];
        // A bar that grows with a place would tell whose question got it.
        dimensions.retain(|(title, _)| !blind || matches!(*title, "filter-service" | "balance-language"));
        let dimensions = dimensions.into_iter().map(|(title, shares)| Dimension {
            title: c.t(title),
            shares,
        });
        Ok(Self {
            blind,
            dimensions: dimensions.collect(),
            warnings,
        })
    }
}

struct Count {
    live: i64,
    all: i64,
}

impl Count {
    fn share(&self, name: String, live: i64, all: i64) -> Share {
        Share {
            name,
            live,
            all,
            of_live: self.live,
            of_all: self.all,
        }
    }

    /// Those that anybody asked about, in the order of their names.
    fn shares<K: Copy + Eq + Hash>(
        &self,
        names: impl IntoIterator<Item = (K, String)>,
        live: &HashMap<K, i64>,
        all: impl Fn(K) -> Option<i64>,
    ) -> Vec<Share> {
        let rows = names.into_iter().filter_map(|(key, name)| {
            let live = live.get(&key).copied().unwrap_or_default();
            let all = all(key).unwrap_or_default();
            (live + all > 0).then(|| self.share(name, live, all))
        });
        rows.collect()
    }
}

fn tally<K: Eq + Hash>(keys: impl Iterator<Item = K>) -> HashMap<K, i64> {
    let mut tally = HashMap::new();
    for key in keys {
        *tally.entry(key).or_default() += 1;
    }
    tally
}

fn first_time(c: &Chrome, count: &Count, asked: &Asked, returned: i64) -> Vec<Share> {
    vec![
        count.share(
            c.t("balance-first-time"),
            count.live - returned,
            count.all - asked.returning,
        ),
        count.share(c.t("balance-returning"), returned, asked.returning),
    ]
}

/// In words: two of one company, many of one service without a place, a field without one, one language for all. Who
/// reads blind hears that a company has two, not which.
fn warnings(
    c: &Chrome,
    ten: &[Line],
    blind: bool,
    [services, fields, companies, languages]: [&Vec<Share>; 4],
) -> Vec<String> {
    let mut warnings = Vec::new();
    if ten.is_empty() {
        return warnings;
    }
    let nobody = c.t("balance-no-company");
    for share in companies.iter().filter(|s| s.live > 1 && s.name != nobody) {
        warnings.push(if blind {
            c.t1("warn-company-blind", "n", share.live)
        } else {
            c.t2("warn-company", "n", share.live, "what", &share.name)
        });
    }
    for share in services.iter().filter(|s| s.live == 0 && s.all >= MANY) {
        warnings.push(c.t2("warn-service", "n", share.all, "what", &share.name));
    }
    let no_field = c.t("balance-no-field");
    for share in fields.iter().filter(|s| !blind && s.live == 0 && s.name != no_field) {
        warnings.push(c.t2("warn-field", "n", share.all, "what", &share.name));
    }
    let spoken: Vec<&Share> = languages.iter().filter(|s| s.live > 0).collect();
    if let [only] = spoken.as_slice()
        && ten.len() > 1
        && languages.len() > 1
    {
        warnings.push(c.t1("warn-language", "what", &only.name));
    }
    warnings
}
