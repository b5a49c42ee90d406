# 크루가 자리를 비울 때, 질문을 고르는 방법
field-absent-from = 자리 비움 시작일
hint-absent-from = 이날부터 새 질문을 받지 않습니다. 이미 맡은 질문은 그대로입니다.
field-absent-until = 자리 비움 마지막 날
hint-absent-until = 비워 두면 따로 정할 때까지 자리를 비웁니다.
field-deputy = 대리인
hint-deputy = 자리를 비운 동안 새 질문을 대신 받습니다.
st-no-deputy = 정하지 않음
st-absent-days = 시작일을 적고, 마지막 날은 시작일과 같거나 뒤여야 합니다.
st-absent-deputy = 지금 크루에 있는 다른 사람을 골라 주십시오.
st-absent-from = { $from }부터 자리 비움
st-absent-from-until = { $from }~{ $until } 자리 비움

my-selection-link = 질문을 고르는 방법과 결과
my-selection-title = 질문은 이렇게 골라요
my-selection-counts = 받은 질문이 어떻게 되었나요
my-selection-total = 받은 질문
my-selection-received = 살펴보는 중
my-selection-live = 현장에서 답변
my-selection-routed = 담당 크루가 답변
my-selection-merged = 비슷한 질문과 함께 답변
my-selection-declined = 이유를 알려 드리고 답변하지 않음
my-selection-answered = 지금까지 답변한 질문
my-selection-note = 수만 보여 드려요. 누가 무엇을 물었는지는 나타나지 않아요.

selection-title = 파트너에게 보이는 선정 안내
selection-lead = 파트너의 ‘질문을 고르는 방법과 결과’ 화면에 나오는 글입니다. 그 아래에 질문 수가 저절로 붙습니다.

field-selection-ko = 한국어
field-selection-en = 영어
selection-restore = 기본 글로 되돌리기
selection-restored = 기본 글로 되돌렸습니다.
selection-stale = 그 사이 다른 사람이 글을 고쳤습니다. 적으신 내용은 그대로 두었으니 확인한 뒤 다시 저장해 주십시오.
selection-default-1 = 현장에서 답하는 질문은 { $n }개예요. 여러 파트너에게 도움이 되는지, 현장에서 말로 답하기에 알맞은지, 뜻이 분명한지를 보고 골라요. 서비스와 분야가 한쪽으로 치우치지 않게도 살펴요.
selection-default-2 = 질문은 운영진 여럿이 따로 읽고 함께 정해요. 누가 언제 무엇을 정했는지 모두 기록으로 남겨요.
selection-default-3 = 현장에서 다루지 않는 질문도 담당 크루가 메일로 답해 드려요. 뜻이 같은 질문은 하나로 묶어, 물어보신 모든 분께 같은 답을 드려요. 답하지 못할 때는 그 이유를 알려 드려요.
