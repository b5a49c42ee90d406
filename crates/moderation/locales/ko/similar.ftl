# 비슷한 질문
similar-title = 비슷한 질문
similar-hint = 뜻이 같아 보이는 질문을 묶어 제안합니다. 대표 질문을 고르고 병합하면 모두 같은 답변을 받습니다. 확정 전까지는 공개되지 않습니다.
similar-same = 거의 같음
similar-close = 비슷함
similar-answered = 답변 승인됨
similar-later = 비슷한 질문을 찾고 있습니다. 잠시 뒤 다시 열어 보십시오.
similar-renewing = 그사이 들어온 질문을 살펴 다시 묶고 있습니다.
similar-never = 아직 묶어 본 질문이 없습니다. 질문이 들어오면 잠시 뒤 여기에 제안합니다.
similar-empty = 지금 제안할 묶음이 없습니다.
similar-group = 비슷한 질문 { $n }개
similar-lead = 대표
similar-lead-n = { $n }번 질문을 대표로
similar-pick = 병합
similar-pick-n = { $n }번 질문 병합
similar-fixed = 확정됨
similar-merge-ticked = 선택한 질문을 대표 질문에 병합
similar-dismiss = 같은 질문이 아님
similar-duplicate-of = 이미 답변한 { $n }번 질문의 중복으로 처리
similar-lead-instead = 이 질문을 대표로 바꾸기
similar-joined = 질문 { $n }개를 병합했습니다. 확정 전까지는 공개되지 않습니다.
similar-dismissed = 질문 { $n }개를 다시 함께 묶지 않습니다.
similar-leads = { $n }번 질문이 대표가 되었습니다.
refused-nothing-ticked = 대표 질문 말고 병합할 질문을 하나 이상 선택하십시오.
refused-no-lead = 대표 질문을 고르십시오.
refused-no-swap = 병합을 기다리는 질문만, 대표 질문이 확정되기 전에 대표로 바꿀 수 있습니다.
refused-group-gone = 이 묶음은 그사이 바뀌었습니다. 새로 제안된 묶음을 확인하십시오.

# 중복 안내 메일
outcome-duplicate-subject = [{ $event }] { $number }번 질문은 이미 답변되어 있어 바로 보내 드립니다
outcome-duplicate-body = 보내 주신 질문 고맙습니다. 같은 내용의 질문에 이미 답변드린 것이 있어, 그 답변을 바로 메일로 보내 드리며 내 페이지에서도 보실 수 있습니다.
outcome-duplicate-note = 답변이 질문하신 뜻과 다르면 이 행사의 담당자에게 알려 주시기 바랍니다.
did-decision-freed = 병합이 풀려 다시 선별을 기다림
