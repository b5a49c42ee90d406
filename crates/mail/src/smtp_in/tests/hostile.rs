//! Sessions that no mail server would hold: commands in any order, torn, doubled, turned octet by octet, with chunks whose
//! sizes lie and ends of data where none belong. What must hold for every session holds for each.

use super::*;
use crate::dice::{Dice, Run};

/// Sessions of the short form.
const SHORT: u64 = 1_500;

const PIECES: [&[u8]; 40] = [
    b"EHLO c.example\r\n",
    b"LHLO c.example\r\n",
    b"HELO c\r\n",
    b"MAIL FROM:<a@b.example>\r\n",
    b"MAIL FROM:<>\r\n",
    b"MAIL FROM:<a@b.example> SIZE=20 BODY=8BITMIME SMTPUTF8\r\n",
    b"MAIL FROM:<a@b.example> SIZE=99999999999999999999\r\n",
    b"MAIL FROM:<a@b.example> BODY=BINARYMIME\r\n",
    b"MAIL FROM:<\"a b\"@[192.0.2.1]>\r\n",
    b"MAIL FROM:<\xff\xfe@\x00>\r\n",
    b"RCPT TO:<q+t@reply.example>\r\n",
    b"RCPT TO:<q+u@reply.example> NOTIFY=NEVER ORCPT=rfc822;x\r\n",
    b"RCPT TO:<x@else.example>\r\n",
    b"RCPT TO:<@a,@b:q@reply.example>\r\n",
    b"RCPT TO:<>\r\n",
    b"DATA\r\n",
    b"DATA x\r\n",
    b"Subject: x\r\n\r\nbody\r\n.\r\n",
    b"..dot\r\n.\r\n",
    b"\r\n.\r\n",
    b"\n.\n",
    b"\n.\r\n",
    b"\r.\r",
    b"\r\n.\n",
    b".\r\n",
    b"BDAT 5\r\nabc\r\n",
    b"BDAT 0 LAST\r\n",
    b"BDAT 12 LAST\r\nSubject: y\r\n",
    b"BDAT 3 LAST\r\na\nb",
    b"BDAT 18446744073709551615\r\n",
    b"BDAT 10001\r\n",
    b"BDAT -1\r\n",
    b"BDAT 2\r\n\r\nBDAT 2 LAST\r\n\r\n",
    b"STARTTLS\r\n",
    b"RSET\r\n",
    b"NOOP \x00\xff\r\n",
    b"VRFY q\r\n",
    b"QUIT\r\n",
    b"AUTH PLAIN AAAA\r\n",
    b"\r\n",
];

/// What one client sends.
fn wire(dice: &mut Dice) -> Vec<u8> {
    let mut wire = Vec::new();
    // Most sessions begin as they should: the deeper states are reached more often.
    if dice.roll(4) > 0 {
        let sound: [&[u8]; 5] = [PIECES[0], PIECES[1], PIECES[3], PIECES[10], PIECES[15]];
        for piece in &sound[..dice.roll(6)] {
            wire.extend_from_slice(piece);
        }
    }
    for _ in 0..dice.roll(25) {
        match dice.roll(12) {
            0 => wire.extend(std::iter::repeat_n(dice.octet(), dice.roll(6_000))),
            1 => {
                let size = dice.roll(300);
                wire.extend_from_slice(format!("BDAT {}\r\n", size + dice.roll(3)).as_bytes());
                wire.extend((0..size).map(|n| b"ab\r\n."[n % 5]));
            }
            _ => wire.extend_from_slice(PIECES[dice.roll(PIECES.len())]),
        }
    }
    for _ in 0..dice.roll(4) {
        let at = dice.roll(wire.len() + 1);
        match dice.roll(5) {
            0 => wire.truncate(at),
            1 => wire.insert(at, dice.octet()),
            2 if at < wire.len() => wire[at] = dice.octet(),
            3 if at < wire.len() => drop(wire.remove(at)),
            _ => {}
        }
    }
    wire
}

/// Only CR LF ends a line.
fn clean(raw: &[u8]) -> bool {
    raw.iter().enumerate().all(|(at, b)| match b {
        b'\n' => at > 0 && raw[at - 1] == b'\r',
        b'\r' => raw.get(at + 1) == Some(&b'\n'),
        _ => true,
    })
}

async fn hold(number: u64, mut dice: Dice, run: &mut Run) {
    let protocol = if dice.roll(2) == 0 {
        Protocol::Smtp
    } else {
        Protocol::Lmtp
    };
    let wire = wire(&mut dice);
    run.takes(wire.len());
    let what = format!("session {number}");
    let sink = Sink {
        full: dice.roll(8) == 0,
        ..Sink::default()
    };
    let config = ServerConfig {
        max_size: 10_000,
        ..ServerConfig::new(protocol, "mx.example")
    };
    let (client, server) = duplex(1 + dice.roll(8_000));
    let (_stop, stopping) = watch::channel(false);
    let (mut hears, mut speaks) = tokio::io::split(client);
    let serve = session::run(server, None, &config, &sink, stopping);
    let speak = async {
        let mut rest = &wire[..];
        while !rest.is_empty() {
            let (now, later) = rest.split_at(1 + dice.roll(rest.len()));
            // The server may have hung up.
            if speaks.write_all(now).await.is_err() {
                break;
            }
            rest = later;
        }
        let _ = speaks.shutdown().await;
    };
    let hear = async {
        let mut replies = Vec::new();
        hears.read_to_end(&mut replies).await.expect("reads");
        replies
    };
    let all = async { tokio::join!(serve, speak, hear) };
    let ended = tokio::time::timeout(Duration::from_secs(20), all).await;
    let Ok(((), (), replies)) = ended else {
        panic!("{what} does not end: {:?}", String::from_utf8_lossy(&wire))
    };
    let replies = String::from_utf8(replies).unwrap_or_else(|_| panic!("{what}: a reply is no text"));
    let mut kept = 0;
    for line in replies.split_terminator("\r\n") {
        let sound = line.len() > 3
            && line.is_char_boundary(4)
            && matches!(line.as_bytes()[0], b'2'..=b'5')
            && line.as_bytes()[1..3].iter().all(u8::is_ascii_digit)
            && matches!(line.as_bytes()[3], b' ' | b'-')
            && !line.contains(|c: char| c.is_control());
        assert!(sound, "{what} was told {line:?}");
        kept += usize::from(line == "250 2.0.0 Kept");
    }
    let mails = sink.mails.lock().expect("lock");
    let mut owed = 0;
    for (envelope, raw) in mails.iter() {
        assert!(raw.len() <= config.max_size, "{what}: too big a mail");
        assert!(clean(raw), "{what}: a bare line end was kept");
        assert!(!envelope.to.is_empty(), "{what}: a mail to nobody");
        assert!(
            envelope.to.iter().all(|a| a.ends_with("@reply.example")),
            "{what}: relayed"
        );
        owed += match protocol {
            Protocol::Smtp => 1,
            Protocol::Lmtp => envelope.to.len(),
        };
    }
    assert_eq!(kept, owed, "{what}: as many were told as were kept: {replies}");
}

#[tokio::test]
async fn sessions_out_of_order_end_and_keep_only_whole_mails() {
    let mut run = Run::of("SMTP and LMTP sessions", 0x5e55, SHORT);
    while let Some((number, dice)) = run.next() {
        hold(number, dice, &mut run).await;
    }
}
