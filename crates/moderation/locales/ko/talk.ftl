way-pass = 다른 크루에게 넘기기 – 담당 서비스의 질문이 아닐 때
way-ask = 질문한 분께 여쭤보기 – 더 알아야 답할 수 있을 때
way-later = 답변 기한 늦추기 – 시간이 더 필요할 때
way-words = 링크 대신 회신 첫 줄에 ‘#넘김 서비스 이름’, ‘#질문 여쭤볼 내용’, ‘#연기 12월 5일’처럼 적어 주셔도 됩니다.

pass-mail-note = 앞서 이 질문을 받은 크루가 남긴 말입니다.
ask-mail-subject = [{ $event }] 보내 주신 질문에 대해 여쭙습니다
ask-mail-lead =
    { $name } 님, 안녕하십니까.

    ‘{ $event }’에 보내 주신 질문에 정확히 답해 드리고자 담당 크루가 한 가지 여쭙습니다.
ask-mail-question = 보내 주신 질문
ask-mail-action = 페이지에서 답하기
told-mail-subject = [{ $event }] 질문 { $number }번, 질문한 분이 내용을 보태 주셨습니다
told-mail-lead = 질문한 분이 아래와 같이 알려 주셨습니다. 이어서 답변을 부탁드립니다.
follow-mail-subject = [{ $event }] 질문 { $number }번에 추가 질문이 왔습니다
follow-mail-lead = 답변을 받으신 분이 아래와 같이 더 물어보셨습니다. 한 번 더 답변을 부탁드립니다.
talk-mail-question = 처음 질문
talk-mail-answer = 전해 드린 답변

command-subject-done = [{ $event }] 질문 { $number }번: 요청하신 대로 처리했습니다
command-subject-not = [{ $event }] 질문 { $number }번: 요청을 처리하지 못했습니다
command-done-pass = 이 질문을 { $service } 크루에게 넘겼습니다. 더 하실 일은 없습니다.
command-done-stuck = 이미 여러 번 넘어온 질문이라 운영 담당자에게 알렸습니다. 담당자가 정할 때까지 기다려 주십시오.
command-done-ask = 질문한 분께 여쭤보았습니다. 답이 오면 메일로 알려 드리겠습니다.
command-done-later = 답변 기한을 { $due }까지로 늦췄습니다.
command-not-lead = 보내 주신 메일은 답변으로 접수하지 않았습니다. 다시 회신하시거나 아래 링크를 이용해 주십시오.
command-service = 말씀하신 서비스를 찾지 못했습니다. ‘#넘김 서비스 이름’처럼 적어 주십시오.
command-ask-empty = 여쭤볼 내용이 비어 있습니다. ‘#질문’ 뒤에 내용을 적어 주십시오.
command-day = 날짜를 읽지 못했습니다. ‘#연기 12월 5일’처럼 적어 주십시오.
command-closed = 이미 다른 크루에게 넘어간 질문입니다.
command-answered = 이미 답변이 접수된 질문입니다.
command-asks = 질문한 분께 여쭌 것 가운데 아직 답을 받지 못한 것이 세 개입니다. 답이 온 뒤에 더 여쭤봐 주십시오.
command-day-range = 답변 기한은 내일부터 60일 안의 날짜로 늦출 수 있습니다.
command-no-crew = 지금 그 서비스에는 질문을 받을 수 있는 다른 크루가 없습니다.

talk-refused-answered = 이미 답변이 들어온 질문이에요.
talk-refused-asks = 아직 답을 받지 못한 물음이 세 개 있어요. 답이 온 뒤에 더 여쭤봐 주세요.
talk-refused-day = 내일부터 60일 안의 날짜를 골라 주세요.
talk-refused-early = 아직 담당 크루가 정해지지 않아 메시지를 받을 수 없어요.
talk-refused-no-crew = 맡을 크루를 골라 주십시오.
talk-refused-nobody = 지금 이 서비스에는 질문을 받을 수 있는 다른 크루가 없어요. 다른 서비스를 골라 주세요.

step-pass-title = 다른 크루에게 넘기기
step-pass-service = 넘길 서비스
step-pass-hint = 이 질문에 답할 수 있는 서비스를 골라 주세요. 그 크루에게 바로 메일이 가요.
step-pass-choose = 서비스 고르기
step-pass-note = 넘겨받을 크루에게 남길 말
step-pass-send = 넘기기
step-ask-title = 질문한 분께 여쭤보기
step-ask-text = 여쭤볼 내용
step-ask-hint = 질문한 분께 메일로 전해요. 답이 오면 같은 메일 대화로 알려 드려요.
step-ask-send = 여쭤보기
step-later-title = 답변 기한 늦추기
step-later-now = 지금 기한은 { $due }이에요.
step-later-day = 답변할 수 있는 날
step-later-hint = 그날 업무가 끝날 때까지 기다릴게요.
step-later-send = 기한 늦추기
step-over = 이 질문은 이미 답변했거나 다른 크루에게 넘어갔어요.
step-back = 답변 쓰기로 돌아가기
step-ways = 바로 답하기 어려우신가요?
step-passed = 다른 크루에게 넘겼어요. 고맙습니다.
step-stuck = 여러 번 넘어온 질문이라 운영 담당자에게 알렸어요.
step-asked = 질문한 분께 여쭤봤어요. 답이 오면 알려 드릴게요.
step-put-off = 답변 기한을 늦췄어요.
field-day = 답변할 수 있는 날

write-title = 더 물어보기
write-title-asked = 크루의 물음에 답하기
write-text = 전할 말
write-hint = 담당 크루에게 바로 전해요. 답변이 오면 메일과 이 페이지로 알려 드려요.
write-send = 보내기
write-back = 질문으로 돌아가기

message-ask = 크루의 물음
message-told = 질문한 분의 설명
message-follow_up = 추가 질문
message-own-told = 내가 보탠 설명
message-own-follow_up = 내 추가 질문
message-stuck = 넘길 곳을 찾지 못함
message-state-open = 답 기다림
message-state-done = 끝남
message-state-held = 담당자 확인 필요
message-state-closed = 닫음

messages-title = 주고받은 메시지
messages-lead = 크루가 질문한 분께 여쭌 내용과 질문한 분이 더 물어본 내용입니다. 크루에게 바로 전하지 못한 것만 확인을 기다립니다.
messages-held = 확인 필요
messages-all = 전체
messages-empty-held = 확인할 것이 없습니다.
messages-empty-all = 아직 주고받은 메시지가 없습니다.
messages-stuck = 크루 사이에서 여러 번 넘어간 질문입니다. 배정 건에서 맡을 사람을 정해 주십시오.
messages-crew = 맡을 크루
messages-forward = 크루에게 전하기
messages-close = 답하지 않고 닫기
message-forwarded = 크루에게 전했습니다.
message-closed = 닫았습니다.
talk-rule-title = 추가 질문
field-follow-ups = 질문마다 크루에게 바로 가는 추가 질문 수
talk-rule-hint = 이 수를 넘으면 담당자가 먼저 확인합니다. 0이면 모두 담당자가 확인합니다.
talk-rule-wrong = 0부터 20까지의 수를 적어 주십시오.
held-message = 이 메일은 아래 질문을 하신 { $who } 님께 보낸 메일에 대한 회신입니다.
held-message-accept = 질문한 분의 메시지로 받기
held-message-hint = 크루에게 전할 수 있으면 바로 전합니다. 보낸 사람을 먼저 확인해 주십시오.
mail-message-accepted = 질문한 분의 메시지로 받았습니다.
messages-thread = 주고받은 메시지
