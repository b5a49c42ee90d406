//! What DNS must say for our mail to be believed and for replies and bounces to come back: SPF, DKIM, DMARC, MX.

use crate::{Signer, identity::Verifier};
use mail_auth::hickory_resolver::{
    net::{DnsError, NetError},
    proto::rr::RData,
};
use settings::{ReturnPath, Settings};
use std::time::Duration;

/// For all questions together.
const PATIENCE: Duration = Duration::from_secs(6);

/// Which record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    Spf,
    Dkim,
    Dmarc,
    Mx,
}

impl Record {
    /// As it stands in keys of texts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Spf => "spf",
            Self::Dkim => "dkim",
            Self::Dmarc => "dmarc",
            Self::Mx => "mx",
        }
    }
}

/// How a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Fine,
    Missing,
    Wrong,
    /// There was no answer: no network, or a name server that is busy.
    Silent,
    /// Nobody was asked: the settings say so, or there is nothing to ask for.
    Off,
}

impl State {
    /// As it stands in keys of texts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Missing => "missing",
            Self::Wrong => "wrong",
            Self::Silent => "silent",
            Self::Off => "off",
        }
    }
}

/// One record with what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub record: Record,
    pub name: String,
    pub state: State,
    /// What stands there, or what should.
    pub found: String,
}

/// The records of the domains that we send from and get replies at. Never fails: what is not answered is said to be so.
pub async fn check(settings: &Settings) -> Vec<Finding> {
    let mail = &settings.mail;
    let from = mail.from_address.rsplit_once('@').map_or("", |(_, d)| d);
    let verifier = Verifier::new(mail.inbound.dns);
    let work = async {
        let mut findings = Vec::new();
        // The receiver asks for SPF of the return path's domain, which is the reply domain with an address of each mail's own.
        let envelope = match mail.out.return_path {
            ReturnPath::Verp => mail.reply_domain.as_str(),
            ReturnPath::From => from,
        };
        findings.push(spf(&texts(&verifier, envelope).await, envelope));
        findings.push(match Signer::load(settings) {
            Ok(Some(signer)) => dkim(&texts(&verifier, &signer.record_name()).await, &signer),
            _ => Finding {
                record: Record::Dkim,
                name: format!("…._domainkey.{from}"),
                state: State::Off,
                found: String::new(),
            },
        });
        let name = format!("_dmarc.{from}");
        findings.push(dmarc(&texts(&verifier, &name).await, &name));
        findings.push(mx(&exchanges(&verifier, &mail.reply_domain).await, &mail.reply_domain));
        findings
    };
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| {
        let silent = |(record, name): (Record, &str)| Finding {
            record,
            name: name.to_owned(),
            state: State::Silent,
            found: String::new(),
        };
        [
            (Record::Spf, from),
            (Record::Dkim, from),
            (Record::Dmarc, from),
            (Record::Mx, mail.reply_domain.as_str()),
        ]
        .map(silent)
        .into()
    })
}

/// What DNS says: the records, none, or no word.
enum Said {
    Records(Vec<String>),
    Silent,
    Off,
}

impl Said {
    fn records(&self) -> Result<&[String], State> {
        match self {
            Self::Records(records) => Ok(records),
            Self::Silent => Err(State::Silent),
            Self::Off => Err(State::Off),
        }
    }
}

async fn texts(verifier: &Verifier, name: &str) -> Said {
    let Some(dns) = verifier.dns() else {
        return Said::Off;
    };
    match dns.resolver().txt_lookup(absolute(name)).await {
        Ok(found) => Said::Records(
            found
                .answers()
                .iter()
                .filter_map(|record| match &record.data {
                    RData::TXT(text) => Some(text.txt_data.iter().map(|part| String::from_utf8_lossy(part)).collect()),
                    _ => None,
                })
                .collect(),
        ),
        Err(error) => none_or_silent(&error),
    }
}

async fn exchanges(verifier: &Verifier, name: &str) -> Said {
    let Some(dns) = verifier.dns() else {
        return Said::Off;
    };
    match dns.resolver().mx_lookup(absolute(name)).await {
        Ok(found) => Said::Records(
            found
                .answers()
                .iter()
                .filter_map(|record| match &record.data {
                    RData::MX(mx) => Some(format!("{} {}", mx.preference, mx.exchange)),
                    _ => None,
                })
                .collect(),
        ),
        Err(error) => none_or_silent(&error),
    }
}

/// With a dot at its end no search list of the machine applies.
fn absolute(name: &str) -> String {
    format!("{}.", name.trim_end_matches('.'))
}

fn none_or_silent(error: &NetError) -> Said {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(_)) => Said::Records(Vec::new()),
        _ => Said::Silent,
    }
}

fn judged(record: Record, name: &str, state: State, found: &str) -> Finding {
    Finding {
        record,
        name: name.to_owned(),
        state,
        found: domain::text::excerpt(found, 400),
    }
}

fn spf(said: &Said, name: &str) -> Finding {
    let (state, found) = match said.records() {
        Err(state) => (state, String::new()),
        Ok(records) => {
            let is_spf =
                |r: &&String| r.eq_ignore_ascii_case("v=spf1") || r.to_ascii_lowercase().starts_with("v=spf1 ");
            let spf: Vec<&String> = records.iter().filter(is_spf).collect();
            match spf.as_slice() {
                [] => (State::Missing, String::new()),
                [one] => (State::Fine, (*one).clone()),
                several => (
                    State::Wrong,
                    several.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(" · "),
                ),
            }
        }
    };
    judged(Record::Spf, name, state, &found)
}

fn dkim(said: &Said, signer: &Signer) -> Finding {
    let (kind, key) = signer.public_key();
    let wanted = format!("v=DKIM1; k={kind}; p={key}");
    let (state, found) = match said.records() {
        Err(state) => (state, wanted),
        Ok(records) => {
            let published = records.iter().find_map(|record| {
                let tags = record.split(';').filter_map(|tag| tag.trim().split_once('='));
                let mut keys = tags.filter(|(name, _)| name.trim() == "p");
                keys.next().map(|(_, key)| key.split_whitespace().collect::<String>())
            });
            match published {
                None => (State::Missing, wanted),
                Some(published) if published == key => (State::Fine, records.join(" · ")),
                Some(_) => (State::Wrong, wanted),
            }
        }
    };
    judged(Record::Dkim, &signer.record_name(), state, &found)
}

fn dmarc(said: &Said, name: &str) -> Finding {
    let (state, found) = match said.records() {
        Err(state) => (state, String::new()),
        Ok([]) => (State::Missing, String::new()),
        Ok(records) => {
            let good = records.iter().find(|record| {
                let tags: Vec<String> = record.split(';').map(|tag| tag.trim().to_ascii_lowercase()).collect();
                tags.first().is_some_and(|tag| tag.replace(' ', "") == "v=dmarc1")
                    && tags.iter().any(|tag| tag.starts_with("p="))
            });
            match good {
                Some(good) => (State::Fine, good.clone()),
                None => (State::Wrong, records.join(" · ")),
            }
        }
    };
    judged(Record::Dmarc, name, state, &found)
}

fn mx(said: &Said, name: &str) -> Finding {
    let (state, found) = match said.records() {
        Err(state) => (state, String::new()),
        Ok([]) => (State::Missing, String::new()),
        Ok(records) => (State::Fine, records.join(" · ")),
    };
    judged(Record::Mx, name, state, &found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(records: &[&str]) -> Said {
        Said::Records(records.iter().map(|r| (*r).to_owned()).collect())
    }

    #[test]
    fn records_are_judged_by_what_stands_in_them() {
        let spf = |records: &[&str]| spf(&said(records), "x.example").state;
        assert_eq!(spf(&["v=spf1 mx -all", "some other text"]), State::Fine);
        assert_eq!(spf(&["v=spf10 mx"]), State::Missing);
        assert_eq!(spf(&["v=spf1 mx -all", "v=spf1 a -all"]), State::Wrong);
        let dmarc = |records: &[&str]| dmarc(&said(records), "_dmarc.x.example").state;
        assert_eq!(dmarc(&["v=DMARC1; p=reject; rua=mailto:a@x.example"]), State::Fine);
        assert_eq!(dmarc(&["v = DMARC1; P=none"]), State::Fine);
        assert_eq!(dmarc(&["p=none; v=DMARC1"]), State::Wrong);
        assert_eq!(dmarc(&[]), State::Missing);
        assert_eq!(mx(&said(&["10 mx.x.example."]), "x.example").state, State::Fine);
        assert_eq!(mx(&Said::Silent, "x.example").state, State::Silent);
    }

    #[test]
    fn the_published_key_must_be_that_of_the_private_one() {
        let mut settings = Settings::embedded().expect("settings");
        settings.mail.dkim.selector = "m1".into();
        settings.mail.dkim.key = include_str!("dkim/testdata/ed25519.pem").to_owned().into();
        let signer = Signer::load(&settings).expect("reads").expect("a key");
        let key = signer.public_key().1;
        let state = |records: &[&str]| dkim(&said(records), &signer).state;
        assert_eq!(state(&[&format!("v=DKIM1; k=ed25519; p={key}")]), State::Fine);
        let (a, b) = key.split_at(9);
        assert_eq!(state(&[&format!("v=DKIM1;k=ed25519;p={a} {b};")]), State::Fine);
        assert_eq!(state(&["v=DKIM1; k=ed25519; p="]), State::Wrong);
        assert_eq!(state(&["unrelated"]), State::Missing);
    }

    #[tokio::test]
    async fn without_dns_it_says_that_nobody_was_asked() {
        let mut settings = Settings::embedded().expect("settings");
        settings.mail.inbound.dns = settings::Dns::Off;
        let states: Vec<State> = check(&settings).await.iter().map(|finding| finding.state).collect();
        assert_eq!(states, [State::Off; 4]);
        // A port at which nobody answers.
        settings.mail.inbound.dns = settings::Dns::At(([127, 0, 0, 1], 9).into());
        let spf = &check(&settings).await[0];
        assert_eq!(spf.state, State::Silent);
    }
}
