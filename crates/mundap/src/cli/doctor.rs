//! `mundap doctor`: each line ok, or what to do.

use db::Engine;
use sea_orm::{ConnectionTrait, Statement};
use settings::{Error as SettingsError, Settings};
use std::{io::Write, net::SocketAddr, path::Path, process::ExitCode, time::Duration};

/// The checks so far.
#[derive(Default)]
struct Sheet {
    bad: usize,
}

impl Sheet {
    #[expect(clippy::unused_self, reason = "reads like its sister, which counts")]
    fn ok(&self, what: &str, said: impl std::fmt::Display) {
        say(format_args!("ok    {what}: {said}"));
    }

    #[expect(clippy::unused_self, reason = "reads like its sister, which counts")]
    fn note(&self, what: &str, said: impl std::fmt::Display) {
        say(format_args!("note  {what}: {said}"));
    }

    fn bad(&mut self, what: &str, said: impl std::fmt::Display) {
        self.bad += 1;
        say(format_args!("FAIL  {what}: {said}"));
    }
}

/// A reader that has seen enough (`doctor | head`) is no failure of ours.
fn say(line: std::fmt::Arguments) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

pub(super) async fn run(settings: Result<Settings, SettingsError>) -> ExitCode {
    let mut sheet = Sheet::default();
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => {
            sheet.bad("configuration", error);
            return ExitCode::from(2);
        }
    };
    sheet.ok("configuration", "read");
    configuration(&mut sheet, &settings);
    database(&mut sheet, &settings).await;
    keys(&mut sheet, &settings);
    server(&mut sheet, &settings).await;
    mailboxes(&mut sheet, &settings).await;
    certificate(&mut sheet, &settings);
    records(&mut sheet, &settings).await;
    ports(&mut sheet, &settings).await;
    if sheet.bad == 0 {
        say(format_args!("All is well."));
        return ExitCode::SUCCESS;
    }
    say(format_args!("{} to put right.", sheet.bad));
    ExitCode::from(1)
}

fn configuration(sheet: &mut Sheet, settings: &Settings) {
    let folder = &settings.data_dir;
    match writable(folder) {
        Ok(()) => sheet.ok("data_dir", folder.display()),
        Err(error) => sheet.bad(
            "data_dir",
            format!("{} cannot be written: {error}; set data_dir", folder.display()),
        ),
    }
    let public = &settings.web.public_url;
    if settings.web.is_https() {
        sheet.ok("web.public_url", public);
    } else {
        sheet.note(
            "web.public_url",
            format!("{public} is not https: set it before partners get links"),
        );
    }
    for (name, address) in [
        ("mail.from_address", &settings.mail.from_address),
        ("mail.reply_domain", &settings.mail.reply_domain),
    ] {
        if address.ends_with(".example") {
            sheet.note(
                name,
                format!("{address} stands for a domain of yours: set it before mail goes out"),
            );
        } else {
            sheet.ok(name, address);
        }
    }
    if settings.mail.out.paused {
        sheet.note("mail.out.paused", "nothing is sent while this is true");
    }
}

/// Whether a file can be made there; the folder is made when it is missing.
fn writable(folder: &Path) -> std::io::Result<()> {
    db::private_folder(folder)?;
    let probe = folder.join(format!(".doctor-{}", std::process::id()));
    std::fs::write(&probe, b"")?;
    std::fs::remove_file(&probe)
}

async fn database(sheet: &mut Sheet, settings: &Settings) {
    let db = match mundap::connect(settings).await {
        Ok(db) => db,
        Err(error) => return sheet.bad("database", format!("{error:#}")),
    };
    let (name, version_query) = match db.engine() {
        Engine::Sqlite => ("SQLite", "SELECT sqlite_version() AS said"),
        Engine::Postgres => ("PostgreSQL", "SELECT current_setting('server_version') AS said"),
    };
    match ask(&db, version_query).await {
        Ok(version) => sheet.ok("database", format!("{name} {version} answers")),
        Err(error) => {
            return sheet.bad(
                "database",
                format!("{name} does not answer: {error}; check database.url"),
            );
        }
    }
    match db.pending_migrations().await {
        Ok(0) => sheet.ok("schema", "up to date"),
        Ok(n) => sheet.bad("schema", format!("{n} steps are not applied: run `mundap migrate`")),
        Err(error) => sheet.bad("schema", format!("cannot be read: {error}; run `mundap migrate`")),
    }
    if let Ok(Some(why)) = mail::held(&db).await {
        sheet.note(
            "outbox",
            format!("nothing is sent: {why}; read the outbox, then run `mundap mail resume`"),
        );
    }
    match ask(
        &db,
        "SELECT CAST(count(*) AS text) AS said FROM mail_origin WHERE skipped IS NOT NULL",
    )
    .await
    {
        Ok(passed_over) if passed_over != "0" => sheet.note(
            "mail.imap",
            format!("{passed_over} mails were passed over; the log says why, and they lie where they were"),
        ),
        _ => {}
    }
    if db.engine() == Engine::Postgres {
        // A database with C ctype finds no Korean text.
        match ask(
            &db,
            "SELECT datctype AS said FROM pg_database WHERE datname = current_database()",
        )
        .await
        {
            Ok(ctype) if ctype == "C" || ctype == "POSIX" => {
                sheet.bad(
                    "database",
                    format!("its ctype is {ctype}: create it with ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0"),
                );
            }
            Ok(ctype) => sheet.ok("database ctype", ctype),
            Err(error) => sheet.bad("database ctype", error),
        }
    }
    db.close().await;
}

async fn ask(db: &db::Db, query: &str) -> Result<String, sea_orm::DbErr> {
    let statement = Statement::from_string(db.reader().get_database_backend(), query);
    match db.reader().query_one_raw(statement).await? {
        Some(row) => row.try_get("", "said"),
        None => Ok(String::new()),
    }
}

fn keys(sheet: &mut Sheet, settings: &Settings) {
    match mundap::load_keys(settings) {
        Ok(Some(_)) => {
            sheet.ok(
                "signing keys",
                if settings.secrets.keys.is_empty() {
                    "data_dir/secret.key"
                } else {
                    "from the settings"
                },
            );
            if settings.secrets.keys.is_empty() {
                permissions(sheet, &settings.data_dir.join("secret.key"));
            }
        }
        Ok(None) => sheet.note(
            "signing keys",
            "none yet; the first start makes data_dir/secret.key: back it up",
        ),
        Err(error) => sheet.bad("signing keys", format!("{error:#}")),
    }
}

#[cfg(unix)]
fn permissions(sheet: &mut Sheet, path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    if let Ok(meta) = std::fs::metadata(path)
        && meta.permissions().mode() & 0o077 != 0
    {
        sheet.bad(
            "signing keys",
            format!("others may read {0}: run `chmod 600 {0}`", path.display()),
        );
    }
}

#[cfg(not(unix))]
fn permissions(_: &mut Sheet, _: &Path) {}

async fn server(sheet: &mut Sheet, settings: &Settings) {
    let out = &settings.mail.out;
    let at = format!("{}:{}", out.host, out.port);
    match tokio::time::timeout(Duration::from_secs(15), mail::probe(settings)).await {
        Ok(Ok(said)) => sheet.ok("mail server", format!("{at} greets: {said}")),
        Ok(Err(error)) => sheet.bad(
            "mail server",
            format!("{at}: {error}; set mail.out.host, port, tls, username"),
        ),
        Err(_) => sheet.bad(
            "mail server",
            format!("{at} does not answer within 15 s; set mail.out.host and port"),
        ),
    }
}

/// Signs in to each mailbox that is read.
async fn mailboxes(sheet: &mut Sheet, settings: &Settings) {
    for mailbox in &settings.mail.imap {
        let what = format!("mail.imap {}", mailbox.name);
        let at = format!("{} at {}:{}", mailbox.username, mailbox.host, mailbox.port);
        match tokio::time::timeout(Duration::from_secs(30), mail::imap::probe(mailbox)).await {
            Ok(Ok(said)) => sheet.ok(&what, format!("{at}: {said}")),
            Ok(Err(error)) => sheet.bad(
                &what,
                format!("{at}: {error}; check host, port, tls, username and password"),
            ),
            Err(_) => sheet.bad(&what, format!("{at} does not answer within 30 s; check host and port")),
        }
    }
    for hook in &settings.mail.hook {
        sheet.ok(
            &format!("mail.hook {}", hook.name),
            format!("{}/hooks/mail/{}", settings.web.public_url, hook.name),
        );
    }
}

fn certificate(sheet: &mut Sheet, settings: &Settings) {
    let inbound = &settings.mail.inbound;
    if inbound.tls_certificate.is_empty() {
        return;
    }
    match mail::smtp_in::Tls::new(&inbound.tls_certificate, &inbound.tls_key).check() {
        Ok(()) => sheet.ok("mail.in.tls_certificate", "reads, and goes with its key"),
        Err(error) => sheet.bad(
            "mail.in.tls_certificate",
            format!("{error}; set it and mail.in.tls_key"),
        ),
    }
}

/// Before the domain is one's own there is nothing to ask for.
async fn records(sheet: &mut Sheet, settings: &Settings) {
    match mail::Signer::load(settings) {
        Ok(Some(signer)) => sheet.ok("mail.dkim", format!("signs as {}", signer.record_name())),
        Ok(None) => sheet.note("mail.dkim", "no key: the mail server must sign what goes out"),
        Err(error) => sheet.bad("mail.dkim", error),
    }
    if settings.mail.from_address.ends_with(".example") {
        return;
    }
    for finding in mail::dns::check(settings).await {
        let what = format!("DNS {} {}", finding.record.as_str(), finding.name);
        match finding.state {
            mail::dns::State::Fine => sheet.ok(&what, finding.found),
            mail::dns::State::Missing => sheet.bad(&what, "is missing; see docs/mail-out.md"),
            mail::dns::State::Wrong => sheet.bad(&what, format!("is wrong: {}; see docs/mail-out.md", finding.found)),
            mail::dns::State::Silent => sheet.note(&what, "DNS did not answer"),
            mail::dns::State::Off => sheet.note(&what, "was not asked for"),
        }
    }
}

async fn ports(sheet: &mut Sheet, settings: &Settings) {
    let inbound = &settings.mail.inbound;
    for (name, address) in [
        ("web.bind", settings.web.bind),
        ("mail.in.smtp_bind", inbound.smtp_bind),
        ("mail.in.lmtp_bind", inbound.lmtp_bind),
    ] {
        match tokio::net::TcpListener::bind(address).await {
            Ok(_) => sheet.ok(name, format!("{address} is free")),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                if answers(address).await {
                    sheet.note(name, format!("{address} is taken: by a running mundap, or set another"));
                } else {
                    sheet.bad(name, format!("{address} is taken and does not answer: set another"));
                }
            }
            Err(error) => sheet.bad(name, format!("{address} cannot be listened on: {error}; set another")),
        }
    }
}

async fn answers(address: SocketAddr) -> bool {
    let connect = tokio::net::TcpStream::connect(address);
    matches!(tokio::time::timeout(Duration::from_secs(2), connect).await, Ok(Ok(_)))
}
