# When a crew member is away, and how questions are chosen
field-absent-from = Away from
hint-absent-from = From this day on no new question goes to them. What they have already stays with them.
field-absent-until = Last day away
hint-absent-until = Leave it empty while it is not known yet.
field-deputy = Deputy
hint-deputy = Gets the new questions meanwhile.
st-no-deputy = Nobody
st-absent-days = Give the first day; the last one must not be before it.
st-absent-deputy = Choose somebody else who is in a crew now.
st-absent-from = Away from { $from }
st-absent-from-until = Away { $from } to { $until }

my-selection-link = How questions are chosen, and what became of them
my-selection-title = How questions are chosen
my-selection-counts = What became of the questions
my-selection-total = Questions received
my-selection-received = Still being read
my-selection-live = Answered on stage
my-selection-routed = Answered by the crew concerned
my-selection-merged = Answered together with one like it
my-selection-declined = Not answered, with the reason told
my-selection-answered = Questions answered so far
my-selection-note = These are numbers only. Nobody sees who asked what.

selection-title = What partners read about the selection
selection-lead = It stands on the partners’ page about how questions are chosen. The numbers below it are added by themselves.

field-selection-ko = Korean
field-selection-en = English
selection-restore = Restore the default
selection-restored = The default text is back.
selection-stale = Somebody else saved another text meanwhile. What you wrote is kept here: look at theirs, then save again.
selection-default-1 = { $n } questions are answered on stage. We look at how much the answer helps other partners, whether it suits the stage, and whether it is clear what is asked. We also see to it that services and fields have their share.
selection-default-2 = Several people read the questions on their own and decide together. Who decided what and when is on record.
selection-default-3 = Every other question goes to the crew concerned, who answer by mail. Questions that mean the same are answered together, and everybody who asked gets that answer. If we cannot answer one, we tell its asker why.
