//! A policy server for Postfix that greylists (RFC 6647): who was never asked about before is put off, once.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

/// A running policy server; it goes with the test's process.
pub struct Greylist {
    pub port: u16,
    asked: Arc<Mutex<HashMap<String, usize>>>,
}

impl Greylist {
    /// # Panics
    /// When no port of loopback is free.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::new(Mutex::new(HashMap::new()));
        let server = Arc::clone(&asked);
        std::thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let asked = Arc::clone(&server);
                std::thread::spawn(move || answer(&socket, &asked));
            }
        });
        Self { port, asked }
    }

    /// How often each recipient was asked about.
    ///
    /// # Panics
    /// When the server did.
    pub fn asked(&self) -> HashMap<String, usize> {
        self.asked.lock().expect("no panic").clone()
    }
}

/// Lines of `name=value` up to an empty one are a request (Postfix, `SMTPD_POLICY_README`).
fn answer(socket: &TcpStream, asked: &Mutex<HashMap<String, usize>>) {
    let mut recipient = String::new();
    for line in BufReader::new(socket).lines().map_while(Result::ok) {
        if let Some(address) = line.strip_prefix("recipient=") {
            address.clone_into(&mut recipient);
        }
        if !line.is_empty() {
            continue;
        }
        let times = {
            let mut asked = asked.lock().expect("no panic");
            let times = asked.entry(std::mem::take(&mut recipient)).or_default();
            *times += 1;
            *times
        };
        let action = if times == 1 {
            "DEFER_IF_PERMIT Greylisted, come back later"
        } else {
            "DUNNO"
        };
        let mut socket = socket;
        if write!(socket, "action={action}\n\n").is_err() {
            return;
        }
    }
}
