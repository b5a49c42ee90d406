# 쓰는 동안 보이는 비슷한 질문
my-similar-title = 비슷한 질문
my-similar-others = 이 행사에서 다른 { $n }분도 비슷한 것을 물으셨어요. 그래도 보내 주시면 함께 답해 드려요.
my-similar-read = ‘{ $title }’에서 답변 전체 읽기 (새 창)
my-duplicate = 같은 내용에 이미 답변드린 것이 있어 그 답변을 바로 보내 드려요.
my-joined-by = 비슷한 질문을 하신 { $n }분과 함께 답변을 받아요.
