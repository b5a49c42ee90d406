//! Notices of failure as the servers and web mails of this world word them, most of them no report by RFC 3464. The
//! corpus holds whole ones; here stand their words.

use super::*;
use crate::read::class::Severity;

struct Notice {
    name: &'static str,
    from: &'static str,
    subject: &'static str,
    body: &'static str,
    severity: Severity,
    status: Option<&'static str>,
}

const OURS: &str = "0f1e2d3c4b5a@reply.host.example";

const NOTICES: &[Notice] = &[
    Notice {
        name: "sendmail",
        from: "MAILER-DAEMON@mx.partner.example",
        subject: "Returned mail: see transcript for details",
        body: "   ----- The following addresses had permanent fatal errors -----\n<kim@partner.example>\n    (reason: 550 5.1.1 <kim@partner.example>... User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mx.partner.example.:\n>>> DATA\n<<< 550 5.1.1 <kim@partner.example>... User unknown",
        severity: Severity::Permanent,
        status: Some("5.1.1"),
    },
    Notice {
        name: "qmail of a hosting company",
        from: "mailer-daemon@ns.hosting.example",
        subject: "failure notice",
        body: "Hi. This is the qmail-send program at ns.hosting.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<kim@partner.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.",
        severity: Severity::Permanent,
        status: Some("5.1.1"),
    },
    Notice {
        name: "Korean web mail, unknown",
        from: "mailer-daemon@mail.portal.example",
        subject: "[발송실패 안내] 질문에 대한 답변입니다",
        body: "메일 발송에 실패하였습니다.\n\n받는사람 : kim@partner.example\n발송시간 : 2026년 11월 26일 10:20\n실패사유 : 받는사람의 메일 주소가 존재하지 않습니다. (User unknown)\n서버응답 : 550 5.1.1 User unknown",
        severity: Severity::Permanent,
        status: Some("5.1.1"),
    },
    Notice {
        name: "Korean web mail, dormant",
        from: "postmaster@portal.example",
        subject: "메일 전송 실패 안내",
        body: "안녕하세요. 고객님께서 보내신 메일이 아래와 같은 이유로 전송되지 못했습니다.\n\n수신자: kim@partner.example\n사유: 휴면 계정이거나 없는 계정입니다.",
        severity: Severity::Permanent,
        status: None,
    },
    Notice {
        name: "Korean groupware, full",
        from: "postmaster@groupware.example",
        subject: "반송된 메일입니다: 질문에 대한 답변",
        body: "보내신 메일이 수신자에게 전달되지 못하고 반송되었습니다.\n수신인: kim@partner.example\n반송 사유: 수신자의 메일함 용량이 초과되었습니다. (552 5.2.2 mailbox full)",
        severity: Severity::Temporary,
        status: Some("5.2.2"),
    },
    Notice {
        name: "Korean spam filter, refused",
        from: "MAILER-DAEMON@mx.portal.example",
        subject: "배달 실패 알림",
        body: "다음 수신자에게 메일을 전달할 수 없습니다.\n<kim@partner.example>\n원인: 수신자가 수신을 거부하였습니다. 554 5.7.1 수신거부",
        severity: Severity::Permanent,
        status: Some("5.7.1"),
    },
    Notice {
        name: "Korean, still trying",
        from: "MAILER-DAEMON@mx.portal.example",
        subject: "메일 전송 지연 안내",
        body: "수신자 서버의 응답이 없어 메일 전송이 지연되고 있습니다.\n받는사람: kim@partner.example\n3일 동안 계속 다시 시도합니다. 다시 보내실 필요는 없습니다. 전송되지 않은 상태입니다.",
        severity: Severity::Delayed,
        status: None,
    },
    Notice {
        name: "MDaemon",
        from: "MDaemon@mail.partner.example",
        subject: "Permanent Delivery Failure",
        body: "The attached message had PERMANENT fatal delivery errors!\n\nAfter one or more unsuccessful delivery attempts the attached message has been removed from the mail queue on this server.\n\nFailed address: kim@partner.example\n\n<-- 550 5.1.1 No such user here",
        severity: Severity::Permanent,
        status: Some("5.1.1"),
    },
    Notice {
        name: "Exchange in words",
        from: "postmaster@corp.example",
        subject: "Undeliverable: question",
        body: "Your message did not reach some or all of the intended recipients.\n\n      Subject: question\n\nThe following recipient(s) cannot be reached:\n\n      kim@partner.example on 11/26/2026 10:20 AM\n            The e-mail account does not exist at the organization this message was sent to.\n            <mx.corp.example #5.1.1>",
        severity: Severity::Permanent,
        status: Some("5.1.1"),
    },
    Notice {
        name: "GroupWise",
        from: "Mailer-Daemon@gw.partner.example",
        subject: "Message status - undeliverable",
        body: "The message that you sent was undeliverable to the following:\n\tkim@partner.example (user not found)\n",
        severity: Severity::Permanent,
        status: None,
    },
    Notice {
        name: "grey listing that ended",
        from: "mail-daemon@relay.example",
        subject: "Mail delivery failed: returning message to sender",
        body: "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its recipients.\n\n  kim@partner.example\n    host mx.partner.example [192.0.2.1]: 451 4.7.1 Greylisted, please try again: retry timeout exceeded",
        severity: Severity::Temporary,
        status: Some("4.7.1"),
    },
];

#[test]
fn notices_of_failure_are_known_by_their_words() {
    let mut wrong = Vec::new();
    for notice in NOTICES {
        let head = format!(
            "From: Mail Delivery System <{}>\nTo: mundap@host.example\nSubject: {}\nMessage-ID: <n@mx.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit",
            notice.from, notice.subject
        );
        let body = format!(
            "{}\n\n----- Original message -----\nSubject: ask\nMessage-ID: <{OURS}>\nTo: kim@partner.example\n",
            notice.body
        );
        let envelope = Envelope {
            from: Some(String::new()),
            to: vec!["bounces@reply.host.example".into()],
        };
        let reading = read(&mail(&head, &body), &envelope, &reader());
        let bounce = reading.bounce.clone().unwrap_or_default();
        let got = (
            reading.class,
            bounce.recipient.as_deref(),
            bounce.severity,
            bounce.status.as_deref(),
            bounce.message_id.as_deref(),
        );
        let expected = (
            Class::Bounce,
            Some("kim@partner.example"),
            notice.severity,
            notice.status,
            Some(OURS),
        );
        if got != expected {
            wrong.push(format!("{}: {got:?}, not {expected:?}", notice.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_person_who_speaks_of_a_bounce_wrote_an_answer() {
    let head = "From: jay@host.example\nTo: q@reply.host.example\nSubject: Re: question\nMessage-ID: <p@host.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8";
    let body = "메일이 반송되었다고 하셔서 다시 보냅니다. 주소를 찾을 수 없다는 오류(550 5.1.1)는 고쳤습니다.";
    let reading = read(&mail(head, body), &Envelope::default(), &reader());
    assert_eq!((reading.class, reading.bounce), (Class::Answer, None));
}
