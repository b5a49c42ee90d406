//! Secrets that stand in links and reply addresses: derived from a key, never stored.
//!
//! A token is `key id (1) ‖ id (16) ‖ stamp (2) ‖ mac (16)` octets in lower-case base 32 (RFC 4648 §6, no padding):
//! 56 characters that survive case-folding mail servers and, with a two-character prefix, the 64 octets of a local
//! part (RFC 5321 §4.5.3.1.1). The mac is HMAC-SHA-256 (RFC 2104), cut to 128 bits, over purpose, key id, id and stamp.
//! What the stamp means is the purpose's: a version that revokes, or the last day on which the token counts.

use chrono::{DateTime, Days, NaiveDate, Utc};
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fmt;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// What a token opens. Two purposes never accept each other's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A partner's personal link; id = invitation, stamp = its version.
    PersonalLink,
    /// The reply address of an assignment; id = assignment, stamp = last day.
    Reply,
    /// The reply address of an asker; id = their question, stamp = last day.
    AskerReply,
    /// The page on which an assignment is answered without mail; id = assignment, stamp = last day.
    AnswerLink,
    /// The page on which a crew member proposes questions to ask back; id = crew member, stamp = last day.
    ProposeLink,
    /// The page on which a quoted person approves their words; id = approver, stamp = last day.
    Approval,
    /// An article before it is published; id = article, stamp = the link's version.
    Preview,
    /// A speaker's page; id = speaker, stamp = last day.
    SpeakerLink,
    /// The page on which a partner wants no more invitations and reminders; id = invitation, stamp = 0.
    Unsubscribe,
    /// The page on which a partner wants no more newsletters; id = invitation, stamp = 0.
    NoNewsletter,
    /// A partner's programme, for a calendar program; id = invitation, stamp = its link's version.
    Calendar,
    /// Tells a reader of an article apart for a day; id = anything.
    Reader,
    /// The return path of one outgoing mail; id = that mail, stamp = last day.
    ReturnPath,
    /// The first administrator's one-time address; id = nil, stamp = 0.
    FirstAdmin,
    /// Binds a form to a browser; id = anything.
    Form,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::PersonalLink => b"personal-link",
            Self::Reply => b"reply",
            Self::AskerReply => b"asker-reply",
            Self::AnswerLink => b"answer-link",
            Self::ProposeLink => b"propose-link",
            Self::Approval => b"approval",
            Self::Preview => b"preview",
            Self::SpeakerLink => b"speaker-link",
            Self::Unsubscribe => b"unsubscribe",
            Self::NoNewsletter => b"no-newsletter",
            Self::Calendar => b"calendar",
            Self::Reader => b"reader",
            Self::ReturnPath => b"return-path",
            Self::FirstAdmin => b"first-admin",
            Self::Form => b"form",
        }
    }
}

/// One signing key with its id; the id travels in the token, so that keys can rotate.
#[derive(Clone)]
struct Key {
    id: u8,
    secret: [u8; 32],
}

/// The signing keys: the first one signs, all of them verify.
#[derive(Clone)]
pub struct Keys(Vec<Key>);

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({} keys)", self.0.len())
    }
}

/// What a valid token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub id: Uuid,
    pub stamp: u16,
}

const MAC: usize = 16;
const BODY: usize = 1 + 16 + 2;

/// The characters of a token in text.
pub const TOKEN_CHARS: usize = 56;

impl Keys {
    /// `secrets`: newest first, at least one; any text of at least 32 characters, hashed into a key.
    ///
    /// # Errors
    /// When there is none, or one is shorter than 32 characters.
    pub fn new<S: AsRef<str>>(secrets: &[S]) -> Result<Self, &'static str> {
        if secrets.is_empty() {
            return Err("needs at least one key");
        }
        secrets
            .iter()
            .map(|s| {
                let s = s.as_ref();
                if s.len() < 32 {
                    return Err("each key needs at least 32 characters");
                }
                let secret: [u8; 32] = Sha256::digest(s.as_bytes()).into();
                // The id is derived, so that the order of keys can change without renumbering.
                let id = Sha256::digest(secret)[0];
                Ok(Key { id, secret })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Keys for tests and the demo's first start, from 32 random octets.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        let secret: [u8; 32] = Sha256::digest(bytes).into();
        Self(vec![Key {
            id: Sha256::digest(secret)[0],
            secret,
        }])
    }

    fn mac(key: &Key, purpose: Purpose, body: &[u8]) -> [u8; MAC] {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&key.secret).expect("any key length");
        mac.update(purpose.label());
        mac.update(&[0]);
        mac.update(body);
        let full = mac.finalize().into_bytes();
        let mut out = [0; MAC];
        out.copy_from_slice(&full[..MAC]);
        out
    }

    /// Signs with the newest key.
    pub fn sign(&self, purpose: Purpose, id: Uuid, stamp: u16) -> String {
        let key = &self.0[0];
        let mut bytes = Vec::with_capacity(BODY + MAC);
        bytes.push(key.id);
        bytes.extend_from_slice(id.as_bytes());
        bytes.extend_from_slice(&stamp.to_be_bytes());
        let mac = Self::mac(key, purpose, &bytes);
        bytes.extend_from_slice(&mac);
        BASE32_NOPAD.encode(&bytes).to_ascii_lowercase()
    }

    /// Checks a token in constant time; `None` for any that is not ours. The caller judges the stamp.
    pub fn verify(&self, purpose: Purpose, token: &str) -> Option<Claim> {
        if token.len() != TOKEN_CHARS {
            return None;
        }
        let bytes = BASE32_NOPAD.decode(token.to_ascii_uppercase().as_bytes()).ok()?;
        let (body, mac) = bytes.split_at_checked(BODY)?;
        let ours = self.0.iter().filter(|k| k.id == body[0]);
        ours.into_iter()
            .find(|k| bool::from(Self::mac(k, purpose, body).ct_eq(mac)))?;
        Some(Claim {
            id: Uuid::from_slice(&body[1..17]).ok()?,
            stamp: u16::from_be_bytes([body[17], body[18]]),
        })
    }

    /// Like [`Keys::verify`] for purposes whose stamp is a last day.
    pub fn verify_until(&self, purpose: Purpose, token: &str, now: DateTime<Utc>) -> Option<Claim> {
        self.verify(purpose, token)
            .filter(|claim| day_stamp(now) <= claim.stamp)
    }

    /// A short keyed digest for form tokens: hexadecimal, 32 characters.
    pub fn digest(&self, purpose: Purpose, data: &str) -> String {
        HEXLOWER.encode(&Self::mac(&self.0[0], purpose, data.as_bytes()))
    }

    /// Checks what [`Keys::digest`] made, with any of the keys, in constant time.
    pub fn check_digest(&self, purpose: Purpose, data: &str, digest: &str) -> bool {
        self.0.iter().any(|k| {
            let ours = HEXLOWER.encode(&Self::mac(k, purpose, data.as_bytes()));
            bool::from(ours.as_bytes().ct_eq(digest.as_bytes()))
        })
    }
}

const EPOCH: NaiveDate = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();

/// A day as the stamp of a token: days since 2020-01-01 in UTC.
pub fn day_stamp(at: DateTime<Utc>) -> u16 {
    u16::try_from((at.date_naive() - EPOCH).num_days().max(0)).unwrap_or(u16::MAX)
}

/// The stamp of the day that is `days` after `at`.
pub fn day_stamp_after(at: DateTime<Utc>, days: u64) -> u16 {
    day_stamp(at.checked_add_days(Days::new(days)).unwrap_or(at))
}

/// How a secret is kept in the database when only its presence must be proved (sessions): SHA-256 in hexadecimal.
pub fn fingerprint(secret: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(tag: &str) -> Keys {
        Keys::new(&[format!("{tag}-0123456789abcdef0123456789abcdef")]).expect("long enough")
    }

    #[test]
    fn a_token_fits_a_local_part_and_survives_upper_casing() {
        let id = Uuid::now_v7();
        let token = keys("a").sign(Purpose::Reply, id, 77);
        assert_eq!(token.len(), TOKEN_CHARS);
        assert_eq!(
            keys("a").verify(Purpose::Reply, &token.to_ascii_uppercase()),
            Some(Claim { id, stamp: 77 })
        );
    }

    #[test]
    fn another_purpose_another_key_or_one_changed_character_is_refused() {
        let token = keys("a").sign(Purpose::Reply, Uuid::now_v7(), 1);
        assert_eq!(keys("a").verify(Purpose::AnswerLink, &token), None);
        assert_eq!(keys("b").verify(Purpose::Reply, &token), None);
        for at in 0..TOKEN_CHARS {
            let mut chars: Vec<char> = token.chars().collect();
            chars[at] = if chars[at] == 'a' { 'b' } else { 'a' };
            let forged: String = chars.into_iter().collect();
            assert_eq!(keys("a").verify(Purpose::Reply, &forged), None, "at {at}");
        }
    }

    #[test]
    fn an_old_key_still_verifies_after_a_new_one_signs() {
        let old = "old-0123456789abcdef0123456789abcdef";
        let token = Keys::new(&[old]).expect("key").sign(Purpose::Reply, Uuid::nil(), 3);
        let rotated = Keys::new(&["new-0123456789abcdef0123456789abcdef", old]).expect("keys");
        assert!(rotated.verify(Purpose::Reply, &token).is_some());
    }
}
