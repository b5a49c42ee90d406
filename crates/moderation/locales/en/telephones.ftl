now-on-stage = On stage now
now-next = Next
now-closed = This page is not open now. When the event begins, you can follow it here.
now-waiting = We begin soon. This page changes by itself.
now-between = Nothing is on stage just now. This page changes by itself.
now-held = A short break. This page changes by itself.
now-clap = Applaud
now-claps = { $n ->
    [one] 1 person applauded
   *[other] { $n } people applauded
}
now-asked = Questions from the hall
now-vote = I want to know, too
now-vote-n = I want to know, too: { $what }
now-votes = { $n ->
    [one] 1 person wants to know
   *[other] { $n } people want to know
}
now-taken = On stage
now-ask = Do you have a question?
now-ask-here = Send a question
now-ask-link = Come in by your own link in the invitation mail, and you can send a question. If it is not answered on stage, its team answers by mail.
telephones-title = Telephones
telephones-lead = People in the hall follow the current question on their telephones, applaud, and say which questions they share.
telephones-address = Address
telephones-code = QR code of the address
telephones-closed = Not open yet.
telephones-open = Open
telephones-open-asks = Open, and take questions from the hall
telephones-asks = Take questions from the hall
telephones-no-asks = Take no more questions
telephones-close = Close
telephones-privacy = Who applauded or agreed is not kept. A value that nobody can read back makes each person count once, and it is deleted when you close the page.
telephones-asked = Questions from the hall
telephones-none = Once the hall may ask, its questions come here in their order. Telephones show only those that you let them show.
telephones-is-shown = On telephones
telephones-show = Show on telephones
telephones-hide = Hide
telephones-show-n = Show on telephones: question { $n }
telephones-hide-n = Hide: question { $n }
telephones-decide-n = Decide about question { $n }
hall-telephones = Follow on your telephone
telephones-stage = Put on stage
telephones-stage-n = Put on stage: question { $n }
telephones-stage-hint = Put on stage, it is decided to be answered live and comes right after the question that is on now. Its asker is told by mail two minutes later; undone on the stage page before, that mail does not go.
telephones-taken = The question is in the order. It can be undone on the stage page.
telephones-on-stage = In the order
telephones-with-crew = With its crew
stage-act-from-hall = question from the hall
refused-hall-on-stage = This question is in the order already.
refused-hall-rehearsed = In a rehearsal no question is put on stage, because that would change where it stands.
