//! Postfix's `smtp-sink`: takes every mail, keeps none.

use anyhow::{Context, Result, bail};
use std::{
    fs,
    net::TcpStream,
    os::unix::fs::MetadataExt,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use testkit::free_port;

pub(crate) struct Sink {
    child: Child,
    pub(crate) port: u16,
}

impl Sink {
    /// With these options, and so many connections that may wait.
    pub(crate) fn start(options: &[&str], backlog: u16) -> Result<Self> {
        let port = free_port();
        // As root it asks for another user to become; nobody else may become one.
        let user: &[&str] = if fs::metadata("/proc/self")?.uid() == 0 {
            &["-u", "nobody"]
        } else {
            &[]
        };
        let child = Command::new("/usr/sbin/smtp-sink")
            .args(user)
            .args(options)
            .args([format!("inet:127.0.0.1:{port}"), backlog.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .context("smtp-sink does not start; install postfix")?;
        let sink = Self { child, port };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if begun.elapsed() > Duration::from_secs(10) {
                bail!("smtp-sink does not listen");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(sink)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
