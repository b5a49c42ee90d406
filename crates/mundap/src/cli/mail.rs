//! `mundap mail read`.

use super::Outcome;
use anyhow::Context;
use domain::{Clock, token::Keys};
use mail::{
    identity::{Authentication, How, Verifier, from_headers},
    read::{Envelope, Reader, Reading, TokenFinding, read, report, token_word},
};
use serde_json::Value;
use settings::Settings;
use std::{
    fmt::Write as _,
    io::{Read as _, Write as _},
    path::PathBuf,
    time::Duration,
};

#[derive(Debug, clap::Args)]
pub(crate) struct Read {
    /// A mail as it was received; `-` for standard input.
    file: PathBuf,
    #[arg(long)]
    json: bool,
    /// Ask no name server, even where there is a signature that could be verified.
    #[arg(long)]
    offline: bool,
}

impl Read {
    pub(crate) async fn run(self, settings: &Settings) -> Outcome {
        let raw = if self.file.as_os_str() == "-" {
            let mut raw = Vec::new();
            std::io::stdin()
                .read_to_end(&mut raw)
                .context("cannot read standard input")?;
            raw
        } else {
            std::fs::read(&self.file).with_context(|| format!("cannot read {}", self.file.display()))?
        };
        // Without the installation's key no token counts, which is right for a mail from elsewhere.
        let keys = mundap::load_keys(settings)?.unwrap_or_else(|| Keys::from_random(rand::random()));
        let reader = Reader {
            keys,
            reply_domain: settings.mail.reply_domain.clone(),
        };
        let reading = read(&raw, &Envelope::default(), &reader);
        let now = Clock::system().now();
        let found = identity(settings, &reading, &raw, self.offline).await;
        let report = report(&reading, now, &found);
        let out = if self.json {
            serde_json::to_string_pretty(&report).context("the result is no JSON")?
        } else {
            describe(&reading, &report, token_word(&reading.token, now))
        };
        // A reader that stops early (`| head`) is no error.
        let _ = writeln!(std::io::stdout(), "{out}");
        Ok(())
    }
}

/// How long a name server is waited for.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// A file has no session: a trusted server's word, else what its signatures prove, where DNS can be asked.
async fn identity(settings: &Settings, reading: &Reading, raw: &[u8], offline: bool) -> Authentication {
    let inbound = &settings.mail.inbound;
    let said = from_headers(&reading.authentication, &inbound.trusted_authserv);
    let head = raw.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(raw.len());
    let signed = String::from_utf8_lossy(&raw[..head]).lines().any(|line| {
        line.get(..15)
            .is_some_and(|name| name.eq_ignore_ascii_case("dkim-signature:"))
    });
    if said.how == How::Header || offline || !signed {
        return said;
    }
    Verifier::new(inbound.dns).verify(raw.to_vec(), None, PATIENCE).await
}

/// For people: what `--json` holds, without what is empty.
fn describe(reading: &Reading, json: &Value, token: &str) -> String {
    let word = |value: &Value| value.as_str().unwrap_or("none").to_owned();
    let token = match &reading.token {
        TokenFinding::Reply { assignment, .. } => format!("{token}, for assignment {assignment}"),
        TokenFinding::Thread { message_ids } => format!("{token}; answers {}", message_ids.join(", ")),
        TokenFinding::Forged | TokenFinding::None => token.to_owned(),
    };
    let from = reading.from.as_ref().map_or("(nobody)", |m| m.address.as_str());
    let sender = reading
        .sender
        .as_ref()
        .map(|m| format!(", sent by {}", m.address))
        .unwrap_or_default();
    let auth = &json["authentication"];
    let by = match (auth["how"].as_str(), auth["by"].as_str()) {
        (Some("verified"), _) => " (verified now)".to_owned(),
        (Some("header"), Some(by)) => format!(" (says {by}, which is trusted)"),
        (_, Some(by)) => format!(" (says {by}, which is not trusted)"),
        _ if auth["offline"] == true => " (DNS gave no answer)".to_owned(),
        _ => String::new(),
    };
    let list = |items: Vec<String>| {
        if items.is_empty() {
            "none".to_owned()
        } else {
            items.join("; ")
        }
    };
    let files = reading.attachments.iter();
    let files = list(
        files
            .map(|a| format!("{} ({}, {} bytes)", a.name, a.media_type, a.size))
            .collect(),
    );
    let flags = json["flags"]
        .as_array()
        .map(|flags| flags.iter().map(&word).collect())
        .unwrap_or_default();
    let mut out = format!(
        "class:   {}: {} ({})\nfrom:    {from}{sender}\nsubject: {}\ntoken:   {token}\nauth:    spf {}, dkim {}, dmarc {}{by}\nfiles:   {files}\nflags:   {}\n",
        reading.class.word(),
        word(&json["detail"]).replace('_', " "),
        reading.class_reason,
        reading.subject,
        word(&auth["spf"]),
        word(&auth["dkim"]),
        word(&auth["dmarc"]),
        list(flags),
    );
    if let Some(bounce) = &reading.bounce {
        let severity = word(&json["bounce"]["severity"]);
        let of = |field: &Option<String>| field.clone().unwrap_or_else(|| "not named".to_owned());
        let _ = writeln!(
            out,
            "bounced: {severity}, {} (status {}), our mail {}",
            of(&bounce.recipient),
            of(&bounce.status),
            of(&bounce.message_id)
        );
    }
    if let Some(absence) = &reading.absence {
        let _ = writeln!(out, "away:    back on {}", absence.back);
    }
    let _ = write!(out, "\n--- text kept\n{}\n", reading.text);
    for pair in &reading.pairs {
        let _ = write!(out, "\n--- answers: {}\n{}\n", pair.quoted, pair.answer);
    }
    for segment in json["segments"].as_array().into_iter().flatten() {
        let (kind, text) = (word(&segment["kind"]), word(&segment["text"]));
        let _ = write!(out, "\n--- cut: {}\n{text}\n", kind.replace('_', " "));
    }
    out
}
