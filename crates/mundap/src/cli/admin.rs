//! `mundap admin create`.

use super::{Failure, Outcome, open};
use anyhow::{Context, anyhow};
use desk::service::staff::{NewStaff, create};
use domain::{EmailAddress, role::Role};
use secrecy::{ExposeSecret, SecretString};
use settings::Settings;
use std::{
    io::{BufRead, IsTerminal},
    path::PathBuf,
};

#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    #[arg(long)]
    email: String,
    #[arg(long)]
    name: String,
    /// Reads the password from the first line of this file instead of asking.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl Create {
    pub(crate) async fn run(self, settings: Settings) -> Outcome {
        let usage = |text: String| Failure::Usage(anyhow!(text));
        let email =
            EmailAddress::parse(&self.email).map_err(|_| usage(format!("{:?} is no e-mail address", self.email)))?;
        let name = domain::text::line(&self.name, 100).map_err(|error| usage(format!("the name: {error}")))?;
        if name.is_empty() {
            return Err(usage("the name is empty".into()));
        }
        let password = self.password()?;
        web::password::check(&password).map_err(|error| usage(format!("the password: {error}")))?;
        let app = open(settings).await?;
        let password_hash = web::password::hash(password).await.map_err(anyhow::Error::from)?;
        let new = NewStaff {
            email: email.clone(),
            name,
            roles: vec![Role::Administrator],
            password_hash,
        };
        let tx = app.db.begin_write().await.map_err(anyhow::Error::from)?;
        match create(&tx, &app.clock, db::audit::Actor::System, new).await {
            Ok(_) => tx.commit().await.map_err(anyhow::Error::from)?,
            Err(desk::Error::Taken) => return Err(usage(format!("{email} has an account already"))),
            Err(error) => return Err(anyhow::Error::from(error).into()),
        }
        println!("{email} is an administrator; sign in at {}", app.public_url("/sign-in"));
        Ok(())
    }

    fn password(&self) -> Outcome<SecretString> {
        let text = if let Some(path) = &self.password_file {
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?
        } else {
            typed()?
        };
        let password: SecretString = text.lines().next().unwrap_or_default().into();
        if password.expose_secret().is_empty() {
            return Err(Failure::Usage(anyhow!(
                "no password: type one, pipe one in, or name --password-file"
            )));
        }
        Ok(password)
    }
}

/// From the terminal without showing it, else the first line of standard input.
fn typed() -> anyhow::Result<String> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        let prompt = format!(
            "Password (at least {} characters; it is not shown): ",
            web::password::LEAST_CHARS
        );
        return rpassword::prompt_password(prompt).context("cannot read the password from the terminal");
    }
    let mut line = String::new();
    stdin
        .lock()
        .read_line(&mut line)
        .context("cannot read the password from standard input")?;
    Ok(line)
}
