//! The command as its operator sees it.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

#[test]
fn a_worker_alone_says_that_it_is_ready() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(env!("CARGO_BIN_EXE_mundap"))
        .args(["serve", "--only", "worker"])
        .env_clear()
        .env("MUNDAP__DATA_DIR", dir.path())
        .current_dir(dir.path())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for line in lines.map_while(Result::ok).filter(|line| line.contains("ready")) {
            let _ = tell.send(line);
        }
    });
    let ready = told.recv_timeout(Duration::from_mins(1));
    child.kill().expect("is killed");
    child.wait().expect("ends");
    let ready = ready.expect("it says when it is ready");
    assert!(ready.contains("worker: ready"), "{ready}");
}
