# Similar questions
similar-title = Similar questions
similar-hint = Questions that seem to ask the same are proposed together. Choose the one that leads and merge the others into it: all their askers get the same answer. Nobody sees it before the release.
similar-same = Nearly the same
similar-close = Similar
similar-answered = Answer approved
similar-later = Similar questions are being looked for. Open this page again in a moment.
similar-renewing = Questions came in meanwhile; the groups are being worked out anew.
similar-never = No questions have been compared yet. A moment after questions come in, groups are proposed here.
similar-empty = There is no group to propose now.
similar-group = { $n } similar questions
similar-lead = Leads
similar-lead-n = Question { $n } leads
similar-pick = Merge
similar-pick-n = Merge question { $n }
similar-fixed = Released
similar-merge-ticked = Merge the ticked into the leading one
similar-dismiss = Not the same
similar-duplicate-of = Mark as a duplicate of the answered question { $n }
similar-lead-instead = Let this question lead
similar-joined = { $n } questions merged. Nobody sees it before the release.
similar-dismissed = { $n } questions will not be proposed together again.
similar-leads = Question { $n } leads now.
refused-nothing-ticked = Tick at least one question besides the leading one.
refused-no-lead = Choose the question that leads.
refused-no-swap = Only a question that waits to be merged can lead instead, before the leading one is released.
refused-group-gone = This group has changed meanwhile. Look at what is proposed now.

# The mail about a duplicate
outcome-duplicate-subject = [{ $event }] Question { $number } has been answered already, and here is the answer
outcome-duplicate-body = Thank you for your question. The same has been asked and answered before, so the answer comes to you by mail at once; you find it on your page, too.
outcome-duplicate-note = If it does not answer what you meant, please tell the people of this event.
did-decision-freed = Waits for triage again: the question it was joined to was withdrawn
