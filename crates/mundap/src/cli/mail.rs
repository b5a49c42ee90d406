//! `mundap mail read`.

use super::Outcome;
use anyhow::Context;
use domain::token::Keys;
use mail::read::{Envelope, Reader, Reading, TokenFinding, read};
use settings::Settings;
use std::{
    fmt::Write as _,
    io::{Read as _, Write as _},
    path::PathBuf,
};

#[derive(Debug, clap::Args)]
pub(crate) struct Read {
    /// A mail as it was received; `-` for standard input.
    file: PathBuf,
    #[arg(long)]
    json: bool,
}

impl Read {
    pub(crate) fn run(self, settings: &Settings) -> Outcome {
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
        let out = if self.json {
            serde_json::to_string_pretty(&reading).context("the result is no JSON")?
        } else {
            describe(&reading)
        };
        // A reader that stops early (`| head`) is no error.
        let _ = writeln!(std::io::stdout(), "{out}");
        Ok(())
    }
}

fn describe(reading: &Reading) -> String {
    let token = match &reading.token {
        TokenFinding::Reply { assignment, .. } => format!("ours, for assignment {assignment}"),
        TokenFinding::Thread { message_ids } => format!("none; answers {}", message_ids.join(", ")),
        TokenFinding::Forged => "forged".into(),
        TokenFinding::None => "none".into(),
    };
    let from = reading.from.as_ref().map_or("(nobody)", |m| m.address.as_str());
    let files: Vec<String> = reading
        .attachments
        .iter()
        .map(|a| format!("{} ({}, {} bytes)", a.name, a.media_type, a.size))
        .collect();
    let class = serde_json::to_value(reading.class).ok();
    let class = class.as_ref().and_then(|c| c.as_str()).unwrap_or_default();
    let mut out = format!(
        "class:   {class} ({})\nfrom:    {from}\nsubject: {}\ntoken:   {token}\nfiles:   {}\n\n--- text kept\n{}\n",
        reading.class_reason,
        reading.subject,
        if files.is_empty() {
            "none".to_owned()
        } else {
            files.join("; ")
        },
        reading.text
    );
    for (title, text) in [("signature", &reading.signature), ("text cut", &reading.cut)] {
        if !text.is_empty() {
            let _ = write!(out, "\n--- {title}\n{text}\n");
        }
    }
    out
}
