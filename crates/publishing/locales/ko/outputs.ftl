# 파일로 받는 화면
outputs-title = 파일로 받기
outputs-lead = 글 한 편을 파일로 받을 수 있어요. 처음 받는 분이 누르면 그때 만들고, 다음 분부터는 바로 받아요.
outputs-lead-issue = 한 호를 통째로 받을 수 있어요. 처음 받는 분이 누르면 그때 만들고, 다음 분부터는 바로 받아요.
outputs-pdf = PDF
outputs-pdf-hint = 인쇄하거나 그대로 보관하기 좋아요.
outputs-epub = 전자책(EPUB)
outputs-epub-hint = 전자책 리더와 휴대전화에서 글자 크기를 바꿔 가며 읽기 좋아요.
outputs-make-pdf = PDF 만들기
outputs-make-epub = 전자책 만들기
outputs-get-pdf = PDF 받기
outputs-get-epub = 전자책 받기
outputs-pages = { $n }쪽
outputs-progress = 진행
outputs-step-1 = 차례를 기다리고 있어요.
outputs-step-2 = 글과 사진을 모으고 있어요.
outputs-step-3 = 쪽을 짜고 있어요. 몇 초 걸려요.
outputs-look = 다시 보기
outputs-busy = 지금은 파일을 기다리는 분이 많아요. 잠시 뒤에 다시 와 주세요.
outputs-failed-fonts = 이곳에는 글꼴이 없어서 PDF와 전자책을 만들 수 없어요.
outputs-failed-large = 글이나 사진이 너무 많아서 파일 하나로 만들지 못했어요.
outputs-failed-picture = 사진 가운데 읽을 수 없는 것이 있어서 파일을 만들지 못했어요.
outputs-failed-other = 파일을 만들지 못했어요. 잠시 뒤에 다시 눌러 주세요.
outputs-article = PDF와 전자책으로 받기
outputs-issue = 이 호를 PDF와 전자책으로 받기
outputs-feed = 새 글 받아 보기(피드)
outputs-feed-title = 문답: 새로 나온 글
outputs-figures-all = 전체
outputs-figures-part = 프로그램

# 편집 화면
outputs-export = 파일로 내보내기(마크다운, JSON, 사진)
outputs-export-hint = 독자에게 보이는 글과 편집 중인 글을 함께 담습니다. 거둔 말은 들어가지 않습니다.
