cut-quote = 잘라 낸 인용문
cut-quote-lines = 잘라 낸 인용문 { $n }줄
cut-attribution = 잘라 낸 인용 머리말
cut-attribution-lines = 잘라 낸 인용 머리말 { $n }줄
cut-signature = 잘라 낸 서명
cut-signature-lines = 잘라 낸 서명 { $n }줄
cut-disclaimer = 잘라 낸 안내문
cut-disclaimer-lines = 잘라 낸 안내문 { $n }줄
cut-device = 잘라 낸 기기 이름
cut-device-lines = 잘라 낸 기기 이름 { $n }줄
cut-list-footer = 잘라 낸 메일링 리스트 안내
cut-list-footer-lines = 잘라 낸 메일링 리스트 안내 { $n }줄
cut-back = 되살리기
cut-is-back = 전달할 답변에 들어 있습니다.
review-put-back = 전달할 답변의 제자리에 되살렸습니다.

review-four-eyes-hint = 두 사람이 확인하는 행사입니다. 글을 고치면 먼저 저장하고, 승인은 다른 검토자가 합니다.
review-four-eyes-own = 글을 고치거나 입력한 사람은 승인할 수 없습니다. 다른 검토자의 승인을 기다립니다.
review-four-eyes-edited = 두 사람이 확인하는 행사입니다. 고친 글을 먼저 저장하고, 다른 검토자에게 승인을 부탁해 주십시오.
review-by-rule = 검토 규칙에 따라 자동 승인

redact-title = 이름이나 일부 내용 가리기
field-redact = 가릴 말
redact-hint = 한 줄에 하나씩 적으면 전달할 답변에서 모두 […]로 바꿉니다. 받은 원문은 그대로 남습니다.
redact-hint-approved = 한 줄에 하나씩 적으면 모두 […]로 바꿉니다. 질문한 분의 페이지에는 바로, 글에는 다음에 발행할 때 반영됩니다. 이미 보낸 메일은 바뀌지 않으며, 받은 원문은 그대로 남습니다.
redact-send = 가리기
redact-absent = 답변에 없는 말입니다: { $passage }
answer-redacted = 적으신 말을 가렸습니다.

review-rules-title = 검토 규칙
field-four-eyes = 두 사람이 확인
field-four-eyes-hint = 답변을 고치거나 입력한 사람은 그 답변을 승인할 수 없습니다.
field-auto = 검토 없이 전달할 서비스
field-auto-hint = 이 서비스의 크루가 보낸 답변은 바로 승인하고 전달합니다. 읽는 데 의심스러운 점이 있거나, 파일이 붙었거나, 이미 답변이 있는 질문에 온 것은 검토합니다.

template-delivery = 질문한 분께 답변 전달
template-sample-answer = 답변이 들어갈 자리입니다.
