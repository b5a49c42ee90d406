//! A DNS zone of the tests' own: a name server on loopback that knows what a story says, and nothing else.

use mail_auth::{
    common::{crypto::Ed25519Key, headers::HeaderWriter},
    dkim::DkimSigner,
};
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{net::UdpSocket, task::JoinHandle};

/// RFC 1035 §3.2.2.
const TXT: u16 = 16;

type Records = Arc<Mutex<HashMap<String, Vec<String>>>>;

/// Answers until it is dropped.
pub struct Zone {
    /// Where it is asked.
    pub address: SocketAddr,
    records: Records,
    task: JoinHandle<()>,
}

impl Drop for Zone {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Zone {
    /// # Panics
    /// When there is no free port.
    pub async fn begin() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let address = socket.local_addr().expect("an address");
        let records = Records::default();
        let known = Arc::clone(&records);
        let task = tokio::spawn(async move {
            let mut question = [0; 1_500];
            while let Ok((length, from)) = socket.recv_from(&mut question).await {
                if let Some(reply) = answer(&question[..length], &known) {
                    let _ = socket.send_to(&reply, from).await;
                }
            }
        });
        Self { address, records, task }
    }

    /// Adds a text record.
    pub fn txt(&self, name: &str, text: &str) {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        records
            .entry(name.to_ascii_lowercase())
            .or_default()
            .push(text.to_owned());
    }

    /// A domain whose mail comes from loopback, is signed with [`sign`], and that asks for `policy`.
    pub fn domain(&self, domain: &str, policy: &str) {
        self.txt(domain, "v=spf1 ip4:127.0.0.1 -all");
        self.txt(
            &format!("crew._domainkey.{domain}"),
            &format!("v=DKIM1; k=ed25519; p={PUBLIC}"),
        );
        self.txt(&format!("_dmarc.{domain}"), &format!("v=DMARC1; p={policy}"));
    }
}

/// The key pair that RFC 8463 publishes for tests.
const SEED: &str = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
const PUBLIC: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

/// The mail with a signature of this domain on top, as its own server would make it.
///
/// # Panics
/// When the mail cannot be signed.
pub fn sign(mail: &[u8], domain: &str) -> Vec<u8> {
    let octets = |text: &str| data_encoding::BASE64.decode(text.as_bytes()).expect("base 64");
    let key = Ed25519Key::from_seed_and_public_key(&octets(SEED), &octets(PUBLIC)).expect("a key");
    let signature = DkimSigner::from_key(key)
        .domain(domain)
        .selector("crew")
        .headers(["From", "To", "Subject"])
        .sign(mail)
        .expect("signs");
    [signature.to_header().into_bytes(), mail.to_vec()].concat()
}

/// The reply to a question (RFC 1035 §4): its records, or that there is no such name.
fn answer(question: &[u8], records: &Records) -> Option<Vec<u8>> {
    let mut name = Vec::new();
    let mut at = 12;
    loop {
        let length = usize::from(*question.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        name.push(String::from_utf8(question.get(at..at + length)?.to_vec()).ok()?);
        at += length;
    }
    let name = name.join(".").to_ascii_lowercase();
    let kind = u16::from_be_bytes([*question.get(at)?, *question.get(at + 1)?]);
    let asked = question.get(12..at + 4)?;
    let records = records.lock().unwrap_or_else(PoisonError::into_inner);
    let known = records.get(&name);
    let texts = known.filter(|_| kind == TXT).map_or(&[][..], Vec::as_slice);
    let mut reply = question.get(..2)?.to_vec();
    // A response, authoritative, recursion as it was asked for and available; no such name is code 3.
    reply.extend([0x84 | (question[2] & 1), 0x80 | if known.is_some() { 0 } else { 3 }]);
    reply.extend([0, 1]);
    reply.extend(u16::try_from(texts.len()).ok()?.to_be_bytes());
    reply.extend([0, 0, 0, 0]);
    reply.extend(asked);
    for text in texts {
        let chunks: Vec<&[u8]> = text.as_bytes().chunks(255).collect();
        let size = text.len() + chunks.len();
        // The name stands in the question.
        reply.extend([0xc0, 12]);
        reply.extend(TXT.to_be_bytes());
        reply.extend([0, 1, 0, 0, 0, 60]);
        reply.extend(u16::try_from(size).ok()?.to_be_bytes());
        for chunk in chunks {
            reply.push(u8::try_from(chunk.len()).ok()?);
            reply.extend(chunk);
        }
    }
    Some(reply)
}
