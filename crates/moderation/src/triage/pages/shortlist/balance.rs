//! The ten beside all that were asked, as bars; and what somebody should look at.

use crate::triage::repo::{self, Asked, Line};
use db::{entity::event, people, prelude::*};
use domain::{CompanyId, Lang};
use std::{collections::HashMap, hash::Hash};
use web::Chrome;

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
    pub(super) dimensions: Vec<Dimension>,
    pub(super) warnings: Vec<String>,
}

impl Balance {
    pub(super) async fn read(
        conn: &impl ConnectionTrait,
        event: &event::Model,
        ten: &[Line],
        c: &Chrome,
    ) -> Result<Self, db::Error> {
        let askers = || ten.iter().filter_map(|line| line.asker.as_ref());
        let companies: Vec<Option<CompanyId>> = askers().map(|a| a.company_id).collect();
        let partners: Vec<_> = askers().map(|a| a.partner).collect();
        let asked = repo::asked(conn, event, &companies, &partners, c.lang()).await?;
        let services = people::services(conn, c.lang()).await?;
        let names = repo::company_names(conn, asked.companies.keys().flatten().copied()).await?;
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
        let fields = asked.field_names.iter().map(|(id, name)| (Some(*id), name.clone()));
        let by_field = count.shares(
            fields.chain([(None, c.t("balance-no-field"))]),
            &tally(ten.iter().map(|line| line.asker.as_ref().and_then(|a| a.field))),
            |id| asked.fields.get(&id).copied(),
        );
        let mut by_company = count.shares(
            names
                .into_iter()
                .map(|(id, name)| (Some(id), name))
                .chain([(None, nobody)]),
            &tally(companies.iter().copied()),
            |id| asked.companies.get(&id).copied(),
        );
        by_company.sort_by_key(|s| (std::cmp::Reverse(s.live), std::cmp::Reverse(s.all)));
        let by_language = count.shares(
            Lang::ALL.iter().map(|lang| (*lang, c.t(format!("lang-{lang}")))),
            &tally(ten.iter().map(|line| line.question.lang)),
            |lang| asked.languages.get(&lang).copied(),
        );
        let warnings = warnings(c, ten, [&by_service, &by_field, &by_company, &by_language]);
        let dimensions = vec![
            Dimension {
                title: c.t("filter-service"),
                shares: by_service,
            },
            Dimension {
                title: c.t("balance-field"),
                shares: by_field,
            },
            Dimension {
                title: c.t("col-company"),
                shares: by_company,
            },
            Dimension {
                title: c.t("balance-language"),
                shares: by_language,
            },
            Dimension {
                title: c.t("balance-first"),
                shares: first_time(c, &count, &asked, ten),
            },
        ];
        Ok(Self { dimensions, warnings })
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

fn first_time(c: &Chrome, count: &Count, asked: &Asked, ten: &[Line]) -> Vec<Share> {
    let returned = ten
        .iter()
        .filter_map(|line| line.asker.as_ref())
        .filter(|asker| asked.returned.contains(&asker.partner))
        .count();
    let returned = i64::try_from(returned).unwrap_or_default();
    vec![
        count.share(
            c.t("balance-first-time"),
            count.live - returned,
            count.all - asked.returning,
        ),
        count.share(c.t("balance-returning"), returned, asked.returning),
    ]
}

/// In words: two of one company, many of one service without a place, a field without one, one language for all.
fn warnings(c: &Chrome, ten: &[Line], [services, fields, companies, languages]: [&Vec<Share>; 4]) -> Vec<String> {
    let mut warnings = Vec::new();
    if ten.is_empty() {
        return warnings;
    }
    let nobody = c.t("balance-no-company");
    for share in companies.iter().filter(|s| s.live > 1 && s.name != nobody) {
        warnings.push(c.t2("warn-company", "n", share.live, "what", &share.name));
    }
    for share in services.iter().filter(|s| s.live == 0 && s.all >= MANY) {
        warnings.push(c.t2("warn-service", "n", share.all, "what", &share.name));
    }
    let no_field = c.t("balance-no-field");
    for share in fields.iter().filter(|s| s.live == 0 && s.name != no_field) {
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
