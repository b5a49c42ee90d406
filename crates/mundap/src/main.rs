//! `mundap`: one binary for the server and for what is done beside it.

mod cli;

use clap::Parser;
use std::process::ExitCode;

/// Half of a request's time went into the system's allocator, which many threads share badly (`make bench`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = cli::Args::parse();
    match cli::run(args) {
        Ok(code) => code,
        Err(failure) => {
            // One line that says what to do; the log has the rest.
            eprintln!("mundap: {}", failure.line());
            failure.code()
        }
    }
}
