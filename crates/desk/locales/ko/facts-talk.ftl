fact-follow-ups = 크루에게 바로 가는 추가 질문 수
fact-four-eyes = 두 사람이 확인
fact-passages = 가린 곳
fact-state = 상태
said-open = 답 기다림
said-done = 끝남
said-held = 담당자 확인 필요
said-closed = 닫음
