//! A real Postfix for one story: takes submissions on loopback, puts every mail into one Maildir, and hands what is
//! addressed to the reply domain to our LMTP listener.

use crate::{Greylist, free_port};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// A running Postfix; stops when it is dropped.
pub struct Postfix {
    dir: TempDir,
    pub port: u16,
}

/// One mail as it arrived.
#[derive(Clone, Debug)]
pub struct Letterbox {
    pub to: Vec<String>,
    pub subject: String,
    pub message_id: String,
    pub reply_to: Option<String>,
    pub text: String,
    pub html: String,
    pub raw: Vec<u8>,
}

fn sh(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{command:?}: {said}");
    said.trim().to_owned()
}

impl Postfix {
    /// A domain whose mail is taken and then refused by whom it is handed to, our own listener, since it is none of ours:
    /// a notice comes back.
    pub const GONE: &str = "gone.example";

    /// Mail to `reply_domain` goes by LMTP to `lmtp_port`, all other mail into the Maildir, but that to [`Self::GONE`].
    ///
    /// # Panics
    /// When Postfix is missing or does not start: it needs root, for its master process drops privileges itself.
    pub fn start(reply_domain: &str, lmtp_port: u16) -> Self {
        Self::start_asking(reply_domain, lmtp_port, "")
    }

    /// The same, but it asks the policy server about each recipient, as it would ask postgrey.
    ///
    /// # Panics
    /// As [`Self::start`].
    pub fn start_greylisting(reply_domain: &str, lmtp_port: u16, greylist: &Greylist) -> Self {
        let ask = format!("check_policy_service inet:127.0.0.1:{}, ", greylist.port);
        Self::start_asking(reply_domain, lmtp_port, &ask)
    }

    fn start_asking(reply_domain: &str, lmtp_port: u16, ask: &str) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("postfix")
            .tempdir_in("/tmp")
            .expect("a temporary folder");
        let root = dir.path().to_owned();
        sh(Command::new("chmod").args(["755", &root.display().to_string()]));
        let port = free_port();
        let (uid, gid) = (
            sh(Command::new("id").args(["-u", "postfix"])),
            sh(Command::new("id").args(["-g", "postfix"])),
        );
        for sub in ["etc", "queue", "data", "mail"] {
            fs::create_dir(root.join(sub)).expect("a folder");
        }
        for owned in ["data", "mail"] {
            sh(Command::new("chown").args([&format!("{uid}:{gid}"), &root.join(owned).display().to_string()]));
        }
        let at = |sub: &str| root.join(sub).display().to_string();
        fs::write(
            root.join("etc/main.cf"),
            format!(
                "compatibility_level = 3.6\nqueue_directory = {queue}\ndata_directory = {data}\nmyhostname = mx.test.example\n\
                 mydestination =\ninet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmynetworks = 127.0.0.0/8\n\
                 maillog_file = {log}\nmaillog_file_prefixes = {prefix}\nalias_maps =\nalias_database =\nlocal_recipient_maps =\n\
                 smtpd_recipient_restrictions = {ask}permit_mynetworks, reject\nsmtpd_relay_restrictions = permit_mynetworks, reject\n\
                 virtual_mailbox_domains = regexp:{etc}/domains\nvirtual_mailbox_maps = static:all/\nvirtual_mailbox_base = {mail}\n\
                 virtual_uid_maps = static:{uid}\nvirtual_gid_maps = static:{gid}\nvirtual_minimum_uid = 1\n\
                 transport_maps = inline:{{ {reply_domain}=lmtp:inet:127.0.0.1:{lmtp_port}, {gone}=lmtp:inet:127.0.0.1:{lmtp_port} }}\ndefault_transport = error:nothing leaves this machine\n\
                 smtputf8_enable = yes\nsmtpd_client_connection_count_limit = 0\nsmtpd_client_connection_rate_limit = 0\n\
                 minimal_backoff_time = 2s\nmaximal_backoff_time = 4s\nqueue_run_delay = 2s\nmessage_size_limit = 30000000\n",
                gone = Self::GONE, queue = at("queue"), data = at("data"), mail = at("mail"), etc = at("etc"), log = at("log"), prefix = root.display(),
            ),
        )
        .expect("main.cf");
        fs::write(root.join("etc/domains"), "/./ ok\n").expect("domains");
        fs::write(
            root.join("etc/master.cf"),
            format!(
                "127.0.0.1:{port} inet n - n - - smtpd\npickup unix n - n 60 1 pickup\ncleanup unix n - n - 0 cleanup\nqmgr unix n - n 1 1 qmgr\n\
                 rewrite unix - - n - - trivial-rewrite\nbounce unix - - n - 0 bounce\ndefer unix - - n - 0 bounce\ntrace unix - - n - 0 bounce\n\
                 flush unix n - n 1000? 0 flush\nproxymap unix - - n - - proxymap\nsmtp unix - - n - - smtp\nrelay unix - - n - - smtp\n\
                 error unix - - n - - error\nretry unix - - n - - error\ndiscard unix - - n - - discard\nlocal unix - n n - - local\n\
                 virtual unix - n n - - virtual\nlmtp unix - - n - - lmtp\nanvil unix - - n - 1 anvil\nscache unix - - n - 1 scache\n\
                 postlog unix-dgram n - n - 1 postlogd\n"
            ),
        )
        .expect("master.cf");
        let postfix = Self { dir, port };
        postfix.start_again();
        postfix
    }

    /// Goes down: nobody listens any more. What it had taken stays in its queue.
    ///
    /// # Panics
    /// When it does not stop.
    pub fn stop(&self) {
        sh(&mut self.command("stop"));
    }

    /// # Panics
    /// When it does not start.
    pub fn start_again(&self) {
        sh(&mut self.command("start"));
        self.wait();
    }

    fn command(&self, what: &str) -> Command {
        let mut command = Command::new("/usr/sbin/postfix");
        command.args(["-c", &self.dir.path().join("etc").display().to_string(), what]);
        command
    }

    fn wait(&self) {
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!(
            "Postfix does not listen: {}",
            fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
        );
    }

    /// Every mail that has arrived so far.
    ///
    /// # Panics
    /// When a file in the Maildir is no mail.
    pub fn letters(&self) -> Vec<Letterbox> {
        let mut files: Vec<PathBuf> = ["mail/all/new", "mail/all/cur"]
            .iter()
            .filter_map(|sub| fs::read_dir(self.dir.path().join(sub)).ok())
            .flatten()
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.sort();
        files.iter().map(|file| read(file)).collect()
    }

    /// How many mails have arrived so far; cheap.
    pub fn arrived(&self) -> usize {
        fs::read_dir(self.dir.path().join("mail/all/new")).map_or(0, Iterator::count)
    }

    /// Whether everything that was taken is delivered.
    pub fn is_idle(&self) -> bool {
        fn files(dir: &Path) -> usize {
            let Ok(entries) = fs::read_dir(dir) else { return 0 };
            entries
                .flatten()
                .map(|e| if e.path().is_dir() { files(&e.path()) } else { 1 })
                .sum()
        }
        ["maildrop", "incoming", "active", "deferred"]
            .iter()
            .all(|q| files(&self.dir.path().join("queue").join(q)) == 0)
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }
}

fn read(file: &Path) -> Letterbox {
    let raw = fs::read(file).expect("a mail");
    let message = mail_parser::MessageParser::default()
        .parse(&raw)
        .expect("a mail that parses");
    let address = |list: Option<&mail_parser::Address<'_>>| {
        list.map(|l| {
            l.iter()
                .filter_map(|a| a.address())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .unwrap_or_default()
    };
    Letterbox {
        to: address(message.to()),
        subject: message.subject().unwrap_or_default().to_owned(),
        message_id: message.message_id().unwrap_or_default().to_owned(),
        reply_to: address(message.reply_to()).into_iter().next(),
        text: message.body_text(0).unwrap_or_default().into_owned(),
        html: message.body_html(0).unwrap_or_default().into_owned(),
        raw: raw.clone(),
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let _ = self.command("stop").output();
    }
}
