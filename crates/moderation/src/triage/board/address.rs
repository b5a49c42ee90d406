//! The filters as they stand in the address.

use super::{Column, Edge, Filter, Search, Sort};
use crate::triage::reading::repo as reading;
use chrono::{DateTime, Utc};
use db::{
    entity::{company, tag},
    prelude::*,
};
use domain::{CompanyId, EventId, StaffId, TagId};
use sea_orm::sea_query::{Func, LikeExpr};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Address {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) q: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) state: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) service: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) field: String,
    /// The name, or a part of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) company: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) prefers: String,
    /// The question's language; `lang` is the page's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) written: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) tag: String,
    /// The least mean, 1 to 5.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) score: String,
    /// The least spread.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) spread: String,
    /// `1`, as the three below.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) similar: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) unread: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) late: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) sort: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) after: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) before: String,
}

/// So many companies may have a name with what was typed in it.
const COMPANIES: u64 = 50;

impl Address {
    pub(crate) fn parse(query: &str) -> Self {
        serde_html_form::from_str(query).unwrap_or_default()
    }

    pub(crate) fn query(&self) -> String {
        serde_html_form::to_string(self).unwrap_or_default()
    }

    /// The same filters from their first page on.
    pub(crate) fn first(&self) -> Self {
        Self {
            after: String::new(),
            before: String::new(),
            ..self.clone()
        }
    }

    pub(crate) fn column(&self, column: Column) -> String {
        let state = match column {
            Column::Inbox => String::new(),
            column => column.as_str().to_owned(),
        };
        Self { state, ..self.first() }.query()
    }

    pub(crate) fn after(&self, key: &impl ToString) -> String {
        Self {
            after: key.to_string(),
            ..self.first()
        }
        .query()
    }

    pub(crate) fn before(&self, key: &impl ToString) -> String {
        Self {
            before: key.to_string(),
            ..self.first()
        }
        .query()
    }

    /// How many filters are set besides the column and the search.
    pub(crate) fn set(&self) -> usize {
        let texts = [
            &self.service,
            &self.field,
            &self.company,
            &self.prefers,
            &self.written,
            &self.tag,
            &self.score,
            &self.spread,
            &self.similar,
            &self.unread,
            &self.late,
        ];
        texts.into_iter().filter(|text| !text.is_empty()).count()
    }

    pub(crate) fn narrowed(&self) -> bool {
        !self.q.is_empty() || self.set() > 0
    }

    /// What the database is asked; as `staff` sees it at `now`.
    pub(crate) async fn filter(
        &self,
        conn: &impl ConnectionTrait,
        event: EventId,
        staff: StaffId,
        now: DateTime<Utc>,
    ) -> Result<Filter, Error> {
        let setting = reading::settings(conn, event).await?;
        let q = self.q.trim();
        let number = q.strip_prefix('#').and_then(|n| n.parse().ok());
        let mut search = if number.is_none() { Search::parse(q) } else { None };
        if setting.blind {
            search = search.map(Search::without_names);
        }
        let edge = match (self.after.parse(), self.before.parse()) {
            (Ok(key), _) => Some(Edge::After(key)),
            (_, Ok(key)) => Some(Edge::Before(key)),
            _ => None,
        };
        let on = |text: &str| !text.is_empty();
        Ok(Filter {
            column: match Column::parse(&self.state) {
                // Nothing there could be late: whoever ticks it means what lies with the crews.
                Column::Inbox if on(&self.late) => Column::Crew,
                column => column,
            },
            // Nothing that could be found finds nothing.
            number: if !q.is_empty() && search.is_none() && number.is_none() {
                Some(0)
            } else {
                number
            },
            search,
            service: self.service.parse().ok(),
            field: self.field.parse().ok(),
            companies: if on(self.company.trim()) {
                Some(companies(conn, self.company.trim()).await?)
            } else {
                None
            },
            prefers: self.prefers.parse().ok(),
            lang: self.written.parse().ok(),
            tag: if on(&self.tag) {
                Some(tag_of(conn, event, &self.tag).await?)
            } else {
                None
            },
            unread_by: on(&self.unread).then_some(staff),
            late: on(&self.late).then_some(now),
            score: thousandths(&self.score),
            spread: thousandths(&self.spread),
            similar: on(&self.similar),
            sort: Sort::parse(&self.sort),
            edge,
            blind: setting.blind,
            own_first: setting.own_first.then_some(staff),
            untold_to: None,
            up_to: None,
        })
    }
}

/// `3.5` as 3,500; within what a score can be.
fn thousandths(text: &str) -> Option<i32> {
    let value: f64 = text.trim().replace(',', ".").parse().ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 5,000")]
    (0.0..=5.0).contains(&value).then(|| (value * 1_000.0).round() as i32)
}

/// The company of this name, else those with it in their name.
async fn companies(conn: &impl ConnectionTrait, name: &str) -> Result<Vec<CompanyId>, Error> {
    if let Some(exact) = company::Entity::find()
        .filter(company::Column::Name.eq(name))
        .one(conn)
        .await?
    {
        return Ok(vec![exact.id]);
    }
    let mut pattern = String::from("%");
    for c in name.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    let like = Expr::expr(Func::lower(Expr::col(company::Column::Name))).like(LikeExpr::new(pattern).escape('\\'));
    let found = company::Entity::find().filter(like).limit(COMPANIES).all(conn).await?;
    Ok(found.into_iter().map(|c| c.id).collect())
}

async fn tag_of(conn: &impl ConnectionTrait, event: EventId, name: &str) -> Result<TagId, Error> {
    let find = tag::Entity::find()
        .filter(tag::Column::EventId.eq(event))
        .filter(tag::Column::Name.eq(name));
    // A tag that is gone is on no question.
    Ok(find.one(conn).await?.map_or_else(TagId::new, |t| t.id))
}

#[cfg(test)]
mod tests {
    use super::{Address, thousandths};

    #[test]
    fn an_address_reads_as_it_is_written_and_forgets_its_page() {
        let address = Address::parse("q=%EC%A0%95%EC%82%B0&state=all&score=3.5&after=50&unknown=1");
        assert_eq!((address.q.as_str(), address.set()), ("정산", 1));
        assert_eq!(Address::parse(&address.query()), address);
        assert_eq!(address.first().query(), "q=%EC%A0%95%EC%82%B0&state=all&score=3.5");
        assert_eq!(thousandths("3,5"), Some(3_500));
        assert_eq!(
            (thousandths("9"), thousandths("x"), thousandths("NaN")),
            (None, None, None)
        );
    }
}
