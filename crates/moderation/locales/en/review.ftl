cut-quote = Quote that was cut
cut-quote-lines = Quote that was cut, { $n } lines
cut-attribution = Head of the quote that was cut
cut-attribution-lines = Head of the quote that was cut, { $n } lines
cut-signature = Signature that was cut
cut-signature-lines = Signature that was cut, { $n } lines
cut-disclaimer = Disclaimer that was cut
cut-disclaimer-lines = Disclaimer that was cut, { $n } lines
cut-device = Device line that was cut
cut-device-lines = Device lines that were cut, { $n } lines
cut-list-footer = List footer that was cut
cut-list-footer-lines = List footer that was cut, { $n } lines
cut-back = Put back
cut-is-back = Stands in what will be delivered.
review-put-back = Put back where it was.

review-four-eyes-hint = This event takes two: save what you change, and let another reviewer approve it.
review-four-eyes-own = Who edited or entered an answer may not approve it. It waits for another reviewer.
review-four-eyes-edited = This event takes two. Save what you changed first, then let another reviewer approve it.
review-by-rule = Approved by the rules of review

redact-title = Cut out a name or a passage
field-redact = What to cut out
redact-hint = One a line; each becomes […] wherever it stands in what will be delivered. What came stays as it came.
redact-hint-approved = One a line; each becomes […]. The asker's page shows it at once, an article when it is published next. A mail that went out does not change; what came stays as it came.
redact-send = Cut out
redact-absent = The answer does not say: { $passage }
answer-redacted = Cut out.

review-rules-title = Rules of review
field-four-eyes = It takes two
field-four-eyes-hint = Who edited or entered an answer may not approve it.
field-auto = Services whose answers go out without review
field-auto-hint = What their crew answers is approved and delivered at once. It is still reviewed when anything about its reading is in doubt, when a file came along, or when the question has an answer already.

template-delivery = Answer to the asker
template-sample-answer = The answer stands here.
