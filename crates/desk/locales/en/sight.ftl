# Blind reading
outbox-blind = The asker (read blind)
outbox-blind-hint = The asker is covered while the event reads blind. To edit the mail, turn blind reading off.
