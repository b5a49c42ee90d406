//! How a person stands on pages, in mails and in print: by their side, not by their role in the exchange.

use crate::{lang::Lang, state::question::Naming};
use serde::{Deserialize, Serialize};

/// A person as they stand, already decided; what the renderers print.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "side", rename_all = "lowercase")]
pub enum Person {
    /// Name, title, company (or what takes its place), and the services where they meet the host.
    Partner {
        /// The pen name where there is one.
        name: Option<String>,
        title: Option<String>,
        company: Option<String>,
        /// A work, a police station, an association: takes the company's place or stands beside it.
        group: Option<String>,
        services: Vec<String>,
    },
    /// Nickname, name, team or title, and affiliate where they work for one.
    Host {
        nickname: Option<String>,
        name: String,
        title: Option<String>,
        team: Option<String>,
        affiliate: Option<String>,
    },
}

impl Person {
    /// The display line, parts joined by ` · `: `김하늘 · 대표 · 하늘책방`, `Jay(이준호) · 결제팀`.
    pub fn line(&self) -> String {
        let (first, rest): (String, Vec<&Option<String>>) = match self {
            Self::Partner {
                name,
                title,
                company,
                group,
                ..
            } => (String::new(), vec![name, title, company, group]),
            Self::Host {
                title, team, affiliate, ..
            } => (self.host_name(), vec![title, team, affiliate]),
        };
        let rest = rest.into_iter().flatten().map(String::as_str);
        std::iter::once(first.as_str())
            .filter(|s| !s.is_empty())
            .chain(rest)
            .collect::<Vec<_>>()
            .join(" · ")
    }

    fn host_name(&self) -> String {
        match self {
            Self::Host {
                nickname: Some(nick),
                name,
                ..
            } if nick != name => format!("{nick}({name})"),
            Self::Host { name, .. } => name.clone(),
            Self::Partner { name, .. } => name.clone().unwrap_or_default(),
        }
    }

    /// The name alone, for greetings.
    pub fn name(&self) -> String {
        self.host_name()
    }

    /// The same partner, as far as they may be named in print; host people stand as they are.
    #[must_use]
    pub fn named(self, naming: Naming, lang: Lang) -> Self {
        match (self, naming) {
            (
                Self::Partner {
                    company,
                    group,
                    services,
                    ..
                },
                Naming::Company,
            ) if company.is_some() || group.is_some() => Self::Partner {
                name: None,
                title: None,
                company,
                group,
                services,
            },
            (Self::Partner { services, .. }, Naming::Company | Naming::Nameless) => Self::Partner {
                name: Some(match lang {
                    Lang::Ko => "익명의 파트너".to_owned(),
                    Lang::En => "A partner".to_owned(),
                }),
                title: None,
                company: None,
                group: None,
                services,
            },
            (person, _) => person,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partner() -> Person {
        Person::Partner {
            name: Some("김하늘".into()),
            title: Some("대표".into()),
            company: Some("하늘책방".into()),
            group: None,
            services: vec![],
        }
    }

    #[test]
    fn a_partner_stands_as_they_allowed() {
        assert_eq!(partner().line(), "김하늘 · 대표 · 하늘책방");
        assert_eq!(partner().named(Naming::Company, Lang::Ko).line(), "하늘책방");
        assert_eq!(partner().named(Naming::Nameless, Lang::Ko).line(), "익명의 파트너");
    }

    #[test]
    fn a_taxi_driver_without_company_stays_nameless_when_only_the_company_may_stand() {
        let driver = Person::Partner {
            name: Some("박기사".into()),
            title: None,
            company: None,
            group: None,
            services: vec![],
        };
        assert_eq!(driver.named(Naming::Company, Lang::En).line(), "A partner");
    }

    #[test]
    fn a_host_person_stands_by_nickname_and_name() {
        let host = Person::Host {
            nickname: Some("Jay".into()),
            name: "이준호".into(),
            title: None,
            team: Some("결제팀".into()),
            affiliate: None,
        };
        assert_eq!(host.line(), "Jay(이준호) · 결제팀");
    }
}
