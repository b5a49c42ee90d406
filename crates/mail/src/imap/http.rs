//! One POST of a form, answered by JSON: all that a token endpoint needs.

use super::wire::{Line, dial, failed, secure};
use crate::Error;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, Uri, client::conn::http1::handshake, header};
use hyper_util::rt::TokioIo;
use std::{convert::Infallible, fmt::Write as _};

/// Octets of an answer.
const ANSWER_MAX: usize = 64 * 1024;

/// Posts `fields` to `url` and gives back status and body. The server's certificate is checked; a redirect is not
/// followed.
pub(super) async fn post(url: &str, ca_file: &str, fields: &[(&str, &str)]) -> Result<(u16, Bytes), Error> {
    let uri: Uri = url.parse().map_err(failed)?;
    let host = uri
        .host()
        .ok_or_else(|| failed("the token address has no host"))?
        .to_owned();
    let is_tls = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
    let plain = dial(&host, port).await?;
    let stream: Box<dyn Line> = if is_tls {
        secure(plain, &host, ca_file).await?
    } else {
        Box::new(plain)
    };
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.map_err(failed)?;
    let path = uri.path_and_query().map_or("/", |p| p.as_str());
    let authority = uri.authority().map_or(host.as_str(), |a| a.as_str());
    let request = Request::post(path)
        .header(header::HOST, authority)
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::new(Bytes::from(form(fields))))
        .map_err(failed)?;
    let ask = async {
        let answer = sender.send_request(request).await.map_err(failed)?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), ANSWER_MAX)
            .collect()
            .await
            .map_err(failed)?;
        Ok((status, body.to_bytes()))
    };
    // Where the server hangs up behind its answer, the connection ends before the answer was read; how it ended is told
    // by the answer alone.
    let drive = async {
        let _ = connection.await;
        std::future::pending::<Infallible>().await
    };
    tokio::select! {
        answer = ask => answer,
        never = drive => match never {},
    }
}

/// Empty values are left out.
fn form(fields: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(name);
        out.push('=');
        for b in value.bytes() {
            if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) {
                out.push(char::from(b));
            } else {
                let _ = write!(out, "%{b:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{form, post};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    #[tokio::test]
    async fn a_server_that_hangs_up_behind_its_answer_is_heard_and_one_that_says_nothing_is_an_error() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let url = format!("http://{}/token?a=1", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move {
            for answer in [
                "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno",
                "",
            ] {
                let (mut stream, _) = listener.accept().await.expect("accepts");
                let mut asked = Vec::new();
                while !asked.ends_with(b"grant_type=x") {
                    assert!(stream.read_buf(&mut asked).await.expect("reads") > 0);
                }
                assert!(asked.starts_with(b"POST /token?a=1 HTTP/1.1\r\nhost: 127.0.0.1:"));
                stream.write_all(answer.as_bytes()).await.expect("writes");
            }
        });
        let fields = [("grant_type", "x")];
        let (status, body) = post(&url, "", &fields).await.expect("an answer");
        assert_eq!((status, &body[..]), (400, &b"no"[..]));
        assert!(post(&url, "", &fields).await.is_err());
        server.await.expect("was asked twice");
    }

    #[test]
    fn what_means_something_in_a_form_is_encoded() {
        let fields = [("a", "x y&z=1+한"), ("none", ""), ("b", "-_.~")];
        assert_eq!(form(&fields), "a=x%20y%26z%3D1%2B%ED%95%9C&b=-_.~");
    }
}
