# Blind reading
st-questions-covered = { $n ->
    [one] 1 question that waits for triage is not shown here while the event reads blind.
   *[other] { $n } questions that wait for triage are not shown here while the event reads blind.
}
