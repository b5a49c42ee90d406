//! Whole mails: headers, character sets, attachments, classes.

use super::*;
use domain::token::Purpose;

#[track_caller]
fn class(head: &str, body: &str) -> (Class, String) {
    let reading = read(&mail(head, body), &Envelope::default(), &reader());
    (reading.class, reading.class_reason)
}

#[test]
fn a_whole_mail_is_read() {
    let assignment = AssignmentId::new();
    let token = reader().keys.sign(Purpose::Reply, assignment.uuid(), 77);
    let head = format!(
        "From: =?UTF-8?B?7J207KSA7Zi4?= <Jay@Host.example>\nTo: Mundap <q+{token}@reply.host.example>\nCc: a@b.example\n\
        Subject: =?UTF-8?Q?Re:_=EC=A7=88=EB=AC=B8?=\nMessage-ID: <abc@mail.host.example>\nIn-Reply-To: <m1@reply.host.example>\n\
        References: <m0@reply.host.example> <m1@reply.host.example>\nDate: Tue, 3 Mar 2026 08:40:00 +0900\nMIME-Version: 1.0\n\
        Content-Type: multipart/mixed; boundary=b"
    );
    let body = "--b\nContent-Type: text/plain; charset=utf-8\n\n매주 수요일입니다.\n--b\nContent-Type: application/pdf\n\
        Content-Disposition: attachment; filename=\"=?UTF-8?B?6rKs7KCB7IScLnBkZg==?=\"\nContent-Transfer-Encoding: base64\n\nJVBERi0=\n--b--\n";
    let reading = read(&mail(&head, body), &Envelope::default(), &reader());
    assert_eq!(reading.token, TokenFinding::Reply { assignment, until: 77 });
    let from = reading.from.clone().expect("from");
    assert_eq!(
        (from.name.as_deref(), from.address.as_str()),
        (Some("이준호"), "jay@host.example")
    );
    assert_eq!(reading.subject, "Re: 질문");
    assert_eq!(reading.message_id.as_deref(), Some("abc@mail.host.example"));
    assert_eq!(reading.in_reply_to, ["m1@reply.host.example"]);
    assert_eq!(reading.references.len(), 2);
    assert_eq!(reading.date.expect("date").to_rfc3339(), "2026-03-02T23:40:00+00:00");
    assert_eq!(reading.text, "매주 수요일입니다.");
    let file = &reading.attachments[0];
    assert_eq!(
        (file.name.as_str(), file.media_type.as_str(), file.bytes.as_slice()),
        ("견적서.pdf", "application/pdf", &b"%PDF-"[..])
    );
    let json = serde_json::to_string(&reading).expect("json");
    assert!(!json.contains(&token), "no token in what is stored or printed");
    assert!(serde_json::from_str::<Reading>(&json).is_ok());
}

#[test]
fn the_envelope_decides_over_the_headers() {
    let right = AssignmentId::new();
    let other = AssignmentId::new();
    let address = |id: AssignmentId| {
        format!(
            "q+{}@reply.host.example",
            reader().keys.sign(Purpose::Reply, id.uuid(), 1)
        )
    };
    let head = format!("From: a@b.example\nTo: {}\nSubject: x", address(other));
    let envelope = Envelope {
        from: Some("a@b.example".into()),
        to: vec![address(right)],
    };
    let reading = read(&mail(&head, "네"), &envelope, &reader());
    assert_eq!(
        reading.token,
        TokenFinding::Reply {
            assignment: right,
            until: 1
        }
    );
}

#[test]
fn a_number_in_the_subject_binds_nothing() {
    let reading = read(
        &mail(
            "From: a@b.example\nTo: x@host.example\nSubject: Re: [Q-12] question",
            "네",
        ),
        &Envelope::default(),
        &reader(),
    );
    assert_eq!(reading.token, TokenFinding::None);
}

fn korean(label: &str, header_word: &str) -> Reading {
    let (text, _, _) = encoding_rs::EUC_KR.encode("매주 수요일에 정산합니다. 똠방각하도요.");
    let content_type = if label.is_empty() {
        String::new()
    } else {
        format!("\r\nContent-Type: text/plain; charset={label}")
    };
    let mut raw = format!(
        "From: {header_word} <a@b.example>\r\nSubject: x{content_type}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    .into_bytes();
    raw.extend_from_slice(&text);
    read(&raw, &Envelope::default(), &reader())
}

#[test]
fn korean_in_every_charset_label_and_in_none() {
    for label in [
        "euc-kr",
        "EUC-KR",
        "ks_c_5601-1987",
        "windows-949",
        "cp949",
        "\"CP949\"",
        "ms949",
        "uhc",
        "x-windows-949",
        "us-ascii",
        "utf-8",
        "unknown-8bit",
        "",
    ] {
        let reading = korean(label, "x");
        assert_eq!(reading.text, "매주 수요일에 정산합니다. 똠방각하도요.", "{label}");
    }
}

#[test]
fn korean_in_quoted_printable_and_base64_with_an_odd_label() {
    let (text, _, _) = encoding_rs::EUC_KR.encode("매주 수요일");
    let base64 = data_encoding::BASE64.encode(&text);
    let reading = read(
        &mail(
            "From: a@b.example\nSubject: =?cp949?B?waS757HN?=\nContent-Type: text/plain; charset=MS949\nContent-Transfer-Encoding: base64",
            &base64,
        ),
        &Envelope::default(),
        &reader(),
    );
    assert_eq!(reading.text, "매주 수요일");
    assert!(!reading.subject.contains("cp949"), "{}", reading.subject);
    let quoted: String = text.iter().fold(String::new(), |out, b| out + &format!("={b:02X}"));
    let reading = read(
        &mail(
            "From: a@b.example\nSubject: x\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable",
            &quoted,
        ),
        &Envelope::default(),
        &reader(),
    );
    assert_eq!(reading.text, "매주 수요일");
}

#[test]
fn undeclared_korean_in_a_subject_and_a_name() {
    let (word, _, _) = encoding_rs::EUC_KR.encode("질문");
    let raw = [
        b"From: ".as_slice(),
        &word,
        b" <a@b.example>\r\nSubject: ",
        &word,
        b"\r\n\r\nx",
    ]
    .concat();
    let reading = read(&raw, &Envelope::default(), &reader());
    assert_eq!(reading.subject, "질문");
    assert_eq!(reading.from.expect("from").name.as_deref(), Some("질문"));
}

#[test]
fn flowed_text_is_joined() {
    let head = format!("{HEAD}\nContent-Type: text/plain; charset=utf-8; format=flowed");
    let reading = read(
        &mail(&head, "매주 수요일에 \n정산합니다.\n\n-- \n이준호"),
        &Envelope::default(),
        &reader(),
    );
    assert_eq!(reading.text, "매주 수요일에 정산합니다.");
}

#[test]
fn plain_text_is_preferred_to_html_unless_it_is_empty() {
    let head = format!("{HEAD}\nContent-Type: multipart/alternative; boundary=b");
    let body = |plain: &str| {
        format!(
            "--b\nContent-Type: text/plain; charset=utf-8\n\n{plain}\n--b\nContent-Type: text/html; charset=utf-8\n\n<p>표시본</p>\n--b--\n"
        )
    };
    let both = read(&mail(&head, &body("본문")), &Envelope::default(), &reader());
    assert_eq!((both.text.as_str(), both.attachments.len()), ("본문", 0));
    let empty = read(&mail(&head, &body(" ")), &Envelope::default(), &reader());
    assert_eq!((empty.text.as_str(), empty.attachments.len()), ("표시본", 0));
}

#[test]
fn automatic_replies_by_their_headers() {
    for line in [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; x=y",
        "X-Autoreply: yes",
        "Precedence: auto_reply",
        "Return-Path: <>",
    ] {
        let head = format!("From: a@b.example\nSubject: Re: question\n{line}");
        assert_eq!(class(&head, "휴가 중입니다.").0, Class::AutoReply, "{line}");
    }
    assert_eq!(
        class("From: a@b.example\nSubject: Re: x\nAuto-Submitted: no", "네").0,
        Class::Answer
    );
    let null = Envelope {
        from: Some(String::new()),
        to: vec![],
    };
    assert_eq!(
        read(&mail("From: a@b.example\nSubject: Re: x", "네"), &null, &reader()).class,
        Class::AutoReply
    );
}

#[test]
fn automatic_replies_by_their_subjects_in_both_languages() {
    let subject = |s: &str| class(&format!("From: a@b.example\nSubject: {s}"), "본문입니다.").0;
    for automatic in [
        "자동 응답: 질문",
        "[자동회신] 부재중입니다",
        "부재중: 3월 5일까지",
        "부재 중 자동 회신",
        "Automatic reply: question",
        "Out of office: question",
        "휴가 중입니다 (3/1~3/5)",
    ] {
        assert!(
            matches!(subject(automatic), Class::AutoReply | Class::Unknown),
            "{automatic}"
        );
    }
    assert_eq!(
        subject("여름 휴가 안내"),
        Class::Unknown,
        "doubtful: a person must look"
    );
    for answer in [
        "Re: 휴가 규정이 궁금합니다",
        "RE: [문답] 부재중일 때는 어떻게 하나요?",
        "회신: 질문",
    ] {
        assert_eq!(subject(answer), Class::Answer, "{answer}");
    }
}

#[test]
fn bounces_tell_whom_and_which_mail() {
    let head = "From: MAILER-DAEMON@mx.example\nTo: mundap@host.example\nReturn-Path: <>\nSubject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b";
    let body = "--b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; Nobody@x.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 No such\n user\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <m1@reply.host.example>\nSubject: y\n\nbody\n--b--\n";
    let reading = read(&mail(head, body), &Envelope::default(), &reader());
    assert_eq!(reading.class, Class::Bounce, "{}", reading.class_reason);
    let bounce = reading.bounce.expect("a report");
    assert_eq!(bounce.recipient.as_deref(), Some("nobody@x.example"));
    assert_eq!(bounce.status.as_deref(), Some("5.1.1"));
    assert_eq!(bounce.message_id.as_deref(), Some("m1@reply.host.example"));
    // Its header alone came back, and nothing stands behind its last line.
    let bare = body.replace("Content-Type: message/rfc822", "Content-Type: text/rfc822-headers");
    let bare = bare.replace(
        "Message-ID: <m1@reply.host.example>\nSubject: y\n\nbody\n",
        "Subject: y\nMessage-ID: <m1@reply.host.example>\n",
    );
    let reading = read(&mail(head, &bare), &Envelope::default(), &reader());
    let bounce = reading.bounce.expect("a report");
    assert_eq!(bounce.message_id.as_deref(), Some("m1@reply.host.example"));
    let plain = "From: postmaster@x.example\nReturn-Path: <>\nSubject: 메일 전송 실패 안내";
    assert_eq!(class(plain, "x").0, Class::Bounce);
}

#[test]
fn receipts_calendars_and_lists_are_no_answers() {
    let report = "From: a@b.example\nSubject: Read: x\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b";
    assert_eq!(
        class(report, "--b\nContent-Type: text/plain\n\nread\n--b--").0,
        Class::AutoReply
    );
    let calendar = "From: a@b.example\nSubject: Accepted: x\nContent-Type: multipart/alternative; boundary=b";
    assert_eq!(class(calendar, "--b\nContent-Type: text/plain\n\nyes\n--b\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\n--b--").0, Class::Calendar);
    assert_eq!(
        class("From: a@b.example\nSubject: News\nList-Id: <news.b.example>", "x").0,
        Class::List
    );
    assert_eq!(
        class("From: a@b.example\nSubject: News\nPrecedence: bulk", "x").0,
        Class::List
    );
}

#[test]
fn a_forward_says_so() {
    let reading = plain(
        "참고로 전달합니다.\n\n---------- Forwarded message ---------\n보낸사람: 문답 <m@host.example>\nDate: 2026년 3월 3일 (화) 오전 8:33\nSubject: 질문\nTo: <jay@host.example>\n\n정산은?",
    );
    assert!(reading.has(Flag::Forwarded));
    assert_eq!(reading.text, "참고로 전달합니다.");
}
