speakers-title = Who answers
speakers-lead = Each gets a mail with their questions in order and a link to a page to prepare on. When questions or order change, only those whom it concerns get another.
speakers-none = There is nobody yet who answers.
speakers-address = Address
speakers-questions = Questions
speakers-state = Told
speakers-nothing = Nothing awaits them
speakers-first = Not told yet
speakers-changed = Changed since they were told
speakers-current = Told
speakers-no-address = No address
speakers-tell = { $n ->
    [one] Send 1 mail
   *[other] Send { $n } mails
}
speakers-all-told = There is nobody to tell.
speakers-told = { $n ->
    [one] 1 mail goes out.
   *[other] { $n } mails go out.
}
speaker-title = Your questions
speaker-lead = { $who }, these are yours at “{ $event }”. What you prepare is seen by you and backstage only.
speaker-empty = Nothing awaits you now.
speaker-nth = No. { $n }
speaker-similar = { $n ->
    [one] 1 similar question
   *[other] { $n } similar questions
}
speaker-draft = Your draft
speaker-draft-hint = It is saved while you type.
speaker-saved = Saved.
speaker-overtaken = Another window saved first. Bring both together and save.
speaker-other = What the other window saved
speaker-mail-subject-first = Your questions at “{ $event }”
speaker-mail-subject-changed = Your questions at “{ $event }” have changed
speaker-mail-lead-first = { $n ->
    [one] 1 question awaits you on stage at “{ $event }”.
   *[other] { $n } questions await you on stage at “{ $event }”.
}
speaker-mail-lead-changed = Your questions at “{ $event }”, or their order, have changed. { $n } await you now.
speaker-mail-action = See them and prepare
speaker-mail-note = This link is yours alone. Please do not pass it on.
