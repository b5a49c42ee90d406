//! A reading as one JSON object for programs: `docs/mail-read.md` is its contract. Keys are added, never renamed.

use super::{AuthResult, Class, Reading, TokenFinding};
use crate::identity::{Authentication, Found, How, Proof};
use chrono::{DateTime, Utc};
use domain::{EmailAddress, token::day_stamp};
use serde_json::{Value, json};

impl Class {
    /// Its name in what `mundap mail read` prints.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::AutoReply => "auto-reply",
            Self::Bounce => "bounce",
            Self::Calendar => "calendar",
            Self::List => "list",
            Self::Unknown => "unknown",
        }
    }
}

/// `valid`: a token of ours that still counts now. `invalid`: it is forged, ambiguous or expired. `none`: there is none;
/// a Message-ID of ours that is answered is no token, and stands in `thread`.
pub fn token_word(token: &TokenFinding, now: DateTime<Utc>) -> &'static str {
    match token {
        TokenFinding::Reply { until, .. } if stamp(now) <= *until => "valid",
        TokenFinding::Reply { .. } | TokenFinding::Forged => "invalid",
        TokenFinding::Thread { .. } | TokenFinding::None => "none",
    }
}

fn stamp(now: DateTime<Utc>) -> u16 {
    day_stamp(now)
}

/// The whole reading, with what is known of its sender. Where that is nothing, the topmost word of a server stands in its
/// place, which nobody need believe.
pub fn report(reading: &Reading, now: DateTime<Utc>, found: &Authentication) -> Value {
    let mut out = serde_json::to_value(reading).unwrap_or_else(|_| json!({}));
    let (assignment, expired, thread) = match &reading.token {
        TokenFinding::Reply { assignment, until } => (Some(*assignment), stamp(now) > *until, &[][..]),
        TokenFinding::Thread { message_ids } => (None, false, message_ids.as_slice()),
        TokenFinding::Forged | TokenFinding::None => (None, false, &[][..]),
    };
    let results = &reading.authentication;
    let known = found.how != How::Unchecked;
    let said = results.first().filter(|_| !known);
    let method = |found: Found, of: fn(&AuthResult) -> Option<&String>| {
        said.and_then(of)
            .map_or_else(|| found.as_str().to_owned(), Clone::clone)
    };
    let sender = reading.from.as_ref().and_then(|m| EmailAddress::parse(&m.address).ok());
    out["class"] = json!(reading.class.word());
    out["token"] = json!(token_word(&reading.token, now));
    out["token_expired"] = json!(expired);
    out["assignment"] = json!(assignment);
    out["thread"] = json!(thread);
    out["authentication"] = json!({
        "by": found.by.as_ref().or_else(|| said.map(|r| &r.by)),
        "trusted": known,
        "how": found.how,
        "offline": found.offline,
        "aligned": sender.is_some_and(|from| found.proof(&from) == Proof::Aligned),
        "spf": method(found.spf, |r| r.spf.as_ref()),
        "dkim": method(found.dkim, |r| r.dkim.as_ref()),
        "dmarc": method(found.dmarc, |r| r.dmarc.as_ref()),
        "from_domain": found.from_domain.as_ref().or_else(|| said.and_then(|r| r.from_domain.as_ref())),
        "dkim_domains": found.dkim_domains,
        "policy": found.policy,
        "results": results,
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        identity::from_headers,
        read::{Envelope, read, tests},
    };
    use domain::{AssignmentId, token::Purpose};

    const NOW: &str = "2026-03-03T00:00:00Z";

    fn of(head: &str) -> Value {
        let raw = tests::mail(
            &format!("From: Jay <jay@host.example>\nSubject: Re: x\n{head}"),
            "네.\n\n-- \n이준호",
        );
        let now = NOW.parse().expect("a time");
        let reading = read(&raw, &Envelope::default(), &tests::reader());
        let found = from_headers(&reading.authentication, &["mx.host.example".to_owned()]);
        report(&reading, now, &found)
    }

    #[test]
    fn the_object_has_what_was_promised() {
        let json = of("To: x@host.example");
        for key in [
            "class",
            "class_reason",
            "detail",
            "from",
            "token",
            "authentication",
            "text",
            "cut",
            "signature",
            "segments",
            "pairs",
            "attachments",
            "flags",
            "language",
            "bounce",
            "absence",
        ] {
            assert!(json.get(key).is_some(), "{key}");
        }
        assert_eq!(json["from"]["address"], "jay@host.example");
        assert_eq!(
            (json["text"].as_str(), json["signature"].as_str()),
            (Some("네."), Some("--\n이준호"))
        );
        assert_eq!(
            (json["class"].as_str(), json["token"].as_str()),
            (Some("answer"), Some("none"))
        );
        assert_eq!(json["authentication"]["dmarc"], "none");
    }

    #[test]
    fn a_token_is_valid_invalid_or_none() {
        let day = day_stamp(NOW.parse().expect("a time"));
        let address = |until: u16| {
            let token = tests::reader()
                .keys
                .sign(Purpose::Reply, AssignmentId::new().uuid(), until);
            format!("To: q+{token}@reply.host.example")
        };
        assert_eq!(of(&address(day))["token"], "valid");
        let late = of(&address(day - 1));
        assert_eq!(
            (&late["token"], &late["token_expired"]),
            (&json!("invalid"), &json!(true))
        );
        assert_eq!(of("To: q+abc@reply.host.example")["token"], "invalid");
        let thread = of("In-Reply-To: <m1@reply.host.example>");
        assert_eq!(
            (&thread["token"], &thread["thread"][0]),
            (&json!("none"), &json!("m1@reply.host.example"))
        );
    }

    #[test]
    fn only_the_configured_server_is_believed() {
        let forged = "Authentication-Results: evil.example; dmarc=pass header.from=host.example\n";
        let ours = "Authentication-Results: mx.host.example; dmarc=fail header.from=host.example\n";
        // The reader's test puts a `From` above these, which changes nothing.
        let json = of(&format!("{ours}{forged}To: x@host.example"));
        let found = &json["authentication"];
        assert_eq!(
            (&found["dmarc"], &found["trusted"], &found["how"]),
            (&json!("fail"), &json!(true), &json!("header"))
        );
        assert_eq!(found["results"].as_array().map(Vec::len), Some(2));
        let json = of(&format!("{forged}{ours}To: x@host.example"));
        let found = &json["authentication"];
        assert_eq!(
            (&found["dmarc"], &found["trusted"], &found["aligned"]),
            (&json!("pass"), &json!(false), &json!(false)),
            "what anybody may have written is shown, and not believed"
        );
    }
}
