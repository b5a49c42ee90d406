//! Reading a published article, beside nginx which serves the same octets from a file.

use crate::{
    process::{Home, Mundap},
    table::{Goal, Table},
};
use anyhow::{Context, Result, bail, ensure};
use db::{entity::article, prelude::*};
use domain::{ArticleId, state::article::ArticleState};
use sea_orm::IntoActiveModel;
use std::{
    fs,
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use testkit::{Reply, Wire, free_port};

/// Many short rounds: what slows the machine for some seconds then falls on all three alike.
const SECONDS: u32 = 1;
const ROUNDS: usize = 25;
const CONNECTIONS: u32 = 64;

/// Published articles in the database.
const MANY: usize = 10_000;

pub(crate) async fn measure(home: &Home, table: &mut Table) -> Result<()> {
    // The first start loads the demo; the second one is as any other.
    Mundap::start(home, &["--demo"]).await?.stop()?;
    let slugs = publish(home).await?;
    let running = Mundap::start(home, &["--demo"]).await?;
    let mut wire = Wire::new(running.address);
    let folder = home.dir.path().join("nginx");
    let root = folder.join("root");
    fs::create_dir_all(root.join("articles"))?;
    let begun = Instant::now();
    for slug in &slugs {
        let path = format!("/articles/{slug}");
        let page = wire.get(&path).await?;
        ensure!(page.status == 200, "{path} answers {}", page.status);
        fs::write(root.join(&path[1..]), &page.body)?;
    }
    println!("{MANY} articles read once in {:.0?}", begun.elapsed());
    let path = format!("/articles/{}", slugs[0]);
    let page = wire.get(&path).await?;

    // How many processes serve nginx best depends on the machine: both are tried.
    let one = Nginx::start(&folder.join("one"), &root, &path, &page, 1).await?;
    let two = Nginx::start(&folder.join("two"), &root, &path, &page, 2).await?;
    let any = folder.join("any.lua");
    fs::write(&any, script(&slugs))?;
    let octets = page.body.len();
    for (what, script) in [("published article", None), ("any of 10,000 articles", Some(&*any))] {
        // In turns, for the machine is not as fast in every minute.
        let (mut ours, mut alone, mut twofold) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(wrk(running.address, &path, script)?);
            alone.push(wrk(one.address, &path, script)?);
            twofold.push(wrk(two.address, &path, script)?);
        }
        println!(
            "{what} of {octets} octets, reads/s: mundap {ours:.0?}, nginx with one process {alone:.0?}, with two {twofold:.0?}"
        );
        let nginx = if middle(&alone) > middle(&twofold) {
            alone
        } else {
            twofold
        };
        let (ours, nginx) = middle_round(&ours, &nginx);
        table.row(
            format!("{what}, nginx beside it"),
            ours,
            nginx,
            "reads/s",
            Goal::Ratio(1.0),
        );
    }
    println!("memory after these reads: {:.1} MB", running.resident()?);
    running.stop()
}

fn middle(rates: &[f64]) -> f64 {
    let mut rates = rates.to_vec();
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// The round whose ratio is the middle one. Each is compared within its own seconds: over a run the machine's speed drifts
/// by more than the two differ, and medians of each alone then come from different minutes.
fn middle_round(ours: &[f64], theirs: &[f64]) -> (f64, f64) {
    let mut rounds: Vec<(f64, f64)> = ours.iter().copied().zip(theirs.iter().copied()).collect();
    rounds.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
    rounds[rounds.len() / 2]
}

/// Publishes the demo's article under many addresses, and gives these.
async fn publish(home: &Home) -> Result<Vec<String>> {
    let db = db::Db::connect(&home.url, 1).await?;
    let first = article::Entity::find()
        .filter(article::Column::State.eq(ArticleState::Published))
        // The conversation in two parts; what else the demo publishes is shorter.
        .order_by_asc(article::Column::PublishedAt)
        .one(db.reader())
        .await?
        .context("the demo has published no article")?;
    let mut slugs = vec![first.slug.clone()];
    let tx = db.begin_write().await?;
    while slugs.len() < MANY {
        let slug = format!("{}-copy-{}", first.slug, slugs.len());
        let row = article::Model {
            id: ArticleId::new(),
            slug: slug.clone(),
            ..first.clone()
        };
        article::Entity::insert(row.into_active_model())
            .exec_without_returning(&tx)
            .await?;
        slugs.push(slug);
    }
    tx.commit().await?;
    db.close().await;
    Ok(slugs)
}

/// For wrk: one of all of them, at random.
fn script(slugs: &[String]) -> String {
    let all: Vec<String> = slugs.iter().map(|slug| format!("\"{slug}\"")).collect();
    format!(
        "local slugs = {{{}}}\nlocal all = {{}}\n\
         function init() math.randomseed(1) for n, s in ipairs(slugs) do all[n] = wrk.format(\"GET\", \"/articles/\" .. s) end end\n\
         function request() return all[math.random(#all)] end\n",
        all.join(",")
    )
}

struct Nginx {
    child: Child,
    address: SocketAddr,
}

impl Nginx {
    async fn start(folder: &Path, root: &Path, path: &str, page: &Reply, processes: u32) -> Result<Self> {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        fs::create_dir_all(folder)?;
        let (dir, root) = (folder.display(), root.display());
        // The headers that ours has, so that both write as much.
        let config = format!(
            "user root;\nworker_processes {processes};\ndaemon off;\npid {dir}/pid;\nerror_log {dir}/error.log;\n\
             events {{ worker_connections 1024; multi_accept on; }}\n\
             http {{\n  access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; gzip off; server_tokens off;\n  \
             keepalive_requests 100000000; open_file_cache max=20000 inactive=1h; open_file_cache_valid 1h;\n  \
             client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fastcgi;\n  \
             uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;\n  \
             server {{\n    listen {address} reuseport; root {root}; default_type \"text/html; charset=utf-8\";\n    \
             add_header Cache-Control \"public, max-age=60\"; add_header X-Content-Type-Options nosniff;\n    \
             add_header X-Frame-Options DENY; add_header Referrer-Policy no-referrer;\n    \
             add_header Cross-Origin-Opener-Policy same-origin; add_header Cross-Origin-Resource-Policy same-origin;\n    \
             add_header Vary accept-encoding;\n    \
             add_header Permissions-Policy \"camera=(), microphone=(), geolocation=(), payment=(), usb=()\";\n    \
             add_header Content-Security-Policy \"default-src 'none'; style-src 'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='; \
             img-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'\";\n  }}\n}}\n"
        );
        fs::write(folder.join("nginx.conf"), config)?;
        let program = ["/usr/sbin/nginx", "nginx"]
            .into_iter()
            .find(|p| !p.starts_with('/') || Path::new(p).exists());
        let child = Command::new(program.unwrap_or("nginx"))
            .args(["-e", &format!("{dir}/error.log"), "-p", &dir.to_string(), "-c"])
            .arg(folder.join("nginx.conf"))
            .stdout(Stdio::null())
            .spawn()
            .context("nginx does not start")?;
        let started = Self { child, address };
        for _ in 0..200 {
            if let Ok(reply) = Wire::new(address).get(path).await {
                ensure!(
                    reply.status == 200 && reply.body == page.body,
                    "nginx serves something else: {}",
                    reply.status
                );
                return Ok(started);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!(
            "nginx does not answer: {}",
            fs::read_to_string(folder.join("error.log")).unwrap_or_default()
        )
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The master ends its workers on this signal; killed, it would leave them behind.
        let _ = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        let _ = self.child.wait();
    }
}

/// Requests a second, all of them answered.
fn wrk(address: SocketAddr, path: &str, script: Option<&Path>) -> Result<f64> {
    let mut command = Command::new("wrk");
    if let Some(script) = script {
        command.arg("-s").arg(script);
    }
    let said = command
        .args([
            "-t1",
            &format!("-c{CONNECTIONS}"),
            &format!("-d{SECONDS}s"),
            &format!("http://{address}{path}"),
        ])
        .output()
        .context("wrk does not start")?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    ensure!(
        !said.contains("Non-2xx") && !said.contains("Socket errors"),
        "not every read succeeded: {said}"
    );
    let rate = said.lines().find_map(|l| l.trim().strip_prefix("Requests/sec:"));
    Ok(rate.with_context(|| format!("wrk says {said}"))?.trim().parse()?)
}
