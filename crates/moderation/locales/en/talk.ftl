way-pass = Not ours – hand it to another crew
way-ask = I need to know more – ask the person who asked
way-later = I need more time – move the due date
way-words = Instead of a link you may write “#pass Name of the service”, “#ask What you need to know” or “#later 2026-12-05” as the first line of your reply.

pass-mail-note = The crew that had this question before you left a note.
ask-mail-subject = [{ $event }] A question about your question
ask-mail-lead =
    Hello { $name },

    to answer the question that you sent for { $event }, the crew needs to know a little more.
ask-mail-question = Your question
ask-mail-action = Reply on the page
told-mail-subject = [{ $event }] Question { $number }: the asker has told more
told-mail-lead = The person who asked has told more. Please answer with this in mind.
follow-mail-subject = [{ $event }] Question { $number }: a follow-up
follow-mail-lead = The person who got the answer asks on. Please answer once more.
talk-mail-question = The question
talk-mail-answer = The answer that was delivered

command-subject-done = [{ $event }] Question { $number }: done as you asked
command-subject-not = [{ $event }] Question { $number }: this could not be done
command-done-pass = The question is now with the crew of { $service }. There is nothing more for you to do.
command-done-stuck = This question has been handed on several times, so the organisers were told. Please wait for their decision.
command-done-ask = The person who asked has been asked. You get a mail when they reply.
command-done-later = The answer is now due { $due }.
command-not-lead = Your mail was not taken as an answer. Please reply again, or use one of the links below.
command-service = No service goes by that name. Write it like “#pass Name of the service”.
command-ask-empty = There is nothing to ask. Write your question behind “#ask”.
command-day = The date could not be read. Write it like “#later 2026-12-05”.
command-closed = This question has gone to another crew already.
command-answered = This question has its answer already.
command-asks = Three of your questions still wait for a reply. Please ask more once it came.
command-day-range = An answer can be put off to a day between tomorrow and sixty days from now.
command-no-crew = Nobody else in that crew can be asked right now.

talk-refused-answered = This question has its answer already.
talk-refused-asks = Three of your questions still wait for a reply. Please ask more once it came.
talk-refused-day = Choose a day between tomorrow and sixty days from now.
talk-refused-early = No crew has this question yet, so there is nobody to write to.
talk-refused-no-crew = Choose the crew that shall have it.
talk-refused-nobody = Nobody else in that crew can be asked right now. Choose another service.

step-pass-title = Hand it to another crew
step-pass-service = Service whose crew can answer
step-pass-hint = Choose the service that can answer. Its crew gets a mail at once.
step-pass-choose = Choose a service
step-pass-note = A note to that crew
step-pass-send = Hand it over
step-ask-title = Ask the person who asked
step-ask-text = What you need to know
step-ask-hint = They get it by mail. You get their reply in the same thread.
step-ask-send = Ask
step-later-title = Move the due date
step-later-now = It is due { $due } now.
step-later-day = The day by which you can answer
step-later-hint = We wait until the end of that working day.
step-later-send = Move it
step-over = This question is answered already, or with another crew.
step-back = Back to the answer
step-ways = Cannot answer right away?
step-passed = The question is with another crew now. Thank you.
step-stuck = It was handed on several times already, so the organisers were told.
step-asked = We asked. You get a mail when they reply.
step-put-off = The due date was moved.
field-day = The day by which you can answer

write-title = Ask on
write-title-asked = Reply to the crew
write-text = Your message
write-hint = It goes straight to the crew. You get the answer by mail and on this page.
write-send = Send
write-back = Back to the question

message-ask = The crew asks
message-told = The asker says more
message-follow_up = Follow-up
message-own-told = You told more
message-own-follow_up = You asked on
message-stuck = No crew takes it
message-state-open = Waits for a reply
message-state-done = Done
message-state-held = Waits for you
message-state-closed = Closed

messages-title = Conversation
messages-lead = What crews ask the askers, and what askers ask on. Only what could not go straight to a crew waits for you.
messages-held = Wait for you
messages-all = All
messages-empty-held = Nothing waits for you.
messages-empty-all = Nobody has said anything yet.
messages-stuck = This question was handed on several times. Choose who answers it in the list of assignments.
messages-crew = Crew that shall have it
messages-forward = Bring it to the crew
messages-close = Close without a reply
message-forwarded = The crew has it.
message-closed = Closed.
talk-rule-title = Follow-ups
field-follow-ups = Follow-ups of a question that go straight to its crew
talk-rule-hint = Beyond that number a moderator looks first. With 0, always.
talk-rule-wrong = Write a number from 0 to 20.
held-message = This mail replies to one that went to { $who }, who asked the question below.
held-message-accept = Take it as a message of the asker
held-message-hint = It goes straight to the crew where that is possible. Make sure first who sent it.
mail-message-accepted = Taken as a message of the asker.
messages-thread = Conversation
