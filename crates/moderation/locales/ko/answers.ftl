label-question = 질문 { $number }번
label-reverse = 역질문 { $number }번
label-reverse-unplaced = 역질문 제안

fact-number = 질문 번호
fact-service = 서비스
fact-asker = 질문한 분
fact-due = 답변 기한

assignment-mail-subject = [{ $event }] { $service } 질문 { $number }번에 답변을 부탁드립니다
assignment-mail-lead = 파트너가 { $service }에 대해 질문을 보냈습니다. 아래 질문에 답변을 부탁드립니다.
assignment-mail-action = 웹 페이지에서 답변하기
assignment-mail-note = 보내 주신 답변은 검토를 거쳐 질문한 분께 전달됩니다.

returned-mail-subject = [{ $event }] 질문 { $number }번 답변을 한 번 더 부탁드립니다
returned-mail-lead = 보내 주신 답변을 검토하며 아래와 같이 보완을 부탁드립니다.
returned-mail-question = 질문
returned-mail-answer = 보내 주신 답변

answer-nav = 내 페이지
answer-home = 내 페이지로
answer-lead = { $who } 님, 아래 질문에 답변을 부탁드려요.
answer-due = { $due }까지 답변해 주세요.
answer-write = 답변 쓰기
answer-write-more = 덧붙이거나 고쳐 쓰기
answer-hint = 검토를 거친 뒤에 질문한 분께 전달해요.
answer-send = 답변 보내기
answer-given = 보내 주신 답변
answer-given-lead = 답변을 잘 받았어요. 고맙습니다.
answer-taken = 답변을 받았어요. 고맙습니다.
field-text = 답변

refused-closed = 이 질문은 다른 분께 넘어가서 더는 답변을 받지 않아요.
refused-not-returnable = 무대에서 적은 답변은 돌려보낼 분이 없습니다. 직접 고쳐 승인해 주십시오.
refused-unbound = 어느 질문의 답변인지 알 수 없는 메일입니다.

tabs-label = 목록 고르기
col-question = 질문
col-answerer = 답변자
col-asked = 답변을 부탁한 사람
col-service = 서비스
col-source = 들어온 길
col-state = 상태
col-received = 접수
col-due = 기한
col-reason = 이유
col-link = 링크

source-mail = 메일
source-link = 링크
source-stage = 무대
source-staff = 직원 입력

answers-empty-in_review = 검토할 답변이 없습니다. 크루가 메일에 회신하거나 무대에서 답변을 적으면 여기에 모입니다.
answers-empty-returned = 돌려보낸 답변이 없습니다.
answers-empty-approved = 승인한 답변이 아직 없습니다.

review-came = { $who } · { $source }
review-entered-by = 입력 { $who }
review-reviewed = 검토 { $who }
review-mail = 받은 메일
review-original = 받은 답변
review-files = 첨부 파일
review-files-hint = 파일은 열리지 않고 저장만 됩니다. 보낸 사람을 확인한 뒤에 열어 주십시오.
review-kept = 전달할 답변
field-body = 전달할 답변
review-hint = 인사와 맺음말은 남기고, 인용문과 서명은 뺀 글입니다. 고친 글이 그대로 전달됩니다.
review-approve = 승인하고 전달
review-save = 저장만 하기
review-return = 보완을 부탁하며 돌려보내기
field-note = 부탁할 내용
review-return-hint = { $who } 님께 메일로 전합니다.
review-return-send = 돌려보내기
review-take-back-lead = 새 답변이 오지 않으면 이 답변을 다시 검토할 수 있습니다.
review-take-back = 다시 검토
review-lost = 입력하신 글
review-stale = 그 사이 다른 사람이 먼저 바꿨습니다. 입력하신 글은 그대로 있으니 지금 상태를 확인한 뒤 다시 해 주십시오.
answer-approved = 답변을 승인했습니다.
answer-returned = 답변을 돌려보냈습니다.
answer-taken-back = 다시 검토할 수 있습니다.

mail-from = 보낸 사람
mail-subject = 제목
mail-no-subject = (제목 없음)
mail-nothing = 읽을 수 있는 글이 없습니다.
mail-pairs = 인용 사이에 쓴 답변
mail-headers = 머리글
mail-source = 원문 (비밀 주소는 가림)
mail-shortened = 길어서 앞부분만 보입니다.

flag-fell-back = 인용문을 가려내지 못해 글 전체를 남겼습니다. 전달할 부분만 남겨 주십시오.
flag-empty = 새로 쓴 글이 없습니다.
flag-answers-elsewhere = 답변이 인용문 안이나 아래에 있다고 적혀 있습니다. 메일 전체를 확인해 주십시오.
flag-from-html = HTML만 있는 메일에서 옮긴 글입니다.
flag-charset-guessed = 글자 집합 표시가 맞지 않아 추정해서 읽었습니다.
flag-undecodable = 읽지 못한 글자가 있습니다.
flag-forwarded = 다른 메일을 전달한 것입니다.
flag-nested = 메일 안에 메일이 여러 겹 들어 있어 일부만 읽었습니다.
flag-truncated = 너무 길어 일부만 읽었습니다. 원문에는 모두 있습니다.
flag-unparsable = 메일 형식을 읽지 못했습니다.

assignments-title = 배정 건
assignments-waiting = 답변 대기
assignments-late = 기한 지남
assignments-answered = 답변 도착
assignments-left = 넘김·거절
assignments-empty-waiting = 기다리는 답변이 없습니다. 배정을 확정하면 여기에 나타납니다.
assignments-empty-late = 기한이 지난 건이 없습니다.
assignments-empty-answered = 답변이 도착한 건이 아직 없습니다.
assignments-empty-left = 넘기거나 거절한 건이 없습니다.

enter-email = 메일 주소
enter-removed = 이 크루는 명단에서 빠졌습니다. 다른 사람에게 넘겨 주십시오.
enter-given = 들어온 답변
enter-title = 답변 대신 입력
enter-hint = 전화나 메신저로 받은 답변을 적습니다. { $who } 님의 답변으로 검토에 들어갑니다.
enter-send = 답변 입력
answer-entered = 답변을 입력했습니다. 검토해 주십시오.
pass-on-title = 다른 크루에게 넘기기
pass-on-hint = 넘기면 새로 맡은 사람에게 메일이 갑니다.
pass-on-anyone = 맡은 건이 가장 적은 사람
field-to = 맡을 사람
pass-on-send = 넘기기
assignment-passed-on = 다른 크루에게 넘겼습니다.

quarantine-lead = 질문과 맞지 않아 답변으로 받지 않은 메일입니다. 하나하나 이유가 적혀 있습니다.
held-quarantined = 기다림
held-discarded = 버림
held-empty-quarantined = 격리된 메일이 없습니다.
held-empty-discarded = 버린 메일이 없습니다.
held-bound-short = 질문 확인됨
held-envelope = 봉투의 보낸 주소 { $from }
held-todo = 처리
held-bound = 이 메일은 { $who } 님께 부탁한 아래 질문에 대한 것입니다.
held-unbound = 어느 질문의 답변인지 확인할 수 없어 답변으로 받을 수 없습니다. 필요하면 배정 건에서 답변을 대신 입력해 주십시오.
held-accept = 이 질문의 답변으로 받기
held-accept-hint = { $who } 님의 답변으로 검토에 들어갑니다. 보낸 사람을 먼저 확인해 주십시오.
held-discard = 버리기
mail-discarded = 메일을 버렸습니다.
mail-accepted = 답변으로 받았습니다. 검토해 주십시오.
quarantine-no-token = 어느 질문의 답변인지 알 수 없습니다.
quarantine-forged-token = 회신 주소가 올바르지 않습니다.
quarantine-expired-token = 회신 주소의 기한이 지났습니다.
quarantine-unknown-assignment = 회신 주소가 가리키는 배정 건이 없습니다.
quarantine-removed-crew = 명단에서 빠진 크루가 보냈거나, 그 크루에게 부탁했던 질문입니다.
quarantine-other-sender = 부탁한 사람의 주소에서 온 메일이 아닙니다.
quarantine-doubtful = 사람이 쓴 답변인지 확실하지 않습니다.
quarantine-closed-assignment = 다른 크루에게 넘긴 질문입니다.
