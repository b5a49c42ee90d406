//! Our signature on what goes out (RFC 6376, Ed25519 by RFC 8463), relaxed in both parts.
//!
//! It is dated by the mail's own date, so a mail that is sent again bears the same signature: a library's signer that asks
//! the clock would not do.

use crate::Error;
use chrono::{DateTime, Utc};
use data_encoding::BASE64;
use ring::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use secrecy::ExposeSecret;
use settings::Settings;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// What is signed, where a mail has it. `from` stands once more, so that nobody can put a second one before it.
const SIGNED: [&str; 13] = [
    "from",
    "to",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "auto-submitted",
    "list-unsubscribe",
    "list-unsubscribe-post",
];

/// Signs mails in the name of one domain.
pub struct Signer {
    key: Key,
    domain: String,
    selector: String,
}

enum Key {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({}._domainkey.{})", self.selector, self.domain)
    }
}

impl Signer {
    /// The signer of these settings; `None` when they name no key.
    ///
    /// # Errors
    /// When the file holds no private key that signs.
    pub fn load(settings: &Settings) -> Result<Option<Self>, Error> {
        let dkim = &settings.mail.dkim;
        let pem = dkim.key.expose_secret();
        if pem.is_empty() {
            return Ok(None);
        }
        let from = settings.mail.from_address.rsplit_once('@').map_or("", |(_, d)| d);
        let domain = if dkim.domain.is_empty() { from } else { &dkim.domain };
        Ok(Some(Self {
            key: Key::parse(pem)?,
            domain: domain.to_ascii_lowercase(),
            selector: dkim.selector.clone(),
        }))
    }

    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Where the public key must stand in DNS.
    pub fn record_name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    /// The public key as it must stand there, in base 64 (`p=`), with its kind (`k=`).
    pub fn public_key(&self) -> (&'static str, String) {
        match &self.key {
            Key::Rsa(key) => ("rsa", BASE64.encode(&public_key_info(key.public_key().as_ref()))),
            Key::Ed25519(key) => ("ed25519", BASE64.encode(key.public_key().as_ref())),
        }
    }

    /// The mail with its signature on top.
    ///
    /// # Errors
    /// When the key does not sign.
    pub fn sign(&self, mail: &[u8], date: DateTime<Utc>) -> Result<Vec<u8>, Error> {
        let (head, body) = parts(mail);
        let fields = fields(head);
        let mut names = Vec::new();
        let mut input = Vec::new();
        for name in SIGNED {
            // The last one of a name is meant (RFC 6376 §5.4.2); ours stand once each.
            if let Some((_, value)) = fields.iter().rev().find(|(n, _)| n == name) {
                names.push(name);
                input.extend_from_slice(format!("{name}:{value}\r\n").as_bytes());
            }
        }
        names.push("from");
        let algorithm = match &self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        };
        let body_hash = BASE64.encode(&Sha256::digest(relaxed_body(body)));
        let tags = format!(
            "v=1; a={algorithm}; c=relaxed/relaxed; d={}; s={};\r\n\tt={}; h={};\r\n\tbh={body_hash};\r\n\tb=",
            self.domain,
            self.selector,
            date.timestamp(),
            names.join(":"),
        );
        input.extend_from_slice(format!("dkim-signature:{}", relaxed(&tags)).as_bytes());
        let signature = BASE64.encode(&self.key.sign(&input)?);
        let mut out = format!("DKIM-Signature: {tags}");
        for (at, line) in signature.as_bytes().chunks(70).enumerate() {
            let fold = if at == 0 { "" } else { "\r\n\t " };
            let _ = write!(out, "{fold}{}", String::from_utf8_lossy(line));
        }
        out.push_str("\r\n");
        let mut out = out.into_bytes();
        out.extend_from_slice(mail);
        Ok(out)
    }
}

impl Key {
    fn parse(pem: &str) -> Result<Self, Error> {
        let bad = |what: String| Error::Compose(format!("mail.dkim.key_file: {what}"));
        let mut lines = pem.lines().map(str::trim).skip_while(|l| !l.starts_with("-----BEGIN "));
        let begin = lines
            .next()
            .ok_or_else(|| bad("holds no `-----BEGIN … PRIVATE KEY-----`".into()))?;
        let body: String = lines.take_while(|l| !l.starts_with("-----END ")).collect();
        let der = BASE64
            .decode(body.as_bytes())
            .map_err(|error| bad(format!("is no PEM: {error}")))?;
        match begin {
            "-----BEGIN RSA PRIVATE KEY-----" => {
                let key = RsaKeyPair::from_der(&der);
                key.map(Self::Rsa).map_err(|e| bad(format!("is no RSA key: {e}")))
            }
            "-----BEGIN PRIVATE KEY-----" => match Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der) {
                Ok(key) => Ok(Self::Ed25519(key)),
                Err(_) => RsaKeyPair::from_pkcs8(&der).map(Self::Rsa).map_err(|e| {
                    bad(format!(
                        "is neither an RSA key of 2048 bits or more nor an Ed25519 key: {e}"
                    ))
                }),
            },
            other => Err(bad(format!(
                "begins with {other}; an unencrypted RSA or Ed25519 key is needed"
            ))),
        }
    }

    fn sign(&self, input: &[u8]) -> Result<Vec<u8>, Error> {
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                // Its randomness blinds the computation; the signature is the same each time (RFC 8017 §8.2).
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input, &mut signature)
                    .map_err(|_| Error::Compose("the DKIM key does not sign".into()))?;
                Ok(signature)
            }
            // RFC 8463 §3: the hash is what is signed.
            Self::Ed25519(key) => Ok(key.sign(&Sha256::digest(input)).as_ref().to_vec()),
        }
    }
}

/// An RSA public key as DNS has it: a `SubjectPublicKeyInfo` (RFC 5280) around the bare key (RFC 8017).
fn public_key_info(bare: &[u8]) -> Vec<u8> {
    const RSA_ENCRYPTION: [u8; 15] = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0];
    let bits = der(3, &[&[0], bare].concat());
    der(0x30, &[RSA_ENCRYPTION.as_slice(), &bits].concat())
}

/// Tag, length, content.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len().to_be_bytes();
    let short: Vec<u8> = length.iter().copied().skip_while(|b| *b == 0).collect();
    if content.len() >= 128 {
        out.push(0x80 | u8::try_from(short.len()).unwrap_or_default());
    }
    out.extend_from_slice(&short);
    out.extend_from_slice(content);
    out
}

/// The head without the empty line, and the body.
fn parts(mail: &[u8]) -> (&[u8], &[u8]) {
    let end = mail.windows(4).position(|w| w == b"\r\n\r\n");
    end.map_or((mail, &[][..]), |at| (&mail[..at], &mail[at + 4..]))
}

/// Name in lower case, and value, relaxed.
fn fields(head: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(head);
    let mut fields: Vec<String> = Vec::new();
    for line in text.split("\r\n") {
        match fields.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => {
                last.push_str("\r\n");
                last.push_str(line);
            }
            _ => fields.push(line.to_owned()),
        }
    }
    fields
        .iter()
        .filter_map(|field| field.split_once(':'))
        .map(|(name, value)| (name.trim_end().to_ascii_lowercase(), relaxed(value)))
        .collect()
}

/// RFC 6376 §3.4.2: unfolded, each run of white space one space, none at the ends.
fn relaxed(value: &str) -> String {
    value
        .split([' ', '\t', '\r', '\n'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// RFC 6376 §3.4.4.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut empty_lines = 0;
    for line in body.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let kept = line.len() - line.iter().rev().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let line = &line[..kept];
        if line.is_empty() {
            empty_lines += 1;
            continue;
        }
        for _ in 0..std::mem::take(&mut empty_lines) {
            out.extend_from_slice(b"\r\n");
        }
        let mut white = false;
        for byte in line {
            let is_white = matches!(byte, b' ' | b'\t');
            if !is_white {
                if white {
                    out.push(b' ');
                }
                out.push(*byte);
            }
            white = is_white;
        }
        out.extend_from_slice(b"\r\n");
    }
    out
}

#[cfg(test)]
mod tests;
