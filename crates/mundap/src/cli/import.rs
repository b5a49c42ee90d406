//! `mundap import roster`.

use super::{Failure, Outcome, event, open};
use anyhow::Context;
use domain::Lang;
use indicatif::{ProgressBar, ProgressStyle};
use intake::staff::roster::import_file;
use settings::Settings;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Roster {
    /// CSV (UTF-8 or CP949) or XLSX.
    file: PathBuf,
    /// The event's slug, as it stands in its addresses.
    #[arg(long)]
    event: String,
    /// Says what would happen and changes nothing.
    #[arg(long)]
    dry_run: bool,
}

impl Roster {
    pub(crate) async fn run(self, settings: Settings) -> Outcome {
        let bytes = std::fs::read(&self.file).with_context(|| format!("cannot read {}", self.file.display()))?;
        let app = open(settings).await?;
        let event = event(&app, &self.event).await?;
        // Hidden by itself where nobody watches.
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {eta}") {
            bar.set_style(style);
        }
        let progress = |done: usize, total: usize| {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        };
        let summary = import_file(&app.db, &app.clock, event.id, &bytes, self.dry_run, progress).await;
        bar.finish_and_clear();
        let summary = summary.map_err(|error| match error {
            intake::Error::Roster(unreadable) => {
                Failure::Usage(anyhow::anyhow!("{}: {unreadable}", self.file.display()))
            }
            other => Failure::Failed(anyhow::anyhow!("the import stopped: {other}; run it again to go on")),
        })?;
        let words = web::Words::new(Lang::En, &intake::TEXTS);
        for (row, problems) in &summary.problems {
            let problems: Vec<String> = problems.iter().map(|p| p.text(&words)).collect();
            eprintln!("row {row}: {}", problems.join("; "));
        }
        let (new, changed, unchanged, wrong) = (summary.new, summary.changed, summary.unchanged, summary.wrong);
        let would = if self.dry_run { "would be " } else { "" };
        println!("{new} {would}new, {changed} {would}changed, {unchanged} unchanged, {wrong} wrong");
        if wrong > 0 {
            return Err(Failure::Failed(anyhow::anyhow!(
                "{wrong} rows are wrong and were left out; put them right and import again"
            )));
        }
        Ok(())
    }
}
