# 할 수 없는 일
refused = 처리하지 못했습니다. { $why }
refused-number = { $number }번 질문: { $why }
refused-not-found = 더 이상 존재하지 않습니다.
refused-no-place = 현장 답변 { $n }자리가 모두 찼습니다. 하나를 빼면 자리가 납니다.
refused-already-decided = { $by } 님이 { $at }에 먼저 결정했습니다({ $kind }). 확인한 뒤 필요하면 다시 결정하십시오.
refused-not-waiting = 선별을 기다리는 질문이 아닙니다.
refused-no-crew = 담당 서비스에 답변할 크루가 없습니다. 크루를 등록한 뒤 다시 확정하십시오.
refused-has-followers = 이 질문에 병합되어 답변을 함께 기다리는 질문이 있습니다.
refused-merge-target = 병합할 대상은 이 행사에서 답변할 다른 질문이어야 합니다.
refused-note-approved = 이미 승인된 답변입니다. 답변 화면에서 고치십시오.
refused-reached = 답변이 기록되어 있어 ‘답하지 못함’으로 바꿀 수 없습니다.

decision-live = 현장 답변
decision-route = 크루 배정
decision-decline = 선정 안 함
decision-merge = 병합

triage-columns = 질문의 위치
column-inbox = 접수함
column-live = 현장 답변
column-crew = 크루
column-merged = 병합
column-declined = 선정 안 함
column-all = 전체
live-used = 현장 답변 { $n }/{ $of }
live-places = 현장 답변 자리

triage-filters = 검색과 필터
triage-search-hint = 본문, 이름, 회사, 번호
filter-service = 서비스
filter-field = 분야
filter-prefers = 희망 방식
filter-written = 작성 언어
filter-any = 전체
filter-apply = 적용
filter-clear = 필터 해제
prefers-stage = 현장
prefers-written = 서면
prefers-either = 무관
naming-full = 이름 모두 공개
naming-company = 회사만 공개
naming-none = 비공개
written-ko = 한국어
written-en = 영어

triage-none-found = 조건에 맞는 질문이 없습니다. 필터를 줄여 보십시오.
triage-empty = 파트너가 질문을 보내면 여기에 쌓입니다. 먼저 초대장을 보내십시오.
triage-column-empty = 여기에 있는 질문이 없습니다.
triage-bulk = 선택한 질문 처리
triage-keys = 단축키: j·k 이동, Enter 열기, x 선택, l 현장, c 크루, d 선정 안 함, u 되돌리기, / 검색, ? 전체 보기
triage-pick-some = 질문을 하나 이상 선택하십시오.

select-all = 이 쪽의 질문 모두 선택
select-number = { $n }번 질문 선택
open-number = { $n }번 질문 열기
question-n = { $n }번 질문
do-with-number = { $n }번 질문: { $what }
do-live = 현장
do-route = 크루
do-decline = 선정 안 함
do-undo = 되돌리기
do-drop = 빼기
do-live-long = 현장 답변으로 올리기
do-route-long = 이 크루에 배정
do-decline-long = 선정하지 않기
do-merge-long = 병합
decline-reason = 사유
decline-hint = 질문한 분이 메일과 자기 페이지에서 읽게 됩니다.
decline-picked = 선택한 질문 선정하지 않기
route-picked = 선택한 질문 배정

col-number = 번호
col-body = 질문
col-age = 접수
col-standing = 상태
col-actions = 처리
col-place = 순서
col-company = 회사
col-decision = 결정
col-what = 내용
col-by = 결정자
pages = 쪽
page-first = 첫 쪽
page-next = 다음 쪽
total = 합계

triage-live = { $n }번 질문을 현장 답변으로 올렸습니다. 확정 전까지는 공개되지 않습니다.
triage-routed = { $n }번 질문을 담당 크루에 배정했습니다. 확정 전까지는 공개되지 않습니다.
triage-declined = { $n }번 질문을 선정하지 않기로 했습니다. 확정 전까지는 공개되지 않습니다.
triage-merged = { $n }번 질문을 병합했습니다. 확정 전까지는 공개되지 않습니다.
triage-undone = { $n }번 질문을 선별 대기로 되돌렸습니다.
triage-routed-n = 질문 { $n }개를 배정했습니다. 확정 전까지는 공개되지 않습니다.
triage-declined-n = 질문 { $n }개를 선정하지 않기로 했습니다. 확정 전까지는 공개되지 않습니다.
triage-released-n = { $n ->
    [0] 확정할 결정이 없었습니다.
   *[other] 결정 { $n }건을 확정했습니다. 안내 메일은 보낸 메일함에 있습니다.
}
triage-no-such-number = 그 번호의 질문이 없습니다.

back-to-triage = 목록으로
panel-facts = 질문한 분과 희망 사항
panel-meets = 이용 서비스
panel-naming = 지면 표기
panel-received = 접수 시각
panel-followers = 이 질문에 병합됨
panel-decide = 결정
panel-pending = 확정 대기: { $kind } ({ $by })
panel-history = 이력
panel-no-history = 아직 기록이 없습니다.
consent-required = 필수 동의
consent-print = 지면 게재 동의
consent-newsletter = 소식지 동의
consent-given = 동의
consent-not-given = 동의하지 않음
actor-staff = 운영자
actor-partner = 질문한 분
actor-crew = 크루
actor-speaker = 연사
actor-system = 문답
merge-number = 병합할 질문 번호
merge-hint = 질문한 분은 그 질문의 답변을 함께 받습니다.
merge-into = { $n }번 질문에 병합

did-question-drafted = 초안 시작
did-question-submitted = 제출
did-question-received = 접수
did-question-edited = 수정
did-question-withdrawn = 철회
did-question-entered = 대리 입력
did-question-not-reached = 현장에서 다루지 못함
did-decision-made = 결정
did-decision-dropped = 결정 취소
did-decision-released = 확정
did-decision-moved = 순서 이동
did-decision-speaker = 연사 지정
did-answer-noted = 현장 답변 기록

speaker = 연사
speaker-later = 아직 정하지 않음
speaker-none = 정하지 않음
speaker-of = { $n }번 질문의 연사
shortlist-empty = 선별에서 현장 답변으로 올린 질문이 순서대로 여기에 놓입니다.
shortlist-no-speakers = 행사에 등록된 연사가 없습니다.
shortlist-add-speakers = 연사 등록
shortlist-save = 연사 저장
shortlist-moved = 순서를 옮겼습니다.
shortlist-dropped = 현장 답변에서 뺐습니다. 질문은 다시 선별을 기다립니다.
place-free = 빈자리
place-n = { $n }번째
move-up = { $n }번 질문 위로
move-down = { $n }번 질문 아래로
balance-title = 균형
balance-hint = 현장에서 다룰 질문과 받은 질문 전체를 견주어 봅니다.
balance-live = 현장
balance-all = 전체
balance-share = 비율
balance-no-company = 회사 없음

routing-title = 배정과 확정
routing-crews = 서비스별 크루
routing-members = 크루
routing-rest = 미결정
routing-pending = 배정 대기
routing-nobody = 없음
routing-no-crew = 질문이 있는데 크루가 없는 서비스가 있습니다. 그 질문은 확정할 수 없습니다.
routing-no-rest = 모든 질문을 결정했습니다.
route-rest = 남은 질문 { $n }개 모두 배정
route-rest-hint = 각 질문을 담당 서비스의 크루에 배정합니다. 확정하기 전에는 아무것도 보내지 않습니다.
pending-title = 확정을 기다리는 결정 { $n }건
pending-empty = 결정한 내용은 확정할 때까지 여기에서 기다립니다. 지금은 없습니다.
release-hint = 확정하면 질문한 분에게 안내 메일이 가고 크루에게 답변을 요청합니다. 확정하지 않은 결정은 누구에게도 보이지 않습니다.
release-some = 선택한 결정 확정
release-all = 모두 확정({ $n })
release-some-refused = { $released }건을 확정했고 { $refused }건은 확정하지 못했습니다

# 결과 안내 메일
outcome-greeting = { $name } 님, 안녕하십니까.
outcome-action = 내 질문 보기
outcome-live-subject = [{ $event }] { $number }번 질문에 현장에서 답변드립니다
outcome-live-body = 보내 주신 질문 고맙습니다. 현장에서 답변드릴 질문으로 선정되었음을 알려 드립니다.
outcome-live-note = 현장에서 드린 답변은 글로 정리하여 다시 보내 드립니다. 시간이 모자라 현장에서 다루지 못하면 담당 크루가 메일로 답변드립니다.
outcome-routed-subject = [{ $event }] { $number }번 질문의 답변 담당을 알려 드립니다
outcome-routed-body = 보내 주신 질문 고맙습니다. { $service } 담당 크루가 답변을 준비합니다. 답변은 메일로 보내 드리며 내 페이지에서도 보실 수 있습니다.
outcome-routed-note = 따로 하실 일은 없습니다.
outcome-declined-subject = [{ $event }] { $number }번 질문에 대해 말씀드립니다
outcome-declined-body = 보내 주신 질문 고맙습니다. 아쉽게도 이번에는 이 질문을 다루지 못하게 되었습니다.
outcome-declined-reason = 사유
outcome-declined-note = 답변드리지 못하는 질문도 빠짐없이 읽고 있습니다. 너그러이 이해해 주시기 바랍니다.
outcome-merged-subject = [{ $event }] { $number }번 질문을 비슷한 질문과 함께 답변드립니다
outcome-merged-body = 보내 주신 질문 고맙습니다. 다른 파트너의 질문과 뜻이 같아 함께 답변드리려 합니다. 답변 전문을 메일로 보내 드리며 내 페이지에서도 보실 수 있습니다.
outcome-merged-note = 따로 하실 일은 없습니다.

# The words of the chrome, as triage says them
state-pending = 확정 대기
state-released = 확정됨
