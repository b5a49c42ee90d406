//! The octets between DATA and its end (RFC 5321 §4.5.2): dots unstuffed, bounds kept, and only CR LF ends a line;
//! and the octets of BDAT (RFC 3030), whose end is counted.
//!
//! A line feed or carriage return alone is what SMTP smuggling needs: one server takes `LF . LF` for the end, the
//! other does not. Here only `CR LF . CR LF` is the end, and a mail with a bare one is refused whole. In BDAT nothing
//! can be smuggled past us; but what we keep is shown, exported and read again as lines, and a mail is not good by one
//! verb and bad by the other, so the same holds there (BINARYMIME, which would allow it, is not offered).

/// What was wrong with a mail that was read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    BareLineEnd,
    TooBig,
    LongLine,
}

/// Octets of one line; RFC 5321 says 1,000, but real mail goes beyond.
const LINE_MAX: usize = 100_000;

/// Collects one mail.
#[derive(Debug)]
pub(super) struct Collector {
    raw: Vec<u8>,
    max: usize,
    line: usize,
    state: State,
    fault: Option<Fault>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// At the beginning of a line.
    Start,
    Line,
    /// After a CR within or at the end of a line.
    Cr,
    /// After a dot that begins a line.
    Dot,
    /// After a CR behind that dot.
    DotCr,
}

impl Collector {
    pub(super) const fn new(max: usize) -> Self {
        Self {
            raw: Vec::new(),
            max,
            line: 0,
            state: State::Start,
            fault: None,
        }
    }

    /// Takes octets; `Some(n)` when the mail ended after the first `n` of them.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, &b) in bytes.iter().enumerate() {
            self.state = match (self.state, b) {
                (State::Start, b'.') => State::Dot,
                (State::Start | State::Line, b'\r') => {
                    self.push(b);
                    State::Cr
                }
                (State::Cr, b'\n') => {
                    self.push(b);
                    self.line = 0;
                    State::Start
                }
                (State::Cr, b'\r') => {
                    self.fault(Fault::BareLineEnd);
                    self.push(b);
                    State::Cr
                }
                (State::Dot, b'\r') => State::DotCr,
                (State::DotCr, b'\n') => return Some(at + 1),
                (State::DotCr, _) => {
                    self.fault(Fault::BareLineEnd);
                    self.push(b);
                    State::Line
                }
                (state, b) => {
                    // Nothing but LF may follow a CR, and nothing but CR may come before an LF.
                    if state == State::Cr || b == b'\n' {
                        self.fault(Fault::BareLineEnd);
                    }
                    self.push(b);
                    State::Line
                }
            };
        }
        None
    }

    /// Takes octets of a counted chunk: dots mean nothing, and the end is told by [`Collector::finish`].
    pub(super) fn take(&mut self, bytes: &[u8]) {
        for &b in bytes {
            let after_cr = self.state == State::Cr;
            // Nothing but LF may follow a CR, and nothing but CR may come before an LF.
            if after_cr != (b == b'\n') {
                self.fault(Fault::BareLineEnd);
            }
            self.push(b);
            self.state = match b {
                b'\r' => State::Cr,
                b'\n' => {
                    self.line = 0;
                    State::Start
                }
                _ => State::Line,
            };
        }
    }

    /// What is wrong so far.
    pub(super) const fn fault_so_far(&self) -> Option<Fault> {
        self.fault
    }

    fn push(&mut self, b: u8) {
        self.line += 1;
        if self.line > LINE_MAX {
            self.fault(Fault::LongLine);
        }
        if self.raw.len() >= self.max {
            self.fault(Fault::TooBig);
        }
        if self.fault.is_none() {
            self.raw.push(b);
        } else {
            // Refused anyway: read to its end, but kept no longer.
            self.raw = Vec::new();
        }
    }

    fn fault(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    pub(super) fn finish(mut self) -> Result<Vec<u8>, Fault> {
        if self.state == State::Cr {
            self.fault(Fault::BareLineEnd);
        }
        self.fault.map_or(Ok(self.raw), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Ended = (Result<Vec<u8>, Fault>, Vec<u8>);

    /// The mail, and what follows it.
    fn collect(chunks: &[&[u8]]) -> Option<Ended> {
        let mut collector = Collector::new(1_000_000);
        for (i, chunk) in chunks.iter().enumerate() {
            if let Some(end) = collector.feed(chunk) {
                let rest = [&chunk[end..], &chunks[i + 1..].concat()].concat();
                return Some((collector.finish(), rest));
            }
        }
        None
    }

    #[test]
    fn dots_are_unstuffed_and_the_end_may_be_torn_anywhere() {
        let wire = b"a\r\n..b\r\n.c\r\n\r\n.\r\nQUIT\r\n";
        for cut in 0..wire.len() {
            let (mail, rest) = collect(&[&wire[..cut], &wire[cut..]]).expect("ended");
            assert_eq!(mail.expect("clean"), b"a\r\n.b\r\nc\r\n\r\n");
            assert_eq!(rest, b"QUIT\r\n");
        }
    }

    #[test]
    fn a_smuggled_second_mail_stays_within_the_first_which_is_refused() {
        for end in [&b"\n.\n"[..], b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n"] {
            let wire = [
                b"Subject: x\r\n\r\nbody".as_slice(),
                end,
                b"MAIL FROM:<a@b>\r\nDATA\r\nsecond\r\n.\r\n",
            ]
            .concat();
            let (mail, rest) = collect(&[&wire]).expect("ended");
            assert_eq!(mail, Err(Fault::BareLineEnd), "{end:?}");
            assert!(rest.is_empty(), "{end:?}: one end, the last one");
        }
    }

    #[test]
    fn counted_chunks_keep_their_dots_and_refuse_bare_line_ends_wherever_they_are_torn() {
        let mail = b"a\r\n.\r\n..b\r\nend without a line end";
        for cut in 0..mail.len() {
            let mut collector = Collector::new(1_000);
            collector.take(&mail[..cut]);
            collector.take(&mail[cut..]);
            assert_eq!(collector.finish().expect("clean"), mail);
        }
        for bad in [&b"a\nb"[..], b"a\rb", b"a\r", b"\n", b"a\r\r\n"] {
            for cut in 0..bad.len() {
                let mut collector = Collector::new(1_000);
                collector.take(&bad[..cut]);
                collector.take(&bad[cut..]);
                assert_eq!(collector.finish(), Err(Fault::BareLineEnd), "{bad:?} at {cut}");
            }
        }
    }

    #[test]
    fn too_big_a_mail_is_read_to_its_end_but_not_kept() {
        let mut collector = Collector::new(100);
        let body = [&b"x".repeat(90)[..], b"\r\n", &b"y".repeat(90), b"\r\n.\r\n"].concat();
        assert_eq!(collector.feed(&body), Some(body.len()));
        assert_eq!(collector.finish(), Err(Fault::TooBig));
    }
}
