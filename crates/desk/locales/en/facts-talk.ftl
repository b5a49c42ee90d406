fact-follow-ups = Follow-ups straight to the crew
fact-four-eyes = It takes two
fact-passages = Places cut out
fact-state = State
said-open = waits for a reply
said-done = done
said-held = waits for a moderator
said-closed = closed
