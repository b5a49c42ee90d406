stage-title = Stage
stage-open-hall = Open the hall's screen
stage-unreleased = { $n ->
    [one] 1 question of the shortlist is not released, so it is not in the order.
   *[other] { $n } questions of the shortlist are not released, so they are not in the order.
}
stage-empty = The order begins when questions for the stage are released.
stage-now = On the screen now
stage-nothing = The event's title.
stage-back = Back
stage-next = Next
stage-order = Order
stage-on-screen = On screen
stage-show = Show
stage-note-link = Note the answer
stage-note-title = Answer to question { $n }
stage-note = What was said
stage-note-hint = A few sentences are enough. It goes to review, then to the asker.
stage-note-save = Save the note
stage-noted = The answer is noted and waits for review.
stage-not-reached-button = Not reached → crew
stage-not-reached-hint = The crew of its service answers by mail instead.
hall-answers = Answered by { $who }
hall-asked-back = We ask our partners
stage-show-n = Show “{ $what }”
stage-note-n = Note the answer to “{ $what }”
stage-not-reached = The question goes to its crew.
