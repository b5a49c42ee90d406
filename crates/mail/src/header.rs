//! The envelope of a mail that came without one: by IMAP or a webhook, from the header lines that the server which
//! delivered it has written.

/// Where a server notes whom the mail was delivered to, and the lines of the sender's own.
const RECIPIENTS: [&str; 8] = [
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-forwarded-to",
    "x-rcpt-to",
    "to",
    "cc",
];
/// Most octets of a header that are looked through.
const HEADER_MAX: usize = 256 * 1024;
/// Most addresses that are taken.
const ADDRESSES_MAX: usize = 100;

/// Return path (empty when it is null or unknown) and the recipients at `reply_domain`. Takes time in proportion to the
/// header.
pub(crate) fn envelope_of(raw: &[u8], reply_domain: &str) -> (String, Vec<String>) {
    let suffix = format!("@{}", reply_domain.to_ascii_lowercase());
    let (mut path, mut author) = (None, None);
    let mut to: Vec<String> = Vec::new();
    for (name, value) in fields(raw) {
        match name.as_str() {
            "return-path" if path.is_none() => path = Some(addresses(&value).next().unwrap_or_default()),
            "from" if author.is_none() => author = addresses(&value).next(),
            name if RECIPIENTS.contains(&name) => {
                for address in addresses(&value).map(|a| a.to_ascii_lowercase()) {
                    if address.ends_with(&suffix) && to.len() < ADDRESSES_MAX && !to.contains(&address) {
                        to.push(address);
                    }
                }
            }
            _ => {}
        }
    }
    (path.or(author).unwrap_or_default(), to)
}

/// Names in lower case, values unfolded.
fn fields(raw: &[u8]) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in raw[..raw.len().min(HEADER_MAX)].split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        let text = String::from_utf8_lossy(line);
        if text.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(text.trim());
            }
        } else if let Some((name, value)) = text.split_once(':') {
            fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    fields
}

fn addresses(value: &str) -> impl Iterator<Item = String> {
    value
        .split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"' | '(' | ')'))
        .filter(|word| word.contains('@') && !word.starts_with('@') && !word.ends_with('@'))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delivering_servers_lines_tell_the_envelope() {
        let raw = b"Return-Path: <crew@host.example>\r\nDelivered-To: q+ABC@Reply.example\r\nReceived: by x\r\n\tfor <q+no@reply.example>\r\n\
            From: Jay <jay@host.example>\r\nTo: =?utf-8?B?66y464u1?=\r\n <q+abc@reply.example>, else@where.example\r\n\r\nTo: q+body@reply.example\r\n";
        let (from, to) = envelope_of(raw, "reply.Example");
        assert_eq!(from, "crew@host.example");
        assert_eq!(to, ["q+abc@reply.example"]);
        let (from, to) = envelope_of(b"Return-Path: <>\nFrom: MAILER-DAEMON@x.example\n\n", "reply.example");
        assert_eq!((from.as_str(), to.len()), ("", 0), "a bounce has no return path");
        let (from, _) = envelope_of(b"From: \"A, B\" <a@x.example>\r\n\r\n", "reply.example");
        assert_eq!(from, "a@x.example");
        assert_eq!(envelope_of(b"", "reply.example"), (String::new(), Vec::new()));
    }
}
