//! A reading as one JSON object for programs: `docs/mail-read.md` is its contract. Keys are added, never renamed.

use super::{Class, Reading, TokenFinding};
use chrono::{DateTime, Utc};
use domain::token::day_stamp;
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
        TokenFinding::Reply { until, .. } | TokenFinding::Asker { until, .. } if stamp(now) <= *until => "valid",
        TokenFinding::Reply { .. } | TokenFinding::Asker { .. } | TokenFinding::Forged => "invalid",
        TokenFinding::Thread { .. } | TokenFinding::None => "none",
    }
}

fn stamp(now: DateTime<Utc>) -> u16 {
    day_stamp(now)
}

/// The whole reading. `authserv_id` is the server whose word counts on the sender, where one is configured.
pub fn report(reading: &Reading, now: DateTime<Utc>, authserv_id: Option<&str>) -> Value {
    let mut out = serde_json::to_value(reading).unwrap_or_else(|_| json!({}));
    let (assignment, expired, thread) = match &reading.token {
        TokenFinding::Reply { assignment, until } => (Some(*assignment), stamp(now) > *until, &[][..]),
        TokenFinding::Asker { until, .. } => (None, stamp(now) > *until, &[][..]),
        TokenFinding::Thread { message_ids } => (None, false, message_ids.as_slice()),
        TokenFinding::Forged | TokenFinding::None => (None, false, &[][..]),
    };
    let trusted = |by: &str| authserv_id.is_some_and(|id| id.eq_ignore_ascii_case(by));
    let results = &reading.authentication;
    let chosen = results.iter().find(|r| trusted(&r.by)).or_else(|| results.first());
    let method = |of: fn(&super::AuthResult) -> Option<&String>| {
        chosen.and_then(of).map_or_else(|| "none".to_owned(), Clone::clone)
    };
    out["class"] = json!(reading.class.word());
    out["token"] = json!(token_word(&reading.token, now));
    out["token_expired"] = json!(expired);
    out["assignment"] = json!(assignment);
    out["question"] = match &reading.token {
        TokenFinding::Asker { question, .. } => json!(question),
        _ => json!(null),
    };
    out["thread"] = json!(thread);
    out["authentication"] = json!({
        "by": chosen.map(|r| r.by.clone()),
        "trusted": chosen.is_some_and(|r| trusted(&r.by)),
        "spf": method(|r| r.spf.as_ref()),
        "dkim": method(|r| r.dkim.as_ref()),
        "dmarc": method(|r| r.dmarc.as_ref()),
        "results": results,
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{Envelope, read, tests};
    use domain::{AssignmentId, token::Purpose};

    const NOW: &str = "2026-03-03T00:00:00Z";

    fn of(head: &str) -> Value {
        let raw = tests::mail(
            &format!("From: Jay <jay@host.example>\nSubject: Re: x\n{head}"),
            "네.\n\n-- \n이준호",
        );
        let now = NOW.parse().expect("a time");
        report(
            &read(&raw, &Envelope::default(), &tests::reader()),
            now,
            Some("mx.host.example"),
        )
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
        let json = of(&format!("{forged}{ours}To: x@host.example"));
        assert_eq!(json["authentication"]["dmarc"], "fail");
        assert_eq!(json["authentication"]["trusted"], true);
        assert_eq!(
            of(&format!("{forged}To: x@host.example"))["authentication"]["trusted"],
            false
        );
        assert_eq!(json["authentication"]["results"].as_array().map(Vec::len), Some(2));
    }
}
