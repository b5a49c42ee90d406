mail-delivery-subject = [{ $event }] 답변이 도착했습니다: { $excerpt }
mail-delivery-hello = { $name } 님, 안녕하십니까. ‘{ $event }’에 보내 주신 질문에 답변을 드립니다.
mail-delivery-asked = 보내 주신 질문입니다.
mail-delivery-answered = 답변입니다.
mail-delivery-action = 내 페이지에서 답변 보기
mail-delivery-note = 답변은 내 페이지에서도 언제든지 다시 보실 수 있습니다.
