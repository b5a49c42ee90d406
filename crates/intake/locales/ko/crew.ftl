field-drop-address = 뺄 다른 주소
hint-drop-address = 직원이 본인 것으로 확인한 주소입니다. 고르면 그 주소에서 온 답변은 다시 확인을 거칩니다.
