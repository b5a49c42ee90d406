//! `Authentication-Results` of a trusted server (RFC 8601). Anybody can write such a header, also under that server's
//! name: only what it put on top itself counts.

use super::{Authentication, Found, How, Policy};
use crate::read::AuthResult;

/// What the trusted server says; unchecked when the topmost word is not a trusted server's.
///
/// A server puts its headers above all that came with the mail, so the first result is its own, and those beside it that
/// stand above every `Received` line, which it wrote, too. Whatever stands below that line came with the mail, or may have.
pub fn from_headers(results: &[AuthResult], trusted: &[String]) -> Authentication {
    let is_trusted = |r: &AuthResult| trusted.iter().any(|id| id.eq_ignore_ascii_case(&r.by));
    let Some(first) = results.first().filter(|r| is_trusted(r)) else {
        return Authentication::default();
    };
    let beside = results
        .iter()
        .skip(1)
        .take_while(|r| r.received_above == 0 && r.by.eq_ignore_ascii_case(&first.by));
    let mut out = Authentication {
        how: How::Header,
        by: Some(first.by.clone()),
        ..Authentication::default()
    };
    for result in std::iter::once(first).chain(beside) {
        // The topmost word of each method stands.
        let fill = |slot: &mut Found, word: &Option<String>| {
            if let Some(word) = word.as_deref().filter(|_| *slot == Found::None) {
                *slot = Found::read(word);
            }
        };
        fill(&mut out.spf, &result.spf);
        fill(&mut out.dkim, &result.dkim);
        if out.dmarc == Found::None && result.dmarc.is_some() {
            fill(&mut out.dmarc, &result.dmarc);
            out.from_domain.clone_from(&result.from_domain);
            out.policy = result.policy.as_deref().and_then(policy);
        }
    }
    out
}

fn policy(word: &str) -> Option<Policy> {
    match word {
        "none" => Some(Policy::None),
        "quarantine" => Some(Policy::Quarantine),
        "reject" => Some(Policy::Reject),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        identity::Proof,
        read::{Envelope, read, tests},
    };
    use domain::EmailAddress;

    fn of(head: &str) -> Authentication {
        let raw = tests::mail(&format!("{head}From: Jay <jay@host.example>\nSubject: Re: x\n"), "네.");
        let reading = read(&raw, &Envelope::default(), &tests::reader());
        from_headers(&reading.authentication, &["mx.host.example".to_owned()])
    }

    fn proof(head: &str) -> Proof {
        of(head).proof(&EmailAddress::parse("jay@host.example").expect("an address"))
    }

    const PASS: &str = "Authentication-Results: mx.host.example; dmarc=pass header.from=host.example\n";
    const FAIL: &str = "Authentication-Results: MX.host.example; spf=fail smtp.mailfrom=x; dmarc=fail (p=REJECT) header.from=host.example\n";
    const RECEIVED: &str = "Received: from a by mx.host.example; Thu, 26 Nov 2026 00:00:00 +0000\n";

    #[test]
    fn the_topmost_word_of_the_trusted_server_counts() {
        assert_eq!(proof(PASS), Proof::Aligned);
        assert_eq!(proof(FAIL), Proof::Denied);
        assert_eq!(of(FAIL).policy, Some(Policy::Reject));
        // Some servers write it below the line that says how they got it.
        assert_eq!(proof(&format!("{RECEIVED}{PASS}")), Proof::Aligned);
    }

    #[test]
    fn a_forged_word_further_down_or_from_elsewhere_counts_nothing() {
        assert_eq!(proof(&format!("{FAIL}{RECEIVED}{PASS}")), Proof::Denied);
        assert_eq!(proof(&format!("{FAIL}{PASS}")), Proof::Denied);
        assert_eq!(proof(&format!("{RECEIVED}{FAIL}{PASS}")), Proof::Denied);
        let elsewhere = "Authentication-Results: evil.example; dmarc=pass header.from=host.example\n";
        assert_eq!(proof(elsewhere), Proof::Unchecked);
        // A relay behind the trusted server wrote last: it is not known who wrote what is below.
        assert_eq!(proof(&format!("{elsewhere}{PASS}")), Proof::Unchecked);
        // It says nothing of DMARC, and the next one, below its line, is not its own.
        let only_spf = "Authentication-Results: mx.host.example; spf=none\n";
        assert_eq!(proof(&format!("{only_spf}{RECEIVED}{PASS}")), Proof::Absent);
        assert_eq!(proof(""), Proof::Unchecked);
    }

    #[test]
    fn two_programs_of_one_server_write_beside_each_other() {
        let dkim = "Authentication-Results: mx.host.example; dkim=pass header.d=host.example\n";
        let found = of(&format!("{PASS}{dkim}{RECEIVED}"));
        assert_eq!((found.dmarc, found.dkim), (Found::Pass, Found::Pass));
        let other = "Authentication-Results: mx.host.example; dmarc=pass header.from=evil.example\n";
        assert_eq!(proof(other), Proof::Absent, "it speaks of another domain");
    }
}
