//! A small HTTP/1.1 client over a socket: for what must cross a real connection (kills, load).

use std::{collections::BTreeMap, io, net::SocketAddr};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// One connection that is kept open, with the cookies of one person.
pub struct Wire {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
    pub cookies: BTreeMap<String, String>,
    /// What it says to be.
    pub agent: Option<&'static str>,
}

/// What came back; a redirect is not followed.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub location: Option<String>,
    pub body: Vec<u8>,
}

impl Wire {
    pub const fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            cookies: BTreeMap::new(),
            agent: None,
        }
    }

    /// Another connection of the same browser.
    #[must_use]
    pub fn beside(&self) -> Self {
        Self {
            cookies: self.cookies.clone(),
            agent: self.agent,
            ..Self::new(self.address)
        }
    }

    /// # Errors
    /// When the connection cannot be made or ends early; then it is unknown whether the request was done.
    pub async fn get(&mut self, path: &str) -> io::Result<Reply> {
        self.request("GET", path, None).await
    }

    /// Sends a form as a browser would.
    ///
    /// # Errors
    /// Like [`Wire::get`].
    pub async fn post(&mut self, path: &str, form: &str) -> io::Result<Reply> {
        self.request("POST", path, Some(form)).await
    }

    /// Opens a stream of server-sent events on this connection, which is then used for nothing else.
    ///
    /// # Errors
    /// When the connection cannot be made, or the answer is no such stream.
    pub async fn events(mut self, path: &str) -> io::Result<Events> {
        self.stream = None;
        let request = self.head("GET", path, None);
        let stream = TcpStream::connect(self.address).await?;
        let mut events = Events(BufReader::new(stream));
        events.0.get_mut().write_all(request.as_bytes()).await?;
        match events.next().await?.as_str() {
            "hello" => Ok(events),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    async fn request(&mut self, method: &str, path: &str, form: Option<&str>) -> io::Result<Reply> {
        let head = self.head(method, path, form);
        let outcome = self.exchange(&head).await;
        if outcome.is_err() {
            self.stream = None;
        }
        outcome
    }

    fn head(&self, method: &str, path: &str, form: Option<&str>) -> String {
        use std::fmt::Write as _;
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\nAccept-Language: ko\r\nSec-Fetch-Site: same-origin\r\n{}",
            self.address,
            self.agent
                .map(|agent| format!("User-Agent: {agent}\r\n"))
                .unwrap_or_default()
        );
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
            let _ = write!(head, "Cookie: {}\r\n", cookies.join("; "));
        }
        if let Some(form) = form {
            let _ = write!(
                head,
                "Origin: http://{}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
                self.address,
                form.len()
            );
        }
        head.push_str("\r\n");
        head.push_str(form.unwrap_or_default());
        head
    }

    async fn exchange(&mut self, request: &str) -> io::Result<Reply> {
        let stream = if let Some(stream) = &mut self.stream {
            stream
        } else {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            self.stream.insert(BufReader::new(stream))
        };
        stream.get_mut().write_all(request.as_bytes()).await?;
        let mut line = String::new();
        read_line(stream, &mut line).await?;
        let status = line
            .split(' ')
            .nth(1)
            .and_then(|s| s.parse().ok())
            .ok_or(io::ErrorKind::InvalidData)?;
        let (mut length, mut chunked, mut close, mut location) = (0_usize, false, false, None);
        loop {
            read_line(stream, &mut line).await?;
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().map_err(|_| io::ErrorKind::InvalidData)?,
                "transfer-encoding" => chunked = value.eq_ignore_ascii_case("chunked"),
                "connection" => close = value.eq_ignore_ascii_case("close"),
                "location" => location = Some(value.to_owned()),
                "set-cookie" => {
                    if let Some((k, v)) = value.split(';').next().and_then(|pair| pair.split_once('=')) {
                        self.cookies.insert(k.to_owned(), v.to_owned());
                    }
                }
                _ => {}
            }
        }
        let mut body = Vec::new();
        if chunked {
            loop {
                read_line(stream, &mut line).await?;
                let size = usize::from_str_radix(line.trim(), 16).map_err(|_| io::ErrorKind::InvalidData)?;
                let mut chunk = vec![0; size + 2];
                stream.read_exact(&mut chunk).await?;
                if size == 0 {
                    break;
                }
                body.extend_from_slice(&chunk[..size]);
            }
        } else if status != 304 && status != 204 {
            body.resize(length, 0);
            stream.read_exact(&mut body).await?;
        }
        if close {
            self.stream = None;
        }
        Ok(Reply { status, location, body })
    }
}

/// A stream of server-sent events.
pub struct Events(BufReader<TcpStream>);

impl Events {
    /// The name of the next event.
    ///
    /// # Errors
    /// When the stream ended, or is none.
    pub async fn next(&mut self) -> io::Result<String> {
        let mut line = String::new();
        loop {
            read_line(&mut self.0, &mut line).await?;
            if let Some(name) = line.trim_end().strip_prefix("event: ") {
                return Ok(name.to_owned());
            }
            if line.starts_with("HTTP/1.1") && !line.starts_with("HTTP/1.1 200") {
                return Err(io::Error::other(line));
            }
        }
    }

    /// The data of the event whose name came last.
    ///
    /// # Errors
    /// When the stream ended.
    pub async fn data(&mut self) -> io::Result<String> {
        let (mut line, mut data) = (String::new(), String::new());
        loop {
            read_line(&mut self.0, &mut line).await?;
            match line.trim_end().strip_prefix("data:") {
                Some(text) => data.push_str(text),
                None => return Ok(data),
            }
        }
    }
}

async fn read_line(stream: &mut BufReader<TcpStream>, line: &mut String) -> io::Result<()> {
    line.clear();
    if stream.read_line(line).await? == 0 {
        Err(io::ErrorKind::UnexpectedEof.into())
    } else {
        Ok(())
    }
}
