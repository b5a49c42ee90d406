# 나를 부른 메모
todo-called = 나를 부른 메모 { $n }건
