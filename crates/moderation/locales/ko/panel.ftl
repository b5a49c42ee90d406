# 질문 화면
do-reserve-long = 예비 목록에 올리기
reserve-panel-hint = 현장 자리가 나면 예비 순서대로 올라갑니다. 순서는 현장 목록에서 바꿉니다.
