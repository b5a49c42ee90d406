//! The release binary as a process of its own, with a data folder of its own.

use anyhow::{Context, Result, bail};
use std::{
    fs::{self, File},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use testkit::{Wire, free_port};

/// The folder and the database of one installation.
pub(crate) struct Home {
    pub(crate) dir: TempDir,
    pub(crate) url: String,
}

impl Home {
    pub(crate) fn sqlite() -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let url = format!("sqlite://{}/mundap.db", dir.path().display());
        Ok(Self { dir, url })
    }
}

/// A running `mundap serve`.
pub(crate) struct Mundap {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) lmtp: u16,
    /// From the spawn to the first `ready`.
    pub(crate) ready: Duration,
}

/// Nobody waits longer for a start, not even for that which loads the demo.
const PATIENCE: Duration = Duration::from_mins(2);

impl Mundap {
    pub(crate) async fn start(home: &Home, args: &[&str]) -> Result<Self> {
        Self::start_with(home, args, &[]).await
    }

    /// With settings of the environment, which stand above the others.
    pub(crate) async fn start_with(home: &Home, args: &[&str], settings: &[(&str, String)]) -> Result<Self> {
        let binary = std::env::current_exe()?.with_file_name("mundap");
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let lmtp = free_port();
        let log = File::create(home.dir.path().join("log"))?;
        let mut command = Command::new(&binary);
        command
            .arg("serve")
            .args(args)
            .env_remove("MUNDAP_CONFIG")
            .env("MUNDAP__DATA_DIR", home.dir.path())
            .env("MUNDAP__DATABASE__URL", &home.url)
            .env("MUNDAP__WEB__BIND", address.to_string())
            .env("MUNDAP__WEB__PUBLIC_URL", format!("http://{address}"))
            .env("MUNDAP__MAIL__IN__DNS", "off")
            .env("MUNDAP__MAIL__IN__SMTP_BIND", format!("127.0.0.1:{}", free_port()))
            .env("MUNDAP__MAIL__IN__LMTP_BIND", format!("127.0.0.1:{lmtp}"))
            .env("MUNDAP__MAIL__OUT__PORT", free_port().to_string())
            .envs(settings.iter().map(|(name, value)| (*name, value.as_str())))
            .stdout(Stdio::from(log.try_clone()?))
            .stderr(Stdio::from(log));
        let begun = Instant::now();
        let child = command
            .spawn()
            .with_context(|| format!("{} does not start", binary.display()))?;
        let mut started = Self {
            child,
            address,
            lmtp,
            ready: Duration::ZERO,
        };
        loop {
            if let Ok(reply) = Wire::new(address).get("/readyz").await
                && reply.status == 200
            {
                started.ready = begun.elapsed();
                return Ok(started);
            }
            if let Some(status) = started.child.try_wait()? {
                bail!(
                    "mundap ended with {status}: {}",
                    fs::read_to_string(home.dir.path().join("log"))?
                );
            }
            if begun.elapsed() > PATIENCE {
                bail!(
                    "mundap does not become ready: {}",
                    fs::read_to_string(home.dir.path().join("log"))?
                );
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn proc(&self, file: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{file}", self.child.id()))
    }

    /// Resident memory in megabytes of 1,024 × 1,024 octets.
    pub(crate) fn resident(&self) -> Result<f64> {
        resident(self.child.id())
    }

    /// Processor time so far.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        ticks(&fs::read_to_string(self.proc("stat"))?)
    }

    /// Stops as a service manager does.
    pub(crate) fn stop(mut self) -> Result<()> {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().context("kill")?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Mundap {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Resident memory of a process, in the same unit.
pub(crate) fn resident(pid: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status
        .lines()
        .find_map(|l| l.strip_prefix("VmRSS:"))
        .context("no VmRSS")?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes / 1024.0)
}

/// Processor time of this process so far.
pub(crate) fn own_cpu() -> Result<Duration> {
    ticks(&fs::read_to_string("/proc/self/stat")?)
}

/// Processor time of all PostgreSQL processes so far.
pub(crate) fn postgres_cpu() -> Result<Duration> {
    let mut sum = Duration::ZERO;
    for entry in fs::read_dir("/proc")? {
        // A process may end while the list is read.
        if let Ok(stat) = fs::read_to_string(entry?.path().join("stat"))
            && stat.contains("(postgres)")
        {
            sum += ticks(&stat)?;
        }
    }
    Ok(sum)
}

/// Fields 14 and 15 of `/proc/PID/stat`, in hundredths of a second (proc(5)).
fn ticks(stat: &str) -> Result<Duration> {
    let (_, rest) = stat.rsplit_once(") ").context("no process name")?;
    let fields: Vec<u64> = rest
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|f| f.parse().ok())
        .collect();
    Ok(Duration::from_millis(fields.iter().sum::<u64>() * 10))
}
