//! The fields of a posted form, as octets: a raw mail may be in any charset.

use super::{Posted, Refusal};
use bytes::Bytes;
use std::{collections::HashMap, convert::Infallible};

/// The first of each name.
pub(super) struct Fields(HashMap<String, Vec<u8>>);

const NO_FORM: Refusal = Refusal::NoMail("it is no form");

impl Fields {
    pub(super) async fn read(posted: Posted<'_>) -> Result<Self, Refusal> {
        let kind = posted.header("content-type");
        if kind
            .to_ascii_lowercase()
            .starts_with("application/x-www-form-urlencoded")
        {
            return Ok(Self(urlencoded(posted.body)));
        }
        let boundary = multer::parse_boundary(kind).map_err(|_| NO_FORM)?;
        let body = Bytes::copy_from_slice(posted.body);
        let stream = futures_util::stream::once(async move { Ok::<_, Infallible>(body) });
        let mut parts = multer::Multipart::new(stream, boundary);
        let mut fields = HashMap::new();
        while let Some(part) = parts.next_field().await.map_err(|_| NO_FORM)? {
            let Some(name) = part.name().map(str::to_owned) else {
                continue;
            };
            let value = part.bytes().await.map_err(|_| NO_FORM)?;
            fields.entry(name).or_insert_with(|| value.to_vec());
        }
        Ok(Self(fields))
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.0
            .get(name)
            .map(|value| String::from_utf8_lossy(value).into_owned())
            .unwrap_or_default()
    }

    pub(super) fn take(&mut self, name: &str) -> Option<Vec<u8>> {
        self.0.remove(name)
    }
}

fn urlencoded(body: &[u8]) -> HashMap<String, Vec<u8>> {
    let mut fields = HashMap::new();
    for pair in body.split(|b| *b == b'&') {
        let at = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
        let name = String::from_utf8_lossy(&decoded(&pair[..at])).into_owned();
        let value = pair.get(at + 1..).unwrap_or_default();
        fields.entry(name).or_insert_with(|| decoded(value));
    }
    fields
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let digit = |b: Option<&u8>| {
        b.and_then(|b| char::from(*b).to_digit(16))
            .and_then(|d| u8::try_from(d).ok())
    };
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(b) = text.get(at) {
        match (b, digit(text.get(at + 1)), digit(text.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                out.push(high << 4 | low);
                at += 2;
            }
            (b'+', ..) => out.push(b' '),
            (b, ..) => out.push(*b),
        }
        at += 1;
    }
    out
}
