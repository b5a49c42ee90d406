//! Reply text: greeting, body and closing words stay; quote, signature and device line go.

use super::*;

const ANSWER: &str =
    "안녕하세요, 이준호입니다.\n\n정산은 매주 수요일에 진행됩니다.\n휴일이면 다음 영업일입니다.\n\n감사합니다.";

/// The answer above `rest` is found whole, and nothing else.
#[track_caller]
fn answer_above(rest: &str) -> Reading {
    let reading = plain(&format!("{ANSWER}\n\n{rest}\n"));
    assert_eq!(reading.text, ANSWER);
    assert_eq!(reading.class, Class::Answer);
    assert!(reading.pairs.is_empty(), "{:?}", reading.pairs);
    reading
}

#[test]
fn gmail_korean() {
    let reading = answer_above(
        "2026년 3월 3일 (화) 오전 8:33, 문답 <mundap@host.example>님이 작성:\n\n> 질문이 도착했습니다.\n>\n> 정산은 언제 되나요?\n",
    );
    assert!(reading.cut.contains("님이 작성:") && reading.cut.contains("> 정산은"));
    assert!(reading.signature.is_empty());
}

#[test]
fn gmail_korean_wrapped_over_two_lines() {
    answer_above(
        "2026년 3월 3일 (화) 오전 8:33, 문답 운영팀\n<mundap@host.example>님이 작성:\n\n> 정산은 언제 되나요?",
    );
    answer_above("2026년 3월 3일 (화) 오전 8:33, 문답 <\nmundap@host.example>님이 작성:\n\n> 정산은 언제 되나요?");
}

#[test]
fn gmail_korean_with_mailto_inside() {
    answer_above(
        "2026년 3월 3일 (화) 오전 8:33, 문답 <mundap@host.example <mailto:mundap@host.example>>님이 작성:\n> 정산은?",
    );
}

#[test]
fn gmail_english() {
    answer_above("On Fri, Jul 10, 2026 at 2:07 PM Mundap <mundap@host.example> wrote:\n\n> When are payouts?\n");
    answer_above(
        "On Fri, Jul 10, 2026 at 2:07 PM Mundap Operations Team of the Host\n<mundap@host.example> wrote:\n\n> When?\n",
    );
}

#[test]
fn gmail_on_a_phone_does_not_mark_the_quote() {
    let reading =
        answer_above("On Fri, Jul 10, 2026, 2:07 PM Mundap <mundap@host.example> wrote:\n\nWhen are payouts?\nThanks.");
    assert!(reading.cut.contains("When are payouts?"));
}

#[test]
fn thunderbird_korean() {
    answer_above("2026-03-04 오후 3:39에 문답 이(가) 쓴 글:\n> 정산은 언제 되나요?");
    answer_above("26. 3. 5. 19:29에 문답 이(가) 쓴 글:\n> 정산은 언제 되나요?");
}

#[test]
fn thunderbird_english() {
    answer_above("On 3/4/2026 3:39 PM, Mundap wrote:\n> When are payouts?");
}

#[test]
fn apple_mail_korean_with_its_device_line() {
    let reading = answer_above(
        "나의 iPhone에서 보냄\n\n2026. 3. 6., 오후 9:30, 문답 <mundap@host.example> 작성:\n\n> 정산은 언제 되나요?",
    );
    assert_eq!(reading.signature, "나의 iPhone에서 보냄");
}

#[test]
fn apple_mail_english() {
    let reading = answer_above(
        "Sent from my iPhone\n\n> On 6 Mar 2026, at 21:30, Mundap <mundap@host.example> wrote:\n> \n> When are payouts?",
    );
    assert_eq!(reading.signature, "Sent from my iPhone");
}

#[test]
fn outlook_korean() {
    let reading = answer_above(
        "________________________________\n보낸 사람: 문답 <mundap@host.example>\n보낸 날짜: 2026년 3월 9일 월요일 오후 4:42:05\n\
        받는 사람: 이준호\n참조: 결제팀\n제목: 질문이 도착했습니다\n\n정산은 언제 되나요?",
    );
    assert!(reading.cut.starts_with("____") && reading.cut.ends_with("정산은 언제 되나요?"));
}

#[test]
fn outlook_korean_in_bold() {
    answer_above(
        "*보낸 사람:* 문답 <mundap@host.example>\n*보낸 날짜:* 2026년 3월 9일 월요일 오후 4:42\n*받는 사람:* 이준호\n*제목:* 질문\n\n정산은?",
    );
}

#[test]
fn outlook_english() {
    answer_above(
        "From: Mundap <mundap@host.example>\nSent: Monday, March 9, 2026 4:42 PM\nTo: Jay <jay@host.example>\nSubject: A question\n\nWhen?",
    );
    answer_above(
        "-----Original Message-----\nFrom: Mundap <mundap@host.example>\nSent: Monday, March 9, 2026 4:42 PM\nTo: Jay\nSubject: Q\n\nWhen?",
    );
}

#[test]
fn naver_and_other_webmail() {
    answer_above(
        "-----Original Message-----\nFrom: \"문답\"<mundap@host.example>\nTo: <jay@host.example>\nCc:\nSent: 2026-03-09 (월) 16:42:05 (GMT+09:00)\nSubject: 질문\n\n정산은?",
    );
    answer_above(
        "--------- 원본 메일 ---------\n보낸사람 : 문답 <mundap@host.example>\n받는사람 : 이준호\n날짜: 26.03.09 16:42\n제목 : 질문\n\n정산은?",
    );
    answer_above("-----원본 메시지-----\n보낸사람: 문답 <mundap@host.example>\n\n정산은?");
}

#[test]
fn samsung_mail() {
    let reading = answer_above(
        "삼성 갤럭시 스마트폰에서 보냈습니다.\n\n-------- 원본 이메일 --------\n발신: 문답 <mundap@host.example>\n날짜: 26/3/5 오후 7:29 (GMT+09:00)\n받은 사람: jay@host.example\n제목: 질문\n\n정산은?",
    );
    assert!(reading.signature.contains("갤럭시"));
}

#[test]
fn a_signature_after_the_delimiter() {
    for delimiter in ["-- ", "--", "___"] {
        let reading = answer_above(&format!(
            "{delimiter}\n이준호 | 결제팀\nT. 02-1234-5678\njay@host.example"
        ));
        assert!(reading.signature.contains("02-1234-5678"), "{delimiter}");
    }
}

#[test]
fn a_signature_block_without_a_delimiter() {
    let reading = answer_above(
        "이준호 팀장\n호스트 주식회사 결제팀\nMobile: 010-1234-5678\n서울시 가온구 나루로 12\n\n2026년 3월 3일 (화) 오전 8:33, 문답 <mundap@host.example>님이 작성:\n> 정산은?",
    );
    assert!(reading.signature.starts_with("이준호 팀장") && reading.signature.contains("010-1234-5678"));
}

#[test]
fn a_name_after_the_closing_words_stays_and_so_does_a_number_that_is_part_of_the_answer() {
    let text = "정산 문의는 정산센터(02-1234-5678)로 연락 주시면 됩니다.\n\n감사합니다.\n이준호 드림";
    assert_eq!(plain(text).text, text);
    let text = "필요한 서류는 다음과 같습니다.\n\n1. 사업자등록증\n2. 통장 사본 (팩스: 02-123-4567)\n3. 신청서 https://host.example/form";
    assert_eq!(plain(text).text, text);
}

#[test]
fn a_disclaimer_is_cut() {
    let reading = answer_above(
        "본 메일은 지정된 수신인만을 위한 것이며 기밀 정보를 포함할 수 있습니다. 잘못 받으셨다면 삭제해 주시기 바랍니다.",
    );
    assert!(reading.signature.contains("기밀"));
}

#[test]
fn answers_between_quoted_lines_are_kept_in_order_with_what_they_answer() {
    let reading = plain(
        "아래에 답변드립니다.\n\n2026년 3월 3일 (화) 오전 8:33, 문답 <mundap@host.example>님이 작성:\n\n> 1. 정산은 언제\n> 되나요?\n\n매주 수요일입니다.\n\n\
        > 2. 수수료는요?\n\n3퍼센트입니다.\n부가세는 별도입니다.\n\n> 감사합니다.\n",
    );
    assert_eq!(
        reading.text,
        "아래에 답변드립니다.\n\n매주 수요일입니다.\n\n3퍼센트입니다.\n부가세는 별도입니다."
    );
    assert_eq!(
        reading.pairs,
        [
            Pair {
                quoted: "1. 정산은 언제 되나요?".into(),
                answer: "매주 수요일입니다.".into()
            },
            Pair {
                quoted: "2. 수수료는요?".into(),
                answer: "3퍼센트입니다.\n부가세는 별도입니다.".into()
            },
        ]
    );
    assert!(!reading.has(Flag::AnswersElsewhere));
}

#[test]
fn an_answer_below_the_quote() {
    let reading = plain(
        "2026-03-04 오후 3:39에 문답 이(가) 쓴 글:\n> 정산은 언제 되나요?\n\n매주 수요일입니다.\n\n-- \n이준호\n",
    );
    assert_eq!(reading.text, "매주 수요일입니다.");
    assert_eq!(reading.signature, "--\n이준호");
    assert!(reading.pairs.is_empty());
}

#[test]
fn answers_written_into_an_unmarked_quote_are_announced() {
    let reading = plain(
        "아래 빨간색으로 답변드립니다.\n\n보낸 사람: 문답 <mundap@host.example>\n보낸 날짜: 2026년 3월 9일 월요일 오후 4:42\n제목: 질문\n\n정산은?\n매주 수요일입니다.",
    );
    assert!(reading.has(Flag::AnswersElsewhere));
}

#[test]
fn prose_that_looks_like_a_quote_stays_whole() {
    for text in [
        "해당 문서는 제가 작성했습니다.\n확인 부탁드립니다.",
        "양식은 이렇게 써 주세요.\n\n보낸 사람: 홍길동\n받는 사람: 김하늘\n물품: 책 두 권\n\n이렇게 적으시면 됩니다.",
        "From: 이 항목에는 출발지를 적습니다.\nTo: 이 항목에는 도착지를 적습니다.\n그러면 끝입니다.",
        "On the other hand, as our manual wrote:\nnever send it twice.",
        "2026년 3월 3일 작성:\n첫째, 정산 주기를 줄입니다.\n둘째, 수수료를 낮춥니다.",
        "첫 번째 안입니다.\n\n---\n\n두 번째 안입니다.",
    ] {
        let reading = plain(text);
        assert_eq!(reading.text, text);
        assert!(reading.cut.is_empty() && reading.signature.is_empty());
    }
}

#[test]
fn something_that_was_written_is_never_cut_to_nothing() {
    let reading = plain("> 매주 수요일입니다.\n");
    assert_eq!(reading.text, "> 매주 수요일입니다.");
    assert!(reading.has(Flag::FellBack));
    let reading = plain("010-1234-5678\n\n2026-03-04 오후 3:39에 문답 이(가) 쓴 글:\n> 연락처가 어떻게 되나요?");
    assert_eq!(reading.text, "010-1234-5678");
    let reading = plain("\n\n");
    assert!(reading.text.is_empty() && reading.has(Flag::Empty));
    assert_eq!(reading.class, Class::Unknown);
}

#[test]
fn blank_lines_collapse_and_invisible_marks_go() {
    let reading = plain("한 줄\u{200b}입니다.\n\n\n\n\u{a0}둘째\u{a0}줄입니다.  \n");
    assert_eq!(reading.text, "한 줄입니다.\n\n 둘째 줄입니다.");
}

#[test]
fn html_gmail() {
    let reading = html(
        "<div dir=\"ltr\">매주 수요일입니다.<div><br></div><div>감사합니다.</div></div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">\
        2026년 3월 3일 (화) 오전 8:33, 문답 &lt;<a href=\"mailto:m@host.example\">m@host.example</a>&gt;님이 작성:<br></div><blockquote class=\"gmail_quote\"><p>정산은?</p></blockquote></div>",
    );
    assert_eq!(reading.text, "매주 수요일입니다.\n\n감사합니다.");
    assert!(reading.has(Flag::FromHtml) && reading.cut.contains("정산은?"));
}

#[test]
fn html_outlook() {
    for marker in [
        "<div id=\"appendonsend\"></div><hr>",
        "<hr><div id=\"divRplyFwdMsg\" dir=\"ltr\">",
    ] {
        let reading = html(&format!(
            "<html><head><style>p {{margin:0}}</style></head><body><p class=\"MsoNormal\">매주 수요일입니다.</p><p class=\"MsoNormal\">감사합니다.</p>{marker}\
            <b>보낸 사람:</b> 문답<br><b>제목:</b> 질문<br></div><div>정산은 언제 되나요?</div></body></html>"
        ));
        assert_eq!(reading.text, "매주 수요일입니다.\n감사합니다.");
        assert!(reading.cut.contains("정산은 언제"));
    }
}

#[test]
fn html_apple_yahoo_proton() {
    for quote in [
        "<div><blockquote type=\"cite\"><div>2026. 3. 6., 오후 9:30, 문답 &lt;m@host.example&gt; 작성:</div><div>정산은?</div></blockquote></div>",
        "<div id=\"ydp1\" class=\"ydp1yahoo_quoted\"><div>On Friday, March 6, 2026, Mundap wrote:</div><div>정산은?</div></div>",
        "<div class=\"protonmail_quote\">On Friday, March 6th, 2026 at 9:30 PM, Mundap wrote:<br><blockquote>정산은?</blockquote></div>",
    ] {
        let reading = html(&format!("<div>매주 수요일입니다.</div><br>{quote}"));
        assert_eq!(reading.text, "매주 수요일입니다.", "{quote}");
        assert!(reading.cut.contains("정산은?"));
    }
}

#[test]
fn html_answers_between_blockquotes() {
    let reading = html(
        "<div class=\"gmail_quote\"><div class=\"gmail_attr\">On Fri, Jul 10, 2026 at 2:07 PM M &lt;m@host.example&gt; wrote:</div><blockquote class=\"gmail_quote\">정산은?</blockquote></div>\
        <div>수요일입니다.</div><blockquote class=\"gmail_quote\">수수료는?</blockquote><div>3퍼센트입니다.</div>",
    );
    assert_eq!(reading.text, "수요일입니다.\n\n3퍼센트입니다.");
    assert_eq!(
        reading.pairs.iter().map(|p| p.quoted.as_str()).collect::<Vec<_>>(),
        ["정산은?", "수수료는?"]
    );
}

#[test]
fn html_outlook_in_a_signature_that_is_never_closed_and_within_a_quote() {
    let head =
        "<div id=\"divRplyFwdMsg\"><b>보낸 사람:</b> 문답 &lt;q@host.example&gt;</div><div>정산은 언제 되나요?</div>";
    let open = html(&format!(
        "<div>네, 가능합니다.</div><div id=\"ms-outlook-mobile-signature\"><div>Android용 Outlook 다운로드</div><hr>{head}"
    ));
    assert_eq!(open.text, "네, 가능합니다.");
    assert!(open.cut.contains("정산은 언제 되나요?"), "{}", open.cut);
    assert_eq!(open.signature, "Android용 Outlook 다운로드");
    let within = html(&format!(
        "<blockquote type=\"cite\"><div>앞선 글</div>{head}</blockquote><div>아래에 답합니다.</div>"
    ));
    assert_eq!(within.text, "아래에 답합니다.");
    for reading in [open, within] {
        for text in [&reading.text, &reading.cut, &reading.signature, &reading.full] {
            assert!(!text.contains(['\u{e000}', '\u{e001}']), "our own marks: {text:?}");
        }
    }
}

#[test]
fn a_wide_colon_is_a_colon_in_prose_and_in_labels() {
    let prose = plain("일정：12월 3일에 엽니다.\n장소는 따로 알려 드릴게요.");
    assert_eq!(prose.text, "일정：12월 3일에 엽니다.\n장소는 따로 알려 드릴게요.");
    let quoted = plain(
        "可以，下周三。\n\n发件人： 文答 <q@host.example>\n发送时间： 2026年3月3日 8:33\n收件人： jay@host.example\n主题： 结算\n\n什么时候结算？",
    );
    assert_eq!(quoted.text, "可以，下周三。");
    assert!(quoted.cut.contains("什么时候结算"), "{}", quoted.cut);
    for reading in [prose, quoted] {
        assert_ne!(reading.class_reason, "the parser failed on it");
    }
}
