# Reading and scoring
read-title = Read questions
read-progress = { $n } of { $of } read
read-open = Open the question
read-skip = Next, without a score
read-keys = Keys: 1–5 score all criteria and go on, 0 abstain, n next without a score, o open, ? shows all.
read-none = Questions are read here one by one as soon as partners send them.
read-done = You have read them all.
read-rest-decided = Other moderators have already decided what you have not read.
reading-read = Question { $n } is read.
reading-scored = Question { $n } is scored.
reading-abstained = You abstained on question { $n }.
reading-noted = The note is written.
reading-blind-on = Blind reading is on: the asker's name and company are not shown.

scores-title = Scores
scores-others = Scores of other moderators
scores-who = Moderator
scores-marks = Marks and comment
readers-n = { $n ->
    [one] 1 reader
   *[other] { $n } readers
}
score-mean = Mean
score-median = Median
score-spread = Spread
score-one = Score
score-abstained = Abstained
score-own = Your score: { $score } ({ $at })
score-own-abstained = You abstained on this question.
score-own-first = Others' scores show once you have scored or abstained.
score-all = The same for all criteria
score-value = { $n } for all criteria
score-by-criteria = Score each criterion
score-scale = 1 is low, 5 is high.
score-give = Save score
score-give-next = Save score, next
score-abstain = Abstain
field-comment = Comment
field-marks = Marks

notes-title = Internal notes
notes-hint = Only moderators see them, partners never do. Write @name to call a moderator.
notes-call = Choose whom to call
notes-call-who = Call
notes-calls = to { $names }
notes-add = Add note
field-memo = Note
notes-mine = Notes that call me
notes-mine-none = When another moderator writes @ and your name in a note, it comes here.
notes-unseen = { $n } unread
notes-new = New

copy-title = Copy for stage and print
copy-begin = Write a copy
copy-change = Change the copy
copy-hint = The original stays as it is. The asker sees on their page what was changed.
copy-save = Save copy
copy-drop = Remove copy
copy-saved = The copy is saved.
copy-dropped = The copy is removed. The original goes on stage and in print.
copy-outdated = The asker changed the original after this copy was made. Look at it again.
field-copy = Copy

reading-settings = Reading settings
reading-saved = The reading settings are saved.
reading-save = Save settings
reading-how = How you read
reading-own-first = Own score first
reading-own-first-hint = Others' scores show after one's own.
reading-blind = Blind reading
reading-blind-hint = Hides name, company, field and where they meet us from all moderators, and covers names in the text.
reading-blinded = Turned on by { $by }, { $at }.
criteria-title = Criteria
criteria-hint = Empty a name to remove its criterion and the marks given for it. A changed weight works out all scores again.
criterion-name = Criterion
criterion-name-en = Criterion (English)
criterion-weight = Weight
criterion-n = Criterion { $n }
criterion-n-en = Criterion { $n } (English)
criterion-n-weight = Weight of criterion { $n }

refused-marks = Give every criterion a mark from 1 to 5.
refused-scored-meanwhile = You scored it in another window. Look at it, then score again if you still want to.
refused-criteria = There must be one criterion at least, and eight at most.
refused-copy-same = It is the same as the original. To have no copy, remove it.
refused-copy-meanwhile = Another moderator changed the copy first. Look at it, then save again.

did-review-scored = Scored
did-review-abstained = Abstained
did-note-added = Note among staff
did-copy-saved = Copy saved
did-copy-dropped = Copy removed
