//! A real Dovecot for one story: IMAP and LMTP on loopback, every mailbox a Maildir of its own, run by an account
//! without rights.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;
use uuid::Uuid;

/// A running Dovecot; stops when it is dropped.
pub struct Dovecot {
    dir: TempDir,
    child: Option<Child>,
    /// IMAP in the clear, and after STARTTLS.
    pub imap: u16,
    /// IMAP over TLS, with the certificate of [`Dovecot::authority`].
    pub imaps: u16,
    pub lmtp: u16,
}

/// What a story may want otherwise.
#[derive(Clone, Debug, Default)]
pub struct Manner {
    /// The server does not offer IDLE.
    pub no_idle: bool,
    /// The server does not offer MOVE.
    pub no_move: bool,
    /// Where an access token is looked at (RFC 7662); then XOAUTH2 is the only way in.
    pub introspection: Option<String>,
}

fn certificates(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tls").join(name)
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

impl Dovecot {
    pub const PASSWORD: &'static str = "a-password-of-the-mailbox";

    /// # Panics
    /// When Dovecot is missing or does not start.
    pub fn start(manner: &Manner) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("dovecot")
            .tempdir_in("/tmp")
            .expect("a temporary folder");
        let mut dovecot = Self {
            dir,
            child: None,
            imap: steady_port(),
            imaps: steady_port(),
            lmtp: steady_port(),
        };
        for sub in ["mail", "run", "state"] {
            fs::create_dir(dovecot.at(sub)).expect("a folder");
        }
        for name in ["server.pem", "server.key"] {
            fs::copy(certificates(name), dovecot.at(name)).expect("the certificate");
        }
        fs::write(dovecot.at("conf"), dovecot.configuration(manner)).expect("the configuration");
        if is_root() {
            let owned = Command::new("chown")
                .args(["-R", "dovecot:dovecot"])
                .arg(dovecot.dir.path())
                .status();
            assert!(
                owned.is_ok_and(|s| s.success()),
                "chown to the account of Debian's package"
            );
        }
        dovecot.up();
        dovecot
    }

    fn at(&self, sub: &str) -> PathBuf {
        self.dir.path().join(sub)
    }

    fn configuration(&self, manner: &Manner) -> String {
        let dir = self.dir.path().display();
        let (user, group) = if is_root() {
            ("dovecot".to_owned(), "dovecot".to_owned())
        } else {
            (
                output(Command::new("id").arg("-un")),
                output(Command::new("id").arg("-gn")),
            )
        };
        let mut capability =
            "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE LITERAL+ UIDPLUS UNSELECT NAMESPACE SPECIAL-USE".to_owned();
        if !manner.no_idle {
            capability.push_str(" IDLE");
        }
        if !manner.no_move {
            capability.push_str(" MOVE");
        }
        let sign_in = match &manner.introspection {
            Some(url) => {
                fs::write(
                    self.at("oauth2"),
                    format!(
                        "introspection_mode = post\nintrospection_url = {url}\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n"
                    ),
                )
                .expect("the configuration of tokens");
                format!(
                    "auth_mechanisms = xoauth2 oauthbearer\npassdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {dir}/oauth2\n}}\n"
                )
            }
            None => format!(
                "auth_mechanisms = plain login\npassdb {{\n  driver = static\n  args = password={}\n}}\n",
                Self::PASSWORD
            ),
        };
        format!(
            "base_dir = {dir}/run\nstate_dir = {dir}/state\nlog_path = {dir}/log\nprotocols = imap lmtp\nlisten = 127.0.0.1\n\
             default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}\n\
             first_valid_uid = 1\nfirst_valid_gid = 1\nmail_uid = {user}\nmail_gid = {group}\nmail_location = maildir:{dir}/mail/%u\n\
             {sign_in}userdb {{\n  driver = static\n  args = uid={user} gid={group} home={dir}/mail/%u allow_all_users=yes\n}}\n\
             ssl = yes\nssl_cert = <{dir}/server.pem\nssl_key = <{dir}/server.key\nssl_dh =\ndisable_plaintext_auth = no\n\
             auth_username_format = %Lu\nauth_failure_delay = 0\nmail_max_userip_connections = 100\nlmtp_save_to_detail_mailbox = no\nrecipient_delimiter = +\n\
             mailbox_list_index = no\nimap_capability = {capability}\nlda_mailbox_autocreate = yes\npostmaster_address = postmaster@localhost\nhostname = localhost\n\
             service anvil {{\n  chroot =\n}}\nservice stats {{\n  chroot =\n}}\nservice auth {{\n  user = {user}\n  extra_groups =\n}}\nservice auth-worker {{\n  user = {user}\n}}\n\
             service imap-login {{\n  chroot =\n  inet_listener imap {{\n    port = {imap}\n  }}\n  inet_listener imaps {{\n    port = {imaps}\n    ssl = yes\n  }}\n}}\n\
             service lmtp {{\n  user = {user}\n  inet_listener lmtp {{\n    address = 127.0.0.1\n    port = {lmtp}\n  }}\n}}\n\
             protocol lmtp {{\n  auth_username_format = %Ln\n}}\n",
            imap = self.imap,
            imaps = self.imaps,
            lmtp = self.lmtp,
        )
    }

    /// Starts it again after [`Dovecot::down`]; the mailboxes are as they were.
    ///
    /// # Panics
    /// When it does not start.
    pub fn up(&mut self) {
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "dovecot", "--", "/usr/sbin/dovecot"]);
            command
        } else {
            Command::new("/usr/sbin/dovecot")
        };
        let child = command
            .arg("-F")
            .arg("-c")
            .arg(self.at("conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(self.at("stderr")).expect("a file"))
            .spawn()
            .expect("Dovecot starts");
        self.child = Some(child);
        for _ in 0..200 {
            if [self.imap, self.imaps, self.lmtp]
                .iter()
                .all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok())
            {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("Dovecot does not listen: {}", self.log());
    }

    /// Ends it, as an administrator does.
    pub fn down(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let pid = fs::read_to_string(self.at("run/master.pid")).unwrap_or_default();
        if !pid.trim().is_empty() {
            let _ = Command::new("kill").arg(pid.trim()).status();
        }
        let _ = child.wait();
    }

    /// Puts a mail into `user`'s INBOX by LMTP, as the mail server before it does.
    ///
    /// # Panics
    /// When it is not taken.
    pub fn deliver(&self, user: &str, from: &str, raw: &[u8]) {
        let stream = TcpStream::connect(("127.0.0.1", self.lmtp)).expect("connects");
        let mut stream = BufReader::new(stream);
        let mut say = |words: &[u8], code: &str| {
            stream.get_mut().write_all(words).expect("writes");
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).expect("reads");
                assert!(line.starts_with(code), "{line}: {}", self.log());
                if line.as_bytes().get(3) != Some(&b'-') {
                    return;
                }
            }
        };
        say(b"", "220");
        say(b"LHLO mx.test.example\r\n", "250");
        say(format!("MAIL FROM:<{from}>\r\n").as_bytes(), "250");
        say(format!("RCPT TO:<{user}@box.example>\r\n").as_bytes(), "250");
        say(b"DATA\r\n", "354");
        say(&[raw, b"\r\n.\r\n"].concat(), "250");
        say(b"QUIT\r\n", "221");
    }

    /// The authority of its certificate, as a PEM file.
    pub fn authority() -> PathBuf {
        certificates("ca.pem")
    }

    /// The mails that lie in a folder, by their files; `INBOX` is the mailbox itself.
    pub fn files(&self, user: &str, folder: &str) -> Vec<PathBuf> {
        let mut at = self.at("mail").join(user);
        if folder != "INBOX" {
            at = at.join(format!(".{folder}"));
        }
        let mut files: Vec<PathBuf> = ["new", "cur"]
            .iter()
            .filter_map(|sub| fs::read_dir(at.join(sub)).ok())
            .flatten()
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.sort();
        files
    }

    /// Makes a folder with one mail in it, as another client of the mailbox would.
    ///
    /// # Panics
    /// When the mailbox was never used.
    pub fn plant(&self, user: &str, folder: &str, raw: &[u8]) {
        let at = self.at("mail").join(user).join(format!(".{folder}"));
        for sub in ["new", "cur", "tmp"] {
            fs::create_dir_all(at.join(sub)).expect("a folder");
        }
        fs::write(at.join("maildirfolder"), "").expect("a file");
        fs::write(at.join("new").join("1795000000.M1P1.planted"), raw).expect("a mail");
        if is_root() {
            let owned = Command::new("chown").args(["-R", "dovecot:dovecot"]).arg(&at).status();
            assert!(owned.is_ok_and(|s| s.success()), "chown");
        }
    }

    /// Whether every mail in the folder bears the mark of one that was read.
    pub fn all_seen(&self, user: &str, folder: &str) -> bool {
        let files = self.files(user, folder);
        !files.is_empty()
            && files.iter().all(|file| {
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                name.rsplit_once(":2,").is_some_and(|(_, flags)| flags.contains('S'))
            })
    }

    /// Makes the folder count its mails anew: another UIDVALIDITY, the same mails.
    pub fn forget_numbers(&self, user: &str) {
        let at = self.at("mail").join(user);
        for entry in fs::read_dir(&at).expect("the mailbox").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("dovecot") {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    pub fn log(&self) -> String {
        let read = |sub: &str| fs::read_to_string(self.at(sub)).unwrap_or_default();
        format!("{}{}", read("stderr"), read("log"))
    }
}

/// Below what the kernel gives to outgoing connections: it stays ours while Dovecot is down.
fn steady_port() -> u16 {
    loop {
        let [high, low] = *Uuid::new_v4().as_bytes().first_chunk().expect("sixteen octets");
        let port = 10_000 + u16::from_be_bytes([high, low]) % 20_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

fn is_root() -> bool {
    output(Command::new("id").arg("-u")) == "0"
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.down();
    }
}
