# 말한 사람의 승인
approvals-title = 승인 현황
approvals-empty = 이 글에는 아직 승인받을 말이 없습니다. 문답이나 인용을 담으면 여기에 나타납니다.
approvals-ask-hint = 아직 묻지 않았거나 고친 말이 { $n }곳 있습니다. 한 사람에게 메일 한 통으로 묻고, 사흘 뒤부터 두 번까지 다시 알립니다.
approvals-ask-all = 승인 요청 보내기
approvals-ask = 이 사람에게 승인 요청
approvals-note = 승인받았다고 적기
approvals-asked-at = 요청한 때:
approvals-not-asked = 아직 요청하지 않음
approvals-no-mail = 메일 주소가 없어 링크를 직접 전해야 합니다
approvals-noted-by-staff = 직원이 적음
approvals-wish = 바라는 표현
approvals-remark = 남긴 말:
approvals-accept = 바라는 표현으로 바꾸기
approvals-link = 확인 링크
approvals-link-hint = 메신저 등으로 본인에게만 전하십시오.
approvals-asked = { $n ->
    [0] 새로 물을 사람이 없습니다.
   *[other] { $n }명에게 승인을 요청했습니다.
 }
approvals-noted = 승인받은 것으로 적었습니다.
approvals-accepted = 바라는 표현으로 바꾸었습니다.
approval-missing = 요청 전
approval-reopened = 고침, 다시 요청
approval-asked = 기다림
approval-approved = 승인
approval-change-wanted = 수정 요청
approval-withdrawn = 철회
approval-forecast = 지금 발행하면 승인된 { $approved }곳은 그대로 실립니다.{ $anonymous ->
    [0] {""}
   *[other] {" "}승인받지 못한 { $anonymous }곳은 이름 없이 실립니다.
 }{ $out ->
    [0] {""}
   *[other] {" "}승인받지 못한 { $out }곳은 빠집니다.
 }

words-title = 실릴 말씀 확인
words-lead = ‘{ $title }’에 아래 말씀을 실으려고 해요. 이대로 실어도 좋은지 알려 주세요.
words-published = 글이 발행되어 있어요.
words-open = 글 보기
words-empty = 확인하실 말씀이 없어요.
words-one = 실릴 말씀
words-n = 말씀 { $n }
words-line = 이렇게 소개돼요
words-text = 이렇게 실려요
words-pull = 크게 뽑아 실려요
words-overtaken = 편집자가 이 부분을 고치고 있어요. 다 고치면 다시 여쭐게요.
words-approve = 이대로 실어도 좋아요
words-approve-all = 모두 이대로 실어도 좋아요
words-change = 고쳐 달라고 하기
words-wish = 이렇게 실리면 좋겠어요
words-wish-hint = 바라는 표현으로 고쳐 적어 주세요.
words-remark = 전할 말
words-send = 고쳐 달라고 보내기
words-withdraw = 싣지 말아 달라고 하기
words-withdraw-hint = 누르면 이 말씀은 어디에도 실리지 않아요. 이미 발행된 글에서도 곧 빠져요.
words-withdraw-do = 싣지 말아 주세요
words-state-asked = 확인해 주세요
words-state-approved = 승인함
words-state-change-wanted = 고쳐 달라고 함
words-state-withdrawn = 싣지 않음
words-approved = 고맙습니다. 승인하신 대로 실을게요.
words-change-wanted = 고맙습니다. 편집자에게 전했어요.
words-withdrawn = 이 말씀은 싣지 않을게요.
words-error-nothing = 표현을 고치거나 전할 말을 적어 주세요.

mail-approval-subject = [{ $event }] 글에 실릴 말씀을 확인해 주세요
mail-approval-subject-again = [{ $event }] 글에 실릴 말씀의 확인을 기다립니다
mail-approval-hello = { $name } 님, 안녕하세요.
mail-approval-text = { $event }의 대화를 ‘{ $title }’이라는 글로 실으려 합니다. 아래 말씀을 이 이름으로 실어도 좋은지 확인해 주세요.
mail-approval-ways = 아래 화면에서 승인하거나, 표현을 고쳐 달라고 하거나, 싣지 말아 달라고 하실 수 있습니다.
mail-approval-action = 실릴 말씀 확인하기
mail-approval-note = 승인하지 않으신 말씀은 이름을 밝혀 싣지 않습니다. 나중에도 같은 링크로 거두실 수 있습니다.
mail-correction-subject = [{ $event }] 말씀이 실린 글을 고쳤습니다
mail-correction-text = ‘{ $title }’을 다음과 같이 바로잡았습니다.
mail-correction-action = 고친 글 보기
