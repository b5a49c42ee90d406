//! What servers on the way said about the sender (RFC 8601). It is evidence only from a server that is trusted: anybody
//! can write such a header into a mail, so each result names who said it, the newest first.

use super::mime::Mail;
use serde::{Deserialize, Serialize};

/// Headers that are looked at; a chain of relays writes few.
const HEADERS: usize = 10;

/// What one server found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthResult {
    /// The server's authserv-id, lower-case.
    pub by: String,
    /// `pass`, `fail`, `softfail`, `neutral`, `none`, `temperror` or `permerror`, as the server wrote it.
    pub spf: Option<String>,
    pub dkim: Option<String>,
    pub dmarc: Option<String>,
    pub arc: Option<String>,
    /// The domain that DMARC was checked for (`header.from`).
    pub from_domain: Option<String>,
    /// What that domain asks for (`policy.dmarc`, or `p=` in a comment): `none`, `quarantine`, `reject`.
    #[serde(default)]
    pub policy: Option<String>,
    /// How many `Received` lines stand above it: what a server put on top has none.
    #[serde(default)]
    pub received_above: usize,
}

/// The `Authentication-Results` headers, the topmost (newest) first.
pub(super) fn results(mail: &Mail) -> Vec<AuthResult> {
    let mut received = 0;
    let mut found = Vec::new();
    for (name, value) in &mail.headers {
        match name.as_str() {
            "received" => received += 1,
            "authentication-results" => {
                // One that cannot be read hides nothing below it.
                let mut result = one(value).unwrap_or_default();
                result.received_above = received;
                found.push(result);
            }
            _ => {}
        }
        if found.len() == HEADERS {
            break;
        }
    }
    found
}

fn one(value: &str) -> Option<AuthResult> {
    let asked = policy(value);
    let value = without_comments(value);
    let mut parts = value.split(';');
    let by = parts.next()?.split_whitespace().next()?.to_ascii_lowercase();
    let mut out = AuthResult {
        by,
        ..AuthResult::default()
    };
    for part in parts.take(30) {
        let mut words = part.split_whitespace();
        let Some((method, result)) = words.next().and_then(|w| w.split_once('=')) else {
            continue;
        };
        let result: String = result
            .chars()
            .take_while(char::is_ascii_alphabetic)
            .collect::<String>()
            .to_ascii_lowercase();
        let slot = match method.to_ascii_lowercase().as_str() {
            "spf" => &mut out.spf,
            "dkim" => &mut out.dkim,
            "dmarc" => {
                let domain = words.find_map(|w| w.strip_prefix("header.from="));
                out.from_domain = domain.map(|d| d.trim_matches('"').to_ascii_lowercase());
                out.policy.clone_from(&asked);
                &mut out.dmarc
            }
            "arc" => &mut out.arc,
            _ => continue,
        };
        // Of several signatures one that holds is enough.
        if slot.is_none() || result == "pass" {
            *slot = Some(result);
        }
    }
    Some(out)
}

/// The policy that stands behind a DMARC result: RFC 8601 has no place for it, so most write it into a comment.
fn policy(value: &str) -> Option<String> {
    let lower = value.to_ascii_lowercase();
    let (_, after) = lower.split_once("dmarc=")?;
    let words = after.split(|c: char| !(c.is_ascii_alphanumeric() || "=.".contains(c)));
    let found = words.take(12).find_map(|w| {
        let value = w.strip_prefix("p=").or_else(|| w.strip_prefix("policy.dmarc="));
        value.filter(|v| matches!(*v, "none" | "quarantine" | "reject"))
    });
    found.map(str::to_owned)
}

fn without_comments(value: &str) -> String {
    let mut depth = 0_u32;
    value
        .chars()
        .filter(|c| {
            match c {
                '(' => depth += 1,
                ')' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_methods_are_read_with_their_comments_left_out() {
        let found = one(
            "MX.host.example; dkim=fail (bad; sig) header.d=x.example; dkim=pass header.i=@x.example; spf=softfail \
             (mx: y) smtp.mailfrom=x.example; dmarc=pass (p=REJECT) header.from=X.example",
        )
        .expect("a result");
        assert_eq!(found.by, "mx.host.example");
        assert_eq!(found.dkim.as_deref(), Some("pass"));
        assert_eq!(found.spf.as_deref(), Some("softfail"));
        assert_eq!(found.dmarc.as_deref(), Some("pass"));
        assert_eq!(found.from_domain.as_deref(), Some("x.example"));
        assert_eq!(found.policy.as_deref(), Some("reject"));
        assert_eq!(one(";").map(|r| r.by), None);
    }
}
