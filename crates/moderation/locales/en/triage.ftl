# Refusals
refused = Not done: { $why }
refused-number = Question { $number }: { $why }
refused-not-found = It is not there any more.
refused-no-place = All { $n } live places are taken. Take one back to free its place.
refused-already-decided = { $by } decided at { $at }: { $kind }. Look at it, then decide again if you still want to.
refused-not-waiting = The question no longer waits for triage.
refused-no-crew = The service has nobody in its crew who could be asked. Add a crew member, then release again.
refused-has-followers = Other questions are merged into this one and wait for its answer.
refused-merge-target = The question to merge into must be another one of this event that will be answered.
refused-not-answered = That question has no approved answer yet. Approve its answer first, or merge instead.
refused-reserve = A reserve moves up when a place frees; it is not released as such.
refused-note-approved = The answer was approved meanwhile. Correct it among the answers.
refused-reached = An answer to it is noted. It was reached.

decision-live = On stage
decision-route = To the crew
decision-decline = Not taken
decision-merge = Merged
decision-reserve = Reserve
decision-duplicate = Duplicate

triage-columns = Where questions are
column-inbox = Inbox
column-live = On stage
column-reserve = Reserve
column-crew = Crew
column-merged = Merged
column-declined = Not taken
column-all = All
live-used = On stage: { $n } of { $of }
live-of = { $n } of { $of } places taken
panel-jump = On this page
live-places = Live places taken

triage-filters = Search and filters
triage-search-hint = Text, name, company, number
filter-service = Service
filter-field = Field
filter-prefers = Would like
filter-written = Written in
filter-any = Any
filter-apply = Apply
filter-clear = Clear filters
prefers-stage = On stage
prefers-written = In writing
prefers-either = Either
naming-full = Full name
naming-company = Company only
naming-none = Not at all
written-ko = Korean
written-en = English

triage-none-found = Nothing matches. Try fewer filters.
triage-empty = Questions come here as soon as partners send them. Invite partners to begin.
triage-column-empty = Nothing stands here.
triage-bulk = With the selected questions
triage-pick-some = Select at least one question.

select-all = Select all on this page
select-number = Select question { $n }
open-number = Open question { $n }
question-n = Question { $n }
do-with-number = { $what }: question { $n }
do-live = Stage
do-route = Crew
do-decline = Decline
do-undo = Undo
do-drop = Take off
do-live-long = Put on stage
do-route-long = Give to this crew
do-decline-long = Do not take it
do-merge-long = Merge
decline-reason = Reason
decline-hint = The asker reads this in the mail and on their page.
decline-picked = Decline selected
route-picked = Route selected

col-number = No.
col-body = Question
col-age = Received
col-standing = State
col-actions = Actions
col-place = Place
col-company = Company
col-decision = Decision
col-what = What
col-by = By
pages = Pages
page-first = First page
page-next = Next page
total = Total

triage-live = Question { $n } goes on stage. Pending until the release.
triage-routed = Question { $n } goes to its crew. Pending until the release.
triage-declined = Question { $n } is not taken. Pending until the release.
triage-merged = Question { $n } is merged. Pending until the release.
triage-reserved = Question { $n } is on the reserve list.
triage-undone = Question { $n } waits for triage again.
triage-routed-n = { $n ->
    [one] 1 question routed. Pending until the release.
   *[other] { $n } questions routed. Pending until the release.
}
triage-declined-n = { $n ->
    [one] 1 question not taken. Pending until the release.
   *[other] { $n } questions not taken. Pending until the release.
}
triage-released-n = { $n ->
    [0] There was nothing to release.
    [one] 1 decision released. Its mail is in the outbox.
   *[other] { $n } decisions released. Their mails are in the outbox.
}
triage-no-such-number = There is no question with this number.

back-to-triage = Back to the list
panel-facts = Asker and wishes
panel-meets = Meets us at
panel-naming = Named in print
panel-received = Received
panel-followers = Merged into this one
panel-decide = Decide
panel-pending = Pending: { $kind } (by { $by })
panel-history = History
panel-no-history = Nothing happened yet.
consent-required = Consent: needed
consent-print = Consent: print
consent-newsletter = Consent: newsletter
consent-given = given
consent-not-given = not given
actor-staff = Staff
actor-partner = Asker
actor-crew = Crew
actor-speaker = Speaker
actor-system = Mundap
merge-number = Number of the other question
merge-hint = This asker gets the other question's answer.
merge-into = Into question { $n }

did-question-drafted = Draft begun
did-question-submitted = Sent
did-question-received = Received
did-question-edited = Edited
did-question-withdrawn = Withdrawn
did-question-entered = Entered on their behalf
did-question-not-reached = Not reached on stage
did-decision-made = Decided
did-decision-dropped = Decision taken back
did-decision-released = Released
did-decision-moved = Moved to place
did-decision-speaker = Speaker named
did-answer-noted = Answer noted on stage

speaker = Speaker
speaker-later = Not named yet
speaker-none = Nobody named
speaker-of = Speaker for question { $n }
shortlist-empty = Put questions on stage in triage; they appear here in order.
shortlist-no-speakers = The event has no speakers yet.
shortlist-add-speakers = Add speakers
shortlist-save = Save speakers
shortlist-moved = Moved.
shortlist-dropped = Taken off. The question waits for triage again.
place-free = Free
place-n = Place { $n }
move-up = Move question { $n } up
move-down = Move question { $n } down
balance-title = Balance
balance-hint = The questions on stage beside all that were asked.
balance-live = On stage
balance-all = Asked
balance-no-company = Without company

routing-title = Routing and release
routing-crews = Services and crews
routing-members = Crew
routing-rest = Undecided
routing-pending = Routed, pending
routing-nobody = Nobody
routing-no-crew = Some services have questions but no crew. Their questions cannot be released.
routing-no-rest = Every question is decided.
route-rest = { $n ->
    [one] Route the 1 undecided question
   *[other] Route all { $n } undecided questions
}
route-rest-hint = Each goes to the crew of its service. Nothing is sent before the release.
pending-title = { $n ->
    [one] 1 pending decision
   *[other] { $n } pending decisions
}
pending-empty = Decisions wait here until they are released. There are none.
release-hint = The release tells each asker by mail, and asks the crews. It happens once; what you do not release stays unseen.
release-some = Release selection
release-all = Release all ({ $n })
release-some-refused = { $released } released, { $refused } not

# Mails about what became of a question
outcome-greeting = Dear { $name },
outcome-action = See my question
outcome-live-subject = [{ $event }] Your question no. { $number } goes on stage
outcome-live-body = Thank you for your question. It was chosen to be answered on stage.
outcome-live-note = You will also get the answer in writing. If time does not allow it on stage, the crew concerned answers you by mail.
outcome-routed-subject = [{ $event }] Who answers your question no. { $number }
outcome-routed-body = Thank you for your question. The crew of { $service } answers it. You get the answer by mail and on your page.
outcome-routed-note = There is nothing you need to do.
outcome-declined-subject = [{ $event }] About your question no. { $number }
outcome-declined-body = Thank you for your question. We are sorry that we cannot take it this time.
outcome-declined-reason = Why
outcome-declined-note = We read every question with care, also those that we cannot answer here.
outcome-merged-subject = [{ $event }] Your question no. { $number } is answered together with another
outcome-merged-body = Thank you for your question. Another partner asked the same, so both are answered together. You get the whole answer by mail and on your page.
outcome-merged-note = There is nothing you need to do.

# The words of the chrome, as triage says them
state-pending = Pending
state-released = Released
release-running = Releasing
release-left = Decisions left: { $n }
release-look = Look again
release-kept = Decisions that could not be released and stayed: { $n }
release-first = Only the first { $n } are shown. Releasing all releases the others, too.
triage-release-begun = Releasing { $n } decisions has begun. It goes on when you close this page.
