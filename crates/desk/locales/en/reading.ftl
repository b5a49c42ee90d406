# Notes that call me
todo-called = { $n ->
    [one] 1 note calls me
   *[other] { $n } notes call me
}
