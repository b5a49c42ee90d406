//! Which assignment a mail belongs to, by a secret of ours; and how such secrets are hidden again.

use super::{Envelope, Reader, TokenFinding};
use chrono::{DateTime, Utc};
use domain::{
    AssignmentId, OutgoingId, QuestionId,
    token::{Purpose, TOKEN_CHARS},
};
use settings::ReplyForm;
use std::ops::Range;

/// The local part of a reply address before its token, in each form ([`settings::ReplyForm`]).
pub(crate) const PREFIXES: [&str; 2] = ["q+", "q-"];

/// The form that the settings ask for.
pub(crate) const fn prefix(form: ReplyForm) -> &'static str {
    match form {
        ReplyForm::Plus => PREFIXES[0],
        ReplyForm::CatchAll => PREFIXES[1],
    }
}

/// The local part of a return path before its token: with it 64 octets, which is the most (RFC 5321 §4.5.3.1.1).
const RETURN_PREFIXES: [&str; 2] = ["bounces+", "bounces-"];

pub(crate) const fn return_prefix(form: ReplyForm) -> &'static str {
    match form {
        ReplyForm::Plus => RETURN_PREFIXES[0],
        ReplyForm::CatchAll => RETURN_PREFIXES[1],
    }
}

/// The mail of ours that came back, by the address it came back to: that needs nothing in its body. `now` must not be
/// later than the last day of the address.
pub fn returned(envelope: &Envelope, reader: &Reader, now: DateTime<Utc>) -> Option<OutgoingId> {
    let suffix = format!("@{}", reader.reply_domain.to_ascii_lowercase());
    envelope.to.iter().find_map(|address| {
        let address = address.trim().trim_matches(['<', '>']).to_ascii_lowercase();
        let local = address.strip_suffix(&suffix)?;
        let token = RETURN_PREFIXES.iter().find_map(|prefix| local.strip_prefix(prefix))?;
        let claim = reader.keys.verify_until(Purpose::ReturnPath, token, now)?;
        Some(OutgoingId::from_uuid(claim.id))
    })
}

/// Looks through recipients first, since some providers replace our Message-ID; then through the thread.
///
/// Every reply address must tell the same assignment: a mail to two of them is for a person to sort.
pub(super) fn find(
    envelope: &Envelope,
    recipients: &[String],
    in_reply_to: &[String],
    references: &[String],
    reader: &Reader,
) -> TokenFinding {
    let mut found: Option<TokenFinding> = None;
    let mut forged = false;
    // The envelope decides where it is known; a header may quote an address that this mail was not sent to.
    let in_envelope = envelope.to.iter().any(|a| token_of(a, &reader.reply_domain).is_some());
    let addresses: Vec<&String> = if in_envelope {
        envelope.to.iter().collect()
    } else {
        envelope.to.iter().chain(recipients).collect()
    };
    for token in addresses.iter().filter_map(|a| token_of(a, &reader.reply_domain)) {
        let Some(next) = ours(reader, &token) else {
            forged = true;
            continue;
        };
        found = match found {
            Some(before) if !about_the_same(&before, &next) => return TokenFinding::Forged,
            Some(before) if until(&before) >= until(&next) => Some(before),
            _ => Some(next),
        };
    }
    if let Some(found) = found {
        return found;
    }
    if forged {
        return TokenFinding::Forged;
    }
    let suffix = format!("@{}", reader.reply_domain.to_ascii_lowercase());
    let mut message_ids: Vec<String> = Vec::new();
    for id in in_reply_to.iter().chain(references.iter().rev()) {
        if id.to_ascii_lowercase().ends_with(&suffix) && !message_ids.contains(id) && message_ids.len() < 20 {
            message_ids.push(id.clone());
        }
    }
    if message_ids.is_empty() {
        TokenFinding::None
    } else {
        TokenFinding::Thread { message_ids }
    }
}

/// A token that stands in a reply address of ours.
fn ours(reader: &Reader, token: &str) -> Option<TokenFinding> {
    if let Some(claim) = reader.keys.verify(Purpose::Reply, token) {
        return Some(TokenFinding::Reply {
            assignment: AssignmentId::from_uuid(claim.id),
            until: claim.stamp,
        });
    }
    let claim = reader.keys.verify(Purpose::AskerReply, token)?;
    Some(TokenFinding::Asker {
        question: QuestionId::from_uuid(claim.id),
        until: claim.stamp,
    })
}

fn about_the_same(one: &TokenFinding, other: &TokenFinding) -> bool {
    match (one, other) {
        (TokenFinding::Reply { assignment: a, .. }, TokenFinding::Reply { assignment: b, .. }) => a == b,
        (TokenFinding::Asker { question: a, .. }, TokenFinding::Asker { question: b, .. }) => a == b,
        _ => false,
    }
}

const fn until(found: &TokenFinding) -> u16 {
    match found {
        TokenFinding::Reply { until, .. } | TokenFinding::Asker { until, .. } => *until,
        _ => 0,
    }
}

fn token_of(address: &str, reply_domain: &str) -> Option<String> {
    let address = address.trim().trim_matches(['<', '>']).to_ascii_lowercase();
    let (local, domain) = address.rsplit_once('@')?;
    (domain == reply_domain.to_ascii_lowercase())
        .then(|| PREFIXES.iter().find_map(|p| local.strip_prefix(p)).map(str::to_owned))
        .flatten()
}

/// How many characters of a hidden token stay, so that two can be told apart.
const SHOWN: usize = 4;

/// Hides what may be a token: every run of exactly a token's length in its alphabet becomes dots, also where
/// quoted-printable broke or encoded it, and in UTF-16. Raw mail is shown to staff by [`super::mask_source`], which
/// looks behind base 64 as well.
pub fn mask_tokens(raw: &[u8]) -> Vec<u8> {
    let mut out = raw.to_vec();
    for run in long_runs(raw) {
        hide(&raw[run.clone()], &mut out[run]);
    }
    out
}

/// Where a token may stand. A window of a token's length is looked at from its end, so that most octets of prose, which
/// has no run of that length, are never looked at.
fn long_runs(raw: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at + TOKEN_CHARS <= raw.len() {
            let window = at..at + TOKEN_CHARS;
            if let Some(breaks) = window.clone().rev().find(|at| !goes_on(raw, *at)) {
                at = breaks + 1;
                continue;
            }
            let end = (window.end..raw.len()).find(|at| !goes_on(raw, *at));
            let run = at..end.unwrap_or(raw.len());
            at = run.end + 1;
            return Some(run);
        }
        None
    })
}

/// Whether an octet may stand within a token: a letter, a digit, or what quoted-printable and UTF-16 put between.
fn goes_on(raw: &[u8], at: usize) -> bool {
    match raw[at] {
        b'=' | 0 => true,
        b'\r' => at > 0 && raw[at - 1] == b'=',
        b'\n' => raw[..at].ends_with(b"=") || raw[..at].ends_with(b"=\r"),
        octet => octet.is_ascii_alphanumeric(),
    }
}

fn hide(run: &[u8], out: &mut [u8]) {
    // In plain text a `=` is just that, so it is read both ways.
    for quoted_printable in [false, true] {
        let mut word = Word::default();
        let mut at = 0;
        while at < run.len() {
            let (octet, length) = next(&run[at..], quoted_printable);
            match octet {
                Some(octet) if octet.is_ascii_alphanumeric() => word.push(octet, at..at + length),
                Some(_) => word.close(out),
                None => {}
            }
            at += length;
        }
        word.close(out);
    }
}

/// The octet that a reader sees next, none for what only breaks a line or widens a character, and its length.
fn next(rest: &[u8], quoted_printable: bool) -> (Option<u8>, usize) {
    match rest {
        [b'=', b'\r', b'\n', ..] => (None, 3),
        [b'=', b'\n', ..] => (None, 2),
        [0, ..] | [] => (None, 1),
        [b'=', a, b, ..] if quoted_printable && a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
            (Some(nibble(*a) << 4 | nibble(*b)), 3)
        }
        [octet, ..] => (Some(*octet), 1),
    }
}

const fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit - b'A' + 10,
    }
}

/// A run of letters and digits. Only one of exactly a token's length is a token; a longer one is base 64 or a hash.
#[derive(Default)]
struct Word {
    places: Vec<Range<usize>>,
    other: bool,
}

impl Word {
    fn push(&mut self, octet: u8, place: Range<usize>) {
        self.other |= !(octet.is_ascii_alphabetic() || (b'2'..=b'7').contains(&octet));
        if self.places.len() <= TOKEN_CHARS {
            self.places.push(place);
        }
    }

    fn close(&mut self, out: &mut [u8]) {
        if self.places.len() == TOKEN_CHARS && !self.other {
            for place in self.places.drain(SHOWN..) {
                out[place].fill(b'.');
            }
        }
        self.places.clear();
        self.other = false;
    }
}

/// [`mask_tokens`] for text.
pub(super) fn mask_text(text: String) -> String {
    if long_runs(text.as_bytes()).next().is_none() {
        return text;
    }
    String::from_utf8(mask_tokens(text.as_bytes())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::token::Keys;

    fn reader() -> Reader {
        Reader {
            keys: Keys::new(&["0123456789abcdef0123456789abcdef"]).expect("key"),
            reply_domain: "reply.host.example".into(),
        }
    }

    fn to(addresses: &[&str]) -> Envelope {
        Envelope {
            from: None,
            to: addresses.iter().map(|a| (*a).to_owned()).collect(),
        }
    }

    #[test]
    fn the_reply_address_tells_the_assignment_in_any_case() {
        let reader = reader();
        let id = AssignmentId::new();
        let address = format!(
            "Q+{}@Reply.Host.Example",
            reader.keys.sign(Purpose::Reply, id.uuid(), 9).to_uppercase()
        );
        let found = find(&to(&[&address]), &[], &[], &[], &reader);
        assert_eq!(
            found,
            TokenFinding::Reply {
                assignment: id,
                until: 9
            }
        );
        assert_eq!(
            find(&to(&[]), &[address], &[], &[], &reader),
            TokenFinding::Reply {
                assignment: id,
                until: 9
            }
        );
    }

    #[test]
    fn a_server_that_knows_no_plus_has_a_form_of_its_own() {
        let reader = reader();
        let id = AssignmentId::new();
        let token = reader.keys.sign(Purpose::Reply, id.uuid(), 9);
        for form in [ReplyForm::Plus, ReplyForm::CatchAll] {
            let local = format!("{}{token}", prefix(form));
            assert!(local.len() <= 64, "RFC 5321 §4.5.3.1.1");
            let found = find(&to(&[&format!("{local}@reply.host.example")]), &[], &[], &[], &reader);
            let expected = TokenFinding::Reply {
                assignment: id,
                until: 9,
            };
            assert_eq!(found, expected, "{form:?}");
        }
        let other = format!("q.{token}@reply.host.example");
        assert_eq!(find(&to(&[&other]), &[], &[], &[], &reader), TokenFinding::None);
    }

    #[test]
    fn a_made_up_token_or_a_token_for_another_purpose_is_forged_and_two_assignments_are_too() {
        let reader = reader();
        let link = reader.keys.sign(Purpose::AnswerLink, AssignmentId::new().uuid(), 9);
        for local in ["q+abc", &format!("q+{link}")] {
            let thread = ["x@reply.host.example".to_owned()];
            let found = find(
                &to(&[&format!("{local}@reply.host.example")]),
                &[],
                &thread,
                &[],
                &reader,
            );
            assert_eq!(found, TokenFinding::Forged);
        }
        let two = [1, 2].map(|_| {
            format!(
                "q+{}@reply.host.example",
                reader.keys.sign(Purpose::Reply, AssignmentId::new().uuid(), 9)
            )
        });
        assert_eq!(
            find(&to(&[&two[0], &two[1]]), &[], &[], &[], &reader),
            TokenFinding::Forged
        );
    }

    #[test]
    fn without_a_reply_address_the_thread_is_named_the_closest_first() {
        let ids = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let found = find(
            &to(&["mundap@host.example"]),
            &[],
            &ids(&["b@reply.host.example"]),
            &ids(&["a@reply.host.example", "x@gmail.example", "b@reply.host.example"]),
            &reader(),
        );
        assert_eq!(
            found,
            TokenFinding::Thread {
                message_ids: ids(&["b@reply.host.example", "a@reply.host.example"])
            }
        );
        assert_eq!(
            find(&to(&[]), &[], &ids(&["x@evil.example"]), &[], &reader()),
            TokenFinding::None
        );
    }

    #[test]
    fn a_quoted_token_is_masked_also_across_a_soft_line_break_and_nothing_else_changes() {
        let token = reader().keys.sign(Purpose::PersonalLink, AssignmentId::new().uuid(), 1);
        let (a, b) = token.split_at(20);
        let raw = format!("see http://h/i/{token}?to=3D and {a}=\r\n{b}.\r\n{}", "a".repeat(64));
        let masked = String::from_utf8(mask_tokens(raw.as_bytes())).expect("ascii");
        assert!(!masked.contains(&token) && !masked.contains(&b[..10]), "{masked}");
        assert!(masked.contains("?to=3D and ") && masked.ends_with(&"a".repeat(64)));
        let wide: Vec<u8> = format!("\r\n{token}\r\n").bytes().flat_map(|b| [b, 0]).collect();
        let masked = mask_tokens(&wide);
        assert!(masked.len() == wide.len() && masked.split(|b| *b == b'.').count() - 1 == token.len() - SHOWN);
    }
}
