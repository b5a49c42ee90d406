flag-raw-dropped = 보관 기간이 지나 원본 메일을 지웠습니다.
