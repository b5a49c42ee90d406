//! `mundap serve` as a process of its own, killed and started again.

use std::{
    fs::{File, OpenOptions},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use testkit::{Wire, World};
use tokio::{
    process::{Child, Command},
    sync::Mutex,
};

/// The key that signs the links of the story and of the process.
const KEY: &str = "the chaos stories sign their links with this key";

/// Where a process listens.
#[derive(Clone, Copy)]
pub(super) struct Ports {
    pub(super) web: SocketAddr,
    pub(super) smtp: SocketAddr,
    pub(super) lmtp: SocketAddr,
}

/// Below what the kernel gives to outgoing connections: while the process is down, nobody may take its port, not even
/// a client's own knock at it.
fn steady() -> SocketAddr {
    loop {
        let at = SocketAddr::from(([127, 0, 0, 1], rand::random_range(10_000..30_000)));
        if TcpListener::bind(at).is_ok() {
            return at;
        }
    }
}

impl Ports {
    pub(super) fn free() -> Self {
        Self {
            web: steady(),
            smtp: steady(),
            lmtp: steady(),
        }
    }
}

/// A world for a process at `ports`: it signs as the process will.
pub(super) async fn world(ports: Ports) -> World {
    let mut world = World::with(domain::Clock::system(), |s| {
        s.web.public_url = format!("http://{}", ports.web);
    })
    .await;
    world.app.keys = domain::token::Keys::new(&[KEY]).expect("a key");
    world
}

/// The process, alive except between a kill and the next start.
pub(super) struct Process {
    binary: PathBuf,
    environment: Vec<(String, String)>,
    log: PathBuf,
    web: SocketAddr,
    child: Mutex<Child>,
}

impl Process {
    /// Starts on the database of `world`, which nobody else has open from now on: after a kill, the next start is the
    /// one that recovers it.
    pub(super) async fn start(world: World, ports: Ports, more: &[(&str, String)]) -> (testkit::Fresh, Self) {
        let World { app, router, fresh } = world;
        app.db.clone().close().await;
        drop((app, router));

        let exe = std::env::current_exe().expect("our own name");
        let binary = exe.parent().and_then(Path::parent).expect("a folder").join("mundap");
        assert!(
            binary.exists(),
            "{} is not there: cargo build --bin mundap",
            binary.display()
        );
        let key_file = fresh.dir.path().join("key");
        std::fs::write(&key_file, KEY).expect("writes");
        let text = |p: &Path| p.display().to_string();
        let mut environment = vec![
            ("MUNDAP__DATA_DIR".to_owned(), text(fresh.dir.path())),
            ("MUNDAP__DATABASE__URL".to_owned(), fresh.url.clone()),
            ("MUNDAP__SECRETS__KEY_FILE".to_owned(), text(&key_file)),
            ("MUNDAP__WEB__BIND".to_owned(), ports.web.to_string()),
            ("MUNDAP__WEB__PUBLIC_URL".to_owned(), format!("http://{}", ports.web)),
            ("MUNDAP__MAIL__IN__DNS".to_owned(), "off".to_owned()),
            ("MUNDAP__MAIL__IN__SMTP_BIND".to_owned(), ports.smtp.to_string()),
            ("MUNDAP__MAIL__IN__LMTP_BIND".to_owned(), ports.lmtp.to_string()),
        ];
        environment.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let log = fresh.dir.path().join("log");
        let child = spawn(&binary, &environment, &log);
        let process = Self {
            binary,
            environment,
            log,
            web: ports.web,
            child: Mutex::new(child),
        };
        process.ready(&mut *process.child.lock().await).await;
        (fresh, process)
    }

    /// `kill -9`, and at once the next one; returns when that is ready.
    pub(super) async fn kill(&self) {
        let mut child = self.child.lock().await;
        let left = child.try_wait().expect("is our child");
        assert!(left.is_none(), "it ended by itself, {left:?}: {}", self.log());
        child.kill().await.expect("kills");
        *child = spawn(&self.binary, &self.environment, &self.log);
        self.ready(&mut child).await;
    }

    async fn ready(&self, child: &mut Child) {
        for _ in 0..3_000 {
            let asked = tokio::time::timeout(Duration::from_secs(5), Wire::new(self.web).get("/readyz")).await;
            if matches!(asked, Ok(Ok(reply)) if reply.status == 200) {
                return;
            }
            if let Some(left) = child.try_wait().expect("is our child") {
                panic!("it ended by itself, {left}: {}", self.log());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it does not become ready: {}", self.log());
    }

    /// The last lines it wrote.
    pub(super) fn log(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    /// Lines of its log at these levels; a story that ends well has no `ERROR`.
    pub(super) fn lines(&self, level: &str) -> Vec<String> {
        let text = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&text)
            .lines()
            .filter(|l| l.contains(level))
            .map(str::to_owned)
            .collect()
    }
}

fn spawn(binary: &Path, environment: &[(String, String)], log: &Path) -> Child {
    let log: File = OpenOptions::new().create(true).append(true).open(log).expect("a log");
    Command::new(binary)
        .arg("serve")
        .env_clear()
        .envs(environment.iter().cloned())
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a log"))
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .expect("starts")
}
