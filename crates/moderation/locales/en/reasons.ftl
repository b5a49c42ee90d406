# Reasons for declining
reasons-title = Reasons for declining
reasons-hint = The list to pick from when a question is not taken. Its asker reads it as it stands, in their language. Empty lines are left out; without English, the Korean is used.
reasons-n = Reason { $n }
reason-pick = Pick a reason
reason-pick-none = In my own words
reason-1 = It is not about what this event is for, so we passed it on to the department concerned.
reason-2 = It has not been decided yet, so we cannot answer it now.
reason-3 = It is about the contract of one company or person, so the person in charge will get in touch.
reason-4 = It is about something that we may not disclose, for legal or security reasons.
reason-5 = We could not tell what is meant. Please send it again with a little more detail.
