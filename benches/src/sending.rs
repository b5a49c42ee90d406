//! Twenty thousand outgoing mails through the sender, beside Postfix's `smtp-source` that sends as many of the same size to
//! the same sink in the same run.

use crate::{
    process::{Home, Mundap},
    scene,
    sink::Sink,
    table::{Goal, Table},
};
use anyhow::{Context, Result, bail};
use db::{Engine, entity::outgoing_mail, prelude::*};
use domain::{
    Clock, EmailAddress, Lang,
    state::mail::{MailKind, OutgoingState},
};
use mail::{Initial, Letter, NewMail, Refs};
use settings::Settings;
use std::{
    process::Command,
    time::{Duration, Instant},
};

const MAILS: usize = 20_000;
/// At the same time, of the sender and of `smtp-source`.
const SESSIONS: usize = 16;
/// Mails put in one transaction.
const BATCH: usize = 500;
/// Nobody waits longer for all of them.
const PATIENCE: Duration = Duration::from_mins(10);

pub(crate) async fn measure(engine: Engine, table: &mut Table) -> Result<()> {
    let home = scene::home(engine).await?;
    let sink = Sink::start(&["-m", "256"], 1024)?;
    let size = fill(&home).await?;
    let source = source(&sink, size)?;
    let ours = ours(&home, &sink).await?;
    let name = match engine {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    table.row(format!("mails sent, {name}"), ours, source, "per s", Goal::Ratio(0.1));
    table.note(format!(
        "mails sent, {name}: {MAILS} of {size} octets over {SESSIONS} sessions, each written down before and after it went; \
         the limit is smtp-source, which writes nothing down"
    ));
    Ok(())
}

/// Puts the mails, and says how large one of them is.
async fn fill(home: &Home) -> Result<usize> {
    let mut settings = Settings::embedded()?;
    home.dir.path().clone_into(&mut settings.data_dir);
    settings.database.url.clone_from(&home.url);
    let app = mundap::open(settings, Clock::system(), false).await?;
    let mut size = 0;
    for batch in 0..MAILS / BATCH {
        let tx = app.db.begin_write().await?;
        for n in 0..BATCH {
            let at = batch * BATCH + n;
            let mail = NewMail {
                kind: MailKind::StaffNotice,
                to_name: format!("김하늘 {at}"),
                to_email: EmailAddress::parse(&format!("partner{at}@company{}.example", at % 200))?,
                lang: Lang::Ko,
                letter: Letter::new("질문을 받았습니다")
                    .text("안녕하세요.\n\n보내 주신 질문을 잘 받았습니다. 답변이 준비되면 메일로 알려 드리겠습니다."),
                state: Initial::Draft,
                dedup: format!("bench:{at}"),
                reply: None,
                refs: Refs::default(),
            };
            mail::outbox::put(&tx, &app.clock, &app.settings, mail).await?;
        }
        tx.commit().await?;
    }
    if let Some(row) = outgoing_mail::Entity::find().one(app.db.reader()).await? {
        let versions = std::collections::BTreeMap::new();
        size = mail::compose(&row, app.clock.now(), &app.settings, &app.keys, &versions)?
            .bytes
            .len();
    }
    app.db.close().await;
    Ok(size)
}

/// Mails a second of `smtp-source`.
fn source(sink: &Sink, size: usize) -> Result<f64> {
    let begun = Instant::now();
    let status = Command::new("smtp-source")
        .args([
            "-m",
            &MAILS.to_string(),
            "-s",
            &SESSIONS.to_string(),
            "-l",
            &size.to_string(),
            "-d",
        ])
        .args([
            "-f",
            "a@host.example",
            "-t",
            "b@company.example",
            &format!("127.0.0.1:{}", sink.port),
        ])
        .status()
        .context("smtp-source does not start")?;
    if !status.success() {
        bail!("smtp-source ended with {status}");
    }
    Ok(rate(begun.elapsed()))
}

#[expect(clippy::cast_precision_loss, reason = "twenty thousand is exact")]
fn rate(took: Duration) -> f64 {
    MAILS as f64 / took.as_secs_f64()
}

/// Mails a second of the worker: from the moment that all are queued to the last one's commit.
async fn ours(home: &Home, sink: &Sink) -> Result<f64> {
    let running = Mundap::start_with(
        home,
        &[],
        &[
            ("MUNDAP__MAIL__OUT__PORT", sink.port.to_string()),
            ("MUNDAP__MAIL__OUT__CONCURRENCY", SESSIONS.to_string()),
            ("MUNDAP__MAIL__OUT__PER_DOMAIN_MINUTE", "0".to_owned()),
        ],
    )
    .await?;
    let db = db::Db::connect(&home.url, 2).await?;
    let begun = Instant::now();
    let tx = db.begin_write().await?;
    outgoing_mail::Entity::update_many()
        .col_expr(outgoing_mail::Column::State, Expr::value(OutgoingState::Queued))
        .filter(outgoing_mail::Column::State.eq(OutgoingState::Draft))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    loop {
        let open = outgoing_mail::Entity::find()
            .filter(outgoing_mail::Column::State.ne(OutgoingState::Sent))
            .count(db.reader())
            .await?;
        if open == 0 {
            break;
        }
        if begun.elapsed() > PATIENCE {
            bail!("{open} mails were not sent within {PATIENCE:?}");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let took = begun.elapsed();
    db.close().await;
    running.stop()?;
    Ok(rate(took))
}
