# Undo
refused-undo-released = It was released. Look at the mails that went out on the page of the correction, then take it back there.
refused-undo-gone = Something else was decided since, or the question has left triage. It cannot be undone.
refused-undo-on-stage = The hall has seen the question. It cannot be taken back.
refused-undo-answered = An answer to it has come in. Deal with it among the answers.
refused-undo-delivered = An answer was approved or delivered. It cannot be taken back.
undo-nothing = There is nothing to undo.
undo-done = The decision about question { $n } is undone.
undo-done-elsewhere = The decision about question { $n } is undone. Its place was taken, so it has another.
undo-redone = The decision about question { $n } is made again.
undo-corrected = Question { $n } waits for triage again. Read the correcting mail in the outbox and send it.
undo-corrected-moved = Question { $n } waits for triage again, and the first reserve moved up into its place.
undo-title = Correct a released decision
undo-question = Question { $n }: { $kind }
undo-explain = The question goes back to triage. A correcting mail to the asker waits as a draft: it goes only when you have read and sent it.
undo-explain-crew = The crew's assignment is withdrawn, and a mail that says no answer is needed waits as a draft.
undo-explain-live = The first reserve moves into the place that frees, pending until the next release.
undo-mails = Mails about this decision
undo-no-mails = No mail went out.
undo-mail-waits = Has not gone; it is taken back, too
undo-mail-gone = Has gone
undo-mail-to = To
undo-mail-subject = Subject
undo-mail-state = State
undo-confirm = Take it back to triage
undo-cancel = Leave it as it is

# Correcting mails
outcome-corrected-subject = [{ $event }] A correction about your question no. { $number }
outcome-corrected-body = We told you that { $what }. We have to correct this: we are looking at your question again, and will write to you as soon as it is decided.
outcome-corrected-live = your question is answered on stage
outcome-corrected-route = a crew answers your question
outcome-corrected-decline = we cannot take your question
outcome-corrected-merge = your question is answered together with another
outcome-corrected-duplicate = you get the answer to a question that asks the same
outcome-corrected-reserve = we are looking at your question
outcome-corrected-note = We are sorry for the confusion. There is nothing you need to do.
withdrawn-subject = [{ $event }] Question no. { $number } needs no answer from you
withdrawn-body = We had asked you to answer question no. { $number }. The assignment is withdrawn, and no answer is needed.
withdrawn-note = If you have written an answer already, please tell the organisers.

did-decision-undone = Undone
did-decision-redone = Done again
did-decision-corrected = Release corrected
did-decision-moved-up = Moved up from the reserves
did-decision-moved-back = Moved back to the reserves
did-decision-reranked = Moved among the reserves

# The shortlist
reserves-title = { $n ->
    [one] 1 reserve
   *[other] { $n } reserves
}
reserves-hint = The first reserve moves up when a place frees. A place that time did not allow on stage is not filled.
reserves-none = There are no reserves.
reserve-n = Reserve { $n }
reserve-to-live = On stage
live-to-reserve = To the reserves
reserves-route = Route all reserves to their crews ({ $n })
reserves-routed = { $n ->
    [one] 1 reserve routed. Pending until the release.
   *[other] { $n } reserves routed. Pending until the release.
}
shortlist-reserved = Moved to the reserves.
shortlist-lived = Put on stage.
moved-up-from = Moved up from reserve { $n }
after-freeze = Changed after the freeze
freeze-title = Freeze
freeze-none = The list is not frozen. After a freeze it can still change, but every change is marked.
freeze-planned = The list freezes at { $at }.
freeze-since = The list is frozen since { $at }. What changed after it is marked.
freeze-now = Freeze now
freeze-lift = Lift the freeze
freeze-at = Freeze at
freeze-at-hint = In the event's time zone ({ $zone }).
freeze-plan = Choose this time
freeze-bad = Give both a date and a time.
freeze-done = The freeze is set.
field-freeze-at = Freeze at
balance-field = Field
balance-language = Language
balance-first = Asked before
balance-first-time = First-time askers
balance-returning = Asked at an earlier event
balance-no-field = Without field
balance-share-of = { $live }% of the stage, { $all }% of all
warnings-title = Worth a look
warn-company = { $n } of the questions on stage are from one company ({ $what }).
warn-service = { $what }: { $n } questions were asked, and none has a place.
warn-field = { $what }: { $n } questions were asked in this field, and none has a place.
warn-language = All questions on stage are in one language ({ $what }).
sheet-link = Sheet for printing
sheet-title = Questions on stage
sheet-notes = Notes
sheet-edited = Edited
sheet-pending = Not released
sheet-hint = Print it from the browser. It is laid out for A4.
sheet-back = Back to the list
propose-link = Propose for the free places
proposal-title = { $n ->
    [one] A proposal for 1 free place
   *[other] A proposal for { $n } free places
}
proposal-hint = By score, balance and how unlike they are; at most { $company } of one company and { $service } of one service. A person decides.
propose-none = There is nothing to propose: all places are taken, or no undecided question fits.
propose-why = Why
propose-pick = Pick question { $n }
propose-take = Take what is picked
propose-all = Take all
propose-taken = { $n ->
    [one] 1 question goes on stage. Pending until the release.
   *[other] { $n } questions go on stage. Pending until the release.
}
propose-pick-some = Pick at least one question.
why-score = Score { $score } of 5
why-not-scored = Not scored yet
why-only-service = The only one about { $what }
why-only-field = The only one from the field { $what }
why-only-language = The only one in { $what }
why-unlike = Unlike the others
why-stage = Would like the stage
