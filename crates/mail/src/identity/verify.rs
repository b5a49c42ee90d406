//! SPF, DKIM and DMARC by DNS, within a bound of time: a name server that does not answer costs a proof, never a mail.

use super::{Authentication, Found, How, Policy, Session};
use mail_auth::{
    AuthenticatedMessage, DkimResult, DmarcResult, MessageAuthenticator, SpfOutput, SpfResult,
    dmarc::{self, verify::DmarcParameters},
    hickory_resolver::{
        config::{NameServerConfig, ResolverConfig, ResolverOpts},
        system_conf::read_system_conf,
    },
    spf::verify::SpfParameters,
};
use settings::Dns;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// For one question to one name server.
const ONE_QUESTION: Duration = Duration::from_secs(2);
/// After DNS gave no answer, nobody waits for it so long.
const REST: Duration = Duration::from_secs(30);
/// Signatures that are looked at; a forger may add a thousand, each a question to DNS.
const SIGNATURES: usize = 8;

/// Asks DNS about senders; one for a process.
#[derive(Clone)]
pub struct Verifier {
    dns: Option<MessageAuthenticator>,
    resting: Arc<Mutex<Option<Instant>>>,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Verifier({})", if self.dns.is_some() { "dns" } else { "off" })
    }
}

impl Verifier {
    /// A machine without a usable list of name servers has none: its log says so, and nobody is proved.
    pub fn new(dns: Dns) -> Self {
        let built = match dns {
            Dns::Off => None,
            // The machine's servers, but our patience.
            Dns::System => read_system_conf()
                .and_then(|(config, _)| MessageAuthenticator::new(config, patience()))
                .inspect_err(|error| tracing::warn!(%error, "senders cannot be verified: no name server is known"))
                .ok(),
            Dns::At(address) => {
                let mut server = NameServerConfig::udp_and_tcp(address.ip());
                for connection in &mut server.connections {
                    connection.port = address.port();
                }
                let config = ResolverConfig::from_name_servers(vec![server]);
                MessageAuthenticator::new(config, patience())
                    .inspect_err(|error| tracing::warn!(%error, "senders cannot be verified"))
                    .ok()
            }
        };
        Self {
            dns: built,
            resting: Arc::default(),
        }
    }

    /// What DNS says about a mail within `limit`. Without a session (a file, another way in) SPF cannot be asked.
    /// A mail on which the parser fails proves nothing.
    pub async fn verify(&self, raw: Vec<u8>, session: Option<Session>, limit: Duration) -> Authentication {
        let Some(dns) = self.dns.clone() else {
            return Authentication::default();
        };
        let offline = Authentication {
            offline: true,
            ..Authentication::default()
        };
        if self.is_resting() {
            return offline;
        }
        // A task of its own: a panic of the parser stays within it.
        let task = tokio::spawn(async move { ask(&dns, &raw, session.as_ref()).await });
        let stop = task.abort_handle();
        match tokio::time::timeout(limit, task).await {
            Ok(Ok(found)) => {
                if found.offline {
                    self.rest();
                }
                found
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "a sender could not be verified");
                Authentication::default()
            }
            Err(_) => {
                stop.abort();
                self.rest();
                offline
            }
        }
    }

    /// Whom it asks; none when DNS is off, or no name server is known.
    pub(crate) const fn dns(&self) -> Option<&MessageAuthenticator> {
        self.dns.as_ref()
    }

    fn is_resting(&self) -> bool {
        let resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.is_some_and(|since| since.elapsed() < REST)
    }

    fn rest(&self) {
        *self.resting.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

fn patience() -> ResolverOpts {
    let mut options = ResolverOpts::default();
    options.timeout = ONE_QUESTION;
    options.attempts = 1;
    options
}

async fn ask(dns: &MessageAuthenticator, raw: &[u8], session: Option<&Session>) -> Authentication {
    let Some(mut message) = AuthenticatedMessage::parse(raw) else {
        return Authentication::default();
    };
    message.dkim_headers.truncate(SIGNATURES);
    let signatures = dns.verify_dkim(&message).await;
    let spf = match session {
        Some(session) => spf(dns, session).await,
        None => SpfOutput::default(),
    };
    let return_domain = session.map_or("", |s| s.mail_from.rsplit_once('@').map_or(s.helo.as_str(), |(_, d)| d));
    let policy = dns
        .verify_dmarc(DmarcParameters::new(&message, &signatures, return_domain, &spf))
        .await;
    let dkim: Vec<Found> = signatures.iter().map(|s| dkim_found(s.result())).collect();
    let spf_result = spf_found(spf.result());
    let dmarc = match dmarc_found(&policy.result()) {
        // Without a session nobody knows whether SPF would have held.
        Found::Fail if session.is_none() => Found::None,
        found => found,
    };
    let name = |domain: &str| (!domain.is_empty()).then(|| super::ascii(domain));
    let mut holding: Vec<String> = signatures
        .iter()
        .filter(|s| s.result() == &DkimResult::Pass)
        .filter_map(|s| s.signature().and_then(|s| name(&s.d)))
        .collect();
    holding.dedup();
    Authentication {
        how: How::Verified,
        by: None,
        spf: spf_result,
        // Of several signatures one that holds is enough.
        dkim: [Found::Pass, Found::Temperror]
            .into_iter()
            .find(|f| dkim.contains(f))
            .or_else(|| dkim.first().copied())
            .unwrap_or_default(),
        dmarc,
        from_domain: name(policy.domain()),
        spf_domain: session.and_then(|_| name(spf.domain())),
        dkim_domains: holding,
        policy: policy.dmarc_record().map(|_| match policy.policy() {
            dmarc::Policy::Reject => Policy::Reject,
            dmarc::Policy::Quarantine => Policy::Quarantine,
            _ => Policy::None,
        }),
        offline: dmarc == Found::Temperror,
    }
}

async fn spf(dns: &MessageAuthenticator, session: &Session) -> SpfOutput {
    let (ip, helo) = (session.client, session.helo.as_str());
    let parameters = if session.mail_from.is_empty() {
        SpfParameters::verify_ehlo(ip, helo, helo)
    } else {
        SpfParameters::verify_mail_from(ip, helo, helo, &session.mail_from)
    };
    dns.verify_spf(parameters).await
}

const fn spf_found(result: SpfResult) -> Found {
    match result {
        SpfResult::Pass => Found::Pass,
        SpfResult::Fail => Found::Fail,
        SpfResult::SoftFail => Found::Softfail,
        SpfResult::Neutral => Found::Neutral,
        SpfResult::TempError => Found::Temperror,
        SpfResult::PermError => Found::Permerror,
        SpfResult::None => Found::None,
    }
}

const fn dkim_found(result: &DkimResult) -> Found {
    match result {
        DkimResult::Pass => Found::Pass,
        DkimResult::Neutral(_) => Found::Neutral,
        DkimResult::Fail(_) => Found::Fail,
        DkimResult::PermError(_) => Found::Permerror,
        DkimResult::TempError(_) => Found::Temperror,
        DkimResult::None => Found::None,
    }
}

const fn dmarc_found(result: &DmarcResult) -> Found {
    match result {
        DmarcResult::Pass => Found::Pass,
        DmarcResult::Fail(_) => Found::Fail,
        DmarcResult::TempError(_) => Found::Temperror,
        DmarcResult::PermError(_) => Found::Permerror,
        DmarcResult::None => Found::None,
    }
}
