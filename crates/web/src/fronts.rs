//! Threads that answer from memory and do nothing else, each for the connections that are its own.
//!
//! Among the runtime's many workers a reader's connection wanders, and each step wakes somebody; here a thread takes all
//! that came, answers it and takes what came meanwhile.

use std::{io, num::NonZero, thread};
use tokio::{
    runtime::{Builder, Handle},
    sync::oneshot,
};

/// Who reads has them for as long as this lives.
pub(crate) struct Fronts {
    threads: Vec<(Handle, oneshot::Sender<()>)>,
    turn: usize,
}

impl Fronts {
    /// One for every second core: whoever asks (the proxy with its TLS) has more to do with a page than they have.
    pub(crate) fn start() -> io::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let threads = (0..cores.div_ceil(2)).map(front).collect::<io::Result<_>>()?;
        Ok(Self { threads, turn: 0 })
    }

    /// Each in turn.
    pub(crate) fn next(&mut self) -> Handle {
        self.turn = (self.turn + 1) % self.threads.len();
        self.threads[self.turn].0.clone()
    }
}

fn front(n: usize) -> io::Result<(Handle, oneshot::Sender<()>)> {
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    let handle = runtime.handle().clone();
    let (end, ended) = oneshot::channel();
    thread::Builder::new().name(format!("front-{n}")).spawn(move || {
        // The other side is dropped, never used: that is the end.
        let _ = runtime.block_on(ended);
    })?;
    Ok((handle, end))
}
