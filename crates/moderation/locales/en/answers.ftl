label-question = Question { $number }
label-reverse = Question back { $number }
label-reverse-unplaced = Proposed question back

fact-number = Question number
fact-service = Service
fact-asker = Asked by
fact-due = Answer by

assignment-mail-subject = [{ $event }] Please answer question { $number } about { $service }
assignment-mail-lead = A partner has asked a question about { $service }. Please answer it.
assignment-mail-action = Answer on a web page
assignment-mail-note = Your answer is reviewed and then delivered to the person who asked.

returned-mail-subject = [{ $event }] One more word on question { $number }, please
returned-mail-lead = We have read your answer and ask you for the following.
returned-mail-question = The question
returned-mail-answer = Your answer

answer-nav = My page
answer-home = To my page
answer-lead = { $who }, please answer this question.
answer-due = Please answer by { $due }.
answer-write = Your answer
answer-write-more = Add or correct something
answer-hint = It is reviewed before it is delivered to the person who asked.
answer-send = Send the answer
answer-given = What you answered
answer-given-lead = We have your answer. Thank you.
answer-taken = We have your answer. Thank you.
field-text = Answer

refused-closed = This question has gone to somebody else, so it takes no more answers here.
refused-not-returnable = An answer noted on stage has nobody to go back to. Edit it yourself and approve it.
refused-unbound = It is not known which question this mail answers.

tabs-label = Choose a list
col-question = Question
col-answerer = Answered by
col-asked = Asked of
col-service = Service
col-source = Came by
col-state = State
col-received = Received
col-due = Due
col-reason = Reason
col-link = Link

source-mail = Mail
source-link = Link
source-stage = Stage
source-staff = Entered by staff

answers-empty-in_review = Nothing to review. Answers gather here when crew reply to their mail or one is noted on stage.
answers-empty-returned = No answer was returned.
answers-empty-approved = No answer is approved yet.

review-came = { $who } · { $source }
review-entered-by = entered by { $who }
review-reviewed = Reviewed by { $who }
review-mail = The mail as it came
review-original = The answer as it came
review-files = Attachments
review-files-hint = Files are saved, never opened here. Check the sender before you open one.
review-kept = What will be delivered
field-body = Answer to deliver
review-hint = Greeting and closing stay; quote and signature are out. The text is delivered exactly as it stands here.
review-approve = Approve and deliver
review-save = Only save
review-return = Return it with a note
field-note = What you ask for
review-return-hint = Goes to { $who } by mail.
review-return-send = Return it
review-take-back-lead = If no new answer comes, you can review this one again.
review-take-back = Review again
review-lost = What you typed
review-stale = Somebody else changed it first. What you typed is still here: look at the present state and try again.
answer-approved = The answer is approved.
answer-returned = The answer was returned.
answer-taken-back = The answer is in review again.

mail-from = From
mail-subject = Subject
mail-no-subject = (no subject)
mail-nothing = There is no text to read.
mail-pairs = Answers between quoted lines
mail-headers = Headers
mail-source = Source (secret addresses hidden)
mail-shortened = It is long; only its beginning is shown.

flag-fell-back = The quote could not be told apart, so the whole text was kept. Leave only what shall be delivered.
flag-empty = Nothing was newly written.
flag-answers-elsewhere = It says that answers stand within or below the quote. Look at the whole mail.
flag-from-html = The mail had HTML only; the text was made from it.
flag-charset-guessed = The declared character set was wrong, so another one was used.
flag-undecodable = Some characters could not be read.
flag-forwarded = It forwards another mail.
flag-nested = Mails are nested in it so deeply that it was read in part.
flag-truncated = It was too long and was read in part. The source has it all.
flag-unparsable = The form of the mail could not be read.

assignments-title = Assignments
assignments-waiting = Waiting
assignments-late = Late
assignments-answered = Answered
assignments-left = Passed on or refused
assignments-empty-waiting = No answer is awaited. Assignments appear here when routing is released.
assignments-empty-late = Nothing is late.
assignments-empty-answered = No assignment is answered yet.
assignments-empty-left = Nothing was passed on or refused.

enter-email = E-mail
enter-removed = This crew member was removed. Pass the question on to somebody else.
enter-given = Answers that came
enter-title = Enter an answer for them
enter-hint = For an answer given by telephone or messenger. It goes into review as the answer of { $who }.
enter-send = Enter the answer
answer-entered = The answer is entered. Please review it.
pass-on-title = Pass it on to another crew member
pass-on-hint = The new person gets a mail.
pass-on-anyone = Whoever has the fewest
field-to = To
pass-on-send = Pass on
assignment-passed-on = It was passed on.

quarantine-lead = Mails that did not match a question and so became no answer, each with its reason.
held-quarantined = Waiting
held-discarded = Discarded
held-empty-quarantined = No mail is in quarantine.
held-empty-discarded = No mail was discarded.
held-bound-short = question known
held-envelope = Envelope sender { $from }
held-todo = What to do
held-bound = This mail is about the question below, which was asked of { $who }.
held-unbound = It cannot be told which question it answers, so it cannot become an answer. You can enter the answer at its assignment.
held-accept = Accept as the answer to this question
held-accept-hint = It goes into review as the answer of { $who }. Check the sender first.
held-discard = Discard
mail-discarded = The mail was discarded.
mail-accepted = It was accepted as an answer. Please review it.
quarantine-no-token = It is not known which question it answers.
quarantine-forged-token = The reply address is not one of ours.
quarantine-expired-token = The reply address is out of date.
quarantine-unknown-assignment = The assignment of the reply address does not exist.
quarantine-removed-crew = The question was asked of a crew member who has been removed.
quarantine-other-sender = It did not come from the address of the person who was asked.
quarantine-doubtful = It may not be an answer written by a person.
quarantine-closed-assignment = The question was passed on to somebody else.
