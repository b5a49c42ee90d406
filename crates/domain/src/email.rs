//! One idea of what an e-mail address is, for forms, imports and the mailer alike.

use sea_orm::{DeriveValueType, sea_query::ValueTypeErr};
use serde::Serialize;
use std::{fmt, str::FromStr};

/// An address that can really be mailed, in the form in which it is compared: trimmed, lower-case.
///
/// Local part: the dot-atom of RFC 5321 §4.1.2, at most 64 octets, also beyond ASCII (RFC 6531); no quoted strings.
/// Domain: at least two labels of letters, digits and inner hyphens, at most 63 octets each, 253 in all.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, DeriveValueType, Serialize)]
#[sea_orm(value_type = "String")]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// # Errors
    /// When it cannot be mailed.
    pub fn parse(input: &str) -> Result<Self, NotAnAddress> {
        let text = input.trim().to_lowercase();
        let (local, domain) = text.rsplit_once('@').ok_or(NotAnAddress)?;
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.chars().all(|c| {
                c.is_ascii_alphanumeric()
                    || "!#$%&'*+-/=?^_`{|}~.".contains(c)
                    || (!c.is_ascii() && c.is_alphanumeric())
            });
        let labels: Vec<&str> = domain.split('.').collect();
        let domain_ok = labels.len() >= 2
            && domain.len() <= 253
            && labels.iter().all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || c == '-' || (!c.is_ascii() && c.is_alphanumeric()))
            })
            && labels
                .last()
                .is_some_and(|tld| !tld.chars().all(|c| c.is_ascii_digit()));
        if local_ok && domain_ok {
            Ok(Self(text))
        } else {
            Err(NotAnAddress)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, d)| d)
    }

    /// The address with all but its first character and its domain hidden: for logs and for pages that only remind.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or(("", &self.0));
        format!("{}…@{domain}", local.chars().next().unwrap_or_default())
    }
}

/// The text is no address that can be mailed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct NotAnAddress;

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for EmailAddress {
    type Err = ValueTypeErr;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        // From the database: it was parsed when it went in.
        Ok(Self(s.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::EmailAddress;

    #[test]
    fn what_can_be_mailed_is_taken_and_lower_cased() {
        for (input, want) in [
            (" Jiwoo@Haneul.example ", "jiwoo@haneul.example"),
            ("a+b@x.co.kr", "a+b@x.co.kr"),
            ("홍길동@회사.한국", "홍길동@회사.한국"),
        ] {
            assert_eq!(EmailAddress::parse(input).expect(input).as_str(), want);
        }
    }

    #[test]
    fn what_cannot_be_mailed_is_refused() {
        for input in [
            "",
            "a",
            "@x.com",
            "a@",
            "a@x",
            ".a@x.com",
            "a..b@x.com",
            "a b@x.com",
            "a@x.com\r\nbcc: b@y.com",
            "a@-x.com",
            "a@1.2",
            "a@x.com>",
        ] {
            assert!(EmailAddress::parse(input).is_err(), "{input:?}");
        }
    }
}
