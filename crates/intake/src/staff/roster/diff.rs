//! The rows of a file beside what is there: new, changed, unchanged or wrong.

use super::parse::{Column, Problem, Reason, Row};
use domain::{CompanyId, EmailAddress, FieldId, InvitationId, Lang, PartnerId, ServiceId};
use std::collections::{HashMap, HashSet};

/// A person who is there already.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: PartnerId,
    pub company: Option<CompanyId>,
    pub company_name: Option<String>,
    pub title: Option<String>,
    pub name: String,
    pub pen_name: Option<String>,
    pub group: Option<String>,
    pub email: Option<EmailAddress>,
    pub lang: Lang,
    pub services: HashSet<ServiceId>,
    /// Their invitation to the event of this roster, with its field.
    pub invitation: Option<(InvitationId, Option<FieldId>)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    New,
    Changed(Vec<Column>),
    Unchanged,
    /// `row.problems` say why.
    Wrong,
}

impl Verdict {
    pub const fn key(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed(_) => "changed",
            Self::Unchanged => "unchanged",
            Self::Wrong => "wrong",
        }
    }
}

/// A row, and what importing it would do.
#[derive(Clone, Debug)]
pub struct Planned {
    pub row: Row,
    pub verdict: Verdict,
    /// Whom it is about, when they are there already: an index into the people that the plan was made from.
    pub known: Option<usize>,
}

#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub rows: Vec<Planned>,
    pub people: Vec<Person>,
}

impl Plan {
    pub fn count(&self, key: &str) -> usize {
        self.rows.iter().filter(|p| p.verdict.key() == key).count()
    }

    /// The rows that importing would write.
    pub fn work(&self) -> Vec<&Planned> {
        self.rows
            .iter()
            .filter(|p| matches!(p.verdict, Verdict::New | Verdict::Changed(_)))
            .collect()
    }
}

type Key = (String, Option<String>, Option<String>);

/// Compares. A partner is known by their e-mail address, else by name, company and group; the same name with another
/// address is another person.
pub fn plan(rows: Vec<Row>, people: Vec<Person>) -> Plan {
    let mut by_email: HashMap<&EmailAddress, usize> = HashMap::new();
    let mut by_key: HashMap<Key, Vec<usize>> = HashMap::new();
    for (at, person) in people.iter().enumerate() {
        if let Some(email) = &person.email {
            by_email.insert(email, at);
        }
        let key = (person.name.clone(), person.company_name.clone(), person.group.clone());
        by_key.entry(key).or_default().push(at);
    }
    // Addresses are the surer sign, so they choose first.
    let mut known: Vec<Option<usize>> = rows
        .iter()
        .map(|r| r.email.as_ref().and_then(|e| by_email.get(e)).copied())
        .collect();
    let mut claimed: HashSet<usize> = known.iter().flatten().copied().collect();
    for (at, row) in rows.iter().enumerate() {
        if known[at].is_some() || !row.problems.is_empty() {
            continue;
        }
        let free: Vec<usize> = by_key
            .get(&key(row))
            .map(|all| all.iter().copied().filter(|p| !claimed.contains(p)).collect())
            .unwrap_or_default();
        let without_email: Vec<usize> = free.iter().copied().filter(|p| people[*p].email.is_none()).collect();
        known[at] = match (without_email.as_slice(), free.as_slice()) {
            ([one], _) => Some(*one),
            ([], [one]) if row.email.is_none() => Some(*one),
            _ => None,
        };
        claimed.extend(known[at]);
    }
    let mut seen: HashMap<(Option<EmailAddress>, Option<Key>), usize> = HashMap::new();
    let rows = rows
        .into_iter()
        .zip(known)
        .map(|(mut row, known)| {
            let sign = match &row.email {
                Some(email) => (Some(email.clone()), None),
                None => (None, Some(key(&row))),
            };
            if let Some(first) = seen.get(&sign).filter(|_| !row.name.is_empty()) {
                let column = if row.email.is_some() {
                    Column::Email
                } else {
                    Column::Name
                };
                row.problems.push(Problem {
                    column,
                    reason: Reason::Duplicate { row: *first },
                });
            } else {
                seen.insert(sign, row.number);
            }
            let verdict = verdict(&row, known.map(|at| &people[at]));
            Planned { row, verdict, known }
        })
        .collect();
    Plan { rows, people }
}

fn key(row: &Row) -> Key {
    (row.name.clone(), row.company.clone(), row.group.clone())
}

fn verdict(row: &Row, known: Option<&Person>) -> Verdict {
    if !row.problems.is_empty() {
        return Verdict::Wrong;
    }
    let Some(person) = known else { return Verdict::New };
    let Some((_, field)) = person.invitation else {
        return Verdict::New;
    };
    let differs = |given: &Option<String>, there: &Option<String>| given.is_some() && given != there;
    let services: HashSet<ServiceId> = row.services.iter().copied().collect();
    let checks = [
        (Column::Company, differs(&row.company, &person.company_name)),
        (Column::Title, differs(&row.title, &person.title)),
        (Column::Name, row.name != person.name),
        (Column::PenName, differs(&row.pen_name, &person.pen_name)),
        (Column::Group, differs(&row.group, &person.group)),
        (Column::Field, row.field.is_some() && row.field != field),
        (Column::Services, !services.is_empty() && services != person.services),
        (Column::Email, row.email.is_some() && row.email != person.email),
        (Column::Lang, row.lang.is_some_and(|lang| lang != person.lang)),
    ];
    let changed: Vec<Column> = checks
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(column, _)| column)
        .collect();
    if changed.is_empty() {
        Verdict::Unchanged
    } else {
        Verdict::Changed(changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: usize, name: &str, company: &str, email: &str) -> Row {
        Row {
            number,
            name: name.into(),
            company: (!company.is_empty()).then(|| company.into()),
            email: EmailAddress::parse(email).ok(),
            ..Row::default()
        }
    }

    fn person(name: &str, company: &str, email: &str) -> Person {
        Person {
            id: PartnerId::new(),
            company: None,
            company_name: (!company.is_empty()).then(|| company.into()),
            title: Some("대표".into()),
            name: name.into(),
            pen_name: None,
            group: None,
            email: EmailAddress::parse(email).ok(),
            lang: Lang::Ko,
            services: HashSet::new(),
            invitation: Some((InvitationId::new(), None)),
        }
    }

    fn verdicts(rows: Vec<Row>, people: Vec<Person>) -> Vec<Verdict> {
        plan(rows, people).rows.into_iter().map(|p| p.verdict).collect()
    }

    #[test]
    fn an_address_tells_who_it_is_and_an_empty_cell_changes_nothing() {
        let people = vec![person("김하늘", "하늘책방", "ha@x.example")];
        let moved = row(2, "김하늘", "바다책방", "ha@x.example");
        assert_eq!(
            verdicts(vec![moved], people.clone()),
            [Verdict::Changed(vec![Column::Company])]
        );
        let bare = row(2, "김하늘", "", "ha@x.example");
        assert_eq!(verdicts(vec![bare], people), [Verdict::Unchanged]);
    }

    #[test]
    fn without_an_address_name_company_and_group_tell() {
        let people = vec![person("박기사", "", ""), person("이나무", "숲", "")];
        let rows = vec![
            row(2, "박기사", "", ""),
            row(3, "이나무", "들", ""),
            row(4, "이나무", "숲", "na@x.example"),
        ];
        let got = verdicts(rows, people);
        assert_eq!(
            got,
            [Verdict::Unchanged, Verdict::New, Verdict::Changed(vec![Column::Email])]
        );
    }

    #[test]
    fn the_same_name_with_another_address_is_another_person() {
        let people = vec![person("김민수", "숲", "a@x.example")];
        assert_eq!(
            verdicts(vec![row(2, "김민수", "숲", "b@x.example")], people),
            [Verdict::New]
        );
    }

    #[test]
    fn somebody_who_stands_twice_in_the_file_is_wrong_the_second_time() {
        let rows = vec![
            row(2, "가", "", "a@x.example"),
            row(3, "나", "", "A@x.example"),
            row(4, "다", "", ""),
            row(5, "다", "", ""),
        ];
        let plan = plan(rows, Vec::new());
        assert_eq!(
            plan.rows[1].row.problems,
            [Problem {
                column: Column::Email,
                reason: Reason::Duplicate { row: 2 }
            }]
        );
        assert_eq!(
            plan.rows[3].row.problems,
            [Problem {
                column: Column::Name,
                reason: Reason::Duplicate { row: 4 }
            }]
        );
        assert_eq!((plan.count("new"), plan.count("wrong")), (2, 2));
    }

    #[test]
    fn somebody_who_is_known_but_not_invited_is_new_to_this_event() {
        let mut known = person("김하늘", "하늘책방", "ha@x.example");
        known.invitation = None;
        let plan = plan(vec![row(2, "김하늘", "하늘책방", "ha@x.example")], vec![known]);
        assert_eq!(
            (plan.rows[0].verdict.clone(), plan.rows[0].known),
            (Verdict::New, Some(0))
        );
    }
}
